import Cells
import Feeds
import Keymaps

/// A list drawn over the lower rows at full width: help, links, outline.
struct Sheet: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case help, links, outline, formulas, peek, messages, health, undo, info, candidates, programs
    case feedSettings, qrCode
  }

  struct Row: Equatable, Sendable {
    /// Drawn first, in columns of their own when the sheet has them.
    var left: String = ""
    var text: String
    /// Drawn at the right end.
    var right: String = ""
    var roles: Roles = .text
    var isSelectable = true
    /// What `open`, `copy-link` … take from the row.
    var address: String?
    var byteOffset: Int?
    var formula: Int?
    var invocation: Invocation?
    var binding: Binding?
    /// In the health sheet.
    var feed: FeedID?
    /// In the list of steps to undo.
    var step: UndoStep.ID?
    /// Of the feeds a page offers: where the one chosen goes.
    var folder: [String]?
    var program: String?
    /// A letter that opens the row from anywhere in the sheet; never one of `j k h l g G q / : ?`.
    var accelerator: Character?
    var action: Action?
  }

  /// What opening a row does that no command does.
  enum Action: Equatable, Sendable {
    case nextOrder(FeedID)
    case unreadOnly(FeedID)
    case qrCode
    case askForProgram
    case history(FeedID)
  }

  var kind: Kind
  var title: String
  var rows: [Row]
  /// The columns of `left`.
  var leftColumns = 0
  var cursor = ListCursor()

  init(_ kind: Kind, title: String, rows: [Row], leftColumns: Int = 0) {
    self.kind = kind
    self.title = title
    self.rows = rows
    self.leftColumns = leftColumns
    cursor.selected = rows.firstIndex(where: \.isSelectable) ?? 0
  }

  var selected: Row? {
    guard rows.indices.contains(cursor.selected) else { return nil }
    let row = rows[cursor.selected]
    return row.isSelectable ? row : nil
  }

  /// Leaves a row that cannot be selected, in the direction of the movement.
  mutating func skipHeadings(isForward: Bool) {
    guard rows.contains(where: \.isSelectable) else { return }
    var place = max(0, min(cursor.selected, rows.count - 1))
    let step = isForward ? 1 : -1
    while rows.indices.contains(place), !rows[place].isSelectable { place += step }
    if !rows.indices.contains(place) {
      place = max(0, min(cursor.selected, rows.count - 1))
      while rows.indices.contains(place), !rows[place].isSelectable { place -= step }
    }
    if rows.indices.contains(place) { cursor.selected = place }
  }

  /// The rectangle of a sheet, its title row included, above the status row.
  func rect(size: Size, panes: Panes) -> Rect {
    let kept = kind == .qrCode ? 0 : kind == .help ? 1 : 3
    let available = max(2, panes.statusRow - kept)
    let stacks = stackCount(columns: size.columns)
    let needed = (self.rows.count + stacks - 1) / stacks + 1
    let rows = min(panes.statusRow, min(available, needed))
    return Rect(row: panes.statusRow - rows, column: 0, rows: rows, columns: size.columns)
  }

  /// In how many stacks of rows side by side a sheet is shown: the keys of a wide screen in two.
  private func stackCount(columns: Int) -> Int {
    kind == .help && columns >= Sheet.stackedColumns ? 2 : 1
  }
  static let stackedColumns = 140

  /// The rows of the list that a sheet of this size shows at once; the second stack goes on where
  /// the first one ends.
  func windowRows(in rect: Rect) -> Int {
    max(0, rect.rows - 1) * stackCount(columns: rect.columns)
  }

  /// Where the selected row is drawn.
  func cursorPosition(in rect: Rect) -> Position {
    let height = max(1, rect.rows - 1)
    let place = max(0, cursor.selected - cursor.top)
    let stacks = stackCount(columns: rect.columns)
    let stack = min(place / height, stacks - 1)
    return Position(
      row: min(rect.row + 1 + place - stack * height, rect.row + rect.rows - 1),
      column: stack * (rect.columns / stacks))
  }

  func draw(in rect: Rect, on canvas: inout Canvas, find: FoundRows?) {
    canvas.clear(row: rect.row, rows: rect.rows)
    let rule = canvas.furniture.rule
    let line = rule + rule + " " + title + " "
    let taken = canvas.putCut(
      line, row: rect.row, column: 0, columns: rect.columns, .paneTitleFocused)
    let ruleColumns = max(1, canvas.columns(of: rule))
    let rest = max(0, (rect.columns - taken) / ruleColumns)
    canvas.put(
      String(repeating: rule, count: rest), row: rect.row, column: taken, columns: rect.columns,
      .separator)
    let stacks = stackCount(columns: rect.columns)
    let height = max(0, rect.rows - 1)
    for place in rows.indices.dropFirst(max(0, cursor.top)).prefix(height * stacks) {
      let offset = place - cursor.top
      let stack = offset / height
      let start = stack * (rect.columns / stacks)
      let columns = stack + 1 < stacks ? rect.columns / stacks : rect.columns - start
      draw(
        rows[place], isSelected: place == cursor.selected,
        row: rect.row + 1 + offset - stack * height, column: start, columns: columns, on: &canvas,
        find: find)
    }
  }

  private func draw(
    _ item: Row, isSelected: Bool, row: Int, column start: Int, columns: Int,
    on canvas: inout Canvas, find: FoundRows?
  ) {
    if isSelected, item.isSelectable {
      canvas.put(canvas.furniture.marker, row: row, column: start, columns: 1, .selected)
    }
    if item.roles == .qrCode {
      return drawQRCode(item.text, row: row, columns: columns - 1, on: &canvas)
    }
    var end = start + columns - 1
    let hasLeft = leftColumns > 0 && item.isSelectable
    let column = start + 1 + (hasLeft ? leftColumns + 1 : 0)
    // In help the sentence is worth more than the name of the command.
    let textColumn = start + 1 + (leftColumns > 0 ? leftColumns + 1 : 0)
    let hasRoom =
      canvas.columns(of: item.text) + canvas.columns(of: item.right) + 2 <= end - textColumn
    if !item.right.isEmpty, kind != .help || hasRoom {
      let limit = columns / (columns < 60 ? 3 : 2)
      if canvas.columns(of: item.right) <= limit {
        end = (canvas.putRight(item.right, row: row, from: start + 1, to: end, .meta) ?? end) - 2
      } else {
        canvas.putCut(item.right, row: row, column: end - limit, columns: limit, .meta)
        end -= limit + 2
      }
    }
    if hasLeft {
      canvas.putCut(item.left, row: row, column: start + 1, columns: leftColumns, .hintKey)
    }
    canvas.putMarked(
      item.text, marks: find?.marks(in: item.text) ?? [], .match, row: row, column: column,
      columns: end - column, item.roles)
  }

  /// A row of a code: half blocks, or, where those are not to be relied on, blanks of another look.
  private func drawQRCode(_ text: String, row: Int, columns: Int, on canvas: inout Canvas) {
    guard text.contains("#") else {
      canvas.put(text, row: row, column: 1, columns: columns, .qrCode)
      return
    }
    var column = 1
    for character in text {
      column += canvas.put(
        " ", row: row, column: column, columns: columns - column + 1,
        character == "#" ? .qrLight : .qrCode)
    }
  }
}
