/// A formula, kept as its exact TeX source.
///
/// The document's text in `range` is the source, delimiters included; nothing ever changes it.
public struct Formula: Equatable, Sendable {
  public enum Origin: Equatable, Sendable {
    /// Delimiters or an environment in running text.
    case text
    /// An annotation inside MathML (KaTeX, LaTeXML …).
    case annotation
    /// MathML without TeX, converted.
    case mathML
    /// An attribute: `alt`, `alttext`, `data-tex` …
    case attribute
    /// The query of an image service's address.
    case imageURL
    /// `<script type="math/tex">`.
    case script
    /// The text of an element that says it is mathematics.
    case element
  }

  /// With delimiters: what `copy-formula` takes.
  public var range: Range<Int>
  /// Without delimiters.
  ///
  /// Equal to `range` for a bare environment.
  public var tex: Range<Int>
  public var isDisplay: Bool
  public var origin: Origin
  /// Markdown's emphasis was turned back into `_` or `*`.
  public var isRepaired: Bool
  /// Text was taken where no TeX existed.
  public var isLossy: Bool

  public init(
    range: Range<Int>, tex: Range<Int>, isDisplay: Bool, origin: Origin, isRepaired: Bool = false,
    isLossy: Bool = false
  ) {
    self.range = range
    self.tex = tex
    self.isDisplay = isDisplay
    self.origin = origin
    self.isRepaired = isRepaired
    self.isLossy = isLossy
  }
}
