import Foundation
internal import GRDB
import Glibc

/// The library on disk: feeds, entries, and what the reader did with them.
///
/// Every method is one transaction that leaves the database consistent, and blocks until it is
/// done; any number of programs may use one file. No SQL leaves this module.
public struct Store: Sendable {
  let writer: any DatabaseWriter
  public let path: String
  /// Nothing can be written: the medium, or the rights.
  public let isReadOnly: Bool

  /// Opens the library at a path, makes it when there is none, and brings an older one up to date
  /// after a backup.
  public init(path: String) throws(StoringError) {
    try self.init(path: path, isShared: true)
  }

  /// For commands that do one thing: one connection, opened faster than several.
  public static func brief(path: String) throws(StoringError) -> Store {
    try Store(path: path, isShared: false)
  }

  /// A library that is gone with the program.
  public static func inMemory() throws(StoringError) -> Store {
    do {
      let queue = try DatabaseQueue(configuration: Self.configuration(isNew: true))
      try Schema.migrator.migrate(queue)
      return Store(writer: queue, path: ":memory:", isReadOnly: false)
    } catch {
      throw StoringError(error, path: ":memory:")
    }
  }

  private init(writer: any DatabaseWriter, path: String, isReadOnly: Bool) {
    self.writer = writer
    self.path = path
    self.isReadOnly = isReadOnly
  }

  private init(path: String, isShared: Bool) throws(StoringError) {
    let folder = (path as NSString).deletingLastPathComponent
    let lock = try FolderLock(folder)
    defer { lock.release() }
    let isNew = access(path, F_OK) != 0
    let canWrite = isNew || (access(path, W_OK) == 0 && access(folder, W_OK) == 0)
    if isNew {
      // SQLite gives its other files the rights of this one.
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
      }
      Glibc.close(descriptor)
    }
    do {
      // What is not ours to change is looked at by a connection that cannot.
      if !isNew { try Self.refuseOthers(path) }
      var configuration = Self.configuration(isNew: isNew)
      configuration.readonly = !canWrite
      let writer: any DatabaseWriter =
        isShared && canWrite
        ? try DatabasePool(path: path, configuration: configuration)
        : try DatabaseQueue(
          path: canWrite ? path : Self.readOnlyPath(path), configuration: configuration)
      if !isShared, canWrite {
        // A pool sees to it by itself. Asked of GRDB, each opening would write to the file, and wait
        // for whoever holds it.
        try writer.writeWithoutTransaction { database in
          if try String.fetchOne(database, sql: "PRAGMA journal_mode") != "wal" {
            try database.execute(sql: "PRAGMA journal_mode = WAL")
          }
        }
      }
      let facts = try writer.read(Self.facts)
      if facts.version < Schema.version, canWrite {
        if facts.version > 0 { try Backup.make(of: path, version: facts.version, writer) }
        try Schema.migrator.migrate(writer)
      }
      self.init(writer: writer, path: path, isReadOnly: !canWrite)
    } catch {
      throw StoringError(error, path: path)
    }
  }

  private static func facts(_ database: Database) throws -> (version: Int, application: Int) {
    (
      version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
      application: try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    )
  }

  /// Throws for a library of a newer program and for what is none: opening such a file for writing
  /// would already change it.
  static func refuseOthers(_ path: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.readonly = true
    let reader = try DatabaseQueue(path: readOnlyPath(path), configuration: configuration)
    defer { try? reader.close() }
    let facts = try reader.read(facts)
    if facts.version > Schema.version { throw StoringError.newer(version: facts.version) }
    if facts.version > 0, facts.application != Schema.applicationID {
      throw StoringError.damaged(path: path, reason: "not a library of yue")
    }
  }

  /// What SQLite opens to read a library: where no file can be made beside it, and no log is left to
  /// read, the file alone.
  private static func readOnlyPath(_ path: String) -> String {
    var facts = stat()
    let hasLog = stat(path + "-wal", &facts) == 0 && facts.st_size > 0
    let folder = (path as NSString).deletingLastPathComponent
    if hasLog || access(folder.isEmpty ? "." : folder, W_OK) == 0 { return path }
    let characters = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
    guard let escaped = path.addingPercentEncoding(withAllowedCharacters: characters) else {
      return path
    }
    return "file:\(escaped)?immutable=1"
  }

  private static func configuration(isNew: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 2
    configuration.prepareDatabase { database in
      // Mapped files that are cut short kill the program; memory is for the reader, not for pages.
      try database.execute(
        sql: """
          PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000; PRAGMA mmap_size = 0;
          PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
          PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = OFF;
          """)
      if !database.configuration.readonly {
        // Before the first table only: later it has no effect, and yet waits for its turn to write.
        if isNew { try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
        if getenv("YUE_TEST_NO_FSYNC") != nil {
          try database.execute(sql: "PRAGMA synchronous = OFF")
        }
      }
    }
    return configuration
  }

  // MARK: Transactions

  func read<Value>(_ body: (Database) throws -> Value) throws(StoringError) -> Value {
    do {
      return try writer.read(body)
    } catch {
      throw StoringError(error, path: path)
    }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(StoringError) -> Value {
    if isReadOnly { throw .readOnly }
    do {
      return try writer.write { database in
        // Another program may have brought the library to a newer form meanwhile.
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if version > Schema.version { throw StoringError.newer(version: version) }
        return try body(database)
      }
    } catch {
      throw StoringError(error, path: path)
    }
  }

  /// A transaction whose result is on the disk when it is acknowledged, power failures included.
  func writeDurably<Value>(_ body: (Database) throws -> Value) throws(StoringError) -> Value {
    if isReadOnly { throw .readOnly }
    do {
      return try writer.writeWithoutTransaction { database in
        let before = try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 1
        if before == 1 { try database.execute(sql: "PRAGMA synchronous = FULL") }
        defer {
          if before == 1 { try? database.execute(sql: "PRAGMA synchronous = NORMAL") }
        }
        var value: Value?
        try database.inTransaction(.immediate) {
          value = try body(database)
          return .commit
        }
        guard let value else { throw StoringError.failed(reason: "the transaction did not run") }
        return value
      }
    } catch {
      throw StoringError(error, path: path)
    }
  }

  /// Ends all work with the file.
  public func close() { try? writer.close() }
}

/// Serialises opening and changing the schema among programs: a lock on the folder, never on the
/// database file, whose own locks would be lost with the first descriptor closed.
struct FolderLock {
  private let descriptor: Int32

  init(_ folder: String) throws(StoringError) {
    let folder = folder.isEmpty ? "." : folder
    if access(folder, F_OK) != 0 {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
      } catch {
        throw .cannotOpen(path: folder, reason: "the folder cannot be made")
      }
    }
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .cannotOpen(path: folder, reason: String(cString: strerror(errno)))
    }
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  func release() { Glibc.close(descriptor) }
}
