public import Keymaps

/// Everything the reader can mean: one table from which keys, the prompt, help and hints are made.
///
/// The raw value is the name in keymap files and at the prompt. Names are stable.
public enum Command: String, CaseIterable, Sendable {
  // Moving.
  case selectNext = "select-next"
  case selectPrevious = "select-previous"
  case scrollDown = "scroll-down"
  case scrollUp = "scroll-up"
  case halfPageDown = "half-page-down"
  case halfPageUp = "half-page-up"
  case pageDown = "page-down"
  case pageUp = "page-up"
  case top, bottom
  case goToPercent = "go-to-percent"
  case placeCenter = "place-center"
  case placeTop = "place-top"
  case placeBottom = "place-bottom"
  case advance
  // Panes.
  case focusNext = "focus-next"
  case focusPrevious = "focus-previous"
  case focus, back, zoom, panes
  case toggleFeedsPane = "toggle-feeds-pane"
  case resizePane = "resize-pane"
  // The tree of feeds.
  case expand, collapse
  case toggleFold = "toggle-fold"
  case foldAll = "fold-all"
  case unfoldAll = "unfold-all"
  // Opening and going.
  case open
  case openNext = "open-next"
  case openPrevious = "open-previous"
  case nextUnread = "next-unread"
  case previousUnread = "previous-unread"
  case nextFeed = "next-feed"
  case previousFeed = "previous-feed"
  case nextUnreadFeed = "next-unread-feed"
  case previousUnreadFeed = "previous-unread-feed"
  case view
  // Links, references, jumps.
  case hintLinks = "hint-links"
  case links, follow, peek
  case openInBrowser = "open-in-browser"
  case openWith = "open-with"
  case jumpBack = "jump-back"
  case jumpForward = "jump-forward"
  case nextHeading = "next-heading"
  case previousHeading = "previous-heading"
  case nextFormula = "next-formula"
  case previousFormula = "previous-formula"
  case nextReference = "next-reference"
  case previousReference = "previous-reference"
  case nextLink = "next-link"
  case previousLink = "previous-link"
  case nextCode = "next-code"
  case previousCode = "previous-code"
  case nextTable = "next-table"
  case previousTable = "previous-table"
  case nextImage = "next-image"
  case previousImage = "previous-image"
  case nextBlock = "next-block"
  case previousBlock = "previous-block"
  case outline, formulas
  // Wide blocks.
  case panLeft = "pan-left"
  case panRight = "pan-right"
  case panHome = "pan-home"
  case panEnd = "pan-end"
  case toggleBlockWrap = "toggle-block-wrap"
  // Marks.
  case toggleRead = "toggle-read"
  case toggleStar = "toggle-star"
  case mark, tag
  case deleteEntry = "delete-entry"
  case toggleSelected = "toggle-selected"
  case selectToHere = "select-to-here"
  case undo, redo
  case undoList = "undo-list"
  case `repeat`
  // Finding and ordering.
  case find
  case findNext = "find-next"
  case findPrevious = "find-previous"
  case clearFind = "clear-find"
  case filter, search
  case saveSearch = "save-search"
  case toggleUnreadOnly = "toggle-unread-only"
  case sort
  // Copying.
  case copyLink = "copy-link"
  case copyTitle = "copy-title"
  case copyFormula = "copy-formula"
  case copyFormulaBare = "copy-formula-bare"
  case copyParagraph = "copy-paragraph"
  case copyCode = "copy-code"
  case copyEntry = "copy-entry"
  case pipe, save, download, speak
  // Refreshing.
  case refresh
  case refreshAll = "refresh-all"
  case retryFailed = "retry-failed"
  case stopRefresh = "stop-refresh"
  case health
  // The library.
  case add
  case importList = "import"
  case rename
  case setURL = "set-url"
  case moveToFolder = "move-to-folder"
  case newFolder = "new-folder"
  case setInterval = "set-interval"
  case feedSettings = "feed-settings"
  case moveUp = "move-up"
  case moveDown = "move-down"
  case unsubscribe
  case exportFile = "export"
  // Help and the program.
  case help, command, info
  case whereAmI = "where"
  case messages
  case set, bind, unbind
  case reloadConfig = "reload-config"
  case tutorial, doctor, version
  case redraw, suspend, cancel
  case showBinding = "show-binding"
  case closeSheet = "close-sheet"
  case quit
  // The prompt.
  case accept, complete
  case completePrevious = "complete-previous"
  case historyPrevious = "history-previous"
  case historyNext = "history-next"
  case cursorLeft = "cursor-left"
  case cursorRight = "cursor-right"
  case cursorStart = "cursor-start"
  case cursorEnd = "cursor-end"
  case erase
  case eraseWord = "erase-word"
  case eraseLine = "erase-line"
  case eraseRest = "erase-rest"
  case delete
}

