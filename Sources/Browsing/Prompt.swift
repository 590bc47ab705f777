import Cells
import Keymaps

/// One line being typed at the bottom of the screen.
struct Prompt: Equatable, Sendable {
  enum Kind: String, Hashable, Sendable {
    case command, find, filter, search, tag, add, rename, pipe, save
    case setURL = "set-url"
    case moveToFolder = "move-to-folder"
    case newFolder = "new-folder"
    case saveSearch = "save-search"
    case importList = "import"
    case openWith = "open-with"
    case exportFile = "export"
    case interval
  }

  /// A way to go on with the line.
  struct Candidate: Equatable, Sendable {
    var text: String
    var help: String
  }

  var kind: Kind
  /// Grapheme clusters, so that editing never cuts a character.
  private(set) var characters: [Character] = []
  /// Where typing goes: a position in `characters`.
  private(set) var cursor = 0
  private(set) var candidates: [Candidate] = []
  private(set) var chosen: Int?
  /// What the reader typed before a candidate was inserted.
  private var typed: [Character]?
  private var historyPlace: Int?
  private var draft: [Character] = []

  init(_ kind: Kind) {
    self.kind = kind
    if kind == .command { candidates = [] }
  }

  var text: String { String(characters) }
  var sign: String {
    switch kind {
    case .command: ":"
    case .find: "/"
    case .tag: "tags: "
    case .setURL: "address: "
    case .moveToFolder: "to folder: "
    case .newFolder: "new folder: "
    case .saveSearch: "save as: "
    case .openWith: "open with: "
    case .interval: "every: "
    default: kind.rawValue + ": "
    }
  }

  /// The settings that `set` can change.
  var options: [Settings.Option] = []

  /// Offers ways to go on; while the reader steps through those there were, they stay.
  mutating func offer(_ candidates: [Candidate]) {
    guard chosen == nil else { return }
    self.candidates = candidates
  }

  /// The most characters a line may have; a paste may bring a megabyte.
  private static let mostCharacters = 4096

