/// White space as HTML and CSS have it.
enum WhiteSpace {
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D || byte == 0x0C
  }

  /// Runs of white space as one space, none at the ends.
  static func collapsed(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var isSpaceOwed = false
    for byte in text {
      if isBlank(byte) {
        isSpaceOwed = !result.isEmpty
      } else {
        if isSpaceOwed { result.append(0x20) }
        isSpaceOwed = false
        result.append(byte)
      }
    }
    return result
  }

  /// Text with CR LF and a lone CR as line feeds.
  static func withLineFeeds(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(0x0D) else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for (place, byte) in text.enumerated() {
      if byte != 0x0D {
        result.append(byte)
      } else if place + 1 >= text.count || text[place + 1] != 0x0A {
        result.append(0x0A)
      }
    }
    return result
  }

  /// The same for a string.
  static func collapsed(_ text: String) -> String {
    String(decoding: collapsed(Array(text.utf8)), as: UTF8.self)
  }

  /// Whether a source line end between two characters is no space (CSS Text 3, segment break
  /// transformation): Markdown generators wrap Chinese source text.
  static func vanishes(between left: UInt32, _ right: UInt32) -> Bool {
    isWideNotHangul(left) && isWideNotHangul(right)
  }

  /// East Asian wide or full-width, Hangul excepted.
  private static func isWideNotHangul(_ point: UInt32) -> Bool {
    switch point {
    case 0x2E80...0x303E, 0x3041...0x312F, 0x3190...0x4DBF, 0x4E00...0xA4CF, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1B000...0x1B2FF, 0x20000...0x3FFFD:
      return true
    default: return false
    }
  }
}
