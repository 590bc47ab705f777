import Cells
import Feeds

/// The feeds pane: smart rows first, then the feeds in their order.
struct FeedList: Equatable, Sendable {
  enum Row: Equatable, Sendable {
    case unread, all
    case feed(FeedRow)

    var identity: EntryQuery {
      switch self {
      case .unread: EntryQuery(scope: .all, filter: .unread)
      case .all: EntryQuery(scope: .all)
      case .feed(let feed): EntryQuery(scope: .feed(feed.id))
      }
    }

    var name: String {
      switch self {
      case .unread: "Unread"
      case .all: "All"
      case .feed(let feed): feed.title
      }
    }
  }

  private(set) var feeds: [FeedRow] = []
  private(set) var rows: [Row] = []
  var cursor = ListCursor()
  var isLoaded = false
  /// Shows only feeds with unread entries, and the one selected.
  private(set) var showsUnreadOnly = false

  var unreadCount: Int { feeds.reduce(0) { $0 &+ $1.unreadCount } }
  var entryCount: Int { feeds.reduce(0) { $0 &+ $1.entryCount } }

  var selected: Row? { rows.indices.contains(cursor.selected) ? rows[cursor.selected] : nil }

  /// Takes new rows; the selection stays on the same feed.
  mutating func load(_ feeds: [FeedRow]) {
    self.feeds = feeds
    isLoaded = true
    rebuild()
  }

  mutating func toggleUnreadOnly() {
    showsUnreadOnly.toggle()
    rebuild()
  }

  /// Selects the row that shows a query, if there is one.
  mutating func select(_ identity: EntryQuery) {
    if let place = rows.firstIndex(where: { $0.identity == identity }) { cursor.selected = place }
  }

  /// Changes the unread count of a feed by what the reader just did; the library has the last word.
  mutating func addUnread(_ amount: Int, to id: FeedID) {
    guard let place = feeds.firstIndex(where: { $0.id == id }) else { return }
    feeds[place].unreadCount = max(0, feeds[place].unreadCount &+ amount)
    for row in rows.indices {
      if case .feed(let feed) = rows[row], feed.id == id { rows[row] = .feed(feeds[place]) }
    }
  }

  func feed(_ id: FeedID) -> FeedRow? { feeds.first { $0.id == id } }

  private mutating func rebuild() {
    let identity = selected?.identity
    rows = feeds.count > 1 ? [.unread, .all] : []
    rows += feeds.map(Row.feed).filter {
      guard showsUnreadOnly, case .feed(let feed) = $0 else { return true }
      return feed.unreadCount > 0 || $0.identity == identity
    }
    if let identity, let place = rows.firstIndex(where: { $0.identity == identity }) {
      cursor.selected = place
    }
    cursor.selected = max(0, min(cursor.selected, rows.count - 1))
  }
}

extension FeedList {
  /// Draws the rows into a rectangle.
  func draw(in rect: Rect, hasFocus: Bool, on canvas: inout Canvas, find: FoundRows?) {
    if rows.isEmpty, isLoaded {
      canvas.putCut(
        showsUnreadOnly ? "No feed has unread entries." : "No feeds.", row: rect.row + 1,
        column: rect.column + 3, columns: rect.columns - 4)
    }
    for screenRow in 0..<rect.rows {
      let place = cursor.top + screenRow
      guard rows.indices.contains(place) else { break }
      let row = rect.row + screenRow
      let item = rows[place]
      if place == cursor.selected {
        canvas.put(
          hasFocus ? canvas.furniture.marker : canvas.furniture.otherMarker, row: row,
          column: rect.column, columns: 1, .selected)
      }
      // Counts are never cut: they are drawn first and the name takes what is left.
      let (count, isUnread) =
        switch item {
        case .unread: (unreadCount, true)
        case .all: (entryCount, false)
        case .feed(let feed): (feed.unreadCount, true)
        }
      var end = rect.column + rect.columns - 1
      if count > 0,
        let start = canvas.putRight(
          String(count), row: row, from: rect.column + 4, to: end, isUnread ? .count : .text)
      {
        end = start - 1
      }
      canvas.putMarked(
        item.name, marks: find?.marks(in: item.name) ?? [], .match, row: row,
        column: rect.column + 4, columns: end - rect.column - 4)
    }
  }
}
