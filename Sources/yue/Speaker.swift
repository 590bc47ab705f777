import Browsing
import Foundation
import Glibc
import Synchronization

/// Has entries read aloud by the program of the setting `hooks.speak`, one at a time.
///
/// It runs beside the browser, without the terminal, in a process group of its own: what it starts
/// is ended with it.
final class Speaker: Sendable {
  private struct Running: Sendable {
    var process: pid_t
    var text: PipedText
  }
  private let running = Mutex<Running?>(nil)
  private let report: @Sendable (Result<String, HandOver.Fault>) -> Void

  /// - Parameter report: is told when the program failed; from any thread.
  init(_ report: @escaping @Sendable (Result<String, HandOver.Fault>) -> Void) {
    self.report = report
  }

  /// Begins to read; what is being read is not read any more, and if it is the same text, that is
  /// all.
  func speak(_ text: PipedText, with command: String) -> Result<String, HandOver.Fault> {
    if let before = stop(), before == text { return .success("Stopped reading aloud") }
    guard !command.isEmpty else {
      return .failure(
        HandOver.Fault(
          sentence:
            "Nothing reads aloud here: name a program in config.toml, [hooks] speak = \"espeak-ng\""
        ))
    }
    guard let input = HandOver.unnamedFile(holding: text.text) else {
      return .failure(
        HandOver.Fault(sentence: "Nothing is read aloud: there is no room for a temporary file."))
    }
    var process: pid_t = 0
    let status = Self.spawn(command, input.fileDescriptor, HandOver.environment(of: text), &process)
    guard status == 0 else {
      return .failure(
        HandOver.Fault(
          sentence: "Nothing is read aloud: /bin/sh could not be started."))
    }
    running.withLock { $0 = Running(process: process, text: text) }
    let started = process
    DispatchQueue.global().async { self.wait(for: started, command) }
    let title = text.title.isEmpty ? "the entry" : Sentences.quoted(text.title)
    return .success("Reading \(title) aloud; :speak stops it")
  }

  /// Ends the program, if it runs; returns what it was reading.
  @discardableResult
  func stop() -> PipedText? {
    running.withLock { running in
      guard let before = running else { return nil }
      // Its number is still its own: whoever waits for it has not been told of its end.
      kill(-before.process, SIGTERM)
      running = nil
      return before.text
    }
  }

  private func wait(for process: pid_t, _ command: String) {
    // The end is seen before the number of the process is free for another one.
    var facts = siginfo_t()
    while waitid(P_PID, id_t(process), &facts, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    let wasStopped = running.withLock { running in
      guard running?.process == process else { return true }
      running = nil
      return false
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard !wasStopped, status != 0 else { return }
    let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    let why = code == 127 ? "there is no such program" : "it ended with status \(code)"
    report(
      .failure(
        HandOver.Fault(
          sentence: "\(Sentences.quoted(command)) (hooks.speak) did not read: \(why).")))
  }

  private static func spawn(
    _ command: String, _ input: Int32, _ environment: [String: String], _ process: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags =
      Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    let line: [String] = ["sh", "-c", command]
    var words: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) }
    words.append(nil)
    var values: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") }
    values.append(nil)
    defer { for word in words + values { free(word) } }
    return posix_spawn(&process, "/bin/sh", &actions, &attributes, words, values)
  }
}
