public import Feeds
internal import GRDB

/// Subscriptions and the folders they are in.
extension Store {
  public enum SubscribeOutcome: Equatable, Sendable {
    case added(FeedID)
    case alreadyThere(FeedID)
  }

  /// Subscribes to a feed; nothing is fetched.
  ///
  /// A feed with the same address, but for the scheme and a final slash, is not added again, but
  /// gains the folders. One that was unsubscribed comes back with its entries and marks.
  @discardableResult
  public func subscribe(_ placement: Placement, at now: Timestamp) throws(StoringError)
    -> SubscribeOutcome
  {
    try write { database in
      try Self.subscribe(placement, at: now, in: database)
    }
  }

  /// Subscribes to many feeds in one transaction; one outcome for each.
  public func subscribe(_ placements: [Placement], at now: Timestamp) throws(StoringError)
    -> [SubscribeOutcome]
  {
    try write { database in
      try placements.map { try Self.subscribe($0, at: now, in: database) }
    }
  }

  private static func subscribe(
    _ placement: Placement, at now: Timestamp, in database: Database
  ) throws -> SubscribeOutcome {
    let subscription = placement.feed
    let comparable = Address.comparable(subscription.url)
    let variants = ["https://", "http://"].flatMap { scheme in
      [scheme + comparable, scheme + comparable + "/"]
    }
    let existing = try Row.fetchOne(
      database,
      sql: """
        SELECT id, state FROM feed WHERE url IN (?, ?, ?, ?) OR added_url IN (?, ?, ?, ?)
        ORDER BY state = 4 LIMIT 1
        """, arguments: StatementArguments(variants + variants))
    let outcome: SubscribeOutcome
    let feed: Int64
    if let existing {
      feed = existing["id"]
      if existing["state"] as Int == FeedHealth.State.unsubscribed.rawValue {
        try database.execute(
          sql: "UPDATE feed SET state = 0, unsubscribed_at = NULL WHERE id = ?", arguments: [feed])
        outcome = .added(FeedID(feed))
      } else {
        outcome = .alreadyThere(FeedID(feed))
      }
    } else {
      try database.execute(
        sql: """
          INSERT INTO feed (url, added_url, userinfo, title, custom_title, link, description,
            is_hidden, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          subscription.url, subscription.url, subscription.userInfo, subscription.title,
          subscription.customTitle, subscription.link, subscription.description,
          subscription.isHidden, now.secondsSince1970,
        ])
      feed = database.lastInsertedRowID
      try database.execute(sql: "INSERT INTO fetch_state (feed_id) VALUES (?)", arguments: [feed])
      try database.execute(sql: "INSERT INTO tally (feed_id) VALUES (?)", arguments: [feed])
      outcome = .added(FeedID(feed))
    }
    for path in placement.folders {
      guard let folder = try Self.folder(path, in: database) else { continue }
      try database.execute(
        sql: """
          INSERT INTO folder_feed (folder_id, feed_id, position)
          SELECT ?, ?, coalesce(max(position), 0) + 1 FROM folder_feed WHERE folder_id = ?
          ON CONFLICT DO NOTHING
          """, arguments: [folder, feed, folder])
    }
    return outcome
  }

  /// The folder with a path of names, made when it is not there; nil for an empty path.
  private static func folder(_ path: [String], in database: Database) throws -> Int64? {
    var parent: Int64?
    for name in path.prefix(32) where !name.isEmpty {
      if let found = try Int64.fetchOne(
        database, sql: "SELECT id FROM folder WHERE parent_id IS ? AND name = ?",
        arguments: [parent, name])
      {
        parent = found
        continue
      }
      try database.execute(
        sql: """
          INSERT INTO folder (parent_id, name, position)
          SELECT ?, ?, coalesce(max(position), 0) + 1 FROM folder WHERE parent_id IS ?
          """, arguments: [parent, name, parent])
      parent = database.lastInsertedRowID
    }
    return parent
  }

  /// Unsubscribes; entries and marks are kept for 30 days, and `undo` brings all back.
  public func unsubscribe(_ feed: FeedID, at now: Timestamp) throws(StoringError) -> UndoStep {
    try writeDurably { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT state, title, custom_title, url FROM feed WHERE id = ?",
          arguments: [feed.number])
      else { throw StoringError.unknownFeed("\(feed.number)") }
      let title: String = row["custom_title"] ?? row["title"] ?? row["url"]
      let before: Int = row["state"]
      try database.execute(
        sql: "UPDATE feed SET state = 4, unsubscribed_at = ? WHERE id = ?",
        arguments: [now.secondsSince1970, feed.number])
      return try Self.recordStep(
        "Unsubscribed from \(title)",
        [
          UndoChange(
            field: "feed.state", before: "\(before)",
            after: "\(FeedHealth.State.unsubscribed.rawValue)", targets: [feed.number])
        ], at: now, in: database)
    }
  }

  /// Gives a feed a title of the reader's own; nil: the feed's own title again.
  public func rename(_ feed: FeedID, to title: String?, at now: Timestamp) throws(StoringError)
    -> UndoStep
  {
    try write { database in
      let before = try String.fetchOne(
        database, sql: "SELECT custom_title FROM feed WHERE id = ?", arguments: [feed.number])
      try database.execute(
        sql: "UPDATE feed SET custom_title = ? WHERE id = ?", arguments: [title, feed.number])
      return try Self.recordStep(
        "Renamed to \(title ?? "the feed’s own title")",
        [
          UndoChange(
            field: "feed.custom_title", before: before, after: title, targets: [feed.number])
        ],
        at: now, in: database)
    }
  }

  /// The feeds of the sidebar: in the order of folders, then of titles.
  public func feedRows() throws(StoringError) -> [FeedRow] {
    try read { database in
      let folders = try Self.folderPaths(in: database)
      var folderOfFeed: [Int64: [String]] = [:]
      for row in try Row.fetchAll(
        database, sql: "SELECT feed_id, folder_id FROM folder_feed ORDER BY position")
      {
        let feed: Int64 = row["feed_id"]
        if folderOfFeed[feed] == nil { folderOfFeed[feed] = folders[row["folder_id"]] }
      }
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT feed.id, coalesce(custom_title, title, url) AS shown, link, url, state,
            coalesce(entries, 0) AS entries, coalesce(unread, 0) AS unread,
            coalesce(starred, 0) AS starred, error_text, error_count
          FROM feed LEFT JOIN tally ON tally.feed_id = feed.id
            LEFT JOIN fetch_state ON fetch_state.feed_id = feed.id
          WHERE state <> 4 AND is_hidden = 0
          """)
      return rows.map { row in
        FeedRow(
          id: FeedID(row["id"]), title: row["shown"], link: row["link"],
          unreadCount: row["unread"], entryCount: row["entries"], url: row["url"],
          starredCount: row["starred"], folder: folderOfFeed[row["id"]] ?? [],
          failure: (row["error_count"] as Int? ?? 0) > 0 ? row["error_text"] : nil,
          isEnded: (row["state"] as Int) != 0)
      }.sorted { left, right in
        (left.folder.joined(separator: "\u{1}"), left.title.lowercased(), left.id)
          < (right.folder.joined(separator: "\u{1}"), right.title.lowercased(), right.id)
      }
    }
  }

