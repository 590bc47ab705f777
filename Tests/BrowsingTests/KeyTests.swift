import Cells
import Feeds
import Keymaps
import Testing

@testable import Browsing

@Suite struct KeyTests {
  private func settings(_ keymap: String) -> Settings {
    let read = KeymapReader(rules: Command.rules).read(
      KeymapFile(name: "my.keymap", text: keymap))
    #expect(read.diagnostics.isEmpty)
    return Settings(keymap: read.keymap)
  }

  @Test func hintsAreMadeFromTheLiveKeymap() {
    let settings = settings("include default\n[entries]\nx  toggle-read\nm  none\n")
    let feed = Session(isSingle: true, settings: settings)
    #expect(feed.hintRow.hasPrefix(" Enter open   Space next unread   x read   s star"))
    #expect(feed.hintRow.hasSuffix("   ? help"))
  }

  @Test func theKeysThatMayFollowAreShownAfterAMomentOnly() {
    var feed = Session(isSingle: true)
    let before = feed.screen
    feed.press("g")
    #expect(feed.screen == before)
    #expect(feed.browser.nextTick == .milliseconds(200))
    feed.tick(199)
    #expect(feed.screen == before)
    feed.tick(1)
    #expect(feed.screen.contains("\n g…   u unread "))
    #expect(feed.browser.nextTick == nil)
    feed.press("<Esc>")
    #expect(feed.screen == before)
  }

  @Test func aSequenceTypedWithoutHesitationPaintsNothing() {
    var feed = Session(isSingle: true)
    feed.press("jG")
    feed.press("g")
    feed.press("g")
    #expect(feed.markedRow.contains("方差"))
    feed.tick(500)
    #expect(!feed.screen.contains("g…"))
  }

  @Test func anImpossibleSequenceIsNamedAndDropped() {
    var feed = Session(isSingle: true)
    feed.press("gx")
    #expect(feed.statusRow == " gx is not bound here — ? shows the keys")
    feed.press("j")
    #expect(feed.markedRow.contains("不等式"))
  }

  @Test func escapeForgetsACountAndNothingElse() {
    var feed = Session(isSingle: true)
    feed.press("?")
    feed.press("12")
    #expect(feed.hintRow == " 12")
    feed.press("<Esc>j")
    #expect(feed.screen.contains("── Help"))
    #expect(feed.markedRow.hasPrefix("▌Space "))
  }

  @Test func aDigitThatIsBoundIsNoCount() {
    var feed = Session(
      isSingle: true, settings: settings("include default\n[entries]\n3  bottom\n"))
    feed.press("3")
    #expect(feed.markedRow.contains("第一篇"))
    feed.press("13k")
    #expect(feed.markedRow.contains("第一篇") == false)
  }

  @Test func fullWidthKeysAreFoldedUnlessTheyAreBound() {
    var feed = Session(isSingle: true)
    feed.type("ｊ３ｊ")
    #expect(feed.markedRow.contains("第一篇"))
    feed.type("、")
    #expect(feed.browser.state.prompt != nil)
    feed.type("？ｊ。")
    #expect(feed.browser.state.prompt?.text == "？ｊ。")
    var bound = Session(
      isSingle: true, settings: settings("include default\n[list]\nｊ  bottom\n"))
    bound.type("ｊ")
    #expect(bound.markedRow.contains("第一篇"))
  }

  @Test func aPairOfEllipsesIsOneKey() {
    var feed = Session(
      isSingle: true, settings: settings("include default\n[list]\n^  select-next\n"))
    feed.type("……")
    #expect(feed.markedRow.contains("不等式"))
    feed.type("………")
    #expect(feed.markedRow.contains("正交"))
  }

  @Test func aPasteOutsideAPromptExecutesNothing() {
    var feed = Session(isSingle: true)
    feed.forgetEffects()
    feed.send(.pasted("Maq"))
    #expect(feed.effects.isEmpty)
    #expect(feed.statusRow.hasPrefix(" Pasted 3 characters"))
    feed.press(":")
    feed.send(.pasted("sort\u{1B} title\nquit"))
    #expect(feed.browser.state.prompt?.text == "sort title")
  }

