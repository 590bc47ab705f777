internal import GRDB

/// Why the library could not be read or written: facts, of which one place makes sentences.
public enum StoringError: Error, Equatable, Sendable {
  /// The folder or the file cannot be made or opened.
  case cannotOpen(path: String, reason: String)
  /// Written by a newer program: its schema version.
  case newer(version: Int)
  /// Something else than a library of ours, or damaged.
  case damaged(path: String, reason: String)
  case diskFull
  case readOnly
  /// Another program has held the library for longer than we wait.
  case busy
  /// A backup before a change of schema needs this room.
  case noRoomForBackup(neededBytes: Int64)
  case unknownFeed(String)
  /// More than one feed has that title.
  case ambiguousFeed(String)
  case unknownFolder([String])
  /// There is another folder of that name.
  case folderExists(String)
  /// A folder cannot be moved into itself or into one that is in it.
  case folderIntoItself([String])
  /// Another feed has that address: its title.
  case addressIsTaken(by: String)
  case badQuery(column: Int, reason: String)
  case failed(reason: String)

  init(_ error: any Error, path: String) {
    if let error = error as? StoringError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self = .failed(reason: "\(error)")
      return
    }
    switch error.resultCode {
    case .SQLITE_FULL: self = .diskFull
    case .SQLITE_IOERR:
      // A file size limit and a full quota come as failed writes.
      self =
        error.extendedResultCode == .SQLITE_IOERR_WRITE
        ? .diskFull : .failed(reason: error.message ?? "I/O error")
    case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      self = .damaged(path: path, reason: error.message ?? "not a database")
    case .SQLITE_CANTOPEN:
      self = .cannotOpen(path: path, reason: error.message ?? "cannot be opened")
    default: self = .failed(reason: error.message ?? "\(error)")
    }
  }
}
