import Foundation
internal import GRDB

/// Which folders there are, and which feed stands where in them.
///
/// Folders are changed in memory; what differs is written, and kept as the undo record.
struct LibraryShape: Equatable {
  struct Folder: Codable, Equatable {
    var parent: Int64?
    var name: String
    var position: Int
  }

  struct Place: Codable, Hashable {
    var folder: Int64
    var feed: Int64
  }

  var folders: [Int64: Folder] = [:]
  var places: [Place: Int] = [:]
  /// Among the feeds that are in no folder.
  var positions: [Int64: Int] = [:]

  /// - Parameter hasPositions: whether it is known where the feeds stand that are in no folder, which
  ///   takes a look at each.
  init(in database: Database, hasPositions: Bool = true) throws {
    var rows = try Row.fetchCursor(
      database, sql: "SELECT id, parent_id, name, position FROM folder")
    while let row = try rows.next() {
      folders[row[0]] = Folder(parent: row[1], name: row[2], position: row[3])
    }
    rows = try Row.fetchCursor(
      database, sql: "SELECT folder_id, feed_id, position FROM folder_feed")
    while let row = try rows.next() { places[Place(folder: row[0], feed: row[1])] = row[2] }
    guard hasPositions else { return }
    rows = try Row.fetchCursor(database, sql: "SELECT id, position FROM feed WHERE state <> 4")
    while let row = try rows.next() { positions[row[0]] = row[1] }
  }

  // MARK: Asking

  /// Folders in a folder, in the reader's order.
  func children(of parent: Int64?) -> [Int64] {
    folders.filter { $0.value.parent == parent }
      .sorted { ($0.value.position, $0.key) < ($1.value.position, $1.key) }.map(\.key)
  }

  /// Every folder, each before those in it, in the reader's order.
  var folderOrder: [Int64] {
    var children: [Int64?: [Int64]] = [:]
    for (id, folder) in folders { children[folder.parent, default: []].append(id) }
    var order: [Int64] = []
    var pending: [Int64] = []
    func push(_ parent: Int64?) {
      pending += (children[parent] ?? []).sorted {
        (folders[$0]?.position ?? 0, $0) > (folders[$1]?.position ?? 0, $1)
      }
    }
    push(nil)
    while let next = pending.popLast() {
      order.append(next)
      push(next)
    }
    return order
  }

  func path(of folder: Int64) -> [String] {
    var path: [String] = []
    var current: Int64? = folder
    while let place = current, let folder = folders[place], path.count < 64 {
      path.append(folder.name)
      current = folder.parent
    }
    return path.reversed()
  }

  func existing(_ path: [String]) throws -> Int64 {
    var parent: Int64?
    for name in path {
      guard let found = children(of: parent).first(where: { folders[$0]?.name == name }) else {
        throw StoringError.unknownFolder(path)
      }
      parent = found
    }
    guard let parent else { throw StoringError.unknownFolder(path) }
    return parent
  }

  func requireFree(_ name: String, in parent: Int64?, except folder: Int64) throws {
    if children(of: parent).contains(where: { $0 != folder && folders[$0]?.name == name }) {
      throw StoringError.folderExists(name)
    }
  }

  func isInside(_ folder: Int64?, _ other: Int64) -> Bool {
    var current = folder
    var steps = 0
    while let place = current, steps < 64 {
      if place == other { return true }
      current = folders[place]?.parent
      steps += 1
    }
    return false
  }

  func nextPosition(in parent: Int64?) -> Int {
    (folders.values.filter { $0.parent == parent }.map(\.position).max() ?? 0) + 1
  }

  private func feeds(in folder: Int64) -> [Int64] {
    places.filter { $0.key.folder == folder }
      .sorted { ($0.value, $0.key.feed) < ($1.value, $1.key.feed) }.map(\.key.feed)
  }

  // MARK: Changing

