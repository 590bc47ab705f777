import Foundation
import Glibc
import Testing

/// `yue --line`: a dialogue of lines through the real program.
@Suite(.serialized) struct LineModeTests {
  private static let feed = """
    <rss version="2.0"><channel><title>数学小站</title><link>https://example.org/</link>
    <item><title>方差从哪里来</title><link>https://example.org/1</link><guid>1</guid>
    <pubDate>Thu, 16 Jan 2020 15:10:00 GMT</pubDate>
    <description><![CDATA[<p>归一化的一种几何解释：$\\sigma^2 = E[x^2] - E[x]^2$，见<a
    href="https://example.org/ref">另一篇</a>。</p>]]></description></item>
    <item><title>Swift 的 Mutex</title><link>https://example.org/2</link><guid>2</guid>
    <pubDate>Wed, 15 Jan 2020 09:02:00 GMT</pubDate><description>同步。</description></item>
    <item><title>空的</title><link>https://example.org/3</link><guid>3</guid>
    <pubDate>Tue, 14 Jan 2020 09:02:00 GMT</pubDate></item></channel></rss>
    """

  /// The answers to some lines, typed by a program.
  private static func answers(_ lines: String...) throws -> String {
    let folder = try TemporaryFolder()
    let name = try folder.file("feed.xml", feed)
    let input = try folder.file("lines", lines.joined(separator: "\n") + "\n")
    let process = Process()
    guard let program = Program.url else { throw SetupError("yue is not built") }
    process.executableURL = program
    process.arguments = ["--line", name]
    process.environment = Program.environment(home: folder.url)
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: input))
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw SetupError("\(process.terminationStatus)") }
    return String(decoding: data, as: UTF8.self)
  }

  @Test func aListIsNumberedAndStatesAreWords() throws {
    let shown = try Self.answers("view unread")
    #expect(
      shown == """
        yue — 3 unread in 1 feed. A number opens, a command acts, ? helps.
          1  unread           2020-01-16  数学小站          方差从哪里来
          2  unread           2020-01-15  数学小站          Swift 的 Mutex
          3  unread           2020-01-14  数学小站          空的

        """)
  }

  @Test func aNumberOpensAnEntryAsShowPrintsIt() throws {
    let shown = try Self.answers("view all", "1", "link", "link 1", "link 7")
    #expect(
      shown.hasSuffix(
        """
        方差从哪里来
        数学小站 · 2020-01-16 15:10 · 1 formula
        https://example.org/1

        归一化的一种几何解释：$\\sigma^2 = E[x^2] - E[x]^2$，见另一篇[1]。

        [1] https://example.org/ref
        https://example.org/1
        https://example.org/ref
        There is no link 7 in this entry.

        """))
  }

  @Test func marksAreSaidInWordsAndUndone() throws {
    let shown = try Self.answers(
      "view all", "2", "mark unread", "star 1 3", "view starred", "undo", "view starred")
    #expect(shown.contains("\nEntry 2 is unread.\n"))
    #expect(shown.contains("\nEntries 1, 3 are starred.\n"))
    #expect(shown.contains("  1  unread starred   2020-01-16  数学小站          方差从哪里来\n"))
    #expect(shown.contains("\nTaken back: "))
    #expect(shown.hasSuffix("No entry is starred.\n"))
  }

  @Test func nextAndPreviousWalkThroughTheList() throws {
    let shown = try Self.answers("view all", "next", "next", "next", "next", "prev")
    let places = shown.split(separator: "\n").filter { $0.hasPrefix("Entry ") }
    #expect(places == ["Entry 1 of 3", "Entry 2 of 3", "Entry 3 of 3", "Entry 2 of 3"])
    #expect(shown.contains("This was the last entry of the list.\n"))
    #expect(shown.contains("The feed gives no text for this entry.\n"))
  }

  @Test func searchingFindsChineseInTheText() throws {
    let shown = try Self.answers("search 几何解释", "1")
    #expect(shown.contains("方差从哪里来"))
    #expect(!shown.contains("Mutex"))
  }

  @Test func feedsAreListedAndOpenedByNumber() throws {
    let shown = try Self.answers("feeds", "1", "9", "ｆｅｅｄｓ", "９")
    #expect(shown.contains("  1  3 unread      数学小站\n"))
    #expect(shown.contains("There is no entry 9; the list has 1 to 3.\n"))
    #expect(shown.hasSuffix("There is no feed 9; the list has 1 to 1.\n"), "full-width letters")
  }

  @Test func whatIsNoCommandSaysWhatToDo() throws {
    let shown = try Self.answers(
      "sing", "mark", "view", "search", "1", "next", "mark read", "link", "more", "undo", "\u{1B}[A"
    )
    #expect(shown.contains("'sing' is no command; ? lists them.\n"))
    #expect(shown.contains("mark needs read, unread, starred or unstarred: mark unread 3\n"))
    #expect(shown.contains("view needs unread, all, starred or today: view unread\n"))
    #expect(shown.contains("search needs words"))
    #expect(shown.contains("No list is shown; view unread shows one.\n"))
    #expect(shown.contains("No entry is open; a number of the list opens one.\n"))
    #expect(shown.contains("That was all.\n"))
    #expect(shown.contains("There is nothing to take back.\n"))
    #expect(!shown.utf8.contains(0x1B))
  }

  @Test func helpNamesEveryCommand() throws {
    let shown = try Self.answers("?", "quit", "view all")
    for word in ["view", "next", "prev", "more", "mark", "star", "search", "refresh", "quit"] {
      #expect(shown.contains(word))
    }
    #expect(!shown.contains("方差"), "nothing is done after quit")
  }

  @Test func aTerminalThatCannotPlaceTheCursorGetsTheDialogueAndNoEscape() throws {
    let folder = try TemporaryFolder()
    let name = try folder.file("feed.xml", Self.feed)
    let session = try PtySession([name], environment: ["TERM": "dumb"])
    #expect(session.shows("'dumb' cannot place the cursor, so yue speaks in lines."))
    #expect(session.shows("> "))
    session.type("view unread\n")
    #expect(session.shows("方差从哪里来"))
    session.type("1\n")
    #expect(session.shows("归一化"))
    session.type("quit\n")
    #expect(session.exitStatus() == 0)
    #expect(!session.output.contains(0x1B))
  }

  @Test func aLongTextPausesByPagesForAPerson() throws {
    let session = try PtySession(["--line", Program.manual], rows: 10)
    #expect(session.shows("> "))
    session.type("view all\n1\n")
    #expect(session.shows("more lines: more)"))
    let start = session.output.count
    session.type("more\n")
    #expect(session.shows("more lines: more)", after: start))
    session.type("\u{4}")
    #expect(session.exitStatus() == 0)
  }

  @Test func theInterruptKeyEndsTheDialogue() throws {
    let session = try PtySession([Program.manual], environment: ["TERM": "dumb"], controls: true)
    #expect(session.shows("> "))
    kill(session.process, SIGINT)
    #expect(session.exitStatus() == 128 + SIGINT)
  }
}
