public import Feeds
import Foundation
internal import GRDB
import Glibc

/// Looking after the library.
extension Store {
  /// What a check of the library found; no faults when all is well.
  public func check() throws(StoringError) -> [String] {
    try read { database in
      var faults = try String.fetchAll(database, sql: "PRAGMA quick_check(10)").filter {
        $0 != "ok"
      }
      let wrong = try Self.wrongTallies(in: database)
      if wrong > 0 { faults.append("the counts of \(wrong) feeds are wrong") }
      return faults
    }
  }

  /// What a thorough examination found, which reads every page; no faults when all is well.
  public func examine() throws(StoringError) -> [String] {
    var faults = try check()
    faults += try read { database in
      var faults: [String] = []
      let broken = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").count
      if broken > 0 { faults.append("\(broken) rows point at others that are not there") }
      let copies =
        try Int.fetchOne(
          database,
          sql: """
            SELECT count(*) FROM entry LEFT JOIN status ON entry_id = entry.id
            WHERE status.feed_id IS NOT entry.feed_id OR status.sort_date IS NOT entry.sort_date
            """) ?? 0
      if copies > 0 { faults.append("\(copies) entries disagree with their marks") }
      return faults
    }
    guard !isReadOnly else { return faults }
    // The index examines itself by a command that is written like a row.
    do {
      try write { database in
        for table in ["search", "pairs"] {
          try database.execute(
            sql: "INSERT INTO \(table) (\(table)) VALUES ('integrity-check')")
        }
      }
    } catch {
      guard case .damaged = error else { throw error }
      faults.append("the index of words is damaged")
    }
    return faults
  }

  /// How many feeds have wrong counts.
  public func wrongCounts() throws(StoringError) -> Int {
    try read { try Self.wrongTallies(in: $0) }
  }

  private static let recount = """
    SELECT feed.id AS feed_id, count(status.entry_id) FILTER (WHERE is_listed = 1) AS entries,
      count(status.entry_id) FILTER (WHERE is_listed = 1 AND is_read = 0) AS unread,
      count(status.entry_id) FILTER (WHERE is_listed = 1 AND is_starred = 1) AS starred
    FROM feed LEFT JOIN status ON status.feed_id = feed.id GROUP BY feed.id
    """

  private static func wrongTallies(in database: Database) throws -> Int {
    try Int.fetchOne(
      database,
      sql: """
        SELECT count(*) FROM (\(recount)) AS counted LEFT JOIN tally USING (feed_id)
        WHERE coalesce(tally.entries, 0) <> counted.entries
          OR coalesce(tally.unread, 0) <> counted.unread
          OR coalesce(tally.starred, 0) <> counted.starred
        """) ?? 0
  }

