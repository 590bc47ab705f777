import Testing

@testable import Cells

@Suite struct FrameTests {
  let profile = WidthProfile()

  @Test func aWideCharacterThatDoesNotFitIsNotHalved() {
    var frame = Frame(size: Size(rows: 1, columns: 3))
    let taken = frame.put(
      CellText("中文", profile: profile), at: Position(row: 0, column: 0), columns: 3)
    #expect(taken == 2)
    #expect(frame.text == "中")
  }

  @Test func overwritingHalfOfAWideCharacterBlanksTheOtherHalf() {
    var frame = Frame(size: Size(rows: 1, columns: 4))
    frame.put(CellText("中文", profile: profile), at: Position(row: 0, column: 0), columns: 4)
    frame.put(CellText("a", profile: profile), at: Position(row: 0, column: 1), columns: 1)
    #expect(frame.text == " a文")
    frame.put(CellText("b", profile: profile), at: Position(row: 0, column: 2), columns: 1)
    #expect(frame.text == " ab")
  }

  @Test func nothingIsDrawnOutsideTheFrame() {
    var frame = Frame(size: Size(rows: 2, columns: 2))
    frame.put(CellText("中文", profile: profile), at: Position(row: 5, column: 0), columns: 9)
    frame.put(CellText("ab", profile: profile), at: Position(row: 1, column: 1), columns: 9)
    #expect(frame.text == "\n a")
    frame.clear(Rect(row: -3, column: -3, rows: 99, columns: 99))
    #expect(frame.text == "\n")
  }
}
