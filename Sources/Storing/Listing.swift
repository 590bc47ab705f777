public import Feeds
internal import GRDB

/// Lists of entries, a page at a time.
extension Store {
  /// Rows of a page, when nobody says otherwise.
  public static let pageRows = 200
  /// The same for what a search finds: each row is read with its text, to show the hit.
  private static let foundRows = 100
  /// Lists with more entries than this are not counted: opening one takes the same time at any size.
  private static let countedRows = 1_000

  /// A part of a list.
  ///
  /// By date the time this takes does not depend on how long the list is; other orders read it all.
  /// A search of the library gives its newest 1,000.
  ///
  /// - Parameters:
  ///   - limit: rows of a page; nil: as many as pay.
  ///   - now: what `age:` is counted from.
  public func entries(
    _ query: EntryQuery, _ request: PageRequest = .first, limit: Int? = nil, at now: Timestamp
  ) throws(StoringError) -> EntryPage {
    try read { database in
      let statement = try ListStatement(query, at: now, in: database)
      let limit = max(1, limit ?? (statement.isOfHits ? Self.foundRows : Self.pageRows))
      var page: EntryPage
      if statement.isOfHits, query.order == .date {
        let hits = try HitList(query, statement, in: database)
        page = try hits.page(request, limit: limit)
        // What has to be looked at is rarely wrong; a page of nothing else is rarer still.
        while page.entries.isEmpty, let last = page.later {
          page = try hits.page(.after(last), limit: limit)
        }
      } else {
        page = try PageReader(
          query: query, statement: statement, limit: limit, database: database
        ).page(request)
        try Self.addSnippets(to: &page.entries, for: query, in: database)
        if page.earlier == nil, page.later == nil {
          page.totalCount = page.entries.count
          page.unreadCount = page.entries.count { !$0.status.isRead }
        } else {
          try Self.addCounts(to: &page, of: query, statement, in: database)
        }
      }
      page.newest = EntryID(try Int64.fetchOne(database, sql: "SELECT max(id) FROM entry") ?? 0)
      try Self.addTags(to: &page.entries, in: database)
      return page
    }
  }

  /// How many entries a list has.
  public func count(_ query: EntryQuery, at now: Timestamp) throws(StoringError) -> Int {
    try read { database in
      let statement = try ListStatement(query, at: now, isExact: true, in: database)
      return try Int.fetchOne(
        database, sql: "SELECT count(*) " + statement.tail, arguments: statement.arguments) ?? 0
    }
  }

  private static func addTags(
    to entries: inout [EntrySummary], in database: Database
  ) throws {
    guard !entries.isEmpty else { return }
    let numbers = entries.map { "\($0.id.number)" }.joined(separator: ",")
    var tags: [Int64: [String]] = [:]
    for row in try Row.fetchAll(
      database,
      sql: """
        SELECT entry_id, name FROM entry_tag JOIN tag ON tag.id = tag_id
        WHERE entry_id IN (\(numbers)) ORDER BY name
        """)
    {
      tags[row["entry_id"], default: []].append(row["name"])
    }
    for place in entries.indices { entries[place].tags = tags[entries[place].id.number] ?? [] }
  }

  /// Bytes of bodies that are searched for snippets of one page; rows beyond have none.
  private static let snippetBytes = 2_097_152

  fileprivate static func addSnippets(
    to entries: inout [EntrySummary], for query: EntryQuery, in database: Database
  ) throws {
    guard case .search(let text) = query.scope, let search = try? SearchQuery(text) else { return }
    let words = Snippet.words(of: search)
    guard !words.isEmpty else { return }
    let bodies = try database.cachedStatement(
      sql: "SELECT coalesce(content, summary) FROM body WHERE entry_id = ?")
    var bytes = 0
    for place in entries.indices where bytes < snippetBytes {
      guard let body = try String.fetchOne(bodies, arguments: [entries[place].id.number]) else {
        continue
      }
      bytes += body.utf8.count
      entries[place].snippet = Snippet.make(of: body, around: words)
    }
  }

