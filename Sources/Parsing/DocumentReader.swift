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
    var builder = DocumentBuilder(baseURL: baseURL, language: language)
    return builder.build(Self.validUTF8(html))
  }

  /// Reads plain text: blank lines separate paragraphs, single line ends are kept.
  public func document(plainText: [UInt8]) -> Document {
    var html: [UInt8] = Array("<p>".utf8)
    var isLineEmpty = true
    for byte in WhiteSpace.withLineFeeds(Self.validUTF8(plainText)) {
      switch byte {
      case 0x0A:
        html += Array((isLineEmpty ? "</p><p>" : "<br>").utf8)
        isLineEmpty = true
      case 0x26: html += Array("&amp;".utf8)
      case 0x3C: html += Array("&lt;".utf8)
      default: html.append(byte)
      }
      if byte != 0x0A, !WhiteSpace.isBlank(byte) { isLineEmpty = false }
    }
    return document(html: html)
  }

  /// The bytes, with what is no UTF-8 replaced.
  private static func validUTF8(_ bytes: [UInt8]) -> [UInt8] {
    String(validating: bytes, as: UTF8.self) == nil
      ? Array(String(decoding: bytes, as: UTF8.self).utf8) : bytes
  }
}
