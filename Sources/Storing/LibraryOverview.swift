public import Feeds
internal import GRDB

/// What the feeds pane shows.
extension Store {
  /// Above this many unread entries those of a saved search are not counted.
  private static let countedUnread = 20_000

  /// Feeds, folders, saved searches and counts, from one moment of the library.
  ///
  /// - Parameter today: when today began.
  public func library(today: Timestamp, at now: Timestamp) throws(StoringError) -> Library {
    try read { database in
      let shape = try LibraryShape(in: database, hasPositions: false)
      let order = shape.folderOrder
      var library = Library(
        feeds: try Self.feedRows(shape, order, in: database), folders: order.map(shape.path(of:)))
      for row in library.feeds {
        library.unreadCount += row.unreadCount
        library.entryCount += row.entryCount
        library.starredCount += row.starredCount
      }
      library.todayCount = try Self.count(
        EntryQuery(scope: .since(today), filter: .unread), at: now, in: database)
      library.readingCount =
        try Int.fetchOne(
          database,
          sql: """
            SELECT count(*) FROM status INDEXED BY status_reading
            WHERE is_listed = 1 AND position_percent BETWEEN 1 AND 94
              AND feed_id NOT IN (SELECT id FROM feed WHERE state = 4)
            """) ?? 0
      library.newestEntry = EntryID(
        try Int64.fetchOne(database, sql: "SELECT max(id) FROM entry") ?? 0)
      library.lastRefresh = time(
        try Int64.fetchOne(database, sql: "SELECT max(last_attempt_at) FROM fetch_state"))
      let isCounted = library.unreadCount <= Self.countedUnread
      for row in try Row.fetchAll(
        database, sql: "SELECT name, query FROM smart_feed ORDER BY position, id")
      {
        let smart = SmartFeed(name: row["name"], query: row["query"])
        // A search that cannot be read has no count; opening it says why.
        let unread =
          isCounted
          ? try? Self.count(
            EntryQuery(scope: .search(smart.query), filter: .unread), at: now, in: database) : nil
        library.smartFeeds.append(SmartFeedRow(smart, unreadCount: unread))
      }
      return library
    }
  }

  private static func count(
    _ query: EntryQuery, at now: Timestamp, in database: Database
  ) throws -> Int {
    let statement = try ListStatement(query, at: now, in: database)
    return try Int.fetchOne(
      database,
      sql: "SELECT count(*) FROM (SELECT 1 \(statement.tail) LIMIT \(countedUnread))",
      arguments: statement.arguments) ?? 0
  }

  /// The feeds that are shown, folder by folder in the reader's order, those in no folder last.
  public func feedRows() throws(StoringError) -> [FeedRow] {
    try read { database in
      let shape = try LibraryShape(in: database, hasPositions: false)
      return try Self.feedRows(shape, shape.folderOrder, in: database)
    }
  }

  private static func feedRows(
    _ shape: LibraryShape, _ order: [Int64], in database: Database
  ) throws -> [FeedRow] {
    var ranks: [Int64: Int] = [:]
    for (rank, folder) in order.enumerated() { ranks[folder] = rank }
    // A feed in several folders is shown in the first of them.
    var folderOfFeed: [Int64: (rank: Int, folder: Int64, position: Int)] = [:]
    for (place, position) in shape.places {
      let rank = ranks[place.folder] ?? .max
      if folderOfFeed[place.feed].map({ rank < $0.rank }) ?? true {
        folderOfFeed[place.feed] = (rank, place.folder, position)
      }
    }
    var paths: [Int64: [String]] = [:]
    for folder in order { paths[folder] = shape.path(of: folder) }
    var places: [(rank: Int, position: Int, place: Int)] = []
    var feeds: [FeedRow] = []
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT \(FeedColumn.sql) FROM feed LEFT JOIN tally ON tally.feed_id = feed.id
          LEFT JOIN fetch_state ON fetch_state.feed_id = feed.id
        WHERE state <> 4 AND is_hidden = 0 ORDER BY feed.id
        """)
    while let row = try rows.next() {
      let id: Int64 = row[FeedColumn.id]
      let place = folderOfFeed[id]
      let failures: Int = row[FeedColumn.failures] ?? 0
      places.append(
        (place?.rank ?? .max, place?.position ?? row[FeedColumn.position], feeds.count))
      feeds.append(
        FeedRow(
          id: FeedID(id), title: row[FeedColumn.title], link: row[FeedColumn.link],
          unreadCount: row[FeedColumn.unread], entryCount: row[FeedColumn.entries],
          url: row[FeedColumn.url], starredCount: row[FeedColumn.starred],
          folder: place.flatMap { paths[$0.folder] } ?? [],
          failure: failures > 0 ? row[FeedColumn.failure] : nil,
          waitsUntil: time(row[FeedColumn.blockedUntil]),
          isEnded: (row[FeedColumn.state] as Int) != 0,
          intervalSeconds: row[FeedColumn.interval]))
    }
    // Read in the order of their numbers, which decides when all else is equal.
    return places.sorted { $0 < $1 }.map { feeds[$0.place] }
  }

  private enum FeedColumn: Int, ColumnList {
    case id, title, link, url, state, position, entries, unread, starred, failure, failures
    case blockedUntil, interval

    var sql: String {
      switch self {
      case .id: "feed.id"
      case .title: "coalesce(custom_title, title, url)"
      case .link: "link"
      case .url: "url"
      case .state: "state"
      case .position: "position"
      case .entries: "coalesce(entries, 0)"
      case .unread: "coalesce(unread, 0)"
      case .starred: "coalesce(starred, 0)"
      case .failure: "error_text"
      case .failures: "error_count"
      case .blockedUntil: "blocked_until"
      case .interval: "interval_seconds"
      }
    }
  }
}