  /// The folder with a path, made when it is not there; nil for an empty path.
  mutating func folder(_ path: [String]) -> Int64? {
    var parent: Int64?
    for name in path.prefix(32) where !name.isEmpty {
      if let found = children(of: parent).first(where: { folders[$0]?.name == name }) {
        parent = found
      } else {
        let id = (folders.keys.max() ?? 0) + 1
        folders[id] = Folder(parent: parent, name: name, position: nextPosition(in: parent))
        parent = id
      }
    }
    return parent
  }

  mutating func move(_ feed: Int64, to folder: Int64?) {
    for place in places.keys where place.feed == feed && place.folder != folder {
      places[place] = nil
    }
    if let folder {
      let place = Place(folder: folder, feed: feed)
      if places[place] == nil {
        places[place] = (places.filter { $0.key.folder == folder }.values.max() ?? 0) + 1
      }
    } else {
      positions[feed] = (positions.values.max() ?? 0) + 1
    }
  }

  mutating func move(folder: Int64, to parent: Int64?) {
    let position = nextPosition(in: parent)
    folders[folder]?.position = position
    folders[folder]?.parent = parent
  }

  /// Removes a folder; what is in it goes into the one that held it.
  mutating func remove(_ folder: Int64) {
    let parent = folders[folder]?.parent
    for child in children(of: folder) { move(folder: child, to: parent) }
    for feed in feeds(in: folder) {
      places[Place(folder: folder, feed: feed)] = nil
      if let parent {
        let place = Place(folder: parent, feed: feed)
        if places[place] == nil {
          places[place] = (places.filter { $0.key.folder == parent }.values.max() ?? 0) + 1
        }
      }
    }
    folders[folder] = nil
  }

  mutating func shift(folder: Int64, by step: Int) {
    let siblings = Self.shifted(children(of: folders[folder]?.parent), folder, by: step)
    for (place, id) in siblings.enumerated() { folders[id]?.position = place + 1 }
  }

  mutating func shift(feed: Int64, by step: Int) {
    // In the folder it is shown in, or among the feeds that are in none.
    if let folder = folderOrder.first(where: { places[Place(folder: $0, feed: feed)] != nil }) {
      for (place, id) in Self.shifted(feeds(in: folder), feed, by: step).enumerated() {
        places[Place(folder: folder, feed: id)] = place + 1
      }
    } else {
      let inFolders = Set(places.keys.map(\.feed))
      let loose = positions.filter { !inFolders.contains($0.key) }
        .sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
      for (place, id) in Self.shifted(loose, feed, by: step).enumerated() {
        positions[id] = place + 1
      }
    }
  }

  private static func shifted(_ items: [Int64], _ item: Int64, by step: Int) -> [Int64] {
    guard let place = items.firstIndex(of: item) else { return items }
    var items = items
    items.remove(at: place)
    let target = place.addingReportingOverflow(step)
    let end = step < 0 ? 0 : items.count
    items.insert(item, at: target.overflow ? end : max(0, min(target.partialValue, items.count)))
    return items
  }

  // MARK: What differs

  /// The rows that differ between two shapes: written, and undone by writing them the other way.
  struct Change {
    private struct Rows: Codable, Equatable {
      /// Nil: there is no such folder.
      var folders: [Int64: Folder?] = [:]
      var places: [Location] = []
      var positions: [Int64: Int] = [:]
    }

    private struct Location: Codable, Equatable {
      var place: Place
      /// Nil: the feed is not there.
      var position: Int?
    }

    private var from = Rows()
    private var to = Rows()

    /// Nil when nothing differs.
    init?(from old: LibraryShape, to new: LibraryShape) {
      for id in Set(old.folders.keys).union(new.folders.keys)
      where old.folders[id] != new.folders[id] {
        from.folders.updateValue(old.folders[id], forKey: id)
        to.folders.updateValue(new.folders[id], forKey: id)
      }
      for place in Set(old.places.keys).union(new.places.keys)
      where old.places[place] != new.places[place] {
        from.places.append(Location(place: place, position: old.places[place]))
        to.places.append(Location(place: place, position: new.places[place]))
      }
      for (feed, position) in new.positions where old.positions[feed] != position {
        from.positions[feed] = old.positions[feed]
        to.positions[feed] = position
      }
      if from == to { return nil }
    }