  /// Counts everything anew.
  public func repairCounts() throws(StoringError) {
    try write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO tally (feed_id, entries, unread, starred) \(Self.recount)")
    }
  }

  /// Brings the statistics of the query planner up to date, when that is worth it.
  public func optimize() throws(StoringError) {
    guard !isReadOnly else { return }
    do {
      try writer.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA analysis_limit = 400; PRAGMA optimize;")
      }
    } catch {
      throw StoringError(error, path: path)
    }
  }

  // MARK: Retention

  /// How long bodies are kept; 0 is for ever.
  public struct Retention: Equatable, Sendable {
    public var days: Int
    public var entriesPerFeed: Int
    public var includesUnread: Bool

    public init(days: Int = 0, entriesPerFeed: Int = 0, includesUnread: Bool = false) {
      self.days = days
      self.entriesPerFeed = entriesPerFeed
      self.includesUnread = includesUnread
    }
  }

  /// Removes the bodies of entries that are too old or too many, by at most 500 in a transaction.
  ///
  /// Starred and tagged entries stay, unread ones unless asked for, and what was opened in the last
  /// 90 days. What is left of a purged entry keeps it from coming back as a new one. Returns how
  /// many were, or with `isRehearsal` would be, purged.
  public func purge(_ retention: Retention, at now: Timestamp, isRehearsal: Bool = false)
    throws(StoringError) -> Int
  {
    guard retention.days > 0 || retention.entriesPerFeed > 0 else { return 0 }
    let candidates = try read { database in
      var conditions: [String] = []
      var arguments = StatementArguments()
      if retention.days > 0 {
        conditions.append("status.sort_date < ?")
        arguments += [now.secondsSince1970 - Int64(retention.days) * 86_400]
      }
      if retention.entriesPerFeed > 0 {
        conditions.append("place > ?")
        arguments += [retention.entriesPerFeed]
      }
      return try Int64.fetchAll(
        database,
        sql: """
          SELECT status.entry_id FROM (SELECT *, row_number() OVER (
              PARTITION BY feed_id ORDER BY sort_date DESC, entry_id DESC) AS place
            FROM status WHERE is_listed = 1) AS status
          WHERE (\(conditions.joined(separator: " OR "))) AND is_starred = 0
            AND (is_read = 1 OR \(retention.includesUnread ? "1" : "0"))
            AND coalesce(opened_at, 0) < \(now.secondsSince1970 - 90 * 86_400)
            AND entry_id NOT IN (SELECT entry_id FROM entry_tag)
          """, arguments: arguments)
    }
    if isRehearsal { return candidates.count }
    for start in stride(from: 0, to: candidates.count, by: 500) {
      let part = Array(candidates[start..<min(candidates.count, start + 500)])
      try write { database in
        try Self.withTargets(part, in: database) {
          try database.execute(
            sql: """
              DELETE FROM body WHERE entry_id IN (SELECT id FROM temp.target);
              DELETE FROM body_revision WHERE entry_id IN (SELECT id FROM temp.target);
              UPDATE status SET is_listed = 0 WHERE entry_id IN (SELECT id FROM temp.target);
              UPDATE entry SET excerpt = NULL, purged_at = \(now.secondsSince1970)
                WHERE id IN (SELECT id FROM temp.target);
              """)
        }
      }
    }
    return candidates.count
  }

  // MARK: Imported marks

  /// What another reader knew about an entry.
  public struct ImportedMark: Equatable, Sendable {
    public var feedURL: String
    public var guid: String?
    public var link: String?
    public var isRead: Bool
    public var isStarred: Bool

    public init(feedURL: String, guid: String?, link: String?, isRead: Bool, isStarred: Bool) {
      self.feedURL = feedURL
      self.guid = guid
      self.link = link
      self.isRead = isRead
      self.isStarred = isStarred
    }
  }

  /// Keeps marks for entries that will come, and sets them on entries that are there.
  ///
  /// Returns how many belong to feeds of the library.
  public func importMarks(_ marks: [ImportedMark], at now: Timestamp) throws(StoringError) -> Int {
    try write { database in
      var feeds: [String: Int64] = [:]
      for row in try Row.fetchAll(
        database, sql: "SELECT id, url, added_url FROM feed WHERE state <> 4")
      {
        feeds[Address.comparable(row["added_url"])] = row["id"]
        feeds[Address.comparable(row["url"])] = row["id"]
      }
      var count = 0
      for mark in marks where mark.isRead || mark.isStarred {
        guard let feed = feeds[Address.comparable(mark.feedURL)] else { continue }
        count += 1
        for key in [mark.guid.map { "g:" + $0 }, mark.link.map { "l:" + $0 }].compactMap(\.self) {
          try database.cachedStatement(
            sql: """
              INSERT INTO imported_mark (feed_id, key, is_read, is_starred) VALUES (?, ?, ?, ?)
              ON CONFLICT DO UPDATE SET is_read = max(is_read, excluded.is_read),
                is_starred = max(is_starred, excluded.is_starred)
              """
          ).execute(arguments: [feed, key, mark.isRead, mark.isStarred])
          try database.cachedStatement(
            sql: """
              UPDATE status SET is_read = max(is_read, ?), is_starred = max(is_starred, ?)
              WHERE entry_id IN (SELECT id FROM entry WHERE feed_id = ? AND (key = ?
                OR link = substr(?, 3)))
              """
          ).execute(arguments: [mark.isRead, mark.isStarred, feed, key, key])
        }
      }
      return count
    }
  }

  // MARK: Other programs

  /// Calls `changed` when another program has written to the library, until the watch is released.
  ///
  /// The system tells of writes to the log of the database; whether they were ours, the database
  /// says. Nothing is asked while nothing happens.
  public func watch(_ changed: @escaping @Sendable () -> Void) -> Watch {
    Watch(log: path + "-wal") { [writer] in
      let version = try? writer.writeWithoutTransaction { database in
        try Int.fetchOne(database, sql: "PRAGMA data_version")
      }
      return version ?? nil
    } onChange: {
      changed()
    }
  }
}

/// Waits for changes by other programs while it exists.
public final class Watch: Sendable {
  private let descriptor: Int32
  private let stopper: Int32

  init(
    log: String, dataVersion: @escaping @Sendable () -> Int?,
    onChange: @escaping @Sendable () -> Void
  ) {
    let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    self.descriptor = descriptor
    stopper = ends[1]
    let stop = ends[0]
    guard descriptor >= 0 else { return }
    inotify_add_watch(descriptor, log, UInt32(IN_MODIFY) | UInt32(IN_CREATE))
    // Before the thread runs: whatever is written from now on is news.
    let first = dataVersion()
    let thread = Thread {
      var known = first
      var buffer = [UInt8](repeating: 0, count: 4_096)
      var delays = ArraySlice<Int32>()
      while true {
        var waits = [
          pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
          pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&waits, 2, delays.first ?? -1)
        if count < 0, errno == EINTR { continue }
        if waits[1].revents != 0 || count < 0 { break }
        if count == 0 {
          delays = delays.dropFirst()
        } else {
          while Glibc.read(descriptor, &buffer, buffer.count) > 0 {}
          // The log is written before the change can be seen, and the system tells of the first
          // only: what is not there yet is looked for again.
          delays = [5, 50, 500, 2_000]
        }
        let version = dataVersion()
        if version != known {
          known = version
          onChange()
        }
      }
      Glibc.close(descriptor)
      Glibc.close(stop)
    }
    thread.name = "watch"
    thread.start()
  }

  deinit { Glibc.close(stopper) }
}
