public import Documents

/// Turns the body of an entry into a document.
public struct DocumentReader: Sendable {
  /// Relative links and images are resolved against it.
  public var baseURL: String?
  public var language: String?

  public init(baseURL: String? = nil, language: String? = nil) {
    self.baseURL = baseURL
    self.language = language
  }

  /// Reads an HTML fragment or page.
  public func document(html: [UInt8]) -> Document {
    Document(language: language)
  }

  /// Reads plain text: blank lines separate paragraphs, single line ends are kept.
  public func document(plainText: [UInt8]) -> Document {
    Document(language: language)
  }
}
