/// The size of a screen or pane.
public struct Size: Hashable, Sendable {
  public var rows: Int
  public var columns: Int

  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}

/// A cell of a screen; row and column count from 0 at the top left.
public struct Position: Hashable, Sendable {
  public var row: Int
  public var column: Int

  public init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }
}

/// A rectangle of cells.
public struct Rect: Hashable, Sendable {
  public var origin: Position
  public var size: Size

  public init(row: Int, column: Int, rows: Int, columns: Int) {
    origin = Position(row: row, column: column)
    size = Size(rows: max(0, rows), columns: max(0, columns))
  }

  public var row: Int { origin.row }
  public var column: Int { origin.column }
  public var rows: Int { size.rows }
  public var columns: Int { size.columns }
}
