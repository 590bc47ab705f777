/// A paragraph, a heading, a code block …: what stands on lines of its own.
public struct Block: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case paragraph
    /// 1…6.
    case heading(level: Int)
    /// Verbatim text; `language` as the source names it, for example `python`.
    case code(language: String?)
    /// A display formula alone in its block; the position in `Document.formulas`.
    case formula(Int)
    /// An image or medium alone in its block; the position in `Document.images`.
    case image(Int)
    /// A horizontal rule; its range is empty.
    case rule
  }

  public var kind: Kind
  /// Bytes of the document's text.
  public var range: Range<Int>
  /// The innermost container, a position in `Document.containers`; nil: directly in the article.
  public var container: Int?

  public init(kind: Kind, range: Range<Int>, container: Int? = nil) {
    self.kind = kind
    self.range = range
    self.container = container
  }
}

/// What holds blocks: a quote, a list and its items, a table and its cells.
public struct Container: Equatable, Sendable {
  public enum NumberStyle: Equatable, Sendable {
    case decimal, lowerLetters, upperLetters, lowerRoman, upperRoman
  }

  public enum Alignment: Equatable, Sendable { case left, center, right }

  public enum Kind: Equatable, Sendable {
    case quote
    /// `numbering` nil: bullets.
    case list(numbering: NumberStyle?)
    /// `number` is the final number of an ordered item, start, value and reversal applied; nil in
    /// lists with bullets. `isDone` is set for task items only (`[ ]`, `[x]`).
    case item(number: Int?, isDone: Bool?)
    /// `dt`, `dd`.
    case term, definition
    case details, figure, caption
    case table, row
    /// A table cell; `columns` and `rows` are its spans, clamped to the table, at least 1. A cell
    /// without blocks is an empty cell.
    case cell(columns: Int, rows: Int, isHeader: Bool, alignment: Alignment?)
  }

  public var kind: Kind
  /// A position in `Document.containers`, smaller than this container's own.
  public var parent: Int?

  public init(kind: Kind, parent: Int? = nil) {
    self.kind = kind
    self.parent = parent
  }
}
