import Testing

@testable import Documents

@Suite struct DocumentTests {
  let document = Document(
    text: Array("第一段$x$\n第二段".utf8),
    blocks: [
      Block(kind: .paragraph, range: 0..<12), Block(kind: .paragraph, range: 13..<22),
    ])

  @Test func aRangeOfBytesIsAString() {
    #expect(document.string(0..<9) == "第一段")
    #expect(document.string(9..<12) == "$x$")
    #expect(document.string(document.blocks[1].range) == "第二段")
  }

  @Test func aRangeBeyondTheTextIsCutInsteadOfTrapping() {
    #expect(document.string(13..<900) == "第二段")
    #expect(document.string(100..<200) == "")
  }
}