  mutating func insert(_ text: String) {
    let room = max(0, Prompt.mostCharacters - characters.count)
    let line = text.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }.prefix(room)
    let clean = line.filter {
      $0.properties.generalCategory != .control
    }
    // A combining mark joins the character before it.
    let before = String(characters[..<cursor]) + String(String.UnicodeScalarView(clean))
    let after = characters[cursor...]
    characters = Array(before)
    cursor = characters.count
    characters += after
    edited()
  }

  mutating func erase() {
    guard cursor > 0 else { return }
    characters.remove(at: cursor - 1)
    cursor -= 1
    edited()
  }

  mutating func delete() {
    guard cursor < characters.count else { return }
    characters.remove(at: cursor)
    edited()
  }

  mutating func eraseWord() {
    var start = cursor
    while start > 0, characters[start - 1] == " " { start -= 1 }
    while start > 0, characters[start - 1] != " " { start -= 1 }
    characters.removeSubrange(start..<cursor)
    cursor = start
    edited()
  }

  mutating func eraseToStart() {
    characters.removeSubrange(..<cursor)
    cursor = 0
    edited()
  }

  mutating func eraseToEnd() {
    characters.removeSubrange(cursor...)
    edited()
  }

  mutating func move(to place: Int) { cursor = max(0, min(place, characters.count)) }

  mutating func moveCursor(by step: Int) { move(to: cursor + step) }

  mutating func replace(with text: String) {
    characters = Array(text)
    cursor = characters.count
    edited()
  }

  /// Steps through an older or newer line.
  mutating func recall(_ history: [String], by step: Int) {
    guard !history.isEmpty else { return }
    let place = (historyPlace ?? history.count) + step
    guard (0...history.count).contains(place) else { return }
    if historyPlace == nil { draft = characters }
    characters = place == history.count ? draft : Array(history[place])
    cursor = characters.count
    let draft = draft
    edited()
    self.draft = draft
    historyPlace = place == history.count ? nil : place
  }

  /// Inserts the next candidate, or the one before.
  mutating func complete(by step: Int) {
    guard !candidates.isEmpty else { return }
    let all = candidates
    let original = typed ?? characters
    let place =
      chosen.map { ($0 + step + all.count) % all.count } ?? (step > 0 ? 0 : all.count - 1)
    characters = Array(all[place].text)
    cursor = characters.count
    guard all.count > 1 else {
      // A folder, or the name of a field, goes on without a blank.
      if let last = all[place].text.last, last != "/", last != ":" { insert(" ") }
      edited()
      return
    }
    chosen = place
    typed = original
  }

  private mutating func edited() {
    chosen = nil
    typed = nil
    historyPlace = nil
    candidates = kind == .command && !characters.isEmpty ? candidates(for: text) : []
  }

  /// Commands and their arguments that begin with the line.
  private func candidates(for line: String) -> [Candidate] {
    let wanted = line.trimmingPrefix { $0 == " " }
    guard !wanted.isEmpty else { return [] }
    let (word, rest) = Prompt.firstWord(of: String(wanted))
    if let rest {
      switch Command.named(word) {
      case .set?: return settings(beginning: word, rest)
      case .bind?:
        let (keys, command) = Prompt.firstWord(of: rest)
        guard let command, !keys.isEmpty else { return [] }
        return Prompt.commands(beginning: command).map {
          Candidate(text: "\(word) \(keys) \($0.text)", help: $0.help)
        }
      default: break
      }
    }
    return Prompt.commands(beginning: String(wanted))
  }

  /// The names of settings, or behind a name its values.
  private func settings(beginning word: String, _ rest: String) -> [Candidate] {
    let (name, value) = Prompt.firstWord(of: rest)
    guard let value else {
      return options.filter { $0.name.hasPrefix(name) && $0.name != name }.map {
        Candidate(text: "\(word) \($0.name)", help: "\($0.value)  \($0.help)")
      }
    }
    guard let option = options.first(where: { $0.name == name }) else { return [] }
    let words = option.words.isEmpty && value.isEmpty ? [option.value] : option.words
    return words.filter { $0.hasPrefix(value) && $0 != value }.map {
      Candidate(
        text: "\(word) \(name) \($0)",
        help: $0 == option.value || "\"\($0)\"" == option.value ? "as it is" : option.kind)
    }
  }

  /// A line's first word, and what follows the blank behind it; nil when there is no blank.
  static func firstWord(of line: String) -> (word: String, rest: String?) {
    guard let blank = line.firstIndex(of: " ") else { return (line, nil) }
    return (
      String(line[..<blank]), String(line[blank...].trimmingPrefix { $0 == " " })
    )
  }

  /// Commands with their arguments.
  private static func commands(beginning wanted: String) -> [Candidate] {
    var result: [Candidate] = []
    for command in Command.allCases where command.isForPrompt {
      let name = command.rawValue
      let all = command.facts.forms
      let forms = all.filter { !$0.takesText }
      // What is nothing without a text is offered for its name.
      if forms.isEmpty, let first = all.first, name.hasPrefix(wanted), name != wanted {
        result.append(Candidate(text: name, help: all.last?.help ?? first.help))
      }
      for form in forms {
        let text = ([name] + form.arguments).joined(separator: " ")
        guard text.hasPrefix(wanted), text != wanted else { continue }
        result.append(Candidate(text: text, help: form.help))
      }
    }
    return result.sorted { $0.text < $1.text }
  }

  /// The columns before the cursor.
  func columnsBeforeCursor(_ profile: WidthProfile) -> Int {
    CellText(String(characters[..<cursor]), profile: profile).columns
  }
}

extension Command {
  /// The command of a name, or of an unambiguous beginning of one.
  static func named(_ word: String) -> Command? {
    if let command = Command(rawValue: word), command.isForPrompt { return command }
    let matching = allCases.filter { $0.isForPrompt && $0.rawValue.hasPrefix(word) }
    return matching.count == 1 ? matching.first : nil
  }

  /// Whether it makes sense to type it: not what edits the line itself.
  var isForPrompt: Bool {
    facts.contexts.contains { $0 != .prompt && $0 != .hints && $0 != .matches }
  }
}
