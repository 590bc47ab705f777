public import Feeds
import Foundation
internal import GRDB

/// One field of several rows that a step changed.
struct UndoChange {
  var field: String
  var before: String?
  var after: String?
  var targets: [Int64]
}

/// Sorted row numbers as differences, seven bits a byte: a mark of 100,000 entries is one row of
/// about 100 kB.
enum PackedNumbers {
  static func pack(_ numbers: [Int64]) -> Data {
    var bytes: [UInt8] = []
    var previous: Int64 = 0
    for number in numbers.sorted() {
      var rest = UInt64(bitPattern: number &- previous)
      previous = number
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(truncatingIfNeeded: rest))
    }
    return Data(bytes)
  }

  static func unpack(_ data: Data) -> [Int64] {
    var numbers: [Int64] = []
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var previous: Int64 = 0
    for byte in data {
      if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
      shift += 7
      if byte & 0x80 == 0 {
        previous = previous &+ Int64(bitPattern: value)
        numbers.append(previous)
        value = 0
        shift = 0
      }
    }
    return numbers
  }
}

extension Store {
  static func recordStep(
    _ label: String, _ changes: [UndoChange], at now: Timestamp, in database: Database
  ) throws -> UndoStep {
    try database.execute(
      sql: "INSERT INTO undo_step (made_at, label, instance) VALUES (?, ?, ?)",
      arguments: [now.secondsSince1970, label, Instance.own])
    let step = database.lastInsertedRowID
    var entries: [EntryID] = []
    for change in changes {
      try database.execute(
        sql: """
          INSERT INTO undo_change (step_id, field, before, after, targets) VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          step, change.field, change.before, change.after, PackedNumbers.pack(change.targets),
        ])
      if concernsEntries(change.field) { entries += change.targets.map(EntryID.init) }
    }
    // Kept for a week.
    try database.execute(
      sql: "DELETE FROM undo_step WHERE made_at < ?", arguments: [now.secondsSince1970 - 7 * 86_400]
    )
    return UndoStep(id: step, label: label, madeAt: now, entries: entries)
  }

  private static func concernsEntries(_ field: String) -> Bool {
    field.hasPrefix("status.") || field.hasPrefix("tag.")
  }

  // MARK: Which steps

  /// The steps this program may undo, the newest first: its own, and those of programs that have
  /// ended.
  public func undoSteps(limit: Int = 100) throws(StoringError) -> [UndoStep] {
    try read { database in
      try Self.ownSteps(in: database).prefix(limit).map { row in
        UndoStep(
          id: row["id"], label: row["label"],
          madeAt: Timestamp(secondsSince1970: row["made_at"]),
          isUndone: (row["undone_at"] as Int64?) != nil)
      }
    }
  }

  private static func ownSteps(in database: Database) throws -> [Row] {
    var isMine: [String: Bool] = [:]
    return try Row.fetchAll(
      database,
      sql: "SELECT id, label, made_at, undone_at, instance FROM undo_step ORDER BY id DESC"
    ).filter { row in
      let instance: String = row["instance"]
      if let known = isMine[instance] { return known }
      let answer = instance == Instance.own || !Instance.isRunning(instance)
      isMine[instance] = answer
      return answer
    }
  }

  /// Takes back the newest steps that are not undone; those that were, newest first.
  public func undo(steps count: Int = 1, at now: Timestamp) throws(StoringError) -> [UndoStep] {
    try write { database in
      let steps = try Self.ownSteps(in: database).filter { ($0["undone_at"] as Int64?) == nil }
      return try steps.prefix(max(0, count)).compactMap {
        try Self.apply($0["id"], isUndo: true, at: now, in: database)
      }
    }
  }

  /// Does the steps again that were undone last; a new step ends what can be done again.
  public func redo(steps count: Int = 1, at now: Timestamp) throws(StoringError) -> [UndoStep] {
    try write { database in
      let undone = try Self.ownSteps(in: database).prefix { ($0["undone_at"] as Int64?) != nil }
      return try undone.reversed().prefix(max(0, count)).compactMap {
        try Self.apply($0["id"], isUndo: false, at: now, in: database)
      }.reversed()
    }
  }

  /// Takes back every step from the newest down to this one.
  public func undoDown(to last: UndoStep.ID, at now: Timestamp) throws(StoringError) -> [UndoStep] {
    try write { database in
      let steps = try Self.ownSteps(in: database).filter {
        ($0["id"] as Int64) >= last && ($0["undone_at"] as Int64?) == nil
      }
      return try steps.compactMap {
        try Self.apply($0["id"], isUndo: true, at: now, in: database)
      }
    }
  }

  /// Takes a step back; what has been changed otherwise since stays as it is.
  ///
  /// Nil when there is no such step or it is undone already.
  @discardableResult
  public func undo(_ step: Int64, at now: Timestamp) throws(StoringError) -> UndoStep? {
    try write { database in try Self.apply(step, isUndo: true, at: now, in: database) }
  }

  /// Does an undone step again.
  @discardableResult
  public func redo(_ step: Int64, at now: Timestamp) throws(StoringError) -> UndoStep? {
    try write { database in try Self.apply(step, isUndo: false, at: now, in: database) }
  }

  // MARK: Undoing

  private static func apply(
    _ step: Int64, isUndo: Bool, at now: Timestamp, in database: Database
  ) throws -> UndoStep? {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT label, made_at, undone_at FROM undo_step WHERE id = ?",
        arguments: [step]), ((row["undone_at"] as Int64?) == nil) == isUndo
    else { return nil }
    var entries: [EntryID] = []
    var skippedCount = 0
    for change in try Row.fetchAll(
      database, sql: "SELECT * FROM undo_change WHERE step_id = ? ORDER BY rowid", arguments: [step]
    ) {
      let field: String = change["field"]
      let from: String? = isUndo ? change["after"] : change["before"]
      let to: String? = isUndo ? change["before"] : change["after"]
      let targets = PackedNumbers.unpack(change["targets"])
      let changed = try set(field, from: from, to: to, of: targets, at: now, in: database)
      if concernsEntries(field) {
        entries += targets.map(EntryID.init)
        skippedCount += max(0, targets.count - changed)
      }
    }
    try database.execute(
      sql: "UPDATE undo_step SET undone_at = ? WHERE id = ?",
      arguments: [isUndo ? now.secondsSince1970 : nil, step])
    return UndoStep(
      id: step, label: row["label"], madeAt: Timestamp(secondsSince1970: row["made_at"]),
      isUndone: isUndo, entries: entries, skippedCount: skippedCount)
  }

  /// Sets a field of rows that still have the value a step left them with; returns how many had.
  private static func set(
    _ field: String, from: String?, to: String?, of targets: [Int64], at now: Timestamp,
    in database: Database
  ) throws -> Int {
    func setColumn(_ sql: String, _ arguments: (Int64) -> StatementArguments) throws -> Int {
      var count = 0
      for target in targets {
        try database.execute(sql: sql, arguments: arguments(target))
        count += database.changesCount
      }
      return count
    }
    switch field {
    case "status.is_read", "status.is_starred", "status.is_listed":
      let column = field.dropFirst("status.".count)
      return try withTargets(targets, in: database) {
        try database.execute(
          sql: """
            UPDATE status SET \(column) = ?, changed_at = ?
            WHERE entry_id IN (SELECT id FROM temp.target) AND \(column) = ?
            """,
          arguments: [Int(to ?? "0"), now.secondsSince1970, Int(from ?? "0")])
        return database.changesCount
      }
    case "feed.state":
      return try setColumn(
        "UPDATE feed SET state = ?, unsubscribed_at = ? WHERE id = ? AND state = ?"
      ) { [Int(to ?? "0"), to == "4" ? now.secondsSince1970 : nil, $0, Int(from ?? "0")] }
    case "feed.custom_title", "feed.url":
      let column = field.dropFirst("feed.".count)
      return try setColumn("UPDATE feed SET \(column) = ? WHERE id = ? AND \(column) IS ?") {
        [to, $0, from]
      }
    case "feed.interval_seconds":
      return try setColumn(
        "UPDATE feed SET interval_seconds = ? WHERE id = ? AND interval_seconds IS ?"
      ) { [to.flatMap { Int64($0) }, $0, from.flatMap { Int64($0) }] }
    case "folders":
      return try LibraryShape.Change(from: from, to: to)?.apply(in: database) ?? 0
    case "smart_feeds":
      return try SmartFeedRows.apply(from: from, to: to, in: database)
    case let field where field.hasPrefix("tag."):
      let name = String(field.dropFirst("tag.".count))
      return to == "1"
        ? try addTag(name, to: targets, in: database).count
        : try removeTag(name, from: targets, in: database).count
    default: return 0
    }
  }
}
