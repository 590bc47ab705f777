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
  /// Who did something: each program undoes its own steps.
  private static let instance = "\(ProcessInfo.processInfo.processIdentifier)"

  static func recordStep(
    _ label: String, _ changes: [UndoChange], at now: Timestamp, in database: Database
  ) throws -> UndoStep {
    try database.execute(
      sql: "INSERT INTO undo_step (made_at, label, instance) VALUES (?, ?, ?)",
      arguments: [now.secondsSince1970, label, instance])
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
      if change.field.hasPrefix("status.") || change.field.hasPrefix("tag.") {
        entries += change.targets.map(EntryID.init)
      }
    }
    // Kept for a week.
    try database.execute(
      sql: "DELETE FROM undo_step WHERE made_at < ?", arguments: [now.secondsSince1970 - 7 * 86_400]
    )
    return UndoStep(id: step, label: label, isUndone: false, entries: entries)
  }

  /// The newest steps first.
  public func undoSteps(limit: Int = 100) throws(StoringError) -> [UndoStep] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT id, label, undone_at FROM undo_step ORDER BY id DESC LIMIT ?",
        arguments: [limit]
      ).map {
        UndoStep(
          id: $0["id"], label: $0["label"], isUndone: ($0["undone_at"] as Int64?) != nil,
          entries: [])
      }
    }
  }

  /// Takes a step back; what has been changed otherwise since stays as it is.
  ///
  /// Nil when there is no such step or it is undone already.
  public func undo(_ step: Int64, at now: Timestamp) throws(StoringError) -> UndoStep? {
    try apply(step, isUndo: true, at: now)
  }

  /// Does an undone step again.
  public func redo(_ step: Int64, at now: Timestamp) throws(StoringError) -> UndoStep? {
    try apply(step, isUndo: false, at: now)
  }

  private func apply(_ step: Int64, isUndo: Bool, at now: Timestamp) throws(StoringError)
    -> UndoStep?
  {
    try write { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT label, undone_at FROM undo_step WHERE id = ?", arguments: [step]),
        ((row["undone_at"] as Int64?) == nil) == isUndo
      else { return nil }
      var entries: [EntryID] = []
      for change in try Row.fetchAll(
        database, sql: "SELECT * FROM undo_change WHERE step_id = ?", arguments: [step])
      {
        let field: String = change["field"]
        let from: String? = isUndo ? change["after"] : change["before"]
        let to: String? = isUndo ? change["before"] : change["after"]
        let targets = PackedNumbers.unpack(change["targets"])
        try Self.set(field, from: from, to: to, of: targets, at: now, in: database)
        if field.hasPrefix("status.") || field.hasPrefix("tag.") {
          entries += targets.map(EntryID.init)
        }
      }
      try database.execute(
        sql: "UPDATE undo_step SET undone_at = ? WHERE id = ?",
        arguments: [isUndo ? now.secondsSince1970 : nil, step])
      return UndoStep(id: step, label: row["label"], isUndone: isUndo, entries: entries)
    }
  }

  /// Sets a field of rows that still have the value a step left them with.
  private static func set(
    _ field: String, from: String?, to: String?, of targets: [Int64], at now: Timestamp,
    in database: Database
  ) throws {
    switch field {
    case "status.is_read", "status.is_starred", "status.is_listed":
      let column = field.dropFirst("status.".count)
      try withTargets(targets, in: database) {
        try database.execute(
          sql: """
            UPDATE status SET \(column) = ?, changed_at = ?
            WHERE entry_id IN (SELECT id FROM temp.target) AND \(column) = ?
            """,
          arguments: [Int(to ?? "0"), now.secondsSince1970, Int(from ?? "0")])
      }
    case "feed.state":
      for target in targets {
        try database.execute(
          sql: "UPDATE feed SET state = ?, unsubscribed_at = ? WHERE id = ? AND state = ?",
          arguments: [
            Int(to ?? "0"), to == "4" ? now.secondsSince1970 : nil, target, Int(from ?? "0"),
          ])
      }
    case "feed.custom_title":
      for target in targets {
        try database.execute(
          sql: "UPDATE feed SET custom_title = ? WHERE id = ? AND custom_title IS ?",
          arguments: [to, target, from])
      }
    case let field where field.hasPrefix("tag."):
      let name = String(field.dropFirst("tag.".count))
      if to == "1" {
        try addTag(name, to: targets, in: database)
      } else {
        try removeTag(name, from: targets, in: database)
      }
    default: break
    }
  }
}
