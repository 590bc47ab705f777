import Browsing
import Documents
import Feeds
import Foundation
import Parsing
import Storing

/// The library of a session file: the real store in memory, and a world outside that the file
/// describes.
///
/// It answers effects as the program would, at once.
struct FixtureLibrary {
  /// What the file says about a feed before it is in the store.
  private struct Draft {
    var subscription: Subscription
    var folder: [String] = []
    var entries: [(entry: ParsedEntry, status: EntryStatus, tags: [String])] = []
  }

  let store: Store
  /// What the clock of the file says.
  var now = Timestamp(year: 2026, month: 11, day: 21, hour: 2)
  var offsetSeconds = 8 * 3600
  /// What the program was begun with.
  var settings = Settings()
  /// Programs that could open an address; nil: there is a browser.
  var programs: [String]?
  /// The newest thing done outside of the library, in words.
  private(set) var done = ""
  private(set) var copied: String?

  private var drafts: [Draft] = []
  /// Feeds that are to be found under an address.
  private var web: [String: Draft] = [:]
  private var pages: [String: [SubscriptionCandidate]] = [:]
  private enum Place { case feed(Int), web(String), page(String) }
  private var place = Place.feed(-1)
  private var keyCount = 0
  private var savedFeeds: [FeedID] = []

  init() throws { self.init(try Store.inMemory()) }

  init(_ store: Store) { self.store = store }

  /// Midnight, where the reader sits.
  var startOfToday: Timestamp {
    let local = now.secondsSince1970 + Int64(offsetSeconds)
    return Timestamp(secondsSince1970: now.secondsSince1970 - local % 86_400)
  }

  // MARK: Describing

  mutating func addFeed(_ text: String) {
    let words = text.split(separator: " ")
    let link = words.last.map(String.init) ?? ""
    let hasLink = link.contains("://")
    let title = hasLink ? words.dropLast().joined(separator: " ") : text
    let number = drafts.count + 1
    let url = hasLink ? link + "feed" : "https://feed-\(number).example/feed"
    drafts.append(
      Draft(subscription: Subscription(url: url, title: title, link: hasLink ? link : nil)))
    place = .feed(drafts.count - 1)
  }

  /// `web ADDRESS TITLE`: a feed that can be subscribed to.
  mutating func addWeb(_ text: String) {
    let (address, title) = text.splitOnce()
    web[address] = Draft(subscription: Subscription(url: address, title: title, link: nil))
    place = .web(address)
  }

  /// `page ADDRESS`: a page; the feeds it offers are in the indented lines.
  mutating func addPage(_ address: String) {
    pages[address] = []
    place = .page(address)
  }

  /// `more TITLE`: the entries that follow come in with the next refresh of this feed.
  mutating func continueFeed(_ title: String) {
    if let found = drafts.firstIndex(where: { $0.subscription.title == title }) {
      place = .feed(found)
    }
  }

  private mutating func change(_ body: (inout Draft) -> Void) {
    switch place {
    case .feed(let number) where drafts.indices.contains(number): body(&drafts[number])
    case .web(let address): if var draft = web[address] { body(&draft); web[address] = draft }
    default: break
    }
  }

  mutating func addEntry(_ text: String) {
    var facts = ParsedEntry()
    var status = EntryStatus()
    var tags: [String] = []
    let (word, after) = text.splitOnce()
    var rest = after
    if word != "-" { facts.published = Self.time(word, offsetSeconds: offsetSeconds) }
    words: while true {
      let (next, after) = rest.splitOnce()
      switch next {
      case "read": status.isRead = true
      case "starred": status.isStarred = true
      case "truncated": facts.isTruncated = true
      case let tag where tag.hasPrefix("#"): tags.append(String(tag.dropFirst()))
      default: break words
      }
      rest = after
    }
    facts.title = rest.isEmpty ? nil : rest
    keyCount += 1
    facts.key = "g:\(keyCount)"
    change { $0.entries.append((facts, status, tags)) }
  }

