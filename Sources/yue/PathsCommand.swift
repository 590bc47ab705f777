import ArgumentParser
import Parsing

/// `yue paths`: where everything is.
struct PathsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paths", abstract: "Print where everything is kept.",
    discussion: """
      The library is the thing to back up; log, history and cache are safe to delete. YUE_HOME, or \
      --home, puts everything into one folder.

      Examples:
        yue paths
        yue paths --json | jq -r .library
        yue --home /media/stick paths
      """)

  @Flag(help: "One JSON object.")
  var json = false

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func run() throws {
    let paths = everywhere.paths
    let rows = [
      ("config", paths.configuration), ("keymaps", paths.keymaps), ("library", paths.library),
      ("backups", paths.backups), ("log", paths.log), ("history", paths.history),
      ("cache", paths.cache),
    ]
    if json {
      let members = rows.map { "\"\($0)\":\(NeutralJSON.quoted($1))" }.joined(separator: ",")
      StandardOutput.write(["{\"schema\":1,\(members)}"])
      return
    }
    StandardOutput.write(
      rows.map { name, path in
        name + String(repeating: " ", count: 9 - name.count) + Sentences.plain(path)
      })
  }
}
