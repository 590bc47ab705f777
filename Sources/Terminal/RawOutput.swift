/// The sequences that are written beside ncurses.
///
/// They move no cursor, change no attribute, and hold text of a feed only as Base64.
enum RawOutput {
  /// Terminals take 100 KB of Base64 at most.
  static let clipboardByteLimit = 74_994

  /// OSC 52: sets the clipboard; it is never asked for.
  ///
  /// Nil when the text is too long.
  static func clipboard(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.count <= clipboardByteLimit else { return nil }
    return Array("\u{1B}]52;c;".utf8) + base64(bytes) + Array("\u{1B}\\".utf8)
  }

  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var value = 0
      for offset in 0..<3 {
        value = value << 8 | (start + offset < part.endIndex ? Int(part[start + offset]) : 0)
      }
      for place in 0..<4 {
        result.append(place <= part.count ? letters[value >> (18 - 6 * place) & 63] : 0x3D)
      }
    }
    return result
  }
}
