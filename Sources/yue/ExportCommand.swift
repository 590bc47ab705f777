import ArgumentParser
import Feeds
import Foundation
import Parsing
import Storing

/// `yue export`: subscriptions, or everything, for other programs.
struct ExportCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case opml, newsboat, json }

  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the subscriptions, or everything.",
    discussion: """
      opml is what every reader of feeds understands, newsboat a file of urls for that program; \
      json is everything: subscriptions, saved searches, entries, marks and tags, one object a \
      line, which `yue import` reads back. Users and passwords are never exported.

      Examples:
        yue export > subscriptions.opml
        yue export json -o everything.jsonl
        yue export newsboat -o ~/.config/newsboat/urls --force
      """)

  @Argument(help: ArgumentHelp("opml, newsboat or json.", valueName: "format"))
  var format: Format = .opml

  @Option(
    name: .shortAndLong, help: ArgumentHelp("A file instead of stdout.", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(help: "Replace the file when it is there.")
  var force = false

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func run() throws {
    let store = try everywhere.library()
    guard let output, output != "-" else {
      try write(store) { StandardOutput.write($0) }
      return
    }
    let file = try Self.attempt(output) { () throws(AtomicFile.Fault) in
      try AtomicFile(output, replacing: force)
    }
    try write(store) { file.append($0) }
    try Self.attempt(output) { () throws(AtomicFile.Fault) in try file.keep() }
  }

  private static func attempt<Value>(
    _ path: String, _ body: () throws(AtomicFile.Fault) -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch {
      StandardError.write(Sentences.sentence(for: error, path))
      throw ExitCode(error.status)
    }
  }

  private func write(_ store: Store, to take: ([UInt8]) -> Void) throws {
    try LibraryPlace.attempt { () throws(StoringError) in
      switch format {
      case .opml: take(Array(OPML.text(of: try Self.list(store), createdAt: LocalTime.now).utf8))
      case .newsboat: take(Array(NewsboatFiles.urls(of: try Self.list(store)).utf8))
      case .json: try Self.everything(store, to: take)
      }
    }
  }

  static func list(_ store: Store) throws(StoringError) -> Subscriptions {
    var tree = Subscriptions.Builder()
    for placement in try store.subscriptions() {
      if placement.folders.isEmpty { tree.add(placement.feed, to: []) }
      for folder in placement.folders { tree.add(placement.feed, to: folder) }
    }
    return Subscriptions(items: tree.items, smartFeeds: try store.smartFeeds())
  }

  /// A library may be larger than the memory: it is handed over in pieces.
  static func everything(
    _ store: Store, to take: ([UInt8]) -> Void
  ) throws(StoringError) {
    var bytes: [UInt8] = []
    func add(_ line: ExportedLine) {
      bytes += line.bytes
      guard bytes.count >= 1 << 16 else { return }
      take(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    for placement in try store.subscriptions() { add(.feed(ExportedFeed(placement))) }
    for search in try store.smartFeeds() {
      add(.search(ExportedSearch(name: search.name, query: search.query)))
    }
    for feed in try store.feedRows() {
      var rows: [EntrySummary] = []
      try store.forEachEntry(
        EntryQuery(scope: .feed(feed.id), isReversed: true), limit: nil
      ) { rows.append($0) }
      for row in rows {
        guard let entry = try store.entry(row.id) else { continue }
        add(.entry(ExportedEntry(entry, tags: row.tags, feed: feed.url)))
      }
    }
    take(bytes)
  }
}

extension AtomicFile.Fault {
  var status: Int32 {
    switch self {
    case .exists, .cannotCreate: 73
    case .failed: ExitStatus.ioError.rawValue
    }
  }
}

extension Sentences {
  static func isNoExport(_ path: String) -> String {
    "\(quoted(path)) holds nothing that `yue export json` writes."
  }

  static func sentence(for fault: AtomicFile.Fault, _ path: String) -> String {
    switch fault {
    case .exists: "\(quoted(path)) is there already; --force replaces it."
    case .cannotCreate(let reason): "\(quoted(path)) cannot be written: \(shown(reason))."
    case .failed(let reason):
      "\(quoted(path)) was not written: \(shown(reason)). What was there is unchanged."
    }
  }

  static func sentence(for fault: NewsboatCache.Fault, _ path: String) -> String {
    switch fault {
    case .missing: "\(quoted(path)): there is no such file."
    case .notACache: "\(quoted(path)) is no cache of newsboat."
    case .busy: "newsboat is writing to \(quoted(path)); try again."
    case .other(let reason): "\(quoted(path)) cannot be read: \(shown(reason))."
    }
  }
}
