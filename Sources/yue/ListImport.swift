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
    let input: InputFile
    do throws(InputError) {
      input = try InputFile(reading: path)
    } catch {
      return .failure(Fault(sentence: Sentences.sentence(for: error)))
    }
    let list: Subscriptions
    var export: ExportedImport?
    var tally = ImportTally()
    switch input.bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) {
    case UInt8(ascii: "<"):
      do throws(NotOPML) {
        list = try OPML.read(input.bytes, allowsFiles: allowsFiles)
      } catch {
        return .failure(Fault(sentence: Sentences.sentence(for: error, in: named)))
      }
    case UInt8(ascii: "{"):
      let read = ExportedImport(input.bytes, allowsFiles: allowsFiles)
      guard !read.isEmpty else { return .failure(Fault(sentence: Sentences.isNoExport(named))) }
      list = read.list
      tally.skipped = read.skipped
      export = read
    default: list = NewsboatFiles.readURLs(input.bytes, allowsFiles: allowsFiles)
    }
    tally.skipped += refusals(of: list)
    guard !list.placements.isEmpty || !list.smartFeeds.isEmpty || export != nil else {
      let why = tally.skipped.first.map { ": " + $0 } ?? "."
      return .failure(Fault(sentence: "\(Sentences.quoted(named)) names no feeds\(why)"))
    }
    for outcome in try store.subscribe(list.placements, isStep: true, at: LocalTime.now) {
      switch outcome {
      case .added: tally.addedCount += 1
      case .alreadyThere: tally.knownCount += 1
      }
    }
    for search in list.smartFeeds { try store.save(search) }
    if let added = try export?.addEntries(to: store) {
      tally.entryCount = added.count
      tally.skipped += added.skipped
    }
    let places = NewsboatPlaces()
    if path == places.urls, let cache = try? NewsboatCache(path: places.cache),
      let marks = try? marks(in: cache)
    {
      tally.markCount = try store.importMarks(marks, at: LocalTime.now)
    }
    return .success(tally)
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