  /// Counts from the tallies where they tell, or else by counting as long as that is quick.
  private static func addCounts(
    to page: inout EntryPage, of query: EntryQuery, _ statement: ListStatement,
    in database: Database
  ) throws {
    let feeds: [Int64]? =
      switch query.scope {
      case .all: nil
      case .feed(let feed): [feed.number]
      case .folder(let path): try Self.feeds(inFolder: path, in: database)
      default: []
      }
    if query.matching == nil, feeds != [], query.filter != .starred {
      let condition = feeds.map { "IN (\($0.map(String.init).joined(separator: ",")))" }
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT coalesce(sum(entries), 0) AS entries, coalesce(sum(unread), 0) AS unread
          FROM tally WHERE feed_id \(condition ?? "NOT IN (SELECT id FROM feed WHERE state = 4)")
          """)
      page.unreadCount = row?["unread"]
      page.totalCount = query.filter == .unread ? row?["unread"] : row?["entries"]
      return
    }
    // A condition on single entries may pass by a million of them before it has counted a thousand.
    guard statement.isQuicklyCounted else { return }
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT count(*) AS entries, coalesce(sum(1 - is_read), 0) AS unread FROM (
          SELECT status.is_read AS is_read \(statement.tail) LIMIT \(countedRows + 1))
        """, arguments: statement.arguments)
    guard let row, (row["entries"] as Int) <= countedRows else { return }
    page.totalCount = row["entries"]
    page.unreadCount = row["unread"]
  }

  /// The numbers of the entries a command means.
  static func ids(
    _ selection: EntrySelection, at now: Timestamp, in database: Database
  ) throws -> [Int64] {
    func list(
      _ query: EntryQuery, _ newest: EntryID, from position: EntryPosition? = nil,
      isAbove: Bool = true
    ) throws -> [Int64] {
      // What is changed is never a guess.
      let statement = try ListStatement(query, at: now, isExact: true, in: database)
      var sql = "SELECT status.entry_id \(statement.tail) AND status.entry_id <= ?"
      var arguments = statement.arguments + [newest.number]
      if let position {
        if query.order == .date {
          let goesDown = isAbove == query.isReversed
          sql += " AND (status.sort_date, status.entry_id) \(goesDown ? "<=" : ">=") (?, ?)"
          arguments += [position.date.secondsSince1970, position.id.number]
        } else {
          sql += " ORDER BY \(ListOrder.sql(query)) LIMIT ? OFFSET ?"
          arguments +=
            isAbove ? [max(0, position.rowsBefore) + 1, 0] : [-1, max(0, position.rowsBefore)]
        }
      }
      return try Int64.fetchAll(database, sql: sql, arguments: arguments)
    }
    return switch selection {
    case .entries(let ids): ids.map(\.number)
    case .list(let query, let newest): try list(query, newest)
    case .listAbove(let query, let position, let newest): try list(query, newest, from: position)
    case .listBelow(let query, let position, let newest):
      try list(query, newest, from: position, isAbove: false)
    }
  }

  /// The feeds in a folder and in all folders in it.
  static func feeds(inFolder path: [String], in database: Database) throws -> [Int64] {
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

  /// How SQLite answers a list query; for tests.
  func plan(_ query: EntryQuery, at now: Timestamp) throws(StoringError) -> String {
    try read { database in
      let statement = try ListStatement(query, at: now, in: database)
      let rows = try Row.fetchAll(
        database,
        sql: "EXPLAIN QUERY PLAN SELECT \(PageReader.columns) \(statement.tail)"
          + " ORDER BY \(ListOrder.sql(query)) LIMIT 100",
        arguments: statement.arguments)
      return rows.map { $0["detail"] as String }.joined(separator: "\n")
    }
  }
}

/// The order of a list as SQL.
enum ListOrder {
  /// - Parameter isBackwards: from the end of the list.
  static func sql(_ query: EntryQuery, isBackwards: Bool = false) -> String {
    let first: [(String, isDescending: Bool)] =
      switch query.order {
      case .date: []
      case .title: [("entry.title COLLATE NOCASE", false)]
      case .feed:
        [
          ("coalesce(feed.custom_title, feed.title, feed.url) COLLATE NOCASE", false)
        ]
      case .unread: [("status.is_read", false)]
      case .starred: [("status.is_starred", true)]
      case .length: [("coalesce(entry.character_count, 0)", true)]
      }
    let keys = first + [("status.sort_date", true), ("status.entry_id", true)]
    return keys.map { key, isDescending in
      key + (isDescending != (query.isReversed != isBackwards) ? " DESC" : " ASC")
    }.joined(separator: ", ")
  }
}

/// The hits of a search of the whole library, in the order of the list: found once for the page and
/// for the counts.
private struct HitList {
  private struct Hit {
    var id: Int64
    var date: Int64
    var isRead: Bool
  }

