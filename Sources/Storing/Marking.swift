public import Feeds
internal import GRDB

/// What the reader does with entries: marks, tags, places.
extension Store {
  /// Marks entries; nil when nothing had to change or it is no step.
  ///
  /// Mark, undo record and what an account's server is to be told are one transaction: what this
  /// has returned for survives the end of the program.
  ///
  /// - Parameter isStep: whether `undo` takes it back.
  @discardableResult
  public func mark(
    _ selection: EntrySelection, _ change: StatusChange, isStep: Bool = true, at now: Timestamp
  ) throws(StoringError) -> UndoStep? {
    try write { database in
      let ids = try Self.ids(selection, at: now, in: database)
      return try Self.set(change, of: ids, isStep: isStep, at: now, in: database)
    }
  }

  /// Marks single entries; nil when nothing had to change.
  @discardableResult
  public func set(_ change: StatusChange, of ids: [EntryID], at now: Timestamp)
    throws(StoringError) -> UndoStep?
  {
    try mark(.entries(ids), change, at: now)
  }

  private static func set(
    _ change: StatusChange, of ids: [Int64], isStep: Bool, at now: Timestamp,
    in database: Database
  ) throws -> UndoStep? {
    let (column, value, word) =
      switch change {
      case .read: ("is_read", 1, "read")
      case .unread: ("is_read", 0, "unread")
      case .starred: ("is_starred", 1, "starred")
      case .unstarred: ("is_starred", 0, "unstarred")
      }
    let moment = column == "is_read" ? "read_at" : "starred_at"
    let changed = try withTargets(ids, in: database) {
      if change == .read {
        // Its new text has been seen.
        try database.execute(
          sql: """
            UPDATE status SET has_update = 0
            WHERE entry_id IN (SELECT id FROM temp.target) AND has_update = 1
            """)
      }
      let changed = try Int64.fetchAll(
        database,
        sql: """
          SELECT entry_id FROM status WHERE entry_id IN (SELECT id FROM temp.target)
            AND \(column) = ?
          """, arguments: [1 - value])
      guard !changed.isEmpty else { return changed }
      try database.execute(
        sql: """
          UPDATE status SET \(column) = ?, \(moment) = ?, changed_at = ?
          WHERE entry_id IN (SELECT id FROM temp.target) AND \(column) = ?
          """,
        arguments: [
          value, value == 1 ? now.secondsSince1970 : nil, now.secondsSince1970, 1 - value,
        ])
      // Entries of an account: its server is to be told.
      try database.execute(
        sql: """
          INSERT INTO outbox (account_id, target, kind, value, made_at)
          SELECT feed.account_id, entry.remote_id, ?, ?, ? FROM entry
            JOIN feed ON feed.id = entry.feed_id
          WHERE entry.id IN (SELECT id FROM temp.target) AND feed.account_id IS NOT NULL
            AND entry.remote_id IS NOT NULL
          ON CONFLICT (account_id, target, kind)
            DO UPDATE SET value = excluded.value, made_at = excluded.made_at, attempts = 0
          """, arguments: [column, "\(value)", now.secondsSince1970])
      return changed
    }
    guard !changed.isEmpty, isStep else { return nil }
    return try recordStep(
      "Marked \(changed.count) \(changed.count == 1 ? "entry" : "entries") \(word)",
      [
        UndoChange(
          field: "status." + column, before: "\(1 - value)", after: "\(value)", targets: changed)
      ], at: now, in: database)
  }

  /// Runs with the numbers in the temporary table `target`, in order: many at once are several
  /// times faster that way.
  @discardableResult
  static func withTargets<Value>(
    _ numbers: [Int64], in database: Database, _ body: () throws -> Value
  ) throws -> Value {
    try database.execute(
      sql:
        "CREATE TEMP TABLE IF NOT EXISTS target (id INTEGER PRIMARY KEY); DELETE FROM temp.target"
    )
    let insertion = try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO temp.target (id) VALUES (?)")
    for number in numbers.sorted() { try insertion.execute(arguments: [number]) }
    return try body()
  }

