import ArgumentParser
import Foundation

/// `yue manual`: the manual pages that are made from the program itself.
///
/// Commands, options and settings are written down once, where they are; these pages are what is
/// said there, in the order of mdoc(7)'s elder sister man(7).
struct ManualCommand: ParsableCommand {
  enum Page: String, ExpressibleByArgument, CaseIterable {
    case commands = "yue.1"
    case settings = "yue.5"
    case keymaps = "keymaps.md"
  }

  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print a manual page.", shouldDisplay: false)

  @Argument(help: "yue.1, yue.5 or keymaps.md.")
  var page: Page

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func run() throws {
    switch page {
    case .commands: StandardOutput.write(ManualPage.commands(try CommandTable()))
    case .settings: StandardOutput.write(ManualPage.settings)
    case .keymaps: StandardOutput.write(KeymapPage.lines)
    }
  }
}

/// The commands as the library that parses them describes them.
struct CommandTable: Decodable {
  struct Command: Decodable {
    var commandName: String
    var abstract, discussion: String?
    var shouldDisplay: Bool?
    var subcommands: [Command]?
    var arguments: [Argument]?

    var shownSubcommands: [Command] {
      (subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
    }
  }

  struct Argument: Decodable {
    struct Name: Decodable {
      var kind, name: String
    }
    var kind: String
    var shouldDisplay: Bool
    var sectionTitle: String?
    var names: [Name]?
    var valueName: String?
    var abstract: String?
    var isOptional: Bool
    var isRepeating: Bool
    var allValues: [String]?
  }

  var command: Command

  init() throws {
    self = try JSONDecoder().decode(Self.self, from: Data(Yue._dumpHelp().utf8))
  }
}

/// Pages in the language of man(7).
enum ManualPage {
  private static let everywhere = "Options of every command"

  static func commands(_ table: CommandTable) -> [String] {
    var lines = [
      #".\" Made by `yue manual yue.1`; the texts are those of the program's help."#,
      ".TH YUE 1", ".SH NAME", "yue \\- read feeds in the terminal", ".SH SYNOPSIS",
      ".B yue", ".RI [ options ]", ".RI [ file \\ ...]", ".br", ".B yue", ".I command",
      ".RI [ options ]", ".RI [ argument \\ ...]", ".SH DESCRIPTION",
    ]
    lines += text(
      """
      yue is a browser of feeds (RSS, Atom, JSON Feed) for people who read mathematics and Chinese. \
      Without a command it opens the library, or the given feed files. Keys are explained by ? \
      in the browser, the settings in yue(5), keymap files in yue-keys(5), queries in yue-query(7).
      """)
    let commands = table.command.subcommands ?? []
    if let browse = commands.first(where: { $0.commandName == "browse" }) {
      lines.append(".SH OPTIONS OF THE BROWSER")
      for argument in browse.arguments ?? [] where isOwn(argument) { lines += item(argument) }
    }
    lines.append(".SH COMMANDS")
    for command in table.command.shownSubcommands { lines += section(command, ["yue"]) }
    lines.append(".SH OPTIONS OF EVERY COMMAND")
    let first = commands.first { $0.commandName == "list" }
    for argument in first?.arguments ?? [] where argument.sectionTitle == everywhere {
      lines += item(argument)
    }
    lines.append(".SH EXIT STATUS")
    let statuses = [
      ("0", "Done."), ("1", "Failed."),
      ("2", "Partly done: some feeds failed, or something could not be taken over."),
      ("64", "The command line is wrong."), ("65", "The input is not what it should be."),
      ("66", "There is no such file."), ("69", "The network is down."),
      ("73", "The library or a file cannot be created."), ("74", "Reading or writing failed."),
      ("75", "Another program holds the library; try again."),
      ("128+n", "Ended by signal n."),
    ]
    for (status, meaning) in statuses { lines += [".TP", ".B " + status] + text(meaning) }
    lines.append(".SH ENVIRONMENT")
    let variables = [
      ("YUE_HOME", "A folder for everything that is kept, as --home."),
      ("YUE_CONFIG", "The file of settings, as --config."),
      ("YUE_DATABASE", "The file of the library, as --database."),
      ("YUE_OPENER", "The command that opens addresses; then BROWSER, then xdg-open."),
      ("NO_COLOR", "No colours. CLICOLOR_FORCE: colours also in pipes."),
      ("http_proxy, https_proxy, no_proxy", "Proxies, as curl reads them."),
    ]
    for (name, meaning) in variables { lines += [".TP", ".B " + escaped(name)] + text(meaning) }
    lines.append(".SH FILES")
    let files = [
      ("~/.config/yue/config.toml", "Settings, yue(5)."),
      ("~/.config/yue/keymaps/", "Your keymap files, yue-keys(5)."),
      ("~/.local/share/yue/yue.db", "The library: the thing to back up."),
      ("~/.local/state/yue/", "Log and history; safe to delete."),
    ]
    for (path, meaning) in files { lines += [".TP", ".I " + escaped(path)] + text(meaning) }
    return lines + [".SH SEE ALSO", ".BR yue (5),", ".BR yue-keys (5),", ".BR yue-query (7)"]
  }

