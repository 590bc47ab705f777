import ArgumentParser
import Foundation
import Keymaps

@main
struct Yue: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "yue",
    abstract: "A reader of feeds in the terminal, for mathematics and Chinese.",
    version: RefreshSettings.version,
    subcommands: [
      BrowseCommand.self, AddCommand.self, RemoveCommand.self, ListCommand.self,
      SearchCommand.self, MarkCommand.self, UndoCommand.self, RefreshCommand.self,
      ImportCommand.self, ExportCommand.self, ShowCommand.self, ParseCommand.self,
      TypesetCommand.self, KeysCommand.self, ConfigCommand.self, PathsCommand.self,
      DoctorCommand.self, ManualCommand.self,
    ],
    defaultSubcommand: BrowseCommand.self)

  static func main() {
    let words = Array(Swift.CommandLine.arguments.dropFirst())
    let arguments = words.isEmpty ? [] : CommandWords.inOrder(words)
    do {
      // Nothing but `yue` is typed most often, and needs no parser.
      if arguments.isEmpty { return try BrowserStart().run() }
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch let code as ExitCode {
      Foundation.exit(code.rawValue)
    } catch {
      if exitCode(for: error) == .validationFailure, let hint = CommandWords.hint(for: arguments) {
        StandardError.write(hint)
        Foundation.exit(ExitStatus.usage.rawValue)
      }
      exit(withError: error)
    }
  }
}

/// What is done to the words of a command line before and after they are parsed.
enum CommandWords {
  /// Options of every command may stand before the command: they are moved behind it.
  ///
  /// `yue --home here list --unread` is `yue list --unread --home here`.
  static func inOrder(_ words: [String]) -> [String] {
    let flags: Set<String> = ["-q", "--quiet", "-v", "--verbose", "--no-input"]
    let options: Set<String> = ["--color", "--config", "--home", "--database"]
    var rest = words[...]
    var moved: [String] = []
    while let word = rest.first {
      if flags.contains(word) || options.contains(where: { word.hasPrefix($0 + "=") }) {
        moved.append(word)
        rest = rest.dropFirst()
      } else if options.contains(word), rest.count > 1 {
        moved += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else {
        break
      }
    }
    guard !moved.isEmpty else { return words }
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    return rest[..<end] + moved + rest[end...]
  }

  /// A sentence for a command line whose command was mistyped; nil when something else is wrong.
  static func hint(for words: [String]) -> String? {
    guard let word = words.first, !word.hasPrefix("-") else { return nil }
    let commands = Yue.configuration.subcommands.map { $0.configuration }
    guard let command = commands.first(where: { $0.commandName == word }) else {
      guard !FileManager.default.fileExists(atPath: word) else { return nil }
      let names = commands.filter { $0.shouldDisplay }.compactMap { $0.commandName }
      return nearest(to: word, among: names) == nil
        ? nil : Sentences.notAFile(word, commands: names)
    }
    let below = command.subcommands.map { $0._commandName }
    guard !below.isEmpty, let second = words.dropFirst().first(where: { !$0.hasPrefix("-") }),
      !below.contains(second), let meant = nearest(to: second, among: below)
    else { return nil }
    return
      "\(Sentences.quoted(second)) is no command of `yue \(word)`. Did you mean `yue \(word) \(meant)`?"
  }
}
