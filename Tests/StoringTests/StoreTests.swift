import Feeds
import Foundation
import GRDB
import Testing

@testable import Storing

/// A library in memory with what tests put into it.
struct Fixture {
  let store: Store
  static let now = Timestamp(year: 2026, month: 11, day: 24, hour: 12)

  init() throws {
    store = try Store.inMemory()
  }

  init(store: Store) {
    self.store = store
  }

  func feed(_ url: String, folders: [[String]] = []) throws -> FeedID {
    switch try store.subscribe(
      Placement(feed: Subscription(url: url), folders: folders), at: Fixture.now)
    {
    case .added(let id), .alreadyThere(let id): id
    }
  }

  static func entry(
    _ key: String, _ title: String, day: Int = 1, body: String = "<p>正文</p>", link: String? = nil
  ) -> ParsedEntry {
    var entry = ParsedEntry()
    entry.id = key
    entry.key = "g:" + key
    entry.title = title
    entry.link = link ?? "https://math.example/\(key)"
    entry.published = Timestamp(year: 2026, month: 11, day: day)
    entry.contentHTML = body
    return entry
  }

  @discardableResult
  func save(_ entries: [ParsedEntry], to feed: FeedID, title: String = "数学小站") throws -> SaveOutcome
  {
    var parsed = ParsedFeed(format: .rss, version: "rss20", encoding: "utf-8")
    parsed.title = title
    parsed.entries = entries
    return try store.save(parsed, for: feed, at: Fixture.now) { entry in
      let text = (entry.contentHTML ?? "").replacing(/<[^>]*>/, with: " ")
      return EntryText(
        body: text,
        formulas: text.matches(of: /\$[^$]*\$/).map { String($0.output) }
          .joined(separator: "\n"),
        features: text.contains("$") ? [.formula, .text] : .text, characterCount: text.count)
    }
  }

  func titles(_ query: EntryQuery) throws -> [String] {
    try store.entries(query, limit: 100, at: Fixture.now).entries.map { $0.title ?? "" }
  }

  func found(_ text: String) throws -> [String] {
    try titles(EntryQuery(scope: .search(text)))
  }
}

@Suite struct SubscribingTests {
  @Test func oneAddressIsOneFeedWhateverItsSchemeAndSlash() throws {
    let fixture = try Fixture()
    let first = try fixture.feed("https://kexue.fm/feed")
    #expect(
      try fixture.store.subscribe(
        Placement(
          feed: Subscription(url: "http://kexue.fm/feed/"), folders: [["数学"]]), at: Fixture.now)
        == .alreadyThere(first))
    #expect(try fixture.store.feedRows().map(\.folder) == [["数学"]])
  }

  @Test func anAddressThatIsNotOfTheWebIsOneFeedAsWell() throws {
    let fixture = try Fixture()
    for url in ["yue:manual", "file:///tmp/feed.xml", "exec:program 'a b'"] {
      let first = try fixture.feed(url)
      #expect(
        try fixture.store.subscribe(
          Placement(feed: Subscription(url: url), folders: []), at: Fixture.now)
          == .alreadyThere(first))
    }
  }

  @Test func foldersNestAndAFeedMayBeInSeveral() throws {
    let fixture = try Fixture()
    _ = try fixture.feed("https://a.example/", folders: [["科学", "数学"], ["每天"]])
    let exported = try fixture.store.subscriptions()
    #expect(exported.map(\.folders) == [[["科学", "数学"], ["每天"]]])
    let query = EntryQuery(scope: .folder(["科学"]))
    try fixture.save([Fixture.entry("1", "一")], to: FeedID(1))
    #expect(try fixture.titles(query) == ["一"])
  }

  @Test func unsubscribingIsUndoneWithAllEntriesAndMarks() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save([Fixture.entry("1", "一")], to: feed)
    _ = try fixture.store.set(.starred, of: [EntryID(1)], at: Fixture.now)
    let step = try fixture.store.unsubscribe(feed, at: Fixture.now)
    #expect(try fixture.store.feedRows().isEmpty)
    #expect(try fixture.titles(EntryQuery(scope: .all)).isEmpty)
    _ = try fixture.store.undo(step.id, at: Fixture.now)
    #expect(try fixture.store.feedRows().map(\.starredCount) == [1])
    #expect(try fixture.titles(EntryQuery(scope: .all)) == ["一"])
  }

  @Test func aFeedIsNamedByNumberAddressOrTitle() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://kexue.fm/feed")
    try fixture.save([], to: feed, title: "科学空间")
    for name in ["1", "http://kexue.fm/feed/", "科学空间"] {
      #expect(try fixture.store.feed(named: name) == feed)
    }
    #expect(throws: StoringError.unknownFeed("不在")) { try fixture.store.feed(named: "不在") }
  }
}