  private let query: EntryQuery
  private let statement: ListStatement
  private let database: Database
  private let hits: [Hit]

  init(_ query: EntryQuery, _ statement: ListStatement, in database: Database) throws {
    self.query = query
    self.statement = statement
    self.database = database
    let rows = try Row.fetchCursor(
      database, sql: "SELECT status.entry_id, status.sort_date, is_read \(statement.tailOfHits)",
      arguments: statement.arguments)
    let newestFirst = try Array(rows.map { Hit(id: $0[0], date: $0[1], isRead: $0[2]) })
      .sorted { ($0.date, $0.id) > ($1.date, $1.id) }
    hits = query.isReversed ? newestFirst.reversed() : newestFirst
  }

  func page(_ request: PageRequest, limit: Int) throws -> EntryPage {
    let start = start(of: request, limit: limit)
    var end = min(hits.count, start + limit)
    if case .before(let position) = request { end = min(end, place(of: position)) }
    guard start < end else { return EntryPage(entries: [], totalCount: 0, unreadCount: 0) }
    let part = hits[start..<end]
    let numbers = part.map { "\($0.id)" }.joined(separator: ",")
    var rows: [Int64: EntrySummary] = [:]
    let summaries = try PageReader.summaries(
      """
      SELECT \(PageReader.columns) FROM status JOIN entry ON entry.id = status.entry_id
        JOIN feed ON feed.id = status.feed_id WHERE status.entry_id IN (\(numbers))
      """, in: database)
    for summary in summaries { rows[summary.id.number] = summary }
    var page = EntryPage(
      entries: part.compactMap { rows[$0.id] },
      earlier: start > 0 ? position(hits[start]) : nil,
      later: end < hits.count ? position(hits[end - 1]) : nil, totalCount: hits.count,
      unreadCount: hits.count { !$0.isRead })
    try Store.addSnippets(to: &page.entries, for: query, in: database)
    try dropFalseHits(from: &page)
    return page
  }

  /// Pairs of characters that stand in an entry need not stand in a row: what the snippet does not
  /// show is asked of the index.
  private func dropFalseHits(from page: inout EntryPage) throws {
    guard let match = statement.unverifiedMatch, case .search(let text) = query.scope,
      let search = try? SearchQuery(text)
    else { return }
    let words = Snippet.words(of: search)
    let isPhrase = query.matching == nil && words.count == 1
    let verify = try database.cachedStatement(
      sql: """
        SELECT 1 FROM search WHERE search MATCH ?
          AND rowid = (SELECT search_rowid FROM entry WHERE id = ?)
        """)
    var kept: [EntrySummary] = []
    for entry in page.entries {
      let isSeen =
        isPhrase && (entry.snippet != nil || (entry.title ?? "").contains(words[0]))
      if try isSeen || Int.fetchOne(verify, arguments: [match, entry.id.number]) != nil {
        kept.append(entry)
      } else {
        page.totalCount = page.totalCount.map { $0 - 1 }
        if !entry.status.isRead { page.unreadCount = page.unreadCount.map { $0 - 1 } }
      }
    }
    page.entries = kept
  }

  private func start(of request: PageRequest, limit: Int) -> Int {
    switch request {
    case .first: 0
    case .last: max(0, hits.count - limit)
    case .after(let position):
      hits.firstIndex { isBehind($0, position) } ?? hits.count
    case .before(let position): max(0, place(of: position) - limit)
    case .around(let id):
      max(0, (hits.firstIndex { $0.id == id.number } ?? 0) - limit / 2)
    case .atRow(let row):
      max(0, (row < limit ? row : min(row, max(0, hits.count - 1))) - limit / 2)
    }
  }

