import CUnicode

/// Where an address may be broken (docs/typesetting.md, T6).
enum URLBreaks {
  /// The address that has `://` at a place: its scheme, and the printable ASCII behind it without
  /// closing punctuation that belongs to the sentence.
  static func url(
    around colon: Int, in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> Range<Int>? {
    var start = colon
    while start > range.lowerBound, isSchemeCharacter(text[start - 1]), colon - start < 16 {
      start -= 1
    }
    while start < colon, !isLetter(text[start]) { start += 1 }
    guard start < colon else { return nil }
    var end = colon + 3
    while end < range.upperBound, text[end] > 0x20, text[end] < 0x7F, text[end] != 0x22,
      text[end] != 0x3C, text[end] != 0x3E
    {
      end += 1
    }
    // A mark behind the address belongs to its last character's cluster, which is not cut.
    if end < range.upperBound, end > colon + 3, joinsPrevious(text, end, range.upperBound) {
      end -= 1
    }
    while end > colon + 3, isTrailing(text, start..<end) { end -= 1 }
    return end > colon + 3 ? start..<end : nil
  }

  /// U1: after a run of `/` and after `?`.
  static func firstLevel(_ text: UnsafeBufferPointer<UInt8>, _ url: Range<Int>) -> [Int] {
    var cuts: [Int] = []
    for place in url.dropFirst() where place < url.upperBound {
      let before = text[place - 1]
      if (before == 0x2F && text[place] != 0x2F) || before == 0x3F { cuts.append(place) }
    }
    return cuts
  }

  /// U2: before `&` and `#`, after `=` `,` `;`.
  static func isSecondLevel(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    let before = text[place - 1]
    let after = text[place]
    return after == 0x26 || after == 0x23 || before == 0x3D || before == 0x2C || before == 0x3B
  }

  /// U3: after `-` `_` `.` `~` `+`, never inside a percent escape.
  static func isThirdLevel(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    let before = text[place - 1]
    return before == 0x2D || before == 0x5F || before == 0x2E || before == 0x7E || before == 0x2B
  }

  /// C2 of inline code: after one of `/ \ . , ; : = & | - _ ( [ {`.
  static func isCodeLevel(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    switch text[place - 1] {
    case 0x2F, 0x5C, 0x2E, 0x2C, 0x3B, 0x3A, 0x3D, 0x26, 0x7C, 0x2D, 0x5F, 0x28, 0x5B, 0x7B: true
    default: false
    }
  }

  private static func joinsPrevious(
    _ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ end: Int
  ) -> Bool {
    guard let base = text.baseAddress, text[place] >= 0x80 else { return false }
    var point: UInt32 = 0
    _ = yu_decode(base, end, place, &point)
    switch Int(yu_cluster_break(yu_properties(point))) {
    case YU_GCB_EXTEND, YU_GCB_ZWJ, YU_GCB_SPACING_MARK: return true
    default: return false
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
  }

  private static func isSchemeCharacter(_ byte: UInt8) -> Bool {
    isLetter(byte) || (byte >= 0x30 && byte <= 0x39) || byte == 0x2B || byte == 0x2D
      || byte == 0x2E
  }

  /// Whether the last character is punctuation of the sentence; a closing bracket is not, when
  /// its partner is inside the address.
  private static func isTrailing(_ text: UnsafeBufferPointer<UInt8>, _ url: Range<Int>) -> Bool {
    switch text[url.upperBound - 1] {
    case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"),
      UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "'"), UInt8(ascii: "\""):
      return true
    case UInt8(ascii: ")"): return !isBalanced(text, url, 0x28, 0x29)
    case UInt8(ascii: "]"): return !isBalanced(text, url, 0x5B, 0x5D)
    case UInt8(ascii: "}"): return !isBalanced(text, url, 0x7B, 0x7D)
    default: return false
    }
  }

  private static func isBalanced(
    _ text: UnsafeBufferPointer<UInt8>, _ url: Range<Int>, _ opening: UInt8, _ closing: UInt8
  ) -> Bool {
    // An address that long is no sentence's; keep the count bounded.
    guard url.count <= 4_096 else { return true }
    var depth = 0
    for place in url {
      if text[place] == opening { depth += 1 }
      if text[place] == closing { depth -= 1 }
    }
    return depth >= 0
  }
}
