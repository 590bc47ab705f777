import Foundation
import Glibc

/// A running program, named so that a later one with the same process number is another one.
enum Instance {
  static let own = name(of: getpid())

  static func isRunning(_ name: String) -> Bool {
    guard let process = name.split(separator: ".").first.flatMap({ pid_t($0) }) else {
      return false
    }
    return kill(process, 0) == 0 || errno == EPERM ? self.name(of: process) == name : false
  }

  /// The process number and when it was started, in ticks since the machine was.
  static func name(of process: pid_t) -> String {
    let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    // The name of the program may hold blanks and parentheses; the fields begin behind the last one.
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    return "\(process)." + (fields.count > 19 ? String(fields[19]) : "0")
  }
}
