import ArgumentParser
import Feeds
import Fetching
import Foundation
import Parsing
import Storing

/// `yue import`: subscriptions of other programs, and what was exported.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take over subscriptions: OPML, newsboat, yue's own JSON.",
    discussion: """
      The format of a file is recognised. Nothing is fetched: `yue refresh` does that. What is \
      there already gains folders and loses nothing. Each thing that cannot be taken over is named \
      with its line, and the status is 2 then.

      `yue import newsboat` reads newsboat's urls file with tags, titles and query feeds, and what \
      was read or flagged from its cache.db; newsboat may be running.

      Examples:
        yue import subscriptions.opml
        yue import newsboat
        yue import newsboat --urls ~/old/urls --cache ~/old/cache.db
        yue import https://example.org/blogroll.opml
        curl -s https://example.org/blogroll.opml | yue import --dry-run -
      """)

  @Argument(
    help: ArgumentHelp("A file, an address, - for standard input, or newsboat.", valueName: "file"),
    completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp("newsboat's urls file.", valueName: "file"), completion: .file())
  var urls: String?

  @Option(
    help: ArgumentHelp("newsboat's cache.db.", valueName: "file"), completion: .file())
  var cache: String?

  @Flag(help: "Also take over the articles newsboat has kept.")
  var articles = false

  @Flag(help: "Only say what would be done.")
  var dryRun = false

  @Flag(help: "Allow feeds that are files.")
  var allowFiles = false

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if !isNewsboat, urls != nil || cache != nil || articles {
      throw ValidationError("--urls, --cache and --articles belong to `yue import newsboat`.")
    }
  }

  private var isNewsboat: Bool { file == "newsboat" }

  func run() throws {
    let places = NewsboatPlaces()
    let urlsPath = urls ?? places.urls
    var reader: LineReader
    // Kept open while it is read.
    let source =
      isAddress
      ? nil
      : try InputFile.attempt { () throws(InputError) in
        try InputFile.opened(isNewsboat ? urlsPath : file)
      }
    if let source {
      reader = LineReader(source.fileDescriptor, named: isNewsboat ? urlsPath : file)
    } else {
      reader = LineReader(-1, named: file, startingWith: try fetch())
    }
    let store = try everywhere.library()
    var tally = Tally()
    let first = try InputFile.attempt { () throws(InputError) in try reader.firstByte() }
    if !isNewsboat, ExportedImport.canBegin(with: first) {
      try importExport(&reader, to: store, &tally)
    } else {
      let bytes = try InputFile.attempt { () throws(InputError) in try reader.rest() }
      try importList(bytes, to: store, &tally)
      if isNewsboat {
        try importCache(cache ?? places.cache, isExpected: cache != nil, store, &tally)
      }
    }
    for line in tally.skipped.prefix(Self.namedSkips) { StandardError.write("skipped: " + line) }
    if tally.skipped.count > Self.namedSkips {
      StandardError.write("skipped: \(tally.skipped.count - Self.namedSkips) more")
    }
    StandardOutput.write([(dryRun ? "would be " : "") + tally.sentence])
    if !tally.skipped.isEmpty { throw ExitCode(ExitStatus.partly.rawValue) }
  }

  /// More things that cannot be taken over are only counted.
  private static let namedSkips = 100

  private var isAddress: Bool {
    let start = file.prefix(8).lowercased()
    return start.hasPrefix("https://") || start.hasPrefix("http://")
  }

  /// The list at an address, asked for once, as politely as a feed.
  private func fetch() throws -> [UInt8] {
    var settings = try everywhere.refreshSettings()
    settings.fetching.allowsFiles = false
    guard case .success(let address) = FeedAddress.read(file) else {
      StandardError.write("\(Sentences.quoted(file)) is no address.")
      throw ExitCode(ExitStatus.usage.rawValue)
    }
    let ticket = FetchTicket(feed: FeedID(0), url: address.url, userInfo: address.userInfo)
    let wanted = settings
    let result = Background.run {
      let curl = CurlClient(wanted.limits)
      defer { curl.close() }
      return await Fetcher(curl.client, wanted.fetching).fetch(ticket) { LocalTime.now }
    }
    if case .received(let body) = result.outcome { return body.bytes }
    let reason = Sentences.sentence(for: result.outcome) ?? "nothing came."
    StandardError.write("\(Sentences.quoted(address.url)): \(reason)")
    throw ExitCode(ExitStatus.noInput.rawValue)
  }

  /// What came of an import.
  private struct Tally {
    var added = 0
    var alreadyThere = 0
    var searches = 0
    var marks = 0
    var entries = 0
    /// Line and reason.
    var skipped: [String] = []

    var sentence: String {
      var parts = ["added \(added)", "already there \(alreadyThere)"]
      if searches > 0 { parts.append("searches \(searches)") }
      if marks > 0 { parts.append("marks \(marks)") }
      if entries > 0 { parts.append("articles \(entries)") }
      parts.append("skipped \(skipped.count)")
      return parts.joined(separator: " · ")
    }
  }

  // MARK: Lists of subscriptions

  private func importList(_ bytes: [UInt8], to store: Store, _ tally: inout Tally) throws {
    let list: Subscriptions
    if isNewsboat {
      list = NewsboatFiles.readURLs(bytes, allowsFiles: allowFiles)
    } else {
      do throws(NotOPML) {
        list = try OPML.read(bytes, allowsFiles: allowFiles)
      } catch {
        StandardError.write(Sentences.sentence(for: error, in: file))
        throw ExitCode(ExitStatus.badInput.rawValue)
      }
    }
    try LibraryPlace.attempt { () throws(StoringError) in
      (tally.added, tally.alreadyThere) = try ListImport.subscribe(
        to: list, in: store, isRehearsal: dryRun)
      if !dryRun { for search in list.smartFeeds { try store.save(search) } }
    }
    tally.searches += list.smartFeeds.count
    tally.skipped += ListImport.refusals(of: list)
  }

  // MARK: newsboat

  private func importCache(
    _ path: String, isExpected: Bool, _ store: Store, _ tally: inout Tally
  ) throws {
    var marks: [Store.ImportedMark] = []
    var kept: [String: [ParsedEntry]] = [:]
    do throws(NewsboatCache.Fault) {
      let cache = try NewsboatCache(path: path)
      marks = try ListImport.marks(in: cache)
      if articles {
        try cache.forEachArticle {
          kept[ListImport.address($0.mark.feedURL), default: []].append(Self.entry($0))
        }
      }
    } catch {
      // Without a cache the subscriptions are all there is.
      if error == .missing, !isExpected {
        return everywhere.note("newsboat has no cache at \(Sentences.quoted(path)); no marks.")
      }
      StandardError.write(Sentences.sentence(for: error, path))
      throw ExitCode(error == .busy ? 75 : ExitStatus.badInput.rawValue)
    }
    tally.entries += kept.values.reduce(0) { $0 + $1.count }
    if dryRun {
      tally.marks += marks.count
      return
    }
    try LibraryPlace.attempt { () throws(StoringError) in
      // Marks first: entries take theirs when they come.
      tally.marks += try store.importMarks(marks, at: LocalTime.now)
      for (url, entries) in kept.sorted(by: { $0.key < $1.key }) {
        guard let feed = try? store.feed(named: url) else {
          tally.entries -= entries.count
          continue
        }
        try store.save(entries, of: feed)
      }
    }
  }

  private static func entry(_ article: NewsboatCache.Article) -> ParsedEntry {
    var entry = ParsedEntry()
    let (guid, url) = (article.mark.guid, article.mark.url)
    entry.id = guid.isEmpty ? nil : guid
    entry.link = url.isEmpty ? nil : url
    entry.key = guid.isEmpty ? "l:" + url : "g:" + guid
    entry.title = article.title.isEmpty ? nil : article.title
    entry.authors = article.author.isEmpty ? [] : [Person(name: article.author)]
    if article.secondsSince1970 > 0 {
      entry.published = Timestamp(secondsSince1970: article.secondsSince1970)
    }
    entry.contentHTML = article.content
    return entry
  }

  // MARK: What yue exported

  private func importExport(
    _ reader: inout LineReader, to store: Store, _ tally: inout Tally
  ) throws {
    var export = ExportedImport(into: store, allowsFiles: allowFiles, isRehearsal: dryRun)
    while let line = try InputFile.attempt({ () throws(InputError) in try reader.nextLine() }) {
      try LibraryPlace.attempt { () throws(StoringError) in try export.read(line) }
    }
    try LibraryPlace.attempt { () throws(StoringError) in try export.finish() }
    guard export.hasContent else {
      StandardError.write(Sentences.isNoExport(file))
      throw ExitCode(ExitStatus.badInput.rawValue)
    }
    tally.added = export.addedCount
    tally.alreadyThere = export.knownCount
    tally.searches = export.searchCount
    tally.entries = export.entryCount
    tally.skipped = export.skipped
  }
}

/// Where newsboat keeps its files.
struct NewsboatPlaces {
  var urls: String
  var cache: String

  /// `~/.newsboat` when it holds a file of urls, else the folders of XDG.
  init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    let home = environment["HOME"] ?? NSHomeDirectory()
    func folder(_ variable: String, _ below: String) -> String {
      if let base = environment[variable], base.hasPrefix("/") { return base }
      return home + "/" + below
    }
    let old = home + "/.newsboat"
    let settings = folder("XDG_CONFIG_HOME", ".config") + "/newsboat"
    let isOld =
      FileManager.default.fileExists(atPath: old + "/urls")
      && !FileManager.default.fileExists(atPath: settings + "/urls")
    urls = (isOld ? old : settings) + "/urls"
    cache = (isOld ? old : folder("XDG_DATA_HOME", ".local/share") + "/newsboat") + "/cache.db"
  }
}
