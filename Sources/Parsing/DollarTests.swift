/// Whether what stands between two dollars is a formula (docs/math.md D4).
///
/// A dollar is also a price and a shell variable, so text between two of them is a formula only
/// if none of seventeen tests rejects it. The tests and their order were found on real feeds.
enum DollarTests {
  /// The content between delimiters, and what the tests ask of it.
  struct Content {
    let trimmed: [UInt8]
    /// Neither begins nor ends with white space.
    let isTight: Bool
    let startsBlank: Bool
    let endsBlank: Bool
    /// `\` and a letter, or `^ _ { }`, or `\{ \} \| \, \; \!`.
    let hasEvidence: Bool
    /// Without `\text{…}` and its like: n(t).
    let withoutText: [UInt8]
    /// n(t) without brace groups: g(t).
    let withoutGroups: [UInt8]
    let hasAtom: Bool
    let holdsEmptyLine: Bool

    init(_ bytes: [UInt8], _ range: Range<Int>, _ isRepaired: Bool) {
      var source: [UInt8] = []
      source.reserveCapacity(range.count)
      var hasAtom = false
      for byte in bytes[range] {
        if byte == TextRun.atom { hasAtom = true }
        source.append(byte == TextRun.lineBreak ? 0x0A : byte)
      }
      self.hasAtom = hasAtom
      holdsEmptyLine = MathScanner.holdsEmptyLine(source[...])
      var start = 0
      var end = source.count
      while start < end, Self.isBlank(source[start]) { start += 1 }
      while end > start, Self.isBlank(source[end - 1]) { end -= 1 }
      startsBlank = start > 0
      endsBlank = end < source.count
      isTight = !startsBlank && !endsBlank
      trimmed = isTight ? source : Array(source[start..<end])
      var evidence = isRepaired
      var hasCommand = false
      var hasBrace = false
      var isAfterBackslash = false
      for byte in trimmed {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "}"):
          evidence = true
          hasBrace = true
        case UInt8(ascii: "^"), UInt8(ascii: "_"): evidence = true
        case UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "!"):
          if isAfterBackslash { evidence = true }
        case UInt8(ascii: "\\"): hasCommand = true
        default:
          if isAfterBackslash, Self.isLetter(byte) { evidence = true }
        }
        isAfterBackslash = byte == 0x5C && !isAfterBackslash
      }
      hasEvidence = evidence
      // Most content holds neither, and then nothing is copied.
      withoutText = hasCommand && hasBrace ? Self.withoutTextCommands(trimmed) : trimmed
      withoutGroups = hasBrace ? Self.withoutBraceGroups(withoutText) : withoutText
    }

    static func isBlank(_ byte: UInt8) -> Bool {
      byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    static func isLetter(_ byte: UInt8) -> Bool {
      (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
    }

    private static let textCommands: Set<String> = [
      "text", "mbox", "mathrm", "textbf", "textit", "operatorname", "hbox", "label", "tag",
    ]

    private static func withoutTextCommands(_ bytes: [UInt8]) -> [UInt8] {
      var result: [UInt8] = []
      var place = 0
      while place < bytes.count {
        guard bytes[place] == 0x5C else {
          result.append(bytes[place])
          place += 1
          continue
        }
        var end = place + 1
        while end < bytes.count, isLetter(bytes[end]) { end += 1 }
        let name = String(decoding: bytes[place + 1..<end], as: UTF8.self)
        var open = end
        if open < bytes.count, bytes[open] == 0x2A { open += 1 }
        if textCommands.contains(name), open < bytes.count, bytes[open] == 0x7B,
          let close = groupEnd(bytes, open)
        {
          place = close
        } else {
          end = max(end, min(place + 2, bytes.count))
          result += bytes[place..<end]
          place = end
        }
      }
      return result
    }

    /// Behind a brace group with at most one level of groups inside.
    private static func groupEnd(_ bytes: [UInt8], _ open: Int) -> Int? {
      var depth = 0
      var place = open
      while place < bytes.count {
        if bytes[place] == 0x5C {
          place += 2
          continue
        }
        if bytes[place] == 0x7B { depth += 1 }
        if bytes[place] == 0x7D { depth -= 1 }
        if depth > 2 { return nil }
        place += 1
        if depth == 0 { return place }
      }
      return nil
    }

    private static func withoutBraceGroups(_ bytes: [UInt8]) -> [UInt8] {
      var result: [UInt8] = []
      var depth = 0
      var place = 0
      while place < bytes.count {
        let byte = bytes[place]
        if byte == 0x5C, place + 1 < bytes.count {
          if depth == 0 { result += bytes[place...place + 1] }
          place += 2
          continue
        }
        if byte == 0x7B {
          depth += 1
        } else if byte == 0x7D, depth > 0 {
          depth -= 1
        } else if depth == 0 {
          result.append(byte)
        }
        place += 1
      }
      return result
    }

    /// D5: the delimiters that speak for themselves.
    var isUnambiguousFormula: Bool {
      guard !trimmed.isEmpty, !hasAtom else { return false }
      return !isPureProse
    }

    /// Test 9: no evidence and a stop word, or three words with blanks.
    var isPureProse: Bool {
      guard !hasEvidence else { return false }
      return DollarTests.hasStopWord(withoutText)
        || (DollarTests.words(trimmed).count >= 3 && trimmed.contains(where: Self.isBlank))
    }
  }

  /// Tests 1 to 17; `previous` and `next` are the bytes outside the dollars.
  static func isFormula(_ content: Content, previous: UInt8, next: UInt8) -> Bool {
    let bytes = content.trimmed
    let evidence = content.hasEvidence
    let hasBlank = bytes.contains(where: Content.isBlank)
    let isDigit: (UInt8) -> Bool = { $0 >= 0x30 && $0 <= 0x39 }
    // 1
    if bytes.isEmpty || content.hasAtom || content.holdsEmptyLine
      || bytes.count(where: { $0 & 0xC0 != 0x80 }) > MathFinder.inlineLimit
    {
      return false
    }
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    if !isASCII {
      let scalars = String(decoding: content.withoutText, as: UTF8.self).unicodeScalars
      // 2
      if scalars.contains(where: { $0 == "。" || $0 == "！" || $0 == "？" || $0 == "；" }) {
        return false
      }
      // 3
      if scalars.count(where: isHan) > (evidence ? 12 : 0) { return false }
    }
    // 4
    if isDigit(next) { return false }
    // 5
    let startsWithDigit = isDigit(bytes[0])
    if hasBlank, startsWithPrice(bytes), bytes.contains(where: { !isPriceCompanion($0) }) {
      return false
    }
    // 6
    if startsWithDigit, hasStopWord(content.withoutGroups) { return false }
    let words = words(bytes)
    // 7
    if startsWithDigit, hasBlank, !evidence {
      let hasOperator = bytes.contains { "-+*/=<>".utf8.contains($0) }
      if !(content.isTight && words.isEmpty && hasOperator) { return false }
    }
    // 8
    if Content.isLetter(previous), startsWithDigit { return false }
    // 9
    if content.isPureProse { return false }
    // 10
    if !evidence {
      if bytes.count > 1, ",;!?".utf8.contains(bytes[0]), Content.isBlank(bytes[1]) { return false }
      let last = bytes[bytes.count - 1]
      if last == UInt8(ascii: ";") || last == UInt8(ascii: "\"") { return false }
      if "=:,([{".utf8.contains(last),
        Content.isLetter(next) || next == UInt8(ascii: "_") || next == UInt8(ascii: "(")
          || next == UInt8(ascii: "[")
      {
        return false
      }
    }
    // 11
    if bytes.contains(0x22) || !isASCII, !hasLongCommand(bytes),
      String(decoding: bytes, as: UTF8.self).unicodeScalars.contains(where: {
        $0 == "“" || $0 == "”" || $0 == "‘" || $0 == "\""
      })
    {
      return false
    }
    // 12
    if proseWords(content.withoutGroups) >= 4 { return false }
    // 13
    if !content.isTight, !evidence, wordTouchesBlank(bytes, words) { return false }
    // 14
    if !content.isTight, !evidence {
      guard content.startsBlank, content.endsBlank, bytes.count <= 40,
        bytes.allSatisfy(isSpacedCompanion), words.count <= 1, !isPrice(bytes)
      else { return false }
    }
    // 15
    if Content.isLetter(next), !evidence {
      let isUpper: (UInt8) -> Bool = { ($0 >= 0x41 && $0 <= 0x5A) || $0 == 0x5F }
      if bytes.count >= 2, isUpper(bytes[0]), isUpper(bytes[1]) { return false }
      return bytes.count(where: { $0 & 0xC0 != 0x80 }) <= 12
    }
    // 16
    if isShellPath(bytes) { return false }
    // 17
    if !evidence, hasBlank, words.count >= 2 { return false }
    return true
  }
}

