import Feeds
import Foundation

/// Turns the bytes of a feed into UTF-8, whatever they are labelled as (docs/feeds.md).
///
/// libxml2 must never see a foreign encoding: left alone it gives no entries at all for a `gb2312`
/// label on GBK bytes, for Shift_JIS with CP932 characters, for an unknown label, or a NUL byte.
struct DecodedText {
  /// Well-formed UTF-8 without a byte order mark.
  var bytes: [UInt8]
  /// The encoding that was used, lower case.
  var encoding: String
  /// The label that was there and did not hold, if any.
  var disregardedLabel: String?
  /// Something was replaced by U+FFFD.
  var hasReplacements: Bool
  var evidence = EncodingEvidence.declaration
}

extension DecodedText {
  fileprivate func found(by evidence: EncodingEvidence) -> DecodedText {
    var text = self
    text.evidence = evidence
    return text
  }
}

enum Charset {
  /// - Parameter contentType: the HTTP header, if the bytes came with one.
  static func decode(_ bytes: [UInt8], contentType: String?) -> DecodedText {
    if let marked = byteOrderMark(bytes) { return marked.found(by: .byteOrderMark) }
    // Two bytes a character, and no NUL in a document full of ASCII tags: such a label is wrong.
    func credible(_ label: String) -> String? {
      (label.hasPrefix("utf-16") || label.hasPrefix("utf-32")) && !bytes.prefix(1_024).contains(0)
        ? nil : label
    }
    let httpLabel = contentType.flatMap(charset(ofContentType:)).flatMap(known).flatMap(credible)
    let declared = declaration(bytes).flatMap { label in
      known(label).map { credible($0) == nil ? nil : label } ?? label
    }
    /// As the document has it, for what is said about it.
    let stated = httpLabel ?? declared
    let valid = ByteScan.validUTF8Prefix(of: bytes)
    let isPlain = valid.isASCII && valid.byteCount == bytes.count
    if isPlain, !holdsShifts(bytes, httpLabel ?? declared.flatMap(known)) {
      return DecodedText(
        bytes: bytes, encoding: asciiLabel(contentType, httpLabel, declared),
        disregardedLabel: nil, hasReplacements: false, evidence: .plainASCII)
    }
    if !isPlain, valid.byteCount == bytes.count {
      if isReallyWindows1252(bytes, declared), let text = decode(bytes, as: "windows-1252") {
        return text.found(by: .declaration)
      }
      let label = httpLabel ?? declared.flatMap(known)
      let isWrong = label != nil && label != "utf-8"
      return DecodedText(
        bytes: bytes, encoding: "utf-8", disregardedLabel: isWrong ? stated : nil,
        hasReplacements: false, evidence: .validUTF8)
    }
    var firstTry: DecodedText?
    let labels: [(String?, EncodingEvidence)] = [
      (httpLabel, .httpHeader), (declared.flatMap(known), .declaration),
    ]
    for case (let label?, let evidence) in labels where label != "utf-8" {
      // Every byte is a character of these; UTF-8 with a few broken characters is UTF-8.
      if Self.isWestern(label), looksLikeUTF8(bytes) { continue }
      guard let text = decode(bytes, as: label)?.found(by: evidence) else { continue }
      if !text.hasReplacements { return text }
      if firstTry == nil { firstTry = text }
    }
    let label = httpLabel ?? declared.flatMap(known)
    // A label alone does not make it UTF-8: GBK under such a label is common.
    let repaired = {
      DecodedText(
        bytes: repairedUTF8(bytes), encoding: "utf-8", disregardedLabel: nil, hasReplacements: true,
        evidence: label == nil ? .guess : httpLabel == nil ? .declaration : .httpHeader)
    }
    if label.map({ $0 == "utf-8" || Self.isWestern($0) }) ?? true, looksLikeUTF8(bytes) {
      return repaired()
    }
    if let text = firstTry, text.replacementsAreFew { return text }
    let isDamagedUTF8 = label == "utf-8" && mayBeUTF8(bytes)
    if let guess = CharsetGuess.encoding(of: bytes), var text = decode(bytes, as: guess),
      // Every byte is a character of the eight-bit encodings.
      !isDamagedUTF8 || (CharsetGuess.isMultibyte(guess) && !text.hasReplacements)
    {
      text.disregardedLabel = stated
      // The Thai standard, unless there are Microsoft's additions to it.
      if guess == "windows-874", !bytes.contains(where: { (0x80..<0xA0).contains($0) }) {
        text.encoding = "tis-620"
      }
      return text.found(by: .guess)
    }
    if isDamagedUTF8 { return repaired() }
    if let firstTry { return firstTry }
    var text = decode(bytes, as: "windows-1252")?.found(by: .lastResort)
    text?.disregardedLabel = stated
    return text
      ?? DecodedText(
        bytes: repairedUTF8(bytes), encoding: "utf-8", disregardedLabel: stated,
        hasReplacements: true, evidence: .lastResort)
  }

