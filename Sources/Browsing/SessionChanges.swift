import Feeds
import Keymaps

/// What the prompt changes for this session: settings and keys.
extension Browser {
  /// The name of the file in which bindings of the prompt are said to stand.
  static let sessionFile = "the prompt"

  mutating func openCommandPrompt() {
    var prompt = Prompt(.command)
    prompt.options = settings.options
    state.prompt = prompt
  }

  /// Shows a setting, or asks for its change.
  mutating func set(_ arguments: [String]) {
    guard let name = arguments.first else { return }
    outbox.append(
      .changeSetting(name: name, value: arguments.count > 1 ? arguments[1] : nil))
  }

  /// Puts a line that was refused back into the prompt, to be mended.
  mutating func takeBack(settingNamed name: String, _ value: String?) {
    guard state.prompt == nil else { return }
    openCommandPrompt()
    let words = [Command.set.rawValue, name] + (value.map { [$0] } ?? [])
    state.prompt?.replace(with: words.joined(separator: " "))
  }

  /// Takes over other settings; the place of reading stays.
  mutating func load(_ settings: Settings) {
    let rowsChange = settings.smartFeeds != self.settings.smartFeeds
    self.settings = settings
    if rowsChange, state.feeds.isLoaded { reload() }
    for text in state.keyChanges { self.settings.keymap = changed(by: text).keymap }
    keyIndex = KeyIndex(self.settings.keymap)
    state.reader?.forgetPage()
  }

  // MARK: Keys

  /// Where a line of the prompt is wrong, in its scalars.
  struct LineFault {
    var message: String
    var place: Int
  }

  /// What came of a line of the prompt.
  enum LineOutcome {
    /// It is no line of this kind.
    case other
    case done
    case refused(LineFault)
  }

  /// Runs a line that begins with `bind` or `unbind`: what follows is as in a keymap file, and not
  /// to be taken apart as other lines are.
  mutating func runKeyCommand(_ line: String) -> LineOutcome {
    let trimmed = line.trimmingPrefix { $0 == " " }
    let (word, rest) = Prompt.firstWord(of: String(trimmed))
    guard let command = Command.named(word), command == .bind || command == .unbind else {
      return .other
    }
    let place = line.unicodeScalars.count - (rest?.unicodeScalars.count ?? 0)
    guard let rest, !rest.isEmpty else {
      return .refused(
        LineFault(
          message: command == .bind
            ? "bind needs keys and a command: bind X next-unread"
            : "unbind needs keys: unbind X", place: line.unicodeScalars.count))
    }
    let fault = command == .bind ? bind(rest, at: place) : unbind(rest, at: place)
    if fault == nil {
      let words =
        command == .bind ? rest.split(separator: " ", maxSplits: 1).map(String.init) : [rest]
      trace?.append(Invocation(command.rawValue, words))
    }
    return fault.map(LineOutcome.refused) ?? .done
  }

  /// Binds keys where the command can do anything, or in the contexts named in brackets.
  ///
  /// - Parameter place: where the text stands in the line of the prompt, in scalars.
  @discardableResult
  mutating func bind(_ text: String, at place: Int) -> LineFault? {
    var scalars = Array(text.unicodeScalars)[...]
    var header: String?
    if scalars.first == "[", let end = scalars.firstIndex(of: "]"), end + 1 < scalars.endIndex,
      scalars[end + 1] == " "
    {
      header = String(String.UnicodeScalarView(scalars[...end]))
      scalars = scalars[(end + 1)...].drop { $0 == " " }
    }
    let keysStart = scalars.startIndex
    guard let blank = scalars.firstIndex(of: " "),
      let commandStart = scalars[blank...].firstIndex(where: { $0 != " " })
    else {
      return LineFault(
        message: "the command is missing: bind KEYS COMMAND", place: place + scalars.endIndex)
    }
    let keys = String(String.UnicodeScalarView(scalars[..<blank]))
    let commandEnd = (scalars.lastIndex { $0 != " " } ?? commandStart) + 1
    let command = String(String.UnicodeScalarView(scalars[commandStart..<commandEnd]))
    let contexts = header ?? "[\(contexts(for: command).map(\.rawValue).joined(separator: " "))]"
    let lines = contexts + "\n" + keys + "\t" + command
    let (keymap, diagnostics) = changed(by: lines)
    if let fault = diagnostics.first(where: { !$0.isWarning }) {
      // The first line is the header, the second the keys, a tab and the command.
      let keysCount = blank - keysStart
      let column = fault.column - 1
      let shift =
        fault.line == 1
        ? column : column <= keysCount ? keysStart + column : commandStart + column - keysCount - 1
      return LineFault(message: fault.message, place: place + shift)
    }
    use(keymap, lines)
    let names = contexts.dropFirst().dropLast()
    say("\(keys) does \(command) in \(names), for this session")
    return nil
  }

  /// Removes the bindings of keys, and of what begins with them, wherever they hold.
  @discardableResult
  mutating func unbind(_ text: String, at place: Int = 0) -> LineFault? {
    guard let keys = Key.sequence(text) else {
      return LineFault(
        message: "\"\(text)\" is no sequence of keys; write them as gg or <C-w>o", place: place)
    }
    let stack = stack(at: state.focus)
    let contexts = stack.filter { context in
      settings.keymap.bindings(in: context).contains { $0.keys.starts(with: keys) }
    }
    guard !contexts.isEmpty else {
      return LineFault(message: "\(Key.label(of: keys)) is not bound here", place: place)
    }
    let names = contexts.map(\.rawValue).joined(separator: " ")
    let lines = "[\(names)]\n\(Key.notation(of: keys))\tnone"
    use(changed(by: lines).keymap, lines)
    say("\(Key.label(of: keys)) is not bound any more in \(names), for this session")
    return nil
  }

  private func changed(by lines: String) -> (keymap: Keymap, diagnostics: [Diagnostic]) {
    KeymapReader(rules: Command.rules).read(
      KeymapFile(name: Browser.sessionFile, text: lines), over: settings.keymap)
  }

  private mutating func use(_ keymap: Keymap, _ lines: String) {
    state.keyChanges.append(lines)
    settings.keymap = keymap
    keyIndex = KeyIndex(keymap)
  }

  /// The panes where commands can do anything; if there are none, where they belong.
  private func contexts(for line: String) -> [KeyContext] {
    let names = CommandLine(line).calls.compactMap(\.words.first?.text)
    let rules = Command.rules.filter { names.contains($0.name) }
    guard let first = rules.first else { return [.global] }
    let panes: [KeyContext] = [.feeds, .entries, .reader].filter { pane in
      rules.allSatisfy { $0.works(in: pane) }
    }
    return panes.isEmpty ? first.contexts : panes
  }
}
