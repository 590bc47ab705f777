import Foundation
import Testing

@Suite struct SessionTests {
  /// Adding a case needs no code: every file of `Sessions` is played.
  @Test(arguments: SessionScript.all)
  func theScreensOfASessionFileAreShown(_ url: URL) throws {
    let script = try SessionScript(url)
    let (differences, recorded) = try script.play()
    if ProcessInfo.processInfo.environment["YUE_RECORD"] == "1" {
      try recorded.write(to: url, atomically: true, encoding: .utf8)
      return
    }
    for difference in differences { Issue.record("\(difference)") }
  }

  @Test func thereAreSessionFiles() {
    #expect(SessionScript.all.count >= 10)
  }
}
