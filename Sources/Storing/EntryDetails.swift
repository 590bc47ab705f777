import Feeds
import Foundation

/// What lists and search do not need of an entry: one JSON text.
struct EntryDetails: Codable {
  struct Name: Codable {
    var name: String?
    var email: String?
    var uri: String?
  }
  struct File: Codable {
    var url: String
    var type: String?
    var bytes: Int64?
    var title: String?
  }
  struct Reference: Codable {
    var href: String
    var rel: String?
    var type: String?
    var title: String?
    var hreflang: String?
    var length: Int64?
  }
  struct Origin: Codable {
    var title: String?
    var link: String?
    var id: String?
  }

  var id: String?
  var link: String?
  var originalLink: String?
  var authors: [Name]?
  var contributors: [Name]?
  var isSummaryPlainText: Bool?
  var isContentPlainText: Bool?
  var enclosures: [File]?
  var categories: [String]?
  var commentsLink: String?
  var commentsFeed: String?
  var language: String?
  var links: [Reference]?
  var source: Origin?
  var image: String?
  var copyright: String?
  var duration: String?

  init(_ entry: ParsedEntry) {
    func some<Element>(_ list: [Element]) -> [Element]? { list.isEmpty ? nil : list }
    id = entry.id
    link = entry.link
    originalLink = entry.originalLink
    authors = some(entry.authors.map { Name(name: $0.name, email: $0.email, uri: $0.uri) })
    contributors = some(
      entry.contributors.map { Name(name: $0.name, email: $0.email, uri: $0.uri) })
    isSummaryPlainText = entry.isSummaryPlainText ? true : nil
    isContentPlainText = entry.isContentPlainText ? true : nil
    enclosures = some(
      entry.enclosures.map {
        File(url: $0.url, type: $0.type, bytes: $0.byteCount, title: $0.title)
      })
    categories = some(entry.categories)
    commentsLink = entry.commentsLink
    commentsFeed = entry.commentsFeed
    language = entry.language
    links = some(
      entry.links.map {
        Reference(
          href: $0.href, rel: $0.rel, type: $0.type, title: $0.title, hreflang: $0.hreflang,
          length: $0.length)
      })
    source = entry.source.map { Origin(title: $0.title, link: $0.link, id: $0.id) }
    image = entry.image
    copyright = entry.copyright
    duration = entry.duration
  }

  /// Puts the facts back where they came from.
  func restore(to entry: inout ParsedEntry) {
    entry.id = id
    entry.link = link
    entry.originalLink = originalLink
    entry.authors = (authors ?? []).map { Person(name: $0.name, email: $0.email, uri: $0.uri) }
    entry.contributors = (contributors ?? []).map {
      Person(name: $0.name, email: $0.email, uri: $0.uri)
    }
    entry.isSummaryPlainText = isSummaryPlainText ?? false
    entry.isContentPlainText = isContentPlainText ?? false
    entry.enclosures = (enclosures ?? []).map {
      Enclosure(url: $0.url, type: $0.type, byteCount: $0.bytes, title: $0.title)
    }
    entry.categories = categories ?? []
    entry.commentsLink = commentsLink
    entry.commentsFeed = commentsFeed
    entry.language = language
    entry.links = (links ?? []).map {
      ParsedLink(
        href: $0.href, rel: $0.rel, type: $0.type, title: $0.title, hreflang: $0.hreflang,
        length: $0.length)
    }
    entry.source = source.map { ParsedSource(title: $0.title, link: $0.link, id: $0.id) }
    entry.image = image
    entry.copyright = copyright
    entry.duration = duration
  }

  private static let encoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return encoder
  }()

  var json: String {
    (try? Self.encoder.encode(self)).flatMap { String(data: $0, encoding: .utf8) } ?? "{}"
  }

  init?(json: String) {
    guard let details = try? JSONDecoder().decode(EntryDetails.self, from: Data(json.utf8)) else {
      return nil
    }
    self = details
  }
}
