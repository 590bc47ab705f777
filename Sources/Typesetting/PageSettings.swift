public import Cells

/// How a document is to be set: the measure, the width profile, and the options of the rules.
public struct PageSettings: Hashable, Sendable {
  /// `full`: the browser and `yue show`.
  ///
  /// `bare`: no link numbers, image numbers, heading marks, equation numbers or emphasis marks; the
  /// batch command's default.
  public enum Presentation: Hashable, Sendable { case full, bare }
  /// Whether headings, deletions … are marked by characters, for output without attributes.
  public enum Marks: Hashable, Sendable { case attributes, characters }
  public enum Repair: Hashable, Sendable { case none, orphans, all }
  public enum Links: Hashable, Sendable { case numbers, hints, plain }
  public enum Tables: Hashable, Sendable { case pan, stack }
  public enum CodeLines: Hashable, Sendable { case wrap, pan }
  public enum Glyphs: Hashable, Sendable { case unicode, ascii }

  /// The columns a line may take.
  public var columns: Int
  public var profile: WidthProfile
  public var presentation: Presentation = .full
  public var marks: Marks = .attributes
  public var repair: Repair = .all
  public var links: Links = .numbers
  /// What is done with tables that are too wide with their narrowest columns; only a page that can
  /// be panned may ask for `pan`, since its lines are wider than the page.
  public var tables: Tables = .stack
  public var codeLines: CodeLines = .wrap
  /// Blocks of code, tables (by their first block) and display formulas that are set the other way:
  /// wrapped or stacked instead of panned, panned instead of wrapped.
  public var toggledBlocks: Set<Int> = []
  public var glyphs: Glyphs = .unicode
  /// The columns left of code, where continued lines are marked.
  public var codeGutterColumns = 2
  public var breaking = LineBreakOptions()

  public init(columns: Int, profile: WidthProfile = WidthProfile()) {
    self.columns = columns
    self.profile = profile
  }
}

/// The options of line breaking; the first case of each is the default.
public struct LineBreakOptions: Hashable, Sendable {
  public enum Tailoring: Hashable, Sendable { case yue, root }
  public enum Quotes: Hashable, Sendable { case auto, zh, root }
  public enum Level: Hashable, Sendable { case strict, normal, loose }
  public enum Kinsoku: Hashable, Sendable { case basic, gb, strict }
  public enum WordBreak: Hashable, Sendable { case auto, normal, keepAll }
  public enum Units: Hashable, Sendable { case root, glue }
  public enum Wrap: Hashable, Sendable { case greedy, optimal }

  /// `root`: T1–T12 off except what is set explicitly below; the conformance mode.
  public var tailoring: Tailoring = .yue
  public var quotes: Quotes = .auto
  public var hanStops = true
  public var shortSlash = true
  public var signRuns = true
  /// URLs in plain text are objects with levels of their own.
  public var urls = true
  /// Formulas are objects; off, they are text.
  public var math = true
  public var level: Level = .strict
  public var kinsoku: Kinsoku = .basic
  public var wordBreak: WordBreak = .auto
  public var units: Units = .root
  public var hang = false
  public var autospace = false
  public var wrap: Wrap = .greedy
  public var softHyphens = true

  public init() {}
}