  /// How many hits stand before a position.
  private func place(of position: EntryPosition) -> Int {
    hits.firstIndex { $0.id == position.id.number || isBehind($0, position) } ?? hits.count
  }

  private func isBehind(_ hit: Hit, _ position: EntryPosition) -> Bool {
    let key = (position.date.secondsSince1970, position.id.number)
    return query.isReversed ? (hit.date, hit.id) > key : (hit.date, hit.id) < key
  }

  private func position(_ hit: Hit) -> EntryPosition {
    EntryPosition(date: Timestamp(secondsSince1970: hit.date), id: EntryID(hit.id))
  }
}

/// Reads one page of a list.
private struct PageReader {
  enum Column: Int, ColumnList {
    case id, feed, feedTitle, title, link, author, published, updated, commentsCount
    case characterCount, isRead, isStarred, hasUpdate, sortDate

    var sql: String {
      switch self {
      case .id: "entry.id"
      case .feed: "entry.feed_id"
      case .feedTitle: "coalesce(feed.custom_title, feed.title, feed.url)"
      case .title: "entry.title"
      case .link: "entry.link"
      case .author: "entry.author"
      case .published: "entry.published"
      case .updated: "entry.updated"
      case .commentsCount: "entry.comments_count"
      case .characterCount: "entry.character_count"
      case .isRead: "status.is_read"
      case .isStarred: "status.is_starred"
      case .hasUpdate: "status.has_update"
      case .sortDate: "status.sort_date"
      }
    }
  }

  static let columns = Column.sql

  /// The rows of a query for `columns`.
  static func summaries(
    _ sql: String, _ arguments: StatementArguments = [], in database: Database
  ) throws -> [EntrySummary] {
    var summaries: [EntrySummary] = []
    let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
    while let row = try rows.next() { summaries.append(summary(row)) }
    return summaries
  }

  let query: EntryQuery
  let statement: ListStatement
  let limit: Int
  let database: Database

  func page(_ request: PageRequest) throws -> EntryPage {
    switch request {
    case .first:
      guard query.order == .date else { return try page(fromRow: 0) }
      let (rows, hasMore) = try rows(beyond: nil, isBackwards: false, limit: limit)
      return page(rows, hasEarlier: false, hasLater: hasMore)
    case .last:
      guard query.order == .date else { return try page(fromRow: max(0, count() - limit)) }
      return try pageUp(to: nil)
    case .after(let position):
      guard query.order == .date else { return try page(fromRow: position.rowsBefore + 1) }
      let (rows, hasMore) = try rows(beyond: position, isBackwards: false, limit: limit)
      return page(rows, hasEarlier: true, hasLater: hasMore)
    case .before(let position):
      guard query.order == .date else {
        let end = max(0, position.rowsBefore)
        return try page(fromRow: max(0, end - limit), limit: min(limit, end))
      }
      return try pageUp(to: position)
    case .around(let id): return try page(around: id)
    case .atRow(let row):
      // The last rows of the list, when there are not so many.
      let last = row < limit ? row : min(row, max(0, try count() - 1))
      return try page(fromRow: max(0, last - limit / 2))
    }
  }

  private func count() throws -> Int {
    try Int.fetchOne(
      database, sql: "SELECT count(*) " + statement.tail, arguments: statement.arguments) ?? 0
  }

  private func page(around id: EntryID) throws -> EntryPage {
    let own = try Int64.fetchOne(
      database, sql: "SELECT status.sort_date \(statement.tail) AND status.entry_id = ?",
      arguments: statement.arguments + [id.number])
    guard let own else { return try page(fromRow: 0) }
    guard query.order == .date else {
      let ids = try Int64.fetchAll(
        database,
        sql: """
          SELECT entry.id \(statement.tail) ORDER BY \(ListOrder.sql(query))
          """, arguments: statement.arguments)
      return try page(fromRow: max(0, (ids.firstIndex(of: id.number) ?? 0) - limit / 2))
    }
    let position = EntryPosition(date: Timestamp(secondsSince1970: own), id: id)
    let (above, hasEarlier) = try rows(beyond: position, isBackwards: true, limit: limit / 2)
    let (below, hasLater) = try rows(
      beyond: position, isBackwards: false, limit: max(0, limit - above.count - 1))
    let middle = try Self.summaries(
      "SELECT \(Self.columns) \(statement.tail) AND status.entry_id = ?",
      statement.arguments + [id.number], in: database)
    return page(
      above.reversed() + middle + below, hasEarlier: hasEarlier,
      hasLater: hasLater)
  }

