public import Documents

/// The lines of a document, or of some of its blocks.
///
/// Lines hold byte ranges of the document, never copies of its text.
public struct Layout: Equatable, Sendable {
  public var lines: [Line]
  /// The pieces of all lines, in order.
  public var pieces: [Piece]

  public init(lines: [Line] = [], pieces: [Piece] = []) {
    self.lines = lines
    self.pieces = pieces
  }
}

/// Lays out the blocks of a document for a page; copies no text.
public func layout(
  _ document: Document, blocks: Range<Int>, _ page: PageSettings
) -> Layout {
  Layout()
}
