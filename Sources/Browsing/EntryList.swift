import Cells
import Feeds

/// What a row of the entries list says.
enum EntryRow {
  /// The title on one line, or what stands for it.
  static func title(_ title: String?) -> String {
    guard let title, !title.isEmpty else { return "(no title)" }
    guard title.utf8.contains(where: { $0 < 0x20 }) else { return title }
    return String(String.UnicodeScalarView(title.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
  }
}

/// The entries pane: a snapshot of what a query gave, in the order chosen.
///
/// Rows do not vanish under the cursor: an entry read stays until the list is opened again.
struct EntryList: Equatable, Sendable {
  enum Order: String, CaseIterable, Equatable, Sendable {
    case date, title, feed, unread, starred
  }

  var query: EntryQuery
  /// `数学小站`, `Unread`.
  var name: String
  private(set) var rows: [EntrySummary] = []
  var cursor = ListCursor()
  private(set) var order = Order.date
  private(set) var isReversed = false
  /// As they came.
  private var arrived: [EntrySummary] = []

  init(query: EntryQuery, name: String, rows: [EntrySummary]) {
    self.query = query
    self.name = name
    load(rows)
  }

  var selected: EntrySummary? {
    rows.indices.contains(cursor.selected) ? rows[cursor.selected] : nil
  }

  var spansFeeds: Bool { query.scope == .all }
  private(set) var unreadCount = 0

  func place(of id: EntryID) -> Int? { rows.firstIndex { $0.id == id } }

  /// Takes new rows; the selection stays on the same entry.
  mutating func load(_ rows: [EntrySummary]) {
    arrived = rows
    arrange()
  }

  mutating func sort(by order: Order) {
    self.order = order
    isReversed = false
    arrange()
  }

  mutating func reverse() {
    isReversed.toggle()
    arrange()
  }

  /// Keeps order and direction of an older list of the same place.
  mutating func takeOrder(from other: EntryList) {
    order = other.order
    isReversed = other.isReversed
    arrange()
  }

  @discardableResult
  mutating func select(_ id: EntryID) -> Bool {
    guard let place = place(of: id) else { return false }
    cursor.selected = place
    return true
  }

  /// Applies a mark; returns the rows it changed, as they were before.
  @discardableResult
  mutating func apply(_ change: StatusChange, to ids: [EntryID]) -> [EntrySummary] {
    let ids = Set(ids)
    var changed: [EntrySummary] = []
    for place in rows.indices where ids.contains(rows[place].id) {
      let after = change.applied(to: rows[place].status)
      guard after != rows[place].status else { continue }
      changed.append(rows[place])
      rows[place].status = after
    }
    for place in arrived.indices where ids.contains(arrived[place].id) {
      arrived[place].status = change.applied(to: arrived[place].status)
    }
    countUnread()
    return changed
  }

  private mutating func countUnread() {
    unreadCount = rows.reduce(0) { $0 + ($1.status.isRead ? 0 : 1) }
  }

  private mutating func arrange() {
    let identity = selected?.id
    // A stable sort: equal rows stay in the order in which they arrived, newest first.
    rows = arrived.enumerated().sorted { left, right in
      switch precedes(left.element, right.element) {
      case true?: true
      case false?: false
      case nil: left.offset < right.offset
      }
    }.map(\.element)
    if isReversed { rows.reverse() }
    if let identity { select(identity) }
    cursor.selected = max(0, min(cursor.selected, rows.count - 1))
    countUnread()
  }

  /// Whether one row stands before another; nil when they are equal in this order.
  private func precedes(_ left: EntrySummary, _ right: EntrySummary) -> Bool? {
    switch order {
    case .date: return nil
    case .title:
      let titles = (EntryRow.title(left.title), EntryRow.title(right.title))
      return titles.0 == titles.1 ? nil : titles.0 < titles.1
    case .feed: return left.feedTitle == right.feedTitle ? nil : left.feedTitle < right.feedTitle
    case .unread:
      return left.status.isRead == right.status.isRead ? nil : !left.status.isRead
    case .starred:
      return left.status.isStarred == right.status.isStarred ? nil : left.status.isStarred
    }
  }

  /// The order as the status row says it.
  var orderName: String { order.rawValue + (isReversed ? ", reversed" : "") }
}

extension EntryList {
  /// `苏剑林 (5)`: the author and the number of comments, as far as they are known.
  private static func byline(_ entry: EntrySummary, isShort: Bool) -> String {
    let comments = entry.commentsCount.map { $0 > 0 ? "(\($0))" : "" } ?? ""
    guard !isShort else { return comments }
    return [entry.author ?? "", comments].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Draws the rows into a rectangle.
  func draw(in rect: Rect, hasFocus: Bool, clock: Clock, on canvas: inout Canvas, find: FoundRows?)
  {
    if rows.isEmpty {
      let text = query.filter == .unread ? "Nothing is unread here." : "No entries."
      canvas.putCut(text, row: rect.row + 1, column: rect.column + 3, columns: rect.columns - 4)
    }
    // A pane below 60 columns shows only the date, below 36 only the title.
    let dateColumns = rect.columns < 36 ? 0 : rect.columns >= 100 ? 10 : 5
    // A list of several feeds names the feed of each entry; a list of one, its author and how many
    // comments there are; a narrow one, only the comments.
    let isNarrow = rect.columns < 60
    let feedColumns: Int
    if rect.columns < 36 || (isNarrow && spansFeeds) {
      feedColumns = 0
    } else if spansFeeds {
      feedColumns = min(16, rect.columns / 5)
    } else {
      // Of the first rows, so that nothing moves while the list scrolls.
      let bylines = rows.prefix(64).map { Self.byline($0, isShort: isNarrow) }
      feedColumns = min(20, bylines.map { canvas.columns(of: $0) }.max() ?? 0)
    }
    let end = rect.column + rect.columns - 1
    let dateColumn = end - dateColumns
    let feedColumn = dateColumn - (feedColumns > 0 ? feedColumns + 2 : 0)
    let titleColumn = rect.column + 4
    let titleEnd = dateColumns > 0 ? feedColumn - 2 : end
    for screenRow in 0..<rect.rows {
      let place = cursor.top + screenRow
      guard rows.indices.contains(place) else { break }
      let row = rect.row + screenRow
      let entry = rows[place]
      let column = rect.column
      if place == cursor.selected {
        canvas.put(
          hasFocus ? canvas.furniture.marker : canvas.furniture.otherMarker, row: row,
          column: column, columns: 1, .selected)
      }
      if !entry.status.isRead {
        canvas.put(canvas.furniture.unread, row: row, column: column + 1, columns: 1)
      }
      if entry.status.isStarred {
        canvas.put(canvas.furniture.star, row: row, column: column + 2, columns: 1, .star)
      }
      let title = EntryRow.title(entry.title)
      canvas.putMarked(
        title, marks: find?.marks(in: title) ?? [], .match, row: row, column: titleColumn,
        columns: titleEnd - titleColumn, entry.status.isRead ? .text : .unread)
      if feedColumns > 0 {
        canvas.putCut(
          spansFeeds ? entry.feedTitle : Self.byline(entry, isShort: isNarrow), row: row,
          column: feedColumn,
          columns: feedColumns, .feedName)
      }
      if dateColumns > 0 {
        canvas.putRight(
          clock.listDate(entry.date, isLong: dateColumns == 10), row: row, from: dateColumn,
          to: end, .date)
      }
    }
  }
}