  /// Whether a document says that it is windows-1252 and its bytes can be that, though they are
  /// UTF-8 as well.
  ///
  /// Then its text went through UTF-8 twice, and the declaration holds (XML 1.0 §4.3.3). Labels of
  /// smaller sets, like `us-ascii` and `iso-8859-1`, are written by default and without thought;
  /// that of Microsoft's set is not. UTF-8 in it soon holds a byte that is no character of it, and
  /// Chinese, Japanese and Korean characters would be three of the set that no word has side by side.
  private static func isReallyWindows1252(_ bytes: [UInt8], _ declared: String?) -> Bool {
    guard let label = declared?.lowercased(),
      ["windows-1252", "cp1252", "x-cp1252"].contains(label)
    else { return false }
    return !windows1252Lacks.contains(where: bytes.contains)
      && !bytes.contains { (0xE3...0xED).contains($0) }
  }

  private static let windows1252Lacks: [UInt8] = [0x81, 0x8D, 0x8F, 0x90, 0x9D]

  private static func isWestern(_ label: String) -> Bool {
    ["windows-1252", "iso-8859-15", "macintosh"].contains(label)
  }

  /// The canonical name of a label; nil for one that nothing is known of.
  static func known(_ label: String) -> String? {
    let name = label.lowercased().filter { !$0.isWhitespace }
    if let encoding = EncodingLabels.canonical(name) { return encoding }
    // UTF-7 is a way to hide markup, and x-user-defined is no text.
    if name.contains("utf-7") || name == "utf7" || name == "x-user-defined" { return nil }
    let isName =
      (2...40).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
          || $0 == 0x2E || $0 == 0x3A || $0 == 0x2D
      }
    guard isName, let converter = Converter(name) else { return nil }
    converter.close()
    return name
  }
}

extension DecodedText {
  /// Less than one character in a hundred had to be replaced.
  fileprivate var replacementsAreFew: Bool {
    var replaced = 0
    var multibyte = 0
    var place = 0
    while place < bytes.count {
      if bytes[place] >= 0xC0 { multibyte += 1 }
      if bytes[place] == 0xEF, place + 2 < bytes.count, bytes[place + 1] == 0xBF,
        bytes[place + 2] == 0xBD
      {
        replaced += 1
      }
      place += 1
    }
    return replaced * 100 < max(1, multibyte)
  }
}

