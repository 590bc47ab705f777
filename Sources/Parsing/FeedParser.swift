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

  /// Entries beyond this are not read.
  static let entryLimit = 50_000

  public init(documentURL: String? = nil, headers: [String: String] = [:]) {
    self.documentURL = documentURL
    self.headers = headers
  }

  public func parse(_ bytes: [UInt8]) throws(ParsingError) -> ParsedFeed {
    guard bytes.contains(where: { !WhiteSpace.isBlank($0) }) else { throw .empty }
    let text = Charset.decode(bytes, contentType: headers["content-type"])
    var problems: [Problem] = []
    if let label = text.disregardedLabel {
      problems.append(
        Problem(
          kind: .encodingMislabelled,
          message: "The feed says it is \(label), but it is \(text.encoding)."))
    }
    if text.hasReplacements {
      problems.append(
        Problem(
          kind: .encodingReplaced,
          message: "Bytes that are no characters in \(text.encoding) were replaced."))
    }
    let base =
      headers["content-location"].map { References.resolve($0, against: documentURL) }
      .flatMap { References.Parts($0)?.scheme?.hasPrefix("http") == true ? $0 : nil } ?? documentURL
    var feed: ParsedFeed
    if let first = text.bytes.first(where: { !WhiteSpace.isBlank($0) }), first == 0x7B {
      feed = try JSONFeedParser(base: base, encoding: text.encoding).parse(text.bytes)
    } else {
      feed = try parseXML(text, base: base)
    }
    feed.problems = problems + feed.problems
    feed.encodingEvidence = text.evidence
    if feed.language == nil { feed.language = headers["content-language"] }
    EntryIdentity.assign(&feed)
    return feed
  }

  /// RSS 0.90 and Netscape's 0.91 are told from their siblings by a namespace and a document type.
  private static func version(_ version: String, head: ArraySlice<UInt8>) -> String {
    func holds(_ word: String) -> Bool {
      String(decoding: head, as: UTF8.self).lowercased().contains(word)
    }
    switch version {
    case "rss10" where holds("netscape.com/rdf/simple/0.9"): return "rss090"
    case "rss091u" where holds("//netscape communications//dtd rss"): return "rss091n"
    default: return version
    }
  }

  /// A feed that somebody wrapped in a page.
  private static func feed(inPage page: XMLElement) -> XMLElement? {
    var work = [page]
    while let element = work.popLast() {
      if element.name == "feed" && element.space == "atom" { return element }
      if element.name == "rss", element.first("", "channel") != nil { return element }
      work += element.elements.reversed()
    }
    return nil
  }

  private func parseXML(_ text: DecodedText, base: String?) throws(ParsingError) -> ParsedFeed {
    let texts = SetAsideTexts(of: text.bytes)
    var preclean = Preclean(text.bytes, settingAside: texts)
    let builder = FeedBuilder(documentURL: base)
    let maker = EntryMaker(builder)
    var hasTooMany = false
    let reader = XMLReader(
      texts, base: base,
      isUnit: { element, parent in
        guard element.name == "item" || element.name == "entry" else { return false }
        guard ["", "atom"].contains(element.space) else { return false }
        guard let parent else { return element.name == "item" }
        return ["channel", "feed", "rdf", "rss", "item", "entry", "items"].contains(parent.name)
          && ["", "atom", "rdf"].contains(parent.space)
          // An element of iTunes never holds an item: it was left open.
          || parent.space == "itunes"
      },
      unit: { element in
        guard maker.entryCount < Self.entryLimit else {
          hasTooMany = true
          return
        }
        maker.add(element)
      })
    reader.parse(&preclean)
    guard var root = reader.root else { throw .notAFeed(root: nil) }
    if root.name == "html", let feed = Self.feed(inPage: root) { root = feed }
    var feed: ParsedFeed
    switch root.name {
    case "rss", "rdf", "channel", "item":
      feed = RSSParser.feed(root, builder)
    case "feed":
      feed = AtomParser.feed(root, builder)
    default:
      throw .notAFeed(root: root.name)
    }
    feed.encoding = text.encoding
    feed.version = Self.version(feed.version, head: text.bytes.prefix(4_096))
    feed.entries = maker.finish()
    feed.problems = preclean.problems + builder.notes.problems
    if reader.hasErrors {
      feed.problems.append(
        Problem(
          kind: .notWellFormed, message: "The XML is not well-formed; it was read all the same."))
    }
    if reader.hasTextsEncodedTwice {
      feed.problems.append(
        Problem(
          kind: .encodingMislabelled,
          message: "Text that was encoded in UTF-8 twice was decoded twice."))
    }
    if reader.hasTextsCutOff {
      feed.problems.append(
        Problem(kind: .textTruncated, message: "A text of more than 8 MiB was cut off."))
    }
    for prefix in reader.undeclaredPrefixes.sorted().prefix(8) {
      feed.problems.append(
        Problem(kind: .undeclaredPrefix, message: "The prefix \(prefix): is not declared."))
    }
    if hasTooMany {
      feed.problems.append(
        Problem(
          kind: .tooManyEntries, message: "Only the first \(Self.entryLimit) entries were read."))
    }
    Resolution.resolve(&feed, documentURL: base)
    return feed
  }
}

public enum ParsingError: Error, Equatable, Sendable {
  /// The name of the root element, lower case; nil when there is no markup at all.
  case notAFeed(root: String?)
  case empty
}
