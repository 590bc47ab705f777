import Cells
import Documents
import Feeds
import Typesetting

/// The pane that shows one article: where it is scrolled to and what is targeted in it.
struct Reader: Equatable, Sendable {
  /// A place in an article that survives a change of width.
  enum Anchor: Equatable, Sendable {
    /// A row of the header.
    case header(row: Int)
    /// The first visible byte of the text.
    case text(byteOffset: Int)
  }

  /// One thing that commands act on.
  struct Target: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
      /// A position in `Document.links`.
      case link(Int)
      /// A position in `Document.formulas`.
      case formula(Int)
      /// A position in `Document.references`.
      case reference(Int)
      /// A position in `Document.images`.
      case image(Int)
      /// A position in `Document.blocks`.
      case block(Int)
    }
    var kind: Kind
    var range: Range<Int>
  }

  var article: Article
  /// The first row shown.
  private(set) var top = 0
  /// What the first row shown stands for; a resize does not change it.
  private(set) var anchor = Anchor.header(row: 0)
  var target: Target?
  /// The article set for the columns of the pane; nil until it has been shown.
  private(set) var page: Page?
  /// Blocks that are shown the other way: wrapped instead of panned, panned instead of wrapped.
  private(set) var toggledBlocks: Set<Int> = []
  /// How many columns each wide block, by its first block, is moved to the left.
  private(set) var panColumns: [Int: Int] = [:]
  /// The rows of the pane when it was last shown.
  private(set) var windowRows = 1

  init(_ article: Article) {
    self.article = article
  }

  var id: EntryID { article.entry.id }

  /// The last row that may be the first one shown: one blank row may follow the end.
  var lastTop: Int { max(0, (page?.rowCount ?? 0) + 1 - windowRows) }

  var isWhole: Bool { (page?.rowCount ?? 0) <= windowRows }

  var isAtEnd: Bool { top + windowRows >= (page?.rowCount ?? 0) }

  /// Sets the article for a pane; keeps the same text at the top.
  mutating func settle(
    columns: Int, rows: Int, settings: Settings, clock: Clock, browserKey: String?
  ) {
    windowRows = max(1, rows)
    if page?.columns != columns {
      page = Page(
        article, columns: columns, toggledBlocks: toggledBlocks, settings: settings, clock: clock,
        browserKey: browserKey)
      restore()
    }
    top = max(0, min(top, lastTop))
  }

  /// Notes how far a wide block is moved.
  mutating func setPan(_ columns: Int, of block: Int) {
    panColumns[block] = columns == 0 ? nil : columns
  }

  /// Shows a block the other way from now on.
  mutating func toggle(_ block: Int) {
    toggledBlocks.formSymmetricDifference([block])
    panColumns[block] = nil
    page = nil
  }

  /// Sets the article again, because what its header says has changed.
  mutating func forgetPage() { page = nil }

  /// Goes to a place of this article.
  mutating func go(to place: Anchor) {
    anchor = place
    restore()
  }

  private mutating func restore() {
    guard let page else { return }
    switch anchor {
    case .header(let row): top = min(row, page.header.count)
    case .text(let byteOffset): top = page.firstRow(showing: byteOffset)
    }
    top = max(0, min(top, lastTop))
  }

  /// Makes a row the first one shown, as far as there is text.
  mutating func scroll(toRow row: Int) {
    guard let page else { return }
    top = max(0, min(row, lastTop))
    if top < page.header.count {
      anchor = .header(row: top)
    } else if let byteOffset = page.byteOffset(row: top) {
      anchor = .text(byteOffset: byteOffset)
    }
    if let target, !isVisible(target.range) { self.target = nil }
  }

  mutating func scroll(by rows: Int) {
    let (row, overflow) = top.addingReportingOverflow(rows)
    scroll(toRow: overflow ? (rows > 0 ? lastTop : 0) : row)
  }

  /// Shows the next page; false at the end.
  ///
  /// A display formula or code block that fits on a page is not cut by the page break when moving
  /// it costs at most a quarter of the page.
  mutating func advance(overlapRows: Int) -> Bool {
    guard let page, !isAtEnd else { return false }
    var next = top + max(1, windowRows - min(overlapRows, windowRows - 1))
    let first = page.block(row: next)
    if let block = first, article.document.blocks.indices.contains(block),
      page.block(row: next - 1) == block
    {
      switch article.document.blocks[block].kind {
      case .code, .formula:
        var start = next
        while start > top + 1, page.block(row: start - 1) == block { start -= 1 }
        // The empty row above the block belongs to it, but need not be shown first.
        if next - start <= windowRows / 4, start > top + 1 { next = start }
      default: break
      }
    }
    scroll(toRow: next)
    return true
  }

  /// Whether the first row of a range of text is on the screen.
  func isVisible(_ range: Range<Int>) -> Bool {
    guard let page else { return false }
    return (top..<top + windowRows).contains(page.row(of: range.lowerBound))
  }

  /// Shows a range of text: where it is when it is on the screen, else near the top.
  mutating func show(_ range: Range<Int>, atTop: Bool = false) {
    guard let page else {
      anchor = .text(byteOffset: range.lowerBound)
      return
    }
    let row = page.row(of: range.lowerBound)
    if atTop {
      scroll(toRow: row)
    } else if row < top || row >= top + windowRows {
      scroll(toRow: row - min(2, (windowRows - 1) / 2))
    }
    pan(toShow: range)
  }

  /// Rows of the article seen so far, in per cent: `all`, `end`, or `NN%`.
  var progress: String {
    let count = page?.rowCount ?? 0
    if isWhole { return "all" }
    if isAtEnd { return "end" }
    return "\(min(99, (top + windowRows) * 100 / max(1, count)))%"
  }

  /// Rows of the article seen so far, in per cent.
  var percentSeen: Int {
    min(100, (top + windowRows) * 100 / max(1, page?.rowCount ?? 0))
  }

  /// The per cent of the article that lies before a byte.
  func percent(at byteOffset: Int) -> Int {
    guard let page, page.rowCount > 0 else { return 0 }
    return min(100, page.row(of: byteOffset) * 100 / page.rowCount)
  }

  /// The text of the last heading above the middle of the screen, else the title.
  var heading: String {
    guard let page else { return article.title }
    let middle = page.byteOffset(row: top + windowRows / 2)
    var title = article.title
    guard let middle else { return title }
    for block in article.document.blocks {
      guard block.range.lowerBound <= middle else { break }
      if case .heading = block.kind { title = article.document.string(block.range) }
    }
    return title
  }
}

