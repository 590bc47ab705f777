/// What a page offers to those who asked for a feed and got HTML.
///
/// Pages name their feeds by `<link rel=alternate>` (the RSS Advisory Board's "RSS Autodiscovery"),
/// by an HTTP header field `Link` (RFC 8288), or merely link to them.
public struct FeedDiscovery: Equatable, Sendable {
  /// The title of the page.
  public var title: String?
  /// The best first; those of one rank in the order of the page.
  public var candidates: [FeedCandidate]

  /// Nothing behind this is read.
  static let byteLimit = 1 << 20
  static let candidateLimit = 200

  /// - Parameters:
  ///   - url: where the page came from at last.
  ///   - links: values of its `Link` header fields.
  public init(
    html: [UInt8], contentType: String? = nil, url: String, links: [String] = []
  ) {
    var page = Page()
    page.read(Self.decoded(Array(html.prefix(Self.byteLimit)), contentType: contentType))
    title = Self.text(page.title)
    let base = page.base.map { References.resolve($0, against: url) } ?? url
    let host = References.host(of: url).lowercased()
    let pageKey = FeedAddress.key(of: url)
    var found: [FeedCandidate] = []
    var places: [String: Int] = [:]
    let offers = links.prefix(64).flatMap { LinkHeader.offers($0) }
    for (offers, base) in [(offers, url), (page.offers, base)] {
      for offer in offers where found.count < Self.candidateLimit {
        guard
          case .success(let address) = FeedAddress.read(
            References.resolve(offer.address, against: base))
        else { continue }
        let key = FeedAddress.key(of: address.url)
        guard key != pageKey else { continue }
        if offer.rank == .anchor, !Self.looksLikeFeed(address.url, on: host) { continue }
        var candidate = FeedCandidate(
          url: address.url, title: Self.text(offer.title), type: offer.type, rank: offer.rank)
        if candidate.isForComments { candidate.rank = .comments }
        if let place = places[key] {
          // The page calls by a name what the header only points to.
          if found[place].title == nil { found[place].title = candidate.title }
          continue
        }
        places[key] = found.count
        found.append(candidate)
      }
    }
    candidates = found.enumerated().sorted {
      ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
    }.map(\.element)
  }

  /// The one feed that the page itself declares, comments aside; nil when there is a choice.
  public var onlyDeclared: FeedCandidate? {
    let declared = candidates.filter { $0.rank == .header || $0.rank == .link }
    return declared.count == 1 ? declared[0] : nil
  }
}

extension FeedDiscovery {
  /// Where sites keep their feeds by habit, the likeliest first; for those who allow guessing.
  public static func guesses(for page: String) -> [String] {
    guard let parts = References.Parts(page), let host = parts.authority?.lowercased() else {
      return []
    }
    var guesses: [String] = []
    let path = parts.path.split(separator: "/")
    if host == "github.com", path.count >= 2 {
      guesses += [
        "/\(path[0])/\(path[1])/releases.atom", "/\(path[0])/\(path[1])/commits.atom",
      ]
    } else if host.hasSuffix("reddit.com"), path.count >= 2 {
      guesses.append("/\(path[0])/\(path[1])/.rss")
    } else if path.count == 1, path[0].hasPrefix("@") {
      guesses.append("/\(path[0]).rss")
    }
    guesses += ["/feed", "/rss.xml", "/atom.xml", "/index.xml", "/feed.xml", "/feed.json"]
    return guesses.map { References.resolve($0, against: page) }
  }

  /// What a media type is called in a sentence.
  public static func mediaTypeName(_ contentType: String?) -> String {
    switch mediaType(contentType) {
    case "text/html"?, "application/xhtml+xml"?: "a web page"
    case let type? where !type.isEmpty && type.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }:
      "a document of type \(type.prefix(60))"
    default: "something else"
    }
  }
}

/// A feed that a page offers.
public struct FeedCandidate: Hashable, Sendable {
  public enum Rank: Int, Comparable, Sendable {
    /// Named by the server.
    case header
    /// Named by the page for programs.
    case link
    /// A link for readers that looks like one to a feed.
    case anchor
    /// Feeds of comments.
    case comments

