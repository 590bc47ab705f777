public import Feeds
internal import GRDB

/// Lists of entries, and single ones.
extension Store {
  private static let summaryColumns = """
    entry.id, entry.feed_id, coalesce(feed.custom_title, feed.title, feed.url) AS feed_title,
    entry.title, entry.link, entry.author, entry.published, entry.updated, entry.comments_count,
    status.is_read, status.is_starred, status.sort_date
    """

  /// A part of a list, from a position on.
  ///
  /// The time this takes does not depend on how long the list is. A search gives its newest 1,000.
  ///
  /// - Parameter now: what `age:` is counted from.
  public func entries(
    _ query: EntryQuery, after position: EntryPosition? = nil, limit: Int, at now: Timestamp
  ) throws(StoringError) -> EntryPage {
    try read { database in
      let statement = try Self.statement(query, at: now, in: database)
      var sql = "SELECT \(Self.summaryColumns) FROM " + statement.source
      var conditions = statement.conditions
      var arguments = statement.arguments
      let isNewestFirst = !query.isReversed
      if let position {
        conditions.append(
          "(status.sort_date, status.entry_id) \(isNewestFirst ? "<" : ">") (?, ?)")
        arguments += [position.date.secondsSince1970, position.id.number]
      }
      sql += " WHERE " + conditions.joined(separator: " AND ")
      let direction = isNewestFirst ? "DESC" : "ASC"
      sql += " ORDER BY status.sort_date \(direction), status.entry_id \(direction) LIMIT ?"
      arguments += [limit + 1]
      var rows = try Row.fetchAll(database, sql: sql, arguments: arguments)
      var later: EntryPosition?
      if rows.count > limit {
        rows.removeLast()
        if let last = rows.last {
          later = EntryPosition(
            date: Timestamp(secondsSince1970: last["sort_date"]), id: EntryID(last["id"]))
        }
      }
      return EntryPage(entries: rows.map(Self.summary), earlier: position, later: later)
    }
  }

  private static func summary(_ row: Row) -> EntrySummary {
    EntrySummary(
      id: EntryID(row["id"]), feed: FeedID(row["feed_id"]), feedTitle: row["feed_title"],
      title: row["title"], link: row["link"], author: row["author"],
      date: time(row["published"]) ?? time(row["updated"]),
      sortDate: time(row["sort_date"]), commentsCount: row["comments_count"],
      status: EntryStatus(isRead: row["is_read"], isStarred: row["is_starred"]))
  }

  /// The tables and conditions of a query; every list is driven from `status` by an index.
  struct ListStatement {
    var source: String
    var conditions: [String]
    var arguments: StatementArguments
  }

  static func statement(
    _ query: EntryQuery, at now: Timestamp, in database: Database
  ) throws -> ListStatement {
    var index: String?
    var listed = "status.is_listed = 1"
    var conditions: [String] = []
    var arguments = StatementArguments()
    var source: String
    var hits: String?
    switch query.scope {
    case .feed(let feed):
      conditions.append("status.feed_id = ?")
      arguments += [feed.number]
      index = query.filter == .unread ? "status_unread_by_feed" : "status_by_feed"
    case .all, .since:
      index = query.filter == .unread ? "status_unread_by_date" : "status_by_date"
      if case .since(let moment) = query.scope {
        conditions.append("status.sort_date >= ?")
        arguments += [moment.secondsSince1970]
      }
    case .folder(let path):
      let feeds = try Self.feeds(inFolder: path, in: database)
      conditions.append(
        "status.feed_id IN (\(feeds.map(String.init).joined(separator: ",")))")
      // A folder with many of the entries by date, one with few by its feeds and a sort.
      let tally = try Row.fetchOne(
        database,
        sql: """
          SELECT coalesce(sum(entries), 0) AS everything, coalesce(sum(CASE WHEN feed_id IN
            (\(feeds.map(String.init).joined(separator: ","))) THEN entries END), 0) AS inside
          FROM tally
          """)
      let inside: Int = tally?["inside"] ?? 0
      let everything: Int = tally?["everything"] ?? 0
      let isLarge = inside * 100 >= everything
      index =
        isLarge
        ? (query.filter == .unread ? "status_unread_by_date" : "status_by_date")
        : (query.filter == .unread ? "status_unread_by_feed" : "status_by_feed")
    case .tag(let name):
      conditions.append(
        """
        status.entry_id IN (SELECT entry_id FROM entry_tag
          WHERE tag_id = (SELECT id FROM tag WHERE name = ?))
        """)
      arguments += [name]
    case .search(let text):
      let search: SearchQuery
      do {
        search = try SearchQuery(text)
      } catch {
        throw StoringError.badQuery(column: error.column, reason: error.reason)
      }
      var condition = SearchCondition(now: now)
      condition.add(search)
      if condition.showsDeleted { listed = "1" }
      if !condition.sql.isEmpty { conditions.append(condition.sql) }
      if let match = condition.match {
        // The newest hits first: row numbers of the index grow with time.
        hits = """
          (SELECT rowid AS hit FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT 1000)
          AS hits CROSS JOIN entry ON entry.search_rowid = hits.hit
          CROSS JOIN status ON status.entry_id = entry.id
          """
        arguments += [match]
      } else {
        index = query.filter == .unread ? "status_unread_by_date" : "status_by_date"
        if condition.showsDeleted { index = nil }
      }
      arguments += condition.arguments
    }
    if query.filter == .starred, index == "status_by_date" { index = "status_starred" }
    if let hits {
      source = hits
    } else {
      source = "status" + (index.map { " INDEXED BY \($0)" } ?? "")
      source += " JOIN entry ON entry.id = status.entry_id"
    }
    source += " JOIN feed ON feed.id = entry.feed_id"
    conditions.insert(listed, at: 0)
    switch query.filter {
    case .everything: break
    case .unread: conditions.append("status.is_read = 0")
    case .starred: conditions.append("status.is_starred = 1")
    }
    conditions.append("feed.state <> 4")
    return ListStatement(source: source, conditions: conditions, arguments: arguments)
  }

