public import Feeds
import Glibc

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

/// What the parsers of all XML formats share.
struct FeedBuilder {
  var documentURL: String?
  let notes = FieldNotes()

  init(documentURL: String?) {
    self.documentURL = documentURL
  }

  /// Text without white space around it; nil for a missing element.
  func text(_ element: XMLElement?) -> String? {
    element.map { $0.text.trimmingWhiteSpace }
  }

  /// The first that is there with text in it.
  func firstText(_ elements: XMLElement?...) -> String? {
    for element in elements {
      if let text = text(element), !text.isEmpty { return text }
    }
    return nil
  }

  func date(_ text: String?, language: String?) -> Timestamp? {
    guard let text else { return nil }
    let date = Dates(language: language).timestamp(text)
    if date == nil { notes.noteDate(text) }
    return date
  }

  /// The first date that can be read.
  func firstDate(_ elements: XMLElement?..., language: String?) -> Timestamp? {
    for element in elements {
      if let found = date(text(element), language: language) { return found }
    }
    return nil
  }

  /// A count of at least 0.
  func count(_ text: String?) -> Int? { number(text) }

  func byteCount(_ text: String?) -> Int64? { number(text) }

  private func number<Number: FixedWidthInteger>(_ text: String?) -> Number? {
    guard let text = text?.trimmingWhiteSpace else { return nil }
    guard let value = Number(text), value >= 0 else {
      notes.noteNumber(text)
      return nil
    }
    return value
  }
}

extension String {
  /// The text without white space at its ends.
  var trimmingWhiteSpace: String {
    // Nearly every text begins and ends with something that is plainly none.
    var text = self
    return text.withUTF8 { Self.mayBeginOrEndBlank($0) } ? trimmingUnicodeWhiteSpace : self
  }

  /// False when neither end is white space; true says nothing.
  ///
  /// White space beyond ASCII is U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F,
  /// U+205F and U+3000.
  private static func mayBeginOrEndBlank(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    if first <= 0x20 || last <= 0x20 || first == 0xC2 { return true }
    func mayBeBlank(_ lead: UInt8, _ next: UInt8) -> Bool {
      switch lead {
      case 0xE1: next == 0x9A
      case 0xE2: next == 0x80 || next == 0x81
      case 0xE3: next == 0x80
      default: false
      }
    }
    if text.count >= 2, mayBeBlank(first, text[1]) || text[text.count - 2] == 0xC2 { return true }
    return text.count >= 3 && mayBeBlank(text[text.count - 3], text[text.count - 2])
  }

  private var trimmingUnicodeWhiteSpace: String {
    let scalars = unicodeScalars
    var start = scalars.startIndex
    var end = scalars.endIndex
    while start < end, scalars[start].properties.isWhitespace {
      start = scalars.index(after: start)
    }
    while end > start {
      let last = scalars.index(before: end)
      guard scalars[last].properties.isWhitespace else { break }
      end = last
    }
    if start == scalars.startIndex, end == scalars.endIndex { return self }
    return String(self[start..<end])
  }
}

/// Relative addresses are resolved when the whole feed is read: an RSS channel's link, their base,
/// may follow the items.
enum Resolution {
  static func resolve(_ feed: inout ParsedFeed, documentURL: String?) {
    let isRSS = feed.format == .rss
    func isAbsolute(_ text: String?) -> Bool {
      let scheme = text.flatMap(References.Parts.init)?.scheme?.lowercased()
      return scheme == "http" || scheme == "https"
    }
    // RSS has no base of its own and is served by proxies, hence the channel's link first.
    let base = isRSS && isAbsolute(feed.link) ? feed.link : documentURL
    func full(_ text: String?) -> String? { text.map { References.resolve($0, against: base) } }
    feed.link = full(feed.link)
    // Addresses of people are links; those of an RSS feed are seldom more than a name.
    if !isRSS {
      for position in feed.authors.indices {
        feed.authors[position].uri = full(feed.authors[position].uri)
      }
      for position in feed.contributors.indices {
        feed.contributors[position].uri = full(feed.contributors[position].uri)
      }
    }
    feed.selfLink = full(feed.selfLink)
    feed.image = full(feed.image)
    feed.icon = full(feed.icon)
    for position in feed.links.indices where !feed.links[position].href.isEmpty {
      feed.links[position].href = References.resolve(feed.links[position].href, against: base)
    }
    feed.baseURL = base ?? feed.selfLink ?? (feed.format == .atom ? feed.link : nil)
    let people = isRSS ? [] : feed.authors
    let language = isRSS ? nil : feed.language
    feed.entries.mutateEach { entry in
      // Bases by xml:base are in the entry already.
      let own = entry.baseURL ?? base
      entry.statedBaseURL = entry.baseURL ?? documentURL
      entry.baseURL = own
      resolve(&entry, against: own, isRSS: isRSS)
      if entry.authors.isEmpty { entry.authors = people }
      if entry.language == nil { entry.language = language }
    }
  }

