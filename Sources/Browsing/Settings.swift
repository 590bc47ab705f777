public import Cells
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

  // Panes.
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
  /// The most columns a line of an article takes; 0: as many as the pane has.
  public var readerColumns = 80
  /// Whether tables that are too wide are panned; if not, they are shown a record at a time.
  public var pansTables = true
  /// Whether lines of code that are too wide are panned; if not, they go on below.
  public var pansCode = false
  /// Whether the text stands in the middle of a wider pane.
  public var centersReader = true
  /// Rows of the old page that are shown again on the next one.
  public var pageOverlapRows = 1

  // Keys.
  /// Whether full-width characters of an input method are read as the ASCII keys they stand for.
  public var foldsFullWidthKeys = true
  /// How long a prefix rests before its continuations are shown.
  public var whichKeyDelay: Duration = .milliseconds(200)

  /// What the last session left, when the library keeps one.
  public var session: Session?

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