extension Reader {
  /// What is highlighted beside the roles of the document.
  struct Overlay {
    var range: Range<Int>
    var roles: Roles
  }

  /// The parts of the formulas on the screen (math.md 7).
  func formulaParts() -> [Overlay] {
    guard let page else { return [] }
    let shown = page.bytes(rows: top..<top + windowRows)
    let document = article.document
    let first = document.formulas.partitioningIndex { $0.range.upperBound > shown.lowerBound }
    return document.formulas[first...].prefix { $0.range.lowerBound < shown.upperBound }
      .flatMap { texParts(of: $0, in: document) }
      .filter { $0.range.overlaps(shown) }
      .map { Overlay(range: $0.range, roles: Reader.roles(of: $0.part)) }
  }

  private static func roles(of part: TeXPart) -> Roles {
    switch part {
    case .delimiter: .mathDelimiter
    case .command: .mathCommand
    case .environment: .mathEnvironment
    case .brace: .mathBrace
    case .loneBrace: .mathLoneBrace
    case .operatorSign: .mathOperator
    case .number: .mathNumber
    case .text: .mathText
    case .comment: .mathComment
    case .reference: .mathReference
    }
  }

  /// Draws the visible rows into a rectangle.
  func draw(in rect: Rect, on canvas: inout Canvas, overlays: [Overlay]) {
    guard let page else { return }
    let left = Reader.leftColumn(of: rect.columns, page.columns, canvas.settings)
    let column = rect.column + left
    for row in 0..<rect.rows {
      let place = top + row
      let screenRow = rect.row + row
      if place < page.header.count {
        let extra = page.header[place]
        canvas.putCut(
          extra.text, row: screenRow, column: column, columns: page.columns, extra.roles)
      } else if place - page.header.count < page.layout.lines.count {
        draw(
          page.layout.lines[place - page.header.count], of: page, row: screenRow, column: column,
          on: &canvas, overlays: overlays)
      } else if page.footer.indices.contains(place - page.header.count - page.layout.lines.count) {
        let extra = page.footer[place - page.header.count - page.layout.lines.count]
        canvas.putCut(
          extra.text, row: screenRow, column: column, columns: page.columns, extra.roles)
      }
    }
  }

