import Feeds
import GRDB
import Testing

@testable import Storing

/// Every part of every list, against the same list made in memory.
@Suite struct PageTests {
  /// Thirty entries; some read, some starred, two of one day.
  static func fixture() throws -> (Fixture, FeedID) {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    let other = try fixture.feed("https://b.example/", folders: [["数学"]])
    try fixture.save(
      (1...20).map { Fixture.entry("\($0)", "题\(($0 * 7) % 20)", day: 1 + $0 / 2) }, to: feed)
    try fixture.save(
      (21...30).map {
        Fixture.entry(
          "\($0)", "b\($0)", day: $0 - 10, body: String(repeating: "长", count: $0 * 3 % 40))
      }, to: other, title: "几何")
    try fixture.store.set(
      .read, of: [3, 8, 9, 22, 27].map { EntryID($0) }, at: Fixture.now)
    try fixture.store.set(.starred, of: [2, 8, 30].map { EntryID($0) }, at: Fixture.now)
    return (fixture, feed)
  }

  @Test(arguments: EntryQuery.Order.allCases, [false, true])
  func pagesDownAndUpGiveTheWholeList(_ order: EntryQuery.Order, isReversed: Bool) throws {
    let (fixture, _) = try Self.fixture()
    let query = EntryQuery(scope: .all, order: order, isReversed: isReversed)
    let whole = try fixture.store.entries(query, limit: 1_000, at: Fixture.now)
    #expect(whole.entries.count == 30)
    #expect(whole.totalCount == 30 && whole.unreadCount == 25)
    #expect(whole.earlier == nil && whole.later == nil)
    let ids = whole.entries.map(\.id)

    var down: [EntryID] = []
    var request: PageRequest? = .first
    while let next = request {
      let page = try fixture.store.entries(query, next, limit: 7, at: Fixture.now)
      #expect(page.totalCount == 30 && page.unreadCount == 25)
      #expect((page.earlier == nil) == down.isEmpty)
      down += page.entries.map(\.id)
      request = page.later.map { .after($0) }
    }
    #expect(down == ids)

    var up: [EntryID] = []
    request = .last
    while let next = request {
      let page = try fixture.store.entries(query, next, limit: 7, at: Fixture.now)
      up = page.entries.map(\.id) + up
      request = page.earlier.map { .before($0) }
    }
    #expect(up == ids)

    let middle = try fixture.store.entries(query, .around(ids[15]), limit: 7, at: Fixture.now)
    #expect(middle.entries.map(\.id) == Array(ids[12...18]))
    let row = try fixture.store.entries(query, .atRow(15), limit: 7, at: Fixture.now)
    #expect(row.entries.map(\.id).contains(ids[15]))
    let beyond = try fixture.store.entries(query, .atRow(.max), limit: 7, at: Fixture.now)
    #expect(beyond.entries.last?.id == ids.last)
    let missing = try fixture.store.entries(query, .around(EntryID(99)), limit: 7, at: Fixture.now)
    #expect(missing.entries.map(\.id) == Array(ids.prefix(7)))
  }

  /// A folder with few of the entries is sorted, and its pages are found in the index before.
  @Test(arguments: [false, true], [EntryQuery.Filter.everything, .unread])
  func pagesOfASmallFolderGiveAllOfIt(isReversed: Bool, _ filter: EntryQuery.Filter) throws {
    let (fixture, _) = try Self.fixture()
    let query = EntryQuery(scope: .folder(["数学"]), filter: filter, isReversed: isReversed)
    let all = try fixture.store.entries(
      EntryQuery(scope: .all, filter: filter, isReversed: isReversed), limit: 100, at: Fixture.now)
    let ids = all.entries.filter { $0.feedTitle == "几何" }.map(\.id)
    #expect(ids.count == (filter == .unread ? 8 : 10))
    #expect(try fixture.store.entries(query, at: Fixture.now).entries.map(\.id) == ids)
    var down: [EntryID] = []
    var request: PageRequest? = .first
    while let next = request {
      let page = try fixture.store.entries(query, next, limit: 3, at: Fixture.now)
      down += page.entries.map(\.id)
      request = page.later.map { .after($0) }
    }
    #expect(down == ids)
    var up: [EntryID] = []
    request = .last
    while let next = request {
      let page = try fixture.store.entries(query, next, limit: 3, at: Fixture.now)
      up = page.entries.map(\.id) + up
      request = page.earlier.map { .before($0) }
    }
    #expect(up == ids)
    let middle = try fixture.store.entries(query, .around(ids[4]), limit: 3, at: Fixture.now)
    #expect(middle.entries.map(\.id) == Array(ids[3...5]))
  }

