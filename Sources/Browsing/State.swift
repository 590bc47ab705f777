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
  var hidesFeeds = false

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

  var message: Message?
  /// The newest last.
  var messageLog: [Message] = []
  var history: [Prompt.Kind: [String]] = [:]
  var lastCommand: Command?

  var undoSteps: [MarkStep] = []
  var redoSteps: [MarkStep] = []
  /// Sentences that are said when the library has stored the mark.
  var confirmations: [Confirmation] = []

  /// Where reading stopped, for this session.
  var positions: [EntryID: Reader.Anchor] = [:]
  var jumpsBack: [Jump] = []
  var jumpsForward: [Jump] = []
}

/// An answer that is awaited, and what to do with it.
enum Waiting: Equatable, Sendable {
  enum Then: Equatable, Sendable {
    case show
    case openUnread(isForward: Bool)
    case markRead
  }
  case entries(EntryQuery, name: String, Then, since: Duration)
  case article(EntryID, at: Reader.Anchor?, since: Duration)

  var since: Duration {
    switch self {
    case .entries(_, _, _, let since), .article(_, _, let since): since
    }
  }
}

/// A sentence on the status row.
struct Message: Equatable, Sendable {
  var text: String
  var isError = false
  /// By uptime.
  var time: Duration = .zero
}

/// A mark that can be undone.
struct MarkStep: Equatable, Sendable {
  var ids: [EntryID]
  var change: StatusChange
}

/// What is said when a mark is stored.
struct Confirmation: Equatable, Sendable {
  var ids: [EntryID]
  var change: StatusChange
  var sentence: String
}

/// A place that a jump left.
struct Jump: Equatable, Sendable {
  var entry: EntryID
  var anchor: Reader.Anchor
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