  @Test func aPastedAddressIsWhatAddBeginsWith() {
    var feeds = session("")
    feeds.send(.pasted("https://math.example/feed\n"))
    #expect(feeds.statusRow == " Pasted 26 characters; a adds a feed from them")
    #expect(feeds.effects.isEmpty)
    feeds.press("a")
    #expect(feeds.hintRow == "add: https://math.example/feed")
    feeds.press("<Esc>a")
    #expect(feeds.hintRow == "add:")
  }

  @Test func oneBindingMayPerformSeveralCommands() {
    var feed = Session(
      isSingle: true,
      settings: settings("include default\n[entries]\nX  mark read above; select-next\n"))
    feed.press("jX")
    #expect(feed.row(1).hasPrefix("    方差"))
    #expect(feed.row(3).hasPrefix("▌●  从"))
  }

  @Test func helpListsTheKeysOfThisPaneAndRunsOne() {
    var feed = Session(isSingle: true)
    feed.press("?")
    #expect(feed.row(1).hasPrefix("── Help · keymap default · "))
    #expect(feed.row(2) == " Here: entries")
    // The most useful keys first, as in the row of hints.
    #expect(feed.row(3).hasPrefix("▌Enter  l  →"))
    #expect(feed.row(3).hasSuffix("open"))
    feed.press("w")
    #expect(feed.statusRow.hasPrefix(" Enter is bound in default.keymap:"))
    feed.press("/")
    feed.type("toggle-star")
    feed.press("<Enter>")
    #expect(feed.markedRow.hasPrefix("▌s "))
    feed.press("<Enter>")
    #expect(feed.effects.contains(.mark(.entries([.init(1)]), .starred, isStep: true)))
  }

  @Test func helpForAPrefixListsWhatFollows() {
    var feed = Session(isSingle: true)
    feed.press("M?")
    #expect(feed.screen.contains("\n── Help · keys after M · 5 keys here "))
    #expect(feed.screen.contains("Mark every entry of the list read"))
    #expect(!feed.screen.contains("toggle-star"))
  }

  @Test func everyRowOfHelpFitsTheScreen() {
    for columns in [20, 40, 80, 140] {
      var feed = Session(rows: 40, columns: columns, isSingle: true)
      feed.press("?")
      for row in feed.screen.split(separator: "\n") {
        #expect(CellText(String(row), profile: WidthProfile()).columns <= columns)
      }
    }
  }

  @Test func theColumnsAgreeInBothGlyphSetsAndWidths() {
    for (glyphs, ambiguous) in [(Settings.Glyphs.ascii, 1), (.unicode, 2), (.ascii, 2)] {
      var settings = Settings(profile: WidthProfile(ambiguousColumns: ambiguous))
      settings.glyphs = glyphs
      for keys in ["", "jj<Enter>", "gu<Enter>", "?", "jj<Enter><Enter>L"] {
        var shown = Session(rows: 40, columns: 140, settings: settings)
        shown.press(keys)
        let frame = shown.browser.frame()
        for row in 0..<40 {
          let cells = frame.row(row)
          #expect(cells.reduce(0) { $0 + $1.columns } == 140)
          #expect(!cells.contains { "▌▏│●★…·›─".contains($0.text) && !$0.text.isEmpty })
        }
      }
    }
  }
}

@Suite struct PromptTests {
  @Test func aCommandIsRunByAnUnambiguousPrefix() {
    var feed = Session(isSingle: true)
    feed.press(":")
    feed.type("toggle-r")
    feed.press("<Enter>")
    #expect(feed.effects.last == .mark(.entries([.init(1)]), .read, isStep: true))
    feed.press(":")
    feed.type("4")
    feed.press("<Enter>")
    #expect(feed.markedRow.contains("正交"))
  }

  @Test func aLineThatFailsStaysWithTheCursorAtTheFault() {
    var feed = Session(isSingle: true)
    feed.press(":")
    feed.type("sort dat")
    feed.press("<Enter>")
    #expect(feed.statusRow == " ! sort: unknown argument \"dat\" (did you mean \"date\"?)")
    #expect(feed.hintRow == ":sort dat")
    #expect(feed.browser.frame().cursor == Position(row: 23, column: 6))
    feed.press("<C-u><Esc>")
    #expect(feed.hintRow.hasPrefix(" Enter open"))
  }

