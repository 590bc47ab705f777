import Foundation
import Testing

/// `yue config`, and what is said about files that are wrong.
struct ConfigTests {
  private let yue: Runs

  init() throws { yue = try Runs() }

  private func check(_ text: String) throws -> Runs.Outcome {
    let path = try yue.folder.file("config.toml", text)
    return try yue("config", "check", path)
  }

  /// Each file with everything that is said about it.
  static let wrong: [(file: String, said: [String])] = [
    (
      "[reader]\ncolums = 70\n",
      [#"config.toml:2:1: unknown setting "reader.colums" (did you mean "reader.columns"?)"#]
    ),
    (
      "# 注释\nreader.columns = \"breit\"\n",
      [#"config.toml:2:18: "reader.columns" must be a number from 0 to 500"#]
    ),
    (
      "[reader]\n  columns   =  501 # zu viel\n",
      [#"config.toml:2:16: "reader.columns" must be a number from 0 to 500"#]
    ),
    (
      "[layout]\nmedium = 'besides'\n",
      [
        #"config.toml:2:10: "layout.medium" must be "auto", "above", "beside" (did you mean "beside"?)"#
      ]
    ),
    (
      "[refresh]\ninterval = \"5m\"\nmax-body = \"12\"\n",
      [
        #"config.toml:2:12: "refresh.interval" must be a duration from 15m to 7d"#,
        #"config.toml:3:12: "refresh.max-body" must be a size from 64KiB to 1GiB; write it as "512KiB", "32MiB" or "1GiB""#,
      ]
    ),
    (
      "[laoyut]\nhints = true\n",
      [#"config.toml:1:1: unknown setting "laoyut" (did you mean "layout"?)"#]
    ),
    (
      "[feed.\"https://a.example/f\"]\nintervall = \"1h\"\nheader = \"kein Kopf\"\n",
      [
        #"config.toml:2:1: unknown setting "intervall" of a feed (did you mean "interval"?)"#,
        #"config.toml:3:10: "header" must be a text or a list of texts; write it as "Name: value""#,
      ]
    ),
    (
      "[[reader]]\ncolumns = 1\n",
      [#"config.toml:1:1: "reader" is a table of settings: write [reader], once"#]
    ),
  ]

  @Test(arguments: wrong.indices)
  func whatIsWrongIsNamedWithItsPlace(_ index: Int) throws {
    let outcome = try check(Self.wrong[index].file)
    #expect(outcome.status == 65)
    #expect(outcome.lines == Self.wrong[index].said)
  }

  @Test func aSyntaxErrorHasItsLine() throws {
    let outcome = try check("[reader]\ncolumns = \n")
    #expect(outcome.status == 65)
    #expect(outcome.text.hasPrefix("config.toml:2:"), "\(outcome.text)")
  }

  @Test func keysOfTextsOfSeveralLinesAreNoSettings() throws {
    let outcome = try check(
      "links.opener = '''\n[reader]\ncolums = 1\n'''\n[list]\nscrol-margin=1\n")
    #expect(outcome.text.contains("config.toml:6:1: unknown setting \"list.scrol-margin\""))
    #expect(!outcome.text.contains("colums"))
  }

  @Test func theFileOfDefaultsIsRightAndChangesNothing() throws {
    let standard = try yue("config", "default")
    #expect(standard.status == 0)
    // As it is, and with every setting in it put in force.
    var uncommented = ""
    for line in standard.lines {
      if line.hasPrefix("#[feed") { break }
      let isSetting = line.hasPrefix("#") && !line.hasPrefix("# ")
      uncommented += (isSetting ? String(line.dropFirst()) : line) + "\n"
    }
    for text in [standard.text, uncommented] {
      let outcome = try check(text)
      #expect(outcome.status == 0, "\(outcome.text)")
    }
    let before = try yue("config", "show")
    #expect(before.lines.count > 20)
    let path = try yue.folder.file("config.toml", uncommented)
    #expect(try yue("config", "show", "--config", path).text == before.text)
  }

  @Test func whatHoldsIsShownWithItsOrigin() throws {
    let path = try yue.folder.file(
      "config.toml",
      "[reader]\ncenter = false\ncolums = 1\n[refresh]\ninterval = \"2h\"\nper_host = 1\n")
    let outcome = try yue("config", "show", "--origin", "--config", path)
    #expect(outcome.errors.contains("config.toml:3:1"))
    func line(_ name: String) -> String { outcome.lines.first { $0.hasPrefix(name) } ?? "" }
    #expect(line("reader.center").hasPrefix("reader.center = false "))
    #expect(line("reader.center").hasSuffix("# config.toml:2"))
    #expect(line("refresh.interval").hasPrefix("refresh.interval = \"2h\" "))
    #expect(line("refresh.per-host").hasPrefix("refresh.per-host = 1 "), "- and _ are the same")
    #expect(line("reader.columns").hasSuffix("# default"))
  }

  @Test func withoutAFileTheDefaultsHold() throws {
    let outcome = try yue("config", "check")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("the defaults hold"))
    #expect(try yue("config", "chekc").errors.contains("Did you mean `yue config check`?"))
  }
}
