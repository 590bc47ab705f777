import Cells
import Documents
import Typesetting

/// Judges a laid-out document by what its reader would notice, without knowing how it was made.
///
/// It is written independently of the code it judges: its own idea of which characters may not
/// begin or end a line, of TeX tokens, and of what may be missing between two lines.
struct PageChecker {
  enum Fault: String, CaseIterable {
    case lost, invented, disordered, overfull, badStart, badEnd, cutToken, cutCluster
  }

  private(set) var faults: [(fault: Fault, example: String)] = []
  private(set) var layouts = 0
  private(set) var lines = 0
  /// Places where a line ends and its text goes on in the next one.
  private(set) var breaks = 0

  /// Never at the start of a line that continues another.
  static let closing: Set<Character> = Set(
    "。，、；：？！）》」』】〉〕｝］．・…,.;:?!)]}" + "々ゝーぁぃぅぇぉっゃゅょ")
  /// Never at the end of a line that is continued.
  static let opening: Set<Character> = Set("（《「『【〈〔“‘｛［([{")

  mutating func check(_ document: Document, _ pages: [PageSettings], name: String) {
    let facts = TextFacts(document)
    for page in pages { check(document, facts, page, name) }
  }

  private mutating func check(
    _ document: Document, _ facts: TextFacts, _ page: PageSettings, _ name: String
  ) {
    let layout = layout(document, blocks: 0..<document.blocks.count, page)
    layouts += 1
    lines += layout.lines.count
    checkTiling(layout, document, name)
    for position in layout.lines.indices {
      checkColumns(layout, position, document, page, name)
    }
    checkBreaks(layout, document, facts, page, name)
  }

  /// A summary of what was covered, for the log.
  var summary: String {
    let kinds = Fault.allCases.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
    return "\(layouts) layouts, \(lines) lines, \(breaks) breaks: \(kinds)"
  }

  func count(_ fault: Fault) -> Int { faults.count { $0.fault == fault } }
}

extension PageChecker {
  private mutating func note(_ fault: Fault, _ example: String) {
    faults.append((fault, example))
  }

  /// Every byte of the text is on exactly one line, or is white space or invisible between two.
  private mutating func checkTiling(_ layout: Layout, _ document: Document, _ name: String) {
    var ranges = layout.pieces.compactMap { piece -> Range<Int>? in
      if case .text(let range) = piece.content { return range }
      return nil
    }
    ranges.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    var end = 0
    for range in ranges {
      if range.lowerBound < end {
        note(.invented, "\(name): \(document.string(range)) is drawn twice")
      } else {
        checkGap(end..<range.lowerBound, document, name)
      }
      end = max(end, range.upperBound)
    }
    checkGap(end..<document.text.count, document, name)
  }

  private mutating func checkGap(_ gap: Range<Int>, _ document: Document, _ name: String) {
    guard !gap.isEmpty else { return }
    for scalar in document.string(gap).unicodeScalars
    where !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
      && scalar.properties.generalCategory != .control
      && scalar.properties.generalCategory != .format
    {
      note(.lost, "\(name): \(document.string(gap))")
      return
    }
  }

  private mutating func checkColumns(
    _ layout: Layout, _ position: Int, _ document: Document, _ page: PageSettings, _ name: String
  ) {
    let line = layout.lines[position]
    guard line.columns > page.columns else { return }
    let texts = layout.pieces[line.pieces].compactMap { piece -> String? in
      if case .text(let range) = piece.content { return document.string(range) }
      return nil
    }
    note(.overfull, "\(name) at \(page.columns): \(line.columns) columns: \(texts.joined())")
  }

  /// Looks at every place where a block's text goes on in the next line without a line end.
  private mutating func checkBreaks(
    _ layout: Layout, _ document: Document, _ facts: TextFacts, _ page: PageSettings, _ name: String
  ) {
    var previousEnd: [Int: Int] = [:]
    for line in layout.lines {
      var first: Int?
      for piece in layout.pieces[line.pieces] {
        guard case .text(let range) = piece.content, !range.isEmpty else { continue }
        let block = facts.block(at: range.lowerBound)
        for place in [range.lowerBound, range.upperBound] where !facts.isClusterStart(place) {
          note(
            .cutCluster, "\(name) at \(page.columns): \(document.string(range).debugDescription)")
        }
        if let end = previousEnd[block], end > range.lowerBound {
          note(.disordered, "\(name) at \(page.columns): \(document.string(range)) stands too late")
        }
        if first == nil || previousEnd[block] != range.lowerBound {
          if let end = previousEnd[block], end <= range.lowerBound {
            checkBreak(from: end, to: range.lowerBound, block, document, facts, page, name)
          }
        }
        first = range.lowerBound
        previousEnd[block] = range.upperBound
      }
    }
  }

