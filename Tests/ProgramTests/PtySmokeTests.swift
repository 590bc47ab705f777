import Foundation
import Glibc
import Testing

/// The real binary on a real (pseudo-)terminal.
@Suite(.serialized) struct PtySmokeTests {
  private static let leaveAlternateScreen = "\u{1B}[?1049l"

  @Test func theBrowserOpensReadsAndQuitsLeavingTheTerminalAsItWas() throws {
    let session = try PtySession([Program.manual])
    let before = session.terminalSettings
    #expect(!before.isEmpty)
    #expect(session.shows("Ten"))
    #expect(session.terminalSettings != before, "the terminal is in raw mode while yue runs")
    let listEnd = session.output.count
    session.type("j\r")
    #expect(session.shows("终端里阅读订阅源", after: listEnd), "the second article is in Chinese")
    // From the article to the list, from the list to the feeds, and out.
    session.type("qqq")
    #expect(session.exitStatus() == 0)
    #expect(session.terminalSettings == before)
    #expect(session.text.contains(Self.leaveAlternateScreen))
    #expect(session.errors.isEmpty)
  }

  @Test func withoutAFileTheLibraryIsOpenedAndMade() throws {
    let session = try PtySession([])
    #expect(session.shows("yue"))
    let library = session.home.url.appending(path: ".local/share/yue/yue.db")
    session.type("q")
    #expect(session.exitStatus() == 0)
    #expect(FileManager.default.fileExists(atPath: library.path))
  }

  @Test func terminationRestoresTheTerminalAndSays143() throws {
    let session = try PtySession([Program.manual])
    let before = session.terminalSettings
    #expect(session.shows("Ten"))
    kill(session.process, SIGTERM)
    #expect(session.exitStatus() == 143)
    #expect(session.terminalSettings == before)
    #expect(session.text.contains(Self.leaveAlternateScreen))
  }

  @Test func hangupEndsTheProgramWith129() throws {
    let session = try PtySession([Program.manual])
    #expect(session.shows("Ten"))
    kill(session.process, SIGHUP)
    #expect(session.exitStatus() == 129)
  }

  @Test(arguments: [(40, 20), (20, 6), (2, 1), (200, 60)] as [(UInt16, UInt16)])
  func aNewSizeIsDrawnAndTheProgramGoesOn(_ columns: UInt16, _ rows: UInt16) throws {
    let session = try PtySession([Program.manual])
    #expect(session.shows("Ten"))
    let start = session.output.count
    session.resize(rows: rows, columns: columns)
    // Everything is sent again after a resize, beginning with a cleared screen.
    #expect(session.shows("\u{1B}[H\u{1B}[2J", after: start))
    #expect(session.isRunning)
    session.resize(rows: 24, columns: 80)
    session.type("j")
    #expect(session.shows("Ten", after: start))
    session.type("qq")
    #expect(session.exitStatus() == 0)
  }

  @Test func aFeedFromStandardInputLeavesTheKeysToTheTerminal() throws {
    let session = try PtySession(["-"], controls: true, input: Program.manual)
    #expect(session.shows("Ten"))
    session.type("qq")
    #expect(session.exitStatus() == 0)
  }

  @Test func bytesThatAreNoKeysDoNotEndTheProgram() throws {
    let session = try PtySession([Program.manual])
    #expect(session.shows("Ten"))
    session.type("\u{1B}]11;rgb:1e1e/1e1e/2e2e\u{7}\u{1B}[?64;1;2c\u{1B}[200~qqq\u{1B}[201~")
    let start = session.output.count
    session.type("j\r")
    #expect(session.shows("终端里阅读订阅源", after: start), "no letter of a reply was a command")
    #expect(session.isRunning)
    session.type("qqq")
    #expect(session.exitStatus() == 0)
  }
}
