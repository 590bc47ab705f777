/// An article: one UTF-8 text with blocks, containers and spans on top of it.
///
/// Every position in the program (reading position, search hit, copy, jump) is a byte offset into
/// `text`. The structure is flat on purpose: one allocation for the text, arrays for the rest.
///
/// What is promised about the text, by whoever makes a document:
/// - It is valid UTF-8.
/// - In flow text (every kind of block but `code`) runs of white space are one space, none at the
///   start or end of a block; NO-BREAK SPACE and IDEOGRAPHIC SPACE are kept. A `<br>` is U+000A.
/// - The text of a formula is its exact source, line ends included.
/// - Nothing in it is cleaned or substituted for drawing: controls and tabs may still be there.
public struct Document: Equatable, Sendable {
  /// Every visible character of the article, as UTF-8.
  ///
  /// Neighbouring blocks are separated by one U+000A that belongs to neither.
  public var text: [UInt8]
  /// Blocks in reading order; their ranges do not overlap.
  public var blocks: [Block]
  /// Quotes, lists, tables …; a parent stands before its children.
  ///
  /// In reading order.
  public var containers: [Container]
  /// Sorted by start, the longer first; nested, never crossing.
  public var spans: [Span]
  /// One per distinct target, in document order: the number shown is the position plus one.
  public var links: [Link]
  /// In document order.
  public var formulas: [Formula]
  /// Images and other media, in document order: the number shown is the position plus one.
  public var images: [Image]
  /// Where references and links into the document lead.
  ///
  /// In document order.
  public var labels: [Label]
  /// `\ref` and `\eqref`, inside and outside formulas, in document order.
  public var references: [Reference]
  /// The language of the article as the feed writes it (`zh-CN`), nil when unknown.
  public var language: String?

  public init(
    text: [UInt8] = [], blocks: [Block] = [], containers: [Container] = [], spans: [Span] = [],
    links: [Link] = [], formulas: [Formula] = [], images: [Image] = [], labels: [Label] = [],
    references: [Reference] = [], language: String? = nil
  ) {
    self.text = text
    self.blocks = blocks
    self.containers = containers
    self.spans = spans
    self.links = links
    self.formulas = formulas
    self.images = images
    self.labels = labels
    self.references = references
    self.language = language
  }

  /// The text of a byte range, as a string.
  public func string(_ range: Range<Int>) -> String {
    String(decoding: text[range.clamped(to: 0..<text.count)], as: UTF8.self)
  }

  /// The spans that begin in a range, found by binary search.
  public func spans(in range: Range<Int>) -> ArraySlice<Span> {
    var low = 0
    var high = spans.count
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].range.lowerBound < range.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var end = low
    while end < spans.count, spans[end].range.lowerBound < range.upperBound { end += 1 }
    return spans[low..<end]
  }
}
