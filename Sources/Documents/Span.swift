/// A run of a block's text that plays a role: emphasis, a link, a formula.
///
/// Hides the standard library's `Span`; write `Swift.Span` where that one is meant.
public struct Span: Equatable, Sendable {
  public enum Role: Equatable, Hashable, Sendable {
    case emphasis, strong, code, key, deleted, inserted, mark, small
    case superscript
    case `subscript`
    /// A position in `Document.links`.
    case link(Int)
    /// A position in `Document.formulas`. A display formula inside a paragraph is such a span.
    case formula(Int)
    /// A position in `Document.images`; the span's text is the label of the image.
    case image(Int)
    /// The label of a footnote reference (`1`, drawn `[^1]`); the value is the position in
    /// `Document.links` of its target (`#fn1`).
    case footnoteReference(Int)
    /// The reading of a ruby annotation, standing right after its base; drawn in parentheses.
    case rubyReading
  }

  public var role: Role
  /// Bytes of the document's text; inside one block.
  public var range: Range<Int>

  public init(role: Role, range: Range<Int>) {
    self.role = role
    self.range = range
  }
}

/// Where a link leads.
public struct Link: Equatable, Sendable {
  /// The target with its base applied, or as found when there is no base.
  ///
  /// `#name` leads into the document.
  public var target: String
  /// False for links that show no number: those without text, and "[...]" links to the entry itself.
  public var isNumbered: Bool

  public init(target: String, isNumbered: Bool = true) {
    self.target = target
    self.isNumbered = isNumbered
  }
}

/// An image, video, audio or embedded frame.
///
/// Its label is text of the document.
public struct Image: Equatable, Sendable {
  public enum Kind: Equatable, Sendable { case image, video, audio, embed }

  public var kind: Kind
  /// The address with its base applied, or as found.
  public var source: String

  public init(kind: Kind = .image, source: String) {
    self.kind = kind
    self.source = source
  }
}

/// A place that references lead to: `\label{…}` in a formula, `id="…"` of an element.
public struct Label: Equatable, Sendable {
  public var name: String
  public var byteOffset: Int
  /// The formula that holds the `\label`; nil for an element's id.
  public var formula: Int?

  public init(name: String, byteOffset: Int, formula: Int? = nil) {
    self.name = name
    self.byteOffset = byteOffset
    self.formula = formula
  }
}

/// A `\ref{…}` or `\eqref{…}`, command and argument.
public struct Reference: Equatable, Sendable {
  /// The label it names.
  public var name: String
  public var range: Range<Int>

  public init(name: String, range: Range<Int>) {
    self.name = name
    self.range = range
  }
}
