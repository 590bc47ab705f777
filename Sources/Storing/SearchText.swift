/// Text as the full-text index has it.
///
/// The tokenizer of SQLite knows words by blanks, and Chinese has none: every Han character, kana
/// and Hangul syllable gets a blank on both sides, so that a phrase of two characters finds a word
/// of two characters. Full-width letters and digits become the ordinary ones.
enum SearchText {
  static func spaced(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      // The worst: every three bytes get a blank on either side.
      String(unsafeUninitializedCapacity: 2 * bytes.count + 2) { space(bytes, into: $0) }
    }
  }

  /// Writes the indexed form of valid UTF-8 to a buffer and returns its length.
  ///
  /// The buffer is at least twice as long as the text, and two bytes. Blanks are never doubled: the
  /// tokenizer would only have to pass them by.
  private static func space(
    _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    var written = 0
    var place = 0
    var isBehindBlank = true
    func write(_ byte: UInt8) {
      output[written] = byte
      written += 1
    }
    while place < bytes.count {
      let byte = bytes[place]
      if byte < 0x80 {
        place += 1
        let plain = byte >= 0x20 || byte == 0x0A ? byte : 0x20
        if plain == 0x20, isBehindBlank { continue }
        write(plain)
        isBehindBlank = plain == 0x20 || plain == 0x0A
        continue
      }
      let length = min(byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4, bytes.count - place)
      var value = UInt32(byte) & (0x7F >> UInt32(length))
      for next in place + 1..<place + length { value = value << 6 | UInt32(bytes[next] & 0x3F) }
      if (0xFF01...0xFF5E).contains(value) {
        write(UInt8(truncatingIfNeeded: value - 0xFEE0))
        isBehindBlank = false
      } else if length > 2, standsAlone(value) {
        if !isBehindBlank { write(0x20) }
        for next in place..<place + length { write(bytes[next]) }
        write(0x20)
        isBehindBlank = true
      } else {
        for next in place..<place + length { write(bytes[next]) }
        isBehindBlank = false
      }
      place += length
    }
    return written
  }

  /// Every pair of neighbouring characters that stand alone, once each: a word of two characters is
  /// then one token, found without a look at places.
  static func pairs(_ texts: [String]) -> String {
    var set = PairSet(capacity: texts.reduce(0) { $0 + $1.utf8.count } / 3)
    for text in texts { walk(text) { _ = set.insert($0, $1) } }
    return set.text
  }

  /// The pairs of a text when it is nothing but characters that stand alone, two of them or more:
  /// each is then a condition for the whole, and a single pair is all of it.
  static func pairs(ofPhrase text: String) -> [String]? {
    let scalars = spaced(text).unicodeScalars.filter { isInWord($0.value) || $0.value >= 0x80 }
    guard scalars.count >= 2, scalars.allSatisfy({ standsAlone($0.value) }) else { return nil }
    var pairs: [String] = []
    for (first, second) in zip(scalars, scalars.dropFirst()) {
      let pair = String(String.UnicodeScalarView([first, second]))
      if !pairs.contains(pair) { pairs.append(pair) }
    }
    return pairs
  }

  /// The words of formulas, once each: the index of formulas tells what is in one, that of the body
  /// where.
  static func distinctWords(_ text: String) -> [String] {
    var text = text
    return text.withUTF8 { bytes in
      var words = WordSet()
      var start = 0
      for place in 0...bytes.count {
        if place < bytes.count, bytes[place] >= 0x80 || isInWord(UInt32(bytes[place])) { continue }
        if start < place { words.insert(start..<place, of: bytes) }
        start = place + 1
      }
      return words.order.map {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[$0]), as: UTF8.self)
      }
    }
  }

  /// ASCII letters and digits.
  private static func isInWord(_ value: UInt32) -> Bool {
    (0x30...0x39).contains(value) || (0x61...0x7A).contains(value | 0x20)
  }

  /// Calls `found` for every two characters that stand alone with no word between them.
  private static func walk(_ text: String, _ found: (UInt32, UInt32) -> Void) {
    var previous: UInt32 = 0
    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value < 0x80 {
        if isInWord(value) { previous = 0 }
      } else if standsAlone(value) {
        if previous != 0 { found(previous, value) }
        previous = value
      } else if previous != 0 {
        let isWord =
          switch scalar.properties.generalCategory {
          case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .privateUse, .nonspacingMark,
            .spacingMark, .enclosingMark:
            true
          default: false
          }
        if isWord { previous = 0 }
      }
    }
  }

  /// A phrase for MATCH, quoted, so that nothing in it is an operator; nil when it holds no token.
  static func phrase(_ text: String) -> String? {
    let spaced = spaced(text)
    guard
      spaced.unicodeScalars.contains(where: {
        $0.properties.isAlphabetic || $0.properties.numericType != nil || standsAlone($0.value)
      })
    else { return nil }
    return "\"" + spaced.replacing("\"", with: "\"\"") + "\""
  }

  private static func standsAlone(_ value: UInt32) -> Bool {
    switch value {
    case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3041...0x30FF, 0x3105...0x312F, 0x3131...0x318E,
      0x31A0...0x31BF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA960...0xA97F,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF66...0xFF9D, 0x1B000...0x1B16F, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}

/// A set of pairs of characters in a flat table: articles have thousands, and a library millions.
private struct PairSet {
  private var slots: [UInt64]
  private var order: [UInt64] = []
  private let mask: Int

  init(capacity: Int) {
    var size = 64
    while size < 2 * capacity { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    mask = size - 1
    order.reserveCapacity(capacity)
  }

  /// Neither character is 0; at most as many pairs as the capacity says.
  mutating func insert(_ first: UInt32, _ second: UInt32) -> Bool {
    let pair = UInt64(first) << 32 | UInt64(second)
    var slot = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
    while slots[slot] != 0 {
      if slots[slot] == pair { return false }
      slot = (slot + 1) & mask
    }
    slots[slot] = pair
    order.append(pair)
    return true
  }

  /// The pairs with a blank behind each.
  var text: String {
    String(unsafeUninitializedCapacity: order.count * 9) { output in
      var written = 0
      func write(_ value: UInt32) {
        guard let scalar = Unicode.Scalar(value), let bytes = UTF8.encode(scalar) else { return }
        for byte in bytes {
          output[written] = byte
          written += 1
        }
      }
      for pair in order {
        write(UInt32(pair >> 32))
        write(UInt32(truncatingIfNeeded: pair))
        output[written] = 0x20
        written += 1
      }
      return written
    }
  }
}

/// The different words of a text in a flat table: the formulas of an article are few words, each a
/// hundred times.
private struct WordSet {
  /// In the order of their first places.
  private(set) var order: [Range<Int>] = []
  /// Positions in `order`, counted from 1; 0: free.
  private var slots = [Int](repeating: 0, count: 64)

  mutating func insert(_ word: Range<Int>, of text: UnsafeBufferPointer<UInt8>) {
    var slot = free(for: word, of: text)
    guard slots[slot] == 0 else { return }
    order.append(word)
    if order.count * 2 > slots.count {
      slots = [Int](repeating: 0, count: slots.count * 2)
      for (place, known) in order.dropLast().enumerated() {
        slots[free(for: known, of: text)] = place + 1
      }
      slot = free(for: word, of: text)
    }
    slots[slot] = order.count
  }

  /// Where a word is, or would be.
  private func free(for word: Range<Int>, of text: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for place in word { hash = (hash ^ UInt64(text[place])) &* 0x100_0000_01B3 }
    var slot = Int(truncatingIfNeeded: hash >> 20) & (slots.count - 1)
    while slots[slot] > 0, !text[order[slots[slot] - 1]].elementsEqual(text[word]) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }
}
