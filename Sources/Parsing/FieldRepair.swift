/// Text that was UTF-8 already when somebody took it for Latin-1 and encoded it once more.
///
/// Such a text holds no character beyond U+00FF, and its characters taken as bytes are UTF-8, which
/// no text in a human language is by accident: `KÃ¤ltewelle` was `Kältewelle`.
enum DoubleEncoding {
  /// What the text was before; nil for any other text.
  static func decodedOnce(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let start = ByteScan.firstNonASCII(in: text)
    // Nearly every text ends the search here: only the lead byte of a character of two bytes.
    guard start < text.endIndex, text[start] == 0xC3 else { return nil }
    var result = Array(text[..<start])
    let asciiByteCount = result.count
    var place = start
    while place < text.endIndex {
      let byte = text[place]
      if byte < 0x80 {
        result.append(byte)
        place += 1
      } else {
        guard byte == 0xC2 || byte == 0xC3, place + 1 < text.endIndex else { return nil }
        result.append((byte & 0x03) << 6 | (text[place + 1] & 0x3F))
        place += 2
        // What continues a lead byte follows at once.
        if result.count == asciiByteCount + 1, place >= text.endIndex || text[place] != 0xC2 {
          return nil
        }
      }
    }
    return ByteScan.isValidUTF8(result) ? result : nil
  }
}

/// C1 controls in text, which mean the characters that windows-1252 has in their places.
enum C1Controls {
  /// The text with the characters that were meant; nil when there is no such control in it.
  static func replaced(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var clean = text.startIndex
    var place = text.startIndex
    while let found = text[place...].firstIndex(of: 0xC2), found + 1 < text.endIndex {
      place = found + 2
      guard (0x80..<0xA0).contains(text[found + 1]) else { continue }
      result += text[clean..<found]
      result += HTMLReference.utf8(HTMLReference.character(UInt32(text[found + 1])))
      clean = place
    }
    guard clean > text.startIndex else { return nil }
    return result + text[clean...]
  }
}
