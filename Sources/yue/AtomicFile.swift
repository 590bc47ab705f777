import Glibc

/// Files that are either the old one or the whole new one, whatever happens meanwhile.
enum AtomicFile {
  enum Fault: Error, Equatable {
    /// There is a file of that name, and it was not to be replaced.
    case exists
    /// The folder is not there or not ours.
    case cannotCreate(reason: String)
    case failed(reason: String)
  }

  /// Writes a file that only its owner may read.
  static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(Fault) {
    if !replacing, access(path, F_OK) == 0 { throw .exists }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    let part = "\(path).\(getpid()).part"
    unlink(part)
    let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotCreate(reason: String(cString: strerror(errno))) }
    var reason: String?
    bytes.withUnsafeBytes { buffer in
      var start = 0
      while start < buffer.count {
        let count = Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
        if count > 0 {
          start += count
        } else if errno != EINTR {
          reason = String(cString: strerror(errno))
          break
        }
      }
    }
    if reason == nil, fsync(descriptor) != 0 { reason = String(cString: strerror(errno)) }
    close(descriptor)
    // A link fails when the name was taken meanwhile; a rename would replace it.
    if reason == nil {
      let status = replacing ? rename(part, path) : link(part, path)
      if status != 0 {
        let error = errno
        unlink(part)
        if error == EEXIST { throw .exists }
        throw .failed(reason: String(cString: strerror(error)))
      }
      if !replacing { unlink(part) }
    }
    if let reason {
      unlink(part)
      throw .failed(reason: reason)
    }
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }
}
