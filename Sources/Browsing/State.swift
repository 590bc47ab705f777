import Cells
import Documents
import Feeds
import Keymaps

/// Everything on the screen, and what is being waited for.
struct State: Equatable, Sendable {
  var size: Size
  var clock = Clock()
  var feeds = FeedList()
  var entries: EntryList?
  var reader: Reader?
  var focus = Pane.feeds
  /// The list that stands beside the reader on a screen of medium width.
  var lastList = Pane.feeds
  var isZoomed = false
  /// How many panes the reader asked for; nil: as many as the width allows.
  var wantedPanes: Int?
  /// Nil: as the settings say.
  var hidesFeeds: Bool?
  /// The entry whose end was shown and that was marked read for it: marked unread again, it stays
  /// so.
  var endShown: EntryID?

  var sheet: Sheet?
  var prompt: Prompt?
  var labels: Labels?
  var find: Find?
  /// The search before, for `/` with an empty line.
  var lastPattern = ""

  /// Keys of a sequence that is not complete.
  var pendingKeys: [Key] = []
  var pendingCount: Int?
  /// When the continuations of the pending keys are to be shown; by uptime.
  var whichKeyTime: Duration?
  var showsWhichKey = false
  /// A character of an input method that comes as a pair: its second half is dropped.
  var droppedNext: Key?

  var waiting: Waiting?
  /// Keys typed while an answer was awaited; they are meant for what comes.
  var typedAhead: [Key] = []
  /// What the session before left.
  var lastSession: Session?
  /// The library has been asked for and has not answered yet: nothing is there to act on.
  var awaitsLibrary = false

  /// What is offered while there are no feeds.
  var firstRun = FirstRun()
  /// What the sheet of facts shows, to set it again in another width.
  var shownFacts: ShownFacts?
  /// Lines of keymap files typed at the prompt: they hold whatever keymap is read.
  var keyChanges: [String] = []
  /// The pane whose status and hints the bottom rows still show, and until when, by uptime.
  var bottomPane: Pane?
  var bottomPaneTime: Duration?

  var message: Message?
  /// The newest last.
  var messageLog: [Message] = []
  var history: [Prompt.Kind: [String]] = [:]
  var lastCommand: Command?
  /// The last mark, tag, order or copy, for `repeat`.
  var repeatable: Repeatable?
  /// All tags, as far as they have been asked for.
  var tags: [TagCount] = []
  /// The address of a subscription that was asked for by the newest key.
  var askedFor: String?
  /// An address that was pasted where no prompt was: `add` offers it.
  var pasted: String?
  /// Files whose names begin with what was typed.
  var files = ListedFiles()
  /// How lists are shown that the reader has given another order or filter.
  var listViews: [FeedList.Identity: ListView] = [:]
  /// Sizes of panes that the reader has set, in columns or rows.
  var paneSizes = PaneSizes()

  /// Sentences that are said when the library has stored the mark.
  var confirmations: [Confirmation] = []
  /// Whether the list is to show what an undo changed when it has been read again.
  var reloadsReaderStatus = false

  /// How far the refresh is that runs; what is shown of it changes once a second.
  var progress: RefreshProgress?
  var progressShownAt: Duration?
  /// When due feeds are asked the next time, by uptime.
  var nextRefresh: Duration?
  /// When the library is read again because something else changed it; at most once a second.
  var reloadTime: Duration?
  var lastReload: Duration?

  /// The list as it was before the filter that is being typed.
  var unfiltered: EntryList?

  /// Where reading stopped, for this session.
  var positions: [EntryID: Reader.Anchor] = [:]
  /// What the library knows of it, and when it was told.
  var savedPosition: SavedPosition?
  var positionSavedAt: Duration?
  var hasResumed = false
  var jumpsBack: [Jump] = []
  var jumpsForward: [Jump] = []
}

