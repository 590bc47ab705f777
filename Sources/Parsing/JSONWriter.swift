/// Writes JSON byte by byte: a feed of a hundred megabytes is a hundred megabytes of it.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  /// Gets what is written when there is enough of it.
  private let take: ([UInt8]) -> Void
  /// Something stands before what is written next in the same object or list.
  private var needsComma = false

  static let pieceByteCount = 1 << 16

  init(take: @escaping ([UInt8]) -> Void) {
    self.take = take
    bytes.reserveCapacity(Self.pieceByteCount * 2)
  }

  // MARK: Structure

  mutating func begin(_ bracket: StaticString) {
    separate()
    append(bracket)
    needsComma = false
  }

  mutating func end(_ bracket: StaticString) {
    append(bracket)
    needsComma = true
    guard bytes.count >= Self.pieceByteCount else { return }
    take(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// A key; its value is written next.
  mutating func key(_ name: StaticString) {
    separate()
    bytes.append(0x22)
    append(name)
    append("\":")
    needsComma = false
  }

  mutating func key(_ name: StaticString, _ text: String?) {
    key(name)
    if let text { write(text) } else { writeNull() }
  }

  mutating func key(_ name: StaticString, _ number: (some BinaryInteger)?) {
    key(name)
    if let number { write(number) } else { writeNull() }
  }

  /// HTML with its addresses made absolute.
  mutating func html(_ name: StaticString, _ html: String?, base: String?) {
    key(name)
    guard let html else { return writeNull() }
    guard HTMLLinks.mayChange(html, base: base),
      let resolved = HTMLLinks.resolved(Array(html.utf8), against: base)
    else { return write(html) }
    separate()
    resolved.withUnsafeBufferPointer { quote($0) }
  }

  mutating func list<Element>(
    _ name: StaticString, _ elements: [Element], _ write: (Element, inout JSONWriter) -> Void
  ) {
    key(name)
    begin("[")
    for element in elements { write(element, &self) }
    end("]")
  }

  // MARK: Values

  mutating func write(_ text: String) {
    separate()
    var text = text
    text.withUTF8 { quote($0) }
  }

  mutating func write(_ number: some BinaryInteger) {
    separate()
    bytes += String(number).utf8
  }

  mutating func write(_ isTrue: Bool) {
    separate()
    append(isTrue ? "true" : "false")
  }

  mutating func writeNull() {
    separate()
    append("null")
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2C) }
    needsComma = true
  }

  private mutating func append(_ word: StaticString) {
    word.withUTF8Buffer { bytes += $0 }
  }

  // MARK: Strings

  /// What is escaped, or may begin a character that is: U+200E and so on begin with E2, U+FEFF and
  /// noncharacters with EF, C1 controls with C2.
  private static let special = ByteSet {
    $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 || $0 == 0xEF
  }

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(0x22)
    var clean = 0
    var place = 0
    while true {
      place = ByteScan.first(Self.special, in: text, from: place)
      guard place < text.count else { break }
      let byte = text[place]
      var value = UInt32(byte)
      var length = 1
      if byte >= 0x80 {
        // Well-formed UTF-8: the bytes that continue it are there.
        length = byte == 0xC2 ? 2 : 3
        guard place + length <= text.count else { break }
        value = UInt32(byte & (length == 2 ? 0x1F : 0x0F))
        for offset in 1..<length { value = value << 6 | UInt32(text[place + offset] & 0x3F) }
        guard Self.isEscaped(value) else {
          place += length
          continue
        }
      }
      bytes += UnsafeBufferPointer(rebasing: text[clean..<place])
      escape(value)
      place += length
      clean = place
    }
    bytes += UnsafeBufferPointer(rebasing: text[clean...])
    bytes.append(0x22)
  }

  private static func isEscaped(_ value: UInt32) -> Bool {
    switch value {
    case 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFDD0...0xFDEF,
      0xFFFE, 0xFFFF:
      true
    default: false
    }
  }

  private mutating func escape(_ value: UInt32) {
    switch value {
    case 0x22: append("\\\"")
    case 0x5C: append("\\\\")
    case 0x0A: append("\\n")
    case 0x09: append("\\t")
    case 0x0D: append("\\r")
    default:
      let digits = String(value, radix: 16)
      append("\\u")
      for _ in digits.utf8.count..<4 { bytes.append(0x30) }
      bytes += digits.utf8
    }
  }
}