  private static func isOwn(_ argument: CommandTable.Argument) -> Bool {
    let names = (argument.names ?? []).map(\.name)
    return argument.shouldDisplay && argument.sectionTitle != everywhere
      && !names.contains("help") && !names.contains("version")
  }

  private static func section(_ command: CommandTable.Command, _ path: [String]) -> [String] {
    let path = path + [command.commandName]
    let own = (command.arguments ?? []).filter(isOwn)
    var usage = escaped(path.joined(separator: " "))
    if own.contains(where: { $0.kind != "positional" }) { usage += "\\fR [\\fIoptions\\fR]" }
    for argument in own where argument.kind == "positional" {
      let name = "\\fI" + escaped(argument.valueName ?? "value") + "\\fR"
      let repeated = name + (argument.isRepeating ? " ..." : "")
      usage += argument.isOptional ? " \\fR[" + repeated + "]" : " " + repeated
    }
    var lines = [".SS \"" + usage + "\""]
    if let abstract = command.abstract { lines += text(abstract) }
    if let discussion = command.discussion { lines += paragraphs(discussion) }
    for argument in own { lines += item(argument) }
    for below in command.shownSubcommands { lines += section(below, path) }
    return lines
  }

  private static func item(_ argument: CommandTable.Argument) -> [String] {
    var names = (argument.names ?? []).map { ($0.kind == "short" ? "-" : "--") + $0.name }
    if argument.kind == "positional" { names = [] }
    var tag = names.map { "\\fB" + escaped($0) + "\\fR" }.joined(separator: ", ")
    if argument.kind == "option" || names.isEmpty {
      tag += (tag.isEmpty ? "" : " ") + "\\fI" + escaped(argument.valueName ?? "value") + "\\fR"
    }
    var help = argument.abstract ?? ""
    if let values = argument.allValues, !values.isEmpty, argument.kind == "option" {
      help += " (" + values.joined(separator: ", ") + ")"
    }
    return [".TP", tag] + text(help)
  }

  /// Paragraphs, and examples as they stand.
  private static func paragraphs(_ discussion: String) -> [String] {
    var lines: [String] = []
    var isExample = false
    for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
      let isIndented = line.hasPrefix("  ")
      if isIndented != isExample {
        lines += isIndented ? [".RS", ".nf"] : [".fi", ".RE"]
        isExample = isIndented
      }
      if isIndented {
        lines.append(escaped(String(line.dropFirst(2))))
      } else {
        lines += line.isEmpty ? [".PP"] : text(String(line))
      }
    }
    return isExample ? lines + [".fi", ".RE"] : lines
  }

  static let settings: [String] = {
    var lines = [
      #".\" Made by `yue manual yue.5`; the texts are those of the table of settings."#,
      ".TH YUE 5", ".SH NAME", "yue \\- settings of the feed browser", ".SH DESCRIPTION",
    ]
    lines += text(
      """
      The settings stand in config.toml, whose place `yue paths` tells; it need not exist. It is \
      TOML. A line that is wrong is ignored and reported, the rest holds; `yue config check` \
      reports all of them with line and column, `yue config default` prints a file to begin with. \
      In the names of settings - and _ mean the same. Durations are written "500ms", "30s", "45m", \
      "2h" or "7d", sizes "512KiB", "32MiB" or "1GiB".
      """)
    lines.append(".SH SETTINGS")
    let standard = Configuration()
    for setting in Setting.all {
      lines += [
        ".TP", "\\fB" + escaped(setting.name) + "\\fR = " + escaped(setting.read(standard)),
      ]
      lines += text("\(setting.help) It is \(setting.kind).")
    }
    lines.append(".SH SETTINGS OF ONE FEED")
    lines += text("They stand in a table that is named by the address of the feed:")
    lines += [
      ".PP", ".RS", ".nf", "[feed.\"https://example.org/feed\"]", "interval = \"6h\"", ".fi", ".RE",
    ]
    for setting in Setting.ofFeeds {
      lines += [".TP", "\\fB" + escaped(setting.name) + "\\fR"]
      lines += text("\(setting.help) It is \(setting.kind).")
    }
    return lines + [".SH SEE ALSO", ".BR yue (1),", ".BR yue-keys (5),", ".BR yue-query (7)"]
  }()

  /// Running text: nothing in it begins a request.
  private static func text(_ text: String) -> [String] {
    let line = escaped(text)
    return line.isEmpty ? [] : [line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line]
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("~", with: "\\(ti")
      .replacing("`", with: "\\(ga")
  }
}
