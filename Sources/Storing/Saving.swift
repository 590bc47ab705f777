public import Feeds
internal import GRDB

/// What came of saving a feed.
public struct SaveOutcome: Equatable, Sendable {
  public var newEntries = 0
  public var changedEntries = 0

  public init(newEntries: Int = 0, changedEntries: Int = 0) {
    self.newEntries = newEntries
    self.changedEntries = changedEntries
  }
}

extension Store {
  /// Entries that are written in one transaction, so that a mark never waits long for its turn.
  private static let chunk = 500

  /// Stores the entries of a feed; saving the same again changes nothing but when it was seen.
  ///
  /// Entries that are not in the feed any more stay. An edited entry keeps its marks.
  ///
  /// - Parameter text: the text of an entry's body; asked for new and changed entries only.
  public func save(
    _ parsed: ParsedFeed, for feed: FeedID, at now: Timestamp,
    text: (ParsedEntry) -> EntryText
  ) throws(StoringError) -> SaveOutcome {
    // Oldest first, so that row numbers grow with time; undated feeds begin with the newest.
    var entries = parsed.entries.filter { !$0.isDuplicate }
    let isDated = entries.contains { $0.published != nil || $0.updated != nil }
    entries.reverse()
    if isDated {
      let order = entries.indices.sorted {
        (Self.sortDate(entries[$0], now), $0) < (Self.sortDate(entries[$1], now), $1)
      }
      entries = order.map { entries[$0] }
    }
    var outcome = SaveOutcome()
    var start = 0
    repeat {
      let part = entries[start..<min(entries.count, start + Self.chunk)]
      let isLast = start + part.count == entries.count
      // The texts are made before the transaction begins: it waits for nothing.
      let known = try read { database in
        try part.map { try Self.existing($0, in: feed.number, database) }
      }
      let texts = zip(part, known).map { entry, existing in
        existing?.contentHash == Self.contentHash(entry) ? nil : text(entry)
      }
      let saved = try write { database in
        if start == 0 { try Self.saveFacts(of: parsed, feed.number, database) }
        var outcome = SaveOutcome()
        for (entry, text) in zip(part, texts) {
          try Self.save(entry, text, in: feed.number, at: now, database, &outcome)
        }
        if isLast, outcome.newEntries > 0 {
          try database.execute(
            sql: "UPDATE fetch_state SET last_new_at = ? WHERE feed_id = ?",
            arguments: [now.secondsSince1970, feed.number])
        }
        return outcome
      }
      outcome.newEntries += saved.newEntries
      outcome.changedEntries += saved.changedEntries
      start += part.count
    } while start < entries.count
    return outcome
  }

  private static func saveFacts(
    of parsed: ParsedFeed, _ feed: Int64, _ database: Database
  ) throws {
    try database.execute(
      sql: """
        UPDATE feed SET title = coalesce(?, title), link = coalesce(?, link),
          description = coalesce(?, description), language = coalesce(?, language),
          image = coalesce(?, image), format = ?
        WHERE id = ?
        """,
      arguments: [
        parsed.title.flatMap { $0.isEmpty ? nil : $0 }, parsed.link, parsed.descriptionHTML,
        parsed.language, parsed.image, parsed.version, feed,
      ])
  }

  private struct Existing {
    var id: Int64
    var contentHash: Int64
    /// Found by its link: the feed has given it a new identity.
    var isRenamed: Bool
  }

  /// The entry of the library that a feed's entry is, by key, alias, or link.
  private static func existing(
    _ entry: ParsedEntry, in feed: Int64, _ database: Database
  ) throws -> Existing? {
    let byKey = try database.cachedStatement(
      sql: """
        SELECT id, content_hash FROM entry WHERE feed_id = ?1 AND key = ?2
        UNION ALL SELECT entry.id, content_hash FROM entry_alias
          JOIN entry ON entry.id = entry_id WHERE entry_alias.feed_id = ?1
          AND entry_alias.key = ?2 LIMIT 1
        """)
    if let row = try Row.fetchOne(byKey, arguments: [feed, entry.key]) {
      return Existing(id: row["id"], contentHash: row["content_hash"], isRenamed: false)
    }
    guard let link = entry.link, !link.isEmpty else { return nil }
    // The publisher has changed its ids (http -> https, a new system): the same page with the same
    // title or date is the same entry, unless that one is still in the feed under its own id.
    let comparable = comparableLink(link)
    let variants = linkVariants(comparable, link)
    let placeholders = variants.map { _ in "?" }.joined(separator: ", ")
    let byLink = try database.cachedStatement(
      sql: """
        SELECT id, content_hash, title, published, link FROM entry
        WHERE feed_id = ? AND link IN (\(placeholders)) LIMIT 4
        """)
    for row in try Row.fetchAll(byLink, arguments: [feed] + StatementArguments(variants)) {
      let title: String? = row["title"]
      let published: Int64? = row["published"]
      if (title != nil && title == entry.title)
        || (published != nil && published == entry.published?.secondsSince1970)
      {
        return Existing(id: row["id"], contentHash: row["content_hash"], isRenamed: true)
      }
    }
    return nil
  }

