import Feeds

/// A pattern that is being looked for in a list or in an article.
struct Find: Equatable, Sendable {
  enum Place: Equatable, Sendable {
    case feeds, entries, sheet
    case reader(EntryID)
  }

  var place: Place
  var pattern: String
  /// In the article: all matches, in order.
  var matches: [Range<Int>] = []
  /// In the article: the match shown last.
  var current: Int?
  /// Where to return to when the search is given up.
  var origin: Origin

  struct Origin: Equatable, Sendable {
    var cursor = ListCursor()
    var anchor = Reader.Anchor.header(row: 0)
  }
}

/// Finds a pattern in the rows of a list.
struct FoundRows: Sendable {
  private let rules: FoldedText.Rules
  private let pattern: FoldedText

  init(_ pattern: String) {
    rules = FoldedText.Rules(pattern: pattern)
    self.pattern = FoldedText(Array(pattern.utf8), rules)
  }

  /// The bytes of a row that match.
  func marks(in text: String) -> [Range<Int>] {
    guard !pattern.isEmpty else { return [] }
    return FoldedText(Array(text.utf8), rules).ranges(of: pattern)
  }

  func matches(_ text: String) -> Bool {
    !pattern.isEmpty && !FoldedText(Array(text.utf8), rules).ranges(of: pattern, limit: 1).isEmpty
  }

  /// All matches in an article.
  func matches(in bytes: [UInt8]) -> [Range<Int>] {
    guard !pattern.isEmpty else { return [] }
    return FoldedText(bytes, rules).ranges(of: pattern)
  }
}