  private mutating func checkBreak(
    from end: Int, to start: Int, _ block: Int, _ document: Document, _ facts: TextFacts,
    _ page: PageSettings, _ name: String
  ) {
    let text = document.text
    // A gap of spaces inside one line is a column of a table or a drawn tab, not a break; a hard
    // line end puts anything anywhere.
    guard !text[end..<start].contains(0x0A) else { return }
    if case .code = document.blocks[block].kind { return }
    breaks += 1
    let before = document.string(max(0, end - 24)..<end)
    let after = document.string(start..<min(text.count, start + 24))
    let picture = "\(name) at \(page.columns): …\(before)⏎\(after)…"
    if facts.isInsideFormula(end..<start) {
      if end == start, Self.isInsideToken(text, end), !isLongToken(text, end, page.columns) {
        note(.cutToken, picture)
      }
      return
    }
    // Inline code and addresses break by rules of their own; a word that begins with a stop
    // (`.env`) or an ellipsis may begin a line after a blank.
    let isOwn = facts.isCode(start) || facts.isCode(end - 1)
    guard !isOwn, !isInsideAddress(text, end) else { return }
    let word = after.prefix { !$0.isWhitespace }
    let isWordAfterBlank =
      end < start && (word.dropFirst().contains { $0.isLetter || $0.isNumber } || word.first == "…")
    if let character = after.first, Self.closing.contains(character), !isWordAfterBlank,
      !isLongRun(text, start, page.columns)
    {
      note(.badStart, picture)
    }
    // German closes with “, which opens in Chinese.
    if let character = before.last, Self.opening.contains(character),
      facts.isChinese(block) || (character != "“" && character != "‘"),
      !isLongWord(text, end, page.columns)
    {
      note(.badEnd, picture)
    }
  }

  /// A `\begin{…}{colspec}` or a number that is wider than the whole line (math.md L0).
  private func isLongToken(_ text: [UInt8], _ place: Int, _ columns: Int) -> Bool {
    var start = place
    while start > 0, text[start - 1] > 0x20, place - start <= columns {
      start -= 1
      if text[start] == 0x5C { break }
    }
    let head = String(decoding: text[start..<place], as: UTF8.self)
    if head.hasPrefix("\\begin{"), head.contains("}") { return true }
    var low = place
    while low > 0, text[low - 1] >= 0x30, text[low - 1] <= 0x39 { low -= 1 }
    var high = place
    while high < text.count, text[high] >= 0x30, text[high] <= 0x39 { high += 1 }
    return high - low > columns
  }

  private func isInsideAddress(_ text: [UInt8], _ place: Int) -> Bool {
    var start = place
    while start > 0, text[start - 1] > 0x20, text[start - 1] < 0x7F, place - start < 2_000 {
      start -= 1
    }
    return String(decoding: text[start..<place], as: UTF8.self).contains("://")
  }

  /// Marks that go on for longer than a line have to be broken somewhere.
  private func isLongRun(_ text: [UInt8], _ place: Int, _ columns: Int) -> Bool {
    var start = place
    while start > 0, text[start - 1] == text[place] { start -= 1 }
    if place - start >= columns / 2 { return true }
    // Marks that open, and then marks that close: `¡¡¡¡¡¡!!!!!!`.
    let before = String(decoding: text[max(0, place - 2 * columns)..<place], as: UTF8.self)
    let marks = before.reversed().prefix {
      Self.opening.contains($0) || Self.closing.contains($0) || $0 == "¡" || $0 == "¿"
    }
    return marks.count >= columns / 2
  }

