import Browsing
import Feeds
import Fetching
import Foundation
import Parsing
import Storing

/// Taking over subscriptions of other programs: what `yue import` and the browser share.
enum ListImport {
  /// Why nothing was taken over.
  struct Fault: Error {
    var sentence: String
  }

  /// Takes over OPML, newsboat's file of addresses, or what yue exported; of newsboat's own files
  /// the marks, too.
  static func add(
    _ named: String, to store: Store, _ settings: RefreshSettings
  ) throws(StoringError) -> Result<ImportTally, Fault> {
    let allowsFiles = settings.fetching.allowsFiles
    let path = (named as NSString).expandingTildeInPath
    let file: FileHandle
    var reader: LineReader
    var tally = ImportTally()
    var isExport = false
    var bytes: [UInt8] = []
    do throws(InputError) {
      file = try InputFile.opened(path)
      reader = LineReader(file.fileDescriptor, named: path)
      isExport = ExportedImport.canBegin(with: try reader.firstByte())
      if !isExport { bytes = try reader.rest() }
    } catch {
      return .failure(Fault(sentence: Sentences.sentence(for: error)))
    }
    if isExport { return try addExport(named, reader, to: store, allowsFiles: allowsFiles) }
    let list: Subscriptions
    if bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) == UInt8(ascii: "<") {
      do throws(NotOPML) {
        list = try OPML.read(bytes, allowsFiles: allowsFiles)
      } catch {
        return .failure(Fault(sentence: Sentences.sentence(for: error, in: named)))
      }
    } else {
      list = NewsboatFiles.readURLs(bytes, allowsFiles: allowsFiles)
    }
    tally.skipped += refusals(of: list)
    guard !list.placements.isEmpty || !list.smartFeeds.isEmpty else {
      let why = tally.skipped.first.map { ": " + $0 } ?? "."
      return .failure(Fault(sentence: "\(Sentences.quoted(named)) names no feeds\(why)"))
    }
    (tally.addedCount, tally.knownCount) = try subscribe(to: list, in: store, isRehearsal: false)
    for search in list.smartFeeds { try store.save(search) }
    let places = NewsboatPlaces()
    if path == places.urls, let cache = try? NewsboatCache(path: places.cache),
      let marks = try? marks(in: cache)
    {
      tally.markCount = try store.importMarks(marks, at: LocalTime.now)
    }
    return .success(tally)
  }

  private static func addExport(
    _ named: String, _ reader: LineReader, to store: Store, allowsFiles: Bool
  ) throws(StoringError) -> Result<ImportTally, Fault> {
    var reader = reader
    var export = ExportedImport(into: store, allowsFiles: allowsFiles)
    var fault: InputError?
    while fault == nil {
      var line: ArraySlice<UInt8>?
      do throws(InputError) { line = try reader.nextLine() } catch { fault = error }
      guard let line else { break }
      try export.read(line)
    }
    try export.finish()
    if let fault { return .failure(Fault(sentence: Sentences.sentence(for: fault))) }
    guard export.hasContent else { return .failure(Fault(sentence: Sentences.isNoExport(named))) }
    var tally = ImportTally()
    tally.addedCount = export.addedCount
    tally.knownCount = export.knownCount
    tally.entryCount = export.entryCount
    tally.skipped = export.skipped
    return .success(tally)
  }

  /// Subscribes to what a list names, as one step; counts what is new and what was there.
  static func subscribe(
    to list: Subscriptions, in store: Store, isRehearsal: Bool
  ) throws(StoringError) -> (added: Int, known: Int) {
    let placements = list.placements
    if isRehearsal {
      let known = placements.count { (try? store.feed(named: $0.feed.url)) != nil }
      return (placements.count - known, known)
    }
    let outcomes = try store.subscribe(placements, isStep: true, at: LocalTime.now)
    let added = outcomes.count { if case .added = $0 { true } else { false } }
    return (added, outcomes.count - added)
  }

  /// What a list holds that cannot be taken over, with its lines.
  static func refusals(of list: Subscriptions) -> [String] {
    list.refusals.map {
      "line \($0.line): \(Sentences.shown($0.reason.description)) "
        + "(\(Sentences.shown(String($0.subject.prefix(120)))))"
    }
  }

  /// What was read and flagged in newsboat.
  static func marks(
    in cache: NewsboatCache
  ) throws(NewsboatCache.Fault) -> [Store.ImportedMark] {
    try cache.marks().map { mark in
      Store.ImportedMark(
        feedURL: address(mark.feedURL), guid: mark.guid.isEmpty ? nil : mark.guid,
        link: mark.url.isEmpty ? nil : mark.url, isRead: mark.isRead, isStarred: mark.isStarred)
    }
  }

  /// The address of a feed without user and password.
  static func address(_ text: String) -> String {
    if case .success(let address) = FeedAddress.read(text, allowsFiles: true) { return address.url }
    return text
  }

  /// What newsboat or newsbeuter left here.
  static func found(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> FoundList? {
    let home = environment["HOME"] ?? NSHomeDirectory()
    for path in [NewsboatPlaces(environment).urls, home + "/.newsbeuter/urls"] {
      guard FileManager.default.fileExists(atPath: path),
        let bytes = try? InputFile(reading: path).bytes
      else { continue }
      let count = NewsboatFiles.readURLs(bytes, allowsFiles: false).placements.count
      guard count > 0 else { continue }
      return FoundList(
        path: path, shownPath: LiveSettings.shown(path, environment), feedCount: count)
    }
    return nil
  }
}
