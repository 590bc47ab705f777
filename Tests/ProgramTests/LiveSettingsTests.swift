import Foundation
import Glibc
import Testing

/// Settings and keymaps in the running program.
@Suite(.serialized) struct LiveSettingsTests {
  /// A session whose settings stand in a file of its own.
  private struct Configured {
    let folder: TemporaryFolder
    let session: PtySession

    init(_ settings: String, keymaps: [String: String] = [:], feeds: Int = 1) throws {
      folder = try TemporaryFolder()
      _ = try folder.file("config.toml", settings)
      let keymapFolder = folder.url.appending(path: "keymaps")
      try FileManager.default.createDirectory(at: keymapFolder, withIntermediateDirectories: true)
      for (name, text) in keymaps {
        try text.write(
          to: keymapFolder.appending(path: name), atomically: true, encoding: .utf8)
      }
      // One feed is opened at once; several are shown in the feeds pane.
      var files = [Program.manual]
      for number in 1..<max(1, feeds) {
        files.append(
          try folder.file(
            "\(number).xml",
            "<rss version=\"2.0\"><channel><title>新站 \(number)</title><link>https://\(number).example/</link></channel></rss>"
          ))
      }
      session = try PtySession(
        files, environment: ["YUE_HOME": folder.url.path, "YUE_NO_QUERY": "1"])
    }

    func write(_ settings: String) throws { _ = try folder.file("config.toml", settings) }

    var lines: [String] {
      var picture = ScreenPicture(rows: 24, columns: 80)
      picture.show(session.output)
      return picture.lines
    }

    func shows(_ text: String) -> Bool {
      session.isTrue { lines.contains { $0.contains(text) } }
    }
  }

  @Test func theSettingChoosesTheKeymap() throws {
    let yue = try Configured("keymap = \"less\"\n")
    #expect(yue.shows("Ten keys"))
    yue.session.type("?")
    #expect(yue.shows("keymap less"))
    yue.session.type("q:set keymap vim\r")
    #expect(yue.shows("Now keymap = \"vim\"; to keep it: keymap = \"vim\" in config.toml"))
    yue.session.type("ZZ")
    #expect(yue.session.exitStatus() == 0)
  }

  @Test func aKeymapThatIsNotThereIsNamedWithWhatIsThere() throws {
    let yue = try Configured("keymap = \"vmi\"\n")
    #expect(yue.shows("there is no keymap 'vmi' (did you mean \"vim\"?)"))
    yue.session.type("qq")
    #expect(yue.session.exitStatus() == 0)
  }

  @Test func aSettingChangesAtThePromptAndSaysWhatWouldKeepIt() throws {
    let yue = try Configured("[reader]\ncolumns = 60\n")
    #expect(yue.shows("Ten keys"))
    yue.session.type(":set reader.columns\r")
    #expect(yue.shows("Now reader.columns = 60 (a number from 0 to 500; config.toml:2)"))
    yue.session.type(":set reader.columns 40\r")
    #expect(yue.shows("Now reader.columns = 40; to keep it: [reader] columns = 40 in config.toml"))
    yue.session.type("\r")
    #expect(yue.session.isTrue { yue.lines[1...20].allSatisfy { $0.count <= 62 } })
    yue.session.type(":set reader.columns wide\r")
    #expect(yue.shows("! reader.columns must be a number from 0 to 500"))
    #expect(yue.shows(":set reader.columns wide"))
    yue.session.type("\u{15}set readr.columns 1\r")
    #expect(yue.shows("unknown setting \"readr.columns\" (did you mean \"reader.columns\"?)"))
    yue.session.type("\u{3}Q")
    #expect(yue.session.exitStatus() == 0)
  }

  @Test func readingAgainIsAllOrNothing() throws {
    let yue = try Configured("keymap = \"vim\"\n")
    #expect(yue.shows("Ten keys"))
    try yue.write("keymap = \"less\"\n[reader]\ncolums = 3\n")
    yue.session.type(":reload-config\r")
    #expect(yue.shows("! config.toml:3:1: unknown setting \"reader.colums\""))
    yue.session.type("?")
    #expect(yue.shows("keymap vim"))
    yue.session.type("q")
    try yue.write("keymap = \"less\"\n")
    yue.session.type(":reload-config\r")
    #expect(yue.shows("Read the settings and the keymap less again"))
    yue.session.type("?")
    #expect(yue.shows("keymap less"))
    yue.session.type("qqq")
    #expect(yue.session.exitStatus() == 0)
  }

  @Test func aFaultyKeymapKeepsTheOldOneAndNamesTheLine() throws {
    let yue = try Configured(
      "keymap = \"mine\"\n", keymaps: ["mine.keymap": "include default\n[entries]\nX  quit\n"])
    #expect(yue.shows("Ten keys"))
    let file = yue.folder.url.appending(path: "keymaps/mine.keymap")
    try "include default\n[entries]\nY  quti\n".write(
      to: file, atomically: true, encoding: .utf8)
    yue.session.type(":reload-config\r")
    #expect(yue.shows("! mine.keymap:3:4: unknown command \"quti\" (did you mean \"quit\"?)"))
    yue.session.type("X")
    #expect(yue.session.exitStatus() == 0)
  }

  @Test func aSignalReadsTheSettingsAgain() throws {
    let yue = try Configured("")
    #expect(yue.shows("Ten keys"))
    try yue.write("keymap = \"emacs\"\n")
    kill(yue.session.process, SIGUSR1)
    #expect(yue.shows("Read the settings and the keymap emacs again"))
    yue.session.type("\u{18}\u{3}")
    #expect(yue.session.exitStatus() == 0)
  }

  @Test func theListsAboveTheFeedsAreThoseOfTheSettings() throws {
    let yue = try Configured(
      "[list]\nsmart-feeds = [\"starred\", \"unread\"]\nruler = true\n[layout]\npanes = 1\n",
      feeds: 2)
    #expect(yue.shows("1/4"))
    #expect(yue.lines[1].contains("Starred") && yue.lines[2].contains("Unread"))
    yue.session.type(":set list.smart-feeds today, all\r")
    #expect(yue.shows("Now list.smart-feeds = [\"today\", \"all\"]"))
    #expect(yue.session.isTrue { yue.lines[1].contains("Today") })
    yue.session.type(":set list.smart-feeds heute\r")
    #expect(yue.shows("! list.smart-feeds must be a list of"))
    yue.session.type("\u{3}Q")
    #expect(yue.session.exitStatus() == 0)
  }

  @Test func theThemeOfTheFileIsTheOneOnTheScreen() throws {
    let yue = try Configured("[theme]\nbase = \"dark\"\nselected = \"bold #ff0000\"\n")
    #expect(yue.shows("Ten keys"))
    // The nearest of the 256 colours.
    #expect(yue.session.shows("38;5;196m"))
    yue.session.type("qq")
    #expect(yue.session.exitStatus() == 0)
  }
}