  /// `500 第N篇`: so many entries, an hour apart.
  mutating func addEntries(_ text: String) {
    let (count, title) = text.splitOnce()
    for number in 1...max(1, Int(count) ?? 1) {
      var facts = ParsedEntry()
      facts.title = title.replacing("N", with: String(number))
      facts.published = Timestamp(secondsSince1970: now.secondsSince1970 - Int64(number) * 3600)
      keyCount += 1
      facts.key = "g:\(keyCount)"
      change { $0.entries.append((facts, EntryStatus(), [])) }
    }
  }

  /// An indented line below a feed, an entry or a page.
  mutating func describe(_ line: String) {
    let (word, rest) = line.splitOnce()
    if case .page(let address) = place {
      pages[address, default: []].append(SubscriptionCandidate(address: word, title: rest))
      return
    }
    if word == "folder" {
      return change { $0.folder = rest.split(separator: "/").map(String.init) }
    }
    let offset = offsetSeconds
    change { draft in
      let last = draft.entries.count - 1
      guard last >= 0 else { return }
      switch word {
      case "by": draft.entries[last].entry.authors.append(Person(name: rest))
      case "link": draft.entries[last].entry.link = rest
      case "comments": draft.entries[last].entry.commentsCount = Int(rest)
      case "enclosure": draft.entries[last].entry.enclosures.append(Enclosure(url: rest))
      case "updated":
        draft.entries[last].entry.updated = Self.time(rest, offsetSeconds: offset)
      case "key": draft.entries[last].entry.key = rest
      default:
        draft.entries[last].entry.contentHTML =
          (draft.entries[last].entry.contentHTML ?? "") + line + "\n"
      }
    }
  }

  /// Puts what was described into the store.
  mutating func commit() throws {
    for number in drafts.indices {
      let draft = drafts[number]
      drafts[number].entries = []
      if savedFeeds.indices.contains(number) {
        try save(draft, as: savedFeeds[number])
      } else {
        savedFeeds.append(try subscribe(draft, folder: draft.folder))
      }
    }
  }

  private func subscribe(
    _ draft: Draft, folder: [String], isStep: Bool = false
  ) throws -> FeedID {
    let outcome = try store.subscribe(
      Placement(feed: draft.subscription, folders: folder.isEmpty ? [] : [folder]),
      isStep: isStep, at: now)
    let id =
      switch outcome {
      case .added(let id), .alreadyThere(let id): id
      }
    try save(draft, as: id)
    return id
  }

  private func save(_ draft: Draft, as id: FeedID) throws {
    guard !draft.entries.isEmpty else { return }
    var feed = ParsedFeed(format: .rss, version: "rss20", encoding: "utf-8")
    feed.title = draft.subscription.title
    feed.link = draft.subscription.link
    feed.entries = draft.entries.map(\.entry)
    _ = try store.save(feed, for: id, at: now) { entry in
      let document = Self.document(entry)
      return EntryText(
        body: String(decoding: document.text, as: UTF8.self),
        formulas: document.formulas.map { document.string($0.tex) }.joined(separator: "\n"),
        features: document.formulas.isEmpty ? [.text] : [.text, .formula],
        characterCount: String(decoding: document.text, as: UTF8.self).unicodeScalars.count)
    }
    let rows = try store.entries(
      EntryQuery(scope: .feed(id)), limit: 100_000, at: now
    ).entries
    var ids: [String: EntryID] = [:]
    for row in rows { if let key = try store.entry(row.id)?.facts.key { ids[key] = row.id } }
    for (entry, status, tags) in draft.entries {
      guard let id = ids[entry.key] else { continue }
      if status.isRead { try store.mark(.entries([id]), .read, isStep: false, at: now) }
      if status.isStarred { try store.mark(.entries([id]), .starred, isStep: false, at: now) }
      if !tags.isEmpty { try store.tag(.entries([id]), adding: tags, removing: [], at: now) }
    }
  }

