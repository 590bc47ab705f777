/// Finds formulas in running text by their delimiters (docs/math.md).
///
/// `\(…\)`, `\[…\]`, `$$…$$` and environments speak for themselves; a single `$` has to pass
/// tests (`DollarTests`). What is not recognised with certainty stays text. Linear on any input:
/// for every kind of closer one pass from the right says where an opener would close.
enum MathFinder {
  /// The formulas of a run, in order, not overlapping.
  static func formulas(in run: TextRun) -> [FoundFormula] {
    guard mayHoldFormulas(run.bytes) else { return [] }
    var scanner = MathScanner(run)
    return scanner.scan()
  }

  /// Whether there is any delimiter at all; most text has none.
  static func mayHoldFormulas(_ bytes: [UInt8]) -> Bool {
    bytes.contains { $0 == 0x24 || $0 == 0x5C }
  }

  /// Whether `$$`, `\[` or `\begin` stands anywhere.
  static func mayOpenDisplay(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      var place = 1
      while place < bytes.count {
        switch (bytes[place - 1], bytes[place]) {
        case (0x24, 0x24), (0x5C, 0x5B): return true
        case (0x5C, 0x62) where bytes[place...].starts(with: "begin".utf8): return true
        default: place += 1
        }
      }
      return false
    }
  }

  /// Environments that are mathematics by themselves; each also with a star.
  static let environments: Set<String> = [
    "equation", "align", "alignat", "gather", "multline", "eqnarray", "flalign", "displaymath",
    "math", "aligned", "alignedat", "gathered", "split", "cases", "dcases", "rcases", "matrix",
    "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array", "CD",
    "subequations",
  ]

  static let inlineLimit = 2_000
  static let displayLimit = 20_000
}

/// An opener of a display formula that its block does not close (D6).
struct OpenDisplay: Equatable {
  var place: Int
}

/// One run of text with its tokens and closers.
struct MathScanner {
  enum Token: UInt8 {
    case dollar, doubleDollar, openParen, closeParen, openBracket, closeBracket
    case begin, end, openBrace, closeBrace, escaped, atom, other
  }

  let run: TextRun
  private let bytes: [UInt8]
  private var kinds: [Token] = []
  private var starts: [Int] = []
  private var ends: [Int] = []
  /// Of `\begin{E}`: the token of its `\end{E}`; -1 when there is none.
  private var partner: [Int] = []
  private var closers: [Token: [Int32]] = [:]
  /// Where the emphases begin and end, in order of the places.
  private let boundaries: [(place: Int, emphasis: Int)]

  init(_ run: TextRun) {
    self.run = run
    bytes = run.bytes
    boundaries = run.emphases.enumerated().flatMap { [($1.start, $0), ($1.end, $0)] }
      .sorted { $0.0 < $1.0 }
    tokenize()
    pairEnvironments()
  }

  mutating func scan() -> [FoundFormula] {
    var found: [FoundFormula] = []
    var token = 0
    while token < kinds.count {
      if let (formula, next) = formula(openedBy: token) {
        found.append(formula)
        token = next
      } else {
        token += 1
      }
    }
    return found
  }

  /// The last opener of a display formula that nothing in the run closes (D6).
  mutating func unclosedDisplay() -> OpenDisplay? {
    guard kinds.contains(where: { $0 == .doubleDollar || $0 == .openBracket || $0 == .begin })
    else { return nil }
    var token = 0
    while token < kinds.count {
      if let (_, next) = formula(openedBy: token) {
        token = next
        continue
      }
      switch kinds[token] {
      case .doubleDollar where closer(of: token) < 0,
        .openBracket where closer(of: token) < 0,
        .begin where partner[token] < 0:
        return OpenDisplay(place: starts[token])
      default: token += 1
      }
    }
    return nil
  }
}

extension MathScanner {
  // MARK: Tokens

  private mutating func tokenize() {
    var place = 0
    while place < bytes.count {
      let start = place
      var kind = Token.other
      switch bytes[place] {
      case 0x5C:
        kind = command(at: &place)
      case 0x24:
        if place + 1 < bytes.count, bytes[place + 1] == 0x24 {
          kind = .doubleDollar
          place += 2
        } else {
          kind = .dollar
          place += 1
        }
      case 0x7B:
        kind = .openBrace
        place += 1
      case 0x7D:
        kind = .closeBrace
        place += 1
      case TextRun.atom:
        kind = .atom
        place += 1
      default:
        place += 1
        while place < bytes.count, !Self.isSpecial(bytes[place]) { place += 1 }
      }
      kinds.append(kind)
      starts.append(start)
      ends.append(place)
    }
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == 0x5C || byte == 0x24 || byte == 0x7B || byte == 0x7D || byte == TextRun.atom
  }