@Suite struct SavingTests {
  @Test func savingTwiceChangesNothing() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    let entries = (1...20).map { Fixture.entry("\($0)", "第\($0)篇", day: $0) }
    #expect(try fixture.save(entries, to: feed) == SaveOutcome(newEntries: 20))
    #expect(try fixture.save(entries, to: feed) == SaveOutcome())
    #expect(try fixture.store.feedRows().map(\.entryCount) == [20])
  }

  @Test func anEditedEntryKeepsItsMarksAndShowsItsNewText() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save([Fixture.entry("1", "旧题")], to: feed)
    _ = try fixture.store.set(.read, of: [EntryID(1)], at: Fixture.now)
    #expect(
      try fixture.save([Fixture.entry("1", "新题", body: "<p>改过的内容</p>")], to: feed)
        == SaveOutcome(changedEntries: 1))
    let entry = try #require(try fixture.store.entry(EntryID(1)))
    #expect(entry.facts.title == "新题" && entry.status.isRead)
    #expect(try fixture.found("改过") == ["新题"])
    #expect(try fixture.found("旧题").isEmpty)
  }

  @Test func anIdThatGoesFromHttpToHttpsKeepsItsMarks() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    let old = Fixture.entry("http://a.example/?p=1", "一", link: "http://a.example/1.html")
    try fixture.save([old], to: feed)
    _ = try fixture.store.set(.starred, of: [EntryID(1)], at: Fixture.now)
    let new = Fixture.entry("https://a.example/?p=1", "一", link: "https://www.a.example/1.html")
    let outcome = try fixture.save([new], to: feed)
    #expect(outcome.newEntries == 0)
    #expect(try fixture.store.feedRows().map(\.starredCount) == [1])
  }

  @Test func theSameGuidInTwoFeedsIsTwoEntries() throws {
    let fixture = try Fixture()
    let first = try fixture.feed("https://a.example/")
    let second = try fixture.feed("https://b.example/")
    try fixture.save([Fixture.entry("1", "甲")], to: first)
    try fixture.save([Fixture.entry("1", "乙")], to: second)
    _ = try fixture.store.set(.read, of: [EntryID(1)], at: Fixture.now)
    #expect(try fixture.titles(EntryQuery(scope: .all, filter: .unread)) == ["乙"])
  }

  @Test func whatIsMissingInTheFeedStaysInTheLibrary() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save([Fixture.entry("1", "一"), Fixture.entry("2", "二", day: 2)], to: feed)
    try fixture.save([], to: feed)
    #expect(try fixture.titles(EntryQuery(scope: .feed(feed))) == ["二", "一"])
  }

  @Test func everyFactOfAnEntryComesBack() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    var entry = Fixture.entry("1", "一")
    entry.authors = [Person(name: "苏剑林", email: nil, uri: "https://kexue.fm")]
    entry.categories = ["数学", "矩阵"]
    entry.enclosures = [Enclosure(url: "https://a.example/a.mp3", type: "audio/mpeg", byteCount: 9)]
    entry.commentsLink = "https://a.example/1#comments"
    entry.commentsCount = 12
    entry.summaryHTML = "摘要"
    entry.isSummaryPlainText = true
    entry.links = [ParsedLink(href: "https://a.example/1", rel: "alternate")]
    entry.source = ParsedSource(title: "源", link: "https://b.example/")
    entry.updated = Fixture.now
    entry.baseURL = "https://a.example/"
    entry.language = "zh-CN"
    entry.isTruncated = true
    try fixture.save([entry], to: feed)
    #expect(try fixture.store.entry(EntryID(1))?.facts == entry)
  }

  @Test func datesOfTheFutureAreSortedAsNow() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    var wrong = Fixture.entry("1", "将来")
    wrong.published = Timestamp(year: 2126, month: 1, day: 1)
    try fixture.save([wrong, Fixture.entry("2", "昨天", day: 23)], to: feed)
    #expect(try fixture.titles(EntryQuery(scope: .all)) == ["将来", "昨天"])
  }
}