  private static func document(_ entry: ParsedEntry) -> Document {
    DocumentReader(language: "zh").document(html: Array((entry.contentHTML ?? "").utf8))
  }

  /// `fails TITLE 17 SENTENCE`, `ends TITLE`, `waits TITLE 2026-11-21T15:32 SENTENCE`,
  /// `answers TITLE`: what came of asking a feed.
  mutating func fetched(_ word: String, _ text: String) throws {
    let (title, rest) = text.splitOnce()
    guard let feed = try store.feedRows().first(where: { $0.title == title }) else { return }
    let (detail, sentence) = rest.splitOnce()
    let ticket = FetchTicket(
      feed: feed.id, url: feed.url, failureCount: max(0, (Int(detail) ?? 1) - 1))
    switch word {
    case "fails":
      for _ in 0..<(Int(detail) ?? 1) {
        try store.record(
          FetchResult(.failed(.timedOut(seconds: 20))), for: ticket, errorText: sentence, at: now)
      }
    case "ends":
      try store.record(
        FetchResult(.gone, status: 410), for: ticket,
        errorText: "the publisher has ended this feed",
        at: now)
    case "waits":
      try store.record(
        FetchResult(
          .blocked(
            until: Self.time(detail, offsetSeconds: offsetSeconds), isThrottled: true), status: 429),
        for: ticket, errorText: sentence, at: now)
    default:
      try store.record(FetchResult(.notModified(nil), status: 304), for: ticket, at: now)
    }
  }

  /// `9/15 failed 1 new 2 running 数学小站 周报`, or only the total of a refresh that is done.
  func progress(_ text: String) throws -> RefreshProgress {
    let words = text.split(separator: " ").map(String.init)
    let counts = (words.first ?? "").split(separator: "/").compactMap { Int($0) }
    var progress = RefreshProgress(doneCount: counts.first ?? 0, totalCount: counts.last ?? 0)
    func number(behind word: String) -> Int {
      guard let place = words.firstIndex(of: word), place + 1 < words.count else { return 0 }
      return Int(words[place + 1]) ?? 0
    }
    progress.failedCount = number(behind: "failed")
    progress.newEntryCount = number(behind: "new")
    progress.feedsWithNewEntries = min(1, progress.newEntryCount)
    if let running = words.firstIndex(of: "running") {
      let titles = words[(running + 1)...]
      progress.running = try store.feedRows().filter { titles.contains($0.title) }.map(\.id)
    }
    return progress
  }

  // MARK: Answering

  mutating func answers(to effect: Effect) -> [Event] {
    do throws(StoringError) {
      return try answer(effect)
    } catch {
      return [.failed(Failure(sentence: "\(error)", request: effect))]
    }
  }

  private mutating func answer(_ effect: Effect) throws(StoringError) -> [Event] {
    switch effect {
    case .loadLibrary: return [.libraryLoaded(try store.library(today: startOfToday, at: now))]
    case .loadEntries(let query, let request):
      return [.entriesLoaded(query, request, try store.entries(query, request, at: now))]
    case .loadArticle(let id):
      guard let entry = try store.entry(id) else {
        return [.failed(Failure(sentence: "This entry is gone", request: effect))]
      }
      let position = try store.position(of: id)
      return [.articleLoaded(id, entry, Self.document(entry.facts), at: position)]
    case .findEntry(let address):
      return [.entryFound(address: address, try store.entry(withLink: address))]
    case .loadHealth: return [.healthLoaded(try store.health())]
    case .loadUndoSteps: return [.undoStepsLoaded(try store.undoSteps())]
    case .loadTags:
      let tags = try store.tags()
      return [.tagsLoaded(tags.map { TagCount(name: $0.name, count: $0.count) })]
    case .loadFacts(let subject): return [.factsLoaded(subject, try facts(subject))]
    case .mark(let selection, let change, let isStep):
      return [.stored(effect, try store.mark(selection, change, isStep: isStep, at: now))]
    case .tag(let selection, let adding, let removing):
      let step = try store.tag(selection, adding: adding, removing: removing, at: now)
      return [.stored(effect, step)]
    case .delete(let selection): return [.stored(effect, try store.delete(selection, at: now))]
    case .edit(let edit): return [.stored(effect, try store.edit(edit, at: now))]
    case .undo(let steps): return [.undone(try store.undo(steps: steps, at: now), isRedo: false)]
    case .redo(let steps): return [.undone(try store.redo(steps: steps, at: now), isRedo: true)]
    case .undoDown(let step):
      return [.undone(try store.undoDown(to: step, at: now), isRedo: false)]
    case .savePosition(let id, let position):
      try store.setPosition(position, of: id, at: now)
      return [.stored(effect, nil)]
    case .saveSession(let session):
      let text = (try? JSONEncoder().encode(session)).map { String(decoding: $0, as: UTF8.self) }
      try store.setSessionValue(text, named: "browser", at: now)
      return [.stored(effect, nil)]
    case .resume(let feed):
      try store.resume(feed)
      return [.stored(effect, nil)]
    case .subscribe(let address, let folder): return try subscribe(address, folder, effect)
    default: return outside(effect)
    }
  }

