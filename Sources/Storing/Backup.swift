public import Feeds
import Foundation
internal import GRDB
import Glibc

/// A copy of a library.
public struct LibraryBackup: Equatable, Sendable {
  public var path: String
  public var bytes: Int64
  public var madeAt: Timestamp
}

extension Store {
  /// Libraries larger than this are not copied every week.
  private static let weeklyLimitBytes: Int64 = 200 << 20
  private static let weeklyCount = 4

  /// The copies of a library, the newest first: those made before its form changed, beside it, and
  /// those made every week, in a folder of their own.
  public static func backups(of path: String, in folder: String) -> [LibraryBackup] {
    let own = (path as NSString).lastPathComponent
    var places: [String] = []
    func add(_ folder: String, _ prefix: String) {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where name.hasPrefix(prefix) && !name.hasSuffix(".part") {
        places.append(folder + "/" + name)
      }
    }
    add((path as NSString).deletingLastPathComponent, own + ".bak-v")
    add(folder, own + "-")
    return places.compactMap { place in
      var facts = stat()
      guard stat(place, &facts) == 0 else { return nil }
      return LibraryBackup(
        path: place, bytes: Int64(facts.st_size),
        madeAt: Timestamp(secondsSince1970: Int64(facts.st_mtim.tv_sec)))
    }.sorted { ($0.madeAt, $0.path) > ($1.madeAt, $1.path) }
  }

  /// Copies the library when the newest copy is a week old and something has changed since.
  ///
  /// The last four are kept. Returns the path of the copy that was made.
  @discardableResult
  public func backUpWeekly(in folder: String, at now: Timestamp) throws(StoringError) -> String? {
    guard !isReadOnly, path != ":memory:" else { return nil }
    var facts = stat()
    guard stat(path, &facts) == 0, Int64(facts.st_size) <= Self.weeklyLimitBytes else {
      return nil
    }
    let prefix = folder + "/" + (path as NSString).lastPathComponent + "-"
    let copies = Self.backups(of: path, in: folder).filter { $0.path.hasPrefix(prefix) }
    if let newest = copies.first {
      let age = now.secondsSince1970 - newest.madeAt.secondsSince1970
      let log = Self.modification(path + "-wal") ?? 0
      let changed = max(log, Int64(facts.st_mtim.tv_sec))
      guard age >= 7 * 86_400, changed > newest.madeAt.secondsSince1970 else { return nil }
    }
    let day = now.parts()
    func digits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let target = prefix + "\(day.year)\(digits(day.month))\(digits(day.day))"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Backup.make(of: path, at: target, writer)
    } catch {
      throw StoringError(error, path: target)
    }
    for copy in copies.dropFirst(Self.weeklyCount - 1) { unlink(copy.path) }
    return target
  }

  /// Puts a copy in the place of a library, which is renamed and never overwritten.
  ///
  /// Returns the new name of what was there before; nil when nothing was.
  public static func restore(
    _ backup: String, to path: String, at now: Timestamp
  ) throws(StoringError) -> String? {
    let folder = (path as NSString).deletingLastPathComponent
    let lock = try FolderLock(folder)
    defer { lock.release() }
    let part = path + ".part"
    do {
      try checkSound(backup)
      unlink(part)
      try FileManager.default.copyItem(atPath: backup, toPath: part)
      chmod(part, 0o600)
      Backup.sync(part)
      var kept: String?
      if access(path, F_OK) == 0 {
        let name = path + ".before-restore-\(now.secondsSince1970)"
        // The log belongs to the file it was written for.
        for suffix in ["-wal", "-shm", ""] where access(path + suffix, F_OK) == 0 {
          guard rename(path + suffix, name + suffix) == 0 else {
            throw StoringError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
          }
        }
        kept = name
      }
      guard rename(part, path) == 0 else {
        throw StoringError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
      }
      Backup.sync(folder)
      return kept
    } catch {
      unlink(part)
      throw StoringError(error, path: backup)
    }
  }

  /// Throws for a copy that is damaged, newer, or no library at all.
  private static func checkSound(_ path: String) throws {
    guard access(path, R_OK) == 0 else {
      throw StoringError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
    try refuseOthers(path)
    var configuration = Configuration()
    configuration.readonly = true
    let copy = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? copy.close() }
    let found = try copy.read { database in
      (
        try String.fetchAll(database, sql: "PRAGMA quick_check(1)"),
        try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      )
    }
    guard found.0 == ["ok"], found.1 == Schema.applicationID else {
      throw StoringError.damaged(path: path, reason: found.0.first ?? "not a library of yue")
    }
  }

  private static func modification(_ path: String) -> Int64? {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int64(facts.st_mtim.tv_sec) : nil
  }
}

/// Copies of the file itself.
enum Backup {
  static func make(of path: String, version: Int, _ writer: any DatabaseWriter) throws {
    try make(of: path, at: path + ".bak-v\(version)", writer)
  }

  /// Under another name until it is whole and on the disk.
  static func make(of path: String, at target: String, _ writer: any DatabaseWriter) throws {
    let part = target + ".part"
    var room = statvfs()
    var facts = stat()
    if statvfs((path as NSString).deletingLastPathComponent, &room) == 0, stat(path, &facts) == 0 {
      let free = Int64(clamping: room.f_bavail) * Int64(clamping: room.f_frsize)
      let needed = Int64(facts.st_size)
      if free < needed { throw StoringError.noRoomForBackup(neededBytes: needed) }
    }
    unlink(part)
    try writer.writeWithoutTransaction { database in
      try database.execute(sql: "VACUUM INTO ?", arguments: [part])
    }
    sync(part)
    guard rename(part, target) == 0 else {
      throw StoringError.cannotOpen(path: target, reason: String(cString: strerror(errno)))
    }
    sync((path as NSString).deletingLastPathComponent)
  }

  static func sync(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    Glibc.close(descriptor)
  }
}
