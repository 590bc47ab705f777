import Dispatch
import Feeds
import Glibc
import Synchronization

/// A feed that a program of the reader's prints: `exec:PROGRAM ARGUMENT…`.
///
/// It runs without a shell, without input, and for as long as a server may take; what it prints is
/// held to the size of other feeds. Only the settings can allow this, never a list of subscriptions
/// or a server.
enum CommandFeed {
  static let scheme = "exec:"
  static let limitSeconds = 120

  /// The words of a command line.
  ///
  /// Quotes hold blanks together, a backslash takes what follows it as it is. Nil when a quote does not end.
  static func words(of text: some StringProtocol) -> [String]? {
    var words: [String] = []
    var word = ""
    var isInWord = false
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
        isInWord = true
      } else if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        isInWord = true
      } else if character == " " || character == "\t" {
        if isInWord { words.append(word) }
        word = ""
        isInWord = false
      } else {
        word.append(character)
        isInWord = true
      }
    }
    if isInWord { words.append(word) }
    return quote == nil && !isEscaped ? words : nil
  }

  /// Runs the command of an address and gives back what it printed.
  static func run(
    _ url: String, limitBytes: Int, limitSeconds: Int = limitSeconds
  ) async -> Result<[UInt8], FetchFault> {
    guard let words = words(of: url.dropFirst(scheme.count)), !words.isEmpty,
      !words.contains(where: { $0.utf8.contains(0) })
    else { return .failure(.badAddress) }
    let child = Child()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // It blocks, and the threads of tasks are few.
        DispatchQueue.global().async {
          continuation.resume(
            returning: child.run(words, limitBytes: limitBytes, limitSeconds: limitSeconds))
        }
      }
    } onCancel: {
      child.cancel()
    }
  }
}

/// A running command; it may be ended from another thread.
private final class Child: Sendable {
  private enum State: Sendable {
    case waiting
    case running(pid_t)
    case ended
    case cancelled
  }
  private let state = Mutex(State.waiting)

  func cancel() {
    state.withLock { state in
      if case .running(let process) = state { kill(-process, SIGKILL) }
      if case .ended = state { return }
      state = .cancelled
    }
  }

  private var isCancelled: Bool {
    state.withLock { if case .cancelled = $0 { true } else { false } }
  }

  func run(_ words: [String], limitBytes: Int, limitSeconds: Int) -> Result<[UInt8], FetchFault> {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return .failure(.other("too many files are open")) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let output = ends[0]
    defer { close(output) }
    var process: pid_t = 0
    let status = state.withLock { state -> Int32 in
      if case .cancelled = state { return ECANCELED }
      let status = Self.spawn(words, output: ends[1], &process)
      if status == 0 { state = .running(process) }
      return status
    }
    close(ends[1])
    if status == ECANCELED { return .failure(.cancelled) }
    guard status == 0 else {
      return .failure(.other("the command does not start: \(String(cString: strerror(status)))"))
    }
    let printed = Self.read(output, limitBytes: limitBytes, limitSeconds: limitSeconds)
    if case .failure = printed { kill(-process, SIGKILL) }
    var ending: Int32 = 0
    while waitpid(process, &ending, 0) < 0, errno == EINTR {}
    let wasCancelled = isCancelled
    state.withLock { $0 = .ended }
    if wasCancelled { return .failure(.cancelled) }
    if case .success = printed, ending != 0 {
      let code = ProcessGroup.code(ofStatus: ending)
      return .failure(.other("the command ended with status \(code)"))
    }
    return printed
  }

  private static func spawn(_ words: [String], output: Int32, _ process: inout pid_t) -> Int32 {
    var words = words
    if words[0].hasPrefix("~/"), let home = getenv("HOME") {
      words[0] = String(cString: home) + words[0].dropFirst()
    }
    return ProcessGroup.start(words, output: output, &process)
  }

  private static func read(
    _ descriptor: Int32, limitBytes: Int, limitSeconds: Int
  ) -> Result<[UInt8], FetchFault> {
    let deadline = ContinuousClock.now + .seconds(limitSeconds)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let left = (deadline - ContinuousClock.now) / .milliseconds(1)
      guard left > 0 else { return .failure(.timedOut(seconds: limitSeconds)) }
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wanted, 1, Int32(min(left.rounded(.up), 1_000_000)))
      if ready < 0, errno != EINTR { return .failure(.truncated) }
      guard ready > 0 else { continue }
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? .success(bytes) : .failure(.truncated) }
      guard bytes.count + count <= limitBytes else {
        return .failure(.tooLarge(limitBytes: limitBytes))
      }
      bytes += buffer[..<count]
    }
  }
}
