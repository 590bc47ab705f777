import Foundation
import Testing

@testable import Parsing

/// Bytes that nothing labels.
struct CharsetGuessTests {
  /// From 0xC0.
  private static let koi8Letters = Array(
    "юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ".unicodeScalars)

  private func decoded(_ text: String, as encoding: String.Encoding) throws -> String {
    let body = try #require(text.data(using: encoding), "\(text) is in that encoding")
    let bytes = Array("<rss><channel><title>".utf8) + body + Array("</title></channel></rss>".utf8)
    let result = String(
      decoding: Charset.decode(bytes, contentType: nil).bytes, as: UTF8.self)
    return String(result.dropFirst(21).dropLast(24))
  }

  @Test(arguments: [
    "Café déjà vu", "Le théâtre a été créé à côté de la mairie, où l'élève était très fâché.",
    "ÉTÉ À PARIS : LE THÉÂTRE", "Über die größten Flüsse und schöne Gärten", "für",
    "El niño comió una piña mañana", "São João não está à venda; opções e ações.",
    "Små grodorna är lustiga att se på, åäö.", "It’s “fine” – really…", "£5 §7",
  ])
  func westernLettersAreNotTakenForCyrillic(_ text: String) throws {
    #expect(try decoded(text, as: .windowsCP1252) == text)
  }

  @Test(arguments: [
    "Привет, мир! Это обычный русский текст о математике.", "Мир", "ПРИВЕТ МИР",
    "Теорема о C++ и TeX: доказательство.", "Пусть x — корень; тогда f(x) = 0.",
  ])
  func russianIsReadInBothItsEncodings(_ text: String) throws {
    #expect(try decoded(text, as: .windowsCP1251) == text)
    // KOI8-R has no dash.
    let plain = text.unicodeScalars.filter { $0.value < 0x80 || Self.koi8Letters.contains($0) }
    let bytes = plain.compactMap { letter in
      letter.value < 0x80
        ? UInt8(letter.value)
        : Self.koi8Letters.firstIndex(of: letter).map { UInt8(0xC0 + $0) }
    }
    #expect(
      String(decoding: Charset.decode(bytes, contentType: nil).bytes, as: UTF8.self)
        == String(String.UnicodeScalarView(plain)))
  }

  @Test func greekIsRead() throws {
    let text = "Η μαθηματική απόδειξη είναι απλή και σύντομη."
    #expect(try decoded(text, as: .windowsCP1253) == text)
  }

  @Test func hebrewIsRead() {
    // A sentence about a simple sentence.
    let bytes: [UInt8] = [
      0xF9, 0xEC, 0xE5, 0xED, 0x20, 0xF2, 0xE5, 0xEC, 0xED, 0x2C, 0x20, 0xE6, 0xE4, 0x20, 0xEE,
      0xF9, 0xF4, 0xE8, 0x20, 0xF4, 0xF9, 0xE5, 0xE8, 0x20, 0xE1, 0xF2, 0xE1, 0xF8, 0xE9, 0xFA,
      0x2E,
    ]
    #expect(
      String(decoding: Charset.decode(bytes, contentType: nil).bytes, as: UTF8.self)
        == "שלום עולם, זה משפט פשוט בעברית.")
  }

  @Test func thaiIsRead() {
    // TIS-620 is U+0E01… at 0xA1….
    let text = "ข่าววันนี้เกี่ยวกับการศึกษาและคณิตศาสตร์ในประเทศไทย"
    let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value - 0x0E00 + 0xA0) }
    #expect(
      String(decoding: Charset.decode(bytes, contentType: nil).bytes, as: UTF8.self) == text)
  }

  @Test func japaneseAndKoreanAreToldApart() throws {
    let japanese = "数学は数や図形を研究する学問である。"
    #expect(try decoded(japanese, as: .shiftJIS) == japanese)
    // The same in EUC-JP.
    let extendedUnix: [UInt8] = [
      0xBF, 0xF4, 0xB3, 0xD8, 0xA4, 0xCF, 0xBF, 0xF4, 0xA4, 0xE4, 0xBF, 0xDE, 0xB7, 0xC1, 0xA4,
      0xF2, 0xB8, 0xA6, 0xB5, 0xE6, 0xA4, 0xB9, 0xA4, 0xEB, 0xB3, 0xD8, 0xCC, 0xE4, 0xA4, 0xC7,
      0xA4, 0xA2, 0xA4, 0xEB, 0xA1, 0xA3,
    ]
    #expect(
      String(decoding: Charset.decode(extendedUnix, contentType: nil).bytes, as: UTF8.self)
        == japanese)
    // 수학은 수를 연구하는 학문이다 in EUC-KR.
    let korean: [UInt8] = [
      0xBC, 0xF6, 0xC7, 0xD0, 0xC0, 0xBA, 0x20, 0xBC, 0xF6, 0xB8, 0xA6, 0x20, 0xBF, 0xAC, 0xB1,
      0xB8, 0xC7, 0xCF, 0xB4, 0xC2, 0x20, 0xC7, 0xD0, 0xB9, 0xAE, 0xC0, 0xCC, 0xB4, 0xD9,
    ]
    #expect(
      String(decoding: Charset.decode(korean, contentType: nil).bytes, as: UTF8.self)
        == "수학은 수를 연구하는 학문이다")
  }

  @Test func chineseIsStillRead() {
    // 数学是研究数量的科学。 in GB 18030 and, 數學是研究數量的科學。, in Big5.
    let simplified: [UInt8] = [
      0xCA, 0xFD, 0xD1, 0xA7, 0xCA, 0xC7, 0xD1, 0xD0, 0xBE, 0xBF, 0xCA, 0xFD, 0xC1, 0xBF, 0xB5,
      0xC4, 0xBF, 0xC6, 0xD1, 0xA7, 0xA1, 0xA3,
    ]
    #expect(
      String(decoding: Charset.decode(simplified, contentType: nil).bytes, as: UTF8.self)
        == "数学是研究数量的科学。")
    let traditional: [UInt8] = [
      0xBC, 0xC6, 0xBE, 0xC7, 0xAC, 0x4F, 0xAC, 0xE3, 0xA8, 0x73, 0xBC, 0xC6, 0xB6, 0x71, 0xAA,
      0xBA, 0xAC, 0xEC, 0xBE, 0xC7, 0xA1, 0x43,
    ]
    #expect(
      String(decoding: Charset.decode(traditional, contentType: nil).bytes, as: UTF8.self)
        == "數學是研究數量的科學。")
  }
}
