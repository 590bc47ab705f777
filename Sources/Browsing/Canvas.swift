import Cells

/// A frame being drawn, with the theme and the furniture at hand.
struct Canvas {
  var frame: Frame
  let settings: Settings
  let furniture: Furniture

  init(size: Size, settings: Settings) {
    frame = Frame(size: size)
    self.settings = settings
    furniture = Furniture(settings)
  }

  func cells(_ text: String) -> CellText { CellText(text, profile: settings.profile) }

  /// The columns `text` takes.
  func columns(of text: String) -> Int { cells(text).columns }

  /// Turns a row that is selected around, where the settings want a bar.
  mutating func putBar(row: Int, column: Int, columns: Int) {
    if settings.selection == .bar { frame.reverse(row: row, column: column, columns: columns) }
  }

  /// Draws `text` within `columns` columns; returns the columns it took.
  @discardableResult
  mutating func put(
    _ text: String, row: Int, column: Int, columns: Int, _ roles: Roles = .text
  ) -> Int {
    guard columns > 0 else { return 0 }
    return frame.put(
      cells(text), at: Position(row: row, column: column), columns: columns,
      style: settings.theme.style(roles))
  }

  /// Draws `text`, cut with an ellipsis at a cluster boundary when it is too long.
  @discardableResult
  mutating func putCut(
    _ text: String, row: Int, column: Int, columns: Int, _ roles: Roles = .text
  ) -> Int {
    guard columns > 0 else { return 0 }
    let cells = cells(text).truncated(
      toColumns: columns, ellipsis: furniture.ellipsis, profile: settings.profile)
    return frame.put(
      cells, at: Position(row: row, column: column), columns: columns,
      style: settings.theme.style(roles))
  }

  /// Draws `text` so that it ends before `end`; returns the column it starts at, or nil when it
  /// does not fit right of `start`.
  @discardableResult
  mutating func putRight(
    _ text: String, row: Int, from start: Int, to end: Int, _ roles: Roles = .text
  ) -> Int? {
    let cells = cells(text)
    let column = end - cells.columns
    guard column >= start, cells.columns > 0 else { return nil }
    frame.put(
      cells, at: Position(row: row, column: column), columns: cells.columns,
      style: settings.theme.style(roles))
    return column
  }

  /// Draws `text` with some of its bytes in further roles, cut with an ellipsis.
  @discardableResult
  mutating func putMarked(
    _ text: String, marks: [Range<Int>], _ mark: Roles, row: Int, column: Int, columns: Int,
    _ roles: Roles = .text
  ) -> Int {
    guard !marks.isEmpty else {
      return putCut(text, row: row, column: column, columns: columns, roles)
    }
    let isCut = self.columns(of: text) > columns
    let ellipsisColumns = self.columns(of: furniture.ellipsis)
    let limit = isCut ? columns - ellipsisColumns : columns
    let bytes = Array(text.utf8)
    var taken = 0
    var place = 0
    func part(_ range: Range<Int>) -> String {
      String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }
    for range in marks + [bytes.count..<bytes.count] where range.lowerBound >= place {
      for (piece, look) in [
        (part(place..<range.lowerBound), roles), (part(range), roles.union(mark)),
      ] where !piece.isEmpty {
        let drawn = put(piece, row: row, column: column + taken, columns: limit - taken, look)
        taken += drawn
        guard drawn == self.columns(of: piece) else {
          return taken
            + put(
              furniture.ellipsis, row: row, column: column + taken, columns: columns - taken,
              roles)
        }
      }
      place = range.upperBound
    }
    return taken
  }

  /// Draws bytes of UTF-8 text.
  @discardableResult
  mutating func put(
    utf8 bytes: ArraySlice<UInt8>, row: Int, column: Int, columns: Int, _ roles: Roles
  ) -> Int {
    guard columns > 0 else { return 0 }
    return frame.put(
      CellText(utf8: bytes, profile: settings.profile), at: Position(row: row, column: column),
      columns: columns, style: settings.theme.style(roles))
  }

  mutating func clear(row: Int, column: Int = 0, columns: Int? = nil, rows: Int = 1) {
    frame.clear(
      Rect(row: row, column: column, rows: rows, columns: columns ?? frame.size.columns))
  }
}
