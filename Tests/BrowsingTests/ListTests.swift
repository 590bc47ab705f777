import Cells
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
    #expect(
      feed.effects == [
        .mark(.entries([id]), .read, isStep: true), .mark(.entries([id]), .starred, isStep: true),
        .mark(.entries([id]), .unstarred, isStep: true),
        .mark(.entries([id]), .unread, isStep: true), .mark(.entries([id]), .read, isStep: true),
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
    #expect(feed.statusRow == " Undone: 3 entries are unread again — Ctrl-R redoes")
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

  @Test func markingAFeedFromTheFeedsPaneAsksForItsEntriesFirst() {
    let marked = session("jjjMf")
    #expect(
      marked.effects == [
        .loadEntries(EntryQuery(scope: .feed(FeedID(2)), filter: .unread), .first),
        .mark(.entries([EntryID(6), EntryID(7)]), .read, isStep: true), .loadLibrary,
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
}
