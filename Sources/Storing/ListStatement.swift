import Feeds
internal import GRDB

/// The tables and conditions of a list; every list is driven from `status` by an index, a search of
/// the library from the hits of the full-text index.
struct ListStatement {
  private var source = ""
  private var conditions: [String] = []
  private(set) var arguments = StatementArguments()
  /// Whether counting the first rows costs about as much as reading them.
  private(set) var isQuicklyCounted = true
  /// The list is the newest hits of a search of the whole library: a thousand at most.
  private(set) var isOfHits = false
  /// What the hits have to match, when there may be some among them that do not.
  private(set) var unverifiedMatch: String?

  /// The same list of statuses alone, when it has to be sorted: what a page begins and ends with is
  /// found in the index, and only the rows of the page are read.
  private(set) var sortedTail: String?

  /// Without the feeds, when no condition is about them.
  private var sourceOfHits: String?

  /// From `FROM` on.
  var tail: String { "FROM \(source) WHERE " + conditions.joined(separator: " AND ") }
  /// From `FROM` on, for what is only counted and sorted yet.
  var tailOfHits: String {
    "FROM \(sourceOfHits ?? source) WHERE " + conditions.joined(separator: " AND ")
  }

  /// - Parameter isExact: only true hits; otherwise `unverifiedMatch` may be left to look at.
  init(
    _ query: EntryQuery, at now: Timestamp, isExact: Bool = false, in database: Database
  ) throws {
    var isLarge = true
    let isUnread = query.filter == .unread
    var index = isUnread ? "status_unread_by_date" : "status_by_date"
    switch query.scope {
    case .all: break
    case .feed(let feed):
      conditions.append("status.feed_id = ?")
      arguments += [feed.number]
      index = isUnread ? "status_unread_by_feed" : "status_by_feed"
      isLarge = false
    case .since(let moment):
      conditions.append("status.sort_date >= ?")
      arguments += [moment.secondsSince1970]
    case .folder(let path):
      let feeds = try Store.feeds(inFolder: path, in: database)
      let list = feeds.map(String.init).joined(separator: ",")
      conditions.append("status.feed_id IN (\(list))")
      let tally = try Row.fetchOne(
        database,
        sql: """
          SELECT coalesce(sum(entries), 0), coalesce(sum(CASE WHEN feed_id IN (\(list))
            THEN entries END), 0) FROM tally
          """)
      let (everything, inside): (Int, Int) = (tally?[0] ?? 0, tally?[1] ?? 0)
      // By date, a page passes by the entries of other folders; by feed, it sorts all of this one.
      isLarge = inside * inside >= Store.pageRows * everything
      if !isLarge { index = isUnread ? "status_unread_by_feed" : "status_by_feed" }
    case .tag(let name):
      conditions.append(
        """
        status.entry_id IN (SELECT entry_id FROM entry_tag
          WHERE tag_id = (SELECT id FROM tag WHERE name = ?))
        """)
      arguments += [name]
      isLarge = false
    case .search: break
    }
    if query.filter == .starred, index == "status_by_date" { index = "status_starred" }

    let searches = try Self.searches(query)
    if isLarge, index == "status_by_date" {
      // What few entries are has an index of its own.
      for search in searches {
        switch search {
        case .state(.reading): index = "status_reading"
        case .state(.starred): index = "status_starred"
        case .state(.unread): index = "status_unread_by_date"
        default: break
        }
      }
    }
    var condition = SearchCondition(now: now)
    condition.add(.all(searches))
    var hits: String?
    var hitArguments = StatementArguments()
    if let match = condition.match {
      if isLarge {
        // The newest hits first: row numbers of the index grow with time.
        var (table, match) = ("search", match)
        if let pairs = condition.pairMatch, !isExact || condition.isPairMatchExact {
          if !condition.isPairMatchExact { unverifiedMatch = match }
          (table, match) = ("pairs", pairs)
        }
        isOfHits = true
        hits = """
          (SELECT rowid AS hit FROM \(table) WHERE \(table) MATCH ? ORDER BY rowid DESC LIMIT 1000)
          AS hits CROSS JOIN entry ON entry.search_rowid = hits.hit
          CROSS JOIN status ON status.entry_id = entry.id
          """
        hitArguments = [match]
      } else {
        conditions.append(
          """
          EXISTS (SELECT 1 FROM search WHERE search.rowid = entry.search_rowid AND search MATCH ?)
          """)
        arguments += [match]
      }
    }
    if !condition.sql.isEmpty {
      conditions.append(condition.sql)
      arguments += condition.arguments
      if isLarge, hits == nil { isQuicklyCounted = false }
    }
    if let hits {
      source = hits
    } else {
      // A tag leads to its entries, and what is deleted is in no index of lists.
      let isTag = if case .tag = query.scope { true } else { false }
      source = "status" + (isTag || condition.showsDeleted ? "" : " INDEXED BY \(index)")
      source += " JOIN entry ON entry.id = status.entry_id"
    }
    arguments = hitArguments + arguments
    if isOfHits, !condition.sql.contains("feed.") { sourceOfHits = source }
    source += " JOIN feed ON feed.id = status.feed_id"
    conditions.insert(
      condition.showsDeleted ? "status.is_listed = 0" : "status.is_listed = 1", at: 0)
    switch query.filter {
    case .everything: break
    case .unread: conditions.append("status.is_read = 0")
    case .starred: conditions.append("status.is_starred = 1")
    }
    let gone = try Int64.fetchAll(database, sql: "SELECT id FROM feed WHERE state = 4")
    if !gone.isEmpty {
      conditions.append(
        "status.feed_id NOT IN (\(gone.map(String.init).joined(separator: ",")))")
    }
    if case .folder = query.scope, !isLarge, condition.sql.isEmpty, condition.match == nil {
      sortedTail =
        "FROM status INDEXED BY \(index) WHERE " + conditions.joined(separator: " AND ")
    }
  }

  /// What was searched for and what was typed at the `filter` prompt.
  private static func searches(_ query: EntryQuery) throws -> [SearchQuery] {
    var texts: [String] = []
    if case .search(let text) = query.scope { texts.append(text) }
    if let matching = query.matching { texts.append(matching) }
    var searches: [SearchQuery] = []
    for text in texts {
      do {
        let search = try SearchQuery(text)
        if case .all(let parts) = search { searches += parts } else { searches.append(search) }
      } catch {
        throw StoringError.badQuery(column: error.column, reason: error.reason)
      }
    }
    return searches
  }
}
