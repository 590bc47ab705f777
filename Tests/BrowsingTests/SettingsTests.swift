import Cells
import Feeds
import Testing

@testable import Browsing

/// What single settings of the interface change.
@Suite struct SettingsTests {
  private func session(
    rows: Int = 24, columns: Int = 80, isSingle: Bool = true, _ change: (inout Settings) -> Void
  ) -> Session {
    var settings = Settings()
    change(&settings)
    return Session(rows: rows, columns: columns, isSingle: isSingle, settings: settings)
  }

  private func marks(_ session: Session) -> [Effect] {
    session.effects.filter { if case .mark = $0 { true } else { false } }
  }

  @Test func anEntryIsReadWhenItsEndWasShownAndStaysUnreadWhenMarkedSoThere() {
    var session = session(rows: 12) { $0.readMark = .end }
    session.press("<Enter>")
    #expect(marks(session).isEmpty)
    session.press("G")
    #expect(marks(session) == [.mark(.entries([EntryID(1)]), .read, isStep: false)])
    session.press("m")
    #expect(marks(session).count == 2)
    session.press("kjG")
    #expect(marks(session).count == 2, "what was marked unread at the end is not marked again")
    session.press("qq<Enter>G")
    #expect(marks(session).count == 2, "the same entry, still open")
  }

  @Test func anEntryThatFitsOnTheScreenIsReadAtOnceThen() {
    var session = session(rows: 200) { $0.readMark = .end }
    session.press("<Enter>")
    #expect(marks(session) == [.mark(.entries([EntryID(1)]), .read, isStep: false)])
  }

  @Test func theRulerCountsTheRowsOfTheFocusedList() {
    var session = session { $0.showsRuler = true }
    #expect(session.statusRow.hasSuffix("1/5"))
    session.press("jj")
    #expect(session.statusRow.hasSuffix("3/5"))
    session.press("q")
    #expect(session.statusRow.hasSuffix("1/1"))
  }

  @Test func theSelectedRowIsABarFromEdgeToEdge() {
    var session = session { $0.selection = .bar }
    session.press("j")
    let frame = session.browser.frame()
    func isReversed(_ row: Int) -> Bool {
      frame.row(row).allSatisfy { $0.style.attributes.contains(.reverse) }
    }
    #expect(isReversed(2) && !isReversed(1) && !isReversed(3))
    session.press("<Enter>")
    #expect(!session.browser.frame().row(2).contains { $0.style.attributes.contains(.reverse) })
  }

  @Test func linksHaveNumbersOrLabelsOrNeither() {
    var numbers = session { _ in }
    numbers.press("<Enter>")
    #expect(numbers.screen.contains("[1]"))
    var hints = session { $0.links = .hints }
    hints.press("<Enter>")
    #expect(!hints.screen.contains("[1]"))
    let before = hints.screen
    hints.press("f")
    #expect(hints.screen != before, "the first cells of the link are covered")
    hints.press("<Esc>")
    #expect(
      hints.screen.split(separator: "\n").dropLast(2) == before.split(separator: "\n").dropLast(2))
  }

  @Test func aListHasTheOrderOfTheSettingsUntilItHasItsOwn() {
    var session = session(isSingle: false) { $0.listOrder = .title }
    session.forgetEffects()
    session.press("G<Enter>")
    let queries = session.effects.compactMap { effect -> EntryQuery? in
      if case .loadEntries(let query, _) = effect { query } else { nil }
    }
    #expect(queries.first?.order == .title)
    session.press("Sdqgg")
    session.forgetEffects()
    session.press("G<Enter>")
    #expect(
      session.effects.contains {
        if case .loadEntries(let query, _) = $0 { query.order == .date } else { false }
      })
  }

  @Test func panesAreAsManyAndAsWideAsTheSettingsSay() {
    func shown(_ change: (inout Settings) -> Void) -> Panes {
      var session = self.session(rows: 40, columns: 160, isSingle: false, change)
      session.press("G<Enter><Enter>")
      return session.browser.panes
    }
    #expect(shown { _ in }.places.count == 3)
    #expect(shown { $0.panes = 1 }.places.count == 1)
    #expect(shown { $0.showsFeedsPane = false }.places.map(\.pane) == [.entries, .reader])
    #expect(shown { $0.feedsColumns = 24 }.place(of: .feeds)?.content.columns == 24)
    var session = self.session(rows: 40, columns: 160, isSingle: false) { $0.panes = 1 }
    session.press("z0")
    #expect(session.browser.panes.places.count == 3)
    session.press("zf")
    #expect(session.browser.panes.places.count == 2)
    session.press("zf")
    #expect(session.browser.panes.places.count == 3)
  }
}
