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
  /// - Parameter text: the text of an entry's body; asked for new and changed entries only, before
  ///   the transaction that needs it.
  public func save(
    _ parsed: ParsedFeed, for feed: FeedID, at now: Timestamp,
    text: (ParsedEntry) -> EntryText
  ) throws(StoringError) -> SaveOutcome {
    try save(parsed, for: feed, at: now, text: text) { _, _ in }
  }

  /// Stores the entries of a feed that was fetched, and with the last of them the validators that
  /// vouch for them; the second value says that its new address is that of another feed.
  public func save(
    _ parsed: ParsedFeed, of result: FetchResult, for ticket: FetchTicket, schedule: Schedule,
    at now: Timestamp, text: (ParsedEntry) -> EntryText
  ) throws(StoringError) -> (saved: SaveOutcome, isDuplicate: Bool) {
    var isDuplicate = false
    let saved = try save(parsed, for: ticket.feed, at: now, text: text) { outcome, database in
      isDuplicate = try Self.record(
        result, for: ticket, parsed: parsed, newEntries: outcome.newEntries, errorText: nil,
        schedule: schedule, at: now, in: database)
    }
    return (saved, isDuplicate)
  }

  /// - Parameter finish: done in the transaction of the last entries.
  private func save(
    _ parsed: ParsedFeed, for feed: FeedID, at now: Timestamp,
    text: (ParsedEntry) -> EntryText, finish: (SaveOutcome, Database) throws -> Void
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
    let keys = Set(entries.map(\.key))
    let isEmpty = try read { database in
      try Int.fetchOne(
        database.cachedStatement(sql: "SELECT 1 FROM entry WHERE feed_id = ? LIMIT 1"),
        arguments: [feed.number]) == nil
    }
    var outcome = SaveOutcome()
    var start = 0
    repeat {
      let part = entries[start..<min(entries.count, start + Self.chunk)]
      let isLast = start + part.count == entries.count
      // The texts are made before the transaction begins: it waits for nothing.
      let known =
        isEmpty
        ? [Existing?](repeating: nil, count: part.count)
        : try read { database in
          try part.map { try Self.existing($0, in: feed.number, besides: keys, database) }
        }
      let prepared = zip(part, known).map { entry, existing in
        let hash = Self.contentHash(entry)
        return Prepared(
          entry: entry, existing: existing, hash: hash,
          row: existing?.contentHash == hash ? nil : IndexedRow(entry, text(entry)))
      }
      outcome = try write { database in
        var outcome = outcome
        if start == 0 { try Self.saveFacts(of: parsed, feed.number, database) }
        var index = try IndexRows(database)
        for entry in prepared {
          try Self.save(entry, in: feed.number, at: now, database, &index, &outcome)
        }
        try index.write(to: database)
        if isLast {
          if outcome.newEntries > 0 {
            try database.run(
              "UPDATE fetch_state SET last_new_at = ? WHERE feed_id = ?",
              [now.secondsSince1970, feed.number])
          }
          try finish(outcome, database)
        }
        return outcome
      }
      start += part.count
    } while start < entries.count
    return outcome
  }

  private static func saveFacts(
    of parsed: ParsedFeed, _ feed: Int64, _ database: Database
  ) throws {
    try database.run(
      """
      UPDATE feed SET title = coalesce(?, title), link = coalesce(?, link),
        description = coalesce(?, description), language = coalesce(?, language),
        image = coalesce(?, image), format = ?
      WHERE id = ?
      """,
      [
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

  /// An entry with all that can be made of it before its transaction.
  private struct Prepared {
    var entry: ParsedEntry
    var existing: Existing?
    var hash: Int64
    /// Nil when nothing of it has changed.
    var row: IndexedRow?
  }

  /// What the index and the lists have of an entry.
  private struct IndexedRow {
    var title: String
    var body: String
    var formulas: String
    var details: String
    var pairs: String
    var excerpt: String
    var characterCount: Int
    var features: Int

    init(_ entry: ParsedEntry, _ text: EntryText) {
      let title = entry.title ?? ""
      let details =
        (entry.authors.compactMap { $0.name ?? $0.email } + entry.categories)
        .joined(separator: "\n")
      self.title = SearchText.spaced(title)
      body = SearchText.spaced(text.body)
      formulas = SearchText.spaced(
        SearchText.distinctWords(text.formulas).joined(separator: " "))
      self.details = SearchText.spaced(details)
      pairs = SearchText.pairs([title, text.body, details])
      excerpt = String(text.body.prefix(200))
      characterCount = text.characterCount
      var features = text.features
      if !entry.enclosures.isEmpty { features.insert(.enclosure) }
      if (entry.commentsCount ?? 0) > 0 || entry.commentsLink != nil { features.insert(.comments) }
      self.features = features.rawValue
    }
  }

  /// The new rows of the index, written together at the end of their transaction.
  ///
  /// A statement that fires triggers opens a savepoint, and at each one FTS5 writes out what it has
  /// gathered. With entries and index rows in turns that was a third of the time of a refresh, and
  /// left thousands of small segments to be merged.
  private struct IndexRows {
    private var next: Int64
    private var rows: [(number: Int64, row: IndexedRow)] = []

    init(_ database: Database) throws {
      next =
        try Int64.fetchOne(
          database.cachedStatement(sql: "SELECT coalesce(max(id), 0) + 1 FROM search_docsize")) ?? 1
    }

    /// The number that the row will have; rows are never replaced, a changed entry gets a new one.
    mutating func add(_ row: IndexedRow) -> Int64 {
      defer { next += 1 }
      rows.append((next, row))
      return next
    }

    func write(to database: Database) throws {
      for (number, row) in rows {
        try database.run(
          "INSERT INTO search (rowid, title, body, formulas, details) VALUES (?, ?, ?, ?, ?)",
          [number, row.title, row.body, row.formulas, row.details])
      }
      for (number, row) in rows where !row.pairs.isEmpty {
        try database.run("INSERT INTO pairs (rowid, text) VALUES (?, ?)", [number, row.pairs])
      }
    }
  }

  /// The entry of the library with the key of a feed's entry, or with that as an alias.
  private static func existing(
    withKey key: String, in feed: Int64, _ database: Database
  ) throws -> Existing? {
    let byKey = try database.cachedStatement(
      sql: """
        SELECT id, content_hash FROM entry WHERE feed_id = ?1 AND key = ?2
        UNION ALL SELECT entry.id, content_hash FROM entry_alias
          JOIN entry ON entry.id = entry_id WHERE entry_alias.feed_id = ?1
          AND entry_alias.key = ?2 LIMIT 1
        """)
    return try Row.fetchOne(byKey, arguments: [feed, key]).map {
      Existing(id: $0["id"], contentHash: $0["content_hash"], isRenamed: false)
    }
  }

  /// The entry of the library that a feed's entry is, by key, alias, or link.
  ///
  /// - Parameter keys: those of the whole feed.
  private static func existing(
    _ entry: ParsedEntry, in feed: Int64, besides keys: Set<String>, _ database: Database
  ) throws -> Existing? {
    if let known = try existing(withKey: entry.key, in: feed, database) { return known }
    guard let link = entry.link, !link.isEmpty else { return nil }
    // The publisher has changed its ids (http -> https, a new system): the same page with the same
    // title or date is the same entry, unless that one is still in the feed under its own id.
    let comparable = comparableLink(link)
    let variants = linkVariants(comparable, link)
    let placeholders = variants.map { _ in "?" }.joined(separator: ", ")
    let byLink = try database.cachedStatement(
      sql: """
        SELECT id, content_hash, title, published, key FROM entry
        WHERE feed_id = ? AND link IN (\(placeholders)) LIMIT 4
        """)
    for row in try Row.fetchAll(byLink, arguments: [feed] + StatementArguments(variants)) {
      if keys.contains(row["key"]) { continue }
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
    _ prepared: Prepared, in feed: Int64, at now: Timestamp, _ database: Database,
    _ index: inout IndexRows, _ outcome: inout SaveOutcome
  ) throws {
    let (entry, hash) = (prepared.entry, prepared.hash)
    // What another program has stored since is found by its key.
    let existing =
      try prepared.existing ?? existing(withKey: entry.key, in: feed, database)
    guard let existing else {
      guard let row = prepared.row else { return }
      try insert(entry, row, hash, in: feed, at: now, database, &index)
      outcome.newEntries += 1
      return
    }
    if existing.isRenamed {
      try database.run(
        "INSERT OR IGNORE INTO entry_alias (feed_id, key, entry_id) VALUES (?, ?, ?)",
        [feed, entry.key, existing.id])
    }
    guard existing.contentHash != hash, let row = prepared.row else {
      try database.run(
        "UPDATE entry SET last_seen = ?, comments_count = coalesce(?, comments_count) WHERE id = ?",
        [now.secondsSince1970, entry.commentsCount, existing.id])
      return
    }
    try replace(existing.id, with: entry, row, hash, at: now, database, &index)
    outcome.changedEntries += 1
  }

  private static func insert(
    _ entry: ParsedEntry, _ row: IndexedRow, _ hash: Int64, in feed: Int64, at now: Timestamp,
    _ database: Database, _ index: inout IndexRows
  ) throws {
    let date = sortDate(entry, now)
    let search = index.add(row)
    try database.cachedStatement(
      sql: """
        INSERT INTO entry (feed_id, key, title, link, author, excerpt, published, updated,
          sort_date, first_seen, last_seen, content_hash, is_truncated, character_count, features,
          comments_count, search_rowid)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      feed, entry.key, entry.title, entry.link, author(entry), row.excerpt,
      entry.published?.secondsSince1970, entry.updated?.secondsSince1970, date,
      now.secondsSince1970, now.secondsSince1970, hash, entry.isTruncated, row.characterCount,
      row.features, entry.commentsCount, search,
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
    _ id: Int64, with entry: ParsedEntry, _ row: IndexedRow, _ hash: Int64, at now: Timestamp,
    _ database: Database, _ index: inout IndexRows
  ) throws {
    try database.run(
      """
      INSERT OR REPLACE INTO body_revision (entry_id, revision, replaced_at, title, content, summary)
      SELECT entry.id, revision, ?, title, content, summary FROM entry
        JOIN body ON entry_id = entry.id WHERE entry.id = ?
      """, [now.secondsSince1970, id])
    try database.run(
      """
      DELETE FROM body_revision WHERE entry_id = ? AND revision <=
        (SELECT revision FROM entry WHERE id = ?) - 3
      """, [id, id])
    let search = index.add(row)
    try database.run(
      """
      UPDATE entry SET title = ?, link = ?, author = ?, excerpt = ?, published = ?, updated = ?,
        last_seen = ?, content_hash = ?, revision = revision + 1, is_truncated = ?,
        character_count = ?, features = ?, comments_count = ?, search_rowid = ?, purged_at = NULL
      WHERE id = ?
      """,
      [
        entry.title, entry.link, author(entry), row.excerpt,
        entry.published?.secondsSince1970, entry.updated?.secondsSince1970, now.secondsSince1970,
        hash, entry.isTruncated, row.characterCount, row.features, entry.commentsCount,
        search, id,
      ])
    try database.run(
      """
      INSERT INTO body (entry_id, base_url, content, summary, details) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (entry_id) DO UPDATE SET base_url = excluded.base_url,
        content = excluded.content, summary = excluded.summary, details = excluded.details
      """,
      [
        id, entry.baseURL, entry.contentHTML, entry.summaryHTML, EntryDetails(entry).json,
      ])
    try database.run(
      "UPDATE status SET has_update = 1 WHERE entry_id = ?", [id])
  }

  private static func author(_ entry: ParsedEntry) -> String? {
    entry.authors.first.flatMap { $0.name ?? $0.email }
  }
}

extension Database {
  /// Executes one statement, kept prepared for the next time.
  func run(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}
