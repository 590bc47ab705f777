import Cells
import Feeds
import Keymaps
import Testing

@testable import Browsing

/// `set`, `bind`, `unbind` and `reload-config` at the prompt.
@Suite struct SessionChangeTests {
  private var settings: Settings {
    var settings = Settings()
    settings.options = [
      Settings.Option(
        name: "reader.columns", value: "80", kind: "a number from 0 to 500",
        help: "The most columns a line takes.", words: []),
      Settings.Option(
        name: "reader.center", value: "true", kind: "true or false", help: "In the middle.",
        words: ["true", "false"]),
      Settings.Option(
        name: "layout.medium", value: "\"auto\"", kind: "\"auto\", \"above\", \"beside\"",
        help: "Where the list stands.", words: ["auto", "above", "beside"]),
    ]
    return settings
  }

  private func session(_ keys: String) -> Session {
    var session = Session(isSingle: true, settings: settings)
    session.forgetEffects()
    session.press(keys)
    return session
  }

  @Test func aSettingIsShownOrAskedToBeChanged() {
    #expect(
      session(":set<Space>reader.columns<Enter>").effects
        == [.changeSetting(name: "reader.columns", value: nil)])
    #expect(
      session(":set<Space>reader.columns<Space>72<Enter>").effects
        == [.changeSetting(name: "reader.columns", value: "72")])
    #expect(
      session(":set<Space>theme.link<Space>bold<Space>blue<Enter>").effects
        == [.changeSetting(name: "theme.link", value: "bold blue")])
    #expect(session(":reload<Enter>").effects == [.reloadSettings])
  }

  @Test func aRefusedChangeIsBackInThePrompt() {
    var session = session(":set<Space>reader.columns<Space>wide<Enter>")
    let effect = Effect.changeSetting(name: "reader.columns", value: "wide")
    session.send(
      .failed(
        Failure(sentence: "reader.columns must be a number from 0 to 500", request: effect)))
    #expect(session.statusRow == " ! reader.columns must be a number from 0 to 500")
    #expect(session.hintRow == ":set reader.columns wide")
  }

  @Test func namesAndValuesOfSettingsAreCompleted() {
    var session = session(":set<Space>rea")
    #expect(session.screen.contains("  set reader.columns   80  The most columns a line takes."))
    session.press("<Tab>")
    #expect(session.hintRow == ":set reader.columns")
    session.press("<Tab><Space>")
    #expect(session.screen.contains("  set reader.center true    as it is"))
    session.press("f<Tab>")
    #expect(session.hintRow == ":set reader.center false")
    var other = self.session(":set<Space>layout.medium<Space>a")
    #expect(other.screen.contains("set layout.medium above"))
    other.press("<Esc>:se")
    other.press("t<Space>reader.columns<Space><Tab>")
    #expect(other.hintRow == ":set reader.columns 80")
  }

  @Test func keysAreBoundWhereTheCommandWorks() {
    var session = session(":bind<Space>X<Space>mark<Space>read<Space>all;")
    session.type(" toggle-star\r")
    session.press("<Enter>")
    #expect(
      session.statusRow
        == " X does mark read all; toggle-star in entries reader, for this session")
    session.forgetEffects()
    session.press("X")
    #expect(session.effects.count == 2)
    session.press("?")
    session.type("/mark read all; ")
    session.press("<Enter>w")
    #expect(session.statusRow == " X was bound at the prompt")
  }

  @Test func aContextMayBeNamedAndCommandsAreCompleted() {
    var session = session("")
    session.type(":bind [entries] J open-p")
    session.press("<Esc>")
    session.type(":bind J open-p")
    #expect(session.screen.contains("bind J open-previous"))
    session.press("<Tab><Enter>")
    #expect(session.statusRow == " J does open-previous in entries reader, for this session")
    session.type(":bind [entries] J open-next")
    session.press("<Enter>")
    #expect(session.statusRow == " J does open-next in entries, for this session")
    session.press("<Enter>j")
    #expect(session.row(0).contains("方差"))
  }

  @Test(arguments: [
    ("bind", "bind needs keys and a command: bind X next-unread", 4),
    ("bind X", "the command is missing: bind KEYS COMMAND", 6),
    ("bind X nxt-unread", "unknown command \"nxt-unread\" (did you mean \"next-unread\"?)", 7),
    (
      "bind 好 mark read al",
      "mark read: unknown argument \"al\" (did you mean \"all\"?)", 17
    ),
    (
      "bind <C-S-j> redraw",
      "<C-S-j> cannot be sent by terminals without the kitty keyboard protocol", 5
    ),
    (
      "bind [entrees] x redraw", "unknown context \"entrees\" (did you mean \"entries\"?)", 5
    ),
    ("unbind", "unbind needs keys: unbind X", 6),
    ("unbind <Q>", "\"<Q>\" is no sequence of keys; write them as gg or <C-w>o", 7),
    ("unbind X", "X is not bound here", 7),
  ])
  func aLineThatCannotBeStaysWithTheCursorAtTheFault(
    _ line: String, _ message: String, _ column: Int
  ) {
    var session = session(":")
    session.type(line)
    session.press("<Enter>")
    #expect(session.statusRow == " ! " + message)
    #expect(session.hintRow == ":" + line)
    // The sign takes one column; a Chinese character before the place one more.
    let wide = line.prefix(column).filter { $0 == "好" }.count
    #expect(session.browser.frame().cursor?.column == column + 1 + wide)
  }

  @Test func aSequenceThatBeginsAnotherIsRefused() {
    var session = session(":bind<Space>g<Space>redraw<Enter>")
    #expect(session.screen.contains("\n ! \"g\" is complete here and also begins \"g"))
    session.press("<Esc>gg")
    #expect(session.statusRow == " sort: date")
  }

  @Test func whatWasUnboundDoesNothingAndEverySettingKeepsItSo() {
    var session = session(":unbind<Space>J<Enter>")
    #expect(session.statusRow == " J is not bound any more in entries, for this session")
    session.press("J")
    #expect(session.statusRow.hasPrefix(" J is not bound here"))
    session.press(":bind<Space>X<Space>quit<Enter>")
    var settings = settings
    settings.readerColumns = 40
    session.send(.settingsLoaded(settings))
    session.press("J")
    #expect(session.statusRow.hasPrefix(" J is not bound here"))
    session.press("X")
    #expect(session.browser.isFinished)
  }

  @Test func theBottomRowsFollowAChangeOfPanesWhenTheKeysRest() {
    var wide = Session(rows: 40, columns: 140)
    wide.press("jj<Enter><Enter>")
    wide.tick(600)
    let reader = wide.hintRow
    #expect(reader.hasPrefix(" Space page"))
    wide.press("ge")
    #expect(wide.hintRow == reader)
    wide.tick(400)
    wide.press("j")
    wide.tick(400)
    #expect(wide.hintRow == reader)
    #expect(wide.browser.nextTick == .milliseconds(100))
    wide.tick(100)
    #expect(wide.hintRow.hasPrefix(" Enter open"))
    #expect(wide.statusRow.hasPrefix(" sort: date"))
    wide.press("grge")
    #expect(wide.hintRow.hasPrefix(" Enter open"))
    #expect(wide.browser.nextTick == nil)
  }
}