extension Command {
  /// One way to call a command.
  public struct Form: Equatable, Sendable {
    /// Literal arguments: `["read", "all"]`.
    public var arguments: [String]
    /// One line, an imperative sentence without its stop.
    public var help: String
    /// One or two words for the rows at the bottom.
    public var label: String

    /// Whether something is to be typed behind it: an argument in capitals.
    public var takesText: Bool { rule.contains { if case .word = $0 { false } else { true } } }

    /// What the arguments may be: words, and in capitals what stands for something else.
    public var rule: [CommandRule.Argument] {
      arguments.map { argument in
        if argument == "N" { return .number(argument) }
        let isName = argument == argument.uppercased() && argument != argument.lowercased()
        return isName ? .text(argument) : .word(argument)
      }
    }

    /// Whether the command may be called so in this form.
    func fits(_ called: [String]) -> Bool {
      called.count == arguments.count
        && zip(called, rule).allSatisfy { word, argument in
          switch argument {
          case .word(let expected): word == expected
          case .number: (Int(word) ?? -1) >= 0
          case .text: true
          }
        }
    }
  }

  /// That a command is among the most useful ones somewhere.
  public struct Hint: Equatable, Sendable {
    public var context: KeyContext
    /// 1 is shown first; 0 is shown last but always: how to get help, and how to get out.
    public var rank: Int
    public var label: String
    /// Only the first key of the sequence is named: `y copy`.
    public var isPrefix = false
  }

  /// What the table says about a command.
  public struct Facts: Equatable, Sendable {
    public var contexts: [KeyContext]
    public var forms: [Form]
    /// What a count means (`N rows`); nil when the command takes none.
    public var count: String?
    public var hints: [Hint]
    /// Bound on purpose only for those who want it.
    public var isUnboundByDefault = false
  }

  /// What a keymap file has to know about all commands.
  public static let rules: [CommandRule] = allCases.map { command in
    let facts = command.facts
    return CommandRule(
      name: command.rawValue, contexts: facts.contexts,
      forms: facts.forms.map(\.rule))
  }

  /// The form with these arguments.
  public func form(_ arguments: [String]) -> Form? {
    let forms = facts.forms
    return forms.first { $0.arguments == arguments } ?? forms.first { $0.fits(arguments) }
  }

  /// What `repeat` does again.
  static let repeatable: Set<Command> = [
    .toggleRead, .toggleStar, .mark, .tag, .deleteEntry, .sort, .copyLink, .copyTitle,
    .copyFormula, .copyFormulaBare, .copyParagraph, .copyCode, .copyEntry,
  ]

  public var takesCount: Bool { facts.count != nil }

  static let everyPane: [KeyContext] = [.feeds, .entries, .reader]

  /// What the table says: one entry for each command, in the files `CommandsOf….swift`.
  public var facts: Facts { Self.table[self] ?? Facts(contexts: [], forms: [], hints: []) }

  private static let table = Dictionary(
    uniqueKeysWithValues: allCases.compactMap { command in
      command.groups.first.map { (command, $0) }
    })

  /// The facts of every group that knows the command: there is to be exactly one.
  var groups: [Facts] {
    [factsOfMoving, factsOfReading, factsOfLibrary, factsOfProgram].compactMap(\.self)
  }
}

extension Command.Facts {
  /// A command without arguments.
  static func make(
    _ contexts: [KeyContext], _ help: String, _ label: String, count: String? = nil,
    hints: [Command.Hint] = []
  ) -> Self {
    Self(
      contexts: contexts, forms: [Command.Form(arguments: [], help: help, label: label)],
      count: count,
      hints: hints)
  }

  /// A command that is nothing without its arguments: these, with help and label.
  static func choice(
    _ contexts: [KeyContext], _ forms: [(String, String, String)], hints: [Command.Hint] = []
  ) -> Self {
    Self(
      contexts: contexts,
      forms: forms.map {
        Command.Form(
          arguments: $0.0.split(separator: " ").map(String.init), help: $0.1, label: $0.2)
      }, count: nil, hints: hints)
  }

  /// A command that asks for a text, or is given it.
  static func text(
    _ contexts: [KeyContext], _ help: String, _ label: String, argument: String,
    count: String? = nil, hints: [Command.Hint] = []
  ) -> Self {
    Self(
      contexts: contexts,
      forms: [
        Command.Form(arguments: [], help: help, label: label),
        Command.Form(arguments: [argument], help: help, label: label),
      ], count: count, hints: hints)
  }

  static func hint(
    _ context: KeyContext, _ rank: Int, _ label: String, isPrefix: Bool = false
  ) -> Command.Hint {
    Command.Hint(context: context, rank: rank, label: label, isPrefix: isPrefix)
  }
}

extension Keymap {
  /// The built-in keymap of the name `default`.
  public static let standard: Keymap = {
    guard let file = BuiltInKeymaps.file("default") else { return Keymap() }
    return KeymapReader(rules: Command.rules).read(file).keymap
  }()
}
