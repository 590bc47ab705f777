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

  /// A keymap that was read.
  struct Loaded {
    var keymap: Keymap
    /// As help shows it.
    var name: String
    var diagnostics: [Diagnostic] = []
    /// There is none of the name that was asked for; another is in force.
    var missing: String?

    /// The first thing that is wrong, in one line.
    var notice: String? {
      missing ?? diagnostics.first { !$0.isWarning }.map { "\($0.summary) (yue keys check)" }
    }
  }

  /// The keymap of a name; without one `user` if there is such a file, else `default`.
  func load(_ name: String? = nil) -> Loaded {
    if let name, !name.isEmpty {
      if let chosen = file(name) { return read(chosen) }
      var loaded = load()
      loaded.missing = Sentences.noSuchKeymap(name, known: names, used: loaded.name)
      return loaded
    }
    guard let chosen = file("user") ?? BuiltInKeymaps.file("default") else {
      return Loaded(keymap: .standard, name: "default")
    }
    return read(chosen)
  }

  private func read(_ file: KeymapFile) -> Loaded {
    let (keymap, diagnostics) = reader().read(file)
    return Loaded(
      keymap: keymap, name: String(file.name.dropLast(".keymap".count)), diagnostics: diagnostics)
  }

  /// The keymaps there are: the reader's own and those built in, in alphabetical order.
  var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let own = files.filter { $0.hasSuffix(".keymap") }.map { String($0.dropLast(7)) }
    return Set(own + BuiltInKeymaps.names).sorted()
  }
}

/// Which keymap a command is about.
struct KeymapOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A keymap: one of yours, or default, emacs, less, newsboat, vim.", valueName: "name"),
    completion: .list(BuiltInKeymaps.names))
  var keymap: String?

  /// The keymap of the option, else the one in force.
  func load(_ everywhere: GlobalOptions) throws -> KeymapFiles.Loaded {
    let name = try keymap ?? everywhere.configurationFile().configuration.keymap
    let loaded = KeymapFiles().load(name)
    if let missing = loaded.missing {
      report(missing)
      if keymap != nil { throw ExitCode(ExitStatus.noInput.rawValue) }
    }
    return loaded
  }
}

/// `yue keys`: what the keys mean, and whether a keymap file is right.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Print the keys in force, or check a keymap file.",
    discussion: """
      The setting keymap chooses among default, emacs, less, newsboat, vim and your own files; \
      yue-keys(5) describes these.

      Examples:
        yue keys --context reader
        yue keys check mine.keymap
        yue keys test --keymap vim gt
      """,
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

    @OptionGroup var chosen: KeymapOption
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
      let loaded = try chosen.load(everywhere)
      let keymap = loaded.keymap
      for diagnostic in loaded.diagnostics { report(diagnostic.text) }
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
      abstract: "Report everything that is wrong with a keymap file.",
      discussion: """
        Each fault is shown with its line and carets below it; the status is 1 when there is one. \
        Notes say which keys of an outer context a file hides.
        """)

    @Argument(
      help: "A keymap file, the name of a keymap, or - for stdin; without one, the keymap in force."
    )
    var file: String?

    @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

    func run() throws {
      let files = KeymapFiles()
      let input: KeymapFile
      var folder: URL?
      if let file {
        guard let found = Self.file(file, &folder) else {
          report(Sentences.noSuchKeymap(file, known: files.names, used: nil))
          throw ExitCode(ExitStatus.noInput.rawValue)
        }
        input = found
      } else {
        let name = try everywhere.configurationFile().configuration.keymap
        guard let found = files.file(name.isEmpty ? "user" : name) ?? files.file("default") else {
          return
        }
        input = found
      }
      let name = input.name
      let result = files.reader(beside: folder).read(input)
      for diagnostic in result.diagnostics { print(diagnostic.text) }
      for note in result.keymap.shadows(madeIn: name) { print(note) }
      if result.diagnostics.contains(where: { !$0.isWarning }) { throw ExitCode.failure }
    }

    /// The file of a path, of the name of a keymap, or standard input.
    private static func file(_ named: String, _ folder: inout URL?) -> KeymapFile? {
      if named == "-" {
        let bytes = FileHandle.standardInput.readDataToEndOfFile()
        return KeymapFile(name: "stdin", bytes: Array(bytes))
      }
      let url = URL(fileURLWithPath: named)
      guard let bytes = try? Data(contentsOf: url) else { return KeymapFiles().file(named) }
      folder = url.deletingLastPathComponent()
      return KeymapFile(name: url.lastPathComponent, bytes: Array(bytes))
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what a sequence of keys does in each context.")

    @Argument(help: "Keys as in keymap files: gg, <C-w>o")
    var keys: String

    @OptionGroup var chosen: KeymapOption
    @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

    func run() throws {
      guard let sequence = Key.sequence(keys) else {
        let faults = KeymapReader.faults(inKeys: keys)
        for fault in faults { report(fault.text) }
        if faults.isEmpty { report("keys: nothing to test; write them as gg or <C-w>o") }
        throw ExitCode(ExitStatus.usage.rawValue)
      }
      let keymap = try chosen.load(everywhere).keymap
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
