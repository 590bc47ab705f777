import ArgumentParser
import Foundation
import Storing

/// Where the library lies: `$YUE_HOME/yue.db`, else below the data folder of XDG.
enum LibraryPlace {
  static func path(in environment: [String: String] = ProcessInfo.processInfo.environment)
    -> String
  {
    if let home = environment["YUE_HOME"], !home.isEmpty { return home + "/yue.db" }
    // Relative paths there are to be ignored (XDG Base Directory Specification).
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/yue/yue.db" }
    return (environment["HOME"] ?? "/") + "/.local/share/yue/yue.db"
  }

  /// Opens the library for a command; what fails is said on stderr and ends the program.
  static func open(at path: String? = nil) throws -> Store {
    do {
      return try Store.brief(path: path ?? self.path())
    } catch {
      throw failure(error)
    }
  }

  /// Says what failed and gives the status to end with.
  static func failure(_ error: StoringError) -> ExitCode {
    StandardError.write(Sentences.sentence(for: error))
    return switch error {
    case .busy: ExitCode(75)
    case .cannotOpen: ExitCode(73)
    case .diskFull: ExitCode(ExitStatus.ioError.rawValue)
    default: ExitCode(ExitStatus.failed.rawValue)
    }
  }
}
