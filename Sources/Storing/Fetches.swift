public import Feeds
import Foundation
internal import GRDB

/// What a refresh is to do.
public struct Claim: Equatable, Sendable {
  public var tickets: [FetchTicket]
  /// Feeds that were asked for and are left alone.
  public var skippedCount: Int
}

extension Store {
  /// Takes feeds for fetching: a lease of three minutes, so that no two programs fetch one feed.
  ///
  /// - Parameter minimumGapSeconds: feeds that were asked less than this ago are left out.
  public func claim(
    _ scope: RefreshScope, at now: Timestamp, minimumGapSeconds: Int64 = 0
  ) throws(StoringError) -> Claim {
    try write { database in
      let seconds = now.secondsSince1970
      // A clock that was wrong must not keep a feed from being asked for years.
      try database.execute(
        sql: """
          UPDATE fetch_state SET next_poll_at = min(next_poll_at, ?1 + 3600),
            blocked_until = CASE WHEN blocked_until > ?1 + 2678400 THEN ?1 + 3600
              ELSE blocked_until END
          WHERE next_poll_at > ?1 + 2678400 OR blocked_until > ?1 + 2678400
          """, arguments: [seconds])
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT feed.id, feed.url, userinfo, state, settings, etag, last_modified, validator_url,
            body_hash, next_poll_at, blocked_until, error_count, lease_until, last_attempt_at
          FROM feed JOIN fetch_state ON feed_id = feed.id
          WHERE state IN (0, 3) AND feed.account_id IS NULL AND (feed.url LIKE '%://%' OR feed.url LIKE 'exec:%')
          """)
      var blockedHosts: Set<String> = []
      for row in try Row.fetchAll(
        database, sql: "SELECT host FROM host_state WHERE blocked_until > ?", arguments: [seconds])
      {
        blockedHosts.insert(row["host"])
      }
      var claim = Claim(tickets: [], skippedCount: 0)
      let wanted: Set<Int64>? =
        if case .feeds(let ids) = scope { Set(ids.map(\.number)) } else { nil }
      for row in rows {
        let id: Int64 = row["id"]
        if let wanted, !wanted.contains(id) { continue }
        let url: String = row["url"]
        let next: Int64? = row["next_poll_at"]
        let failures: Int = row["error_count"]
        let isDue = (next ?? 0) <= seconds
        let isWanted =
          switch scope {
          case .due: isDue
          case .all: isDue || failures < 2
          case .feeds: true
          }
        guard isWanted else {
          if scope != .due { claim.skippedCount += 1 }
          continue
        }
        let isBlocked =
          (row["blocked_until"] as Int64? ?? 0) > seconds
          || blockedHosts.contains(Address.host(of: url))
        let isLeased = (row["lease_until"] as Int64? ?? 0) > seconds
        let isRecent =
          minimumGapSeconds > 0
          && (row["last_attempt_at"] as Int64? ?? 0) > seconds - minimumGapSeconds
        if isBlocked || isLeased || isRecent {
          claim.skippedCount += 1
          continue
        }
        claim.tickets.append(Self.ticket(row, url: url))
      }
      // Feeds the reader asked for that are gone are left alone too.
      if let wanted { claim.skippedCount += wanted.subtracting(rows.map { $0["id"] }).count }
      let lease = try database.cachedStatement(
        sql: """
          UPDATE fetch_state SET lease_owner = ?, lease_until = ?, last_attempt_at = ?
          WHERE feed_id = ?
          """)
      let owner = "\(ProcessInfo.processInfo.processIdentifier)"
      for ticket in claim.tickets {
        try lease.execute(arguments: [owner, seconds + 180, seconds, ticket.feed.number])
      }
      return claim
    }
  }

  /// Gives feeds back that were claimed and not asked: another refresh may have them.
  public func releaseLeases(of feeds: [FeedID]) throws(StoringError) {
    try write { database in
      let release = try database.cachedStatement(
        sql: "UPDATE fetch_state SET lease_until = NULL, lease_owner = NULL WHERE feed_id = ?")
      for feed in feeds { try release.execute(arguments: [feed.number]) }
    }
  }

  /// Keeps claimed feeds for three minutes more: a long refresh must not lose them to another.
  public func extendLeases(of feeds: [FeedID], at now: Timestamp) throws(StoringError) {
    try write { database in
      let extend = try database.cachedStatement(
        sql: "UPDATE fetch_state SET lease_until = ? WHERE feed_id = ? AND lease_until IS NOT NULL")
      for feed in feeds {
        try extend.execute(arguments: [now.secondsSince1970 + 180, feed.number])
      }
    }
  }

  /// Makes a feed that has ended be asked again.
  public func resume(_ feed: FeedID) throws(StoringError) {
    try write { database in
      try database.execute(
        sql: "UPDATE feed SET state = 0 WHERE id = ? AND state IN (1, 2, 3)",
        arguments: [feed.number])
      try database.execute(
        sql: "UPDATE fetch_state SET next_poll_at = NULL, error_count = 0 WHERE feed_id = ?",
        arguments: [feed.number])
    }
  }

  private static func ticket(_ row: Row, url: String) -> FetchTicket {
    var validators: Validators?
    if let place = row["validator_url"] as String? {
      validators = Validators(
        etag: (row["etag"] as Data?).map { [UInt8]($0) },
        lastModified: (row["last_modified"] as Data?).map { [UInt8]($0) }, url: place)
    }
    return FetchTicket(
      feed: FeedID(row["id"]), url: url, userInfo: row["userinfo"], validators: validators,
      bodyHash: (row["body_hash"] as Int64?).map { UInt64(bitPattern: $0) },
      failureCount: row["error_count"])
  }

  /// Notes what came of asking for a feed.
  ///
  /// For a feed that was received this is called after `save`, with what the feed says about its
  /// own schedule; validators are stored only then.
  ///
  /// - Parameter errorText: a sentence for the reader when it failed.
  /// - Returns: whether the address was not changed because it is that of another feed.
  @discardableResult
  public func record(
    _ result: FetchResult, for ticket: FetchTicket, parsed: ParsedFeed? = nil, newEntries: Int = 0,
    errorText: String? = nil, schedule: Schedule = Schedule(), at now: Timestamp
  ) throws(StoringError) -> Bool {
    try write { database in
      try Self.record(
        result, for: ticket, parsed: parsed, newEntries: newEntries, errorText: errorText,
        schedule: schedule, at: now, in: database)
    }
  }

  static func record(
    _ result: FetchResult, for ticket: FetchTicket, parsed: ParsedFeed?, newEntries: Int,
    errorText: String?, schedule: Schedule, at now: Timestamp, in database: Database
  ) throws -> Bool {
    let seconds = now.secondsSince1970
    let feed = ticket.feed.number
    var isDuplicate = false
    var message: String?
    switch result.outcome {
    case .notModified(let validators):
      if let validators { try Self.store(validators, of: feed, database) }
      isDuplicate = try Self.move(ticket, to: result.movedTo, at: now, database)
      try Self.succeed(ticket, result, parsed: nil, schedule, seconds, database)
    case .unchanged(let validators):
      try Self.store(validators, of: feed, database)
      isDuplicate = try Self.move(ticket, to: result.movedTo, at: now, database)
      try Self.succeed(ticket, result, parsed: nil, schedule, seconds, database)
    case .received(let body):
      try Self.store(body.validators, of: feed, database)
      try database.run(
        "UPDATE fetch_state SET body_hash = ? WHERE feed_id = ?",
        [Int64(bitPattern: body.bodyHash), feed])
      isDuplicate = try Self.move(ticket, to: result.movedTo, at: now, database)
      try Self.succeed(ticket, result, parsed: parsed, schedule, seconds, database)
    case .gone:
      message = errorText
      try database.run("UPDATE feed SET state = 2 WHERE id = ?", [feed])
      try Self.fail(ticket, result, "gone", errorText, next: nil, seconds, database)
    case .blocked(let until, let isThrottled):
      message = errorText
      let until = min(until.secondsSince1970, seconds + 30 * 86_400)
      try Self.fail(ticket, result, "blocked", errorText, next: until, seconds, database)
      try database.run(
        "UPDATE fetch_state SET blocked_until = ? WHERE feed_id = ?",
        [until, feed])
      if isThrottled { try Self.throttle(ticket.url, until: until, seconds, database) }
    case .failed(let fault):
      message = errorText
      let count = ticket.failureCount + 1
      var next: Timestamp?
      switch fault {
      case .offline, .cancelled, .libraryMissing:
        // Not the feed's doing.
        try database.run(
          "UPDATE fetch_state SET lease_until = NULL, lease_owner = NULL WHERE feed_id = ?",
          [feed])
        return false
      case .unauthorized, .forbidden:
        next = schedule.next(
          for: ticket.feed, afterFailure: count, at: now, isUnauthorized: true)
      case .notFound, .notAFeed:
        next = schedule.next(
          for: ticket.feed, afterFailure: count, at: now, isHopeless: count >= 10)
      default:
        next = schedule.next(for: ticket.feed, afterFailure: count, at: now)
      }
      try Self.fail(
        ticket, result, "\(fault)", errorText, next: next?.secondsSince1970, seconds, database)
    }
    try database.run(
      """
      UPDATE fetch_state SET lease_until = NULL, lease_owner = NULL, http_status = ?
      WHERE feed_id = ?
      """, [result.status, feed])
    try database.run(
      """
      INSERT INTO fetch_log (feed_id, at, status, bytes, new_entries, milliseconds, message)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        feed, seconds, result.status, result.bodyBytes, newEntries, result.milliseconds, message,
      ])
    try database.run(
      """
      DELETE FROM fetch_log WHERE feed_id = ?1 AND id <= (
        SELECT id FROM fetch_log WHERE feed_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET 20)
      """, [feed])
    return isDuplicate
  }

  /// Validators are replaced by those of the newest answer, and forgotten when it had none.
  private static func store(
    _ validators: Validators?, of feed: Int64, _ database: Database
  ) throws {
    try database.run(
      """
      UPDATE fetch_state SET etag = ?, last_modified = ?, validator_url = ? WHERE feed_id = ?
      """,
      [
        validators?.etag.map { Data($0) }, validators?.lastModified.map { Data($0) },
        validators?.url, feed,
      ])
  }

  /// Stores the new address of a feed; true when it is that of another one.
  private static func move(
    _ ticket: FetchTicket, to address: String?, at now: Timestamp, _ database: Database
  ) throws -> Bool {
    guard let address, address != ticket.url else { return false }
    let other = try Int64.fetchOne(
      database, sql: "SELECT id FROM feed WHERE url = ? AND state <> 4 AND id <> ?",
      arguments: [address, ticket.feed.number])
    if other != nil { return true }
    try database.run("UPDATE feed SET url = ? WHERE id = ?", [address, ticket.feed.number])
    try database.run(
      "INSERT INTO fetch_log (feed_id, at, message) VALUES (?, ?, ?)",
      [ticket.feed.number, now.secondsSince1970, "moved from \(ticket.url)"])
    return false
  }

  private static func succeed(
    _ ticket: FetchTicket, _ result: FetchResult, parsed: ParsedFeed?, _ schedule: Schedule,
    _ seconds: Int64, _ database: Database
  ) throws {
    let feed = ticket.feed.number
    if let parsed {
      try database.run(
        """
        UPDATE fetch_state SET ttl_minutes = ?, update_period_seconds = ?, skip_hours = ?,
          skip_days = ? WHERE feed_id = ?
        """,
        [
          parsed.ttlMinutes, parsed.updatePeriodSeconds, hourBits(parsed.skipHours),
          dayBits(parsed.skipDays), feed,
        ])
    }
    let row = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT ttl_minutes, update_period_seconds, skip_hours, skip_days, last_new_at,
            interval_seconds
          FROM fetch_state JOIN feed ON feed.id = feed_id WHERE feed_id = ?
          """), arguments: [feed])
    let hints = Schedule.Hints(
      freshnessSeconds: result.freshnessSeconds, ttlMinutes: row?["ttl_minutes"],
      updatePeriodSeconds: row?["update_period_seconds"], skipHours: row?["skip_hours"] ?? 0,
      skipDays: row?["skip_days"] ?? 0)
    // The reader's own interval for this feed wins over the one for all.
    var schedule = schedule
    if let interval = row?["interval_seconds"] as Int64? {
      schedule = Schedule(intervalSeconds: interval, isAdaptive: false)
    }
    let next = schedule.next(
      for: ticket.feed, at: Timestamp(secondsSince1970: seconds), hints: hints,
      lastNew: time(row?["last_new_at"]))
    try database.run(
      """
      UPDATE fetch_state SET last_success_at = ?, next_poll_at = ?, blocked_until = NULL,
        error_count = 0, error_kind = NULL, error_text = NULL, max_age_seconds = ?
      WHERE feed_id = ?
      """, [seconds, next.secondsSince1970, result.freshnessSeconds, feed])
  }

  private static func fail(
    _ ticket: FetchTicket, _ result: FetchResult, _ kind: String, _ text: String?, next: Int64?,
    _ seconds: Int64, _ database: Database
  ) throws {
    try database.run(
      """
      UPDATE fetch_state SET error_count = error_count + 1, error_kind = ?, error_text = ?,
        next_poll_at = ? WHERE feed_id = ?
      """, [kind, text, next, ticket.feed.number])
  }

  /// Two feeds of one host that are throttled within an hour are the host's opinion of us.
  private static func throttle(
    _ url: String, until: Int64, _ seconds: Int64, _ database: Database
  ) throws {
    let host = Address.host(of: url)
    let previous = try Int64.fetchOne(
      database, sql: "SELECT throttled_at FROM host_state WHERE host = ?", arguments: [host])
    let isRepeated = previous.map { $0 > seconds - 3_600 } ?? false
    try database.run(
      """
      INSERT INTO host_state (host, blocked_until, throttle_count, throttled_at)
      VALUES (?1, ?2, 1, ?3)
      ON CONFLICT (host) DO UPDATE SET throttle_count = throttle_count + 1,
        throttled_at = ?3, blocked_until = coalesce(?2, blocked_until)
      """, [host, isRepeated ? until : nil, seconds])
  }

  private static func hourBits(_ hours: [Int]) -> Int {
    hours.reduce(0) { bits, hour in (0...24).contains(hour) ? bits | 1 << (hour % 24) : bits }
  }

  private static func dayBits(_ days: [String]) -> Int {
    let names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    return days.reduce(0) { bits, day in
      names.firstIndex(of: day.lowercased()).map { bits | 1 << $0 } ?? bits
    }
  }
}