  private mutating func subscribe(
    _ address: String, _ folder: [String], _ effect: Effect
  ) throws(StoringError) -> [Event] {
    if let candidates = pages[address] {
      return [.candidatesFound(address: address, folder: folder, candidates)]
    }
    if let known = try store.feedRows().first(where: { $0.url == address }) {
      return [
        .subscribed(known.id, title: known.title, isNew: false, entryCount: known.entryCount)
      ]
    }
    guard let draft = web[address],
      let id = try? subscribe(draft, folder: folder, isStep: true)
    else {
      let sentence = "\(address): there is no such address (404)"
      return [.failed(Failure(sentence: sentence, request: effect))]
    }
    return [
      .subscribed(
        id, title: draft.subscription.shownTitle, isNew: true, entryCount: draft.entries.count)
    ]
  }

  /// A manual as the program has one, but of one page.
  private func manual() throws -> [Event] {
    var page = ParsedEntry()
    page.key = "g:manual"
    page.title = "Ten keys"
    page.contentHTML = "<p>按 u 试试：$e^{i\\pi}=-1$。</p>"
    var draft = Draft(
      subscription: Subscription(url: "yue:manual", title: "yue 阅", link: nil))
    draft.entries = [(page, EntryStatus(), [])]
    let isNew = try !store.feedRows().contains { $0.url == "yue:manual" }
    let id = try subscribe(draft, folder: [])
    return [.subscribed(id, title: "yue 阅", isNew: isNew, entryCount: 1)]
  }

  private func facts(_ subject: FactsSubject) throws(StoringError) -> [Fact] {
    switch subject {
    case .entry(let id):
      guard let record = try store.record(of: id) else { return [] }
      return [
        Fact("Title", record.entry.facts.title ?? ""), Fact("Feed", record.entry.feedTitle),
        Fact("Address", record.entry.address ?? ""),
        Fact("Tags", record.tags.joined(separator: ", ")),
        Fact("Characters", record.characterCount.map(String.init) ?? ""),
        Fact("Key", record.entry.facts.key),
      ].filter { !$0.value.isEmpty }
    case .feed(let id):
      guard let record = try store.record(of: id) else { return [] }
      return [
        Fact("Title", record.health.title), Fact("Address", record.health.url),
        Fact("Folders", record.folders.map { $0.joined(separator: "/") }.joined(separator: ", ")),
        Fact("Entries", "\(record.health.entryCount)"),
      ].filter { !$0.value.isEmpty }
    case .program:
      return [
        Fact("yue", "0.1.0, MIT licence"),
        Fact("Unicode tables", "Unicode licence, https://www.unicode.org/license.txt"),
      ]
    case .machine:
      return [
        Fact("ok version", "yue 0.1.0"),
        Fact(
          "fault network",
          "libcurl is not there; install the package libcurl4, nothing is fetched without it",
          isFault: true),
      ]
    }
  }

