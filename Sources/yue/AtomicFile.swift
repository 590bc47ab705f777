import Glibc
import Synchronization

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
  /// Open for writing while this is kept.
  let descriptor: Int32
  /// Why a part of it could not be written.
  private var reason: String?

  /// Writes a file that only its owner may read.
  static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(Fault) {
    let file = try AtomicFile(path, replacing: replacing)
    file.append(bytes)
    try file.keep()
  }

  /// Those of this process, so that each has a name of its own.
  private static let count = Atomic(0)

  /// Begins a file that only its owner may read.
  ///
  /// - Parameter isNamedLater: `keep` gives it a name that is not known yet.
  init(
    _ path: String, replacing isReplacing: Bool, isNamedLater: Bool = false
  ) throws(Fault) {
    if !isReplacing, !isNamedLater, access(path, F_OK) == 0 { throw .exists }
    let number = Self.count.add(1, ordering: .relaxed).newValue
    let part = "\(path).\(getpid())-\(number).part"
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

  /// Gives the file its name, or another one in the same folder; after `.exists` it may be tried
  /// with a further one.
  func keep(as name: String? = nil) throws(Fault) {
    let path = name.map { Self.folder(of: self.path) + $0 } ?? self.path
    if reason == nil, fsync(descriptor) != 0 { reason = Self.error }
    if let reason { throw .failed(reason: reason) }
    // A link fails when the name was taken meanwhile; a rename would replace it.
    guard (isReplacing ? rename(part, path) : link(part, path)) == 0 else {
      if errno == EEXIST { throw .exists }
      throw .failed(reason: Self.error)
    }
    let directory = open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// With its slash.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  }

  private static var error: String { String(cString: strerror(errno)) }
}
