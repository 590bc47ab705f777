import Foundation
import Testing

@testable import Terminal

struct RawOutputTests {
  @Test(arguments: ["", "a", "ab", "abc", "abcd", "学而时习之", "$\\frac{a}{b}$\u{1B}]52;\u{7}"])
  func base64IsThatOfFoundation(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(RawOutput.base64(bytes) == Array(Data(bytes).base64EncodedData()))
  }

  @Test func everyByteIsEncoded() {
    let bytes = (0...255).map { UInt8($0) }
    for count in 250...256 {
      let part = Array(bytes.suffix(count))
      #expect(RawOutput.base64(part) == Array(Data(part).base64EncodedData()))
    }
  }

  @Test func theClipboardIsSetBySequence52() throws {
    let sequence = try #require(RawOutput.clipboard("好"))
    #expect(String(decoding: sequence, as: UTF8.self) == "\u{1B}]52;c;5aW9\u{1B}\\")
  }

  @Test func whatATerminalWouldNotTakeIsNotSent() throws {
    let longest = String(repeating: "a", count: RawOutput.clipboardByteLimit)
    let sequence = try #require(RawOutput.clipboard(longest))
    #expect(sequence.count <= 100_001)
    #expect(RawOutput.clipboard(longest + "a") == nil)
    #expect(RawOutput.clipboard(String(repeating: "学", count: 25_000)) == nil, "bytes are counted")
  }
}
