import ArgumentParser
import Foundation
import Glibc
import Storing

/// The options that every command has.
///
/// Those that name places are the same as variables of the environment, and become them before the
/// command runs: what a command starts looks in the same places.
struct GlobalOptions: ParsableArguments {
  enum Coloring: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  @Flag(name: .shortAndLong, help: "Say nothing but what failed.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more about what is done.")
  var verbose = false

  @Option(help: ArgumentHelp("Colours and bold text in what is printed.", valueName: "when"))
  var color: Coloring = .auto

  @Option(
    help: ArgumentHelp("The file of settings.", valueName: "file"),
    completion: .file(extensions: ["toml"]))
  var config: String?

  @Option(
    help: ArgumentHelp("A folder for everything that is kept.", valueName: "folder"),
    completion: .directory)
  var home: String?

  @Option(help: ArgumentHelp("The file of the library.", valueName: "file"), completion: .file())
  var database: String?

  @Flag(help: "Ask nothing; for scripts.")
  var noInput = false

  func validate() throws {
    if quiet, verbose { throw ValidationError("Give one of --quiet and --verbose.") }
    for (name, value) in [("YUE_HOME", home), ("YUE_CONFIG", config), ("YUE_DATABASE", database)] {
      guard let value else { continue }
      if value.isEmpty { throw ValidationError("An empty name is no place.") }
      setenv(name, URL(filePath: value).absoluteURL.path, 1)
    }
  }
}

extension GlobalOptions {
  var paths: Paths { Paths() }

  /// A message that is no failure.
  func note(_ sentence: String) {
    if !quiet { StandardError.write(sentence) }
  }

  /// A message for those who asked for more.
  func detail(_ sentence: String) {
    if verbose { StandardError.write(sentence) }
  }

  /// Opens the library.
  func library(isBusy: Bool = false) throws -> Store {
    let store = try LibraryPlace.open(at: paths.library, isBusy: isBusy)
    detail("the library is \(Sentences.quoted(store.path)).")
    return store
  }

  /// Copies the library once a week; that this fails spoils nothing else.
  func backUp(_ store: Store) {
    do throws(StoringError) {
      if let copy = try store.backUpWeekly(in: paths.backups, at: LocalTime.now) {
        detail("the library was copied to \(Sentences.quoted(copy)).")
      }
    } catch {
      note("the library was not copied: \(Sentences.sentence(for: error))")
    }
  }

  /// Whether what is printed may be bold or coloured (https://no-color.org,
  /// https://bixense.com/clicolors).
  var usesColor: Bool {
    switch color {
    case .always: return true
    case .never: return false
    case .auto:
      let environment = ProcessInfo.processInfo.environment
      func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
      if isSet("NO_COLOR") || environment["CLICOLOR"] == "0" { return false }
      if isSet("CLICOLOR_FORCE") || isSet("FORCE_COLOR") { return true }
      return isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
    }
  }
}