  @Test(arguments: EntryQuery.Order.allCases)
  func marksAboveAndBelowMeanWhatTheListShows(_ order: EntryQuery.Order) throws {
    let (fixture, feed) = try Self.fixture()
    let query = EntryQuery(scope: .all, order: order)
    let page = try fixture.store.entries(query, limit: 100, at: Fixture.now)
    let ids = page.entries.map(\.id)
    // What arrives now is not in the list that is marked.
    try fixture.save([Fixture.entry("40", "新", day: 20)], to: feed)
    var position = page.entries[11].position
    position.rowsBefore = 11
    for (selection, expected) in [
      (EntrySelection.listAbove(query, position, newest: page.newest), ids[...11]),
      (.listBelow(query, position, newest: page.newest), ids[11...]),
      (.list(query, newest: page.newest), ids[...]),
    ] {
      let step = try #require(
        try fixture.store.tag(selection, adding: ["选"], removing: [], at: Fixture.now))
      #expect(Set(step.entries) == Set(expected), "\(order)")
      try fixture.store.undo(step.id, at: Fixture.now)
    }
  }

  @Test func aFilterNarrowsEveryList() throws {
    let (fixture, feed) = try Self.fixture()
    for scope in [EntryQuery.Scope.all, .feed(feed), .search("题")] {
      #expect(
        try fixture.titles(EntryQuery(scope: scope, matching: "title:题3")) == ["题3"], "\(scope)")
    }
    #expect(
      try fixture.titles(EntryQuery(scope: .feed(feed), filter: .starred, matching: "is:read"))
        == ["题3"])
    #expect(try fixture.titles(EntryQuery(scope: .folder(["数学"]), matching: "题")).isEmpty)
  }

  @Test func searchesShowTheTextAroundTheHit() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    let before = String(repeating: "前", count: 100)
    try fixture.save(
      [
        Fixture.entry(
          "1", "一", body: "<p>\(before)<b>连续</b>统 &lt; $\\boldsymbol x$ 后</p>")
      ], to: feed)
    let page = try fixture.store.entries(
      EntryQuery(scope: .search("boldsymbol")), at: Fixture.now)
    #expect(page.entries.first?.snippet?.hasSuffix("连续统 < $\\boldsymbol x$ 后") == true)
    #expect(page.entries.first?.snippet?.hasPrefix("…前") == true)
    #expect(try fixture.found("连续统").count == 1, "markup does not part a word")
  }

  @Test func rowsCarryTagsLengthAndWhetherTheTextChanged() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save([Fixture.entry("1", "一", body: "旧文")], to: feed)
    try fixture.save([Fixture.entry("1", "一", body: "新的文")], to: feed)
    try fixture.store.tag(
      .entries([EntryID(1)]), adding: ["b", "a"], removing: [], at: Fixture.now)
    let row = try #require(
      try fixture.store.entries(EntryQuery(scope: .all), at: Fixture.now).entries.first)
    #expect(row.tags == ["a", "b"] && row.isChanged && row.characterCount == 3)
    try fixture.store.set(.read, of: [EntryID(1)], at: Fixture.now)
    let seen = try fixture.store.entries(EntryQuery(scope: .all), at: Fixture.now).entries.first
    #expect(seen?.isChanged == false)
  }
}

