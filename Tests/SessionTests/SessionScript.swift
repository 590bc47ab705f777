import Browsing
import Cells
import Documents
import Feeds
import Foundation
import Keymaps
import Parsing

/// A `*.session` file: a library, keys, and the screens that follow.
///
///     size 24x80                           rows × columns
///     time 2026-11-21T10:00:00 +08:00      what the clock says, and the offset
///     glyphs ascii                         or: ambiguous 2
///     feed 数学小站 https://math.example/
///     entry 2026-11-20T15:10:00 starred 方差从哪里来
///       by 苏木
///       link https://math.example/archives/7180
///       comments 12
///       <p>Any other indented line is HTML of the body.</p>
///     start
///     press jj<Enter>
///     resize 20x40
///     wait 300                             milliseconds
///     copied $x$                           the newest text on the clipboard
///     opened https://…                     the newest address opened outside
///     finished
///     screen
///     …rows, until a line that says
///     end
///
/// Lines that begin with `#` are comments. `YUE_RECORD=1` rewrites the screens.
struct SessionScript {
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  let url: URL
  var lines: [String]

  init(_ url: URL) throws {
    self.url = url
    lines = try String(contentsOf: url, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  static var all: [URL] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Sessions")
    let files =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil))
      ?? []
    return files.filter { $0.pathExtension == "session" }.sorted { $0.path < $1.path }
  }

  /// Plays the file; returns what differs, and the file with the screens that were seen.
  func play() throws -> (differences: [String], recorded: String) {
    var size = Size(rows: 24, columns: 80)
    var settings = Settings()
    settings.smartFeeds = [.unread, .all]
    var library = FixtureLibrary()
    var clock = (Timestamp(year: 2026, month: 11, day: 21, hour: 2), 8 * 3600, Duration.zero)
    var browser: Browser?
    var differences: [String] = []
    var recorded: [String] = []
    var copied: String?
    var opened: String?

    func send(_ event: Event) {
      var events = [event]
      while !events.isEmpty {
        for effect in browser?.receive(events.removeFirst()) ?? [] {
          if case .copy(let text) = effect { copied = text }
          if case .openExternally(let address) = effect { opened = address }
          events += library.answers(to: effect)
        }
      }
    }
    func sendTick() {
      send(.ticked(clock.0, offsetSeconds: clock.1, uptime: clock.2))
    }
    func expect(_ isTrue: Bool, _ line: Int, _ message: @autoclosure () -> String) {
      if !isTrue { differences.append("\(url.lastPathComponent):\(line + 1): \(message())") }
    }

    var place = 0
    while place < lines.count {
      let number = place
      let line = lines[place]
      place += 1
      recorded.append(line)
      if line.hasPrefix("  ") {
        library.describe(String(line.dropFirst(2)))
        continue
      }
      let (word, rest) = line.splitOnce()
      switch word {
      case "", "#", "needs": break
      case "size", "resize":
        let numbers = rest.split(separator: "x").compactMap { Int($0) }
        guard numbers.count == 2 else { throw Fault(description: "size? \(line)") }
        size = Size(rows: numbers[0], columns: numbers[1])
        if browser != nil { send(.resized(size)) }
      case "time":
        let (time, offset) = rest.splitOnce()
        clock.1 = FixtureLibrary.offset(offset)
        clock.0 = FixtureLibrary.time(time, offsetSeconds: clock.1)
        library.offsetSeconds = clock.1
      case "glyphs": settings.glyphs = rest == "ascii" ? .ascii : .unicode
      case "ambiguous": settings.profile = WidthProfile(ambiguousColumns: Int(rest) ?? 1)
      case "feed": library.addFeed(rest)
      case "entry": library.addEntry(rest)
      case "start":
        var fresh = Browser(settings: settings, size: size)
        let first = fresh.start()
        browser = fresh
        sendTick()
        for effect in first { for event in library.answers(to: effect) { send(event) } }
      case "press":
        guard let keys = Key.sequence(rest) else { throw Fault(description: "keys? \(line)") }
        for key in keys {
          sendTick()
          send(.key(key))
        }
      case "type": for scalar in rest.unicodeScalars { send(.key(Key(.character(scalar)))) }
      case "wait":
        clock.2 += .milliseconds(Int(rest) ?? 0)
        sendTick()
      case "copied": expect(copied == rest, number, "copied \(copied ?? "nothing")")
      case "opened": expect(opened == rest, number, "opened \(opened ?? "nothing")")
      case "finished": expect(browser?.isFinished == true, number, "still running")
      case "screen":
        guard let browser else { throw Fault(description: "screen before start") }
        var expected: [String] = []
        while place < lines.count, lines[place] != "end" {
          expected.append(lines[place])
          place += 1
        }
        place += 1
        let actual = browser.frame().text.split(
          separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        if actual != expected {
          let rows = zip(expected, actual).enumerated().filter { $0.element.0 != $0.element.1 }
          let first = rows.first.map {
            "row \($0.offset):\n  expected |\($0.element.0)|\n  shown    |\($0.element.1)|"
          }
          let counts =
            expected.isEmpty
            ? "no screen is recorded: run with YUE_RECORD=1 and review the file"
            : "\(expected.count) rows expected, \(actual.count) shown"
          expect(false, number, expected.isEmpty ? counts : first ?? counts)
        }
        recorded += actual + ["end"]
      default: throw Fault(description: "unknown line: \(line)")
      }
    }
    return (differences, recorded.joined(separator: "\n"))
  }
}