  private func command(at place: inout Int) -> Token {
    guard place + 1 < bytes.count else {
      place += 1
      return .other
    }
    let next = bytes[place + 1]
    switch next {
    case 0x28:
      place += 2
      return .openParen
    case 0x29:
      place += 2
      return .closeParen
    case 0x5B:
      place += 2
      return .openBracket
    case 0x5D:
      place += 2
      return .closeBracket
    case TextRun.atom, TextRun.lineBreak:
      place += 1
      return .other
    default: break
    }
    if let environment = Self.environment(in: bytes, at: place) {
      place = environment.end
      return environment.isBegin ? .begin : .end
    }
    place += 2
    // The rest of a character of several bytes.
    while place < bytes.count, bytes[place] & 0xC0 == 0x80 { place += 1 }
    return .escaped
  }

  /// `\begin{E}` or `\end{E}` of a known environment at a backslash.
  static func environment(
    in bytes: [UInt8], at place: Int
  ) -> (name: String, isBegin: Bool, end: Int)? {
    func matches(_ word: StaticString) -> Bool {
      guard place + 1 + word.utf8CodeUnitCount <= bytes.count else { return false }
      return word.withUTF8Buffer { $0.elementsEqual(bytes[place + 1..<place + 1 + $0.count]) }
    }
    let isBegin = matches("begin")
    guard isBegin || matches("end") else { return nil }
    var start = place + (isBegin ? 6 : 4)
    while start < bytes.count, bytes[start] == 0x20 || bytes[start] == 0x09 || bytes[start] == 0x0A
    {
      start += 1
    }
    guard start < bytes.count, bytes[start] == 0x7B else { return nil }
    var end = start + 1
    while end < bytes.count, end - start < 24, bytes[end] != 0x7D { end += 1 }
    guard end < bytes.count, bytes[end] == 0x7D else { return nil }
    let name = String(decoding: bytes[start + 1..<end], as: UTF8.self)
    let plain = name.hasSuffix("*") ? String(name.dropLast()) : name
    guard MathFinder.environments.contains(plain) else { return nil }
    return (name, isBegin, end + 1)
  }

  // MARK: Closers

  /// D3: environments close at the same name, nesting counted; one stack per name.
  private mutating func pairEnvironments() {
    partner = [Int](repeating: -1, count: kinds.count)
    var open: [String: [Int]] = [:]
    for token in kinds.indices {
      switch kinds[token] {
      case .begin:
        if let name = Self.environment(in: bytes, at: starts[token])?.name {
          open[name, default: []].append(token)
        }
      case .end:
        if let name = Self.environment(in: bytes, at: starts[token])?.name,
          let begin = open[name]?.popLast()
        {
          partner[begin] = token
        }
      case .atom:
        // No formula may contain one.
        open.removeAll(keepingCapacity: true)
      default: break
      }
    }
  }

  /// For every token, the closer that an opener before it would meet at depth 0.
  private mutating func closers(ofKind kind: Token) -> [Int32] {
    if let known = closers[kind] { return known }
    var table = [Int32](repeating: -1, count: kinds.count + 1)
    // The partner of every brace, by one stack; an unmatched opening brace hides what follows.
    var brace = [Int32](repeating: -1, count: kinds.count)
    var stack: [Int] = []
    for token in kinds.indices {
      if kinds[token] == .openBrace {
        stack.append(token)
      } else if kinds[token] == .closeBrace, let open = stack.popLast() {
        brace[open] = Int32(token)
      }
    }
    for token in stride(from: kinds.count - 1, through: 0, by: -1) {
      switch kinds[token] {
      case kind: table[token] = Int32(token)
      case .openBrace: table[token] = brace[token] < 0 ? -1 : table[Int(brace[token]) + 1]
      case .atom: table[token] = -1
      // `$$` inside `$…$` is two dollars, the first of which closes.
      case .doubleDollar where kind == .dollar: table[token] = Int32(token)
      default:
        table[token] =
          kind == .dollar && holdsEmptyLine(token) ? -1 : table[token + 1]
      }
    }
    closers[kind] = table
    return table
  }

  /// An empty line within a token of text.
  private func holdsEmptyLine(_ token: Int) -> Bool {
    guard kinds[token] == .other else { return false }
    return Self.holdsEmptyLine(bytes[starts[token]..<ends[token]])
  }