  /// What concerns the network, the terminal and other programs.
  private mutating func outside(_ effect: Effect) -> [Event] {
    switch effect {
    case .copy(let text):
      copied = text
      return [.reported("sent to the terminal (OSC 52)")]
    case .openExternally(let address):
      done = "open \(address)"
      if let programs { return [.openerMissing(address: address, programs: programs)] }
      return [.reported("Opened in firefox.")]
    case .findPrograms(let address):
      return [.programsFound(address: address, programs: programs ?? ["firefox", "w3m"])]
    case .listFiles(let prefix):
      return [
        .filesListed(
          prefix: prefix,
          ["feeds.opml", "feeds-old.opml", "订阅/"].filter { $0.hasPrefix(prefix) })
      ]
    case .importList(let path):
      done = "import \(path)"
      var tally = ImportTally()
      tally.addedCount = 3
      tally.knownCount = 1
      return [.listImported(path: path, tally)]
    case .changeSetting(let name, let value):
      return change(name, value, effect)
    case .reloadSettings: return [.settingsLoaded(settings), .reported("Read config.toml again")]
    case .exportFile(let path):
      done = "export \(path)"
      return [.reported("Wrote '\(path)'")]
    case .openWith(let address, let program):
      done = "open \(address) with \(program)"
      return [.reported("Back from \(program).")]
    case .pipe(let text, let command):
      let form =
        text.records.isEmpty ? text.text.hasPrefix("<!DOCTYPE html>") ? " as HTML" : "" : " as JSON"
      done = "pipe \(text.title)\(form) to \(command)"
      return [.reported("Piped to '\(command)'")]
    case .save(let text, let path):
      done = "save \(text.title) as \(path)"
      return [.reported("Saved as '\(path)'")]
    case .speak(let text):
      done = "speak \(text.title)"
      return [.reported("Reading '\(text.title)' aloud; :speak stops it")]
    case .download(let address):
      done = "download \(address)"
      return [.reported("Saved talk.mp3, 12.3 MiB, in '/home/li/Downloads'")]
    case .openManual:
      done = "open the manual"
      return (try? manual()) ?? []
    case .refresh(.all): done = "refresh all"
    case .refresh(.due): done = "refresh due"
    case .refresh(.feeds(let ids)):
      done = "refresh " + ids.map { "\($0.number)" }.joined(separator: " ")
    case .stopRefresh: done = "stop"
    case .redraw: done = "redraw"
    case .suspend: done = "suspend"
    case .quit: done = "quit"
    default: done = "\(effect)"
    }
    return []
  }

  /// The one setting that sessions change.
  private mutating func change(_ name: String, _ value: String?, _ effect: Effect) -> [Event] {
    guard name == "reader.columns", let columns = Int(value ?? "\(settings.readerColumns)") else {
      let sentence = "unknown setting \"\(name)\""
      return [.failed(Failure(sentence: sentence, request: effect))]
    }
    var settings = settings
    settings.readerColumns = columns
    return [.settingsLoaded(settings), .reported("reader.columns = \(columns)")]
  }

  // MARK: Notations

  static func time(_ text: String, offsetSeconds: Int) -> Timestamp {
    let parts = text.split(whereSeparator: { "-T:".contains($0) }).compactMap { Int($0) }
    func part(_ place: Int) -> Int { parts.indices.contains(place) ? parts[place] : 0 }
    return Timestamp(
      year: part(0), month: max(1, part(1)), day: max(1, part(2)), hour: part(3), minute: part(4),
      second: part(5), offsetSeconds: offsetSeconds)
  }

  static func offset(_ text: String) -> Int {
    let parts = text.dropFirst().split(separator: ":").compactMap { Int($0) }
    let seconds = (parts.first ?? 0) * 3600 + (parts.count > 1 ? parts[1] : 0) * 60
    return text.hasPrefix("-") ? -seconds : seconds
  }
}
