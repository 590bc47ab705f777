import Feeds
import Foundation
import Parsing
import Storing

/// What `yue export json` wrote, read back line by line: what `yue import` and the browser share.
///
/// A library may be larger than the memory: entries are stored as they come, some hundred at a time.
struct ExportedImport {
  private let store: Store
  private let allowsFiles: Bool
  /// Nothing is changed, only counted.
  private let isRehearsal: Bool

  private(set) var addedCount = 0
  private(set) var knownCount = 0
  private(set) var searchCount = 0
  private(set) var entryCount = 0
  /// Lines that could not be taken over, and why.
  private(set) var skipped: [String] = []
  /// Entries of feeds that are not there.
  private var homeless: [String: Int] = [:]

  private var lineNumber = 0
  /// Something that the export writes was in it.
  private(set) var hasContent = false
  /// Feeds and searches that are not in the library yet.
  private var tree = Subscriptions.Builder()
  private var pending = Subscriptions()
  private var hasPendingFeeds = false
  /// Entries that are not in the library yet.
  private var batch: [ExportedEntry] = []
  private let decoder: JSONDecoder

  private static let batchCount = 500

  /// Whether a file that begins with this byte can be an export.
  static func canBegin(with byte: UInt8?) -> Bool { byte == UInt8(ascii: "{") }

  init(into store: Store, allowsFiles: Bool, isRehearsal: Bool = false) {
    self.store = store
    self.allowsFiles = allowsFiles
    self.isRehearsal = isRehearsal
    decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
  }

  /// Takes over what a line holds, sooner or later; `finish` is called behind the last one.
  mutating func read(_ line: ArraySlice<UInt8>) throws(StoringError) {
    lineNumber += 1
    guard !line.allSatisfy({ $0 <= 0x20 }) else { return }
    guard let item = try? decoder.decode(ExportedLine.self, from: Data(line)) else {
      skipped.append("line \(lineNumber): this is no line of `yue export json`")
      return
    }
    hasContent = true
    switch item {
    case .search(let search):
      pending.smartFeeds.append(SmartFeed(name: search.name, query: search.query))
    case .feed(let feed): add(feed)
    case .entry(let entry):
      try storeSubscriptions()
      if batch.count == Self.batchCount { try storeEntries() }
      batch.append(entry)
    }
  }

  mutating func finish() throws(StoringError) {
    try storeSubscriptions()
    try storeEntries()
    for (url, count) in homeless.sorted(by: { $0.key < $1.key }) {
      skipped.append("\(count) articles of \(Sentences.shown(url)): no such feed is there")
    }
  }

  private mutating func add(_ feed: ExportedFeed) {
    // The address is examined as one that was typed.
    switch FeedAddress.read(feed.url, allowsFiles: allowsFiles) {
    case .failure(let refusal):
      pending.refusals.append(
        Refusal(line: lineNumber, reason: refusal.reason, subject: feed.url))
    case .success:
      hasPendingFeeds = true
      let placement = feed.placement
      if placement.folders.isEmpty { tree.add(placement.feed, to: []) }
      for folder in placement.folders { tree.add(placement.feed, to: folder) }
    }
  }

  private mutating func storeSubscriptions() throws(StoringError) {
    skipped += ListImport.refusals(of: pending)
    searchCount += pending.smartFeeds.count
    if !isRehearsal { for search in pending.smartFeeds { try store.save(search) } }
    pending = Subscriptions()
    guard hasPendingFeeds else { return }
    let counts = try ListImport.subscribe(
      to: Subscriptions(items: tree.items), in: store, isRehearsal: isRehearsal)
    addedCount += counts.added
    knownCount += counts.known
    tree = Subscriptions.Builder()
    hasPendingFeeds = false
  }

  private mutating func storeEntries() throws(StoringError) {
    for (url, entries) in Dictionary(grouping: batch, by: \.feed).sorted(by: { $0.key < $1.key }) {
      guard !isRehearsal else {
        entryCount += entries.count
        continue
      }
      guard let feed = try? store.feed(named: url) else {
        homeless[url, default: 0] += entries.count
        continue
      }
      // The export has the oldest first, a feed the newest.
      try store.save(entries.reversed().map(\.facts), of: feed)
      try setMarks(of: entries, in: feed)
      entryCount += entries.count
    }
    batch.removeAll(keepingCapacity: true)
  }

  /// Marks are no steps of their own: what is undone is the import.
  private func setMarks(
    of entries: [ExportedEntry], in feed: FeedID
  ) throws(StoringError) {
    let ids = try store.entries(of: feed, withKeys: entries.map(\.key))
    func set(_ change: StatusChange, _ isWanted: (ExportedEntry) -> Bool) throws(StoringError) {
      let wanted = entries.filter(isWanted).compactMap { ids[$0.key] }
      if !wanted.isEmpty {
        try store.mark(.entries(wanted), change, isStep: false, at: LocalTime.now)
      }
    }
    try set(.read) { $0.read }
    try set(.starred) { $0.starred }
    for tag in Set(entries.flatMap(\.tags)).sorted() {
      let wanted = entries.filter { $0.tags.contains(tag) }.compactMap { ids[$0.key] }
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