  private func page(fromRow first: Int, limit: Int? = nil) throws -> EntryPage {
    let limit = limit ?? self.limit
    guard limit > 0 else { return EntryPage(entries: []) }
    var rows = try Self.summaries(
      """
      SELECT \(Self.columns) \(statement.tail) ORDER BY \(ListOrder.sql(query)) LIMIT ? OFFSET ?
      """, statement.arguments + [limit + 1, max(0, first)], in: database)
    let hasLater = rows.count > limit
    if hasLater { rows.removeLast() }
    return page(
      rows, hasEarlier: first > 0, hasLater: hasLater, rowsBefore: max(0, first))
  }

  private func pageUp(to position: EntryPosition?) throws -> EntryPage {
    let (rows, hasMore) = try rows(beyond: position, isBackwards: true, limit: limit)
    return page(rows.reversed(), hasEarlier: hasMore, hasLater: position != nil)
  }

  private func page(
    _ entries: [EntrySummary], hasEarlier: Bool, hasLater: Bool, rowsBefore: Int = 0
  ) -> EntryPage {
    func position(_ entry: EntrySummary?, _ row: Int) -> EntryPosition? {
      guard var position = entry?.position else { return nil }
      if query.order != .date { position.rowsBefore = row }
      return position
    }
    return EntryPage(
      entries: entries, earlier: hasEarlier ? position(entries.first, rowsBefore) : nil,
      later: hasLater ? position(entries.last, rowsBefore + entries.count - 1) : nil)
  }

  /// Rows on one side of a place, the nearest first; by date only.
  private func rows(
    beyond position: EntryPosition?, isBackwards: Bool, limit: Int
  ) throws -> (rows: [EntrySummary], hasMore: Bool) {
    let goesDown = query.isReversed == isBackwards
    var conditions = ""
    var arguments = statement.arguments
    if let position {
      conditions = " AND (status.sort_date, status.entry_id) \(goesDown ? "<" : ">") (?, ?)"
      arguments += [position.date.secondsSince1970, position.id.number]
    }
    let order = "ORDER BY \(ListOrder.sql(query, isBackwards: isBackwards)) LIMIT ?"
    if let tail = statement.sortedTail,
      let end = try Row.fetchOne(
        database,
        sql: "SELECT status.sort_date, status.entry_id \(tail)\(conditions) \(order) OFFSET ?",
        arguments: arguments + [1, limit])
    {
      conditions += " AND (status.sort_date, status.entry_id) \(goesDown ? ">=" : "<=") (?, ?)"
      arguments += [end[0] as Int64, end[1] as Int64]
    }
    let sql = "SELECT \(Self.columns) \(statement.tail)\(conditions) \(order)"
    var rows = try Self.summaries(sql, arguments + [limit + 1], in: database)
    let hasMore = rows.count > limit
    if hasMore { rows.removeLast() }
    return (rows, hasMore)
  }

  private static func summary(_ row: Row) -> EntrySummary {
    var summary = EntrySummary(
      id: EntryID(row[Column.id]), feed: FeedID(row[Column.feed]),
      feedTitle: row[Column.feedTitle], title: row[Column.title], link: row[Column.link],
      author: row[Column.author], date: time(row[Column.published]) ?? time(row[Column.updated]),
      sortDate: time(row[Column.sortDate]), commentsCount: row[Column.commentsCount],
      status: EntryStatus(isRead: row[Column.isRead], isStarred: row[Column.isStarred]))
    summary.isChanged = row[Column.hasUpdate]
    summary.characterCount = row[Column.characterCount]
    return summary
  }
}