/// The library of a session file: answers effects as the program would.
struct FixtureLibrary {
  struct Item {
    var entry: Entry
    var html = ""
  }

  var feeds: [FeedRow] = []
  var items: [Item] = []
  var offsetSeconds = 8 * 3600
  private var steps: [(step: UndoStep, before: [Entry])] = []

  mutating func addFeed(_ text: String) {
    let words = text.split(separator: " ")
    let link = words.last.map(String.init)
    let hasLink = link?.contains("://") == true
    let title = hasLink ? words.dropLast().joined(separator: " ") : text
    feeds.append(
      FeedRow(
        id: FeedID(Int64(feeds.count + 1)), title: title, link: hasLink ? link : nil,
        unreadCount: 0, entryCount: 0))
  }

  mutating func addEntry(_ text: String) {
    var facts = ParsedEntry()
    var status = EntryStatus()
    var (word, rest) = text.splitOnce()
    if word != "-" { facts.published = FixtureLibrary.time(word, offsetSeconds: offsetSeconds) }
    while true {
      let (next, after) = rest.splitOnce()
      switch next {
      case "read": status.isRead = true
      case "starred": status.isStarred = true
      case "truncated": facts.isTruncated = true
      default:
        facts.title = rest.isEmpty ? nil : rest
        let feed = feeds[feeds.count - 1]
        items.append(
          Item(
            entry: Entry(
              id: EntryID(Int64(items.count + 1)), feed: feed.id, feedTitle: feed.title,
              facts: facts, status: status)))
        feeds[feeds.count - 1].entryCount += 1
        if !status.isRead { feeds[feeds.count - 1].unreadCount += 1 }
        return
      }
      rest = after
    }
  }

  /// An indented line below an entry.
  mutating func describe(_ line: String) {
    let (word, rest) = line.splitOnce()
    let last = items.count - 1
    switch word {
    case "by": items[last].entry.facts.authors.append(Person(name: rest))
    case "link": items[last].entry.facts.link = rest
    case "comments": items[last].entry.facts.commentsCount = Int(rest)
    case "enclosure": items[last].entry.facts.enclosures.append(Enclosure(url: rest))
    case "updated":
      items[last].entry.facts.updated = FixtureLibrary.time(rest, offsetSeconds: offsetSeconds)
    default: items[last].html += line + "\n"
    }
  }

  mutating func answers(to effect: Effect) -> [Event] {
    switch effect {
    case .loadLibrary: return [.libraryLoaded(Library(feeds: feeds))]
    case .loadEntries(let query, let request):
      var rows = items.map(\.entry.summary).filter { row in
        switch query.scope {
        case .all: true
        case .feed(let id): row.feed == id
        case .since(let moment): row.date.map { $0 >= moment } ?? false
        case .search(let text): row.title?.contains(text) ?? false
        case .folder, .tag: false
        }
      }
      switch query.filter {
      case .everything: break
      case .unread: rows = rows.filter { !$0.status.isRead }
      case .starred: rows = rows.filter(\.status.isStarred)
      }
      rows.sort {
        ($0.date?.secondsSince1970 ?? .min, $1.id.number)
          > ($1.date?.secondsSince1970 ?? .min, $0.id.number)
      }
      return [.entriesLoaded(query, request, EntryPage(entries: rows))]
    case .loadArticle(let id):
      guard let item = items.first(where: { $0.entry.id == id }) else {
        return [.failed(Failure(sentence: "There is no such entry", request: effect))]
      }
      let document = DocumentReader(language: "zh").document(html: Array(item.html.utf8))
      return [.articleLoaded(id, item.entry, document, at: nil)]
    case .mark(.entries(let ids), let change, let isStep):
      let before = items.map(\.entry).filter { ids.contains($0.id) }
      let step = UndoStep(
        id: Int64(steps.count + 1), label: "Marked \(ids.count) entries", entries: ids)
      if isStep { steps.append((step, before)) }
      for place in items.indices where ids.contains(items[place].entry.id) {
        items[place].entry.status = change.applied(to: items[place].entry.status)
      }
      for place in feeds.indices {
        feeds[place].unreadCount =
          items.filter { $0.entry.feed == feeds[place].id && !$0.entry.status.isRead }.count
      }
      return [.stored(effect, isStep ? step : nil)]
    case .undo:
      guard let last = steps.popLast() else { return [.undone([], isRedo: false)] }
      for entry in last.before {
        if let place = items.firstIndex(where: { $0.entry.id == entry.id }) {
          items[place].entry.status = entry.status
        }
      }
      countUnread()
      return [.undone([last.step], isRedo: false)]
    case .findEntry(let address):
      let found = items.first { $0.entry.address == address }?.entry.id
      return [.entryFound(address: address, found)]
    default: return []
    }
  }

  private mutating func countUnread() {
    for place in feeds.indices {
      feeds[place].unreadCount =
        items.filter { $0.entry.feed == feeds[place].id && !$0.entry.status.isRead }.count
    }
  }

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

extension String {
  /// The first word and what follows it.
  func splitOnce() -> (String, String) {
    guard let blank = firstIndex(of: " ") else { return (self, "") }
    return (String(self[..<blank]), String(self[blank...].drop { $0 == " " }))
  }
}