@Suite struct LibraryTests {
  @Test func theOverviewHasFoldersInOrderAndAllCounts() throws {
    let fixture = try Fixture()
    _ = try fixture.feed("https://loose.example/")
    let feed = try fixture.feed("https://a.example/", folders: [["科学", "数学"]])
    try fixture.store.edit(.newFolder(["空"]), at: Fixture.now)
    try fixture.save(
      [Fixture.entry("1", "一", day: 24), Fixture.entry("2", "二", day: 3)], to: feed)
    try fixture.store.set(.starred, of: [EntryID(2)], at: Fixture.now)
    try fixture.store.setPosition(
      ReadingPosition(byteOffset: 120, context: "前后", percent: 46), of: EntryID(1),
      at: Fixture.now)
    try fixture.store.edit(.saveSearch(SmartFeed(name: "星", query: "is:starred")), at: Fixture.now)
    let library = try fixture.store.library(
      today: Timestamp(year: 2026, month: 11, day: 24), at: Fixture.now)
    #expect(library.folders == [["科学"], ["科学", "数学"], ["空"]])
    #expect(library.feeds.map(\.folder) == [["科学", "数学"], []])
    #expect(library.unreadCount == 2 && library.entryCount == 2 && library.starredCount == 1)
    #expect(library.todayCount == 1 && library.readingCount == 1)
    #expect(library.smartFeeds.map(\.unreadCount) == [1])
    #expect(try fixture.found("is:reading") == ["二"])
    #expect(try fixture.store.position(of: EntryID(1))?.percent == 46)
  }

  /// Every change of the library, and that undo and redo are exact.
  @Test(
    arguments: [
      .rename(FeedID(1), to: "新名"), .setAddress(FeedID(1), "https://c.example/feed"),
      .setInterval(FeedID(1), seconds: 7_200), .unsubscribe([FeedID(1), FeedID(2)]),
      .move([FeedID(1)], toFolder: ["新", "深"]), .move([FeedID(2)], toFolder: []),
      .newFolder(["另"]), .renameFolder(["科学"], to: "理科"), .removeFolder(["科学"]),
      .removeFolder(["科学", "数学"]), .moveFolder(["科学", "数学"], toFolder: []),
      .shiftFeed(FeedID(2), by: 1), .shiftFeed(FeedID(1), by: .max), .shiftFolder(["科学"], by: 1),
      .saveSearch(SmartFeed(name: "未读", query: "is:read")), .removeSearch(name: "未读"),
    ] as [LibraryEdit])
  func everyEditIsUndoneAndDoneAgain(_ edit: LibraryEdit) throws {
    let fixture = try Fixture()
    _ = try fixture.feed("https://a.example/")
    _ = try fixture.feed("https://b.example/", folders: [["科学", "数学"]])
    _ = try fixture.feed("https://d.example/", folders: [["科学", "数学"], ["杂"]])
    _ = try fixture.feed("https://e.example/")
    try fixture.store.save(SmartFeed(name: "未读", query: "is:unread"))
    func picture() throws -> String {
      let rows = try fixture.store.feedRows()
      let intervals = try rows.map { try fixture.store.record(of: $0.id)?.intervalSeconds }
      let library = try fixture.store.library(today: Fixture.now, at: Fixture.now)
      return "\(rows) \(intervals) \(library.folders) \(library.smartFeeds)"
    }
    let before = try picture()
    let step = try #require(try fixture.store.edit(edit, at: Fixture.now))
    let after = try picture()
    #expect(after != before)
    #expect(try fixture.store.undo(at: Fixture.now).map(\.id) == [step.id])
    #expect(try picture() == before)
    #expect(try fixture.store.redo(at: Fixture.now).map(\.id) == [step.id])
    #expect(try picture() == after)
  }

