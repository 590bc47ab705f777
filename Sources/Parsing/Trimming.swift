extension String {
  /// The text without white space at its ends.
  var trimmingWhiteSpace: String {
    // Nearly every text begins and ends with something that is plainly none.
    var text = self
    return text.withUTF8 { Self.mayBeginOrEndBlank($0) } ? trimmingUnicodeWhiteSpace : self
  }

  /// False when neither end is white space; true says nothing.
  ///
  /// White space beyond ASCII is U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F,
  /// U+205F and U+3000.
  private static func mayBeginOrEndBlank(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    if first <= 0x20 || last <= 0x20 || first == 0xC2 { return true }
    func mayBeBlank(_ lead: UInt8, _ next: UInt8) -> Bool {
      switch lead {
      case 0xE1: next == 0x9A
      case 0xE2: next == 0x80 || next == 0x81
      case 0xE3: next == 0x80
      default: false
      }
    }
    if text.count >= 2, mayBeBlank(first, text[1]) || text[text.count - 2] == 0xC2 { return true }
    return text.count >= 3 && mayBeBlank(text[text.count - 3], text[text.count - 2])
  }

  private var trimmingUnicodeWhiteSpace: String {
    let scalars = unicodeScalars
    var start = scalars.startIndex
    var end = scalars.endIndex
    while start < end, scalars[start].properties.isWhitespace {
      start = scalars.index(after: start)
    }
    while end > start {
      let last = scalars.index(before: end)
      guard scalars[last].properties.isWhitespace else { break }
      end = last
    }
    if start == scalars.startIndex, end == scalars.endIndex { return self }
    return String(self[start..<end])
  }
}