/// An answer that is awaited, and what to do with it.
enum Waiting: Equatable, Sendable {
  enum Then: Equatable, Sendable {
    case show
    case openUnread(isForward: Bool)
    /// The first unread entry, or when all are read the first.
    case openFirst
    /// The entry that was open in the last session, and the row that was selected.
    case resume(EntryID?, selected: EntryID?)
  }
  case entries(
    EntryQuery, PageRequest, name: String, FeedList.Identity?, Then, since: Duration)
  /// Another part of the list that is shown.
  case rows(EntryQuery, PageRequest, since: Duration)
  case article(EntryID, at: Reader.Anchor?, since: Duration)
  /// The text of an entry that is not open, then those of further ones.
  case texts(
    EntryID, further: [EntryID], gathered: [PipedText], for: TextUse, since: Duration)
  /// Whether an address is an entry of the library; if not, it is opened outside.
  case address(String, since: Duration)

  var since: Duration {
    switch self {
    case .entries(_, _, _, _, _, let since), .rows(_, _, let since), .article(_, _, let since),
      .address(_, let since), .texts(_, _, _, _, let since):
      since
    }
  }
}

/// What is done with the text of an entry.
enum TextUse: Equatable, Sendable {
  case copy(TextForm)
  case pipe(TextForm, command: String)
  case save(path: String)
  case speak
  /// One of its enclosures, by its number.
  case download(number: Int?)
}

enum TextForm: String, Equatable, Sendable {
  case plain, markdown, html, json

  /// By an option before a command: `--html w3m -T text/html`.
  static func option(_ word: String?) -> TextForm? {
    guard let word, word.hasPrefix("--") else { return nil }
    return TextForm(rawValue: String(word.dropFirst(2)))
  }

  /// By the name of a file: `NAME.md`.
  static func file(_ path: String) -> TextForm {
    let path = path.lowercased()
    if path.hasSuffix(".md") { return .markdown }
    if path.hasSuffix(".html") { return .html }
    return path.hasSuffix(".json") ? .json : .plain
  }
}

/// Facts on a sheet.
struct ShownFacts: Equatable, Sendable {
  var subject: FactsSubject
  var facts: [Fact]
}

/// What `repeat` does again.
struct Repeatable: Equatable, Sendable {
  var invocation: Invocation
  var count: Int?
}

/// The files that were found under the beginning of a name.
struct ListedFiles: Equatable, Sendable {
  var prefix = ""
  var names: [String] = []
}

/// How a list is shown: kept for each row of the feeds pane.
struct ListView: Equatable, Sendable {
  var order = EntryQuery.Order.date
  var isReversed = false
  var isUnreadOnly = false
}

extension ListView {
  /// How a list is shown the first time.
  init(usual settings: Settings) {
    self.init(order: settings.listOrder, isUnreadOnly: settings.listsUnreadOnly)
  }
}

/// A reading position that the library has been told.
struct SavedPosition: Equatable, Sendable {
  var entry: EntryID
  var anchor: Reader.Anchor
}

/// A sentence on the status row.
struct Message: Equatable, Sendable {
  var text: String
  var isError = false
  /// By uptime.
  var time: Duration = .zero
  /// By the clock, for the list of past messages.
  var at: Timestamp?
}

/// What is said when a mark is stored.
struct Confirmation: Equatable, Sendable {
  var selection: EntrySelection
  var change: StatusChange
  /// Nil: what the library says it did.
  var sentence: String?
  var listName = ""
}

/// A place that a jump left.
struct Jump: Equatable, Sendable {
  var entry: EntryID
  var anchor: Reader.Anchor
  /// What was chosen there.
  var target: Reader.Target?
}

extension StatusChange {
  var inverse: StatusChange {
    switch self {
    case .read: .unread
    case .unread: .read
    case .starred: .unstarred
    case .unstarred: .starred
    }
  }

  var word: String {
    switch self {
    case .read: "read"
    case .unread: "unread"
    case .starred: "starred"
    case .unstarred: "unstarred"
    }
  }
}
