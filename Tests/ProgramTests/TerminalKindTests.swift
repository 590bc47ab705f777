import Foundation
import Glibc
import Testing

/// The real program on terminals of many kinds, and what they do to it.
@Suite(.serialized) struct TerminalKindTests {
  private static let clear = "\u{1B}[H\u{1B}[2J"
  private static let leaveAlternateScreen = "\u{1B}[?1049l"

  /// What the screen shows since it was last cleared.
  private static func picture(_ session: PtySession) -> ScreenPicture {
    let marker = Array(clear.utf8)
    let output = session.output
    let start = output.indices.last { output[$0...].starts(with: marker) } ?? 0
    var picture = ScreenPicture(rows: 24, columns: 80)
    picture.show(output[start...])
    return picture
  }

  // MARK: What is asked of the terminal

  @Test func theTerminalIsAskedOnceAndNotWaitedFor() throws {
    let session = try PtySession([Program.manual])
    #expect(session.shows("Ten"), "the first frame does not wait for the answer")
    #expect(session.text.contains("\u{1B}[?2026$p\u{1B}[c"))
    session.type("qq")
    #expect(session.exitStatus() == 0)
    #expect(session.text.components(separatedBy: "\u{1B}[c").count == 2)
  }

  @Test func framesAreMarkedOnlyForATerminalThatKnowsTheMarks() throws {
    let session = try PtySession([Program.manual])
    #expect(session.shows("Ten"))
    session.type("j\r")
    #expect(session.shows("终端里阅读订阅源"))
    #expect(!session.text.contains("\u{1B}[?2026h"))
    session.type("\u{1B}[?2026;2$y\u{1B}[?62;22c")
    session.type("q")
    #expect(session.shows("\u{1B}[?2026h"))
    session.type("qq")
    #expect(session.exitStatus() == 0)
    #expect(session.errors.isEmpty)
  }

  @Test func ambiguousCharactersOfTwoColumnsMakeAScreenWithoutThem() throws {
    let session = try PtySession([Program.manual])
    #expect(session.shows("▌"))
    let start = session.output.count
    // The quotation mark went to columns 1 and 2: the cursor stands in the third.
    session.type("\u{1B}[1;3R\u{1B}[?62;22c")
    #expect(session.shows(Self.clear, after: start))
    #expect(session.shows(">", after: start))
    #expect(session.isTrue { Self.picture(session).lines.joined().contains(">") })
    #expect(!Self.picture(session).lines.joined().contains("▌"))
    session.type("qq")
    #expect(session.exitStatus() == 0)
  }

  @Test(arguments: [("ffff/ffff/ffff", "31"), ("1e1e/1e1e/2e2e", "81"), ("fd/f6/e3", "31")])
  func theColoursFitTheBackgroundThatTheTerminalNames(_ background: String, _ marker: String)
    throws
  {
    let folder = try TemporaryFolder()
    _ = try folder.file("config.toml", "[theme]\nbase = \"auto\"\n")
    let session = try PtySession(
      [Program.manual], environment: ["YUE_HOME": folder.url.path])
    #expect(session.shows("Ten"))
    #expect(session.text.contains("\u{1B}]11;?\u{1B}\\"))
    #expect(!session.text.contains("38;5;31m") && !session.text.contains("38;5;81m"))
    session.type("\u{1B}]11;rgb:\(background)\u{1B}\\\u{1B}[?62;22c")
    #expect(session.shows("38;5;\(marker)m"))
    session.type("qq")
    #expect(session.exitStatus() == 0)
  }

  @Test(arguments: ["linux", "vt100", "vt220"])
  func oldTerminalsAreNotAskedAndServeAllTheSame(_ type: String) throws {
    let session = try PtySession([Program.manual], environment: ["TERM": type])
    #expect(session.shows("Ten"))
    session.type("qq")
    #expect(session.exitStatus() == 0)
    #expect(!session.text.contains("\u{1B}[c") && !session.text.contains("\u{1B}[6n"))
  }

  // MARK: Types and locales

  @Test(arguments: [
    ("xterm-ghostty-of-tomorrow", "xterm-256color"), ("wezterm-of-tomorrow", "xterm-256color"),
    ("nobody-knows-this", "vt100"),
  ])
  func anUnknownTypeIsServedAsTheNearestAndSaidSo(_ type: String, _ used: String) throws {
    let session = try PtySession([Program.manual], environment: ["TERM": type])
    #expect(session.shows("using \(used)"))
    session.type("qq")
    #expect(session.exitStatus() == 0)
  }

  @Test(arguments: [["LANG": "C", "LC_ALL": "C"], ["LANG": "", "LC_ALL": ""]])
  func aLocaleThatIsNotUTF8GetsChineseAndOneSentence(_ environment: [String: String]) throws {
    let session = try PtySession([Program.manual], environment: environment)
    #expect(session.shows("not UTF-8"))
    session.type("j\r")
    #expect(session.shows("终端里阅读订阅源"))
    session.type("qqq")
    #expect(session.exitStatus() == 0)
  }