  @Test func aCommandOfAnotherPaneSaysWhereItWorks() {
    var feed = Session(isSingle: true)
    feed.press(":")
    feed.type("next-heading")
    feed.press("<Enter>")
    #expect(feed.statusRow == " next-heading works in reader only")
  }

  @Test func editingIsByGraphemeCluster() {
    var prompt = Prompt(.find)
    prompt.insert("中文e\u{301}")
    #expect(prompt.characters.count == 3)
    prompt.erase()
    #expect(prompt.text == "中文")
    prompt.moveCursor(by: -1)
    prompt.insert("国")
    #expect(prompt.text == "中国文")
    #expect(prompt.columnsBeforeCursor(WidthProfile()) == 4)
    prompt.eraseToEnd()
    prompt.insert(" 二")
    prompt.eraseWord()
    #expect(prompt.text == "中国 ")
    prompt.delete()
    prompt.moveCursor(by: -9)
    prompt.delete()
    #expect(prompt.text == "国 ")
  }

  @Test func tabStepsThroughTheCandidates() {
    var feed = Session(isSingle: true)
    feed.press(":")
    feed.type("sort ")
    feed.press("<Tab>")
    #expect(feed.hintRow == ":sort date")
    feed.press("<Tab>")
    #expect(feed.hintRow == ":sort feed")
    feed.press("<S-Tab><S-Tab>")
    #expect(feed.hintRow == ":sort unread")
    feed.press("<Enter>")
    #expect(feed.statusRow == " sort: unread")
  }

  @Test func earlierLinesComeBack() {
    var feed = Session(isSingle: true)
    for line in ["sort title", "sort date"] {
      feed.press(":")
      feed.type(line)
      feed.press("<Enter>")
    }
    feed.press(":")
    feed.type("so")
    feed.press("<Up><Up>")
    #expect(feed.hintRow == ":sort title")
    feed.press("<Down><Down>")
    #expect(feed.hintRow == ":so")
  }

  @Test func aLongLineScrollsSideways() {
    var feed = Session(rows: 24, columns: 40, isSingle: true)
    feed.press("/")
    feed.type(String(repeating: "中文", count: 30))
    let cursor = feed.browser.frame().cursor
    #expect(cursor?.row == 23)
    #expect((cursor?.column ?? 99) < 40)
    #expect(feed.hintRow.hasSuffix("中文"))
  }
}

@Suite struct FoldedTextTests {
  @Test(
    arguments: [
      ("ReLU relu", "relu", [0..<4, 5..<9]),
      ("ReLU relu", "ReLU", [0..<4]),
      ("ＡＢ中", "ab", [0..<6]),
      ("一\n二", "一 二", [0..<7]),
      ("软\u{AD}连", "软连", [0..<8]),
      ("$x_{k + 1}$", "x_{k+1}", [1..<10]),
      ("\\theta \\Theta", "\\theta", [0..<6]),
      ("aaaa", "aa", [0..<2, 2..<4]),
      ("中文", "", []),
    ] as [(String, String, [Range<Int>])])
  func aPatternIsFoundWhereAReaderSeesIt(
    _ text: String, _ pattern: String, _ expected: [Range<Int>]
  ) {
    #expect(FoundRows(pattern).marks(in: text) == expected)
  }
}

@Suite struct DateTests {
  private let clock = Clock(
    now: .init(year: 2026, month: 11, day: 21, hour: 2), offsetSeconds: 8 * 3600)

  @Test(arguments: [
    (2026, 11, 20, 17, "01:00", "01:00"), (2026, 11, 20, 7, "11-20", "2026-11-20"),
    (2026, 1, 1, 0, "01-01", "2026-01-01"), (2025, 12, 31, 7, "2025", "2025-12-31"),
    (2025, 12, 31, 17, "01-01", "2026-01-01"),
  ])
  func aListDateIsLocalAndShort(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ short: String, _ long: String
  ) {
    let date = Clock(now: clock.now, offsetSeconds: clock.offsetSeconds)
    let moment = Timestamps.utc(year, month, day, hour)
    #expect(date.listDate(moment, isLong: false) == short)
    #expect(date.listDate(moment, isLong: true) == long)
    #expect(date.listDate(nil, isLong: true) == "")
  }
}
