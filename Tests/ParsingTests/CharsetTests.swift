import Foundation
import Testing

@testable import Parsing

/// Bytes in the encodings of feeds, whatever their labels say.
struct CharsetTests {
  private func xml(_ label: String?, _ body: [UInt8]) -> [UInt8] {
    let declaration = label.map { " encoding=\"\($0)\"" } ?? ""
    return Array("<?xml version=\"1.0\"\(declaration)?><t>".utf8) + body + Array("</t>".utf8)
  }

  private func decoded(
    _ label: String?, _ body: [UInt8], contentType: String? = nil
  ) -> (text: String, encoding: String, disregarded: String?) {
    let result = Charset.decode(xml(label, body), contentType: contentType)
    let text = String(decoding: result.bytes, as: UTF8.self)
    let start = text.range(of: "<t>")?.upperBound ?? text.startIndex
    let end = text.range(of: "</t>")?.lowerBound ?? text.endIndex
    return (String(text[start..<end]), result.encoding, result.disregardedLabel)
  }

  // 数学 朱镕基: 镕 is in GBK, not in GB 2312.
  private static let gbk: [UInt8] = [0xCA, 0xFD, 0xD1, 0xA7, 0xD6, 0xEC, 0xE9, 0x46, 0xBB, 0xF9]

  @Test(arguments: ["gb2312", "GBK", "gb18030", "x-gbk", "csGB2312"])
  func everyLabelOfChinaMeansItsLargestSet(_ label: String) {
    let result = decoded(label, Self.gbk)
    #expect(result.text == "数学朱镕基")
    #expect(result.encoding == "gb18030" || result.encoding == "gbk")
  }

