/// Text as the full-text index has it.
///
/// The tokenizer of SQLite knows words by blanks, and Chinese has none: every Han character, kana
/// and Hangul syllable gets a blank on both sides, so that a phrase of two characters finds a word
/// of two characters. Full-width letters and digits become the ordinary ones.
enum SearchText {
  static func spaced(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    result.reserveCapacity(text.utf8.count + text.utf8.count / 2)
    for scalar in text.unicodeScalars {
      var scalar = scalar
      if (0xFF01...0xFF5E).contains(scalar.value),
        let folded = Unicode.Scalar(scalar.value - 0xFEE0)
      {
        scalar = folded
      }
      if standsAlone(scalar) {
        result.append(" ")
        result.append(scalar)
        result.append(" ")
      } else if scalar.value >= 0x20 || scalar.value == 0x0A {
        result.append(scalar)
      } else {
        result.append(" ")
      }
    }
    return String(result)
  }

  /// A phrase for MATCH, quoted, so that nothing in it is an operator; nil when it holds no token.
  static func phrase(_ text: String) -> String? {
    let spaced = spaced(text)
    guard
      spaced.unicodeScalars.contains(where: {
        $0.properties.isAlphabetic || $0.properties.numericType != nil || standsAlone($0)
      })
    else { return nil }
    return "\"" + spaced.replacing("\"", with: "\"\"") + "\""
  }

  static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3041...0x30FF, 0x3105...0x312F, 0x3131...0x318E,
      0x31A0...0x31BF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA960...0xA97F,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF66...0xFF9D, 0x1B000...0x1B16F, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
