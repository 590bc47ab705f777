import ArgumentParser
import Browsing
import Foundation
import Keymaps

/// Where keymap files lie and which one is in force.
struct KeymapFiles {
  /// The user's `keymaps` folder.
  var folder: URL

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    folder = URL(fileURLWithPath: Paths(environment).keymaps)
  }

  /// The file of a keymap name: the user's, else the built-in one.
  ///
  /// Inside `default.keymap` the name `default` means the built-in one.
  func file(_ name: String, asking: String? = nil) -> KeymapFile? {
    let base = name.hasSuffix(".keymap") ? String(name.dropLast(7)) : name
    if !base.contains("/"), asking != base + ".keymap" {
      let url = folder.appendingPathComponent(base + ".keymap")
      if let bytes = try? Data(contentsOf: url) {
        return KeymapFile(name: base + ".keymap", bytes: Array(bytes))
      }
    }
    return BuiltInKeymaps.file(base)
  }

  /// A reader of keymap files that finds what they include: beside the file, the user's, built in.
  func reader(beside folder: URL? = nil) -> KeymapReader {
    KeymapReader(rules: Command.rules) { name, asking in
      let base = name.hasSuffix(".keymap") ? String(name.dropLast(7)) : name
      if let folder, !base.contains("/"), asking != base + ".keymap",
        let bytes = try? Data(contentsOf: folder.appendingPathComponent(base + ".keymap"))
      {
        return KeymapFile(name: base + ".keymap", bytes: Array(bytes))
      }
      return file(name, asking: asking)
    }
  }

  /// The keymap in force: `user` if there is such a file, else `default`.
  func load(_ name: String? = nil) -> (keymap: Keymap, diagnostics: [Diagnostic]) {
    let chosen =
      name.flatMap { file($0) } ?? file("user") ?? BuiltInKeymaps.file("default")
    guard let chosen else { return (.standard, []) }
    return reader().read(chosen)
  }
}

/// `yue keys`: what the keys mean, and whether a keymap file is right.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Print the keys in force, or check a keymap file.",
    subcommands: [List.self, Check.self, Test.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the keys in force.")

    @Option(
      help: "Only this context: \(KeyContext.allCases.map(\.rawValue).joined(separator: " "))")
    var context: String?

    @Flag(help: "Also print the file and line of each binding.")
    var origin = false

    @Flag(help: "One JSON object.")
    var json = false

    private struct Output: Encodable {
      struct Row: Encodable {
        var context, keys, command: String
        var description: String?
        var file: String
        var line: Int
      }
      var schema = 1
      var bindings: [Row] = []
    }

    @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

    func run() throws {
      var contexts = KeyContext.allCases
      if let context {
        guard let wanted = KeyContext(rawValue: context) else {
          let names = KeyContext.allCases.map(\.rawValue)
          let hint = nearest(to: context, among: names).map { " (did you mean \"\($0)\"?)" } ?? ""
          throw ValidationError("unknown context \"\(context)\"\(hint)")
        }
        contexts = [wanted]
      }
      let (keymap, diagnostics) = KeymapFiles().load()
      for diagnostic in diagnostics { report(diagnostic.text) }
      if json {
        var output = Output()
        for context in contexts {
          output.bindings += keymap.bindings(in: context).map {
            Output.Row(
              context: context.rawValue, keys: Key.notation(of: $0.keys),
              command: $0.invocations.map(\.text).joined(separator: "; "),
              description: $0.description, file: $0.file, line: $0.line)
          }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(output), as: UTF8.self))
        return
      }
      var isFirst = true
      for context in contexts {
        let bindings = keymap.bindings(in: context)
        guard !bindings.isEmpty else { continue }
        if !isFirst { print() }
        isFirst = false
        print("[\(context.rawValue)]")
        for binding in bindings {
          var line = padded(Key.notation(of: binding.keys), 13)
          line += binding.invocations.map(\.text).joined(separator: "; ")
          if let description = binding.description { line += "  -- \(description)" }
          if origin { line = padded(line, 44) + "  # \(binding.file):\(binding.line)" }
          print(line)
        }
      }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Report everything that is wrong with a keymap file.")

    @Argument(help: "A keymap file, or - for stdin.")
    var file: String

    @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

    func run() throws {
      let bytes: Data
      var folder: URL?
      if file == "-" {
        bytes = FileHandle.standardInput.readDataToEndOfFile()
      } else {
        let url = URL(fileURLWithPath: file)
        folder = url.deletingLastPathComponent()
        guard let data = try? Data(contentsOf: url) else {
          report("\(file): no such file, or it cannot be read")
          throw ExitCode(66)
        }
        bytes = data
      }
      let name = file == "-" ? "stdin" : URL(fileURLWithPath: file).lastPathComponent
      let result = KeymapFiles().reader(beside: folder).read(
        KeymapFile(name: name, bytes: Array(bytes)))
      for diagnostic in result.diagnostics { print(diagnostic.text) }
      for note in result.keymap.shadows(madeIn: name) { print(note) }
      if result.diagnostics.contains(where: { !$0.isWarning }) { throw ExitCode.failure }
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what a sequence of keys does in each context.")

    @Argument(help: "Keys as in keymap files: gg, <C-w>o")
    var keys: String

    @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

    func run() throws {
      guard let sequence = Key.sequence(keys) else {
        throw ValidationError("\"\(keys)\" is no sequence of keys; write them as gg or <C-w>o")
      }
      let (keymap, _) = KeymapFiles().load()
      for stack in KeyContext.stacks {
        // The innermost context is named; matches only lie above the others for a while.
        let stack = stack.filter { $0 != .matches }
        guard let name = stack.first?.rawValue else { continue }
        let said: String
        switch keymap.lookup(sequence, in: stack) {
        case .bound(let binding):
          said =
            binding.invocations.map(\.text).joined(separator: "; ")
            + "  # \(binding.file):\(binding.line)"
        case .pending(let bindings):
          let followed = bindings.prefix(6).map { Key.notation(of: $0.keys) }
          said =
            "begins " + followed.joined(separator: " ") + (bindings.count > 6 ? " …" : "")
        case .unbound: said = "not bound"
        }
        print(padded(name, 10) + said)
      }
    }
  }
}

private func padded(_ text: String, _ columns: Int) -> String {
  text + String(repeating: " ", count: max(1, columns - text.unicodeScalars.count))
}

private func report(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