extension Charset {
  private static func byteOrderMark(_ bytes: [UInt8]) -> DecodedText? {
    func decoded(_ label: String, dropping count: Int) -> DecodedText? {
      decode(Array(bytes.dropFirst(count)), as: label)
    }
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return decoded("utf-32le", dropping: 4) }
    if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return decoded("utf-32be", dropping: 4) }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      let rest = Array(bytes.dropFirst(3))
      let isValid = ByteScan.isValidUTF8(rest)
      return DecodedText(
        bytes: isValid ? rest : repairedUTF8(rest), encoding: "utf-8", disregardedLabel: nil,
        hasReplacements: !isValid)
    }
    if bytes.starts(with: [0xFE, 0xFF]) { return decoded("utf-16be", dropping: 2) }
    if bytes.starts(with: [0xFF, 0xFE]) { return decoded("utf-16le", dropping: 2) }
    if bytes.starts(with: [0, 0, 0, 0x3C]) { return decoded("utf-32be", dropping: 0) }
    if bytes.starts(with: [0x3C, 0, 0, 0]) { return decoded("utf-32le", dropping: 0) }
    if bytes.starts(with: [0, 0x3C]) { return decoded("utf-16be", dropping: 0) }
    if bytes.starts(with: [0x3C, 0]) { return decoded("utf-16le", dropping: 0) }
    return nil
  }

  /// `charset=` of a Content-Type header.
  private static func charset(ofContentType header: String) -> String? {
    MetaPrescan.charset(inContent: header.lowercased())
  }

  /// The encoding that an XML declaration names in the first 1,024 bytes, else a `meta` of a page.
  private static func declaration(_ bytes: [UInt8]) -> String? {
    let head = String(decoding: bytes.prefix(1_024).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
    let lower = head.lowercased()
    if let start = lower.range(of: "<?xml"), let end = lower[start.upperBound...].range(of: "?>"),
      let key = lower[start.upperBound..<end.lowerBound].range(of: "encoding")
    {
      let rest = lower[key.upperBound..<end.lowerBound].drop(while: \.isWhitespace)
      guard rest.first == "=" else { return nil }
      let value = rest.dropFirst().drop { $0.isWhitespace || $0 == "\"" || $0 == "'" }
        .prefix { !$0.isWhitespace && !"\"'>;/".contains($0) }
      return value.isEmpty ? nil : String(value)
    }
    guard !["<rss", "<feed", "<rdf"].contains(where: lower.contains) else { return nil }
    return MetaPrescan.label(in: bytes)
  }

  /// What a document of nothing but ASCII is said to be (RFC 3023).
  private static func asciiLabel(
    _ contentType: String?, _ httpLabel: String?, _ declared: String?
  ) -> String {
    if let httpLabel {
      let isLatin = contentType?.lowercased().contains("8859-1") ?? false
      return httpLabel != "windows-1252" ? httpLabel : isLatin ? "iso-8859-1" : "us-ascii"
    }
    if let type = contentType?.lowercased(), type.hasPrefix("text/") { return "us-ascii" }
    guard let declared else { return "utf-8" }
    let name = declared.lowercased()
    if name == "us-ascii" || name == "ascii" { return "us-ascii" }
    guard let found = known(declared) else { return "utf-8" }
    // What was declared, not the superset that it is read as.
    return found == "windows-1252" && !name.contains("1252") ? "iso-8859-1" : found
  }

  /// Seven-bit encodings of Chinese and Japanese look like ASCII.
  private static func holdsShifts(_ bytes: [UInt8], _ label: String?) -> Bool {
    switch label {
    case "iso-2022-jp": bytes.contains(0x1B)
    case "hz-gb-2312": zip(bytes, bytes.dropFirst()).contains { $0 == 0x7E && $1 == 0x7B }
    case "utf-16le", "utf-16be", "utf-32le", "utf-32be": false
    default: false
    }
  }

  /// Four of five characters beyond ASCII are right, which is no accident.
  private static func looksLikeUTF8(_ bytes: [UInt8]) -> Bool {
    let (good, bad) = utf8Characters(in: bytes)
    return good > bad * 4
  }

  /// Some characters beyond ASCII are right.
  private static func mayBeUTF8(_ bytes: [UInt8]) -> Bool {
    let (good, bad) = utf8Characters(in: bytes)
    return good * 4 > bad
  }

  /// How many characters beyond ASCII are right if the document is UTF-8, and how many bytes are
  /// wrong.
  private static func utf8Characters(in bytes: [UInt8]) -> (good: Int, bad: Int) {
    var good = 0
    var bad = 0
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      guard byte >= 0x80 else {
        place += 1
        continue
      }
      let count = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
      let end = min(bytes.count, place + count)
      if count > 1, end - place == count, bytes[(place + 1)..<end].allSatisfy({ $0 & 0xC0 == 0x80 })
      {
        good += 1
        place = end
      } else if count > 1, end == bytes.count {
        // The document was cut off.
        place = end
      } else {
        bad += 1
        place += 1
      }
    }
    return (good, bad)
  }

  /// UTF-8 with windows-1252 quotes pasted into it between ASCII; anything else wrong is U+FFFD.
  private static func repairedUTF8(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte < 0x80 {
        result.append(byte)
        place += 1
        continue
      }
      let count = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
      let end = min(bytes.count, place + count)
      if count > 1, end - place == count,
        ByteScan.isValidUTF8(Array(bytes[place..<end]))
      {
        result += bytes[place..<end]
        place = end
        continue
      }
      let isBetweenASCII =
        (place == 0 || bytes[place - 1] < 0x80)
        && (place + 1 >= bytes.count || bytes[place + 1] < 0x80)
      let isQuote = (0x91...0x97).contains(byte) || byte == 0x85 || byte == 0xA0
      if isBetweenASCII, isQuote {
        result += HTMLReference.utf8(
          byte == 0xA0 ? "\u{A0}" : HTMLReference.character(UInt32(byte)))
      } else {
        result += [0xEF, 0xBF, 0xBD]
      }
      place += 1
    }
    return result
  }

  /// Decodes by iconv; what is illegal or incomplete becomes U+FFFD, one byte at a time.
  static func decode(_ bytes: [UInt8], as label: String) -> DecodedText? {
    if label == "hz-gb-2312" {
      let plain = HZ.decoded(bytes)
      return decode(plain, as: "gb18030").map {
        DecodedText(
          bytes: $0.bytes, encoding: "hz-gb-2312", disregardedLabel: nil,
          hasReplacements: $0.hasReplacements)
      }
    }
    guard let converter = Converter(EncodingLabels.iconvName(label)) else { return nil }
    defer { converter.close() }
    let standard = label == "big5" ? Big5.withStandardKana(bytes) : nil
    var (text, hasReplacements) = converter.utf8(standard ?? bytes)
    if label == "shift_jis" || label == "euc-jp" { JIS.restorePunctuation(in: &text) }
    return DecodedText(
      bytes: text, encoding: label, disregardedLabel: nil, hasReplacements: hasReplacements)
  }
}