  static func holdsEmptyLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    var isLineEmpty = false
    for byte in bytes {
      switch byte {
      case 0x0A:
        if isLineEmpty { return true }
        isLineEmpty = true
      case 0x20, 0x09, 0x0D: break
      default: isLineEmpty = false
      }
    }
    return false
  }

  private mutating func closer(of token: Int) -> Int {
    switch kinds[token] {
    case .dollar: Int(closers(ofKind: .dollar)[token + 1])
    case .doubleDollar: Int(closers(ofKind: .doubleDollar)[token + 1])
    case .openParen: Int(closers(ofKind: .closeParen)[token + 1])
    case .openBracket: Int(closers(ofKind: .closeBracket)[token + 1])
    case .begin: partner[token]
    default: -1
    }
  }

  // MARK: Formulas

  private mutating func formula(openedBy token: Int) -> (FoundFormula, next: Int)? {
    let kind = kinds[token]
    switch kind {
    case .dollar, .doubleDollar, .openParen, .openBracket, .begin: break
    default: return nil
    }
    let close = closer(of: token)
    guard close >= 0 else { return nil }
    var end = ends[close]
    var inner = ends[token]..<starts[close]
    if kind == .dollar, kinds[close] == .doubleDollar {
      // Only the first of the two dollars belongs to this formula; the other opens the next.
      guard let formula = dollarFormula(token, starts[token], inner, starts[close] + 1) else {
        return nil
      }
      kinds[close] = .dollar
      starts[close] += 1
      // The tables stay true: no entry behind this place looks back at it.
      return (formula, close)
    }
    switch kind {
    case .dollar:
      guard let formula = dollarFormula(token, starts[token], inner, end) else { return nil }
      return (formula, close + 1)
    case .begin:
      end = ends[close]
      inner = starts[token]..<end
      guard inner.count <= MathFinder.displayLimit * 4 else { return nil }
      let name = Self.environment(in: bytes, at: starts[token])?.name ?? ""
      return (
        found(starts[token]..<end, inner, isDisplay: name != "math"), close + 1
      )
    default:
      let content = DollarTests.Content(bytes, inner, repaired(inner))
      guard content.isUnambiguousFormula else { return nil }
      let isDisplay = kind != .openParen
      guard inner.count <= (isDisplay ? MathFinder.displayLimit : MathFinder.inlineLimit) * 4 else {
        return nil
      }
      return (found(starts[token]..<end, inner, isDisplay: isDisplay), close + 1)
    }
  }

  private func dollarFormula(
    _ token: Int, _ start: Int, _ inner: Range<Int>, _ end: Int
  ) -> FoundFormula? {
    guard inner.count <= MathFinder.inlineLimit * 4 else { return nil }
    let content = DollarTests.Content(bytes, inner, repaired(inner))
    let previous = start > 0 ? bytes[start - 1] : 0x20
    let next = end < bytes.count ? bytes[end] : 0x20
    guard DollarTests.isFormula(content, previous: previous, next: next) else { return nil }
    return found(start..<end, inner, isDisplay: false)
  }

  private func repaired(_ inner: Range<Int>) -> Bool {
    let next = firstBoundary(from: inner.lowerBound)
    return next < boundaries.count && boundaries[next].place < inner.upperBound
  }

  /// The first boundary of an emphasis at a place or behind it.
  private func firstBoundary(from place: Int) -> Int {
    var low = 0
    var high = boundaries.count
    while low < high {
      let middle = (low + high) / 2
      if boundaries[middle].place < place {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// D7: the emphases with a boundary inside become marks again.
  private func found(_ range: Range<Int>, _ tex: Range<Int>, isDisplay: Bool) -> FoundFormula {
    var formula = FoundFormula(range: range, tex: tex, isDisplay: isDisplay)
    guard !run.isPlainText, !boundaries.isEmpty else { return formula }
    var inside: [Int] = []
    var next = firstBoundary(from: range.lowerBound + 1)
    while next < boundaries.count, boundaries[next].place < range.upperBound {
      inside.append(boundaries[next].emphasis)
      next += 1
    }
    var previous = -1
    for number in inside.sorted() where number != previous {
      previous = number
      let emphasis = run.emphases[number]
      let before = emphasis.start > 0 ? bytes[emphasis.start - 1] : 0x20
      let isStar =
        before == 0x5E || before == 0x20 || before == 0x7B || before == 0x28 || before == 0x2C
        || emphasis.start == range.lowerBound || emphasis.start == 0
      let mark = isStar ? "*" : "_"
      formula.repairs.append(
        EmphasisRepair(emphasis: number, mark: emphasis.isStrong ? mark + mark : mark))
    }
    return formula
  }
}
