import Browsing
import Keymaps

/// `docs/keymaps.md`: every command with its keys, and what each keymap has of its own.
enum KeymapPage {
  static let lines: [String] = {
    let standard = Keymap.standard
    var lines = [
      "# Commands and keys", "",
      "<!-- Made by `yue manual keymaps.md` (`make manual`); the texts are those of the program's"
        + " table of commands. -->", "",
      "Everything yue can be told has a name. Keys are bound to names by keymap files;"
        + " every name can also be typed at the prompt (`:`), with its arguments, as far as it is"
        + " not about the prompt itself. An unambiguous beginning of a name is enough there.", "",
      "* `?` shows the keys that work where you are; after a prefix such as `g`, what may follow.",
      "* `keymap = \"vim\"` in config.toml chooses another keymap, `:set keymap vim` for a session.",
      "* `yue keys` prints the keys in force, `yue keys check FILE` says what is wrong with a file,"
        + " `yue keys test KEYS` what a sequence does. yue-keys(5) describes the files.",
      "* `:bind X next-unread` and `:unbind X` change keys for a session.", "",
      "## Commands", "",
      "*N* is what a count typed before the keys means. The contexts are those of keymap files.",
      "",
      "| command | works in | keys | does |", "|--|--|--|--|",
    ]
    for command in Command.allCases {
      let facts = command.facts
      for form in facts.forms {
        let name = Invocation(command.rawValue, form.arguments).text
        let keys = KeyContext.allCases.flatMap { context in
          standard.bindings(in: context).filter {
            $0.invocations == [Invocation(command.rawValue, form.arguments)]
          }.map(\.keys)
        }
        var unique: [[Key]] = []
        for sequence in keys where !unique.contains(sequence) { unique.append(sequence) }
        var help = form.help
        if let count = facts.count, form.arguments.isEmpty { help += " · \(count)" }
        let contexts = facts.contexts.map(\.rawValue).joined(separator: " ")
        lines.append(
          "| `\(escaped(name))` | \(contexts) | \(written(unique)) | \(escaped(help)) |")
      }
    }
    lines += ["", "## Keymaps", ""]
    lines.append(
      "All begin with the keys of `default` (Keymaps/default.keymap), which are those above.")
    for name in BuiltInKeymaps.names where name != "default" {
      guard let file = BuiltInKeymaps.file(name) else { continue }
      lines += ["", "### \(name)", ""] + remark(of: file)
      lines += ["", "| in | keys | do |", "|--|--|--|"]
      let keymap = KeymapReader(rules: Command.rules).read(file).keymap
      lines += changes(from: standard, to: keymap)
    }
    return lines
  }()

  /// The remark a file begins with.
  private static func remark(of file: KeymapFile) -> [String] {
    let lines = String(decoding: file.bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let remark = lines.prefix { $0.hasPrefix("#") }.map { $0.drop { "# ".contains($0) } }
    return [remark.joined(separator: " ")]
  }

  /// One row for each command that has other keys, or keys that do nothing any more.
  private static func changes(from old: Keymap, to new: Keymap) -> [String] {
    struct Change: Hashable {
      var keys: [Key]
      var commands: String
    }
    var order: [Change] = []
    var contexts: [Change: [String]] = [:]
    func note(_ keys: [Key], _ commands: String, _ context: KeyContext) {
      let change = Change(keys: keys, commands: commands)
      if contexts[change] == nil { order.append(change) }
      contexts[change, default: []].append(context.rawValue)
    }
    for context in KeyContext.allCases {
      for binding in new.bindings(in: context)
      where old.binding(binding.keys, in: context)?.invocations != binding.invocations {
        note(binding.keys, binding.invocations.map(\.text).joined(separator: "; "), context)
      }
      for binding in old.bindings(in: context) where new.binding(binding.keys, in: context) == nil {
        // A longer sequence whose beginning is bound now is gone with it.
        let isCovered = (1..<binding.keys.count).contains {
          new.binding(Array(binding.keys.prefix($0)), in: context) != nil
        }
        if !isCovered { note(binding.keys, "", context) }
      }
    }
    return order.map { change in
      let places = contexts[change, default: []].joined(separator: " ")
      let commands = change.commands.isEmpty ? "nothing" : "`\(escaped(change.commands))`"
      return "| \(places) | \(written([change.keys])) | \(commands) |"
    }
  }

  private static func written(_ sequences: [[Key]]) -> String {
    sequences.map { "`\(escaped(Key.notation(of: $0)))`" }.joined(separator: " ")
  }

  /// What stands in a cell of a table.
  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
