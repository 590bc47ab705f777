import Testing

@testable import Terminal

struct TerminalTypeTests {
  @Test(arguments: [
    "xterm-256color", "xterm-kitty", "xterm-ghostty", "foot", "wezterm", "rio", "alacritty",
    "foot-extra", "contour",
  ])
  func modernTerminalsFallBackToXterm(_ type: String) {
    #expect(TerminalType.candidates(for: type).first == type)
    #expect(TerminalType.candidates(for: type).contains("xterm-256color"))
    #expect(TerminalType.candidates(for: type).last == "vt100")
  }

  @Test(arguments: ["linux", "screen-256color", "tmux", "footprint", "vt220"])
  func otherTerminalsFallBackToVT100Only(_ type: String) {
    #expect(TerminalType.candidates(for: type) == [type, "vt100"])
  }

  @Test func aDumbTerminalIsNothingElse() {
    #expect(TerminalType.candidates(for: "dumb") == ["dumb"])
  }

  @Test func noTypeIsTakenForVT100() {
    #expect(TerminalType.candidates(for: "") == ["vt100"])
  }
}
