import Glibc

/// A file that is either the old one or the whole new one, whatever happens meanwhile.
///
/// It is written under another name, and has its own when all of it is on the disk; unless it is
/// kept, nothing of it stays. A class, since it ends once.
final class AtomicFile {
  enum Fault: Error, Equatable {
    /// There is a file of that name, and it was not to be replaced.
    case exists
    /// The folder is not there or not ours.
    case cannotCreate(reason: String)
    case failed(reason: String)
  }

  private let path: String
  private let part: String
  private let isReplacing: Bool
  private let descriptor: Int32
  /// Why a part of it could not be written.
  private var reason: String?

  /// Writes a file that only its owner may read.
  static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(Fault) {
    let file = try AtomicFile(path, replacing: replacing)
    file.append(bytes)
    try file.keep()
  }

  /// Begins a file that only its owner may read.
  init(_ path: String, replacing isReplacing: Bool) throws(Fault) {
    if !isReplacing, access(path, F_OK) == 0 { throw .exists }
    let part = "\(path).\(getpid()).part"
    unlink(part)
    let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotCreate(reason: Self.error) }
    self.path = path
    self.part = part
    self.isReplacing = isReplacing
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    unlink(part)
  }

  /// Adds bytes; that this failed is said by `keep`.
  func append(_ bytes: [UInt8]) {
    guard reason == nil else { return }
    var start = 0
    while start < bytes.count, reason == nil {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
      }
      if count > 0 {
        start += count
      } else if errno != EINTR {
        reason = Self.error
      }
    }
  }

  /// Gives the file its name.
  func keep() throws(Fault) {
    if reason == nil, fsync(descriptor) != 0 { reason = Self.error }
    if let reason { throw .failed(reason: reason) }
    // A link fails when the name was taken meanwhile; a rename would replace it.
    guard (isReplacing ? rename(part, path) : link(part, path)) == 0 else {
      if errno == EEXIST { throw .exists }
      throw .failed(reason: Self.error)
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  private static var error: String { String(cString: strerror(errno)) }
}