  /// The columns of text in a pane: one column of margin on each side, at most what is set.
  static func textColumns(of paneColumns: Int, _ settings: Settings) -> Int {
    let columns = max(1, paneColumns - 2)
    return settings.readerColumns > 0 ? min(settings.readerColumns, columns) : columns
  }

  static func leftColumn(of paneColumns: Int, _ textColumns: Int, _ settings: Settings) -> Int {
    settings.centersReader ? max(0, (paneColumns - textColumns) / 2) : min(1, paneColumns - 1)
  }

  private func draw(
    _ line: Line, of page: Page, row: Int, column: Int, on canvas: inout Canvas,
    overlays: [Overlay]
  ) {
    guard let wide = line.wide else {
      return draw(
        page.pieces(line), of: line, columns: page.columns, row: row, column: column, on: &canvas,
        overlays: overlays)
    }
    // The whole line is drawn elsewhere, and the part of it that shows is taken over.
    var whole = Canvas(
      size: Size(rows: 1, columns: max(1, line.columns)), settings: canvas.settings)
    draw(
      page.pieces(line), of: line, columns: line.columns, row: 0, column: 0, on: &whole,
      overlays: overlays)
    let first = min(wide.firstColumn, max(0, page.columns - 3))
    let moved = panColumns[wide.block] ?? 0
    canvas.frame.put(
      firstRowOf: whole.frame, fromColumn: 0, at: Position(row: row, column: column), columns: first
    )
    canvas.frame.put(
      firstRowOf: whole.frame, fromColumn: first + moved,
      at: Position(row: row, column: column + first), columns: page.columns - first)
    if moved > 0 {
      canvas.put(
        canvas.furniture.moreLeft, row: row, column: column + first, columns: 1, .tableRule)
    }
    if line.columns - moved > page.columns {
      canvas.put(
        canvas.furniture.moreRight, row: row, column: column + page.columns - 1, columns: 1,
        .tableRule)
    }
  }

  private func draw(
    _ pieces: ArraySlice<Piece>, of line: Line, columns: Int, row: Int, column: Int,
    on canvas: inout Canvas, overlays: [Overlay]
  ) {
    for piece in pieces {
      let limit = columns - piece.column
      switch piece.content {
      case .ornament(let ornament):
        canvas.put(
          ornament.text, row: row, column: column + piece.column, columns: limit,
          roles(of: ornament.kind, in: line))
      case .text(let range):
        var taken = 0
        article.runs.runs(in: range) { run, roles in
          for part in Reader.parts(of: run, overlays) {
            taken += canvas.put(
              utf8: article.document.text[part.range], row: row,
              column: column + piece.column + taken, columns: limit - taken,
              roles.union(part.roles))
          }
        }
      }
    }
  }

  /// Cuts a range of text where overlays begin and end.
  private static func parts(of range: Range<Int>, _ overlays: [Overlay]) -> [Overlay] {
    let touching = overlays.filter { $0.range.overlaps(range) }
    guard !touching.isEmpty else { return [Overlay(range: range, roles: .text)] }
    var bounds = [range.lowerBound, range.upperBound]
    for overlay in touching {
      bounds.append(max(range.lowerBound, overlay.range.lowerBound))
      bounds.append(min(range.upperBound, overlay.range.upperBound))
    }
    bounds.sort()
    return zip(bounds, bounds.dropFirst()).filter { $0 < $1 }.map { start, end in
      var roles = Roles.text
      for overlay in touching where overlay.range.contains(start) { roles.formUnion(overlay.roles) }
      return Overlay(range: start..<end, roles: roles)
    }
  }

  private func roles(of kind: Ornament.Kind, in line: Line) -> Roles {
    switch kind {
    case .linkNumber: return .linkNumber
    case .imageFrame, .continuation: return .meta
    case .equationNumber: return .equationNumber
    case .quoteBar: return .quote
    case .rule, .tableRule: return .tableRule
    case .headingMark:
      let blocks = article.document.blocks
      guard blocks.indices.contains(line.block), case .heading(let level) = blocks[line.block].kind
      else { return .text }
      return level <= 1 ? .heading1 : level == 2 ? .heading2 : .heading3
    case .marker, .hyphen, .gap, .script, .mark: return .text
    }
  }
}