  @Test func noColorSendsNoColor() throws {
    let session = try PtySession([Program.manual], environment: ["NO_COLOR": "1"])
    #expect(session.shows("Ten"))
    session.type("j\r")
    #expect(session.shows("终端里阅读订阅源"))
    session.type("qqq")
    #expect(session.exitStatus() == 0)
    // 39 and 49, the terminal's own colours, are sent once when the screen is opened.
    for color in 30...37 { #expect(!session.text.contains("\u{1B}[\(color)m")) }
  }

  // MARK: Copying and pasting

  @Test func anAddressIsCopiedThroughTheTerminal() throws {
    let folder = try TemporaryFolder()
    let feed = """
      <rss version="2.0"><channel><title>数学</title><item><title>方差</title>
      <link>https://example.org/1</link></item></channel></rss>
      """
    let session = try PtySession([try folder.file("feed.xml", feed)])
    #expect(session.shows("方差"))
    session.type("yy")
    // The address in Base64.
    #expect(session.shows("\u{1B}]52;c;aHR0cHM6Ly9leGFtcGxlLm9yZy8x\u{1B}\\"))
    #expect(session.shows("OSC 52"), "it is said, too")
    session.type("qq")
    #expect(session.exitStatus() == 0)
  }

  @Test func whatIsPastedIntoAPromptIsTextAndNoCommand() throws {
    let session = try PtySession([Program.manual])
    #expect(session.shows("Ten"))
    let start = session.output.count
    session.type("/\u{1B}[200~qqq终端\u{1B}[201~")
    #expect(session.shows("qqq终端", after: start))
    session.type("\u{1B}")
    #expect(session.isTrue { !Self.picture(session).lines.joined().contains("qqq终端") })
    session.type("qq")
    #expect(session.exitStatus() == 0)
  }

  // MARK: Signals

  @Test func aStopRestoresTheTerminalAndGoingOnTakesItBack() throws {
    let session = try PtySession([Program.manual])
    #expect(session.shows("Ten"))
    let start = session.output.count
    // Its process group is an orphan, so that the stop itself is skipped by the kernel: what is
    // seen is the leaving and the return.
    kill(session.process, SIGTSTP)
    #expect(session.shows(Self.leaveAlternateScreen, after: start))
    #expect(session.shows("\u{1B}[?2004l", after: start))
    #expect(session.shows("\u{1B}[?1049h", after: start))
    #expect(session.shows("Ten", after: start))
    session.type("qq")
    #expect(session.exitStatus() == 0)
  }

  @Test func theSuspendKeyDoesTheSame() throws {
    let session = try PtySession([Program.manual])
    let before = session.terminalSettings
    #expect(session.shows("Ten"))
    let start = session.output.count
    session.type("\u{1A}")
    #expect(session.shows(Self.leaveAlternateScreen, after: start))
    #expect(session.shows("Ten", after: start))
    session.type("qq")
    #expect(session.exitStatus() == 0)
    #expect(session.terminalSettings == before)
  }

  @Test func aCrashGivesTheTerminalBack() throws {
    let session = try PtySession([Program.manual])
    let before = session.terminalSettings
    #expect(session.shows("Ten"))
    kill(session.process, SIGSEGV)
    #expect(session.exitStatus() == 128 + SIGSEGV)
    #expect(session.terminalSettings == before)
    #expect(session.text.contains(Self.leaveAlternateScreen))
    #expect(session.text.contains("\u{1B}[?2004l"))
  }

  @Test func aStormOfSizesLeavesTheReaderWhereItWas() throws {
    let session = try PtySession([Program.manual])
    #expect(session.shows("Ten"))
    session.type("j\r")
    #expect(session.shows("终端里阅读订阅源"))
    let start = session.output.count
    // A line of text at the top: an empty one would give way to the text below it.
    session.type("jjjj\u{C}")
    #expect(session.shows(Self.clear, after: start))
    #expect(session.isTrue { Self.picture(session).lines[23].contains("help") })
    // The last row may come before the one above it.
    var before: [String] = []
    #expect(
      session.isTrue {
        let lines = Self.picture(session).lines
        defer { before = lines }
        return lines == before
      })
    var state: UInt64 = 42
    func random(_ count: UInt64) -> UInt16 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt16(1 + (state >> 33) % count)
    }
    for _ in 0..<1_000 {
      session.resize(rows: random(100), columns: random(300))
      session.drain()
    }
    #expect(session.isRunning)
    session.resize(rows: 24, columns: 80)
    #expect(
      session.isTrue { Self.picture(session).lines == before },
      "\(before.joined(separator: "\n"))\n—\n\(Self.picture(session).lines.joined(separator: "\n"))"
    )
    session.type("Q")
    #expect(session.exitStatus() == 0)
    #expect(session.errors.isEmpty)
  }
}
