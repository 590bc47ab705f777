import Cells
import Feeds
import Keymaps

/// What the screen offers while the library is empty: nothing has to be set up before reading.
struct FirstRun: Equatable, Sendable {
  enum Choice: Equatable, Sendable { case manual, sample, add, importFound, importFile, quit }

  /// The feed of 科学空间, whose articles are what the program is for.
  static let sampleTitle = "科学空间"
  static let sampleAddress = "https://kexue.fm/feed"

  /// Subscriptions of another program that were found here.
  var found: FoundList?
  var selected = 0
  /// The manual was asked for; its first page is opened when it is there.
  var opensManual = false

  var choices: [Choice] {
    [.manual, .sample, .add] + (found == nil ? [] : [.importFound]) + [.importFile, .quit]
  }
}

extension FirstRun.Choice {
  /// One word, for the bottom row and small screens.
  var label: String {
    switch self {
    case .manual: "manual"
    case .sample: FirstRun.sampleTitle
    case .add: "add"
    case .importFound: "import"
    case .importFile: "OPML"
    case .quit: "quit"
    }
  }

  /// The letter that chooses it without moving there; nil for what Enter does at once.
  var letter: Unicode.Scalar? {
    switch self {
    case .manual: nil
    case .sample: "s"
    case .add: "a"
    case .importFound: "i"
    case .importFile: "o"
    case .quit: "q"
    }
  }
}

extension Browser {
  /// Whether there is nothing in the library yet.
  var isFirstRun: Bool {
    let library = state.feeds.library
    return state.feeds.isLoaded && state.focus == .feeds && library.feeds.isEmpty
      && library.folders.isEmpty && library.smartFeeds.isEmpty
  }

  mutating func moveFirstChoice(by rows: Int) {
    let (place, overflow) = state.firstRun.selected.addingReportingOverflow(rows)
    let last = state.firstRun.choices.count - 1
    state.firstRun.selected = max(0, min(overflow ? (rows > 0 ? last : 0) : place, last))
  }

  /// Performs the choice that a letter stands for; false when it stands for none.
  mutating func chooseFirst(_ key: Key) -> Bool {
    let folded = settings.foldsFullWidthKeys ? key.foldedFromFullWidth ?? key : key
    guard case .character(let letter) = folded.base, folded.modifiers.isEmpty,
      let choice = state.firstRun.choices.first(where: { $0.letter == letter })
    else { return false }
    perform(choice)
    return true
  }

  mutating func performFirstChoice() {
    let choices = state.firstRun.choices
    guard choices.indices.contains(state.firstRun.selected) else { return }
    perform(choices[state.firstRun.selected])
  }

  private mutating func perform(_ choice: FirstRun.Choice) {
    switch choice {
    case .manual: openManual()
    case .sample:
      say("Looking for a feed at \(FirstRun.sampleAddress)")
      outbox.append(.subscribe(address: FirstRun.sampleAddress, folder: []))
    case .add: perform(Invocation(Command.add.rawValue), count: nil)
    case .importFound:
      guard let found = state.firstRun.found else { return }
      say("Importing \(found.shownPath)")
      outbox.append(.importList(path: found.path))
    case .importFile: ask(.importList, [])
    case .quit: quit()
    }
  }

  // MARK: Drawing

  /// The letters as the bottom row names them.
  var firstRunHints: [(key: String, label: String)] {
    let help = keyLabel(.help).map { [(key: $0, label: "keys")] } ?? []
    let choices: [(key: String, label: String)] = state.firstRun.choices.compactMap { choice in
      let key = choice.letter.map { String($0) } ?? keyLabel(.open, in: [.feeds, .list, .global])
      return key.map { ($0, choice.label) }
    }
    return choices.dropLast() + help + choices.suffix(1)
  }

  private func sentence(of choice: FirstRun.Choice, columns: Int) -> String {
    let more = furniture.ellipsis
    let isShort = columns < 60
    if columns < 40 { return choice.label }
    switch choice {
    case .manual:
      return "read the manual" + (isShort ? "" : ": offline, short, with formulas and a few tasks")
    case .sample:
      let address = isShort ? "" : "  \(FirstRun.sampleAddress)"
      return "subscribe to \(FirstRun.sampleTitle)\(address)"
    case .add: return isShort ? "add a feed\(more)" : "add a feed or a site by its address\(more)"
    case .importFound:
      guard let found = state.firstRun.found else { return "" }
      let count = "\(found.feedCount) feed\(found.feedCount == 1 ? "" : "s")"
      return isShort ? "import \(count)" : "import \(found.shownPath) (found: \(count))"
    case .importFile: return "import an OPML file\(more)"
    case .quit: return "quit"
    }
  }

