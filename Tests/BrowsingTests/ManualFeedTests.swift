import Foundation
import Keymaps
import Testing

@testable import Browsing

/// The manual that is built in speaks of keys and commands that exist.
@Suite struct ManualFeedTests {
  private let text: String

  init() throws {
    let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    text = try String(
      contentsOf: checkout.appending(path: "docs/manual/manual.xml"), encoding: .utf8)
  }

  /// What stands between two marks, everywhere.
  private func texts(between start: String, _ end: String) -> [String] {
    text.split(separator: start, omittingEmptySubsequences: false).dropFirst().compactMap { part in
      part.range(of: end).map { String(part[..<$0.lowerBound]) }
    }
  }

  @Test func everyKeyItNamesIsBound() {
    let keys = texts(between: "<kbd>", "</kbd>")
    #expect(keys.count > 80)
    let all = KeyContext.allCases.flatMap { Keymap.standard.bindings(in: $0) }.map(\.keys)
    // A key, or the beginning of longer ones.
    let labels = Set(
      all.flatMap { keys in (1...keys.count).map { Array(keys.prefix($0)) } }
        .map { Key.label(of: $0) })
    for key in keys where Int(key) == nil {
      #expect(labels.contains(key), "\(key)")
    }
  }

  @Test func everyCommandItNamesExists() {
    let commands = texts(between: "<code>:", "</code>")
    #expect(commands.count >= 8)
    for command in commands {
      let name = command.split(separator: " ").first.map(String.init) ?? ""
      #expect(Command(rawValue: name) != nil, "\(command)")
    }
  }

  @Test func itBeginsWithMathematicsAndChinese() throws {
    let first = try #require(texts(between: "<entry>", "</entry>").first)
    #expect(first.contains("\\begin{equation}") && first.contains("区间"))
  }
}