@Suite struct MarkingTests {
  @Test func marksAreCountedAndUndone() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save((1...5).map { Fixture.entry("\($0)", "\($0)", day: $0) }, to: feed)
    let step = try #require(
      try fixture.store.set(.read, of: [EntryID(1), EntryID(2), EntryID(9)], at: Fixture.now))
    #expect(step.label == "Marked 2 entries read")
    #expect(try fixture.store.feedRows().map(\.unreadCount) == [3])
    #expect(try fixture.store.set(.read, of: [EntryID(1)], at: Fixture.now) == nil)
    #expect(try fixture.store.undo(step.id, at: Fixture.now)?.entries == [EntryID(1), EntryID(2)])
    #expect(try fixture.store.feedRows().map(\.unreadCount) == [5])
    #expect(try fixture.store.undo(step.id, at: Fixture.now) == nil)
    _ = try fixture.store.redo(step.id, at: Fixture.now)
    #expect(try fixture.store.feedRows().map(\.unreadCount) == [3])
  }

  @Test func markingAListLeavesAloneWhatHasArrivedSince() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save([Fixture.entry("1", "一")], to: feed)
    let last = try fixture.store.library(today: Fixture.now, at: Fixture.now).newestEntry
    try fixture.save([Fixture.entry("2", "二", day: 2)], to: feed)
    try fixture.store.mark(
      .list(EntryQuery(scope: .all), newest: last), .read, at: Fixture.now)
    #expect(try fixture.titles(EntryQuery(scope: .all, filter: .unread)) == ["二"])
  }

  @Test func aDeletedEntryDoesNotComeBackFromTheFeedButByUndo() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save([Fixture.entry("1", "一")], to: feed)
    let step = try #require(try fixture.store.delete(.entries([EntryID(1)]), at: Fixture.now))
    try fixture.save([Fixture.entry("1", "一")], to: feed)
    #expect(try fixture.titles(EntryQuery(scope: .all)).isEmpty)
    #expect(try fixture.found("is:deleted") == ["一"])
    _ = try fixture.store.undo(step.id, at: Fixture.now)
    #expect(try fixture.titles(EntryQuery(scope: .all)) == ["一"])
  }

  @Test func tagsAreSetListedAndUndone() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save([Fixture.entry("1", "一"), Fixture.entry("2", "二", day: 2)], to: feed)
    let step = try #require(
      try fixture.store.tag(
        .entries([EntryID(1)]), adding: ["拓扑"], removing: [], at: Fixture.now))
    #expect(try fixture.titles(EntryQuery(scope: .tag("拓扑"))) == ["一"])
    #expect(try fixture.store.tags().map(\.name) == ["拓扑"])
    _ = try fixture.store.undo(step.id, at: Fixture.now)
    #expect(try fixture.store.tags().isEmpty)
  }

  @Test func countsStayTrueUnderAnything() throws {
    let fixture = try Fixture()
    var random = SystemRandomNumberGenerator()
    let feeds = try (1...3).map { try fixture.feed("https://\($0).example/") }
    var steps: [Int64] = []
    for round in 0..<300 {
      let ids = (0..<Int.random(in: 1...4)).map { _ in EntryID(Int64.random(in: 1...30)) }
      switch Int.random(in: 0..<7, using: &random) {
      case 0:
        try fixture.save(
          [Fixture.entry("\(Int.random(in: 1...12))", "第\(round)次")], to: feeds.randomElement()!)
      case 1:
        steps += [try fixture.store.set(.read, of: ids, at: Fixture.now)?.id].compactMap(\.self)
      case 2:
        steps += [try fixture.store.set(.unread, of: ids, at: Fixture.now)?.id].compactMap(\.self)
      case 3:
        steps += [try fixture.store.set(.starred, of: ids, at: Fixture.now)?.id].compactMap(\.self)
      case 4:
        steps += [try fixture.store.delete(.entries(ids), at: Fixture.now)?.id].compactMap(\.self)
      case 5:
        if let step = steps.randomElement() { _ = try fixture.store.undo(step, at: Fixture.now) }
      default:
        if let step = steps.randomElement() { _ = try fixture.store.redo(step, at: Fixture.now) }
      }
    }
    #expect(try fixture.store.check().isEmpty)
  }

  @Test func packedNumbersComeBack() {
    let numbers: [Int64] = [1, 2, 3, 130, 40_000, 40_001, 9_000_000_000]
    #expect(PackedNumbers.unpack(PackedNumbers.pack(numbers.reversed())) == numbers)
    #expect(PackedNumbers.pack(Array(1...100_000)).count <= 150_000)
  }
}

