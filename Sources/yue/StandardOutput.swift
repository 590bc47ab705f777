import Glibc

/// Data for the user or the next program of a pipeline.
///
/// Written with write(2): a reader that has gone away (`yue show … | head`) ends the program
/// quietly with the status of SIGPIPE.
enum StandardOutput {
  static func write(_ lines: [String]) {
    var bytes: [UInt8] = []
    for line in lines {
      bytes += line.utf8
      bytes.append(0x0A)
    }
    write(bytes)
  }

  static func write(_ bytes: [UInt8]) {
    write(bytes, to: STDOUT_FILENO)
  }

  /// The columns of the terminal that stdout is; nil when it is none.
  static var terminalColumns: Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0,
      size.ws_col >= 2
    else { return nil }
    return Int(size.ws_col)
  }

  /// The rows of the terminal that stdout is; nil when it is none.
  static var terminalRows: Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0,
      size.ws_row >= 2
    else { return nil }
    return Int(size.ws_row)
  }

  fileprivate static func write(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
      var start = 0
      while start < buffer.count {
        let count = Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
        if count > 0 {
          start += count
        } else if errno == EPIPE {
          exit(128 + SIGPIPE)
        } else if errno != EINTR && errno != EAGAIN {
          exit(ExitStatus.ioError.rawValue)
        }
      }
    }
  }
}

/// Messages for the user.
enum StandardError {
  static func write(_ sentence: String) {
    StandardOutput.write(Array("yue: \(sentence)\n".utf8), to: STDERR_FILENO)
  }

  /// Characters for a terminal: no name before them, no line end after them.
  static func writeRaw(_ text: String) {
    StandardOutput.write(Array(text.utf8), to: STDERR_FILENO)
  }
}

/// What the program's exit status says (sysexits.h).
enum ExitStatus: Int32 {
  case done = 0
  case failed = 1
  case partly = 2
  case usage = 64
  /// The input is not what it should be.
  case badInput = 65
  case noInput = 66
  case ioError = 74
}
