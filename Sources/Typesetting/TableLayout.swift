import Cells
import Documents

/// A table as rows and columns of cells, spans applied.
struct TableGrid {
  struct Cell {
    /// A position in `Document.containers`.
    var container: Int
    var row: Int
    var column: Int
    var rows: Int
    var columns: Int
    var isHeader: Bool
    var alignment: Container.Alignment?
    /// Blocks of the document.
    var blocks: Range<Int>
  }

  static let columnLimit = 64
  static let rowLimit = 10_000

  var rows = 0
  var columns = 0
  /// In order of their rows, then columns.
  var cells: [Cell] = []
  /// Blocks of the caption.
  var caption: Range<Int>?

  init(_ document: Document, table: Int, blocks: Range<Int>) {
    // The blocks of each cell: one pass, since blocks and containers are both in reading order.
    var blocksOfCell: [Int: Range<Int>] = [:]
    for position in blocks {
      for container in document.chain(ofBlock: position) {
        switch document.containers[container].kind {
        case .cell:
          let first = blocksOfCell[container]?.lowerBound ?? position
          blocksOfCell[container] = first..<position + 1
        case .caption where document.containers[container].parent == table:
          caption = (caption?.lowerBound ?? position)..<position + 1
        default: break
        }
      }
    }
    /// Rows that a cell of an earlier row still covers, by column.
    var covered = [Int](repeating: 0, count: Self.columnLimit)
    var row = -1
    var column = 0
    var rowContainer = -1
    for container in table + 1..<max(table + 1, document.containers.count) {
      let entry = document.containers[container]
      if case .row = entry.kind, entry.parent == table {
        row += 1
        column = 0
        rowContainer = container
        if row >= Self.rowLimit { break }
        for place in covered.indices where covered[place] > 0 && row > 0 { covered[place] -= 1 }
        continue
      }
      guard case .cell(let wide, let high, let isHeader, let alignment) = entry.kind,
        entry.parent == rowContainer
      else { continue }
      while column < Self.columnLimit, covered[column] > 0 { column += 1 }
      guard column < Self.columnLimit else { continue }
      let spanned = max(1, min(wide, Self.columnLimit - column))
      for place in column..<column + spanned { covered[place] = max(1, min(high, Self.rowLimit)) }
      cells.append(
        Cell(
          container: container, row: row, column: column, rows: max(1, high), columns: spanned,
          isHeader: isHeader, alignment: alignment,
          blocks: blocksOfCell[container] ?? blocks.lowerBound..<blocks.lowerBound))
      column += spanned
      columns = max(columns, column)
      rows = row + 1
    }
    for place in cells.indices {
      cells[place].rows = min(cells[place].rows, rows - cells[place].row)
    }
  }

  /// The rows at the top that hold header cells only.
  var headerRows: Int {
    var count = 0
    while count < rows {
      let row = cells.filter { $0.row == count }
      guard !row.isEmpty, row.allSatisfy(\.isHeader) else { break }
      count += 1
    }
    return count < rows ? count : 0
  }
}

extension Document {
  /// Whether a table holds data; if not, it was made to place things on a page, and its cells are
  /// laid out one after another.
  func isDataTable(_ table: Int) -> Bool {
    var rows = 0
    var widest = 0
    var cells = 0
    for container in table + 1..<max(table + 1, containers.count) {
      guard isInside(container, table) else { break }
      switch containers[container].kind {
      case .row: (rows, cells) = (rows + 1, 0)
      case .cell(let columns, _, _, _):
        cells += max(1, min(columns, TableGrid.columnLimit))
        widest = max(widest, cells)
      case .table, .quote, .details, .figure: return false
      default: break
      }
    }
    return rows >= 2 && widest >= 2
  }

  private func isInside(_ container: Int, _ ancestor: Int) -> Bool {
    var current: Int? = container
    while let place = current, place > ancestor { current = containers[place].parent }
    return current == ancestor
  }
}

extension PageSetter {
  /// A data table: boxed if it fits, with open sides if that helps, else one record per row.
  mutating func layoutTable(_ table: Int, blocks: Range<Int>, _ margins: Margins) {
    let grid = TableGrid(document, table: table, blocks: blocks)
    var isFirst = true
    if let caption = grid.caption {
      var setter = PageSetter(document, subpage(page.columns - margins.indent), within: table)
      for line in setter.layout(caption).cut() {
        appendLine(line, margins, isFirst: isFirst, block: caption.lowerBound)
        isFirst = false
      }
    }
    guard grid.columns > 0, grid.rows > 0 else { return }
    let width = page.columns - margins.indent
    let measures = measures(of: grid)
    let firstLine = result.lines.count
    if let frame = TableFrame(grid, measures, columns: width, glyphs) {
      layoutGrid(grid, frame, margins, isFirst: isFirst)
    } else if (page.tables == .pan) != page.toggledBlocks.contains(blocks.lowerBound) {
      let frame = TableFrame(panned: measures, glyphs)
      layoutGrid(grid, frame, margins, isFirst: isFirst)
      // The first column says what a row is about, and stays when it leaves room for the rest.
      let fixed = grid.columns > 1 ? frame.start(of: 1) - 1 : 0
      markWide(
        fromLine: firstLine, block: blocks.lowerBound,
        firstColumn: margins.indent + (fixed * 3 <= page.columns ? fixed : 0))
    } else {
      layoutRecords(grid, margins, isFirst: isFirst)
    }
  }

