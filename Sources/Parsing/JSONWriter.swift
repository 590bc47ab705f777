/// Writes JSON byte by byte: a feed of a hundred megabytes is a hundred megabytes of it.
///
/// The bytes stand at the beginning of a larger array: a formula has a backslash every few bytes,
/// and appending such short pieces to an array costs more than the pieces.
struct JSONWriter {
  private var storage: [UInt8] = []
  private var byteCount = 0
  /// Something stands before what is written next in the same object or list.
  private var needsComma = false

  var bytes: ArraySlice<UInt8> { storage[..<byteCount] }

  /// Begins anew, in the memory it has.
  ///
  /// - Parameter isFirst: Nothing stands before what is written next.
  mutating func removeAll(isFirst: Bool) {
    byteCount = 0
    needsComma = !isFirst
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
  }

  /// A key; its value is written next.
  mutating func key(_ name: StaticString) {
    separate()
    append("\"")
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
    var digits = String(number)
    digits.withUTF8 { append($0) }
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
    if needsComma { append(",") }
    needsComma = true
  }

  // MARK: Bytes

  private mutating func append(_ word: StaticString) {
    word.withUTF8Buffer { append($0) }
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    let count = text.count
    makeRoom(forByteCount: count)
    let start = byteCount
    storage.withUnsafeMutableBufferPointer { storage in
      guard let place = storage.baseAddress?.advanced(by: start), let text = text.baseAddress else {
        return
      }
      place.update(from: text, count: count)
    }
    byteCount += count
  }

  private mutating func makeRoom(forByteCount count: Int) {
    guard storage.count - byteCount < count else { return }
    storage += [UInt8](repeating: 0, count: max(1 << 12, storage.count, count))
  }

  // MARK: Strings

  /// What is escaped, or may begin a character that is: U+200E and so on begin with E2, U+FEFF and
  /// noncharacters with EF, C1 controls with C2.
  private static let special = ByteSet(
    controls: { _ in true }, others: [0x22, 0x5C, 0x7F, 0xC2, 0xE2, 0xEF])

  private static let longestEscape = 6

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    append("\"")
    // Room for the worst is made piece by piece.
    let pieceByteCount = 1 << 12
    var place = 0
    while place < text.count {
      let end = min(place + pieceByteCount, text.count)
      makeRoom(forByteCount: pieceByteCount * Self.longestEscape)
      let start = byteCount
      storage.withUnsafeMutableBufferPointer { storage in
        var output = Output(bytes: storage, byteCount: start)
        place = Self.copy(text, place..<end, to: &output)
        byteCount = output.byteCount
      }
    }
    append("\"")
  }

  /// Room that was made.
  private struct Output {
    let bytes: UnsafeMutableBufferPointer<UInt8>
    var byteCount: Int

    mutating func append(_ byte: UInt8) {
      bytes[byteCount] = byte
      byteCount += 1
    }

    mutating func append(_ vector: SIMD16<UInt8>, keeping count: Int) {
      UnsafeMutableRawBufferPointer(bytes).storeBytes(
        of: vector, toByteOffset: byteCount, as: SIMD16<UInt8>.self)
      byteCount += count
    }
  }

  /// Copies text and escapes what must be.
  ///
  /// - Returns: Where it stopped: the end of the range, or of the character that crosses it.
  private static func copy(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to output: inout Output
  ) -> Int {
    let special = special
    let source = UnsafeRawBufferPointer(text)
    var place = range.lowerBound
    while place < range.upperBound {
      // Sixteen bytes are copied, and as many of them kept as need nothing. There is room: what is
      // left of the piece has six times its own.
      if place + ByteSet.vectorByteCount <= range.upperBound {
        let bytes = source.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self)
        let plain = special.firstCandidate(in: bytes)
        output.append(bytes, keeping: plain)
        place += plain
        guard plain < ByteSet.vectorByteCount else { continue }
      }
      let byte = text[place]
      guard special.contains(byte) else {
        output.append(byte)
        place += 1
        continue
      }
      var value = UInt32(byte)
      var length = 1
      if byte >= 0x80 {
        // Well-formed UTF-8: the bytes that continue it are there.
        length = min(byte == 0xC2 ? 2 : 3, text.count - place)
        value = UInt32(byte & (length == 2 ? 0x1F : 0x0F))
        for offset in 1..<length { value = value << 6 | UInt32(text[place + offset] & 0x3F) }
      }
      if byte < 0x80 || isEscaped(value) {
        escape(value, to: &output)
      } else {
        for offset in 0..<length { output.append(text[place + offset]) }
      }
      place += length
    }
    return place
  }

  private static func isEscaped(_ value: UInt32) -> Bool {
    switch value {
    case 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFDD0...0xFDEF,
      0xFFFE, 0xFFFF:
      true
    default: false
    }
  }

  private static func escape(_ value: UInt32, to output: inout Output) {
    output.append(0x5C)
    switch value {
    case 0x22: output.append(0x22)
    case 0x5C: output.append(0x5C)
    case 0x0A: output.append(0x6E)
    case 0x09: output.append(0x74)
    case 0x0D: output.append(0x72)
    default:
      output.append(0x75)
      for shift in [12, 8, 4, 0] as [UInt32] {
        let digit = UInt8(value >> shift & 15)
        output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      }
    }
  }
}