  /// Takes entries out of all lists; the feed cannot bring them back, `undo` can.
  @discardableResult
  public func delete(_ selection: EntrySelection, at now: Timestamp) throws(StoringError)
    -> UndoStep?
  {
    try writeDurably { database in
      let ids = try Self.ids(selection, at: now, in: database)
      let changed = try Self.withTargets(ids, in: database) {
        let changed = try Int64.fetchAll(
          database,
          sql: """
            SELECT entry_id FROM status WHERE entry_id IN (SELECT id FROM temp.target)
              AND is_listed = 1
            """)
        try database.execute(
          sql: """
            UPDATE status SET is_listed = 0, changed_at = ?
            WHERE entry_id IN (SELECT id FROM temp.target) AND is_listed = 1
            """, arguments: [now.secondsSince1970])
        return changed
      }
      guard !changed.isEmpty else { return nil }
      return try Self.recordStep(
        "Deleted \(changed.count) \(changed.count == 1 ? "entry" : "entries")",
        [UndoChange(field: "status.is_listed", before: "1", after: "0", targets: changed)],
        at: now, in: database)
    }
  }

  // MARK: Tags

  /// Adds and removes tags, in one step; nil when nothing had to change.
  ///
  /// - Parameter isStep: whether `undo` takes it back.
  @discardableResult
  public func tag(
    _ selection: EntrySelection, adding: [String], removing: [String], isStep: Bool = true,
    at now: Timestamp
  ) throws(StoringError) -> UndoStep? {
    try write { database in
      let numbers = try Self.ids(selection, at: now, in: database)
      var changes: [UndoChange] = []
      var touched: Set<Int64> = []
      for (names, isSet) in [(adding, true), (removing, false)] {
        for name in names where !name.isEmpty {
          let changed =
            isSet
            ? try Self.addTag(name, to: numbers, in: database)
            : try Self.removeTag(name, from: numbers, in: database)
          guard !changed.isEmpty else { continue }
          touched.formUnion(changed)
          changes.append(
            UndoChange(
              field: "tag." + name, before: isSet ? "0" : "1", after: isSet ? "1" : "0",
              targets: changed))
        }
      }
      guard !changes.isEmpty, isStep else { return nil }
      let words = adding.map { "+" + $0 } + removing.map { "-" + $0 }
      let entries = touched.count == 1 ? "entry" : "entries"
      return try Self.recordStep(
        "Tagged \(touched.count) \(entries) \(words.joined(separator: " "))", changes, at: now,
        in: database)
    }
  }

  @discardableResult
  static func addTag(_ name: String, to numbers: [Int64], in database: Database) throws -> [Int64] {
    try database.execute(
      sql: "INSERT INTO tag (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [name])
    let insertion = try database.cachedStatement(
      sql: """
        INSERT INTO entry_tag (tag_id, entry_id)
        SELECT tag.id, entry.id FROM tag, entry WHERE tag.name = ? AND entry.id = ?
        ON CONFLICT DO NOTHING
        """)
    var changed: [Int64] = []
    for number in numbers {
      try insertion.execute(arguments: [name, number])
      if database.changesCount > 0 { changed.append(number) }
    }
    return changed
  }

  @discardableResult
  static func removeTag(
    _ name: String, from numbers: [Int64], in database: Database
  ) throws -> [Int64] {
    let deletion = try database.cachedStatement(
      sql: """
        DELETE FROM entry_tag
        WHERE tag_id = (SELECT id FROM tag WHERE name = ?) AND entry_id = ?
        """)
    var changed: [Int64] = []
    for number in numbers {
      try deletion.execute(arguments: [name, number])
      if database.changesCount > 0 { changed.append(number) }
    }
    return changed
  }

  /// The tags in use, with how many entries have them.
  public func tags() throws(StoringError) -> [(name: String, count: Int)] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT name, count(entry_id) AS count FROM tag JOIN entry_tag ON tag_id = tag.id
          GROUP BY tag.id ORDER BY name
          """
      ).map { ($0["name"], $0["count"]) }
    }
  }

  // MARK: The session

  /// A value of the session, such as what was on the screen.
  public func sessionValue(_ name: String) throws(StoringError) -> String? {
    try read { database in
      try String.fetchOne(
        database, sql: "SELECT value FROM session WHERE name = ?", arguments: [name])
    }
  }

  public func setSessionValue(_ value: String?, named name: String, at now: Timestamp)
    throws(StoringError)
  {
    try write { database in
      guard let value else {
        try database.execute(sql: "DELETE FROM session WHERE name = ?", arguments: [name])
        return
      }
      try database.execute(
        sql: """
          INSERT INTO session (name, value, changed_at) VALUES (?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at
          """, arguments: [name, value, now.secondsSince1970])
    }
  }
}
