import Cells
import Feeds
import Keymaps
import Testing

@testable import Browsing

/// A library of a million entries, of which a page at a time exists.
@Suite struct MillionTests {
  private struct Library {
    static let count = 1_000_000
    static let pageRows = 200
    var browser = Browser(size: Size(rows: 24, columns: 80))
    private(set) var pagesAsked = 0
    private(set) var marks: [EntrySelection] = []

    init() {
      let row = FeedRow(
        id: FeedID(1), title: "数学小站", link: nil, unreadCount: Self.count, entryCount: Self.count)
      _ = browser.start()
      send(.ticked(Session.now, offsetSeconds: 28_800, uptime: .zero))
      send(
        .libraryLoaded(
          Feeds.Library(feeds: [row], unreadCount: Self.count, entryCount: Self.count)))
    }

    /// The row of a number, counted from 0, the newest first.
    private func row(_ number: Int) -> EntrySummary {
      EntrySummary(
        id: EntryID(Int64(Self.count - number)), feed: FeedID(1), feedTitle: "数学小站",
        title: "第\(number + 1)篇：$x_{\(number + 1)}$",
        date: Timestamp(secondsSince1970: Int64(1_790_000_000 - number * 60)))
    }

    private func page(_ request: PageRequest) -> EntryPage {
      func number(_ id: EntryID) -> Int { Self.count - Int(id.number) }
      let first =
        switch request {
        case .first: 0
        case .last: Self.count - Self.pageRows
        case .after(let position): number(position.id) + 1
        case .before(let position): number(position.id) - Self.pageRows
        case .around(let id): number(id) - Self.pageRows / 2
        case .atRow(let row): row - Self.pageRows / 2
        }
      let start = max(0, min(first, Self.count))
      var end = min(Self.count, start + Self.pageRows)
      if case .before(let position) = request { end = number(position.id) }
      let rows = (start..<max(start, end)).map(row)
      return EntryPage(
        entries: rows, earlier: start > 0 ? rows.first?.position : nil,
        later: end < Self.count ? rows.last?.position : nil, totalCount: Self.count,
        unreadCount: Self.count)
    }

    mutating func send(_ event: Event) {
      var events = [event]
      while !events.isEmpty {
        for effect in browser.receive(events.removeFirst()) {
          switch effect {
          case .loadEntries(let query, let request):
            pagesAsked += 1
            events.append(.entriesLoaded(query, request, page(request)))
          case .mark(let selection, _, _):
            marks.append(selection)
            events.append(.stored(effect, UndoStep(id: 1, label: "Marked 1 entry read")))
          case .undo: events.append(.undone([UndoStep(id: 1, label: "Marked")], isRedo: false))
          default: break
          }
        }
      }
    }

    mutating func press(_ keys: String) {
      for key in Key.sequence(keys) ?? [] { send(.key(key)) }
    }

    var selected: String? { browser.state.entries?.selected?.title }
    var loadedRows: Int { browser.state.entries?.rows.count ?? 0 }
  }

  @Test func everyRowIsAFewPagesAway() {
    var library = Library()
    #expect(library.browser.frame().text.contains("1000000 unread of 1000000"))
    for (keys, number) in [
      ("G", 1_000_000), ("gg", 1), ("500000G", 500_000), ("300j", 500_300), ("1000k", 499_300),
      ("9999999j", 1_000_000), ("9999999k", 1), ("999999G", 999_999),
    ] {
      let before = library.pagesAsked
      library.press(keys)
      #expect(library.selected == "第\(number)篇：$x_{\(number)}$", "\(keys)")
      #expect(library.pagesAsked - before <= 3, "\(keys)")
    }
  }

  @Test func howeverFarOneGoesTheRowsKeptAreFew() {
    var library = Library()
    library.press("400000G")
    var most = 0
    for _ in 0..<300 {
      library.press("<PgDn>")
      most = max(most, library.loadedRows)
    }
    #expect(library.selected == "第406000篇：$x_{406000}$")
    for _ in 0..<600 {
      library.press("<PgUp>")
      most = max(most, library.loadedRows)
    }
    #expect(library.selected == "第394000篇：$x_{394000}$")
    #expect(most <= EntryList.mostRows + Library.pageRows)
  }

  @Test func aMarkOfHalfAMillionNamesNoEntry() throws {
    var library = Library()
    library.press("500000GMj")
    guard case .listBelow(_, let position, _)? = library.marks.first else {
      Issue.record("\(library.marks)")
      return
    }
    #expect(position.id == EntryID(500_001))
    library.press("uMa")
    guard case .list? = library.marks.last else {
      Issue.record("\(library.marks)")
      return
    }
  }
}
