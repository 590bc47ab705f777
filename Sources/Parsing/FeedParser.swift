public import Feeds

/// Reads the bytes of a feed.
///
/// Bad markup is never an error: what could be read comes back, with `problems`. The one thing
/// thrown is that the bytes are no feed at all.
public struct FeedParser: Sendable {
  /// The address the bytes came from, after redirects; the base of last resort.
  public var documentURL: String?
  /// HTTP headers with lower-case names: `content-type`, `content-location`, `content-language`.
  public var headers: [String: String]

  public init(documentURL: String? = nil, headers: [String: String] = [:]) {
    self.documentURL = documentURL
    self.headers = headers
  }

  public func parse(_ bytes: [UInt8]) throws(ParsingError) -> ParsedFeed {
    throw .notAFeed(root: nil)
  }
}

public enum ParsingError: Error, Equatable, Sendable {
  /// The name of the root element, lower case; nil when there is no markup at all.
  case notAFeed(root: String?)
  case empty
}