@Suite struct SearchTests {
  static func library() throws -> Fixture {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://kexue.fm/feed")
    var first = Fixture.entry(
      "1", "矩阵符号函数的谱范数", day: 1, body: "<p>设$\\boldsymbol{W}$与$x_{k+1}$，谱范数为２０２４。</p>")
    first.authors = [Person(name: "苏剑林")]
    first.categories = ["矩阵"]
    try fixture.save(
      [
        first,
        Fixture.entry("2", "层归一化的几何", day: 2, body: "<p>两个向量的夹角，见注意力。</p>"),
        Fixture.entry(
          "3", "Spectral norms", day: 3, body: "<p>The spectral norm of $x_{k + 1}$ is \"one\".</p>"
        ),
        Fixture.entry("4", "100% 的 _纯_ 文本", day: 4, body: "<p>NEAR AND OR NOT *</p>"),
      ], to: feed, title: "科学空间")
    return fixture
  }

  @Test func chineseWordsOfTwoCharactersAreFound() throws {
    let fixture = try Self.library()
    #expect(try fixture.found("夹角") == ["层归一化的几何"])
    #expect(try fixture.found("角夹").isEmpty)
    #expect(try fixture.found("谱范数") == ["矩阵符号函数的谱范数"])
    #expect(try fixture.found("2024") == ["矩阵符号函数的谱范数"])
    #expect(try fixture.found("苏剑林") == ["矩阵符号函数的谱范数"])
  }

  @Test func formulasAreFoundByTheirCommands() throws {
    let fixture = try Self.library()
    #expect(try fixture.found("\\boldsymbol") == ["矩阵符号函数的谱范数"])
    #expect(try fixture.found("formula:x_{k+1}") == ["Spectral norms", "矩阵符号函数的谱范数"])
    #expect(try fixture.found("has:formula title:spectral") == ["Spectral norms"])
  }

  @Test func noInputIsAnErrorOfTheIndex() throws {
    let fixture = try Self.library()
    for text in [
      "NEAR", "\"one", "a\"b", "*", "^x", "100%", "_纯_", "x AND", "a:b", "''", "{", "NOT",
      "-矩阵 -谱", "\\\\", "()", "body:\"\"\"",
    ] {
      do {
        _ = try fixture.found(text)
      } catch let error as StoringError {
        guard case .badQuery = error else {
          Issue.record("\(text): \(error)")
          continue
        }
      }
    }
    #expect(try fixture.found("100%") == ["100% 的 _纯_ 文本"])
    #expect(try fixture.found("NEAR") == ["100% 的 _纯_ 文本"])
  }

  @Test func termsAreJoinedExcludedAndGrouped() throws {
    let fixture = try Self.library()
    #expect(try fixture.found("夹角 or 谱范数") == ["层归一化的几何", "矩阵符号函数的谱范数"])
    #expect(try fixture.found("范数 -formula:boldsymbol").isEmpty)
    #expect(try fixture.found("(夹角 or spectral) after:2026-11-03") == ["Spectral norms"])
    #expect(try fixture.found("feed:科学 before:2026-11-02") == ["矩阵符号函数的谱范数"])
    #expect(try fixture.found("is:unread length:>1000").isEmpty)
  }

