import Feeds
import Foundation
import Parsing
import Storing

/// What `yue export json` wrote, read back: what `yue import` and the browser share.
struct ExportedImport {
  /// Feeds and saved searches; its refusals say what an address may not be.
  private(set) var list = Subscriptions()
  /// By the address of their feed.
  private var entries: [String: [ExportedEntry]] = [:]
  /// Lines that could not be read, and why.
  private(set) var skipped: [String] = []

  var entryCount: Int { entries.values.reduce(0) { $0 + $1.count } }

  /// Whether the file holds nothing that the export writes.
  var isEmpty: Bool { list.items.isEmpty && list.smartFeeds.isEmpty && entries.isEmpty }

  static func isExport(_ bytes: [UInt8]) -> Bool {
    bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
  }

  init(_ bytes: [UInt8], allowsFiles: Bool) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var tree = Subscriptions.Builder()
    for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      .enumerated() where !line.allSatisfy({ $0 <= 0x20 })
    {
      guard let item = try? decoder.decode(ExportedLine.self, from: Data(line)) else {
        skipped.append("line \(number + 1): this is no line of `yue export json`")
        continue
      }
      switch item {
      case .search(let search):
        list.smartFeeds.append(SmartFeed(name: search.name, query: search.query))
      case .entry(let entry): entries[entry.feed, default: []].append(entry)
      case .feed(let feed):
        // The address is examined as one that was typed.
        switch FeedAddress.read(feed.url, allowsFiles: allowsFiles) {
        case .failure(let refusal):
          list.refusals.append(
            Refusal(line: number + 1, reason: refusal.reason, subject: feed.url))
        case .success:
          let placement = feed.placement
          if placement.folders.isEmpty { tree.add(placement.feed, to: []) }
          for folder in placement.folders { tree.add(placement.feed, to: folder) }
        }
      }
    }
    list.items = tree.items
  }

  /// Puts the entries with their marks into feeds that are there by now.
  ///
  /// Returns how many were taken over, and which could not be.
  func addEntries(to store: Store) throws(StoringError) -> (count: Int, skipped: [String]) {
    var count = 0
    var skipped: [String] = []
    for (url, exported) in entries.sorted(by: { $0.key < $1.key }) {
      guard let feed = try? store.feed(named: url) else {
        skipped.append(
          "\(exported.count) articles of \(Sentences.shown(url)): no such feed is there")
        continue
      }
      try store.save(exported.map(\.facts), of: feed)
      try Self.setMarks(of: exported, feed, store)
      count += exported.count
    }
    return (count, skipped)
  }

  /// Marks are no steps of their own: what is undone is the import.
  private static func setMarks(
    of exported: [ExportedEntry], _ feed: FeedID, _ store: Store
  ) throws(StoringError) {
    var rows: [EntryID] = []
    try store.forEachEntry(EntryQuery(scope: .feed(feed)), limit: nil) { rows.append($0.id) }
    var ids: [String: EntryID] = [:]
    for row in rows {
      if let entry = try store.entry(row) { ids[entry.facts.key] = row }
    }
    func set(_ change: StatusChange, _ isWanted: (ExportedEntry) -> Bool) throws(StoringError) {
      let wanted = exported.filter(isWanted).compactMap { ids[$0.key] }
      if !wanted.isEmpty {
        try store.mark(.entries(wanted), change, isStep: false, at: LocalTime.now)
      }
    }
    try set(.read) { $0.read }
    try set(.starred) { $0.starred }
    for tag in Set(exported.flatMap(\.tags)).sorted() {
      let wanted = exported.filter { $0.tags.contains(tag) }.compactMap { ids[$0.key] }
      try store.tag(
        .entries(wanted), adding: [tag], removing: [], isStep: false, at: LocalTime.now)
    }
  }
}

extension Store {
  /// Puts entries of another program, or another library, into a feed.
  func save(_ entries: [ParsedEntry], of feed: FeedID) throws(StoringError) {
    var parsed = ParsedFeed(format: .rss, version: "", encoding: "utf-8")
    parsed.entries = entries
    _ = try save(parsed, for: feed, at: LocalTime.now) { Feeds.EntryText($0, of: parsed) }
  }
}
