import ArgumentParser
import Foundation
import Storing

/// Opening the library for a command, and the statuses of what can fail.
enum LibraryPlace {
  static func path(in environment: [String: String] = ProcessInfo.processInfo.environment)
    -> String
  {
    Paths(environment).library
  }

  /// Opens the library for a command; what fails is said on stderr and ends the program.
  ///
  /// - Parameter isBusy: several tasks will work with it at a time.
  static func open(at path: String? = nil, isBusy: Bool = false) throws -> Store {
    let path = path ?? self.path()
    do {
      return isBusy ? try Store(path: path) : try Store.brief(path: path)
    } catch {
      throw failure(error)
    }
  }

  /// Does something with the library; what fails is said on stderr and ends the program.
  static func attempt<Value>(_ work: () throws(StoringError) -> Value) throws -> Value {
    do throws(StoringError) {
      return try work()
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
    case .badQuery: ExitCode(ExitStatus.usage.rawValue)
    case .diskFull: ExitCode(ExitStatus.ioError.rawValue)
    default: ExitCode(ExitStatus.failed.rawValue)
    }
  }
}
