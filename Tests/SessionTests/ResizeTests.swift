import Browsing
import Cells
import Documents
import Feeds
import Foundation
import Keymaps
import Parsing
import Testing

/// What a storm of sizes does to the place of reading.
@Suite struct ResizeTests {
  /// Paragraphs of Chinese, each sentence known by its number, with formulas among them.
  private static func html(paragraphs: Int) -> String {
    var html = ""
    for number in 1...paragraphs {
      html += "<p>"
      for sentence in 1...4 {
        html +=
          "〔\(number).\(sentence)〕真正改变夹角的是激活函数，设$\\boldsymbol{x}_{\(number)}\\in\\mathbb{R}^{d}$，"
          + "则有一个漂亮的闭式，这里写长一点以便跨过几行。"
      }
      html += "</p>"
      if number % 5 == 0 {
        html +=
          "\\begin{equation}\\cos\\theta_{\(number)}=\\frac{1}{\\pi}(\\sin\\theta+(\\pi-\\theta)\\cos\\theta)\\end{equation}"
      }
      if number % 7 == 0 {
        html += "<table><tr><td>\(number)</td><td>一个相当宽的单元格，里面有很多字</td></tr></table>"
      }
    }
    return html
  }

  private func reading(paragraphs: Int = 20) throws -> (browser: Browser, text: [UInt8]) {
    let document = DocumentReader(language: "zh").document(
      html: Array(Self.html(paragraphs: paragraphs).utf8))
    var facts = ParsedEntry()
    facts.title = "方差从哪里来：归一化的一种几何解释"
    let feed = FeedRow(
      id: FeedID(1), title: "数学小站", link: "https://math.example/", unreadCount: 1, entryCount: 1)
    let entry = Entry(id: EntryID(1), feed: feed.id, feedTitle: feed.title, facts: facts)
    var browser = Browser(size: Size(rows: 24, columns: 80))
    var events: [Event] = [
      .ticked(Timestamp(secondsSince1970: 1_795_226_400), offsetSeconds: 28_800, uptime: .zero),
      .libraryLoaded(Library(feeds: [feed])),
    ]
    _ = browser.start()
    while !events.isEmpty {
      for effect in browser.receive(events.removeFirst()) {
        switch effect {
        case .loadEntries(let query, let request):
          events.append(
            .entriesLoaded(query, request, EntryPage(entries: [entry.summary], totalCount: 1)))
          events.append(.key(Key(.enter)))
        case .loadArticle(let id): events.append(.articleLoaded(id, entry, document, at: nil))
        default: break
        }
      }
    }
    return (browser, document.text)
  }

  /// The place that would be stored now.
  private func place(_ browser: Browser) throws -> Int {
    var browser = browser
    for effect in browser.receive(.terminated(signal: 15)) {
      if case .savePosition(_, let position) = effect { return position.byteOffset }
    }
    throw SessionScript.Fault(description: "no place of reading was stored")
  }

  @Test func aThousandSizesNeitherCrashNorMoveTheReadingPlaceByASentence() throws {
    var (browser, text) = try reading()
    for _ in 0..<4 { _ = browser.receive(.key(Key(.space))) }
    let before = try place(browser)
    #expect(before > text.count / 10)
    var state: UInt64 = 20_261_128
    func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % sides
    }
    for _ in 0..<1_000 {
      let size = Size(rows: 1 + roll(100), columns: 1 + roll(300))
      _ = browser.receive(.resized(size))
      let frame = browser.frame()
      #expect(frame.size == size)
    }
    #expect(try place(browser) == before)
    _ = browser.receive(.resized(Size(rows: 24, columns: 80)))
    #expect(try place(browser) == before)
    // And that place is the first line shown, not only the one remembered.
    let sentence = String(decoding: text[before..<min(text.count, before + 24)], as: UTF8.self)
    let rows = browser.frame().text.split(separator: "\n")
    #expect(rows.dropFirst().first?.contains(sentence.prefix(6)) == true)
  }

  /// Every size once at least where panes come and go.
  @Test func everySmallSizeIsDrawn() throws {
    var (browser, _) = try reading(paragraphs: 8)
    for rows in 1...30 {
      for columns in [1, 2, 19, 20, 21, 35, 36, 59, 60, 99, 100, 139, 140, 141] {
        let size = Size(rows: rows, columns: columns)
        _ = browser.receive(.resized(size))
        #expect(browser.frame().size == size)
      }
    }
  }
}
