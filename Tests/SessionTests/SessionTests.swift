import Browsing
import Foundation
import Keymaps
import Testing

@Suite struct SessionTests {
  /// Adding a case needs no code: every file of `Sessions` is played.
  @Test(arguments: SessionScript.all)
  func theScreensOfASessionFileAreShown(_ url: URL) throws {
    let outcome = try SessionScript(url).play()
    if ProcessInfo.processInfo.environment["YUE_RECORD"] == "1" {
      try outcome.recorded.write(to: url, atomically: true, encoding: .utf8)
      return
    }
    for difference in outcome.differences { Issue.record("\(difference)") }
  }

  @Test func thereAreSessionFiles() {
    #expect(SessionScript.all.count >= 10)
  }

  /// What was performed is noted by the browser itself, so nothing is covered by saying so.
  @Test func everyWayToCallEveryCommandIsPlayedBySomeSession() throws {
    var performed: [String: [[String]]] = [:]
    for url in SessionScript.all {
      for invocation in try SessionScript(url).play().performed {
        performed[invocation.command, default: []].append(invocation.arguments)
      }
    }
    var missing: [String] = []
    for command in Command.allCases {
      let forms = command.facts.forms
      let calls = performed[command.rawValue] ?? []
      for form in forms {
        let rule = CommandRule(name: command.rawValue, contexts: [], forms: [form.rule])
        let isPlayed = calls.contains { arguments in
          arguments == form.arguments
            // A call with a text of the reader's is no call that another form spells out.
            || form.takesText && rule.fault(in: arguments) == nil
              && !forms.contains { $0.arguments == arguments }
        }
        if !isPlayed {
          missing.append(([command.rawValue] + form.arguments).joined(separator: " "))
        }
      }
    }
    #expect(missing == [], "played by no session: \(missing.joined(separator: ", "))")
  }
}
