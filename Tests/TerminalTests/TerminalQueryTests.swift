import Testing

@testable import Terminal

/// What is asked of which terminal, and what is made of the answers.
struct TerminalQueryTests {
  private static func bytes(_ type: String, _ environment: [String: String] = [:]) -> String? {
    TerminalQuery(type: type, environment: environment).map {
      String(decoding: $0.bytes, as: UTF8.self)
    }
  }

  @Test(arguments: ["", "dumb", "linux", "vt100", "vt220", "cons25", "ansi"])
  func terminalsThatWouldPrintTheQuestionAreNotAsked(_ type: String) {
    #expect(Self.bytes(type) == nil)
  }

  @Test func aPersonCanForbidTheQuestions() {
    #expect(Self.bytes("xterm-256color", ["YUE_NO_QUERY": "1"]) == nil)
    #expect(Self.bytes("xterm-256color", ["YUE_NO_QUERY": ""]) != nil)
  }

  @Test func theQuestionThatIsAlwaysAnsweredComesLast() throws {
    for type in ["xterm-256color", "tmux-256color", "foot"] {
      let bytes = try #require(Self.bytes(type))
      #expect(bytes.hasSuffix("\u{1B}[?2026$p\u{1B}[c"))
    }
  }

  @Test(
    arguments: [
      ("screen-256color", [:]), ("tmux-256color", [:]), ("xterm-256color", ["TMUX": "/tmp/x"]),
      ("xterm-256color", ["STY": "1"]), ("xterm", ["ZELLIJ": "0"]),
    ] as [(String, [String: String])])
  func widthsAreNotMeasuredInsideAMultiplexer(_ type: String, _ environment: [String: String])
    throws
  {
    let bytes = try #require(Self.bytes(type, environment))
    #expect(!bytes.contains("\u{201C}") && !bytes.contains("[6n"))
  }

  @Test func theAnswersMakeWhatIsKnown() throws {
    var query = try #require(TerminalQuery(type: "xterm-256color", environment: [:]))
    #expect(query.take(.cursor(row: 1, column: 3)) == nil)
    #expect(query.take(.mode(2_026, state: 2)) == nil)
    #expect(!query.isAnswered)
    #expect(
      query.take(.attributes) == TerminalAnswer(synchronizesOutput: true, ambiguousColumns: 2))
    #expect(query.isAnswered)
    #expect(query.take(.attributes) == nil, "a second answer changes nothing")
  }

  @Test func aTerminalThatOnlySaysWhatItIsCanDoNothingMore() throws {
    var query = try #require(TerminalQuery(type: "xterm", environment: [:]))
    #expect(query.take(.attributes) == TerminalAnswer())
  }

  @Test(arguments: [0, 3, 4]) func aModeThatIsUnknownOrFixedIsNotUsed(_ state: Int) throws {
    var query = try #require(TerminalQuery(type: "xterm", environment: [:]))
    #expect(query.take(.mode(2_026, state: state)) == nil)
    #expect(query.take(.attributes)?.synchronizesOutput == false)
  }

  @Test(arguments: [0, 1, 4, 80]) func aCursorElsewhereMeasuresNothing(_ column: Int) throws {
    var query = try #require(TerminalQuery(type: "xterm", environment: [:]))
    #expect(query.take(.cursor(row: 1, column: column)) == nil)
    #expect(query.take(.attributes)?.ambiguousColumns == nil)
  }

  @Test(arguments: [
    (1.0, 1.0, 1.0, false), (0.1, 0.1, 0.2, true), (0.0, 0.0, 1.0, true), (0.9, 0.9, 0.6, false),
  ])
  func theBackgroundIsDarkOrLightAsTheEyeFindsIt(
    _ red: Double, _ green: Double, _ blue: Double, _ isDark: Bool
  ) throws {
    var query = try #require(
      TerminalQuery(type: "xterm-256color", environment: [:], asksBackground: true))
    #expect(String(decoding: query.bytes, as: UTF8.self).contains("\u{1B}]11;?"))
    #expect(query.take(.background(red: red, green: green, blue: blue)) == nil)
    #expect(query.take(.attributes)?.isDark == isDark)
  }

  @Test func theBackgroundIsNotAskedForUnlessTheThemeDependsOnIt() throws {
    var query = try #require(TerminalQuery(type: "xterm-256color", environment: [:]))
    #expect(!String(decoding: query.bytes, as: UTF8.self).contains("]11"))
    _ = query.take(.background(red: 0, green: 0, blue: 0))
    #expect(query.take(.attributes)?.isDark == nil)
  }
}
