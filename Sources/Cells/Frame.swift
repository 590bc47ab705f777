/// One cell of a frame.
public struct Cell: Equatable, Sendable {
  /// One sanitised cluster; empty in the right half of a wide cell.
  public var text: String
  /// 1 or 2; 0 in the right half of a wide cell.
  public var columns: Int
  public var style: Style

  public static let blank = Cell(text: " ", columns: 1, style: .plain)
}

/// A rectangle of styled cells: everything the terminal is asked to show.
public struct Frame: Equatable, Sendable {
  public let size: Size
  /// Where the terminal's cursor stands; it is never hidden, because screen readers follow it.
  public var cursor: Position?
  private var cells: [Cell]

  public init(size: Size) {
    let size = Size(rows: max(1, size.rows), columns: max(1, size.columns))
    self.size = size
    cells = Array(repeating: .blank, count: size.rows * size.columns)
  }

  public subscript(_ position: Position) -> Cell {
    guard isInside(position) else { return .blank }
    return cells[position.row * size.columns + position.column]
  }

  /// One row of cells, left to right.
  public func row(_ row: Int) -> ArraySlice<Cell> {
    guard (0..<size.rows).contains(row) else { return [] }
    return cells[row * size.columns..<(row + 1) * size.columns]
  }

  /// Draws `text` from `position` on, within `columns` columns, and returns the columns it took.
  ///
  /// A wide cluster that does not fit is not drawn; one whose half is overwritten is blanked.
  @discardableResult
  public mutating func put(
    _ text: CellText, at position: Position, columns limit: Int, style: Style = .plain
  ) -> Int {
    guard (0..<size.rows).contains(position.row) else { return 0 }
    var column = position.column
    let end = min(size.columns, position.column + max(0, limit))
    for cluster in text.clusters {
      guard column + cluster.columns <= end else { break }
      if column >= 0 {
        set(cluster, row: position.row, column: column, style: style)
      }
      column += cluster.columns
    }
    return column - position.column
  }

  /// Draws a part of another frame's first row, from a column of it on; halves of wide cells at the
  /// edges are blanks.
  public mutating func put(
    firstRowOf other: Frame, fromColumn first: Int, at position: Position, columns: Int
  ) {
    for offset in 0..<max(0, columns) {
      let place = Position(row: position.row, column: position.column + offset)
      guard isInside(place) else { continue }
      let cell = other[Position(row: 0, column: first + offset)]
      unjoin(row: place.row, column: place.column)
      let isCut = (cell.columns == 0 && offset == 0) || (cell.columns == 2 && offset + 1 == columns)
      cells[place.row * size.columns + place.column] =
        isCut ? Cell(text: " ", columns: 1, style: cell.style) : cell
    }
  }

  /// Exchanges foreground and background in a part of a row.
  public mutating func reverse(row: Int, column: Int, columns: Int) {
    for place in max(0, column)..<max(0, column, min(size.columns, column + columns))
    where isInside(Position(row: row, column: place)) {
      cells[row * size.columns + place].style.attributes.formSymmetricDifference(.reverse)
    }
  }

  /// Blanks a rectangle.
  public mutating func clear(_ rect: Rect, style: Style = .plain) {
    for row in max(0, rect.row)..<max(0, rect.row, min(size.rows, rect.row + rect.rows)) {
      let first = max(0, rect.column)
      for column in first..<max(first, min(size.columns, rect.column + rect.columns)) {
        unjoin(row: row, column: column)
        cells[row * size.columns + column] = Cell(text: " ", columns: 1, style: style)
      }
    }
  }

  /// The picture of itself: one line per row, blanks at row ends cut.
  public var text: String {
    (0..<size.rows).map { row in
      var line = ""
      for cell in self.row(row) { line += cell.text }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}

extension Frame {
  fileprivate func isInside(_ position: Position) -> Bool {
    (0..<size.rows).contains(position.row) && (0..<size.columns).contains(position.column)
  }

  fileprivate mutating func set(
    _ cluster: CellText.Cluster, row: Int, column: Int, style: Style
  ) {
    let start = row * size.columns
    unjoin(row: row, column: column)
    if cluster.columns == 2 {
      unjoin(row: row, column: column + 1)
      cells[start + column + 1] = Cell(text: "", columns: 0, style: style)
    }
    cells[start + column] = Cell(text: cluster.text, columns: cluster.columns, style: style)
  }

  /// Blanks the other half of a wide cell that is about to lose this one.
  fileprivate mutating func unjoin(row: Int, column: Int) {
    let place = row * size.columns + column
    if cells[place].columns == 0, column > 0 {
      cells[place - 1] = Cell(text: " ", columns: 1, style: cells[place - 1].style)
    } else if cells[place].columns == 2, column + 1 < size.columns {
      cells[place + 1] = Cell(text: " ", columns: 1, style: cells[place + 1].style)
    }
  }
}
