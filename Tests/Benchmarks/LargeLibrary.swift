import Dispatch
import Feeds
import Foundation
import Storing

/// A library of any size, made of words that are as unevenly common as those of a language, and
/// what its lists and searches cost.
struct LargeLibrary {
  private static let now = Timestamp(year: 2026, month: 11, day: 24, hour: 12)
  private var random = LinearGenerator(state: 7)
  private var words: [String] = []

  /// The words at these ranks are searched for.
  private static let commonRank = 3
  private static let rareRank = 15_000

  init() {
    let characters = (0..<2_500).map { Unicode.Scalar(UInt32(0x4E00 + $0 * 7)) }
    for _ in 0..<20_000 {
      var word = String.UnicodeScalarView()
      for _ in 0..<2 { if let next = characters[rank(of: 2_500)] { word.append(next) } }
      words.append(String(word))
    }
  }

  /// A number below a limit; small ones are much more common, as words are (Zipf's law).
  private mutating func rank(of limit: Int) -> Int {
    let share = Double(random.next() % 1_000_000) / 1_000_000
    return min(limit - 1, Int(8 * pow(Double(limit) / 8 + 1, share)) - 8)
  }

  /// Writes a library.
  ///
  /// - Parameter wordCount: words of two characters in a body.
  static func write(to path: String, feeds: Int, entriesPerFeed: Int, wordCount: Int) throws {
    var library = LargeLibrary()
    let store = try Store(path: path)
    let placements = (0..<feeds).map { number in
      Placement(
        feed: Subscription(url: "https://f\(number).example/feed", title: "第\(number)个订阅"),
        folders: number % 3 == 0 ? [["夹\(number % 30)"]] : [])
    }
    for (number, outcome) in try store.subscribe(placements, at: now).enumerated() {
      guard case .added(let feed) = outcome else { continue }
      var parsed = ParsedFeed(format: .rss, version: "rss20", encoding: "utf-8")
      parsed.title = "第\(number)个订阅"
      var texts: [String: EntryText] = [:]
      for place in 0..<entriesPerFeed {
        let (entry, text) = library.entry(place, of: number, wordCount: wordCount)
        parsed.entries.append(entry)
        texts[entry.key] = text
      }
      _ = try store.save(parsed, for: feed, at: now) { texts[$0.key] ?? EntryText(body: "") }
    }
    // Most entries of a library are read.
    let newest = try store.library(today: now, at: now).newestEntry
    let unread = EntryQuery(scope: .all, filter: .unread)
    let old = try store.entries(unread, .atRow(feeds * entriesPerFeed / 100), limit: 1, at: now)
    if let first = old.entries.first?.position {
      _ = try store.mark(
        .listBelow(unread, first, newest: newest), .read, isStep: false, at: now)
    }
    try store.optimize()
    store.close()
  }

  private mutating func entry(
    _ place: Int, of feed: Int, wordCount: Int
  ) -> (ParsedEntry, EntryText) {
    var body = ""
    for number in 0..<wordCount {
      body += words[rank(of: words.count)]
      if number % 9 == 8 { body += "，" }
    }
    var formulas: [String] = []
    for formula in ["$\\boldsymbol{W}$", "$\\lambda_1$", "$\\frac{a}{b}$"]
    where random.next() % 8 == 0 {
      formulas.append(formula)
      body += formula
    }
    var entry = ParsedEntry()
    entry.id = "\(place)"
    entry.key = "g:\(place)"
    entry.title = words[rank(of: words.count)] + words[rank(of: words.count)]
    entry.link = "https://f\(feed).example/\(place)"
    entry.published = Timestamp(
      secondsSince1970: Self.now.secondsSince1970 - Int64(random.next() % 100_000_000))
    entry.contentHTML = "<p>\(body)</p>"
    let text = EntryText(
      body: body, formulas: formulas.joined(separator: "\n"),
      features: formulas.isEmpty ? .text : [.text, .formula], characterCount: body.utf8.count / 3)
    return (entry, text)
  }

  /// Prints what opening lists and searching costs: the first time, when the program has no page of
  /// the file yet, and the median of seven.
  static func measure(_ path: String) throws {
    let library = LargeLibrary()
    let common = library.words[commonRank]
    let second = library.words[40]
    let rows: [(String, EntryQuery, goal: Double)] = [
      ("list: everything", EntryQuery(scope: .all), 5),
      ("list: unread", EntryQuery(scope: .all, filter: .unread), 5),
      ("list: one feed", EntryQuery(scope: .feed(FeedID(7))), 5),
      ("list: a folder", EntryQuery(scope: .folder(["夹3"])), 5),
      ("search: a common word of 2", EntryQuery(scope: .search(common)), 20),
      ("search: a rare word of 2", EntryQuery(scope: .search(library.words[rareRank])), 20),
      ("search: a phrase", EntryQuery(scope: .search("\"\(common)\(second)\"")), 20),
      (
        "search: a phrase that is nowhere",
        EntryQuery(scope: .search("\"\(second)\(library.words[rareRank])\"")), 20
      ),
      ("search: \\boldsymbol", EntryQuery(scope: .search("\\boldsymbol")), 20),
    ]
    try time("the feeds with their counts", goal: 5, path) { store in
      try store.library(today: now, at: now).feeds.count
    }
    for (name, query, goal) in rows {
      try time(name, goal: goal, path) { try $0.entries(query, at: now).entries.count }
    }
  }

  private static func time(
    _ name: String, goal: Double, _ path: String, _ body: (Store) throws -> Int
  ) throws {
    let store = try Store(path: path)
    defer { store.close() }
    var times: [Double] = []
    var count = 0
    for _ in 0..<7 {
      let start = DispatchTime.now().uptimeNanoseconds
      count = try body(store)
      times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
    }
    let first = times[0]
    times.sort()
    func column(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func milliseconds(_ value: Double) -> String {
      "\((value * 100).rounded() / 100)"
    }
    print(
      name.padding(toLength: 36, withPad: " ", startingAt: 0)
        + column(milliseconds(times[3]), 8) + " ms   first " + column(milliseconds(first), 8)
        + " ms   goal \(Int(goal)) ms   \(count) rows")
  }
}

/// The same numbers in every run.
private struct LinearGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