  /// So has a word without any opportunity.
  private func isLongWord(_ text: [UInt8], _ place: Int, _ columns: Int) -> Bool {
    var start = place
    while start > 0, text[start - 1] > 0x20, text[start - 1] < 0x7F { start -= 1 }
    var end = place
    while end < text.count, text[end] > 0x20, text[end] < 0x7F { end += 1 }
    return end - start > columns
  }

  /// Whether a place lies inside a control sequence, a number or a `\begin{…}` (math.md L0).
  static func isInsideToken(_ text: [UInt8], _ place: Int) -> Bool {
    guard place > 0, place < text.count else { return false }
    func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
    func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    var start = place
    while start > 0, isLetter(text[start - 1]) { start -= 1 }
    var backslashes = 0
    while start - backslashes > 0, text[start - backslashes - 1] == 0x5C { backslashes += 1 }
    if backslashes % 2 == 1, start < place ? isLetter(text[place]) : true { return true }
    if isDigit(text[place - 1]), isDigit(text[place]) { return true }
    if place + 1 < text.count, isDigit(text[place - 1]), text[place] == 0x2E,
      isDigit(text[place + 1])
    {
      return true
    }
    // `\begin{` up to the closing brace, with the name on either side of the place.
    var open = place
    while open > 0, text[open - 1] != 0x7B, text[open - 1] != 0x7D, place - open < 24 { open -= 1 }
    if open > 0, text[open - 1] == 0x7B {
      let head = String(decoding: text[max(0, open - 7)..<open], as: UTF8.self)
      if head.hasSuffix("\\begin{") || head.hasSuffix("\\end{") { return true }
    }
    return false
  }
}

/// What the checker asks of a text again and again, found out once.
///
/// The clusters are those of Swift's own strings, not of the tables the layout uses.
private struct TextFacts {
  private var clusterStarts: [Bool]
  /// For every byte the formula it is in, or -1.
  private var formulas: [Int32]
  private var code: [Bool]
  /// For every byte the last block that begins at it or before.
  private var blocks: [Int32]
  private var chinese: [Bool]

  init(_ document: Document) {
    let count = document.text.count
    let string = document.string(0..<count)
    clusterStarts = [Bool](repeating: false, count: count + 1)
    // A text that is not well-formed would shift the places; documents are.
    if string.utf8.count == count {
      var place = 0
      for cluster in string {
        clusterStarts[place] = true
        place += cluster.utf8.count
      }
    } else {
      clusterStarts = [Bool](repeating: true, count: count + 1)
    }
    clusterStarts[count] = true
    formulas = [Int32](repeating: -1, count: count + 1)
    for (position, formula) in document.formulas.enumerated() {
      for place in formula.range { formulas[place] = Int32(position) }
      // A formula is set by tokens of its own: a mark behind its delimiter is not drawn on it.
      clusterStarts[formula.range.lowerBound] = true
      clusterStarts[formula.range.upperBound] = true
    }
    code = [Bool](repeating: false, count: count + 1)
    for span in document.spans where span.role == .code || span.role == .key {
      for place in span.range { code[place] = true }
    }
    blocks = [Int32](repeating: 0, count: count + 1)
    chinese = []
    for (position, block) in document.blocks.enumerated() {
      blocks[block.range.lowerBound] = Int32(position)
      clusterStarts[block.range.lowerBound] = true
      clusterStarts[block.range.upperBound] = true
      chinese.append(
        document.string(block.range).unicodeScalars.contains {
          (0x4E00...0x9FFF).contains($0.value)
        }
      )
    }
    for place in blocks.indices.dropFirst() {
      blocks[place] = max(blocks[place], blocks[place - 1])
    }
  }

  func isClusterStart(_ place: Int) -> Bool { clusterStarts[place] }
  func isCode(_ place: Int) -> Bool { code[place] }
  func block(at place: Int) -> Int { Int(blocks[place]) }
  func isChinese(_ block: Int) -> Bool { chinese[block] }

  /// Whether one formula goes on from one side of a gap to the other.
  func isInsideFormula(_ gap: Range<Int>) -> Bool {
    gap.lowerBound > 0 && formulas[gap.lowerBound - 1] >= 0
      && formulas[gap.lowerBound - 1] == formulas[gap.upperBound]
  }
}