  private func subpage(_ columns: Int) -> PageSettings {
    var page = page
    page.columns = max(1, columns)
    page.repair = .none
    page.tables = .stack
    page.codeLines = .wrap
    page.toggledBlocks = []
    return page
  }

  private func lines(of cell: TableGrid.Cell, columns: Int) -> [[Piece]] {
    guard !cell.blocks.isEmpty else { return [] }
    var setter = PageSetter(document, subpage(columns), within: cell.container)
    return setter.layout(cell.blocks).cut()
  }

  /// The widest line and the widest unbreakable piece of every column.
  private func measures(of grid: TableGrid) -> [(smallest: Int, widest: Int)] {
    var measures = [(smallest: Int, widest: Int)](repeating: (1, 1), count: grid.columns)
    for cell in grid.cells where cell.columns == 1 {
      var widest = 1
      for line in lines(of: cell, columns: 10_000) {
        widest = max(widest, (line.last.map { $0.column + $0.columns }) ?? 0)
      }
      // What would have to be cut in a column of this many columns.
      let smallest = min(24, max(6, longestPiece(of: cell)))
      measures[cell.column].widest = max(measures[cell.column].widest, widest)
      measures[cell.column].smallest = max(measures[cell.column].smallest, smallest)
    }
    for column in measures.indices {
      measures[column].smallest = min(measures[column].smallest, measures[column].widest)
    }
    return measures
  }

  /// The columns of the widest piece between two break opportunities.
  private func longestPiece(of cell: TableGrid.Cell) -> Int {
    var longest = 0
    var breaker = LineBreaker()
    breaker.options = page.breaking
    breaker.profile = page.profile
    var inline = Inline()
    document.text.withUnsafeBufferPointer { text in
      for position in cell.blocks {
        let range = document.blocks[position].range
        reader.read(text, range, document.spans(in: range), into: &inline)
        breaker.read(text, range, inserts: inline.inserts)
        var columns = 0
        for unit in breaker.units {
          switch unit.kind {
          case .object: columns += min(24, inline.objects[Int(unit.value)].columns)
          case .space, .lineEnd: break
          default: columns += Int(unit.columns)
          }
          longest = max(longest, columns)
          if unit.opportunity != .no { columns = 0 }
        }
      }
    }
    return longest
  }

  private mutating func layoutGrid(
    _ grid: TableGrid, _ frame: TableFrame, _ margins: Margins, isFirst: Bool
  ) {
    let alignments = columnAlignments(grid)
    let headerRows = grid.headerRows
    var isFirst = isFirst
    let firstBlock = grid.cells.first { !$0.blocks.isEmpty }?.blocks.lowerBound ?? 0
    var cellLines: [[[Piece]]] = []
    var hasTallCell = false
    for cell in grid.cells {
      let lines = lines(of: cell, columns: frame.columns(of: cell))
      if lines.count > 1, !cell.isHeader { hasTallCell = true }
      cellLines.append(lines)
    }
    func rule(_ kind: TableFrame.Rule) -> [Piece] {
      let text = frame.rule(kind)
      return [
        Piece(
          content: .ornament(Ornament(.tableRule, text)), column: 0,
          columns: Cells.columns(of: text, profile: page.profile))
      ]
    }
    if frame.isBoxed {
      appendLine(rule(.top), margins, isFirst: isFirst, block: firstBlock)
      isFirst = false
    }
    var next = 0
    for row in 0..<grid.rows {
      var members: [Int] = []
      while next < grid.cells.count, grid.cells[next].row == row {
        members.append(next)
        next += 1
      }
      let block = members.compactMap { grid.cells[$0].blocks.first }.first ?? firstBlock
      let height = max(1, members.map { cellLines[$0].count }.max() ?? 1)
      for number in 0..<height {
        var pieces = frame.bars(for: members.map { grid.cells[$0] }, grid)
        for member in members where number < cellLines[member].count {
          let cell = grid.cells[member]
          let line = cellLines[member][number]
          let own = line.last.map { $0.column + $0.columns } ?? 0
          let spare = max(0, frame.columns(of: cell) - own)
          let shift: Int =
            switch cell.alignment ?? alignments[cell.column] {
            case .left: 0
            case .center: spare / 2
            case .right: spare
            }
          for var piece in line {
            piece.column += frame.start(of: cell.column) + shift
            pieces.append(piece)
          }
        }
        pieces.sort { $0.column < $1.column }
        appendLine(pieces, margins, isFirst: isFirst, block: block)
        isFirst = false
      }
      if row + 1 < grid.rows, row + 1 == headerRows || (hasTallCell && row + 1 > headerRows) {
        appendLine(rule(.middle), margins, isFirst: false, block: block)
      }
    }
    if frame.isBoxed { appendLine(rule(.bottom), margins, isFirst: false, block: firstBlock) }
  }

