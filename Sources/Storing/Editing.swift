public import Feeds
internal import GRDB

/// Changes of what the reader is subscribed to.
extension Store {
  /// Makes a change in one transaction with its undo record; nil when nothing had to change.
  @discardableResult
  public func edit(_ edit: LibraryEdit, at now: Timestamp) throws(StoringError) -> UndoStep? {
    if case .unsubscribe = edit {
      return try writeDurably { database in try Self.perform(edit, at: now, in: database) }
    }
    return try write { database in try Self.perform(edit, at: now, in: database) }
  }

  private static func perform(
    _ edit: LibraryEdit, at now: Timestamp, in database: Database
  ) throws -> UndoStep? {
    switch edit {
    case .unsubscribe(let feeds): return try unsubscribe(feeds, at: now, in: database)
    case .rename(let feed, let title):
      return try set(
        "custom_title", of: feed, to: title, at: now, in: database,
        label: title.map { "Renamed \(try name(of: feed, in: database)) to \($0)" }
          ?? "Gave \(try name(of: feed, in: database)) its own title again")
    case .setAddress(let feed, let address):
      let other = try Int64.fetchOne(
        database, sql: "SELECT id FROM feed WHERE url = ? AND state <> 4 AND id <> ?",
        arguments: [address, feed.number])
      if let other {
        throw StoringError.addressIsTaken(by: try name(of: FeedID(other), in: database))
      }
      let step = try set(
        "url", of: feed, to: address, at: now, in: database,
        label: "Changed the address of \(try name(of: feed, in: database))")
      // The new server is asked as if for the first time.
      try database.execute(
        sql: """
          UPDATE fetch_state SET next_poll_at = NULL, error_count = 0, error_text = NULL
          WHERE feed_id = ?
          """, arguments: [feed.number])
      return step
    case .setInterval(let feed, let seconds):
      return try set(
        "interval_seconds", of: feed, to: seconds.map { "\($0)" }, at: now, in: database,
        label: "Changed how often \(try name(of: feed, in: database)) is asked")
    case .saveSearch(let search):
      return try changeSmartFeeds("Saved the search \(search.name)", at: now, in: database) {
        try put(search, in: database)
      }
    case .removeSearch(let name):
      return try changeSmartFeeds("Removed the search \(name)", at: now, in: database) {
        try database.execute(sql: "DELETE FROM smart_feed WHERE name = ?", arguments: [name])
      }
    default: return try changeFolders(edit, at: now, in: database)
    }
  }

  static func name(of feed: FeedID, in database: Database) throws -> String {
    let name = try String.fetchOne(
      database, sql: "SELECT coalesce(custom_title, title, url) FROM feed WHERE id = ?",
      arguments: [feed.number])
    guard let name else { throw StoringError.unknownFeed("\(feed.number)") }
    return name
  }

  private static func unsubscribe(
    _ feeds: [FeedID], at now: Timestamp, in database: Database
  ) throws -> UndoStep? {
    var changes: [UndoChange] = []
    for feed in feeds {
      let before = try Int.fetchOne(
        database, sql: "SELECT state FROM feed WHERE id = ? AND state <> 4",
        arguments: [feed.number])
      guard let before else { continue }
      try database.execute(
        sql: "UPDATE feed SET state = 4, unsubscribed_at = ? WHERE id = ?",
        arguments: [now.secondsSince1970, feed.number])
      changes.append(
        UndoChange(field: "feed.state", before: "\(before)", after: "4", targets: [feed.number]))
    }
    guard let first = changes.first?.targets.first else { return nil }
    return try recordStep(
      changes.count == 1
        ? "Unsubscribed from \(try name(of: FeedID(first), in: database))"
        : "Unsubscribed from \(changes.count) feeds", changes, at: now, in: database)
  }

