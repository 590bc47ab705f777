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
  ///
  /// - Parameter isStep: whether `undo` takes it back.
  @discardableResult
  public func subscribe(
    _ placement: Placement, isStep: Bool = false, at now: Timestamp
  ) throws(StoringError) -> SubscribeOutcome {
    try write { database in
      let outcome = try Self.subscribe(placement, at: now, in: database)
      if isStep { try Self.recordSubscriptions([outcome], at: now, in: database) }
      return outcome
    }
  }

  /// Subscribes to many feeds in one transaction; one outcome for each, all of them one step.
  public func subscribe(
    _ placements: [Placement], isStep: Bool = false, at now: Timestamp
  ) throws(StoringError) -> [SubscribeOutcome] {
    try write { database in
      let outcomes = try placements.map { try Self.subscribe($0, at: now, in: database) }
      if isStep { try Self.recordSubscriptions(outcomes, at: now, in: database) }
      return outcomes
    }
  }

  /// Taking a subscription back is unsubscribing: entries and marks stay for 30 days.
  private static func recordSubscriptions(
    _ outcomes: [SubscribeOutcome], at now: Timestamp, in database: Database
  ) throws {
    let added = outcomes.compactMap { if case .added(let feed) = $0 { feed } else { nil } }
    guard let first = added.first else { return }
    _ = try recordStep(
      added.count == 1
        ? "Subscribed to \(try name(of: first, in: database))"
        : "Subscribed to \(added.count) feeds",
      [UndoChange(field: "feed.state", before: "4", after: "0", targets: added.map(\.number))],
      at: now, in: database)
  }

  private static func subscribe(
    _ placement: Placement, at now: Timestamp, in database: Database
  ) throws -> SubscribeOutcome {
    let subscription = placement.feed
    let comparable = Address.comparable(subscription.url)
    // What is not of the web, the manual or a file, has one spelling only.
    let variants =
      ["https://", "http://"].flatMap { scheme in [scheme + comparable, scheme + comparable + "/"] }
      + [subscription.url]
    let existing = try Row.fetchOne(
      database,
      sql: """
        SELECT id, state FROM feed WHERE url IN (?, ?, ?, ?, ?) OR added_url IN (?, ?, ?, ?, ?)
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
            is_hidden, added_at, position)
          SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(max(position), 0) + 1 FROM feed
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
  static func folder(_ path: [String], in database: Database) throws -> Int64? {
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
  @discardableResult
  public func unsubscribe(_ feed: FeedID, at now: Timestamp) throws(StoringError) -> UndoStep {
    guard let step = try edit(.unsubscribe([feed]), at: now) else {
      throw .unknownFeed("\(feed.number)")
    }
    return step
  }

  /// The names of every folder from the outermost on.
  static func folderPaths(in database: Database) throws -> [Int64: [String]] {
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
        sql: "SELECT * FROM feed WHERE state <> 4 AND account_id IS NULL ORDER BY position, id"
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
    try write { database in try Self.put(smartFeed, in: database) }
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
}

func time(_ seconds: Int64?) -> Timestamp? { seconds.map(Timestamp.init(secondsSince1970:)) }
