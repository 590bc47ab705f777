import Cells
import Keymaps
import Testing

@testable import Browsing

@Suite struct RandomKeysTests {
  /// Keys, sizes and ticks from a fixed seed, so that a failure can be played again.
  struct Dice {
    var state: UInt64
    mutating func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % sides
    }
  }

  @Test(arguments: [1, 20, 41, 83])
  func noSequenceOfKeysAndSizesCrashesOrDrawsOutsideTheScreen(_ seed: Int) {
    var dice = Dice(state: UInt64(seed))
    let keymap = Keymap.standard
    let all = KeyContext.allCases.filter { $0 != .prompt }.flatMap { keymap.bindings(in: $0) }
      .filter { $0.invocations.first?.command != "quit" }
    var session = Session(isSingle: seed == 20)
    var lefts = 0
    for step in 0..<700 {
      switch dice.roll(20) {
      case 0:
        let rows = [1, 4, 5, 6, 8, 24, 30, 60][dice.roll(8)]
        let columns = [1, 19, 20, 37, 80, 100, 140, 200][dice.roll(8)]
        session.resize(rows, columns)
      case 1: session.tick(dice.roll(5000))
      case 2: session.type(["几何", "x_{k+1}", "9", "so d", "ｊ。……", "\u{301}"][dice.roll(6)])
      case 3: session.send(.pasted("a\u{1B}[31m中\n"))
      case 4: for _ in 0..<dice.roll(8) { session.press("9") }
      default:
        for key in all[dice.roll(all.count)].keys { session.send(.key(key)) }
      }
      if session.browser.isFinished {
        // q in the feeds pane: begin anew.
        lefts += 1
        session = Session(isSingle: seed == 20)
      }
      guard step % 3 == 0 else { continue }
      let frame = session.browser.frame()
      #expect(frame.size == session.browser.size)
      let cursor = frame.cursor ?? Position(row: -1, column: -1)
      #expect((0..<frame.size.rows).contains(cursor.row))
      #expect((0..<frame.size.columns).contains(cursor.column))
    }
    #expect(lefts < 100)
  }

  @Test func theSameEventsGiveTheSameFrames() {
    let keys = "jj<Enter><Enter>]l?/x<Enter>q<Tab>gu<Enter>]]zzZ"
    let isSame = session(keys).browser.frame() == session(keys).browser.frame()
    #expect(isSame)
  }
}
