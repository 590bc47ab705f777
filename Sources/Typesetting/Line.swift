/// One line of a layout.
public struct Line: Equatable, Sendable {
  /// The line's pieces, left to right: a range of `Layout.pieces`.
  ///
  /// Empty for an empty line.
  public var pieces: Range<Int>
  /// The columns left of the line's own text: list, quote and code indents.
  public var indent: Int
  /// The columns of the whole line, indent included, trailing spaces excluded.
  public var columns: Int
  /// Set on the lines of a block that is wider than the page and is panned.
  public var wide: Wide?
  /// The block the line belongs to; an empty line between blocks belongs to the one below it.
  public var block: Int

  public init(pieces: Range<Int>, indent: Int, columns: Int, block: Int) {
    self.pieces = pieces
    self.indent = indent
    self.columns = columns
    self.block = block
  }

  /// What the lines of a panned block have in common.
  public struct Wide: Equatable, Sendable {
    /// The first block of what is panned together: all cells of a table, or one block of code.
    public var block: Int
    /// What stands left of this column of the page stays where it is.
    public var firstColumn: Int
    /// The columns of the widest line, indent included.
    public var columns: Int
  }
}

/// A part of a line: text of the document, or an ornament that is not in the text.
public struct Piece: Equatable, Sendable {
  public enum Content: Equatable, Sendable {
    /// Bytes of the document's text.
    case text(Range<Int>)
    case ornament(Ornament)
  }

  public var content: Content
  /// The column of the page it starts at, indent included.
  public var column: Int
  public var columns: Int

  public init(content: Content, column: Int, columns: Int) {
    self.content = content
    self.column = column
    self.columns = columns
  }
}

/// What is drawn but is not in the document's text.
public struct Ornament: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// A bullet, a number with its stop, a task box.
    case marker
    /// `[3]`; the position in `Document.links`.
    case linkNumber(Int)
    /// `[image 3: ` and `]`; the position in `Document.images`.
    case imageFrame(Int)
    /// `(3)` at the right edge; the position in `Document.formulas`.
    case equationNumber(Int)
    case quoteBar, rule, tableRule, headingMark, hyphen, gap
    /// In the gutter of a continued code line.
    case continuation
    /// `_`, `^`, braces, ruby parentheses, footnote brackets: copied with the text.
    case script
    /// `~~` of deleted text in plain output.
    case mark
  }

  public var kind: Kind
  /// What is drawn, of known columns.
  public var text: String

  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}
