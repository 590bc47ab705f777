// The headers of libcurl declare sigset_t a second time, and the compiler may take it for theirs.
import CCurl
import Glibc

/// A program that was started beside this one, in a process group of its own: what it starts is ended
/// with it.
public enum ProcessGroup {
  /// Starts a program with the standard handling of all signals.
  ///
  /// - Parameters:
  ///   - words: The program, looked for in PATH, and its arguments; at least one.
  ///   - input: A descriptor; nil for none.
  ///   - output: A descriptor; nil discards it, as what goes to stderr always is.
  ///   - environment: Nil for that of this program.
  ///   - process: Its process and group.
  /// - Returns: 0, or why there is no such process (errno).
  public static func start(
    _ words: [String], input: Int32? = nil, output: Int32? = nil,
    environment: [String: String]? = nil, _ process: inout Int32
  ) -> Int32 {
    guard let program = words.first else { return ENOENT }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (own, given, access) in [(Int32(0), input, O_RDONLY), (1, output, O_WRONLY)] {
      if let given {
        posix_spawn_file_actions_adddup2(&actions, given, own)
      } else {
        posix_spawn_file_actions_addopen(&actions, own, "/dev/null", access, 0)
      }
    }
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
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    var values: [UnsafeMutablePointer<CChar>?] = (environment ?? [:]).map { strdup("\($0)=\($1)") }
    values.append(nil)
    defer { for word in arguments + values { free(word) } }
    return environment == nil
      ? posix_spawnp(&process, program, &actions, &attributes, arguments, environ)
      : posix_spawnp(&process, program, &actions, &attributes, arguments, values)
  }

  /// What a status of waitpid says as the shell would: the program's own, or 128 and the signal.
  public static func code(ofStatus status: Int32) -> Int32 {
    status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}
