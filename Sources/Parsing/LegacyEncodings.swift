/// The punctuation of JIS X 0208, for which Microsoft's converters write full-width forms: its wave
/// dash is `〜`, not `～`.
enum JIS {
  private static let characters: [(microsoft: String, standard: String)] = [
    ("\u{FF5E}", "\u{301C}"), ("\u{2225}", "\u{2016}"), ("\u{FF0D}", "\u{2212}"),
  ]

  /// Both have three bytes in UTF-8.
  static func restorePunctuation(in text: inout [UInt8]) {
    for (microsoft, standard) in characters {
      let wanted = Array(microsoft.utf8)
      let bytes = Array(standard.utf8)
      var place = 0
      while let found = ByteScan.first(wanted[0], in: text, place..<text.count) {
        place = found + 1
        guard text[found...].starts(with: wanted) else { continue }
        text.replaceSubrange(found..<found + 3, with: bytes)
        place = found + 3
      }
    }
  }
}

/// HZ (RFC 1843): `~{` and `~}` around pairs of seven-bit bytes.
///
/// glibc has no converter for it.
enum HZ {
  /// The same text in GB 2312, eight bits.
  static func decoded(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var isChinese = false
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      let next = place + 1 < bytes.count ? bytes[place + 1] : 0
      if byte == 0x7E {
        switch next {
        case 0x7B: isChinese = true
        case 0x7D: isChinese = false
        case 0x7E: result.append(0x7E)
        case 0x0A: break
        default: result.append(byte); place -= 1
        }
        place += 2
      } else if isChinese, byte >= 0x21, next >= 0x21 {
        result += [byte | 0x80, next | 0x80]
        place += 2
      } else {
        if byte == 0x0A { isChinese = false }
        result.append(byte)
        place += 1
      }
    }
    return result
  }
}

/// The two arrangements of what Big5 was extended by in its rows C6 and C7.
///
/// The Encoding standard has ETEN's: list numbers, radicals, and kana from C6E7 on. Unicode's table,
/// and with it Python's and Java's converters, has the kana from C6A5 on. Japanese の is common in
/// Chinese titles and radicals by themselves are not: a document with a radical whose other
/// characters of these rows would all be kana is in Unicode's arrangement.
enum Big5 {
  /// The document in ETEN's arrangement; nil when it is in that already.
  static func withStandardKana(_ bytes: [UInt8]) -> [UInt8]? {
    var kana: [Int] = []
    var hasRadical = false
    var place = 0
    while place + 1 < bytes.count {
      guard bytes[place] >= 0x81 else {
        place += 1
        continue
      }
      if bytes[place] == 0xC6 || bytes[place] == 0xC7, let position = position(of: bytes, at: place)
      {
        guard unicodeKana.contains(position) else { return nil }
        hasRadical = hasRadical || etenRadicals.contains(position)
        kana.append(place)
      }
      place += 2
    }
    guard hasRadical else { return nil }
    var result = bytes
    for place in kana {
      guard let position = position(of: bytes, at: place) else { continue }
      let moved = position + etenKanaStart - unicodeKana.lowerBound
      let column = moved % columnCount
      result[place] = UInt8(0xC6 + moved / columnCount)
      result[place + 1] = UInt8(column < 63 ? 0x40 + column : 0xA1 + column - 63)
    }
    return result
  }

  /// Characters of a row: trail bytes 40 to 7E and A1 to FE.
  private static let columnCount = 157

  /// The number of a character of rows C6 and C7, C640 being 0; nil for the standard's own rows and
  /// for what is no trail byte.
  private static func position(of bytes: [UInt8], at place: Int) -> Int? {
    let row = Int(bytes[place] - 0xC6) * columnCount
    switch bytes[place + 1] {
    case 0x40...0x7E where row > 0: return row + Int(bytes[place + 1] - 0x40)
    case 0xA1...0xFE: return row + 63 + Int(bytes[place + 1] - 0xA1)
    default: return nil
    }
  }

  /// ぁ (C6A5) to ヶ.
  private static let unicodeKana = 67..<(67 + 83 + 86)
  /// C6BF to C6D7.
  private static let etenRadicals = 93...117
  /// ぁ (C6E7).
  private static let etenKanaStart = 133
}
