import Cells
import Feeds

/// The feeds pane: built-in smart feeds, saved searches, then folders and feeds in their order.
struct FeedList: Equatable, Sendable {
  /// What a row stands for, whatever it shows at the moment.
  enum Identity: Hashable, Sendable {
    case smart(Settings.BuiltInSmartFeed)
    case saved(String)
    case folder([String])
    case feed(FeedID)
  }

  struct Row: Equatable, Sendable {
    var identity: Identity
    var name: String
    var query: EntryQuery
    /// Shown at the right end; 0 is not shown.
    var count: Int
    /// How many of them are unread; what `next-unread` goes by.
    var unreadCount: Int
    var isCountOfUnread = true
    /// How many folders it is in.
    var depth = 0
    var isOpen: Bool?
    var feed: FeedRow?
  }

  private(set) var library = Library()
  private(set) var rows: [Row] = []
  var cursor = ListCursor()
  var isLoaded = false
  private(set) var closedFolders: Set<[String]> = []
  /// Shows only feeds with unread entries, and the one selected.
  private(set) var showsUnreadOnly = false
  private var smartFeeds: [Settings.BuiltInSmartFeed] = []
  private var now: Timestamp?
  private var startOfToday = Timestamp(secondsSince1970: 0)

  var feeds: [FeedRow] { library.feeds }
  private(set) var unreadCount = 0
  private(set) var entryCount = 0
  private(set) var failedCount = 0

  var selected: Row? { rows.indices.contains(cursor.selected) ? rows[cursor.selected] : nil }

  /// Takes a new library; the selection stays on the same row.
  ///
  /// - Parameters:
  ///   - smartFeeds: Those built in that are shown, in order.
  ///   - now: What decides whether a feed still waits.
  mutating func load(
    _ library: Library, smartFeeds: [Settings.BuiltInSmartFeed], startOfToday: Timestamp,
    now: Timestamp?
  ) {
    self.library = library
    self.now = now
    self.smartFeeds = smartFeeds
    self.startOfToday = startOfToday
    isLoaded = true
    rebuild()
  }

  mutating func toggleUnreadOnly() {
    showsUnreadOnly.toggle()
    rebuild()
  }

  mutating func select(_ identity: Identity) {
    if let place = rows.firstIndex(where: { $0.identity == identity }) {
      cursor.selected = place
    } else if case .feed(let id) = identity, let folder = feed(id)?.folder {
      // The feed is in a folder that is closed: the outermost closed one stands for it.
      let closed = (1...max(1, folder.count)).map { Array(folder.prefix($0)) }
        .first { closedFolders.contains($0) }
      if let closed, let place = rows.firstIndex(where: { $0.identity == .folder(closed) }) {
        cursor.selected = place
      }
    }
  }

  /// Changes the unread count of a feed by what the reader just did; the library has the last word.
  mutating func addUnread(_ amount: Int, to id: FeedID) {
    guard library.feeds.contains(where: { $0.id == id }) else { return }
    for place in library.feeds.indices where library.feeds[place].id == id {
      library.feeds[place].unreadCount = max(0, library.feeds[place].unreadCount &+ amount)
    }
    rebuild()
  }

  /// How a feed is doing, for its row and for the count of failures.
  enum State { case well, failed, waiting, ended }

  func state(of feed: FeedRow) -> State {
    if feed.isEnded { return .ended }
    if let until = feed.waitsUntil, now.map({ $0 < until }) ?? true { return .waiting }
    return feed.failure == nil ? .well : .failed
  }

  func feed(_ id: FeedID) -> FeedRow? { library.feeds.first { $0.id == id } }

  /// The row of a smart feed, shown or not.
  func smartRow(_ kind: Settings.BuiltInSmartFeed) -> Row {
    let name: String
    let query: EntryQuery
    var count = unreadCount
    var isCountOfUnread = true
    switch kind {
    case .unread: (name, query) = ("Unread", EntryQuery(scope: .all, filter: .unread))
    case .today:
      (name, query) = ("Today", EntryQuery(scope: .since(startOfToday)))
      count = library.todayCount
    case .starred:
      (name, query) = ("Starred", EntryQuery(scope: .all, filter: .starred))
      count = library.starredCount
      isCountOfUnread = false
    case .reading:
      (name, query) = ("Continue reading", EntryQuery(scope: .search("is:reading")))
      count = library.readingCount
      isCountOfUnread = false
    case .all:
      (name, query) = ("All", EntryQuery(scope: .all))
      count = entryCount
      isCountOfUnread = false
    }
    return Row(
      identity: .smart(kind), name: name, query: query, count: count,
      unreadCount: isCountOfUnread ? count : unreadCount, isCountOfUnread: isCountOfUnread)
  }

  // MARK: Folders

  /// Opens or closes a folder.
  mutating func setFolder(_ path: [String], isOpen: Bool) {
    if isOpen { closedFolders.remove(path) } else { closedFolders.insert(path) }
    rebuild()
  }

  mutating func closeFolders(_ paths: some Sequence<[String]>) {
    let closed = Set(paths)
    guard closed != closedFolders else { return }
    closedFolders = closed
    rebuild()
  }

  mutating func closeAllFolders() {
    let outermost = selected.flatMap { row -> [String]? in
      switch row.identity {
      case .folder(let path): path
      case .feed: row.feed?.folder
      default: nil
      }
    }
    closeFolders(library.folders)
    if let first = outermost?.first { select(.folder([first])) }
  }

  /// The row of the folder that holds a row.
  func parent(of row: Row) -> Identity? {
    switch row.identity {
    case .folder(let path): path.count > 1 ? .folder(Array(path.dropLast())) : nil
    case .feed: row.feed.flatMap { $0.folder.isEmpty ? nil : .folder($0.folder) }
    default: nil
    }
  }

