import Cells
import Documents
import Feeds
import Keymaps
import Testing

@testable import Browsing

@Suite struct ListTests {
  private let unread = EntryQuery(scope: .all, filter: .unread)
  private let math = EntryQuery(scope: .feed(FeedID(1)))

  @Test func enterOpensAFeedAndThenAnEntry() {
    let opened = session("jj<Enter>j<Enter>")
    #expect(
      opened.effects == [
        .loadEntries(math, .first), .loadArticle(EntryID(2)),
        .mark(.entries([EntryID(2)]), .read, isStep: false),
      ])
    #expect(opened.row(0).hasPrefix("▌yue › 数学小站 › 一个看似显然的不等式"))
    #expect(opened.row(0).hasSuffix("2/5"))
  }

  @Test func aFeedThatIsNotOpenIsMarkedAsFarAsItsCountsWereShown() throws {
    var browser = Browser(size: Size(rows: 24, columns: 80))
    _ = browser.start()
    _ = browser.receive(
      .libraryLoaded(Library(feeds: Session.library.feeds, newestEntry: EntryID(7))))
    let keys = try #require(Key.sequence("GMf"))
    let effects = keys.flatMap { browser.receive(.key($0)) }
    let query = EntryQuery(scope: .feed(FeedID(2)))
    #expect(effects == [.mark(.list(query, newest: EntryID(7)), .read, isStep: true)])
  }

  @Test func aKeyTypedBeforeTheLibraryAnswersWaitsForIt() {
    var browser = Browser(size: Size(rows: 24, columns: 80))
    _ = browser.start()
    #expect(browser.receive(.key(Key(.enter))) == [])
    #expect(browser.receive(.libraryLoaded(Library())) == [.lookForLists, .openManual])
  }

  @Test func aSingleFeedStartsInItsEntriesWithTheFeedsOneLevelBack() {
    var only = Session(isSingle: true)
    #expect(only.row(0).hasPrefix("▌yue › 数学小站"))
    only.press("q")
    #expect(only.row(0).hasPrefix("▌yue  "))
    #expect(only.row(1).hasPrefix("▌   数学小站"))
    only.press("q")
    #expect(only.effects.last == .quit)
    #expect(only.browser.isFinished)
  }

  @Test func aMoveChangesTwoMarkerCellsAndTheCursor() {
    var lists = session("jj<Enter>")
    let before = lists.browser.frame()
    lists.press("j")
    let after = lists.browser.frame()
    var changed: [Position] = []
    for row in 0..<24 {
      for column in 0..<80 {
        let place = Position(row: row, column: column)
        if before[place] != after[place] { changed.append(place) }
      }
    }
    #expect(changed == [Position(row: 1, column: 0), Position(row: 2, column: 0)])
    #expect(after.cursor == Position(row: 2, column: 0))
  }

  @Test func countsAndEndsMoveTheSelection() {
    var feed = Session(isSingle: true)
    feed.press("3j")
    #expect(feed.markedRow.contains("正交初始化"))
    feed.press("2k")
    #expect(feed.markedRow.contains("不等式"))
    feed.press("G")
    #expect(feed.markedRow.contains("第一篇"))
    feed.press("9999999999j")
    #expect(feed.markedRow.contains("第一篇"))
    feed.press("gg")
    #expect(feed.markedRow.contains("方差"))
    feed.press("4G")
    #expect(feed.markedRow.contains("正交初始化"))
  }

  @Test func twoRowsStayVisibleAroundTheSelection() {
    var cursor = ListCursor()
    for _ in 0..<8 {
      cursor.move(by: 1, of: 20)
      cursor.settle(count: 20, windowRows: 10, marginRows: 2)
    }
    #expect(cursor == ListCursor(selected: 8, top: 1))
    cursor.move(by: .max, of: 20)
    cursor.settle(count: 20, windowRows: 10, marginRows: 2)
    #expect(cursor == ListCursor(selected: 19, top: 10))
    cursor.move(by: -.max, of: 20)
    cursor.settle(count: 20, windowRows: 10, marginRows: 2)
    #expect(cursor == ListCursor(selected: 0, top: 0))
  }

  @Test func anEntryReadStaysInTheUnreadList() {
    var unread = session("gu<Enter>q")
    #expect(unread.row(0).hasSuffix("4 unread of 5"))
    #expect(unread.row(1).hasPrefix("▌   方差从哪里来"))
    unread.press("gu")
    #expect(unread.row(0).hasSuffix("4 unread of 4"))
  }

  @Test func markingFlipsTheRowAtOnceAndUndoTakesItBack() {
    var feed = Session(isSingle: true)
    feed.forgetEffects()
    feed.press("ms")
    #expect(feed.row(1).hasPrefix("▌ ★ 方差"))
    feed.press("u")
    #expect(feed.row(1).hasPrefix("▌   方差"))
    feed.press("u")
    #expect(feed.row(1).hasPrefix("▌●  方差"))
    feed.press("<C-r>")
    #expect(feed.row(1).hasPrefix("▌   方差"))
    let id = EntryID(1)
    let changes = feed.effects.filter {
      switch $0 {
      case .loadLibrary, .loadEntries: false
      default: true
      }
    }
    #expect(
      changes == [
        .mark(.entries([id]), .read, isStep: true), .mark(.entries([id]), .starred, isStep: true),
        .undo(steps: 1), .undo(steps: 1), .redo(steps: 1),
      ])
  }

  @Test func markingAllSaysHowManyAndHowToUndoIt() {
    var feed = Session(isSingle: true)
    feed.press("Ma")
    #expect(
      feed.effects.last
        == .mark(.entries([EntryID(1), EntryID(2), EntryID(3)]), .read, isStep: true))
    #expect(feed.statusRow == " Marked 3 entries read in «数学小站» — u undoes")
    #expect(feed.row(0).hasSuffix("0 unread of 5"))
    feed.press("u")
    #expect(feed.statusRow == " Undone: Marked 3 entries read — Ctrl-R redoes")
  }

  @Test func aMarkThatCouldNotBeStoredIsTakenBack() {
    var browser = Browser(size: Size(rows: 24, columns: 80))
    _ = browser.start()
    _ = browser.receive(.libraryLoaded(Library(feeds: [Session.library.feeds[0]])))
    _ = browser.receive(
      .entriesLoaded(math, .first, EntryPage(entries: Array(Session.library.entries.prefix(5)))))
    let effects = browser.receive(.key(Key(.character("m"))))
    #expect(effects == [.mark(.entries([EntryID(1)]), .read, isStep: true)])
    #expect(browser.frame().text.contains("\n▌   方差"))
    _ = browser.receive(
      .failed(Failure(sentence: "The mark was not stored: the disk is full", request: effects[0])))
    #expect(browser.frame().text.contains("\n▌●  方差"))
    #expect(browser.frame().text.contains("\n ! The mark was not stored: the disk is full"))
  }

  @Test func markingAFeedFromTheFeedsPaneNeedsNoRows() {
    let marked = session("jjjMf")
    #expect(
      marked.effects == [
        .mark(
          .list(EntryQuery(scope: .feed(FeedID(2))), newest: EntryID(.max)), .read, isStep: true),
        .loadLibrary,
      ])
    #expect(marked.markedRow == "▌   Category Notes")
    #expect(marked.statusRow == " Marked 2 entries read in «Category Notes» — u undoes")
    #expect(marked.row(0).hasSuffix("3 unread"))
  }

  @Test func theSelectionIsKeptByIdentityWhenRowsArriveAbove() {
    var feed = Session(isSingle: true)
    feed.press("j")
    var rows = feed.entries
    rows.insert(
      EntrySummary(id: EntryID(99), feed: FeedID(1), feedTitle: "数学小站", title: "新"), at: 0)
    feed.send(.entriesLoaded(math, .first, EntryPage(entries: rows)))
    #expect(feed.markedRow.contains("不等式"))
  }

  @Test func sortingKeepsTheSelectionAndSaysTheOrder() {
    var feed = Session(isSingle: true)
    feed.press("jSr")
    #expect(feed.markedRow.contains("不等式"))
    #expect(feed.row(1).contains("第一篇"))
    #expect(feed.statusRow == " sort: date, reversed")
    feed.press("St")
    #expect(feed.row(1).contains("一个看似"))
  }

  @Test func findingInAListGoesToTheNearestRowAndRoundTheEnds() {
    var feed = Session(isSingle: true)
    feed.press("/")
    feed.type("几何")
    #expect(feed.markedRow.contains("方差"))
    feed.press("<Enter>n")
    #expect(feed.markedRow.contains("范数球"))
    feed.press("n")
    #expect(feed.markedRow.contains("方差"))
    #expect(feed.hintRow.hasPrefix(" n next match   N previous match   Esc forget"))
    feed.press("<Esc>")
    #expect(feed.hintRow.hasPrefix(" Enter open"))
  }

  @Test func givingUpASearchReturnsToWhereItBegan() {
    var feed = Session(isSingle: true)
    feed.press("/")
    feed.type("第一篇")
    #expect(feed.markedRow.contains("第一篇"))
    feed.press("<Esc>")
    #expect(feed.markedRow.contains("方差"))
  }

  /// 5,000 entries in pages of 200.
  private func longList() -> Session {
    var long = Session(isSingle: true)
    long.pageRows = 200
    long.entries = (0..<5000).map { number in
      EntrySummary(
        id: EntryID(Int64(10_000 - number)), feed: FeedID(1), feedTitle: "数学小站",
        title: "第\(number)篇：$x_{\(number)}$",
        date: Timestamp(secondsSince1970: Int64(1_790_000_000 - number * 60)))
    }
    long.press("q<Enter>")
    return long
  }

  @Test func aLongListIsReadInPagesAsTheReaderMoves() {
    var long = longList()
    #expect(long.row(0).hasSuffix("5000 unread of 5000"))
    long.press("G")
    #expect(long.markedRow.contains("第4999篇"))
    long.press("gg")
    #expect(long.markedRow.contains("第0篇"))
    long.press("2500G")
    #expect(long.markedRow.contains("第2499篇"))
    long.press("300j")
    #expect(long.markedRow.contains("第2799篇"))
    long.press("3k")
    #expect(long.markedRow.contains("第2796篇"))
    for number in 0..<200 {
      long.press("<PgDn>")
      #expect((long.browser.state.entries?.rows.count ?? 0) <= EntryList.mostRows, "\(number)")
    }
    #expect(long.markedRow.contains("第4999篇"))
  }

  @Test func newEntriesAboveMoveNothingAndAreNamed() {
    var long = longList()
    long.press("20j")
    let before = long.screen
    for number in 0..<2 {
      long.entries.insert(
        EntrySummary(
          id: EntryID(Int64(20_001 + number)), feed: FeedID(1), feedTitle: "数学小站",
          title: "新\(number)", date: Timestamp(secondsSince1970: 1_790_000_060)), at: 0)
    }
    long.tick(1500)
    long.send(.libraryChanged)
    #expect(long.statusRow.hasPrefix(" 2 new above (gg)"))
    let rows = { (screen: String) in screen.split(separator: "\n").dropFirst().dropLast(2) }
    #expect(rows(long.screen) == rows(before))
  }

  @Test func foldersFoldAndTheirCountsAreSums() {
    var folders = Session()
    var library = Library(feeds: folders.feeds, folders: [["数学"]])
    library.feeds[0].folder = ["数学"]
    library.feeds[1].folder = ["数学"]
    library.feeds[1].failure = "the server did not answer"
    folders.send(.libraryLoaded(library))
    #expect(folders.row(3).hasPrefix("  ▾ 数学"))
    #expect(folders.row(3).hasSuffix(" 5"))
    #expect(folders.row(4).hasPrefix("      数学小站"))
    #expect(folders.row(5).hasPrefix(" !    Category Notes"))
    folders.press("4Gh")
    #expect(folders.markedRow.hasPrefix("▌ ▾ 数学"))
    folders.press("h")
    #expect(folders.markedRow.hasPrefix("▌ ▸ 数学"))
    #expect(!folders.screen.contains("数学小站"))
    folders.press("l")
    #expect(folders.row(4).hasPrefix("      数学小站"))
  }

  @Test func aFilterNarrowsWhileTypingAndOnlyTheNewestAnswerCounts() {
    var feed = Session(isSingle: true)
    feed.press("F")
    feed.type("范数")
    var query = math
    query.matching = "范数"
    #expect(feed.browser.state.entries?.query == query)
    query.matching = "范"
    feed.send(.entriesLoaded(query, .first, EntryPage(entries: [])))
    #expect(!feed.screen.contains("Nothing matches"))
    feed.press("<Esc>")
    #expect(feed.browser.state.entries?.query == math)
  }

  @Test func chosenEntriesAreMarkedTogether() {
    var feed = Session(isSingle: true)
    feed.press("vjV")
    #expect(feed.row(1).hasPrefix(" ● ✓方差"))
    feed.press("m")
    #expect(
      feed.effects.contains(
        .mark(.entries([EntryID(1), EntryID(2), EntryID(3)]), .read, isStep: true)))
    feed.press("<Esc>")
    #expect(feed.row(1).hasPrefix("    方差"))
  }

  @Test func theReadingPositionIsStoredOnLeavingAndRestored() {
    var feed = Session(isSingle: true)
    feed.press("<Enter><Space>")
    feed.forgetEffects()
    feed.press("q")
    guard case .savePosition(EntryID(1), let position)? = feed.effects.first else {
      Issue.record("no position is stored")
      return
    }
    #expect(position.byteOffset > 0)
    let text = Document.article.text
    #expect(Browser.place(of: position, in: text) == position.byteOffset)
    // After an edit above, the same sentence is found further down.
    let moved = Browser.place(of: position, in: Array("新的一段。".utf8) + text)
    #expect(abs(moved - position.byteOffset - "新的一段。".utf8.count) <= 3)
  }
}