  /// Right for a column of numbers, else left.
  private func columnAlignments(_ grid: TableGrid) -> [Container.Alignment] {
    var isNumeric = [Bool](repeating: true, count: grid.columns)
    var hasBody = [Bool](repeating: false, count: grid.columns)
    for cell in grid.cells where !cell.isHeader {
      let text =
        cell.blocks.isEmpty
        ? ""
        : document.string(
          document.blocks[cell.blocks.lowerBound].range
            .lowerBound..<document.blocks[cell.blocks.upperBound - 1].range.upperBound)
      guard !text.isEmpty else { continue }
      hasBody[cell.column] = true
      let isNumber =
        text.utf8.contains { (0x30...0x39).contains($0) }
        && text.utf8.allSatisfy {
          (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2C || $0 == 0x2D || $0 == 0x2B
            || $0 == 0x25
        }
      if !isNumber { isNumeric[cell.column] = false }
    }
    return isNumeric.indices.map { isNumeric[$0] && hasBody[$0] ? .right : .left }
  }

  /// A header as text, with `: ` behind it; one that takes several lines gets them to itself.
  private mutating func headerText(
    _ header: TableGrid.Cell, _ isFirst: inout Bool, _ width: Int, _ margins: Margins
  ) -> [Piece] {
    var headerLines = lines(of: header, columns: width)
    let end = headerLines.last?.last.map { $0.column + $0.columns } ?? 0
    if end + 2 <= width, let last = headerLines.indices.last {
      headerLines[last].append(
        Piece(content: .ornament(Ornament(.marker, ": ")), column: end, columns: 2))
    }
    if headerLines.count == 1, end + 2 <= width { return headerLines[0] }
    for line in headerLines {
      appendLine(line, margins, isFirst: isFirst, block: header.blocks.lowerBound)
      isFirst = false
    }
    return []
  }

  /// One record per row: `header: value`, an empty line between records.
  private mutating func layoutRecords(_ grid: TableGrid, _ margins: Margins, isFirst: Bool) {
    let headerRows = grid.headerRows
    var headers: [Int: TableGrid.Cell] = [:]
    for cell in grid.cells where cell.row < headerRows {
      for column in cell.column..<cell.column + cell.columns { headers[column] = cell }
    }
    var isFirst = isFirst
    let width = max(1, page.columns - margins.indent)
    var row = -1
    let hang = width >= 8 ? 2 : 0
    let body = grid.cells.filter { $0.row >= headerRows && !$0.blocks.isEmpty }
    // The header's own text is shown once as text, in the first record, so that nothing of the
    // document is missing; in the others it is an ornament.
    var shownHeaders: Set<Int> = []
    let named = Set(body.compactMap { headers[$0.column]?.container })
    for cell in grid.cells
    where cell.row < headerRows && !cell.blocks.isEmpty && !named.contains(cell.container) {
      for line in lines(of: cell, columns: width) {
        appendLine(line, margins, isFirst: isFirst, block: cell.blocks.lowerBound)
        isFirst = false
      }
    }
    for cell in body {
      if row >= 0, cell.row != row {
        appendLine([Piece](), margins, isFirst: false, block: cell.blocks.lowerBound)
      }
      let isTitle = headers.isEmpty && cell.row != row
      row = cell.row
      var label: [Piece] = []
      if let header = headers[cell.column], !header.blocks.isEmpty {
        if shownHeaders.insert(header.container).inserted {
          label = headerText(header, &isFirst, width, margins)
        } else {
          let text = document.string(
            document.blocks[header.blocks.lowerBound].range
              .lowerBound..<document.blocks[header.blocks.upperBound - 1].range.upperBound)
          let drawn = CellText(text + ": ", profile: page.profile)
            .truncated(toColumns: max(1, width - hang), profile: page.profile)
          label = [
            Piece(
              content: .ornament(Ornament(.marker, drawn.text)), column: 0,
              columns: drawn.columns)
          ]
        }
      }
      let indent = isTitle ? 0 : hang
      let cellLines = lines(of: cell, columns: max(1, width - indent))
      let used = label.last.map { $0.column + $0.columns } ?? 0
      let first = cellLines.first?.last.map { $0.column + $0.columns } ?? 0
      if !label.isEmpty, cellLines.count == 1, used + first <= width {
        let line =
          label
          + cellLines[0].map { piece in
            var piece = piece
            piece.column += used
            return piece
          }
        appendLine(line, margins, isFirst: isFirst, block: cell.blocks.lowerBound)
        isFirst = false
        continue
      }
      if !label.isEmpty {
        appendLine(label, margins, isFirst: isFirst, block: cell.blocks.lowerBound)
        isFirst = false
      }
      for line in cellLines {
        let moved = line.map { piece in
          var piece = piece
          piece.column += indent
          return piece
        }
        appendLine(moved, margins, isFirst: isFirst, block: cell.blocks.lowerBound)
        isFirst = false
      }
    }
  }
}

/// The columns and lines of a table that fits.
struct TableFrame {
  enum Rule { case top, middle, bottom }

