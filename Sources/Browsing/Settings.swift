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
    /// When its end was shown.
    case end
    /// By its own command only.
    case manual
  }

  /// How the selected row of a list is shown.
  public enum Selection: String, CaseIterable, Hashable, Sendable {
    /// By a marker in the first column: two cells change when it moves.
    case marker
    /// By the marker and the whole row reversed.
    case bar
  }

  /// How the links of an article are shown.
  public enum Links: String, CaseIterable, Hashable, Sendable {
    /// Their text, followed by a number.
    case numbers
    /// Their text; labels cover its first cells.
    case hints
    case plain
  }

  /// The smart feeds built into the program.
  public enum BuiltInSmartFeed: String, CaseIterable, Hashable, Sendable {
    case unread, today, starred
    /// Entries left half-read: `continue`.
    case reading = "continue"
    case all
  }

  /// A setting that can be changed at the prompt.
  public struct Option: Hashable, Sendable {
    /// `reader.columns`.
    public var name: String
    /// In the notation of the file of settings: `72`, `"auto"`.
    public var value: String
    /// What a value may be: `a number from 0 to 500`.
    public var kind: String
    /// One sentence.
    public var help: String
    /// The values there are, when they can be listed.
    public var words: [String]

    public init(name: String, value: String, kind: String, help: String, words: [String]) {
      self.name = name
      self.value = value
      self.kind = kind
      self.help = help
      self.words = words
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

  // Panes.
  /// From how many columns on three panes stand side by side.
  public var wideColumns = 140
  /// From how many columns on a list and the reader are shown together.
  public var mediumColumns = 100
  public var mediumLayout: MediumLayout = .auto
  /// How many panes at most; nil: as many as the width allows.
  public var panes: Int?
  /// Whether the feeds have a pane of their own on a wide screen.
  public var showsFeedsPane = true
  /// Columns of the feeds and the entries pane, rows of a list above the reader; 0: computed.
  public var feedsColumns = 0
  public var entriesColumns = 0
  public var entriesRows = 0
  /// Whether the last row names the most useful keys.
  public var showsHints = true

  // Lists and the reader.
  /// Rows that stay visible above and below the selected one.
  public var scrollMarginRows = 2
  /// The smart feeds above the reader's own, in order.
  public var smartFeeds: [BuiltInSmartFeed] = [.unread, .today, .starred, .reading, .all]
  /// Filter of a list that is opened the first time.
  public var listsUnreadOnly = false
  /// Order of a list that is opened the first time.
  public var listOrder = EntryQuery.Order.date
  public var selection: Selection = .marker
  /// Whether the number of the selected row is shown; it costs bytes at every move.
  public var showsRuler = false
  /// The most columns a line of an article takes; 0: as many as the pane has.
  public var readerColumns = 80
  public var links: Links = .numbers
  /// Whether tables that are too wide are panned; if not, they are shown a record at a time.
  public var pansTables = true
  /// Whether lines of code that are too wide are panned; if not, they go on below.
  public var pansCode = false
  /// Whether the tokens of formulas have looks of their own; else a formula is one run.
  public var colorsTeX = false
  /// Whether the text stands in the middle of a wider pane.
  public var centersReader = true
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

  /// The settings by name, as `set` and its completion need them.
  public var options: [Option] = []
  /// Where the library is, as a person would write it; the first screen says so.
  public var libraryPlace = ""

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