  @Test func impossibleEditsAreRefusedAndChangeNothing() throws {
    let fixture = try Fixture()
    _ = try fixture.feed("https://a.example/", folders: [["甲", "乙"], ["丙"]])
    _ = try fixture.feed("https://b.example/")
    let before = try fixture.store.library(today: Fixture.now, at: Fixture.now)
    #expect(throws: StoringError.folderIntoItself(["甲"])) {
      try fixture.store.edit(.moveFolder(["甲"], toFolder: ["甲", "乙"]), at: Fixture.now)
    }
    #expect(throws: StoringError.folderExists("丙")) {
      try fixture.store.edit(.renameFolder(["甲"], to: "丙"), at: Fixture.now)
    }
    #expect(throws: StoringError.unknownFolder(["丁"])) {
      try fixture.store.edit(.removeFolder(["丁"]), at: Fixture.now)
    }
    #expect(throws: StoringError.addressIsTaken(by: "https://a.example/")) {
      try fixture.store.edit(.setAddress(FeedID(2), "https://a.example/"), at: Fixture.now)
    }
    #expect(try fixture.store.library(today: Fixture.now, at: Fixture.now) == before)
  }

  @Test func undoLeavesAloneWhatWasChangedSinceAndCountsIt() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save((1...3).map { Fixture.entry("\($0)", "\($0)", day: $0) }, to: feed)
    let ids = (1...3).map { EntryID($0) }
    let step = try #require(try fixture.store.set(.read, of: ids, at: Fixture.now))
    try fixture.store.mark(.entries([EntryID(2)]), .unread, isStep: false, at: Fixture.now)
    #expect(try fixture.store.undo(step.id, at: Fixture.now)?.skippedCount == 1)
  }

  @Test func severalStepsAreUndoneNewestFirstAndANewOneEndsRedo() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save((1...3).map { Fixture.entry("\($0)", "\($0)", day: $0) }, to: feed)
    let steps = try (1...3).compactMap {
      try fixture.store.set(.read, of: [EntryID($0)], at: Fixture.now)?.id
    }
    #expect(try fixture.store.undo(steps: 2, at: Fixture.now).map(\.id) == [steps[2], steps[1]])
    #expect(try fixture.store.redo(at: Fixture.now).map(\.id) == [steps[1]])
    #expect(try fixture.store.undoDown(to: steps[0], at: Fixture.now).count == 2)
    try fixture.store.set(.starred, of: [EntryID(1)], at: Fixture.now)
    #expect(try fixture.store.redo(steps: 9, at: Fixture.now).isEmpty)
  }

  @Test func stepsOfProgramsThatHaveEndedAreUndoneThoseOfRunningOnesAreNot() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save((1...2).map { Fixture.entry("\($0)", "\($0)", day: $0) }, to: feed)
    for (id, instance) in [(1, "1.1"), (2, "4194999.7")] {
      let step = try #require(
        try fixture.store.set(.read, of: [EntryID(Int64(id))], at: Fixture.now))
      // Process 1 runs, but was not started at tick 1 either: its name is made to fit.
      let name = id == 1 ? Instance.name(of: 1) : instance
      try fixture.store.write { database in
        try database.execute(
          sql: "UPDATE undo_step SET instance = ? WHERE id = ?", arguments: [name, step.id])
      }
    }
    #expect(try fixture.store.undo(steps: 9, at: Fixture.now).flatMap(\.entries) == [EntryID(2)])
  }

  @Test func anEntryIsFoundByItsAddressWhateverItsFragmentAndScheme() throws {
    let fixture = try Fixture()
    let feed = try fixture.feed("https://a.example/")
    try fixture.save([Fixture.entry("1", "一", link: "https://math.example/p?id=1")], to: feed)
    for address in ["https://math.example/p?id=1#eq2", "http://www.math.example/p?id=1"] {
      #expect(try fixture.store.entry(withLink: address) == EntryID(1), "\(address)")
    }
    #expect(try fixture.store.entry(withLink: "https://math.example/p?id=12") == nil)
  }
}