    /// From the two texts of an undo record.
    init?(from: String?, to: String?) {
      guard let from, let to,
        let old = try? JSONDecoder().decode(Rows.self, from: Data(from.utf8)),
        let new = try? JSONDecoder().decode(Rows.self, from: Data(to.utf8))
      else { return nil }
      self.from = old
      self.to = new
    }

    var before: String { Self.text(from) }
    var after: String { Self.text(to) }

    private static func text(_ rows: Rows) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return (try? encoder.encode(rows)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Writes every row that is still as it was; returns how many were.
    func apply(in database: Database) throws -> Int {
      let current = try LibraryShape(in: database)
      var count = 0
      try database.execute(sql: "PRAGMA defer_foreign_keys = ON")
      var removed: [Int64] = []
      for (id, folder) in to.folders where current.folders[id] == from.folders[id] ?? nil {
        count += 1
        guard let folder else {
          removed.append(id)
          continue
        }
        try database.execute(
          sql: """
            INSERT INTO folder (id, parent_id, name, position) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id) DO UPDATE SET parent_id = ?2, name = ?3, position = ?4
            """, arguments: [id, folder.parent, folder.name, folder.position])
      }
      for (old, new) in zip(from.places, to.places)
      where current.places[new.place] == old.position {
        count += 1
        if let position = new.position {
          try database.execute(
            sql: """
              INSERT INTO folder_feed (folder_id, feed_id, position)
              SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM folder WHERE id = ?1)
                AND EXISTS (SELECT 1 FROM feed WHERE id = ?2)
              ON CONFLICT DO UPDATE SET position = ?3
              """, arguments: [new.place.folder, new.place.feed, position])
        } else {
          try database.execute(
            sql: "DELETE FROM folder_feed WHERE folder_id = ? AND feed_id = ?",
            arguments: [new.place.folder, new.place.feed])
        }
      }
      for (feed, position) in to.positions where current.positions[feed] == from.positions[feed] {
        count += 1
        try database.execute(
          sql: "UPDATE feed SET position = ? WHERE id = ?", arguments: [position, feed])
      }
      // The innermost first.
      removed.sort { current.path(of: $0).count > current.path(of: $1).count }
      for id in removed {
        // Something may have been put into it since.
        try database.execute(
          sql: """
            DELETE FROM folder WHERE id = ?1
              AND NOT EXISTS (SELECT 1 FROM folder AS inner WHERE inner.parent_id = ?1)
              AND NOT EXISTS (SELECT 1 FROM folder_feed WHERE folder_id = ?1)
            """, arguments: [id])
      }
      return count
    }
  }
}

/// The saved searches as one text, for undo records.
enum SmartFeedRows {
  private struct Search: Codable, Equatable {
    var name: String
    var query: String
  }

  static func text(in database: Database) throws -> String {
    let rows = try Row.fetchAll(
      database, sql: "SELECT name, query FROM smart_feed ORDER BY position, id")
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(rows.map { Search(name: $0["name"], query: $0["query"]) })
    return String(decoding: data, as: UTF8.self)
  }

  /// Puts back what differs between two texts; searches that were changed otherwise since stay.
  static func apply(from: String?, to: String?, in database: Database) throws -> Int {
    func searches(_ text: String?) throws -> [Search] {
      try JSONDecoder().decode([Search].self, from: Data((text ?? "[]").utf8))
    }
    let from = try searches(from)
    let to = try searches(to)
    var count = 0
    for search in from where !to.contains(search) {
      try database.execute(
        sql: "DELETE FROM smart_feed WHERE name = ? AND query = ?",
        arguments: [search.name, search.query])
      count += database.changesCount
    }
    for (place, search) in to.enumerated() where !from.contains(search) {
      try database.execute(
        sql: """
          INSERT INTO smart_feed (name, query, position) SELECT ?1, ?2, ?3
          WHERE NOT EXISTS (SELECT 1 FROM smart_feed WHERE name = ?1)
          """, arguments: [search.name, search.query, place + 1])
      count += database.changesCount
    }
    return count
  }
}