  @Test func faultsNameTheirColumnAndTheNearestName() {
    #expect(
      throws: SearchQuery.Fault(column: 4, reason: "unknown field “titel” (did you mean “title”?)")
    ) { try SearchQuery("矩阵 titel:谱") }
    #expect(
      throws: SearchQuery.Fault(column: 4, reason: "unknown state “unred” (did you mean “unread”?)")
    ) { try SearchQuery("is:unred") }
    #expect(throws: SearchQuery.Fault(column: 1, reason: "there is no ) for this (")) {
      try SearchQuery("(a or b")
    }
    #expect(throws: SearchQuery.Fault.self) { try SearchQuery("age:seven") }
  }
}

/// Words of two characters have an index of their own, and phrases are looked for in it first.
@Suite struct PairSearchTests {
  private func fixture(_ bodies: [String]) throws -> Fixture {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://kexue.fm/feed")
    try fixture.save(
      bodies.enumerated().map { Fixture.entry("\($0)", "第\($0)篇", day: $0 + 1, body: $1) }, to: feed
    )
    return fixture
  }

  @Test func aPhraseIsFoundOnlyWhereItsWordsStandInARow() throws {
    let fixture = try fixture([
      "<p>拓扑与几何，扑几</p>", "<p>拓扑几何</p>", "<p>拓<b>扑</b>几何</p>", "<p>几何拓扑</p>",
    ])
    #expect(try fixture.found("拓扑几何") == ["第2篇", "第1篇"])
    #expect(try fixture.store.count(EntryQuery(scope: .search("拓扑几何")), at: Fixture.now) == 2)
    let page = try fixture.store.entries(EntryQuery(scope: .search("拓扑几何")), at: Fixture.now)
    #expect(page.totalCount == 2 && page.unreadCount == 2)
  }

  @Test func signsBetweenCharactersAreNoWordsAndLettersAre() throws {
    let fixture = try fixture(["<p>拓，扑</p>", "<p>拓\n扑</p>", "<p>拓a扑</p>", "<p>拓é扑</p>"])
    #expect(try fixture.found("拓扑") == ["第1篇", "第0篇"])
  }

  @Test func severalWordsAndASingleCharacterAreFound() throws {
    let fixture = try fixture(["<p>拓扑与几何</p>", "<p>几何</p>", "<p>阵W的</p>"])
    #expect(try fixture.found("几何 拓扑") == ["第0篇"])
    #expect(try fixture.found("何") == ["第1篇", "第0篇"])
    #expect(try fixture.found("阵Ｗ的") == ["第2篇"])
  }

  @Test func markingASearchMarksNothingThatIsNotInIt() throws {
    let fixture = try fixture(["<p>拓扑与几何，扑几</p>", "<p>拓扑几何</p>"])
    let newest = try fixture.store.library(today: Fixture.now, at: Fixture.now).newestEntry
    try fixture.store.mark(
      .list(EntryQuery(scope: .search("拓扑几何")), newest: newest), .read, at: Fixture.now)
    #expect(try fixture.titles(EntryQuery(scope: .all, filter: .unread)) == ["第0篇"])
  }

  @Test func aFormulaIsFoundByItsWordsInARow() throws {
    let fixture = try fixture([
      "<p>设 $\\frac{a}{b}$ 为 $a$ 的</p>", "<p>设 $\\frac{b}{a}$</p>", "<p>frac a b</p>",
    ])
    #expect(try fixture.found("formula:\\frac{a}{b}") == ["第0篇"])
    #expect(try fixture.found("formula:frac") == ["第1篇", "第0篇"])
    #expect(try fixture.found("\"\\frac{b}\"") == ["第1篇"])
  }

  @Test func aSearchIsReadPageByPageInBothDirections() throws {
    let fixture = try fixture((0..<25).map { "<p>拓扑 \($0)</p>" })
    for isReversed in [false, true] {
      var query = EntryQuery(scope: .search("拓扑"))
      query.isReversed = isReversed
      var titles: [String] = []
      var request: PageRequest? = .first
      var last: EntryPage?
      while let next = request {
        let page = try fixture.store.entries(query, next, limit: 4, at: Fixture.now)
        titles += page.entries.map { $0.title ?? "" }
        #expect(page.totalCount == 25)
        request = page.later.map { .after($0) }
        last = page
      }
      let newestFirst = (0..<25).reversed().map { "第\($0)篇" }
      #expect(titles == (isReversed ? newestFirst.reversed() : newestFirst))
      let earlier = try #require(last?.earlier)
      let before = try fixture.store.entries(query, .before(earlier), limit: 4, at: Fixture.now)
      #expect(before.entries.map { $0.title ?? "" } == Array(titles[20..<24]))
      let middle = try #require(before.entries.first).id
      let around = try fixture.store.entries(query, .around(middle), limit: 5, at: Fixture.now)
      #expect(around.entries.map { $0.title ?? "" } == Array(titles[18..<23]))
    }
  }
}