extension DollarTests {
  private static let stopWords: [UInt64] = [
    "and", "or", "the", "to", "of", "is", "for", "in", "on", "at", "by", "with", "from", "that",
    "this", "it", "are", "was", "be", "as", "you", "we", "per", "than", "about", "over",
  ].map { $0.utf8.reduce(0) { $0 << 8 | UInt64($1) } }

  private static func isHan(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2E80...0x2FD5, 0x3005, 0x3007, 0x3021...0x3029, 0x3038...0x303B, 0x3400...0x4DBF,
      0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFD:
      return true
    default: return false
    }
  }

  static func hasStopWord(_ text: [UInt8]) -> Bool {
    var found = false
    visitWords(text) { word in
      guard !found, word.count <= 5, word.allSatisfy(Content.isLetter) else { return }
      found = stopWords.contains(word.reduce(0) { $0 << 8 | UInt64($1 | 0x20) })
    }
    return found
  }

  /// What stands between blanks, no-break and ideographic ones included.
  private static func visitWords(_ text: [UInt8], _ visit: (ArraySlice<UInt8>) -> Void) {
    var start = 0
    var place = 0
    while place < text.count {
      let blank: Int
      switch text[place] {
      case 0x09...0x0D, 0x20: blank = 1
      case 0xC2 where text[place...].starts(with: [0xC2, 0xA0]): blank = 2
      case 0xE3 where text[place...].starts(with: [0xE3, 0x80, 0x80]): blank = 3
      default: blank = 0
      }
      if blank > 0 {
        if start < place { visit(text[start..<place]) }
        start = place + blank
      }
      place += max(1, blank)
    }
    if start < text.count { visit(text[start...]) }
  }

  /// Runs of two or more ASCII letters that are no part of a command.
  static func words(_ bytes: [UInt8]) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var place = 0
    while place < bytes.count {
      guard Content.isLetter(bytes[place]) else {
        place += 1
        continue
      }
      let start = place
      while place < bytes.count, Content.isLetter(bytes[place]) { place += 1 }
      if place - start >= 2, start == 0 || bytes[start - 1] != 0x5C { words.append(start..<place) }
    }
    return words
  }

  /// Words delimited by blanks, a trailing comma or stop allowed.
  private static func proseWords(_ text: [UInt8]) -> Int {
    var count = 0
    visitWords(text) { word in
      var word = word
      if let last = word.last, last == 0x2C || last == 0x2E { word.removeLast() }
      if word.count >= 2, word.allSatisfy(Content.isLetter) { count += 1 }
    }
    return count
  }

  private static func wordTouchesBlank(_ bytes: [UInt8], _ words: [Range<Int>]) -> Bool {
    // The content is not tight, so a word at either end stands beside a blank as well.
    words.contains { word in
      word.lowerBound == 0 || word.upperBound == bytes.count
        || Content.isBlank(bytes[word.lowerBound - 1]) || Content.isBlank(bytes[word.upperBound])
    }
  }

  /// Test 14: what may stand between dollars with blanks.
  private static func isSpacedCompanion(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || Content.isLetter(byte)
      || "+-*/=<>()[]|,.!:' ".utf8.contains(byte)
  }

  /// `\` and two letters.
  private static func hasLongCommand(_ bytes: [UInt8]) -> Bool {
    bytes.indices.dropLast(2).contains {
      bytes[$0] == 0x5C && Content.isLetter(bytes[$0 + 1]) && Content.isLetter(bytes[$0 + 2])
    }
  }

  private static func isPriceCompanion(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || Content.isLetter(byte) || Content.isBlank(byte)
      || ".,+-*/=<>()^_{}\\|:![]".utf8.contains(byte)
  }

  /// The length of a number with groups, decimals and an optional unit; nil when there is none.
  private static func priceLength(_ bytes: [UInt8]) -> Int? {
    func isDigit(_ place: Int) -> Bool {
      place < bytes.count && bytes[place] >= 0x30 && bytes[place] <= 0x39
    }
    guard isDigit(0) else { return nil }
    var place = 0
    while isDigit(place) || (place < bytes.count && bytes[place] == 0x2C && isDigit(place + 1)) {
      place += 1
    }
    if place < bytes.count, bytes[place] == 0x2E, isDigit(place + 1) {
      place += 1
      while isDigit(place) { place += 1 }
    }
    let rest = String(decoding: bytes[place...].prefix(16), as: UTF8.self)
    for blank in ["", " "] {
      for unit in [
        "million", "billion", "trillion", "USD", "bn", "mn", "美元", "K", "k", "M", "B", "万", "亿",
        "千", "百", "元", "+", "/",
      ] where rest.hasPrefix(blank + unit) {
        let end = place + blank.utf8.count + unit.utf8.count
        if endsPrice(bytes, end) { return end }
      }
    }
    return endsPrice(bytes, place) ? place : nil
  }

  private static func endsPrice(_ bytes: [UInt8], _ place: Int) -> Bool {
    guard place < bytes.count else { return true }
    if Content.isBlank(bytes[place]) || ",.;:!?)/+~-".utf8.contains(bytes[place]) { return true }
    let rest = String(decoding: bytes[place...].prefix(3), as: UTF8.self)
    return rest.unicodeScalars.first.map { "，。；、–—".unicodeScalars.contains($0) } ?? false
  }

  private static func startsWithPrice(_ bytes: [UInt8]) -> Bool { priceLength(bytes) != nil }

  private static func isPrice(_ bytes: [UInt8]) -> Bool { priceLength(bytes) == bytes.count }

  /// `HOME/bin:`.
  private static func isShellPath(_ bytes: [UInt8]) -> Bool {
    var place = 0
    while place < bytes.count,
      (bytes[place] >= 0x41 && bytes[place] <= 0x5A) || bytes[place] == 0x5F
    {
      place += 1
    }
    return place >= 2 && place < bytes.count
      && (bytes[place] == UInt8(ascii: ":") || bytes[place] == UInt8(ascii: "/"))
  }
}