    public static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
  }

  /// Absolute, http or https.
  public var url: String
  /// As the page writes it; not sanitised.
  public var title: String?
  /// The media type the page names.
  public var type: String?
  public var rank: Rank

  public init(url: String, title: String? = nil, type: String? = nil, rank: Rank) {
    self.url = url
    self.title = title
    self.type = type
    self.rank = rank
  }

  fileprivate var isForComments: Bool {
    url.lowercased().contains("comments")
      || title.map { $0.lowercased().contains("comments") || $0.contains("评论") } ?? false
  }
}

extension FeedDiscovery {
  struct Offer: Equatable {
    var address: String
    var title: String?
    var type: String?
    var rank: FeedCandidate.Rank
  }

  /// Whether a link with these relations and this type is one to a feed.
  static func isFeed(_ relations: String, type: String?, address: String, title: String?) -> Bool {
    let relations = relations.lowercased().split { $0.isASCII && $0.isWhitespace }
    if relations.contains("feed") { return true }
    guard relations.contains("alternate"), !relations.contains("stylesheet") else { return false }
    switch type ?? "" {
    case "application/rss+xml", "application/atom+xml", "application/feed+json",
      "application/rdf+xml":
      return true
    case "application/json", "text/xml", "application/xml":
      let words = (address + " " + (title ?? "")).lowercased()
      return ["feed", "rss", "atom"].contains { words.contains($0) }
    default: return false
    }
  }

  /// Whether an address may turn out to be one of a feed, told fast and before it is resolved.
  private static func mayBeFeed(_ address: String) -> Bool {
    let address = address.utf8.count > 2048 ? "" : address.lowercased()
    return ["rss", "xml", "atom", "rdf", "feed"].contains { address.contains($0) }
  }

  /// Whether a link for readers on a page of `host` looks like one to a feed.
  private static func looksLikeFeed(_ url: String, on host: String) -> Bool {
    guard let parts = References.Parts(url), parts.authority?.lowercased() == host else {
      return false
    }
    let path = parts.path.lowercased()
    let ends = [".rss", ".xml", ".atom", ".rdf", "/feed", "/feed/", "/rss", "/atom"]
    return ends.contains { path.hasSuffix($0) } && !path.contains("sitemap")
  }