@Suite struct ListingTests {
  @Test func listsComeInPagesWithoutGapsInBothOrders() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save((1...25).map { Fixture.entry("\($0)", "\($0)", day: 1 + $0 / 3) }, to: feed)
    for isReversed in [false, true] {
      let query = EntryQuery(scope: .feed(feed), isReversed: isReversed)
      var titles: [String] = []
      var request: PageRequest? = .first
      while let next = request {
        let page = try fixture.store.entries(query, next, limit: 4, at: Fixture.now)
        titles += page.entries.map { $0.title ?? "" }
        request = page.later.map { .after($0) }
      }
      // Entries of one day stand as in the feed.
      let newestFirst = (1...25).sorted { (1 + $1 / 3, $0) < (1 + $0 / 3, $1) }.map(String.init)
      #expect(titles == (isReversed ? newestFirst.reversed() : newestFirst))
    }
  }

  /// No list may depend on statistics or sort the whole library.
  @Test(arguments: [false, true])
  func everyListIsDrivenByAnIndex(hasStatistics: Bool) throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/", folders: [["数学"]])
    try fixture.save((1...50).map { Fixture.entry("\($0)", "\($0)", day: 1 + $0 / 3) }, to: feed)
    if hasStatistics { try fixture.store.writer.write { try $0.execute(sql: "ANALYZE") } }
    for scope in [EntryQuery.Scope.all, .feed(feed), .folder(["数学"])] {
      for filter in [EntryQuery.Filter.everything, .unread, .starred] {
        let plan = try fixture.store.plan(
          EntryQuery(scope: scope, filter: filter), at: Fixture.now)
        #expect(plan.contains("USING INDEX status_") || plan.contains("COVERING INDEX status_"))
        #expect(!plan.contains("USE TEMP B-TREE"), "\(scope) \(filter): \(plan)")
      }
    }
  }
}

@Suite struct FetchStateTests {
  static let now = Fixture.now

  @Test func aFeedIsClaimedOnceUntilItsLeaseEnds() throws {
    let fixture = try Fixture()
    _ = try fixture.feed("https://a.example/")
    #expect(try fixture.store.claim(.due, at: Self.now).tickets.count == 1)
    #expect(try fixture.store.claim(.all, at: Self.now).tickets.isEmpty)
    let later = Timestamp(secondsSince1970: Self.now.secondsSince1970 + 181)
    #expect(try fixture.store.claim(.due, at: later).tickets.count == 1)
  }

  @Test func validatorsAreKeptAsReceivedAndForgottenWhenTheyAreGone() throws {
    let fixture = try Fixture()
    _ = try fixture.feed("https://a.example/feed")
    let ticket = try #require(try fixture.store.claim(.due, at: Self.now).tickets.first)
    #expect(ticket.validators == nil)
    let validators = Validators(
      etag: Array("W/\"a,b\"".utf8) + [0xE9], lastModified: nil, url: "https://a.example/feed")
    let body = FetchedBody(
      bytes: [], bodyHash: 7, contentType: nil, url: "https://a.example/feed",
      validators: validators)
    try fixture.store.record(FetchResult(.received(body), status: 200), for: ticket, at: Self.now)
    let again = Timestamp(secondsSince1970: Self.now.secondsSince1970 + 100_000)
    let second = try #require(try fixture.store.claim(.due, at: again).tickets.first)
    #expect(second.validators == validators && second.bodyHash == 7)
    try fixture.store.record(FetchResult(.unchanged(nil), status: 200), for: second, at: again)
    let last = Timestamp(secondsSince1970: again.secondsSince1970 + 100_000)
    #expect(try fixture.store.claim(.due, at: last).tickets.first?.validators == nil)
  }

