import Fetching
import Glibc

/// A command of the reader's that runs beside the browser, without the terminal.
enum ShellProgram {
  /// Starts a command; its standard input is a file, its output is discarded.
  ///
  /// Returns its process, or nil when there is no shell.
  static func start(_ command: String, input: Int32, _ environment: [String: String]) -> pid_t? {
    var process: pid_t = 0
    let status = ProcessGroup.start(
      ["/bin/sh", "-c", command], input: input, environment: environment, &process)
    return status == 0 ? process : nil
  }

  /// Waits for the end of a process, whose number is its own until `status` is asked for.
  static func waitForEnd(of process: pid_t) {
    var facts = siginfo_t()
    while waitid(P_PID, id_t(process), &facts, WEXITED | WNOWAIT) < 0, errno == EINTR {}
  }

  /// What became of a process that has ended: 0, or why it did not do what it should.
  static func fault(of process: pid_t) -> String? {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status != 0 else { return nil }
    let code = ProcessGroup.code(ofStatus: status)
    return code == 127 ? "there is no such program" : "it ended with status \(code)"
  }

  /// Whether there is a program: of this name in the folders of a PATH, or at this path.
  static func isInstalled(_ name: String, _ path: String) -> Bool {
    if name.contains("/") { return access(name, X_OK) == 0 }
    return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
  }
}
