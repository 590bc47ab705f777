/// What a server gave with a body so that it can be asked "anything new since?".
///
/// Opaque bytes: kept and sent back as received, quotes, `W/`, commas and odd dates included.
public struct Validators: Hashable, Sendable {
  public var etag: [UInt8]?
  public var lastModified: [UInt8]?
  /// The address that gave them; they are sent to no other one.
  public var url: String

  public init(etag: [UInt8]?, lastModified: [UInt8]?, url: String) {
    self.etag = etag
    self.lastModified = lastModified
    self.url = url
  }
}

/// A feed that is to be asked now, with all that the network needs to know of it.
public struct FetchTicket: Equatable, Sendable {
  public var feed: FeedID
  /// Without user and password.
  public var url: String
  /// `user:password`, for the scheme, host and port of `url` only; never shown.
  public var userInfo: String?
  public var validators: Validators?
  /// Hash of the last body that was parsed; nil when there was none.
  public var bodyHash: UInt64?
  /// Further header lines of this feed's settings, such as `X-Token: …`.
  public var headers: [String]
  /// Instead of yue's own.
  public var userAgent: String?
  /// How many requests in a row have failed until now.
  public var failureCount: Int

  public init(
    feed: FeedID, url: String, userInfo: String? = nil, validators: Validators? = nil,
    bodyHash: UInt64? = nil, headers: [String] = [], userAgent: String? = nil,
    failureCount: Int = 0
  ) {
    self.feed = feed
    self.url = url
    self.userInfo = userInfo
    self.validators = validators
    self.bodyHash = bodyHash
    self.headers = headers
    self.userAgent = userAgent
    self.failureCount = failureCount
  }
}

/// What came of asking a server for one feed.
public struct FetchResult: Equatable, Sendable {
  public var outcome: FetchOutcome
  /// The new address of the feed: every hop up to it was permanent (301, 308), and it was followed
  /// because the server said so.
  ///
  /// To be stored only when the answer was a feed or "not modified".
  public var movedTo: String?
  /// The last status; nil when no answer came.
  public var status: Int?
  /// The reader's bytes after decompression.
  public var bodyBytes: Int
  public var milliseconds: Int
  /// `max-age` or the time to `Expires`, as sent, not below 0; nil when the server said neither.
  public var freshnessSeconds: Int64?

  public init(
    _ outcome: FetchOutcome, movedTo: String? = nil, status: Int? = nil, bodyBytes: Int = 0,
    milliseconds: Int = 0, freshnessSeconds: Int64? = nil
  ) {
    self.outcome = outcome
    self.movedTo = movedTo
    self.status = status
    self.bodyBytes = bodyBytes
    self.milliseconds = milliseconds
    self.freshnessSeconds = freshnessSeconds
  }
}

public enum FetchOutcome: Equatable, Sendable {
  /// 304, with the validators that answer carried, if any.
  case notModified(Validators?)
  /// 200 with the bytes of last time: nothing to parse, but the validators are new (or gone: nil).
  case unchanged(Validators?)
  /// 200 or 226.
  case received(FetchedBody)
  /// 410: never ask again.
  case gone
  /// 429, or 503 with Retry-After.
  case blocked(until: Timestamp, isThrottled: Bool)
  case failed(FetchFault)
}

/// The bytes of a feed with what was said about them.
public struct FetchedBody: Equatable, Sendable {
  /// Decompressed.
  public var bytes: [UInt8]
  public var bodyHash: UInt64
  public var contentType: String?
  public var contentLanguage: String?
  public var contentLocation: String?
  /// Values of `Link` header fields.
  public var links: [String]
  /// Where it came from at last: the base of relative links.
  public var url: String
  public var validators: Validators?

  public init(
    bytes: [UInt8], bodyHash: UInt64, contentType: String?, contentLanguage: String? = nil,
    contentLocation: String? = nil, links: [String] = [], url: String, validators: Validators?
  ) {
    self.bytes = bytes
    self.bodyHash = bodyHash
    self.contentType = contentType
    self.contentLanguage = contentLanguage
    self.contentLocation = contentLocation
    self.links = links
    self.url = url
    self.validators = validators
  }
}

/// Why no feed came: facts, of which one place makes sentences.
public enum FetchFault: Error, Hashable, Sendable {
  case libraryMissing(String)
  case offline
  case badAddress
  case nameNotFound(host: String)
  case refused(host: String)
  case timedOut(seconds: Int)
  case tls(reason: String)
  case tooLarge(limitBytes: Int)
  case tooManyRedirects
  /// To a scheme that is not http or https, from https to http, or without an address.
  case badRedirect(to: String)
  case unauthorized
  case forbidden
  case notFound
  case status(Int)
  /// The connection ended before the body did.
  case truncated
  case notAFeed(root: String)
  case cancelled
  case other(String)
}
