/// The text of one block container as formula detection sees it (math.md D0.4): the text of its
/// inline content with marks for what is not text.
///
/// `DocumentBuilder` makes runs, `MathFinder` finds formulas in them.
struct TextRun {
  /// Stands in `bytes` for a line break element; not valid UTF-8, so it cannot be text.
  static let lineBreak: UInt8 = 0xFE
  /// Stands in `bytes` for something no formula may contain: code, an image, a structural formula.
  static let atom: UInt8 = 0xFF

  /// A Markdown emphasis element (attribute-less `em`, `i`, `strong`, `b`) by the places of its
  /// two boundaries in `bytes`.
  struct Emphasis: Equatable {
    var start: Int
    var end: Int
    var isStrong: Bool
  }

  /// UTF-8 text after entity decoding, white space as in the source, with the two marks above.
  var bytes: [UInt8]
  /// In order of their starts.
  var emphases: [Emphasis]
  /// True for a plain-text body: runs are separated by empty lines and D7 does not apply.
  var isPlainText = false
}

/// A formula found in the text of a run.
struct FoundFormula: Equatable {
  /// In the run's bytes, delimiters included.
  var range: Range<Int>
  /// Without delimiters; equal to `range` for environments.
  var tex: Range<Int>
  var isDisplay: Bool
  /// The emphases (positions in `TextRun.emphases`) whose boundaries are turned back into marks,
  /// and the mark of each: `_`, `__`, `*`, `**`.
  ///
  /// A boundary outside the range counts as well.
  var repairs: [EmphasisRepair] = []
}

struct EmphasisRepair: Equatable {
  var emphasis: Int
  /// `_`, `__`, `*` or `**`.
  var mark: String
}

/// An element whose subtree says it is a formula, captured whole (math.md D1).
indirect enum CapturedNode {
  case element(CapturedElement)
  case text([UInt8])
}

struct CapturedElement {
  /// Lower case.
  var name: String
  /// Names in lower case; the first of equal names wins.
  var attributes: [(name: String, value: String)]
  var children: [CapturedNode] = []

  subscript(_ attribute: String) -> String? {
    attributes.first { $0.name == attribute }?.value
  }
}