  /// Where the library will be; of a path that is too long the middle is left out.
  private func placeSentence(columns: Int) -> String {
    func columnsOf(_ text: String) -> Int { CellText(text, profile: settings.profile).columns }
    let path = settings.libraryPlace
    let long = "Your library will be in \(path)  (yue paths shows all places)."
    if columnsOf(long) <= columns { return long }
    let begin = columns < 60 ? "Library: " : "Your library will be in "
    if columnsOf(begin + path) <= columns { return begin + path }
    // The last folders say most.
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
    let first = path.split(separator: "/", omittingEmptySubsequences: false).prefix(2)
      .joined(separator: "/")
    while parts.count > 1 {
      parts = parts.dropFirst()
      let short = first + "/\(furniture.ellipsis)/" + parts.joined(separator: "/")
      if columnsOf(begin + short) <= columns { return begin + short }
    }
    return "yue paths says where the library is"
  }

  /// Draws the choices over all panes; returns where the cursor stands.
  func drawFirstRun(_ panes: Panes, on canvas: inout Canvas) -> Position {
    let columns = state.size.columns
    let isShort = columns < 60
    let hasTitle = state.size.rows >= 6
    let first = hasTitle ? 1 : 0
    let available = max(1, panes.statusRow - first)
    if hasTitle {
      canvas.put(
        canvas.furniture.marker + "yue", row: 0, column: 0, columns: columns, .paneTitleFocused)
      canvas.putRight("0 feeds", row: 0, from: 10, to: columns - 1, .paneTitleFocused)
    }
    enum Line {
      case text(String, Roles)
      case choice(Int, key: String, String)
      /// A key and what it does, to be remembered.
      case thing(key: String, String)
    }
    let choices: [Line] = state.firstRun.choices.enumerated().map { place, choice in
      let key = choice.letter.map { String($0) } ?? keyLabel(.open, in: [.feeds, .list, .global])
      return .choice(place, key: key ?? "", sentence(of: choice, columns: columns))
    }
    let dash = canvas.furniture.dash
    let head: [Line] = [
      .text(
        isShort ? "阅 yue" : "阅 yue \(dash) a reader of feeds, for mathematics and Chinese", .title),
      .text("", .text),
      .text(
        isShort ? "No feeds yet. Choose one:" : "Your library is empty. Choose one:", .text),
      .text("", .text),
    ]
    let reader: [KeyContext] = [.reader, .global]
    let things: [Line] =
      [
        .text("", .text), .text("Three things to know", .strong), .text("", .text),
        .thing(
          key: keyLabel(.advance, in: reader) ?? ":advance",
          isShort ? "goes on, page by page" : "goes on: page by page, then the next unread entry"),
        .thing(
          key: keyLabel(.help, in: reader) ?? ":help",
          isShort ? "lists the keys" : "lists the keys that work where you are"),
        .thing(
          key: keyLabel(.undo, in: [.entries, .list, .global]) ?? ":undo",
          isShort ? "undoes any mark" : "undoes any mark, even “mark all read”"),
      ]
    let place: [Line] =
      settings.libraryPlace.isEmpty || columns < 40
      ? []
      : [
        .text("", .text),
        .text(
          placeSentence(columns: columns - 5), .meta),
      ]
    // The choices always stand there; the rest as far as there is room, the sentences last.
    var lines = choices
    if lines.count + head.count <= available { lines = head + lines }
    if lines.count + place.count <= available {
      let wanted = lines.count + things.count + place.count
      lines += (wanted <= available && state.size.rows >= 16 && columns >= 40 ? things : []) + place
    }
    let blockColumns = min(74, columns - 3)
    let left = max(3, (columns - blockColumns) / 2)
    let top = first + max(0, (available - lines.count) / 2)
    var cursor = Position(row: top, column: left - 3)
    // A key stands in its column unless it is too long for it.
    func put(_ key: String, _ text: String, row: Int, on canvas: inout Canvas) {
      let taken = canvas.put(key, row: row, column: left, columns: columns - left, .hintKey)
      let column = left + max(8, taken + 2)
      canvas.putCut(text, row: row, column: column, columns: columns - column - 1)
    }
    for (offset, line) in lines.prefix(available).enumerated() {
      let row = top + offset
      switch line {
      case .text(let text, let roles):
        canvas.putCut(text, row: row, column: left, columns: columns - left - 1, roles)
      case .choice(let number, let key, let text):
        put(key, text, row: row, on: &canvas)
        guard number == state.firstRun.selected else { continue }
        canvas.put(canvas.furniture.marker, row: row, column: left - 3, columns: 1, .selected)
        cursor = Position(row: row, column: left - 3)
      case .thing(let key, let text): put(key, text, row: row, on: &canvas)
      }
    }
    return cursor
  }
}