  /// The names of every folder from the outermost on.
  private static func folderPaths(in database: Database) throws -> [Int64: [String]] {
    var names: [Int64: (name: String, parent: Int64?)] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT id, parent_id, name FROM folder") {
      names[row["id"]] = (row["name"], row["parent_id"])
    }
    var paths: [Int64: [String]] = [:]
    for id in names.keys {
      var path: [String] = []
      var current: Int64? = id
      while let place = current, let folder = names[place], path.count < 64 {
        path.append(folder.name)
        current = folder.parent
      }
      paths[id] = path.reversed()
    }
    return paths
  }

  /// All subscriptions, for export.
  public func subscriptions() throws(StoringError) -> [Placement] {
    try read { database in
      let folders = try Self.folderPaths(in: database)
      var foldersOfFeed: [Int64: [[String]]] = [:]
      for row in try Row.fetchAll(
        database,
        sql: """
          SELECT feed_id, folder_id FROM folder_feed JOIN folder ON folder.id = folder_id
          ORDER BY folder.position, folder.id, folder_feed.position
          """)
      {
        if let path = folders[row["folder_id"]] {
          foldersOfFeed[row["feed_id"], default: []].append(path)
        }
      }
      return try Row.fetchAll(
        database,
        sql: "SELECT * FROM feed WHERE state <> 4 AND account_id IS NULL ORDER BY id"
      ).map { row in
        Placement(
          feed: Subscription(
            url: row["url"], userInfo: row["userinfo"], title: row["title"],
            customTitle: row["custom_title"], link: row["link"],
            description: row["description"], isHidden: row["is_hidden"]),
          folders: foldersOfFeed[row["id"]] ?? [])
      }
    }
  }

  /// Searches that are shown like feeds, in their order.
  public func smartFeeds() throws(StoringError) -> [SmartFeed] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT name, query FROM smart_feed ORDER BY position").map {
        SmartFeed(name: $0["name"], query: $0["query"])
      }
    }
  }

  /// Adds a search that is shown like a feed; one of the same name is replaced.
  public func save(_ smartFeed: SmartFeed) throws(StoringError) {
    try write { database in
      try database.execute(
        sql: "UPDATE smart_feed SET query = ? WHERE name = ?",
        arguments: [smartFeed.query, smartFeed.name])
      guard database.changesCount == 0 else { return }
      try database.execute(
        sql: """
          INSERT INTO smart_feed (name, query, position)
          SELECT ?, ?, coalesce(max(position), 0) + 1 FROM smart_feed
          """, arguments: [smartFeed.name, smartFeed.query])
    }
  }

  /// The feed that somebody means: its number, its address, or its title when only one has it.
  public func feed(named name: String) throws(StoringError) -> FeedID {
    try read { database in
      if let number = Int64(name),
        try Bool.fetchOne(
          database, sql: "SELECT count(*) FROM feed WHERE id = ? AND state <> 4",
          arguments: [number]) == true
      {
        return FeedID(number)
      }
      let comparable = Address.comparable(name)
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT id, url, added_url, title, custom_title FROM feed WHERE state <> 4")
      let byAddress = rows.filter {
        Address.comparable($0["url"]) == comparable
          || Address.comparable($0["added_url"]) == comparable
      }
      let byTitle = rows.filter {
        ($0["custom_title"] as String? ?? $0["title"] as String?)?.lowercased() == name.lowercased()
      }
      let found = byAddress.isEmpty ? byTitle : byAddress
      guard let first = found.first else { throw StoringError.unknownFeed(name) }
      if found.count > 1 { throw StoringError.ambiguousFeed(name) }
      return FeedID(first["id"])
    }
  }

  /// How every feed is doing, those in trouble first.
  public func health() throws(StoringError) -> [FeedHealth] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT feed.id, coalesce(custom_title, title, url) AS shown, url, state,
            last_attempt_at, last_success_at, next_poll_at, blocked_until, error_count, error_text,
            coalesce(entries, 0) AS entries
          FROM feed LEFT JOIN fetch_state ON fetch_state.feed_id = feed.id
            LEFT JOIN tally ON tally.feed_id = feed.id
          WHERE state <> 4 ORDER BY error_count = 0, state = 0, shown
          """
      ).map { row in
        FeedHealth(
          id: FeedID(row["id"]), title: row["shown"], url: row["url"],
          state: FeedHealth.State(rawValue: row["state"]) ?? .active,
          lastAttempt: time(row["last_attempt_at"]), lastSuccess: time(row["last_success_at"]),
          nextPoll: time(row["next_poll_at"]), blockedUntil: time(row["blocked_until"]),
          errorCount: row["error_count"] ?? 0, errorText: row["error_text"],
          entryCount: row["entries"])
      }
    }
  }
}

func time(_ seconds: Int64?) -> Timestamp? { seconds.map(Timestamp.init(secondsSince1970:)) }