  /// Scheme, `www.`, final slash, fragment and `utm_` parameters removed.
  static func comparableLink(_ link: String) -> String {
    var text = link[...]
    if let hash = text.firstIndex(of: "#") { text = text[..<hash] }
    for prefix in ["https://", "http://"] where text.hasPrefix(prefix) {
      text = text.dropFirst(prefix.count)
    }
    if text.hasPrefix("www.") { text = text.dropFirst(4) }
    if let question = text.firstIndex(of: "?") {
      let query = text[text.index(after: question)...].split(separator: "&")
        .filter { !$0.hasPrefix("utm_") }.joined(separator: "&")
      text = query.isEmpty ? text[..<question] : text[..<question] + "?" + query
    }
    while text.hasSuffix("/") { text = text.dropLast() }
    return String(text)
  }

  /// The links under which an entry may be stored whose comparable link this is.
  static func linkVariants(_ comparable: String, _ link: String) -> [String] {
    var variants = [link]
    for scheme in ["https://", "http://"] {
      for host in ["", "www."] {
        variants.append(scheme + host + comparable)
        variants.append(scheme + host + comparable + "/")
      }
    }
    return variants
  }

  /// FNV-1a, 64 bits, over title, link, bodies and enclosures: not over dates and counts, which
  /// change without the entry being another one.
  static func contentHash(_ entry: ParsedEntry) -> Int64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ text: String?) {
      guard let text else {
        hash = (hash ^ 0xFE) &* 0x100_0000_01B3
        return
      }
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }
    add(entry.title)
    add(entry.link)
    add(entry.contentHTML)
    add(entry.summaryHTML)
    for enclosure in entry.enclosures { add(enclosure.url) }
    return Int64(bitPattern: hash)
  }

  /// The date an entry is sorted by, fixed when it is first stored: one in the future or from before
  /// the web counts as now.
  private static func sortDate(_ entry: ParsedEntry, _ now: Timestamp) -> Int64 {
    let latest = now.secondsSince1970 + 48 * 3_600
    let earliest: Int64 = 631_152_000  // 1990
    for date in [entry.published, entry.updated] {
      if let date, date.secondsSince1970 >= earliest, date.secondsSince1970 <= latest {
        return date.secondsSince1970
      }
    }
    return now.secondsSince1970
  }

  private static func save(
    _ entry: ParsedEntry, _ text: EntryText?, in feed: Int64, at now: Timestamp,
    _ database: Database, _ outcome: inout SaveOutcome
  ) throws {
    let hash = contentHash(entry)
    guard let existing = try existing(entry, in: feed, database) else {
      guard let text else { return }
      try insert(entry, text, hash, in: feed, at: now, database)
      outcome.newEntries += 1
      return
    }
    if existing.isRenamed {
      try database.execute(
        sql: "INSERT OR IGNORE INTO entry_alias (feed_id, key, entry_id) VALUES (?, ?, ?)",
        arguments: [feed, entry.key, existing.id])
    }
    guard existing.contentHash != hash, let text else {
      try database.cachedStatement(
        sql:
          "UPDATE entry SET last_seen = ?, comments_count = coalesce(?, comments_count) WHERE id = ?"
      ).execute(arguments: [now.secondsSince1970, entry.commentsCount, existing.id])
      return
    }
    try replace(existing.id, with: entry, text, hash, at: now, database)
    outcome.changedEntries += 1
  }

  private static func insert(
    _ entry: ParsedEntry, _ text: EntryText, _ hash: Int64, in feed: Int64, at now: Timestamp,
    _ database: Database
  ) throws {
    let date = sortDate(entry, now)
    let search = try index(entry, text, database)
    try database.cachedStatement(
      sql: """
        INSERT INTO entry (feed_id, key, title, link, author, excerpt, published, updated,
          sort_date, first_seen, last_seen, content_hash, is_truncated, character_count, features,
          comments_count, search_rowid)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      feed, entry.key, entry.title, entry.link, author(entry), String(text.body.prefix(200)),
      entry.published?.secondsSince1970, entry.updated?.secondsSince1970, date,
      now.secondsSince1970, now.secondsSince1970, hash, entry.isTruncated, text.characterCount,
      features(entry, text), entry.commentsCount, search,
    ])
    let id = database.lastInsertedRowID
    try database.cachedStatement(
      sql: "INSERT INTO body (entry_id, base_url, content, summary, details) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [
      id, entry.baseURL, entry.contentHTML, entry.summaryHTML, EntryDetails(entry).json,
    ])
    // Marks that came with an import wait for their entry.
    let imported = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT max(is_read) AS is_read, max(is_starred) AS is_starred FROM imported_mark
          WHERE feed_id = ? AND key IN (?, ?, ?)
          """),
      arguments: [feed, entry.key, "g:" + (entry.id ?? ""), "l:" + (entry.link ?? "")])
    let isRead: Int = imported?["is_read"] ?? 0
    let isStarred: Int = imported?["is_starred"] ?? 0
    try database.cachedStatement(
      sql: """
        INSERT INTO status (entry_id, feed_id, sort_date, is_read, is_starred)
        VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [id, feed, date, isRead, isStarred])
  }

  private static func replace(
    _ id: Int64, with entry: ParsedEntry, _ text: EntryText, _ hash: Int64, at now: Timestamp,
    _ database: Database
  ) throws {
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO body_revision (entry_id, revision, replaced_at, title, content, summary)
        SELECT entry.id, revision, ?, title, content, summary FROM entry
          JOIN body ON entry_id = entry.id WHERE entry.id = ?
        """, arguments: [now.secondsSince1970, id])
    try database.execute(
      sql: """
        DELETE FROM body_revision WHERE entry_id = ? AND revision <=
          (SELECT revision FROM entry WHERE id = ?) - 3
        """, arguments: [id, id])
    let search = try index(entry, text, database)
    try database.execute(
      sql: """
        UPDATE entry SET title = ?, link = ?, author = ?, excerpt = ?, published = ?, updated = ?,
          last_seen = ?, content_hash = ?, revision = revision + 1, is_truncated = ?,
          character_count = ?, features = ?, comments_count = ?, search_rowid = ?, purged_at = NULL
        WHERE id = ?
        """,
      arguments: [
        entry.title, entry.link, author(entry), String(text.body.prefix(200)),
        entry.published?.secondsSince1970, entry.updated?.secondsSince1970, now.secondsSince1970,
        hash, entry.isTruncated, text.characterCount, features(entry, text), entry.commentsCount,
        search, id,
      ])
    try database.execute(
      sql: """
        INSERT INTO body (entry_id, base_url, content, summary, details) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (entry_id) DO UPDATE SET base_url = excluded.base_url,
          content = excluded.content, summary = excluded.summary, details = excluded.details
        """,
      arguments: [
        id, entry.baseURL, entry.contentHTML, entry.summaryHTML, EntryDetails(entry).json,
      ])
    try database.execute(
      sql: "UPDATE status SET has_update = 1 WHERE entry_id = ?", arguments: [id])
  }

  /// Adds a row to the index; rows are never replaced there, a changed entry gets a new one.
  private static func index(
    _ entry: ParsedEntry, _ text: EntryText, _ database: Database
  ) throws -> Int64 {
    let details =
      entry.authors.compactMap { $0.name ?? $0.email } + entry.categories
    try database.cachedStatement(
      sql: "INSERT INTO search (title, body, formulas, details) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [
      SearchText.spaced(entry.title ?? ""), SearchText.spaced(text.body),
      SearchText.spaced(text.formulas), SearchText.spaced(details.joined(separator: "\n")),
    ])
    return database.lastInsertedRowID
  }

  private static func author(_ entry: ParsedEntry) -> String? {
    entry.authors.first.flatMap { $0.name ?? $0.email }
  }

  private static func features(_ entry: ParsedEntry, _ text: EntryText) -> Int {
    var features = text.features
    if !entry.enclosures.isEmpty { features.insert(.enclosure) }
    if (entry.commentsCount ?? 0) > 0 || entry.commentsLink != nil { features.insert(.comments) }
    return features.rawValue
  }
}