  /// Text with its white space collapsed; nil when nothing is left.
  private static func text(_ title: String?) -> String? {
    title.map { WhiteSpace.collapsed($0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A media type without parameters, lower case.
  static func mediaType(_ text: String?) -> String? {
    text.map {
      WhiteSpace.collapsed(String($0.prefix { $0 != ";" })).lowercased()
    }
  }

  /// The page in UTF-8; the encoding is the header's, else that of a `meta` element.
  private static func decoded(_ bytes: [UInt8], contentType: String?) -> [UInt8] {
    if contentType?.lowercased().contains("charset") != true {
      let head = String(decoding: bytes.prefix(4096), as: UTF8.self).lowercased()
      if let meta = head.firstMatch(of: /<meta[^>]*charset\s*=\s*["']?\s*([a-z0-9_:.-]+)/) {
        return Charset.decode(bytes, contentType: "text/html; charset=\(meta.1)").bytes
      }
    }
    return Charset.decode(bytes, contentType: contentType).bytes
  }

  /// What is read of a page: links for programs, links for readers, base and title.
  private struct Page {
    var base: String?
    var title: String?
    var offers: [Offer] = []
    /// The place in `offers` of the link whose text is being read.
    private var anchor: Int?
    private var isInTitle = false

    mutating func read(_ bytes: [UInt8]) {
      var tokenizer = HTMLTokenizer(bytes)
      while let token = tokenizer.next() {
        switch token {
        case .start(let name, let attributes): start(name, attributes)
        case .end("title"): isInTitle = false
        case .end("a"): anchor = nil
        case .end: break
        case .text(let text):
          if isInTitle { title = Self.longer(title, text) }
          if let anchor { offers[anchor].title = Self.longer(offers[anchor].title, text) }
        }
      }
    }

    /// White space is collapsed when all of it is there.
    private static func longer(_ title: String?, _ text: [UInt8]) -> String {
      let before = title ?? ""
      guard before.utf8.count < 400 else { return before }
      return before + String(decoding: text.prefix(4096), as: UTF8.self).prefix(200)
    }

    private mutating func start(_ name: String, _ attributes: [(name: String, value: String)]) {
      func value(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
      switch name {
      case "title": isInTitle = title == nil
      case "body": isInTitle = false
      case "base": if base == nil { base = value("href") }
      case "link":
        guard let address = value("href"), !address.isEmpty, let relations = value("rel") else {
          return
        }
        let title = value("title").map { WhiteSpace.collapsed($0) }
        let type = FeedDiscovery.mediaType(value("type"))
        if FeedDiscovery.isFeed(relations, type: type, address: address, title: title) {
          offers.append(Offer(address: address, title: title, type: type, rank: .link))
        }
      case "a":
        anchor = nil
        guard let address = value("href"), FeedDiscovery.mayBeFeed(address),
          offers.count < 20 * FeedDiscovery.candidateLimit
        else { return }
        let title = value("title").map { WhiteSpace.collapsed($0) }
        offers.append(Offer(address: address, title: title, type: nil, rank: .anchor))
        if title?.isEmpty ?? true { anchor = offers.count - 1 }
      default: break
      }
    }
  }
}

/// Values of the HTTP header field `Link` (RFC 8288 §3).
enum LinkHeader {
  /// The links to feeds in one value, which may hold several.
  static func offers(_ value: String) -> [FeedDiscovery.Offer] {
    var offers: [FeedDiscovery.Offer] = []
    let bytes = Array(value.utf8.prefix(16_384))
    var place = 0
    while place < bytes.count {
      guard let open = bytes[place...].firstIndex(of: 0x3C),
        let close = bytes[open...].firstIndex(of: 0x3E)
      else { break }
      let address = String(decoding: bytes[open + 1..<close], as: UTF8.self)
      place = close + 1
      let parameters = parameters(bytes, from: &place)
      let type = FeedDiscovery.mediaType(parameters["type"])
      guard parameters["anchor"] == nil,
        FeedDiscovery.isFeed(
          parameters["rel"] ?? "", type: type, address: address, title: parameters["title"])
      else { continue }
      offers.append(
        FeedDiscovery.Offer(
          address: address, title: parameters["title"].map { WhiteSpace.collapsed($0) },
          type: type, rank: .header))
    }
    return offers
  }

  /// `; name=value; name="value"` up to the comma that ends the link; the first of a name counts.
  private static func parameters(_ bytes: [UInt8], from place: inout Int) -> [String: String] {
    var parameters: [String: String] = [:]
    while place < bytes.count, bytes[place] != 0x2C {
      guard bytes[place] == 0x3B else {
        place += 1
        continue
      }
      place += 1
      var name: [UInt8] = []
      while place < bytes.count, ![0x3D, 0x3B, 0x2C].contains(bytes[place]) {
        name.append(bytes[place])
        place += 1
      }
      var value: [UInt8] = []
      if place < bytes.count, bytes[place] == 0x3D {
        place += 1
        while place < bytes.count, WhiteSpace.isBlank(bytes[place]) { place += 1 }
        if place < bytes.count, bytes[place] == 0x22 {
          place += 1
          while place < bytes.count, bytes[place] != 0x22 {
            if bytes[place] == 0x5C, place + 1 < bytes.count { place += 1 }
            value.append(bytes[place])
            place += 1
          }
          place += 1
        } else {
          while place < bytes.count, bytes[place] != 0x3B, bytes[place] != 0x2C {
            value.append(bytes[place])
            place += 1
          }
        }
      }
      let key = WhiteSpace.collapsed(String(decoding: name, as: UTF8.self)).lowercased()
      if parameters[key] == nil { parameters[key] = String(decoding: value, as: UTF8.self) }
    }
    return parameters
  }
}