  private mutating func rebuild() {
    let identity = selected?.identity
    var seen: Set<FeedID> = []
    (unreadCount, entryCount, failedCount) = (0, 0, 0)
    for feed in library.feeds where seen.insert(feed.id).inserted {
      unreadCount &+= feed.unreadCount
      entryCount &+= feed.entryCount
      if state(of: feed) == .failed { failedCount += 1 }
    }
    rows = []
    // One feed needs no lists of several.
    if seen.count > 1 { rows += smartFeeds.map(smartRow) }
    for saved in library.smartFeeds {
      rows.append(
        Row(
          identity: .saved(saved.smartFeed.name), name: saved.smartFeed.name,
          query: EntryQuery(scope: .search(saved.smartFeed.query)),
          count: saved.unreadCount ?? 0, unreadCount: saved.unreadCount ?? 0))
    }
    // Folders by number, the outermost 0: their paths are looked up once, not with every feed.
    let paths = [[]] + library.folders.filter { !$0.isEmpty }
    var numbers: [[String]: Int] = [:]
    for (number, path) in paths.enumerated() where numbers[path] == nil { numbers[path] = number }
    var foldersInside = [[Int]](repeating: [], count: paths.count)
    for (number, path) in paths.enumerated() where number > 0 {
      if let parent = numbers[Array(path.dropLast())] { foldersInside[parent].append(number) }
    }
    var feedsInside = [[Int]](repeating: [], count: paths.count)
    var unreadInside = [Int](repeating: 0, count: paths.count)
    var folder: (path: [String], number: Int?, outer: [Int]) = ([], 0, [0])
    for (place, feed) in library.feeds.enumerated() {
      if feed.folder != folder.path {
        let outer = (0...feed.folder.count).compactMap { numbers[Array(feed.folder.prefix($0))] }
        folder = (feed.folder, numbers[feed.folder], outer)
      }
      if let number = folder.number { feedsInside[number].append(place) }
      for number in folder.outer { unreadInside[number] &+= feed.unreadCount }
    }
    rows.reserveCapacity(rows.count + library.feeds.count + paths.count)
    func add(_ row: Row) {
      let isShown = !showsUnreadOnly || row.unreadCount > 0 || row.identity == identity
      if isShown { rows.append(row) }
    }
    // Depth first, with a stack of what is still to come: folders, and the feeds behind them.
    enum Part {
      case folder(Int)
      case feeds(Int)
    }
    var pending: [Part] = []
    func open(_ number: Int) {
      pending.append(.feeds(number))
      pending += foldersInside[number].reversed().map(Part.folder)
    }
    open(0)
    while let part = pending.popLast() {
      switch part {
      case .folder(let number):
        let path = paths[number]
        let isOpen = !closedFolders.contains(path)
        add(
          Row(
            identity: .folder(path), name: path.last ?? "",
            query: EntryQuery(scope: .folder(path)), count: unreadInside[number],
            unreadCount: unreadInside[number], depth: path.count - 1, isOpen: isOpen))
        if isOpen { open(number) }
      case .feeds(let number):
        for place in feedsInside[number] {
          let feed = library.feeds[place]
          add(
            Row(
              identity: .feed(feed.id), name: feed.title,
              query: EntryQuery(scope: .feed(feed.id)), count: feed.unreadCount,
              unreadCount: feed.unreadCount, depth: paths[number].count, feed: feed))
        }
      }
    }
    if let identity, let place = rows.firstIndex(where: { $0.identity == identity }) {
      cursor.selected = place
    }
    cursor.selected = max(0, min(cursor.selected, rows.count - 1))
  }
}

extension FeedList {
  /// Draws the rows into a rectangle.
  ///
  /// - Parameter running: The feeds that are being fetched.
  func draw(
    in rect: Rect, hasFocus: Bool, on canvas: inout Canvas, find: FoundRows?,
    running: Set<FeedID> = []
  ) {
    if rows.isEmpty, isLoaded, rect.rows > 1 {
      canvas.putCut(
        showsUnreadOnly ? "No feed has unread entries." : "There are no feeds yet.",
        row: rect.row + 1, column: rect.column + 3, columns: rect.columns - 4)
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
      if let feed = item.feed {
        let (state, roles): (String, Roles) =
          switch state(of: feed) {
          case _ where running.contains(feed.id): ("~", .text)
          case .ended: ("x", .warning)
          case .waiting: ("~", .warning)
          case .failed: ("!", .error)
          case .well: ("", .text)
          }
        canvas.put(state, row: row, column: rect.column + 1, columns: 1, roles)
      }
      // Counts are never cut: they are drawn first and the name takes what is left.
      let indent = min(2 * item.depth, max(0, rect.columns / 3))
      let nameColumn = rect.column + 4 + indent
      var end = rect.column + rect.columns - 1
      if item.count > 0,
        let start = canvas.putRight(
          String(item.count), row: row, from: rect.column + 4, to: end,
          item.isCountOfUnread ? .count : .text)
      {
        end = start - 1
      }
      if let isOpen = item.isOpen {
        canvas.put(
          isOpen ? canvas.furniture.open : canvas.furniture.closed, row: row,
          column: nameColumn - 2, columns: 1)
      }
      canvas.putMarked(
        item.name, marks: find?.marks(in: item.name) ?? [], .match, row: row,
        column: nameColumn, columns: end - nameColumn)
      if place == cursor.selected, hasFocus {
        canvas.putBar(row: row, column: rect.column, columns: rect.columns)
      }
    }
  }
}