  /// The numbers of all entries a query finds, up to an entry.
  static func ids(
    _ query: EntryQuery, upTo last: EntryID, in database: Database
  ) throws -> [Int64] {
    let statement = try statement(
      query, at: Timestamp(secondsSince1970: 0), in: database)
    return try Int64.fetchAll(
      database,
      sql: "SELECT status.entry_id FROM \(statement.source) WHERE "
        + (statement.conditions + ["status.entry_id <= ?"]).joined(separator: " AND "),
      arguments: statement.arguments + [last.number])
  }

  /// The feeds in a folder and in all folders in it.
  private static func feeds(inFolder path: [String], in database: Database) throws -> [Int64] {
    var parent: Int64?
    for name in path {
      guard
        let found = try Int64.fetchOne(
          database, sql: "SELECT id FROM folder WHERE parent_id IS ? AND name = ?",
          arguments: [parent, name])
      else { return [] }
      parent = found
    }
    return try Int64.fetchAll(
      database,
      sql: """
        WITH RECURSIVE inside(id) AS (
          VALUES (?) UNION SELECT folder.id FROM folder JOIN inside ON parent_id = inside.id)
        SELECT DISTINCT feed_id FROM folder_feed WHERE folder_id IN inside
        """, arguments: [parent])
  }

  /// How many entries a list has, and how many of them are unread.
  public func count(_ query: EntryQuery, at now: Timestamp) throws(StoringError) -> Int {
    try read { database in
      let statement = try Self.statement(query, at: now, in: database)
      return try Int.fetchOne(
        database,
        sql: "SELECT count(*) FROM \(statement.source) WHERE "
          + statement.conditions.joined(separator: " AND "),
        arguments: statement.arguments) ?? 0
    }
  }

  /// The language and the address of a feed, for reading its entries.
  public func facts(of feed: FeedID) throws(StoringError) -> (language: String?, url: String)? {
    try read { database in
      try Row.fetchOne(
        database, sql: "SELECT language, url FROM feed WHERE id = ?", arguments: [feed.number]
      ).map { ($0["language"], $0["url"]) }
    }
  }

  /// An entry with its bodies; nil when there is none.
  public func entry(_ id: EntryID) throws(StoringError) -> Entry? {
    try read { database in
      guard
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT \(Self.summaryColumns), entry.key, entry.is_truncated, body.base_url,
              body.content, body.summary, body.details
            FROM entry JOIN feed ON feed.id = entry.feed_id
              JOIN status ON status.entry_id = entry.id
              LEFT JOIN body ON body.entry_id = entry.id
            WHERE entry.id = ?
            """, arguments: [id.number])
      else { return nil }
      var facts = ParsedEntry()
      if let json = row["details"] as String?, let details = EntryDetails(json: json) {
        details.restore(to: &facts)
      }
      facts.title = row["title"]
      facts.link = facts.link ?? row["link"]
      facts.published = time(row["published"])
      facts.updated = time(row["updated"])
      facts.contentHTML = row["content"]
      facts.summaryHTML = row["summary"]
      facts.baseURL = row["base_url"]
      facts.commentsCount = row["comments_count"]
      facts.key = row["key"]
      facts.isTruncated = row["is_truncated"]
      return Entry(
        id: id, feed: FeedID(row["feed_id"]), feedTitle: row["feed_title"], facts: facts,
        status: EntryStatus(isRead: row["is_read"], isStarred: row["is_starred"]))
    }
  }

  /// The entry of the library with a link; nil when none is known.
  public func entry(withLink link: String) throws(StoringError) -> EntryID? {
    try read { database in
      try Int64.fetchOne(
        database,
        sql: """
          SELECT entry.id FROM entry JOIN status ON status.entry_id = entry.id
          WHERE link = ? AND is_listed = 1 LIMIT 1
          """, arguments: [link]
      ).map(EntryID.init)
    }
  }
}

extension Store {
  /// How SQLite answers a list query; for tests.
  func plan(_ query: EntryQuery, at now: Timestamp) throws(StoringError) -> String {
    try read { database in
      let statement = try Self.statement(query, at: now, in: database)
      let rows = try Row.fetchAll(
        database,
        sql: "EXPLAIN QUERY PLAN SELECT \(Self.summaryColumns) FROM \(statement.source) WHERE "
          + statement.conditions.joined(separator: " AND ")
          + " ORDER BY status.sort_date DESC, status.entry_id DESC LIMIT 100",
        arguments: statement.arguments)
      return rows.map { $0["detail"] as String }.joined(separator: "\n")
    }
  }
}
