public import Feeds
internal import GRDB

/// How feeds are doing.
extension Store {
  private static let healthColumns = """
    feed.id, coalesce(custom_title, title, url) AS shown, url, state, last_attempt_at,
    last_success_at, next_poll_at, blocked_until, error_count, error_text,
    coalesce(entries, 0) AS entries
    """
  private static let healthTables = """
    feed LEFT JOIN fetch_state ON fetch_state.feed_id = feed.id
      LEFT JOIN tally ON tally.feed_id = feed.id
    """

  /// How every feed is doing, those in trouble first.
  public func health() throws(StoringError) -> [FeedHealth] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT \(Self.healthColumns) FROM \(Self.healthTables)
          WHERE state <> 4 ORDER BY error_count = 0, state = 0, shown
          """
      ).map(Self.health)
    }
  }

  private static func health(_ row: Row) -> FeedHealth {
    FeedHealth(
      id: FeedID(row["id"]), title: row["shown"], url: row["url"],
      state: FeedHealth.State(rawValue: row["state"]) ?? .active,
      lastAttempt: time(row["last_attempt_at"]), lastSuccess: time(row["last_success_at"]),
      nextPoll: time(row["next_poll_at"]), blockedUntil: time(row["blocked_until"]),
      errorCount: row["error_count"] ?? 0, errorText: row["error_text"],
      entryCount: row["entries"])
  }

  /// Everything the library knows of a feed, but its secrets.
  public struct FeedRecord: Equatable, Sendable {
    public var health: FeedHealth
    /// The title the feed gives itself.
    public var ownTitle: String?
    public var link: String?
    public var description: String?
    public var language: String?
    public var format: String?
    public var folders: [[String]]
    public var addedAt: Timestamp
    public var lastNew: Timestamp?
    /// Set by the reader.
    public var intervalSeconds: Int64?
    public var httpStatus: Int?
    /// The newest first.
    public var attempts: [FetchAttempt]
  }

  /// One request of the past.
  public struct FetchAttempt: Equatable, Sendable {
    public var at: Timestamp
    public var status: Int?
    public var bytes: Int?
    public var newEntries: Int
    public var message: String?
  }

  public func record(of feed: FeedID) throws(StoringError) -> FeedRecord? {
    try read { database in
      guard
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT \(Self.healthColumns), title, link, description, language, format, added_at,
              last_new_at, interval_seconds, http_status FROM \(Self.healthTables)
            WHERE feed.id = ?
            """, arguments: [feed.number])
      else { return nil }
      let paths = try Self.folderPaths(in: database)
      let folders = try Int64.fetchAll(
        database, sql: "SELECT folder_id FROM folder_feed WHERE feed_id = ?",
        arguments: [feed.number])
      let attempts = try Row.fetchAll(
        database,
        sql: """
          SELECT at, status, bytes, new_entries, message FROM fetch_log WHERE feed_id = ?
          ORDER BY id DESC LIMIT 20
          """, arguments: [feed.number])
      return FeedRecord(
        health: Self.health(row), ownTitle: row["title"], link: row["link"],
        description: row["description"], language: row["language"], format: row["format"],
        folders: folders.compactMap { paths[$0] },
        addedAt: Timestamp(secondsSince1970: row["added_at"]), lastNew: time(row["last_new_at"]),
        intervalSeconds: row["interval_seconds"], httpStatus: row["http_status"],
        attempts: attempts.map {
          FetchAttempt(
            at: Timestamp(secondsSince1970: $0["at"]), status: $0["status"], bytes: $0["bytes"],
            newEntries: $0["new_entries"] ?? 0, message: $0["message"])
        })
    }
  }
}