  let widths: [Int]
  let isBoxed: Bool
  private let isASCII: Bool

  /// Nil when the table is too wide even with its narrowest columns.
  init?(
    _ grid: TableGrid, _ measures: [(smallest: Int, widest: Int)], columns: Int,
    _ glyphs: PageSetter.Glyphs
  ) {
    let count = grid.columns
    let widest = measures.reduce(0) { $0 + $1.widest }
    let smallest = measures.reduce(0) { $0 + $1.smallest }
    isASCII = glyphs.isASCII
    if widest + 3 * count + 1 <= columns {
      isBoxed = true
      widths = measures.map(\.widest)
      return
    }
    let boxRoom = columns - (3 * count + 1)
    let openRoom = columns - 3 * (count - 1)
    guard smallest <= openRoom else { return nil }
    isBoxed = smallest <= boxRoom
    let spare = (isBoxed ? boxRoom : openRoom) - smallest
    let wanted = widest - smallest
    var widths = measures.map { measure in
      measure.smallest
        + (wanted > 0
          ? min(
            spare * (measure.widest - measure.smallest) / wanted, measure.widest - measure.smallest)
          : 0)
    }
    var left = (isBoxed ? boxRoom : openRoom) - widths.reduce(0, +)
    for column in widths.indices where left > 0 && widths[column] < measures[column].widest {
      widths[column] += 1
      left -= 1
    }
    self.widths = widths
  }

  /// A table that is panned: columns as wide as their text, but not wider than a line that reads
  /// well.
  init(panned measures: [(smallest: Int, widest: Int)], _ glyphs: PageSetter.Glyphs) {
    isASCII = glyphs.isASCII
    isBoxed = true
    widths = measures.map { max($0.smallest, min($0.widest, 40)) }
  }

  /// The column at which a table column's text starts.
  func start(of column: Int) -> Int {
    widths[..<column].reduce(0, +) + 3 * column + (isBoxed ? 2 : 0)
  }

  func columns(of cell: TableGrid.Cell) -> Int {
    let end = min(widths.count, cell.column + cell.columns)
    return widths[cell.column..<end].reduce(0, +) + 3 * (end - cell.column - 1)
  }

  func rule(_ kind: Rule) -> String {
    let line = isASCII ? "-" : "─"
    let marks: (left: String, joint: String, right: String) =
      switch kind {
      case _ where isASCII: ("+", "+", "+")
      case .top: ("┌", "┬", "┐")
      case .middle: ("├", "┼", "┤")
      case .bottom: ("└", "┴", "┘")
      }
    let parts = widths.map { String(repeating: line, count: $0 + 2) }
    if isBoxed { return marks.left + parts.joined(separator: marks.joint) + marks.right }
    // An open frame has no outer lines: the outer blanks go too.
    let open = parts.joined(separator: marks.joint)
    return String(open.dropFirst().dropLast())
  }

  /// The vertical lines of one screen line; none inside a cell that spans columns.
  func bars(for cells: [TableGrid.Cell], _ grid: TableGrid) -> [Piece] {
    var columns: [Int] = []
    let joined = Set(cells.flatMap { $0.column + 1..<max($0.column + 1, $0.column + $0.columns) })
    for column in 0...widths.count {
      let isOuter = column == 0 || column == widths.count
      if isOuter && !isBoxed { continue }
      if !isOuter && joined.contains(column) { continue }
      columns.append(column == widths.count ? start(of: column) - 2 : start(of: column) - 2)
    }
    return columns.map {
      Piece(
        content: .ornament(Ornament(.tableRule, isASCII ? "|" : "│")), column: $0, columns: 1)
    }
  }
}

extension Layout {
  /// The pieces of each line.
  fileprivate func cut() -> [[Piece]] {
    lines.map { Array(pieces[$0.pieces]) }
  }
}
