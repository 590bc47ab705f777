import Documents
import Typesetting

/// Blocks that are wider than the page: tables, code and formulas that are moved sideways by
/// themselves, while the text around them stays.
extension Reader {
  /// What can be panned on a row of the page.
  private func wide(row: Int) -> Line.Wide? {
    guard let page else { return nil }
    let line = row - page.header.count
    return page.layout.lines.indices.contains(line) ? page.layout.lines[line].wide : nil
  }

  /// The wide block that commands act on: that of the target, else the topmost on the screen.
  private var chosenWide: Line.Wide? {
    if let target, let page, let wide = wide(row: page.row(of: target.range.lowerBound)) {
      return wide
    }
    for row in top..<top + windowRows {
      if let wide = wide(row: row) { return wide }
    }
    return nil
  }

  /// Moves the wide block by half its window, `steps` times; negative to the left.
  ///
  /// Returns a sentence that says what is shown now.
  mutating func pan(by steps: Int) -> String {
    guard let page, let wide = chosenWide else { return Reader.nothingWide }
    let step = max(1, (page.columns - wide.firstColumn) / 2)
    let (distance, overflow) = step.multipliedReportingOverflow(by: steps)
    let moved = panColumns[wide.block] ?? 0
    return pan(wide, to: overflow ? (steps > 0 ? Int.max / 2 : 0) : moved + distance)
  }

  mutating func panHome() -> String {
    chosenWide.map { pan($0, to: 0) } ?? Reader.nothingWide
  }

  mutating func panToEnd() -> String {
    chosenWide.map { pan($0, to: Int.max / 2) } ?? Reader.nothingWide
  }

  private static let nothingWide = "Nothing here is wider than the page"

  private mutating func pan(_ wide: Line.Wide, to column: Int) -> String {
    guard let page else { return Reader.nothingWide }
    let most = max(0, wide.columns - page.columns)
    let moved = max(0, min(column, most))
    setPan(moved, of: wide.block)
    return "From column \(moved + 1) of \(wide.columns - wide.firstColumn)"
  }

  /// Brings a range of text into the window of its wide block.
  mutating func pan(toShow range: Range<Int>) {
    guard let page, let wide = wide(row: page.row(of: range.lowerBound)) else { return }
    let line = page.row(of: range.lowerBound) - page.header.count
    guard page.layout.lines.indices.contains(line),
      let piece = page.pieces(page.layout.lines[line]).first(where: { piece in
        if case .text(let text) = piece.content { text.contains(range.lowerBound) } else { false }
      })
    else { return }
    let moved = panColumns[wide.block] ?? 0
    let first = piece.column - moved
    if first < wide.firstColumn || first + min(piece.columns, 8) > page.columns {
      _ = pan(wide, to: piece.column - wide.firstColumn - 2)
    }
  }

  /// Shows a block of code, a table or a display formula wrapped or unwrapped; a sentence.
  mutating func toggleWrap() -> String {
    guard let page else { return Reader.nothingToWrap }
    var rows = Array(top..<top + windowRows)
    if let target { rows.insert(page.row(of: target.range.lowerBound), at: 0) }
    let reader = self
    guard let place = rows.lazy.compactMap({ reader.foldable(row: $0) }).first else {
      return Reader.nothingToWrap
    }
    let wasToggled = toggledBlocks.contains(place)
    toggle(place)
    return wasToggled ? "As before" : "w shows it as before"
  }

  private static let nothingToWrap = "Nothing here is wider than the page"

  /// The first block of what can be shown another way on a row: what is panned, what has been
  /// changed before, and code or a display formula that had to be wrapped.
  private func foldable(row: Int) -> Int? {
    guard let page else { return nil }
    if let wide = wide(row: row) { return wide.block }
    guard let block = page.block(row: row), article.document.blocks.indices.contains(block) else {
      return nil
    }
    if let table = article.document.table(ofBlock: block) {
      let first = article.document.firstBlock(ofTable: table, before: block)
      return toggledBlocks.contains(first) ? first : nil
    }
    if toggledBlocks.contains(block) { return block }
    let lines = page.layout.lines.filter { $0.block == block }
    if case .code = article.document.blocks[block].kind {
      let isWrapped = lines.contains { line in
        page.pieces(line).contains { piece in
          if case .ornament(let ornament) = piece.content {
            ornament.kind == .continuation
          } else {
            false
          }
        }
      }
      return isWrapped ? block : nil
    }
    // A formula of which some line ends where its source does not.
    let isWrapped = article.document.formulas.contains { formula in
      guard formula.isDisplay,
        article.document.blocks[block].range.contains(formula.range.lowerBound)
      else { return false }
      let sourceLines = article.document.text[formula.range].count { $0 == 0x0A } + 1
      let shown = lines.count { line in
        page.pieces(line).contains { piece in
          if case .text(let range) = piece.content { range.overlaps(formula.range) } else { false }
        }
      }
      return shown > sourceLines
    }
    return isWrapped ? block : nil
  }
}

extension Document {
  /// The innermost table a block lies in.
  fileprivate func table(ofBlock block: Int) -> Int? {
    var container = blocks[block].container
    while let current = container, containers.indices.contains(current) {
      if containers[current].kind == .table { return current }
      container = containers[current].parent.flatMap { $0 < current ? $0 : nil }
    }
    return nil
  }

  fileprivate func firstBlock(ofTable table: Int, before block: Int) -> Int {
    var first = block
    while first > 0, self.table(ofBlock: first - 1) == table { first -= 1 }
    return first
  }
}

extension Browser {
  /// Moves or refolds a block of the article and says what came of it.
  mutating func pan(_ change: (inout Reader) -> String) {
    guard var reader = state.reader else { return }
    let sentence = change(&reader)
    state.reader = reader
    say(sentence)
  }
}
