import Cells
import Feeds
import Keymaps
import Testing

@testable import Browsing

/// The screen of an empty library.
@Suite struct FirstRunTests {
  private func start(
    rows: Int = 24, columns: Int = 80, finds: Int? = 42, settings: Settings = Settings()
  ) -> Browser {
    var settings = settings
    settings.libraryPlace = "~/.local/share/yue"
    var browser = Browser(settings: settings, size: Size(rows: rows, columns: columns))
    _ = browser.start()
    #expect(browser.receive(.libraryLoaded(Library())) == [.lookForLists])
    if let finds {
      let list = FoundList(
        path: "/home/li/.newsboat/urls", shownPath: "~/.newsboat/urls", feedCount: finds)
      _ = browser.receive(.listFound(list))
    }
    return browser
  }

  private func press(_ keys: String, _ browser: inout Browser) -> [Effect] {
    (Key.sequence(keys) ?? []).flatMap { browser.receive(.key($0)) }
  }

  @Test func itSaysWhatCanBeDoneAndThreeThingsToKnow() {
    let expected = """
      ▌yue                                                                    0 feeds

         阅 yue — a reader of feeds, for mathematics and Chinese

         Your library is empty. Choose one:

      ▌  Enter   read the manual: offline, short, with formulas and a few tasks
         s       subscribe to 科学空间  https://kexue.fm/feed
         a       add a feed or a site by its address…
         i       import ~/.newsboat/urls (found: 42 feeds)
         o       import an OPML file…
         q       quit

         Three things to know

         Space   goes on: page by page, then the next unread entry
         ?       lists the keys that work where you are
         u       undoes any mark, even “mark all read”

         Your library will be in ~/.local/share/yue  (yue paths shows all places).



       Enter manual   s 科学空间   a add   i import   o OPML   ? keys   q quit
      """
    #expect(start().frame().text == expected)
  }

  @Test func eachLetterDoesWhatItSays() {
    var browser = start()
    #expect(press("<Enter>", &browser) == [.openManual])
    #expect(
      press("s", &browser) == [.subscribe(address: "https://kexue.fm/feed", folder: [])])
    #expect(press("i", &browser) == [.importList(path: "/home/li/.newsboat/urls")])
    #expect(press("a", &browser).isEmpty)
    #expect(browser.frame().text.hasSuffix("add:"))
    _ = press("<Esc>o", &browser)
    #expect(browser.frame().text.hasSuffix("import:"))
    #expect(press("f.opml<Enter>", &browser).last == .importList(path: "f.opml"))
    #expect(press("q", &browser).contains(.quit))
  }

  @Test func rowsAreChosenAsInAnyList() {
    var browser = start()
    #expect(
      press("jj k<Enter>", &browser).last
        == .subscribe(address: "https://kexue.fm/feed", folder: []))
    #expect(press("G<Enter>", &browser).last == .quit)
    var again = start(finds: nil)
    #expect(press("99jgg<Enter>", &again) == [.openManual])
  }

  @Test func whatWasNotFoundIsNotOffered() {
    var browser = start(finds: nil)
    #expect(!browser.frame().text.contains(" i "))
    #expect(press("i", &browser).isEmpty)
  }

  @Test func theManualIsOpenedAtItsFirstPage() {
    var browser = start()
    _ = press("<Enter>", &browser)
    let feed = FeedID(1)
    let effects = browser.receive(
      .subscribed(feed, title: "yue 阅", isNew: true, entryCount: 1))
    #expect(effects.contains(.loadEntries(EntryQuery(scope: .feed(feed)), .first)))
    let row = EntrySummary(
      id: EntryID(7), feed: feed, feedTitle: "yue 阅", title: "$e^{i\\pi}$", link: nil,
      date: nil)
    let next = browser.receive(
      .entriesLoaded(EntryQuery(scope: .feed(feed)), .first, EntryPage(entries: [row])))
    #expect(next.contains(.loadArticle(EntryID(7))))
  }

  @Test func aFullWidthLetterIsThatLetter() {
    var browser = start()
    #expect(press("ｑ", &browser).contains(.quit))
  }

  @Test func helpAndTheCommandPromptWorkThere() {
    var browser = start()
    _ = press("?", &browser)
    #expect(browser.frame().text.contains("Help"))
    _ = press("q:", &browser)
    #expect(browser.frame().text.hasSuffix("\n:"))
    #expect(!browser.isFinished)
  }

  @Test func theChoicesAreReadableOnEverySize() {
    for rows in 5...40 {
      for columns in [20, 30, 40, 59, 60, 80, 140] {
        let browser = start(rows: rows, columns: columns)
        let text = browser.frame().text
        #expect(text.contains(columns < 40 ? "manual" : "read the manual"), "\(rows)×\(columns)")
        let widest = text.split { $0 == "\n" }.map(\.count).max() ?? 0
        #expect(widest <= columns)
        if columns < 60 { #expect(!text.contains("https://")) }
        if rows < 16 { #expect(!text.contains("Three things")) }
        if rows >= 11 { #expect(text.contains("quit"), "\(rows)×\(columns)") }
      }
    }
  }

  @Test func aPlaceTooLongForTheScreenLosesItsMiddle() {
    func shown(_ place: String, columns: Int) -> String {
      var settings = Settings()
      settings.libraryPlace = place
      var browser = Browser(settings: settings, size: Size(rows: 24, columns: columns))
      _ = browser.start()
      _ = browser.receive(.libraryLoaded(Library()))
      let lines = browser.frame().text.split(separator: "\n")
      return lines.first { $0.contains("ibrary") && $0.contains("/") }.map {
        String($0.drop { $0 == " " })
      } ?? ""
    }
    #expect(shown("~/.local/share/yue", columns: 40) == "Library: ~/.local/share/yue")
    #expect(
      shown("/home/li/projects/of/mine/yue-library", columns: 40)
        == "Library: /home/…/mine/yue-library")
    #expect(
      shown("/home/li/projects/of/mine/that/are/rather/deep/inside/yue-library", columns: 80)
        == "Your library will be in /home/…/that/are/rather/deep/inside/yue-library")
    #expect(shown("/" + String(repeating: "long", count: 20), columns: 40) == "")
  }

  @Test func theKeysAreThoseOfTheKeymap() throws {
    let file = try #require(BuiltInKeymaps.file("less"))
    var settings = Settings(keymap: KeymapReader(rules: Command.rules).read(file).keymap)
    settings.keymapName = "less"
    let text = start(settings: settings).frame().text
    #expect(text.contains(":undo   undoes any mark"))
  }

  @Test func anImportSaysWhatCameOfItAndFetches() {
    var browser = start()
    var tally = ImportTally()
    tally.addedCount = 41
    tally.knownCount = 1
    tally.skipped = ["line 3: the address has no host (http://)"]
    let effects = browser.receive(.listImported(path: "~/.newsboat/urls", tally))
    #expect(effects.contains(.refresh(.due)) && effects.contains(.loadLibrary))
    #expect(
      browser.frame().text.contains(
        "Added 41 feeds, 1 were there, left out 1: line 3: the address has no host"))
  }
}
