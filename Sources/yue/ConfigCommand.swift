import ArgumentParser
import Foundation

/// `yue config`: the settings.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check and show the settings.",
    discussion: """
      `yue paths` says where the file of settings is; it need not exist. yue.5 explains each \
      setting.

      Examples:
        yue config show --origin
        yue config check
        yue config default > ~/.config/yue/config.toml
      """,
    subcommands: [Show.self, Check.self, Default.self], defaultSubcommand: Show.self)

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the settings in force.",
      discussion: """
        Examples:
          yue config show
          yue config show --origin | grep -v default
        """)

    @Flag(help: "Also say where each comes from.")
    var origin = false

    @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

    func run() throws {
      let file = try everywhere.configurationFile()
      StandardOutput.write(
        Setting.all.map { setting in
          let line = "\(setting.name) = \(setting.read(file.configuration))"
          guard origin else { return line }
          let place = file.lines[setting.name].map { "\(file.name):\($0)" } ?? "default"
          return line + String(repeating: " ", count: max(2, 44 - line.count)) + "# " + place
        })
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Report everything that is wrong with a file of settings.",
      discussion: """
        A line that is wrong is ignored, the rest holds. The status is 65 when something is wrong.

        Examples:
          yue config check
          yue config check new.toml
        """)

    @Argument(help: "A file, or - for standard input; without one, the file in force.")
    var file: String?

    @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

    func run() throws {
      let path = file ?? everywhere.paths.configuration
      if file == nil, !FileManager.default.fileExists(atPath: path) {
        return everywhere.note("there is no \(Sentences.quoted(path)); the defaults hold.")
      }
      let input = try InputFile(named: path)
      let name = path == "-" ? "stdin" : URL(filePath: path).lastPathComponent
      let diagnostics = ConfigFile(input.bytes, named: name).diagnostics
      StandardOutput.write(diagnostics.map(\.text))
      if !diagnostics.isEmpty { throw ExitCode(ExitStatus.badInput.rawValue) }
      everywhere.note("\(Sentences.quoted(path)) is right.")
    }
  }

  struct Default: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a file of all settings with their defaults, commented out.",
      discussion: """
        Examples:
          yue config default > ~/.config/yue/config.toml
        """)

    @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

    func run() throws { StandardOutput.write(Self.lines) }

    static var lines: [String] {
      var lines = ["# Settings of yue. Lines that begin with # are the defaults."]
      var table = ""
      let standard = Configuration()
      for setting in Setting.all {
        let parts = setting.parts
        if parts.table != table {
          table = parts.table
          lines += ["", "[\(table)]"]
        }
        lines += ["", "# \(setting.help)", "# \(setting.kind)"]
        lines.append("#\(parts.key) = \(setting.read(standard))")
      }
      lines += ["", "# Settings of one feed, by its address."]
      lines.append("#[feed.\"https://example.org/feed\"]")
      for setting in Setting.ofFeeds {
        lines += ["", "# \(setting.help)", "# \(setting.kind)"]
        let example =
          ["interval": "\"6h\"", "header": "[\"Accept-Language: zh\"]"][setting.name] ?? "\"\""
        lines.append("#\(setting.name) = \(example)")
      }
      return lines
    }
  }
}

extension GlobalOptions {
  /// The file of settings; what is wrong in it is said on stderr.
  func configurationFile() throws -> ConfigFile {
    do throws(InputError) {
      let file = try ConfigFile(path: paths.configuration)
      for diagnostic in file.diagnostics { StandardError.write(diagnostic.text) }
      return file
    } catch {
      StandardError.write(Sentences.sentence(for: error))
      throw ExitCode(ExitStatus.noInput.rawValue)
    }
  }

  /// The settings of fetching for a command that does one thing.
  func refreshSettings() throws -> RefreshSettings {
    var settings = try configurationFile().configuration.refresh
    settings.parsers = RefreshSettings.forCommands().parsers
    return settings
  }
}
