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
          case .number: Int(word) != nil
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

  private static let everyPane: [KeyContext] = [.feeds, .entries, .reader]

  public var facts: Facts {
    func make(
      _ contexts: [KeyContext], _ help: String, _ label: String, count: String? = nil,
      hints: [Hint] = []
    ) -> Facts {
      Facts(
        contexts: contexts, forms: [Form(arguments: [], help: help, label: label)], count: count,
        hints: hints)
    }
    func choice(
      _ contexts: [KeyContext], _ forms: [(String, String, String)], hints: [Hint] = []
    ) -> Facts {
      Facts(
        contexts: contexts,
        forms: forms.map {
          Form(arguments: $0.0.split(separator: " ").map(String.init), help: $0.1, label: $0.2)
        }, count: nil, hints: hints)
    }
    func text(
      _ contexts: [KeyContext], _ help: String, _ label: String, argument: String,
      count: String? = nil, hints: [Hint] = []
    ) -> Facts {
      Facts(
        contexts: contexts,
        forms: [
          Form(arguments: [], help: help, label: label),
          Form(arguments: [argument], help: help, label: label),
        ], count: count, hints: hints)
    }
    func hint(
      _ context: KeyContext, _ rank: Int, _ label: String, isPrefix: Bool = false
    ) -> Hint {
      Hint(context: context, rank: rank, label: label, isPrefix: isPrefix)
    }
    let panes = Command.everyPane
    switch self {
    // Moving.
    case .selectNext: return make([.list], "Select the next row", "next row", count: "N rows")
    case .selectPrevious:
      return make([.list], "Select the previous row", "previous row", count: "N rows")
    case .scrollDown:
      return make([.reader, .list], "Scroll one row down", "row down", count: "N rows")
    case .scrollUp: return make([.reader, .list], "Scroll one row up", "row up", count: "N rows")
    case .halfPageDown:
      return make([.list, .reader], "Half a page down", "half page down", count: "N times")
    case .halfPageUp:
      return make([.list, .reader], "Half a page up", "half page up", count: "N times")
    case .pageDown:
      return make(
        [.list, .reader, .sheet], "One page down, one row of overlap", "page down",
        count: "N times")
    case .pageUp:
      return make([.list, .reader], "One page up, one row of overlap", "page up", count: "N times")
    case .top:
      return make([.list, .reader], "First row, or start of the article", "top", count: "row N")
    case .bottom:
      return make([.list, .reader], "Last row, or end of the article", "bottom", count: "row N")
    case .goToPercent:
      return make([.reader], "Go to N per cent of the article", "per cent", count: "N per cent")
    case .placeCenter:
      return make([.list, .reader], "Put the selected row, or the target, in the middle", "middle")
    case .placeTop:
      return make([.list, .reader], "Put the selected row, or the target, at the top", "at top")
    case .placeBottom:
      return make(
        [.list, .reader], "Put the selected row, or the target, at the bottom", "at bottom")
    case .advance:
      return make(
        panes, "Go on: a page down; at the end, or in a list, the next unread entry", "go on",
        hints: [
          hint(.feeds, 2, "next unread"), hint(.entries, 2, "next unread"),
          hint(.reader, 1, "page"),
        ])
    // Panes.
    case .focusNext:
      return make([.global], "Focus the next pane", "next pane", hints: [hint(.global, 30, "pane")])
    case .focusPrevious: return make([.global], "Focus the previous pane", "previous pane")
    case .focus:
      return choice(
        [.global],
        [
          ("feeds", "Focus the feeds", "feeds"), ("entries", "Focus the entries", "entries"),
          ("reader", "Focus the reader", "reader"),
        ])
    case .back:
      return make(
        [.entries, .reader], "Back one level: reader, entries, feeds", "back",
        hints: [hint(.entries, 0, "back"), hint(.reader, 0, "back")])
    case .zoom:
      return make(
        panes, "Give the focused pane the whole screen, or undo that", "zoom",
        hints: [hint(.reader, 12, "zoom")])
    case .panes:
      return choice(
        panes,
        [
          ("1", "Show one pane", "one pane"), ("2", "Show two panes", "two panes"),
          ("3", "Show three panes", "three panes"),
          ("auto", "Show as many panes as the width allows", "panes by width"),
        ])
    case .resizePane:
      var facts = choice(
        panes,
        [
          ("+2", "Widen, or heighten, the focused pane", "wider"),
          ("-2", "Narrow, or lower, the focused pane", "narrower"),
          ("COLUMNS", "Give the focused pane so many columns, or rows", "size"),
        ])
      facts.count = "N steps"
      return facts
    case .toggleFeedsPane: return make(panes, "Hide or show the feeds pane", "feeds pane")
    // Opening and going.
    case .open:
      return make(
        [.feeds, .entries, .sheet], "Open the selected row", "open",
        hints: [hint(.feeds, 1, "open"), hint(.entries, 1, "open"), hint(.sheet, 1, "open")])
    case .openNext:
      return make(
        [.entries, .reader], "Open the next entry of the list", "next entry", count: "N entries",
        hints: [hint(.reader, 14, "next entry")])
    case .openPrevious:
      return make(
        [.entries, .reader], "Open the previous entry of the list", "previous entry",
        count: "N entries")
    case .nextUnread:
      return make(
        panes, "Next unread entry, in this list, then in the next feed that has one",
        "next unread", count: "N times", hints: [hint(.reader, 2, "next unread")])
    case .previousUnread:
      return make(panes, "Previous unread entry", "previous unread", count: "N times")
    case .nextFeed:
      return make([.entries], "Entries of the next feed", "next feed", count: "N feeds")
    case .previousFeed:
      return make([.entries], "Entries of the previous feed", "previous feed", count: "N feeds")
    case .nextUnreadFeed:
      return make(panes, "Next feed with unread entries", "next unread feed", count: "N feeds")
    case .previousUnreadFeed:
      return make(
        panes, "Previous feed with unread entries", "previous unread feed", count: "N feeds")
    case .view:
      return choice(
        panes,
        [
          ("unread", "Show all unread entries", "unread"),
          ("today", "Show what is of today", "today"),
          ("continue", "Show what was left half-read", "half-read"),
          ("new", "Show what is new since the last session", "new"),
          ("TAG", "Show the entries of a tag: tag:NAME", "tag"),
          ("starred", "Show the starred entries", "starred"),
          ("all", "Show all entries", "all"), ("home", "Show the feeds from the top", "home"),
        ])
    // Links, references, jumps.
    case .hintLinks:
      return Facts(
        contexts: [.reader],
        forms: [
          Form(
            arguments: [], help: "Label the visible links; typing a label follows it",
            label: "links"),
          Form(
            arguments: ["--browser"],
            help: "Label the visible links; typing a label opens it in the browser",
            label: "links, browser"),
        ], count: "link N", hints: [hint(.reader, 3, "links")])
    case .links: return make([.reader], "List links, enclosures and images", "list of links")
    case .follow:
      return Facts(
        contexts: [.reader],
        forms: [
          Form(
            arguments: [], help: "Follow the target; without a target, scroll one row",
            label: "follow"),
          Form(arguments: ["N"], help: "Follow the link of that number", label: "follow link"),
        ], count: "link N", hints: [])
    case .peek:
      return make(
        [.reader], "Show what the reference points to, without leaving", "peek")
    case .openInBrowser:
      return make(
        [.feeds, .entries, .reader, .sheet],
        "Open the target, the entry or the feed’s site in the browser", "browser", count: "link N",
        hints: [
          hint(.reader, 6, "browser"), hint(.entries, 8, "browser"), hint(.sheet, 4, "browser"),
        ])
    case .openWith:
      return text(
        [.entries, .reader, .sheet], "Choose a program to open it with", "open with",
        argument: "PROGRAM", count: "link N")
    case .jumpBack:
      return make(
        [.reader, .entries], "Back to where the last jump started", "jump back", count: "N jumps")
    case .jumpForward:
      return make([.reader, .entries], "Forward again", "jump forward", count: "N jumps")
    case .nextHeading:
      return make(
        [.reader], "Next heading", "next heading", count: "N times",
        hints: [hint(.reader, 8, "next heading")])
    case .previousHeading:
      return make([.reader], "Previous heading", "previous heading", count: "N times")
    case .nextFormula:
      return make(
        [.reader], "Next display formula", "next formula", count: "N times",
        hints: [hint(.reader, 9, "next formula")])
    case .previousFormula:
      return make([.reader], "Previous display formula", "previous formula", count: "N times")
    case .nextReference:
      return make(
        [.reader], "Next reference: an equation number or a footnote", "next reference",
        count: "N times")
    case .previousReference:
      return make([.reader], "Previous reference", "previous reference", count: "N times")
    case .nextLink: return make([.reader], "Next link", "next link", count: "N times")
    case .previousLink: return make([.reader], "Previous link", "previous link", count: "N times")
    case .nextCode: return make([.reader], "Next code block", "next code", count: "N times")
    case .previousCode:
      return make([.reader], "Previous code block", "previous code", count: "N times")
    case .nextTable: return make([.reader], "Next table", "next table", count: "N times")
    case .previousTable:
      return make([.reader], "Previous table", "previous table", count: "N times")
    case .nextImage: return make([.reader], "Next image", "next image", count: "N times")
    case .previousImage:
      return make([.reader], "Previous image", "previous image", count: "N times")
    case .nextBlock:
      return make([.reader], "Next paragraph or block", "next block", count: "N blocks")
    case .previousBlock:
      return make([.reader], "Previous paragraph or block", "previous block", count: "N blocks")
    case .outline:
      return make(
        [.reader], "Headings, display formulas, code, tables: jump to one", "outline",
        hints: [hint(.reader, 13, "outline")])
    case .formulas: return make([.reader], "List the display formulas", "formulas")
    // Wide blocks.
    case .panLeft:
      return make([.reader], "Pan the wide block left by half its width", "pan", count: "N steps")
    case .panRight:
      return make([.reader], "Pan the wide block right by half its width", "pan", count: "N steps")
    case .panHome: return make([.reader], "Pan to the first column", "pan to start")
    case .panEnd: return make([.reader], "Pan to the last column", "pan to end")
    case .toggleBlockWrap:
      return make([.reader], "Show the block wrapped or unwrapped", "wrap")
    // Marks.
    case .toggleRead:
      return make(
        [.entries, .reader], "Read or unread", "read or unread",
        hints: [hint(.entries, 3, "read"), hint(.reader, 10, "unread")])
    case .toggleStar:
      return make(
        [.entries, .reader], "Star or unstar", "star",
        hints: [hint(.entries, 4, "star"), hint(.reader, 11, "star")])
    case .mark:
      return choice(
        panes,
        [
          ("read all", "Mark every entry of the list read", "all read"),
          ("read above", "Mark the entries above read, this one included", "above read"),
          ("read below", "Mark the entries below read, this one included", "below read"),
          ("read feed", "Mark the whole feed, folder or smart feed read", "feed read"),
          ("unread all", "Mark every entry of the list unread", "all unread"),
          ("read library", "Mark everything read", "everything read"),
          ("read older AGE", "Mark what is older read: 30d, 2w, 6m", "older read"),
          ("read matching QUERY", "Mark what a query finds in the list read", "found read"),
          ("unread matching QUERY", "Mark what a query finds in the list unread", "found unread"),
        ])
    case .tag:
      return text(
        [.entries, .reader], "Edit the tags: +name -name", "tags", argument: "NAME")
    case .deleteEntry:
      return make(
        [.entries, .reader], "Delete the entry; undo brings it back", "delete", count: "N rows")
    case .toggleSelected:
      return make(
        [.entries], "Select the row for a joint action, and move on", "select", count: "N rows")
    case .selectToHere:
      return make([.entries], "Select from the last selected row to here", "select to here")
    case .repeat:
      return make(panes, "Repeat the last mark, tag, order or copy", "repeat")
    case .undoList: return make([.global], "The undo history, with times", "undo history")
    // The tree of feeds.
    case .expand:
      return make([.feeds], "Open the folder; on a feed, show its entries", "open")
    case .collapse:
      return make([.feeds], "Close the folder; in a folder, select the folder", "close")
    case .toggleFold: return make([.feeds], "Open or close the folder", "fold")
    case .foldAll: return make([.feeds], "Close all folders", "fold all")
    case .unfoldAll: return make([.feeds], "Open all folders", "unfold all")
    // Refreshing.
    case .refresh:
      return make(
        [.feeds, .entries, .reader, .sheet], "Refresh the feed or folder", "refresh",
        hints: [hint(.feeds, 12, "refresh"), hint(.sheet, 2, "try again")])
    case .refreshAll:
      return make(
        panes, "Refresh every feed, except those whose server asked us to wait", "refresh all",
        hints: [hint(.feeds, 3, "refresh all")])
    case .retryFailed:
      return make(
        [.sheet], "Refresh every failed feed", "retry", hints: [hint(.sheet, 3, "try all failed")])
    case .stopRefresh:
      var facts = make([.global], "Stop the running refresh", "stop refresh")
      facts.isUnboundByDefault = true
      return facts
    case .health:
      return make(panes, "Feed health: failures, delays, ended feeds", "feed health")
    // The library.
    case .add:
      return text(
        panes, "Subscribe to a feed or a site", "add", argument: "ADDRESS",
        hints: [hint(.feeds, 4, "add")])
    case .importList:
      var facts = text(
        panes, "Import OPML, a newsboat urls file, or what yue exported as JSON", "import",
        argument: "FILE")
      facts.isUnboundByDefault = true
      return facts
    case .rename: return text([.feeds], "Rename the feed or folder", "rename", argument: "NAME")
    case .setURL:
      return text(
        [.feeds, .sheet], "Change the feed’s address", "address", argument: "ADDRESS",
        hints: [hint(.sheet, 4, "change address")])
    case .moveToFolder:
      return text([.feeds], "Move it to a folder", "move to folder", argument: "FOLDER")
    case .newFolder: return text([.feeds], "New folder", "new folder", argument: "NAME")
    case .setInterval:
      return text(
        [.feeds], "Change how often it is refreshed: 30m, 2h, 1d, auto", "interval",
        argument: "INTERVAL")
    case .feedSettings: return make([.feeds], "All settings of this feed", "feed settings")
    case .exportFile:
      var facts = text(
        panes, "Write the subscriptions as OPML; a .json file gets everything", "export",
        argument: "FILE")
      facts.isUnboundByDefault = true
      return facts
    case .moveUp: return make([.feeds], "Move it up in the tree", "move up", count: "N steps")
    case .moveDown:
      return make([.feeds], "Move it down in the tree", "move down", count: "N steps")
    case .unsubscribe:
      return make(
        [.feeds], "Unsubscribe; undo brings it back with its entries", "unsubscribe")
    case .info: return make(panes, "Everything known about the entry or feed", "info")
    // Searching.
    case .filter:
      return make(
        [.entries], "Show only what matches, as you type", "filter",
        hints: [hint(.entries, 5, "filter")])
    case .search: return text(panes, "Search all articles", "search", argument: "QUERY")
    case .saveSearch:
      var facts = text(
        [.entries], "Keep the present search or filter as a smart feed", "save search",
        argument: "NAME")
      facts.isUnboundByDefault = true
      return facts
    case .undo:
      return make(
        [.global], "Undo the last mark, tag, deletion or subscription change", "undo",
        count: "N steps")
    case .redo: return make([.global], "Redo it", "redo", count: "N steps")
    // Finding and ordering.
    case .find:
      return make(
        [.list, .reader], "Find in this pane", "find",
        hints: [
          hint(.feeds, 5, "find"), hint(.entries, 7, "find"), hint(.reader, 5, "find"),
          hint(.matches, 4, "new search"), hint(.sheet, 6, "find"),
        ])
    case .findNext:
      return make(
        [.matches], "Next match", "next match", count: "N times",
        hints: [hint(.matches, 1, "next match")])
    case .findPrevious:
      return make(
        [.matches], "Previous match", "previous match", count: "N times",
        hints: [hint(.matches, 2, "previous match")])
    case .clearFind:
      return make(
        [.matches], "Forget the matches", "forget", hints: [hint(.matches, 3, "forget")])
    case .toggleUnreadOnly:
      return make(
        [.feeds, .entries], "Show only unread, or everything", "unread only",
        hints: [hint(.entries, 9, "unread only"), hint(.feeds, 9, "unread only")])
    case .sort:
      return choice(
        [.entries],
        [
          ("date", "Order by date, newest first", "date"), ("title", "Order by title", "title"),
          ("feed", "Order by feed", "feed"), ("unread", "Unread entries first", "unread first"),
          ("starred", "Starred entries first", "starred first"),
          ("length", "The longest entries first", "longest first"),
          ("reverse", "Reverse the order", "reverse"),
        ])
    // Copying.
    case .copyLink:
      return make(
        [.feeds, .entries, .reader, .sheet],
        "Copy the address of the target, the entry or the feed", "address", count: "link N",
        hints: [
          hint(.entries, 6, "copy", isPrefix: true), hint(.reader, 4, "copy", isPrefix: true),
          hint(.sheet, 5, "copy", isPrefix: true),
        ])
    case .copyTitle: return make(panes, "Copy the title", "title")
    case .copyFormula:
      return make(
        [.reader, .sheet], "Copy a formula with its delimiters", "formula",
        count: "n-th on the screen")
    case .copyFormulaBare:
      return make(
        [.reader, .sheet], "Copy a formula without delimiters", "bare formula",
        count: "n-th on the screen")
    case .copyParagraph: return make([.reader], "Copy a paragraph, unwrapped", "paragraph")
    case .copyCode:
      return make(
        [.reader], "Copy a code block, verbatim", "code", count: "n-th on the screen")
    case .copyEntry:
      return choice(
        [.entries, .reader],
        [
          ("", "Copy the whole entry as plain text", "entry"),
          ("--markdown", "Copy the whole entry as Markdown", "Markdown"),
        ])
    case .pipe:
      return Facts(
        contexts: [.entries, .reader],
        forms: [
          Form(arguments: [], help: "Send the entry to a program", label: "pipe"),
          Form(arguments: ["COMMAND"], help: "Send the entry to a program", label: "pipe"),
          Form(
            arguments: ["--markdown", "COMMAND"], help: "Send the entry to a program as Markdown",
            label: "pipe Markdown"),
          Form(
            arguments: ["--html", "COMMAND"], help: "Send the entry to a program as a page of HTML",
            label: "pipe HTML"),
          Form(
            arguments: ["--json", "COMMAND"],
            help: "Send the entry to a program as JSON, as it is exported", label: "pipe JSON"),
        ], count: nil, hints: [])
    case .save:
      var facts = text(
        [.entries, .reader],
        "Save the entry in a new file: as text, or by its name as .md, .html or .json", "save",
        argument: "FILE")
      facts.isUnboundByDefault = true
      return facts
    case .download:
      return Facts(
        contexts: [.entries, .reader, .sheet],
        forms: [
          Form(
            arguments: [], help: "Save the enclosure in the folder for downloads",
            label: "download"),
          Form(
            arguments: ["N"], help: "Save the enclosure of that number", label: "download that"),
        ], count: "enclosure N", hints: [], isUnboundByDefault: true)
    case .speak:
      var facts = make(
        [.entries, .reader], "Read the entry aloud, or stop reading it (hooks.speak)",
        "read aloud")
      facts.isUnboundByDefault = true
      return facts
    // Help and the program.
    case .help:
      return make(
        [.global], "What the keys do here", "help",
        hints: [
          hint(.feeds, 0, "help"), hint(.entries, 0, "help"), hint(.reader, 0, "help"),
        ])
    case .command: return make([.global], "Command prompt", "command prompt")
    case .whereAmI: return make([.global], "Where am I: row, totals, position", "where")
    case .messages: return make([.global], "Past messages", "messages")
    case .set:
      return Facts(
        contexts: [.global],
        forms: [
          Form(arguments: ["NAME"], help: "Show a setting", label: "setting"),
          Form(
            arguments: ["NAME", "VALUE"], help: "Change a setting for this session",
            label: "set"),
        ], count: nil, hints: [], isUnboundByDefault: true)
    case .bind:
      return Facts(
        contexts: [.global],
        forms: [
          Form(
            arguments: ["KEYS", "COMMAND"],
            help: "Bind keys for this session; [context …] before them says where", label: "bind")
        ], count: nil, hints: [], isUnboundByDefault: true)
    case .unbind:
      return Facts(
        contexts: [.global],
        forms: [
          Form(
            arguments: ["KEYS"], help: "Remove a binding for this session", label: "unbind")
        ], count: nil, hints: [], isUnboundByDefault: true)
    case .reloadConfig:
      var facts = make(
        [.global], "Read config.toml and the keymap again, all or nothing", "reload settings")
      facts.isUnboundByDefault = true
      return facts
    case .tutorial:
      var facts = make([.global], "Open the manual", "manual")
      facts.isUnboundByDefault = true
      return facts
    case .doctor:
      var facts = make([.global], "Examine this machine, the settings and the library", "doctor")
      facts.isUnboundByDefault = true
      return facts
    case .version:
      var facts = make([.global], "The version, and the licences of its parts", "version")
      facts.isUnboundByDefault = true
      return facts
    case .redraw: return make([.global], "Redraw the screen", "redraw")
    case .suspend: return make([.global], "Suspend to the shell", "suspend")
    case .cancel:
      return Facts(
        contexts: [.global, .prompt, .hints],
        forms: [
          Form(
            arguments: [], help: "Cancel the pending key, prompt, sheet or search",
            label: "cancel"),
          Form(
            arguments: ["refresh"],
            help: "Cancel the pending key, prompt, sheet or search; without any, the refresh",
            label: "stop"),
        ], count: nil, hints: [hint(.hints, 1, "cancel")])
    case .showBinding:
      return make(
        [.sheet], "In help: the file and line of the binding", "where it is bound",
        hints: [hint(.sheet, 7, "where it is bound")])
    case .closeSheet:
      return make([.sheet], "Close the sheet", "close", hints: [hint(.sheet, 20, "close")])
    case .quit:
      return make(
        [.global, .feeds], "Quit; everything is already saved", "quit",
        hints: [hint(.feeds, 0, "quit")])
    // The prompt.
    case .accept: return make([.prompt], "Run or accept", "accept")
    case .complete: return make([.prompt], "Complete, next candidate", "complete")
    case .completePrevious: return make([.prompt], "Previous candidate", "previous candidate")
    case .historyPrevious: return make([.prompt], "Earlier line", "earlier line")
    case .historyNext: return make([.prompt], "Later line", "later line")
    case .cursorLeft: return make([.prompt], "One character left", "left")
    case .cursorRight: return make([.prompt], "One character right", "right")
    case .cursorStart: return make([.prompt], "Start of the line", "start")
    case .cursorEnd: return make([.prompt], "End of the line", "end")
    case .erase:
      return make([.prompt, .hints], "Erase the character before the cursor", "erase")
    case .eraseWord: return make([.prompt], "Erase the word before the cursor", "erase word")
    case .eraseLine: return make([.prompt], "Erase to the start", "erase line")
    case .eraseRest: return make([.prompt], "Erase to the end", "erase rest")
    case .delete: return make([.prompt], "Delete the character under the cursor", "delete")
    }
  }
}

extension Keymap {
  /// The built-in keymap of the name `default`.
  public static let standard: Keymap = {
    guard let file = BuiltInKeymaps.file("default") else { return Keymap() }
    return KeymapReader(rules: Command.rules).read(file).keymap
  }()
}
