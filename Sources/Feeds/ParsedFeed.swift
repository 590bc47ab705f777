/// What the bytes of a feed said.
///
/// `yue parse --json` writes exactly this.
///
/// Nothing is invented: a field is nil when the feed does not have it, and empty when the feed has
/// it without text. Links are resolved against the base the format prescribes.
public struct ParsedFeed: Equatable, Sendable {
  public enum Format: String, Equatable, Sendable { case rss, atom, json }

  public var format: Format
  /// `rss20`, `rss10`, `atom10`, `json11`.
  public var version: String
  /// The encoding the bytes were read in, lower case: `utf-8`, `gb18030`.
  public var encoding: String
  /// How the encoding was found.
  public var encodingEvidence = EncodingEvidence.validUTF8
  /// Plain text.
  public var title: String?
  /// The site the feed belongs to.
  public var link: String?
  public var selfLink: String?
  public var id: String?
  public var descriptionHTML: String?
  public var language: String?
  public var updated: Timestamp?
  public var published: Timestamp?
  public var authors: [Person] = []
  public var contributors: [Person] = []
  public var categories: [String] = []
  public var image: String?
  public var icon: String?
  public var copyright: String?
  public var generator: String?
  public var ttlMinutes: Int?
  public var links: [ParsedLink] = []
  /// The base for whatever is still relative.
  public var baseURL: String?
  public var updatePeriodSeconds: Int?
  public var skipHours: [Int] = []
  public var skipDays: [String] = []
  public var problems: [Problem] = []
  /// In document order.
  public var entries: [ParsedEntry] = []

  public init(format: Format, version: String, encoding: String) {
    self.format = format
    self.version = version
    self.encoding = encoding
  }
}

/// Why bytes were read in the encoding they were read in; the first that applies, in this order.
public enum EncodingEvidence: String, Equatable, Sendable {
  case byteOrderMark
  /// They are valid UTF-8 with characters beyond ASCII, whatever any label says.
  case validUTF8
  /// The `charset` of the HTTP header `Content-Type`.
  case httpHeader
  /// The XML declaration, or an HTML `meta`.
  case declaration
  /// Nothing but ASCII.
  case plainASCII
  /// No label held; the commonest characters of the encodings in question decided.
  case guess
  /// Nothing else was left.
  case lastResort
}

/// What the bytes said about one entry.
public struct ParsedEntry: Equatable, Sendable {
  public var id: String?
  /// Plain text.
  public var title: String?
  public var link: String?
  public var originalLink: String?
  /// The `xml:base` of the summary, when it is another than that of the content.
  public var summaryBaseURL: String?
  /// An entry before it has the same id and the same link, and so the same key.
  public var isDuplicate = false
  /// The base the feed states for relative addresses: `xml:base`, or the address it came from.
  public var statedBaseURL: String?
  public var published: Timestamp?
  public var updated: Timestamp?
  public var authors: [Person] = []
  public var contributors: [Person] = []
  /// HTML as received; a plain-text body is escaped, and `isSummaryPlainText` is set.
  public var summaryHTML: String?
  public var contentHTML: String?
  public var isSummaryPlainText = false
  public var isContentPlainText = false
  /// The base that relative links in the bodies are resolved against.
  public var baseURL: String?
  public var enclosures: [Enclosure] = []
  public var categories: [String] = []
  public var commentsLink: String?
  public var commentsCount: Int?
  public var commentsFeed: String?
  public var language: String?
  public var links: [ParsedLink] = []
  public var source: ParsedSource?
  public var image: String?
  public var copyright: String?
  /// As written: `3:00`.
  public var duration: String?
  /// Identity within the feed, for example `g:/archives/7180`.
  public var key: String = ""
  public var isTruncated = false

  public init() {}
}

public struct Person: Equatable, Hashable, Sendable {
  public var name: String?
  public var email: String?
  public var uri: String?

  public init(name: String? = nil, email: String? = nil, uri: String? = nil) {
    self.name = name
    self.email = email
    self.uri = uri
  }
}

public struct Enclosure: Equatable, Hashable, Sendable {
  public var url: String
  public var type: String?
  public var byteCount: Int64?
  public var title: String?

  public init(url: String, type: String? = nil, byteCount: Int64? = nil, title: String? = nil) {
    self.url = url
    self.type = type
    self.byteCount = byteCount
    self.title = title
  }
}

/// An `atom:link` or what corresponds to it.
public struct ParsedLink: Equatable, Hashable, Sendable {
  /// Empty for a link element that leads nowhere.
  public var href: String
  public var rel: String?
  public var type: String?
  public var title: String?
  public var hreflang: String?
  public var length: Int64?

  public init(
    href: String, rel: String? = nil, type: String? = nil, title: String? = nil,
    hreflang: String? = nil, length: Int64? = nil
  ) {
    self.href = href
    self.rel = rel
    self.type = type
    self.title = title
    self.hreflang = hreflang
    self.length = length
  }
}

/// The feed an entry was taken from.
public struct ParsedSource: Equatable, Sendable {
  public var title: String?
  public var link: String?
  public var id: String?

  public init(title: String? = nil, link: String? = nil, id: String? = nil) {
    self.title = title
    self.link = link
    self.id = id
  }
}

/// Something wrong with the bytes, and how it was read all the same.
public struct Problem: Equatable, Sendable {
  public enum Kind: String, Equatable, Sendable {
    case encodingMislabelled, encodingReplaced, strayAmpersand, controlCharacter
    case undeclaredPrefix, entityDeclared, notWellFormed, truncated, invalidDate, invalidNumber
    case missingID, duplicateID, textTruncated, tooManyEntries, junkBeforeProlog
  }

  public var kind: Kind
  /// Counted from 1; nil when no place can be named.
  public var line: Int?
  /// A sentence for the reader.
  public var message: String

  public init(kind: Kind, line: Int? = nil, message: String) {
    self.kind = kind
    self.line = line
    self.message = message
  }
}
