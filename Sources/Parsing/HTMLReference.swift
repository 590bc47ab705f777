/// Character references, `&lt;` and `&#60;`.
enum HTMLReference {
  /// The characters of the reference at an ampersand and the place behind it; nil if it is text.
  ///
  /// - Parameter isStrict: inside a formula only a known name with its semicolon is a reference.
  static func read(
    _ bytes: [UInt8], at start: Int, isInAttribute: Bool, isStrict: Bool
  ) -> (characters: [UInt8], end: Int)? {
    var place = start + 1
    guard place < bytes.count else { return nil }
    if bytes[place] == 0x23 { return number(bytes, place + 1) }
    let nameStart = place
    while place < bytes.count, place - nameStart < 40, isNameByte(bytes[place]) { place += 1 }
    guard place > nameStart else { return nil }
    if place < bytes.count, bytes[place] == 0x3B,
      let found = HTMLEntities.characters(
        named: String(decoding: bytes[nameStart..<place], as: UTF8.self))
    {
      return (found, place + 1)
    }
    guard !isStrict, let legacy = HTMLEntities.legacyPrefix(of: bytes[nameStart..<place]) else {
      return nil
    }
    let end = nameStart + legacy.byteCount
    if isInAttribute, end < bytes.count, bytes[end] == 0x3D || isNameByte(bytes[end]) { return nil }
    return (legacy.characters, end)
  }

  /// A text with its references decoded once.
  static func decoded(_ bytes: [UInt8], isInAttribute: Bool = false) -> [UInt8] {
    guard bytes.contains(0x26) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if bytes[place] == 0x26,
        let (characters, end) = read(
          bytes, at: place, isInAttribute: isInAttribute, isStrict: false)
      {
        result += characters
        place = end
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return result
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
  }

  private static func number(_ bytes: [UInt8], _ start: Int) -> ([UInt8], Int)? {
    var place = start
    var radix: UInt32 = 10
    if place < bytes.count, bytes[place] | 0x20 == 0x78 {
      radix = 16
      place += 1
    }
    let digitsStart = place
    var value: UInt32 = 0
    while place < bytes.count {
      let byte = bytes[place]
      let digit: UInt32
      switch byte {
      case 0x30...0x39: digit = UInt32(byte - 0x30)
      case 0x41...0x46 where radix == 16: digit = UInt32(byte - 0x37)
      case 0x61...0x66 where radix == 16: digit = UInt32(byte - 0x57)
      default: digit = 99
      }
      guard digit < radix else { break }
      // Saturates: anything beyond U+10FFFF is the replacement character anyway.
      value = min(0x110000, value * radix + digit)
      place += 1
    }
    guard place > digitsStart else { return nil }
    if place < bytes.count, bytes[place] == 0x3B { place += 1 }
    return (utf8(character(value)), place)
  }

  /// The character a number means: windows-1252 for 128 to 159, U+FFFD for what is none.
  static func character(_ value: UInt32) -> Unicode.Scalar {
    let windows: [UInt32] = [
      0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
      0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
      0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
    ]
    if value == 0 { return "\u{FFFD}" }
    if (128..<160).contains(value), let scalar = Unicode.Scalar(windows[Int(value - 128)]) {
      return scalar
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  static func utf8(_ scalar: Unicode.Scalar) -> [UInt8] { Array(String(Character(scalar)).utf8) }
}
