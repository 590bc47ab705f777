public import Feeds
internal import GRDB

/// Single entries.
extension Store {
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
            SELECT entry.feed_id, coalesce(feed.custom_title, feed.title, feed.url) AS feed_title,
              entry.title, entry.link, entry.published, entry.updated, entry.comments_count,
              entry.key, entry.is_truncated, status.is_read, status.is_starred, body.base_url,
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

  /// The entry of the library with an address; the fragment, the scheme and a final slash do not
  /// matter.
  public func entry(withLink link: String) throws(StoringError) -> EntryID? {
    try read { database in
      let variants = Self.linkVariants(Self.comparableLink(link), link)
      let placeholders = variants.map { _ in "?" }.joined(separator: ", ")
      return try Int64.fetchOne(
        database,
        sql: """
          SELECT entry.id FROM entry INDEXED BY entry_by_link
            JOIN status ON status.entry_id = entry.id
          WHERE link IN (\(placeholders)) AND is_listed = 1
            AND entry.feed_id NOT IN (SELECT id FROM feed WHERE state = 4)
          ORDER BY entry.id DESC LIMIT 1
          """, arguments: StatementArguments(variants)
      ).map(EntryID.init)
    }
  }

  /// What the library knows of an entry beyond what is in `Entry`.
  public struct EntryRecord: Equatable, Sendable {
    public var entry: Entry
    public var feedURL: String
    public var firstSeen: Timestamp
    public var lastSeen: Timestamp
    /// 1 for a text that was never changed.
    public var revision: Int
    public var characterCount: Int?
    public var features: EntryFeatures
    public var tags: [String]
    public var readAt: Timestamp?
    public var starredAt: Timestamp?
    public var position: ReadingPosition?
  }

  public func record(of id: EntryID) throws(StoringError) -> EntryRecord? {
    guard let entry = try entry(id) else { return nil }
    return try read { database in
      guard
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT feed.url, first_seen, last_seen, revision, character_count, features, read_at,
              starred_at, status.position, position_percent, position_text
            FROM entry JOIN feed ON feed.id = entry.feed_id
              JOIN status ON status.entry_id = entry.id WHERE entry.id = ?
            """, arguments: [id.number])
      else { return nil }
      return EntryRecord(
        entry: entry, feedURL: row["url"],
        firstSeen: Timestamp(secondsSince1970: row["first_seen"]),
        lastSeen: Timestamp(secondsSince1970: row["last_seen"]), revision: row["revision"],
        characterCount: row["character_count"], features: EntryFeatures(rawValue: row["features"]),
        tags: try String.fetchAll(
          database,
          sql: """
            SELECT name FROM entry_tag JOIN tag ON tag.id = tag_id WHERE entry_id = ? ORDER BY name
            """, arguments: [id.number]),
        readAt: time(row["read_at"]), starredAt: time(row["starred_at"]),
        position: Self.position(row))
    }
  }

  // MARK: Places

  /// Notes where reading stopped in an entry.
  public func setPosition(_ position: ReadingPosition, of entry: EntryID, at now: Timestamp)
    throws(StoringError)
  {
    try write { database in
      try database.execute(
        sql: """
          UPDATE status SET position = ?, position_text = ?, position_percent = ?, position_at = ?,
            opened_at = ? WHERE entry_id = ?
          """,
        arguments: [
          position.byteOffset, position.context, position.percent, now.secondsSince1970,
          now.secondsSince1970, entry.number,
        ])
    }
  }

  /// Where reading stopped in an entry; nil when it was never read.
  public func position(of entry: EntryID) throws(StoringError) -> ReadingPosition? {
    try read { database in
      try Row.fetchOne(
        database,
        sql: "SELECT position, position_percent, position_text FROM status WHERE entry_id = ?",
        arguments: [entry.number]
      ).flatMap(Self.position)
    }
  }

  private static func position(_ row: Row) -> ReadingPosition? {
    guard let offset = row["position"] as Int? else { return nil }
    return ReadingPosition(
      byteOffset: offset, context: row["position_text"] ?? "",
      percent: row["position_percent"] ?? 0)
  }
}