  @Test func aFeedThatIsGoneIsNeverAskedAgainByItself() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    let ticket = try #require(try fixture.store.claim(.due, at: Self.now).tickets.first)
    try fixture.store.record(FetchResult(.gone, status: 410), for: ticket, at: Self.now)
    let later = Timestamp(secondsSince1970: Self.now.secondsSince1970 + 10_000_000)
    #expect(try fixture.store.claim(.feeds([feed]), at: later).tickets.isEmpty)
    try fixture.store.resume(feed)
    #expect(try fixture.store.claim(.due, at: later).tickets.count == 1)
  }

  @Test func aServerThatAsksForTimeGetsIt() throws {
    let fixture = try Fixture()
    _ = try fixture.feed("https://a.example/1")
    _ = try fixture.feed("https://a.example/2")
    _ = try fixture.feed("https://a.example/3")
    let claim = try fixture.store.claim(.due, at: Self.now)
    let until = Timestamp(secondsSince1970: Self.now.secondsSince1970 + 7_200)
    for ticket in claim.tickets.prefix(2) {
      try fixture.store.record(
        FetchResult(.blocked(until: until, isThrottled: true), status: 429), for: ticket,
        at: Self.now)
    }
    // Two feeds of one host: the whole host is left alone.
    let soon = Timestamp(secondsSince1970: Self.now.secondsSince1970 + 3_600)
    #expect(try fixture.store.claim(.all, at: soon).tickets.isEmpty)
    let after = Timestamp(secondsSince1970: Self.now.secondsSince1970 + 7_201)
    #expect(try fixture.store.claim(.due, at: after).tickets.count == 3)
  }

  @Test func permanentRedirectsChangeTheAddressUnlessItIsTaken() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/old")
    _ = try fixture.feed("https://a.example/taken")
    let tickets = try fixture.store.claim(.due, at: Self.now).tickets
    let ticket = try #require(tickets.first { $0.feed == feed })
    var result = FetchResult(.notModified(nil), movedTo: "https://a.example/taken", status: 304)
    #expect(try fixture.store.record(result, for: ticket, at: Self.now))
    result.movedTo = "https://a.example/new"
    #expect(try !fixture.store.record(result, for: ticket, at: Self.now))
    #expect(try fixture.store.feed(named: "https://a.example/new") == feed)
  }

  @Test func failuresBackOffAndOfflineIsNobodysFault() throws {
    let fixture = try Fixture()
    _ = try fixture.feed("https://a.example/")
    var ticket = try #require(try fixture.store.claim(.due, at: Self.now).tickets.first)
    try fixture.store.record(FetchResult(.failed(.offline)), for: ticket, at: Self.now)
    #expect(try fixture.store.health().map(\.errorCount) == [0])
    ticket = try #require(try fixture.store.claim(.due, at: Self.now).tickets.first)
    try fixture.store.record(
      FetchResult(.failed(.status(500)), status: 500), for: ticket, errorText: "The server failed.",
      at: Self.now)
    #expect(try fixture.store.claim(.due, at: Self.now).tickets.isEmpty)
    #expect(try fixture.store.health().map(\.errorText) == ["The server failed."])
  }
}

@Suite struct FileTests {
  static func path() -> String {
    FileManager.default.temporaryDirectory.path + "/yue-test-\(UUID().uuidString)/yue.db"
  }

  @Test func aLibraryIsMadeReadableByItsOwnerOnly() throws {
    let path = Self.path()
    defer {
      try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }
    let store = try Store(path: path)
    _ = try store.subscribe(
      Placement(feed: Subscription(url: "https://a.example/"), folders: []), at: Fixture.now)
    store.close()
    let facts = try FileManager.default.attributesOfItem(atPath: path)
    #expect(facts[.posixPermissions] as? Int == 0o600)
    #expect(try Store.brief(path: path).feedRows().count == 1)
  }

