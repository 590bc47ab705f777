import Foundation
import Glibc

/// The program on a pseudo-terminal, driven as by a person: keys in, screen bytes out.
///
/// All waiting is polling with a deadline. The program is started in a session of its own with
/// every signal at its default, so that neither the terminal of the developer nor the ignored
/// signals of a CI runner reach it.
final class PtySession {
  /// Everything the program has written to the terminal.
  private(set) var output: [UInt8] = []
  let process: pid_t
  private let terminal: Int32
  private let line: Int32
  let home: TemporaryFolder
  private let errorFile: URL
  private var endStatus: Int32?
  static let patience: Duration = .seconds(30)

  /// - Parameters:
  ///   - controls: whether the terminal becomes the controlling terminal of the program.
  ///   - input: a file for stdin in place of the terminal.
  init(
    _ arguments: [String], rows: UInt16 = 24, columns: UInt16 = 80,
    environment: [String: String] = [:], controls: Bool = false, input: String? = nil
  ) throws {
    guard let program = Program.url else { throw SetupError("yue is not built") }
    home = try TemporaryFolder()
    errorFile = home.url.appending(path: "stderr")
    // posix_openpt and its companions are hidden behind _XOPEN_SOURCE; this is what they do.
    let unlock: UInt = 0x4004_5431  // TIOCSPTLCK
    let getNumber: UInt = 0x8004_5430  // TIOCGPTN
    terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var isLocked: Int32 = 0
    var number: UInt32 = 0
    guard terminal >= 0, ioctl(terminal, unlock, &isLocked) == 0,
      ioctl(terminal, getNumber, &number) == 0
    else { throw SetupError("no pseudo-terminal") }
    let name = "/dev/pts/\(number)"
    // Held open, so that the terminal and its settings outlive the program.
    line = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard line >= 0 else { throw SetupError("the pseudo-terminal does not open") }
    _ = fcntl(terminal, F_SETFL, O_NONBLOCK)
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    // Something else than the default, to see that it is the settings before that come back.
    var settings = termios()
    tcgetattr(line, &settings)
    settings.c_lflag &= ~UInt32(ECHOCTL)
    settings.c_iflag |= UInt32(IXANY)
    tcsetattr(line, TCSANOW, &settings)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if controls {
      // A session leader without a terminal gets the first one it opens.
      posix_spawn_file_actions_addopen(&actions, 1, name, O_RDWR, 0)
    } else {
      posix_spawn_file_actions_adddup2(&actions, line, 1)
    }
    if let input {
      posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    } else {
      posix_spawn_file_actions_adddup2(&actions, 1, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 2, errorFile.path, O_WRONLY | O_CREAT, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // POSIX_SPAWN_SETSID; the header hides it behind _GNU_SOURCE.
    let newSession: Int32 = 0x80
    let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | newSession
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var words = ([program.path] + arguments).map { strdup($0) }
    words.append(nil)
    var values = Program.environment(home: home.url, environment).map { strdup("\($0)=\($1)") }
    values.append(nil)
    defer { for word in words + values { free(word) } }
    var process: pid_t = 0
    let status = posix_spawn(&process, program.path, &actions, &attributes, words, values)
    guard status == 0 else { throw SetupError("yue does not start: \(status)") }
    self.process = process
  }

  deinit {
    if endStatus == nil {
      kill(process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
    close(line)
    close(terminal)
  }

  var text: String { String(decoding: output, as: UTF8.self) }
  var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

  func type(_ keys: String) {
    let bytes = Array(keys.utf8)
    _ = write(terminal, bytes, bytes.count)
  }

  /// Whether a word is on the wire, after the first `start` bytes, before the deadline.
  func shows(_ word: String, after start: Int = 0) -> Bool {
    isTrue { String(decoding: output.dropFirst(start), as: UTF8.self).contains(word) }
  }

  func resize(rows: UInt16, columns: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    // Sent by the kernel only to the foreground of a controlling terminal.
    kill(process, SIGWINCH)
  }

  /// The exit status, 128 + n for a deadly signal n; nil when the program goes on too long.
  func exitStatus() -> Int32? {
    _ = isTrue { hasEnded }
    readOutput()
    return endStatus
  }

  var isRunning: Bool { !hasEnded }

  private var hasEnded: Bool {
    if endStatus != nil { return true }
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return false }
    let signal = status & 0x7F
    endStatus = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    return true
  }

  /// Whether something becomes true before the deadline; reads what the program writes meanwhile.
  func isTrue(_ condition: () -> Bool) -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now + Self.patience
    while true {
      readOutput()
      if condition() { return true }
      guard clock.now < deadline else { return false }
      var wanted = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      _ = poll(&wanted, 1, 20)
    }
  }

  /// Takes what the program has written so far.
  func drain() { readOutput() }

  private func readOutput() {
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(terminal, &buffer, buffer.count)
      guard count > 0 else { return }
      output += buffer[..<count]
    }
  }

  /// The settings of the terminal, as one comparable value.
  var terminalSettings: [UInt32] {
    var settings = termios()
    guard tcgetattr(line, &settings) == 0 else { return [] }
    let flags = [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag]
    return flags + withUnsafeBytes(of: settings.c_cc) { $0.map(UInt32.init) }
  }
}
