import Feeds
import Foundation
import Storing

/// What `yue export json` writes, one object a line, and `yue import` reads back.
///
/// Users and passwords stay in the library.
enum ExportedLine: Codable {
  case feed(ExportedFeed)
  case search(ExportedSearch)
  case entry(ExportedEntry)

  private enum Key: String, CodingKey { case schema, kind }

  private enum Kind: String, Codable { case feed, search, entry }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard try container.decode(Int.self, forKey: .schema) == 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: container, debugDescription: "another schema")
    }
    switch try container.decode(Kind.self, forKey: .kind) {
    case .feed: self = .feed(try ExportedFeed(from: decoder))
    case .search: self = .search(try ExportedSearch(from: decoder))
    case .entry: self = .entry(try ExportedEntry(from: decoder))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(1, forKey: .schema)
    switch self {
    case .feed(let feed):
      try container.encode(Kind.feed, forKey: .kind)
      try feed.encode(to: encoder)
    case .search(let search):
      try container.encode(Kind.search, forKey: .kind)
      try search.encode(to: encoder)
    case .entry(let entry):
      try container.encode(Kind.entry, forKey: .kind)
      try entry.encode(to: encoder)
    }
  }
}

extension ExportedLine {
  /// The object and its line end.
  var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return [] }
    return Array(data) + [0x0A]
  }

  /// Some entries, a line each; those that are gone are left out.
  static func lines(_ entries: [EntryID], of store: Store) throws(StoringError) -> [UInt8] {
    var bytes: [UInt8] = []
    for id in entries {
      guard let record = try store.record(of: id),
        let feed = try store.facts(of: record.entry.feed)
      else { continue }
      let entry = ExportedEntry(record.entry, tags: record.tags, feed: feed.url)
      bytes += ExportedLine.entry(entry).bytes
    }
    return bytes
  }
}

struct ExportedFeed: Codable {
  var url: String
  var title, customTitle, link, description: String?
  var hidden: Bool?
  var folders: [[String]]

  init(_ placement: Placement) {
    url = placement.feed.url
    title = placement.feed.title
    customTitle = placement.feed.customTitle
    link = placement.feed.link
    description = placement.feed.description
    hidden = placement.feed.isHidden
    folders = placement.folders
  }

  var placement: Placement {
    Placement(
      feed: Subscription(
        url: url, title: title, customTitle: customTitle, link: link, description: description,
        isHidden: hidden ?? false),
      folders: folders)
  }
}

/// A saved search.
struct ExportedSearch: Codable {
  var name: String
  var query: String
}

struct ExportedEntry: Codable {
  struct File: Codable {
    var url: String
    var type, title: String?
    var bytes: Int64?
  }

  /// The address of its feed.
  var feed: String
  /// The identity within the feed; the same in every library.
  var key: String
  var id, title, link, author: String?
  /// UTC, ISO 8601.
  var published, updated: String?
  var contentHTML, summaryHTML, baseURL, language, commentsLink: String?
  var commentsCount: Int?
  var categories: [String]
  var enclosures: [File]
  var read, starred: Bool
  var tags: [String]

  /// What is missing is none: other programs may write what they know.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func text(_ key: CodingKeys) throws -> String? {
      try container.decodeIfPresent(String.self, forKey: key)
    }
    func flag(_ key: CodingKeys) throws -> Bool {
      try container.decodeIfPresent(Bool.self, forKey: key) ?? false
    }
    feed = try container.decode(String.self, forKey: .feed)
    key = try container.decode(String.self, forKey: .key)
    id = try text(.id)
    title = try text(.title)
    link = try text(.link)
    author = try text(.author)
    published = try text(.published)
    updated = try text(.updated)
    contentHTML = try text(.contentHTML)
    summaryHTML = try text(.summaryHTML)
    baseURL = try text(.baseURL)
    language = try text(.language)
    commentsLink = try text(.commentsLink)
    commentsCount = try container.decodeIfPresent(Int.self, forKey: .commentsCount)
    categories = try container.decodeIfPresent([String].self, forKey: .categories) ?? []
    enclosures = try container.decodeIfPresent([File].self, forKey: .enclosures) ?? []
    read = try flag(.read)
    starred = try flag(.starred)
    tags = try container.decodeIfPresent([String].self, forKey: .tags) ?? []
  }

  init(_ entry: Entry, tags: [String], feed: String) {
    let facts = entry.facts
    self.feed = feed
    key = facts.key
    id = facts.id
    title = facts.title
    link = facts.link
    author = facts.authors.first.flatMap { $0.name ?? $0.email }
    published = facts.published?.iso8601
    updated = facts.updated?.iso8601
    contentHTML = facts.contentHTML
    summaryHTML = facts.summaryHTML
    baseURL = facts.baseURL
    language = facts.language
    commentsLink = facts.commentsLink
    commentsCount = facts.commentsCount
    categories = facts.categories
    enclosures = facts.enclosures.map {
      File(url: $0.url, type: $0.type, title: $0.title, bytes: $0.byteCount)
    }
    read = entry.status.isRead
    starred = entry.status.isStarred
    self.tags = tags
  }

  var facts: ParsedEntry {
    var facts = ParsedEntry()
    facts.key = key
    facts.id = id
    facts.title = title
    facts.link = link
    facts.authors = author.map { [Person(name: $0)] } ?? []
    facts.published = published.flatMap(Timestamp.init(iso8601:))
    facts.updated = updated.flatMap(Timestamp.init(iso8601:))
    facts.contentHTML = contentHTML
    facts.summaryHTML = summaryHTML
    facts.baseURL = baseURL
    facts.language = language
    facts.commentsLink = commentsLink
    facts.commentsCount = commentsCount
    facts.categories = categories
    facts.enclosures = enclosures.map {
      Enclosure(url: $0.url, type: $0.type, byteCount: $0.bytes, title: $0.title)
    }
    return facts
  }
}

extension Timestamp {
  /// A moment as `iso8601` writes it; nil for anything else.
  init?(iso8601 text: String) {
    let numbers = text.split { !$0.isNumber }.map { Int($0) }
    guard text.utf8.count == 20, text.hasSuffix("Z"), numbers.count == 6 else { return nil }
    let parts = numbers.compactMap(\.self)
    guard parts.count == 6 else { return nil }
    self.init(
      year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4],
      second: parts[5])
  }
}
