import Feeds
import Foundation

/// JSON Feed 1.0 and 1.1, field by field: a wrong type loses that field, never the feed.
struct JSONFeedParser {
  var base: String?
  var encoding: String
  private let builder: FeedBuilder

  init(base: String?, encoding: String) {
    self.base = base
    self.encoding = encoding
    builder = FeedBuilder(documentURL: base)
  }

  func parse(_ bytes: [UInt8]) throws(ParsingError) -> ParsedFeed {
    guard
      let object = (try? JSONSerialization.jsonObject(with: Data(Self.repaired(bytes))))
        as? [String: Any]
    else { throw .notAFeed(root: nil) }
    let version = object["version"] as? String ?? ""
    let isFeed =
      version.contains("jsonfeed.org/version/")
      || (object["items"] is [Any]
        && ["title", "home_page_url", "feed_url"].contains { object[$0] != nil })
      || (version.hasPrefix("1") && holdsEntries(object["items"]))
    guard isFeed else { throw .notAFeed(root: nil) }
    var feed = ParsedFeed(
      format: .json, version: version.hasSuffix("1.1") ? "json11" : "json1", encoding: encoding)
    let ownBase = base ?? string(object["feed_url"]) ?? string(object["home_page_url"])
    func address(_ value: Any?) -> String? {
      string(value).map { References.resolve($0, against: ownBase) }
    }
    feed.title = string(object["title"]).map(PlainText.collapsed)
    feed.link = address(object["home_page_url"])
    feed.selfLink = address(object["feed_url"])
    feed.descriptionHTML = string(object["description"])
    feed.language = string(object["language"])
    feed.authors = people(object)
    feed.image = address(object["icon"])
    feed.icon = address(object["favicon"])
    feed.baseURL = ownBase
    if let next = address(object["next_url"]) {
      feed.links.append(ParsedLink(href: next, rel: "next"))
    }
    for case let hub as [String: Any] in object["hubs"] as? [Any] ?? [] {
      if let url = address(hub["url"]) { feed.links.append(ParsedLink(href: url, rel: "hub")) }
    }
    for case let item as [String: Any] in (object["items"] as? [Any] ?? []).prefix(
      FeedParser.entryLimit)
    {
      feed.entries.append(entry(item, ownBase, feed))
    }
    feed.problems = builder.notes.problems
    return feed
  }
}

extension JSONFeedParser {
  private func entry(_ item: [String: Any], _ base: String?, _ feed: ParsedFeed) -> ParsedEntry {
    var entry = ParsedEntry()
    func address(_ value: Any?) -> String? {
      string(value).map { References.resolve($0, against: base) }
    }
    entry.baseURL = base
    entry.id = string(item["id"]) ?? number(item["id"])
    entry.title = string(item["title"]).map(PlainText.collapsed)
    entry.link = address(item["url"]) ?? address(item["external_url"])
    entry.published = builder.date(string(item["date_published"]), language: feed.language)
    entry.updated = builder.date(string(item["date_modified"]), language: feed.language)
    entry.authors = people(item)
    if entry.authors.isEmpty { entry.authors = feed.authors }
    if let html = string(item["content_html"]) {
      entry.contentHTML = html
    } else if let text = string(item["content_text"]) {
      entry.contentHTML = Markup.escaped(text)
      entry.isContentPlainText = true
    }
    entry.summaryHTML = string(item["summary"]).map(Markup.escaped)
    entry.isSummaryPlainText = true
    for case let file as [String: Any] in (item["attachments"] as? [Any] ?? []).prefix(64) {
      guard let url = address(file["url"]) else { continue }
      entry.enclosures.append(
        Enclosure(
          url: url, type: string(file["mime_type"]),
          byteCount: number(file["size_in_bytes"]).flatMap { Int64($0) }.flatMap {
            $0 >= 0 ? $0 : nil
          },
          title: string(file["title"])))
      if entry.duration == nil { entry.duration = number(file["duration_in_seconds"]) }
    }
    entry.image = address(item["image"]) ?? address(item["banner_image"])
    entry.categories = (item["tags"] as? [Any] ?? []).compactMap { $0 as? String }
    entry.language = string(item["language"]) ?? feed.language
    return entry
  }

  private func string(_ value: Any?) -> String? { value as? String }

  /// Whether a list looks like one of entries, in an object that says little of itself.
  private func holdsEntries(_ items: Any?) -> Bool {
    guard let first = (items as? [Any])?.first as? [String: Any] else { return false }
    return ["content_text", "content_html", "url"].contains { first[$0] != nil }
  }

  private func number(_ value: Any?) -> String? {
    guard !(value is String), let number = value as? NSNumber else { return nil }
    let double = number.doubleValue
    return Int64(exactly: double).map(String.init) ?? "\(double)"
  }

  private func people(_ object: [String: Any]) -> [Person] {
    var list = (object["authors"] as? [Any] ?? []).compactMap { $0 as? [String: Any] }
    if list.isEmpty, let author = object["author"] as? [String: Any] { list = [author] }
    return list.map { Person(name: string($0["name"]), email: nil, uri: string($0["url"])) }
      .filter { $0.name != nil || $0.uri != nil }.withoutRepetitions()
  }

  /// Lone surrogates would make the parser refuse the whole document.
  private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    func surrogate(at place: Int) -> UInt32? {
      guard place + 6 <= bytes.count, bytes[place] == 0x5C, bytes[place + 1] == 0x75 else {
        return nil
      }
      let value = UInt32(
        String(decoding: bytes[(place + 2)..<(place + 6)], as: UTF8.self), radix: 16)
      return value.flatMap { (0xD800...0xDFFF).contains($0) || $0 == 0 ? $0 : nil }
    }
    while place < bytes.count {
      guard bytes[place] == 0x5C else {
        if bytes[place] >= 0x20 || WhiteSpace.isBlank(bytes[place]) { result.append(bytes[place]) }
        place += 1
        continue
      }
      if let high = surrogate(at: place) {
        if high != 0, high < 0xDC00, let low = surrogate(at: place + 6), low >= 0xDC00 {
          result += bytes[place..<place + 12]
          place += 12
        } else {
          result += Array("\\ufffd".utf8)
          place += 6
        }
        continue
      }
      result += bytes[place..<min(place + 2, bytes.count)]
      place += 2
    }
    return result
  }
}
