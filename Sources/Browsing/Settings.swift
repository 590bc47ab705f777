public import Cells
public import Feeds
public import Keymaps

/// Constants given at the start: keymap, theme, and the options of the interface.
public struct Settings: Sendable {
  public enum Glyphs: Hashable, Sendable { case unicode, ascii }

  /// How the list and the reader share a screen of medium width.
  public enum MediumLayout: Hashable, Sendable {
    /// `above` from 30 rows on, else `beside`.
    case auto
    case above, beside
  }

  /// Where the browser begins.
  public enum Start: String, CaseIterable, Hashable, Sendable {
    /// Where the last session ended.
    case resume
    case home, unread
  }

  /// When feeds are asked without a key.
  public enum AutomaticRefresh: Hashable, Sendable {
    case off
    /// What is due, once.
    case atStart
    /// What is due, at the start and whenever so much time has passed.
    case every(Duration)
  }

  /// When an entry becomes read.
  public enum ReadMark: String, CaseIterable, Hashable, Sendable {
    case open
    /// When its end has been shown.
    case end
    case manual
  }

  /// How links are shown in an article.
  public enum LinkStyle: String, CaseIterable, Hashable, Sendable { case numbers, hints, plain }

  /// The smart feeds built into the program.
  public enum BuiltInSmartFeed: String, CaseIterable, Hashable, Sendable {
    case unread, today, starred
    /// Entries left half-read: `continue`.
    case reading = "continue"
    case all
  }

  /// A list of subscriptions found on this machine, offered while the library is empty.
  public struct FoundSubscriptions: Hashable, Sendable {
    /// As `import` takes it.
    public var path: String
    public var feedCount: Int

    public init(path: String, feedCount: Int) {
      self.path = path
      self.feedCount = feedCount
    }
  }

  public var keymap: Keymap
  /// The name of the keymap, as help shows it.
  public var keymapName = "default"
  public var theme: Theme
  public var profile: WidthProfile
  /// The characters of markers, separators and flags.
  ///
  /// With an ambiguous width of 2 the ASCII forms
  /// are used whatever this says.
  public var glyphs: Glyphs = .unicode

  public var start: Start = .resume
  /// What the last session left, when the library keeps one.
  public var session: Session?

  // Panes.
  /// How many panes are shown where the width allows it; nil: as many as fit.
  public var paneCount: Int?
  /// Columns and rows of the panes; 0: computed.
  public var feedsColumns = 0
  public var entriesColumns = 0
  public var entriesRows = 0
  public var showsFeedsPane = true
  /// From how many columns on three panes stand side by side.
  public var wideColumns = 140
  /// From how many columns on a list and the reader are shown together.
  public var mediumColumns = 100
  public var mediumLayout: MediumLayout = .auto
  /// Whether the last row names the most useful keys.
  public var showsHints = true

  // Lists and the reader.
  /// Rows that stay visible above and below the selected one.
  public var scrollMarginRows = 2
  /// Whether the status row of a list names the number of the selected row.
  public var showsRuler = false
  /// The smart feeds above the reader's own, in order.
  public var smartFeeds: [BuiltInSmartFeed] = [.unread, .today, .starred, .reading, .all]
  /// Order and filter of a list that is opened the first time.
  public var listOrder: EntryQuery.Order = .date
  public var listsUnreadOnly = false
  /// The most columns a line of an article takes; 0: as many as the pane has.
  public var readerColumns = 80
  /// Whether tables that are too wide are panned; if not, they are shown a record at a time.
  public var pansTables = true
  /// Whether lines of code that are too wide are panned; if not, they go on below.
  public var pansCode = false
  /// Whether the text stands in the middle of a wider pane.
  public var centersReader = true
  public var linkStyle: LinkStyle = .numbers
  public var readMark: ReadMark = .open
  /// Rows of the old page that are shown again on the next one.
  public var pageOverlapRows = 1

  // Keys.
  /// Whether full-width characters of an input method are read as the ASCII keys they stand for.
  public var foldsFullWidthKeys = true
  /// How long a prefix rests before its continuations are shown.
  public var whichKeyDelay: Duration = .milliseconds(200)

  // Feeds.
  public var automaticRefresh: AutomaticRefresh = .every(.seconds(3600))

  // Links.
  /// Names of the programs that `open-with` offers.
  public var openers: [String] = []
  /// Lists of subscriptions of other programs.
  public var foundSubscriptions: [FoundSubscriptions] = []

  /// A sentence shown on the first frame, for example the first fault of a keymap file.
  public var notice: String?

  public init(
    keymap: Keymap = .standard, theme: Theme = .standard, profile: WidthProfile = WidthProfile()
  ) {
    self.keymap = keymap
    self.theme = theme
    self.profile = profile
  }
}
