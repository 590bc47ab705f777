import Feeds

/// A piece of a body around what was searched for.
///
/// The index keeps no text, so this reads the HTML: tags are left out, the commonest references are
/// read, everything else stands as it is.
enum Snippet {
  /// Bytes of text before and behind the hit.
  private static let marginBytes = 60
  /// Bytes of a body that are looked at.
  private static let byteLimit = 262_144

  /// The words of a query that may stand in a body, longest first.
  static func words(of query: SearchQuery) -> [String] {
    switch query {
    case .text(.any, let text), .text(.body, let text), .text(.formula, let text):
      text.isEmpty ? [] : [text]
    case .all(let parts), .any(let parts):
      parts.flatMap(words(of:)).sorted { $0.utf8.count > $1.utf8.count }
    default: []
    }
  }

  /// The text around the first of the words that is there; nil when none is.
  static func make(of html: String, around words: [String]) -> String? {
    let text = plainText(html)
    for word in words {
      let wanted = word.utf8.map(lowercased)
      guard let place = place(of: wanted, in: text) else { continue }
      var start = max(0, place - marginBytes)
      var end = min(text.count, place + wanted.count + marginBytes)
      while start < place, text[start] & 0xC0 == 0x80 { start += 1 }
      while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
      let piece = String(decoding: text[start..<end], as: UTF8.self)
      return (start > 0 ? "…" : "") + piece + (end < text.count ? "…" : "")
    }
    return nil
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  private static func place(of wanted: [UInt8], in text: [UInt8]) -> Int? {
    guard let first = wanted.first, text.count >= wanted.count else { return nil }
    return text.withUnsafeBufferPointer { text in
      for start in 0...(text.count - wanted.count) where lowercased(text[start]) == first {
        var length = 1
        while length < wanted.count, lowercased(text[start + length]) == wanted[length] {
          length += 1
        }
        if length == wanted.count { return start }
      }
      return nil
    }
  }

  private static let references: [(name: [UInt8], byte: UInt8)] = [
    (Array("amp;".utf8), 0x26), (Array("lt;".utf8), 0x3C), (Array("gt;".utf8), 0x3E),
    (Array("quot;".utf8), 0x22), (Array("#39;".utf8), 0x27), (Array("nbsp;".utf8), 0x20),
  ]

  private static func plainText(_ html: String) -> [UInt8] {
    var html = html
    return html.withUTF8 { bytes in
      let bytes = UnsafeBufferPointer(rebasing: bytes.prefix(byteLimit))
      var text: [UInt8] = []
      text.reserveCapacity(bytes.count)
      var place = 0
      func add(_ byte: UInt8) {
        let byte = byte < 0x20 ? 0x20 : byte
        if byte == 0x20, text.last ?? 0x20 == 0x20 { return }
        text.append(byte)
      }
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        switch byte {
        case 0x3C where place < bytes.count && startsTag(bytes[place]):
          while place < bytes.count, bytes[place] != 0x3E { place += 1 }
          place += 1
        case 0x26:
          let rest = bytes[place...]
          if let reference = references.first(where: { rest.starts(with: $0.name) }) {
            add(reference.byte)
            place += reference.name.count
          } else {
            add(byte)
          }
        default: add(byte)
        }
      }
      return text
    }
  }

  private static func startsTag(_ byte: UInt8) -> Bool {
    byte == 0x2F || byte == 0x21 || (0x61...0x7A).contains(byte | 0x20)
  }
}