  @Test func whatIsNoLibraryIsLeftAsItIs() throws {
    let path = Self.path()
    let folder = (path as NSString).deletingLastPathComponent
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let bytes = Data(String(repeating: "这不是数据库。", count: 500).utf8)
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(throws: StoringError.self) { try Store(path: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
  }

  @Test func aNewerLibraryIsNotTouched() throws {
    let path = Self.path()
    defer {
      try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }
    let store = try Store(path: path)
    try store.writer.write { try $0.execute(sql: "PRAGMA user_version = 99") }
    #expect(throws: StoringError.newer(version: 99)) {
      try store.subscribe(
        Placement(feed: Subscription(url: "https://a.example/"), folders: []), at: Fixture.now)
    }
    store.close()
    #expect(throws: StoringError.newer(version: 99)) { try Store(path: path) }
  }

  @Test(.timeLimit(.minutes(1)))
  func changesOfAnotherProgramAreNoticedAndOwnOnesAreNot() async throws {
    let path = Self.path()
    defer {
      try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }
    let first = try Store(path: path)
    let second = try Store(path: path)
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    let watch = first.watch { continuation.yield() }
    _ = try first.subscribe(
      Placement(feed: Subscription(url: "https://a.example/"), folders: []), at: Fixture.now)
    _ = try second.subscribe(
      Placement(feed: Subscription(url: "https://b.example/"), folders: []), at: Fixture.now)
    var iterator = stream.makeAsyncIterator()
    await iterator.next()
    #expect(try first.feedRows().count == 2)
    withExtendedLifetime(watch) {}
  }
}

@Suite struct BackupTests {
  private let path = FileTests.path()
  private var folder: String { (path as NSString).deletingLastPathComponent }
  private var backups: String { folder + "/backup" }

  private func later(_ days: Int64) -> Timestamp {
    Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970) + days * 86_400)
  }

  private func subscribe(_ url: String, in store: Store) throws {
    try store.subscribe(
      Placement(feed: Subscription(url: url), folders: []), at: Fixture.now)
  }

  @Test func aCopyIsMadeOnceAWeekAndWhenSomethingHasChanged() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try Store(path: path)
    try subscribe("https://a.example/", in: store)
    let first = try #require(try store.backUpWeekly(in: backups, at: later(0)))
    #expect(try store.backUpWeekly(in: backups, at: later(1)) == nil)
    #expect(try store.backUpWeekly(in: backups, at: later(8)) == nil, "nothing has changed")
    #expect(Store.backups(of: path, in: backups).map(\.path) == [first])
    #expect(try Store.brief(path: first).feedRows().map(\.url) == ["https://a.example/"])
  }

  @Test func aCopyIsPutInThePlaceOfTheLibraryWhichStays() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try Store(path: path)
    try subscribe("https://a.example/", in: store)
    let copy = try #require(try store.backUpWeekly(in: backups, at: later(0)))
    try subscribe("https://b.example/", in: store)
    store.close()
    let kept = try #require(try Store.restore(copy, to: path, at: Fixture.now))
    #expect(try Store.brief(path: path).feedRows().map(\.url) == ["https://a.example/"])
    #expect(try Store.brief(path: kept).feedRows().count == 2)
  }

  @Test func aDamagedCopyReplacesNothing() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try Store(path: path)
    try subscribe("https://a.example/", in: store)
    store.close()
    let bad = folder + "/bad.db"
    for content in ["", String(repeating: "坏的。", count: 900)] {
      try Data(content.utf8).write(to: URL(filePath: bad))
      #expect(throws: StoringError.self) {
        try Store.restore(bad, to: path, at: Fixture.now)
      }
    }
    #expect(throws: StoringError.self) {
      try Store.restore(folder + "/none", to: path, at: Fixture.now)
    }
    #expect(try Store.brief(path: path).feedRows().count == 1)
  }

  @Test func anExaminationFindsWhatIsWrong() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save([Fixture.entry("1", "一"), Fixture.entry("2", "二", day: 2)], to: feed)
    #expect(try fixture.store.examine() == [])
    try fixture.store.writer.write { database in
      try database.execute(sql: "UPDATE tally SET unread = 7; UPDATE status SET sort_date = 1")
    }
    #expect(
      try fixture.store.examine() == [
        "the counts of 1 feeds are wrong", "2 entries disagree with their marks",
      ])
    #expect(try fixture.store.wrongCounts() == 1)
    try fixture.store.repairCounts()
    #expect(try fixture.store.feedRows().map(\.unreadCount) == [2])
  }
}