  @Test func gb18030ReachesBeyondTheBasicPlane() {
    // 𠮷 and €.
    #expect(
      decoded("gb18030", [0x95, 0x34, 0xAA, 0x36]).text.unicodeScalars.first?.value ?? 0 > 0xFFFF)
    #expect(decoded("gb2312", [0xA2, 0xE3, 0xCA, 0xFD]).text == "€数")
  }

  @Test(arguments: ["gb2312", "iso-8859-1", "windows-1252", "big5", "shift_jis", "utf-16"])
  func utf8IsReadAsSuchWhateverItsLabel(_ label: String) {
    let result = decoded(label, Array("数学之美，“引号”".utf8))
    #expect(result.text == "数学之美，“引号”")
    #expect(result.encoding == "utf-8")
  }

  @Test func aWrongLabelIsReported() {
    #expect(decoded("gb2312", Array("数学".utf8)).disregarded != nil)
    #expect(decoded("utf-8", Array("数学".utf8)).disregarded == nil)
    #expect(decoded(nil, Array("数学".utf8)).disregarded == nil)
  }

  /// A label of UTF-8 over text that is not.
  @Test(
    arguments: [
      (
        "gb18030", "变分自编码器：这就是我们的模型",
        [
          0xB1, 0xE4, 0xB7, 0xD6, 0xD7, 0xD4, 0xB1, 0xE0, 0xC2, 0xEB, 0xC6, 0xF7, 0xA3, 0xBA, 0xD5,
          0xE2, 0xBE, 0xCD, 0xCA, 0xC7, 0xCE, 0xD2, 0xC3, 0xC7, 0xB5, 0xC4, 0xC4, 0xA3, 0xD0, 0xCD,
        ]
      ),
      (
        "big5", "變分自編碼器：這就是我們的模型",
        [
          0xC5, 0xDC, 0xA4, 0xC0, 0xA6, 0xDB, 0xBD, 0x73, 0xBD, 0x58, 0xBE, 0xB9, 0xA1, 0x47, 0xB3,
          0x6F, 0xB4, 0x4E, 0xAC, 0x4F, 0xA7, 0xDA, 0xAD, 0xCC, 0xAA, 0xBA, 0xBC, 0xD2, 0xAB, 0xAC,
        ]
      ),
      (
        "windows-1252", "déjà vu à la crème",
        [
          0x64, 0xE9, 0x6A, 0xE0, 0x20, 0x76, 0x75, 0x20, 0xE0, 0x20, 0x6C, 0x61, 0x20, 0x63, 0x72,
          0xE8, 0x6D, 0x65,
        ]
      ),
    ] as [(String, String, [UInt8])])
  func aLabelAloneDoesNotMakeItUTF8(_ encoding: String, _ text: String, _ bytes: [UInt8]) {
    let result = decoded("utf-8", bytes)
    #expect(result.text == text)
    #expect(result.encoding == encoding)
    #expect(result.disregarded == "utf-8")
  }

  @Test func kanaInBig5AreReadInEitherArrangement() {
    // Unicode's old table; the Encoding standard's; a document with list numbers of the latter.
    #expect(decoded("big5", [0xC6, 0xD2, 0xA4, 0x70]).text == "の小")
    #expect(decoded("big5", [0xC7, 0x55, 0xA4, 0x70]).text == "の小")
    #expect(decoded("big5", [0xC6, 0xA1, 0xC6, 0xD2]).text == "①攴")
  }

  @Test func theHeaderWinsOverTheDeclaration() {
    #expect(
      decoded("iso-8859-1", Self.gbk, contentType: "text/xml; charset=\"GBK\"").text == "数学朱镕基")
  }

  @Test func aByteOrderMarkWinsOverEverything() {
    let text = "<?xml version=\"1.0\" encoding=\"gb2312\"?><t>数学</t>"
    let marked = Charset.decode([0xEF, 0xBB, 0xBF] + Array(text.utf8), contentType: nil)
    #expect(String(decoding: marked.bytes, as: UTF8.self) == text, "without the mark")
    #expect(marked.encoding == "utf-8")
    for (encoding, mark) in [
      (String.Encoding.utf16LittleEndian, [0xFF, 0xFE]),
      (.utf16BigEndian, [0xFE, 0xFF]),
    ] as [(String.Encoding, [UInt8])] {
      let bytes = mark + Array(text.data(using: encoding) ?? Data())
      #expect(
        String(decoding: Charset.decode(bytes, contentType: nil).bytes, as: UTF8.self) == text)
    }
  }

  @Test func japaneseEncodingsAreRead() {
    // 数学, and ① which only CP932 has.
    let shiftJIS: [UInt8] = [0x90, 0x94, 0x8A, 0x77, 0x87, 0x40]
    #expect(decoded("Shift_JIS", shiftJIS).text == "数学①")
    #expect(decoded("EUC-JP", [0xBF, 0xF4, 0xB3, 0xD8]).text == "数学")
    #expect(
      decoded("iso-2022-jp", [0x1B, 0x24, 0x42] + Array("?t3X".utf8) + [0x1B, 0x28, 0x42]).text
        == "数学")
  }

  @Test func koreanAndTraditionalChineseAreRead() {
    #expect(decoded("euc-kr", [0xBC, 0xF6, 0xC7, 0xD0]).text == "수학")
    #expect(decoded("big5", [0xBC, 0xC6, 0xBE, 0xC7]).text == "數學")
  }

  @Test func hzIsRead() {
    let bytes = Array("~{J}Q'~}".utf8)
    #expect(decoded("hz-gb-2312", bytes).text == "数学")
  }

  @Test(arguments: ["iso-8859-1", "latin1", "us-ascii", "windows-1252"])
  func latinLabelsMeanWindows1252(_ label: String) {
    #expect(
      decoded(label, [0x93, 0x71, 0x94, 0x20, 0x85, 0x20, 0x80, 0xE9]).text == "“q” … €é")
  }

  @Test func cyrillicIsRead() {
    #expect(decoded("windows-1251", [0xCC, 0xE8, 0xF0]).text == "Мир")
    #expect(decoded("koi8-r", [0xED, 0xC9, 0xD2]).text == "Мир")
  }

  @Test(arguments: ["no-such-encoding", "", "utf-7", "x-user-defined"])
  func anUnknownLabelDoesNotStopIt(_ label: String) {
    let result = decoded(label, Array("数学".utf8))
    #expect(result.text == "数学")
  }

  @Test(arguments: [
    ("sun_eu_greek", "iso-8859-7"), ("visual", "iso-8859-8"), ("logical", "iso-8859-8-i"),
    ("l9", "iso-8859-15"), ("x-cp1251", "windows-1251"), ("latin2", "iso-8859-2"),
    ("csIBM866", "ibm866"), ("cp819", "windows-1252"), (" Latin1\n", "windows-1252"),
    ("iso-8859-9", "windows-1254"), ("tis-620", "windows-874"), ("gbk", "gb18030"),
    ("x-mac-ukrainian", "x-mac-cyrillic"), ("ks_c_5601-1989", "euc-kr"),
  ])
  func labelsAreThoseOfTheEncodingStandard(_ label: String, _ encoding: String) {
    #expect(Charset.known(label) == encoding)
    #expect(Charset.decode(Array("a".utf8), as: encoding) != nil, "iconv has no \(encoding)")
  }

  @Test func aDeclarationOfWindows1252IsBelieved() {
    // Every byte of UTF-8 here is a character of windows-1252; it was text that went through UTF-8
    // twice.
    #expect(decoded("windows-1252", Array("Straße".utf8)).text == "StraÃŸe")
    // Not here: 0x81 is none, as soon happens.
    #expect(decoded("windows-1252", Array("Á, Straße".utf8)).text == "Á, Straße")
    #expect(decoded("iso-8859-1", Array("Straße".utf8)).text == "Straße")
    // Nor where it would be Chinese.
    #expect(decoded("windows-1252", Array("数".utf8)).text == "数")
  }

  @Test func japanesePunctuationIsItsOwn() {
    #expect(decoded("shift_jis", [0x8F, 0xAC, 0x81, 0x60, 0x92, 0x86]).text == "小\u{301C}中")
    #expect(decoded("euc-jp", [0xBE, 0xAE, 0xA1, 0xC1, 0xC3, 0xE6]).text == "小\u{301C}中")
  }

  @Test func theDeclarationMayBreakItsLine() {
    let bytes = Array("<?xml version='1.0'\n encoding =\n 'gb2312' ?><t>".utf8) + Self.gbk
    let text = String(decoding: Charset.decode(bytes, contentType: nil).bytes, as: UTF8.self)
    #expect(text.hasSuffix("数学朱镕基"))
  }

  @Test(
    arguments: [
      ("<meta charset=gbk>", "gbk"), ("<!-- <meta charset=gbk> --><meta charset='big5'>", "big5"),
      ("<meta name=x content='text/html; charset=gbk'>", nil),
      ("<meta content='text/html; charset = \"gbk\"' http-equiv=Content-Type>", "gbk"),
      ("<p title='<meta charset=gbk>'>", nil), ("<meta charset=utf-16>", "utf-8"),
      ("<meta charset=nonsense><meta charset=koi8-r>", "koi8-r"), ("<metacharset=gbk>", nil),
    ] as [(String, String?)])
  func aPageNamesItsEncodingInTheFirstRealMeta(_ page: String, _ label: String?) {
    #expect(MetaPrescan.label(in: Array(page.utf8)) == label)
  }

  @Test func brokenBytesAreReplacedNotRefused() {
    let result = Charset.decode(
      xml("utf-8", Array("数".utf8) + [0xFF, 0xE5, 0xAD] + Array("学".utf8)), contentType: nil)
    let text = String(decoding: result.bytes, as: UTF8.self)
    #expect(text.contains("数") && text.contains("学") && text.contains("\u{FFFD}"))
    #expect(result.hasReplacements)
  }
}
