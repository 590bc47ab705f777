import Foundation
import Testing

/// The manual pages say what the program says.
struct ManualTests {
  private let yue: Runs

  init() throws { yue = try Runs() }

  @Test(arguments: ["man/yue.1", "man/yue.5", "keymaps.md"])
  func thePagesAreThoseOfTheProgram(_ page: String) throws {
    let path = Program.checkout.appending(path: "docs/\(page)")
    let written = try String(contentsOf: path, encoding: .utf8)
    let name = page.split(separator: "/").last.map(String.init) ?? page
    #expect(try yue("manual", name).text == written, "`make manual` writes them anew")
  }

  @Test func everyCommandAndOptionHasItsPlaceOnThePage() throws {
    let page = try yue("manual", "yue.1").text.replacing("\\-", with: "-")
    for words in ["list", "mark", "import", "config check", "refresh", "add"] {
      #expect(page.contains("\"yue \(words)"), "\(words)")
    }
    for option in ["--unread", "--ack", "--dry-run", "--folder", "--home", "--database"] {
      #expect(page.contains("\\fB\(option)\\fR"), "\(option)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsAreMadeForEachShell(_ shell: String) throws {
    let script = try yue("--generate-completion-script", shell)
    #expect(script.status == 0)
    #expect(script.text.contains("refresh") && script.text.contains("dry-run"))
  }
}