  private static func resolve(_ entry: inout ParsedEntry, against base: String?, isRSS: Bool) {
    func resolve(_ reference: inout String?) {
      if let relative = reference { reference = References.resolve(relative, against: base) }
    }
    resolve(&entry.link)
    resolve(&entry.originalLink)
    resolve(&entry.commentsLink)
    resolve(&entry.commentsFeed)
    resolve(&entry.image)
    for number in entry.enclosures.indices {
      entry.enclosures[number].url = References.resolve(entry.enclosures[number].url, against: base)
    }
    for number in entry.authors.indices where !isRSS { resolve(&entry.authors[number].uri) }
    for number in entry.links.indices where !entry.links[number].href.isEmpty {
      entry.links[number].href = References.resolve(entry.links[number].href, against: base)
    }
  }
}

/// The identity of entries within their feed (docs/feeds.md).
enum EntryIdentity {
  static func assign(_ feed: inout ParsedFeed) {
    /// Where each key stands first.
    var seen: [String: Int] = [:]
    seen.reserveCapacity(feed.entries.count)
    var duplicates = 0
    var lackIDs = false
    var namesakes: [String: Int] = [:]
    feed.entries.mutateEach { entry in
      entry.key = key(of: entry)
      entry.isTruncated = isTruncated(entry)
    }
    for position in feed.entries.indices {
      var key = feed.entries[position].key
      let link = feed.entries[position].link
      let id = feed.entries[position].id
      let hasID = id != nil
      if id?.isEmpty ?? true { lackIDs = true }
      func setAsDuplicate() {
        duplicates += 1
        feed.entries[position].isDuplicate = true
        feed.entries[position].key = key
      }
      if let first = seen[key] {
        // The same entry twice: a library keeps the first.
        if feed.entries[first].link == link, hasID {
          setAsDuplicate()
          continue
        }
        if let link { key += "|l:" + link }
        if seen[key] != nil {
          if link != nil, hasID {
            setAsDuplicate()
            continue
          }
          // Nothing tells them apart but their order.
          namesakes[key, default: 1] += 1
          key += "|n:\(namesakes[key, default: 1])"
        }
      }
      seen[key] = position
      feed.entries[position].key = key
    }
    if duplicates > 0 {
      feed.problems.append(
        Problem(
          kind: .duplicateID, message: "\(duplicates) entries have the id of another and its link.")
      )
    }
    if lackIDs {
      feed.problems.append(Problem(kind: .missingID, message: "Some entries have no id."))
    }
  }

  private static func key(of entry: ParsedEntry) -> String {
    if let id = entry.id?.trimmingWhiteSpace, !id.isEmpty { return "g:" + id }
    if let link = entry.link, !link.isEmpty {
      return "l:" + (link.split(separator: "#").first.map(String.init) ?? link)
    }
    if let enclosure = entry.enclosures.first { return "e:" + enclosure.url }
    if let title = entry.title, !title.isEmpty {
      let body = entry.contentHTML ?? entry.summaryHTML ?? ""
      let start = String(decoding: body.utf8.prefix(200), as: UTF8.self)
      return "t:" + hash(title + "\n" + (entry.published?.iso8601 ?? start))
    }
    return "c:" + hash(entry.contentHTML ?? entry.summaryHTML ?? "")
  }

  /// FNV-1a, 64 bits: the same in every run.
  private static func hash(_ text: String) -> String {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return String(value, radix: 16)
  }

  /// Whether the body's last visible text says that there is more.
  private static func isTruncated(_ entry: ParsedEntry) -> Bool {
    guard var body = entry.contentHTML ?? entry.summaryHTML else { return false }
    return body.withUTF8 { body in
      let tail = UnsafeBufferPointer(rebasing: body.suffix(400))
      // The last visible bytes, the last one first.
      var visible: [UInt8] = []
      visible.reserveCapacity(32)
      var isInTag = false
      var place = tail.count - 1
      while place >= 0, visible.count < 24 {
        let byte = tail[place]
        place -= 1
        if byte == 0x3E {
          isInTag = true
        } else if byte == 0x3C, isInTag {
          isInTag = false
        } else if !isInTag, !(visible.isEmpty && WhiteSpace.isBlank(byte)) {
          visible.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
      }
      return reversedEnds.contains { visible.starts(with: $0) }
        || [#"class="more""#, "class='more'"].contains { holds($0, tail) }
    }
  }

  private static func holds(_ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = bytes.baseAddress else { return false }
    return word.withUTF8Buffer { word in
      var place = 0
      while place + word.count <= bytes.count, let wanted = word.baseAddress,
        let found = memchr(start + place, Int32(word[0]), bytes.count - place - word.count + 1)
      {
        place = UnsafeRawPointer(found) - UnsafeRawPointer(start)
        if memcmp(start + place, wanted, word.count) == 0 { return true }
        place += 1
      }
      return false
    }
  }

  private static let reversedEnds = [
    "[...]", "[…]", "[&hellip;]", "[&#8230;]", "read more", "continue reading", "阅读全文", "继续阅读",
  ].map { Array($0.utf8.reversed()) }
}