  /// Sets a column of a feed; the columns are ours, never the reader's.
  private static func set(
    _ column: String, of feed: FeedID, to value: String?, at now: Timestamp,
    in database: Database, label: String
  ) throws -> UndoStep? {
    let before = try Row.fetchOne(
      database, sql: "SELECT CAST(\(column) AS TEXT) AS value FROM feed WHERE id = ?",
      arguments: [feed.number])
    guard let before else { throw StoringError.unknownFeed("\(feed.number)") }
    let old: String? = before["value"]
    guard old != value else { return nil }
    if column == "interval_seconds" {
      try database.execute(
        sql: "UPDATE feed SET interval_seconds = ? WHERE id = ?",
        arguments: [value.flatMap { Int64($0) }, feed.number])
    } else {
      try database.execute(
        sql: "UPDATE feed SET \(column) = ? WHERE id = ?", arguments: [value, feed.number])
    }
    return try recordStep(
      label,
      [UndoChange(field: "feed." + column, before: old, after: value, targets: [feed.number])],
      at: now, in: database)
  }

  // MARK: Saved searches

  static func put(_ search: SmartFeed, in database: Database) throws {
    try database.execute(
      sql: "UPDATE smart_feed SET query = ? WHERE name = ?",
      arguments: [search.query, search.name])
    guard database.changesCount == 0 else { return }
    try database.execute(
      sql: """
        INSERT INTO smart_feed (name, query, position)
        SELECT ?, ?, coalesce(max(position), 0) + 1 FROM smart_feed
        """, arguments: [search.name, search.query])
  }

  private static func changeSmartFeeds(
    _ label: String, at now: Timestamp, in database: Database, _ body: () throws -> Void
  ) throws -> UndoStep? {
    let before = try SmartFeedRows.text(in: database)
    try body()
    let after = try SmartFeedRows.text(in: database)
    guard before != after else { return nil }
    return try recordStep(
      label, [UndoChange(field: "smart_feeds", before: before, after: after, targets: [])],
      at: now, in: database)
  }

  // MARK: Folders

  private static func changeFolders(
    _ edit: LibraryEdit, at now: Timestamp, in database: Database
  ) throws -> UndoStep? {
    let before = try LibraryShape(in: database)
    var shape = before
    let label: String
    switch edit {
    case .renameFolder(let path, let name):
      let folder = try shape.existing(path)
      try shape.requireFree(name, in: shape.folders[folder]?.parent, except: folder)
      shape.folders[folder]?.name = name
      label = "Renamed the folder \(path.last ?? "") to \(name)"
    case .move(let feeds, let path):
      let target = shape.folder(path)
      for feed in feeds { shape.move(feed.number, to: target) }
      label =
        (feeds.count == 1 ? "Moved a feed" : "Moved \(feeds.count) feeds")
        + (path.isEmpty ? " out of its folder" : " to \(path.joined(separator: "/"))")
    case .moveFolder(let path, let target):
      let folder = try shape.existing(path)
      let parent = shape.folder(target)
      if shape.isInside(parent, folder) { throw StoringError.folderIntoItself(path) }
      try shape.requireFree(path.last ?? "", in: parent, except: folder)
      shape.move(folder: folder, to: parent)
      label = "Moved the folder \(path.last ?? "")"
    case .newFolder(let path):
      _ = shape.folder(path)
      label = "Made the folder \(path.joined(separator: "/"))"
    case .removeFolder(let path):
      shape.remove(try shape.existing(path))
      label = "Removed the folder \(path.joined(separator: "/"))"
    case .shiftFeed(let feed, let step):
      shape.shift(feed: feed.number, by: step)
      label = "Moved a feed \(step < 0 ? "up" : "down")"
    case .shiftFolder(let path, let step):
      shape.shift(folder: try shape.existing(path), by: step)
      label = "Moved the folder \(path.last ?? "") \(step < 0 ? "up" : "down")"
    default: return nil
    }
    guard let change = LibraryShape.Change(from: before, to: shape) else { return nil }
    _ = try change.apply(in: database)
    return try recordStep(
      label,
      [UndoChange(field: "folders", before: change.before, after: change.after, targets: [])],
      at: now, in: database)
  }
}
