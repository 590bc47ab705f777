import Foundation
import Glibc
import Testing

/// The commands without a terminal: what they print, and their exit statuses.
struct CommandLineTests {
  private struct Outcome {
    var status: Int32
    var output: Data
    var errors: String
    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func yue(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    guard let program = Program.url else { throw SetupError("yue is not built") }
    process.executableURL = program
    process.arguments = arguments
    process.environment = Program.environment(home: folder.url, environment)
    // Files, not pipes: no output is too long for them.
    let inputPath = try folder.file("stdin", input)
    let outputPath = try folder.file("stdout", "")
    let errorPath = try folder.file("stderr", "")
    process.standardInput = FileHandle(forReadingAtPath: inputPath)
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    try process.run()
    process.waitUntilExit()
    let status = process.terminationStatus
    return Outcome(
      status: process.terminationReason == .exit ? status : 128 + status,
      output: try Data(contentsOf: URL(filePath: outputPath)),
      errors: try String(contentsOf: URL(filePath: errorPath), encoding: .utf8))
  }

  private static let feed = """
    <?xml version="1.0" encoding="utf-8"?>
    <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
    <channel>
    <title>数学与诗</title>
    <link>https://example.org/blog/</link>
    <description>读书笔记</description>
    <language>zh-CN</language>
    <item>
    <title>论$a&lt;b$与“引号”</title>
    <link>https://example.org/blog/1</link>
    <guid>https://example.org/blog/1</guid>
    <pubDate>Tue, 24 Nov 2020 08:30:00 +0800</pubDate>
    <content:encoded><![CDATA[<p>设$a<b$且$c>d$，见<a href="/notes/2">下一篇</a>\
    与<a href="//cdn.example.net/x">图</a>。</p><p><img src="p.png" alt="图"></p>]]></content:encoded>
    </item>
    <item>
    <title>第二篇</title>
    <link>https://example.org/blog/2</link>
    <guid isPermaLink="false">两</guid>
    <pubDate>2020-11-23T20:00:00-05:00</pubDate>
    <description>正文很短。</description>
    </item>
    </channel>
    </rss>
    """

  private func feedPath() throws -> String { try folder.file("shu.xml", Self.feed) }

  /// The keys of one JSON object, nested ones left out, as they stand in the text.
  private static func topLevelKeys(_ text: some StringProtocol) -> [String] {
    var keys: [String] = []
    var depth = 0
    var literal: String?
    var last = ""
    var isEscaped = false
    for character in text {
      if let begun = literal {
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "\"" {
          last = begun
          literal = nil
          continue
        }
        literal = begun + String(character)
        continue
      }
      switch character {
      case "\"": literal = ""
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      case ":" where depth == 1: keys.append(last)
      default: break
      }
    }
    return keys
  }

  // MARK: - parse

  @Test func parsePrintsEveryKeyInItsOrder() throws {
    let outcome = try yue("parse", "--json", feedPath())
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.lines.count == 1, "one object on one line")
    #expect(
      Self.topLevelKeys(outcome.text) == [
        "format", "version", "encoding", "title", "link", "self_link", "id", "description",
        "language", "updated", "published", "authors", "contributors", "categories", "image",
        "icon", "copyright", "generator", "ttl_minutes", "links", "base_url",
        "update_period_seconds", "skip_hours", "skip_days", "problems", "entries",
      ])
    let start = try #require(outcome.text.range(of: "\"entries\":["))
    #expect(
      Self.topLevelKeys(outcome.text[start.upperBound...].prefix { $0 != "\n" }).prefix(23) == [
        "id", "title", "link", "original_link", "published", "updated", "authors",
        "contributors", "summary_html", "content_html", "enclosures", "categories",
        "comments_link", "comments_count", "comments_feed", "language", "links", "source",
        "image", "copyright", "duration", "key", "truncated",
      ])
  }

  private func object(_ outcome: Outcome) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
  }

  @Test func parseGivesChineseAbsoluteLinksAndDatesInUTC() throws {
    let feed = try object(
      yue("parse", "--json", "--base", "https://example.org/blog/feed", feedPath()))
    #expect(feed["format"] as? String == "rss")
    #expect(feed["version"] as? String == "rss20")
    #expect(feed["title"] as? String == "数学与诗")
    #expect(feed["language"] as? String == "zh-CN")
    let entries = try #require(feed["entries"] as? [[String: Any]])
    #expect(entries.map { $0["title"] as? String } == ["论$a<b$与“引号”", "第二篇"])
    #expect(
      entries.map { $0["published"] as? String } == [
        "2020-11-24T00:30:00Z", "2020-11-24T01:00:00Z",
      ])
    let body = try #require(entries[0]["content_html"] as? String)
    #expect(body.contains("href=\"https://example.org/notes/2\""))
    #expect(body.contains("href=\"https://cdn.example.net/x\""))
    #expect(body.contains("src=\"https://example.org/blog/p.png\""))
    #expect(body.contains("设$a<b$且$c>d$"), "the formula is as it was written")
    #expect(entries[1]["id"] as? String == "两")
  }

  /// The channel's link is a guess at a base: good enough for links of entries, not for bodies.
  @Test func aBodyIsResolvedOnlyAgainstABaseThatWasStated() throws {
    let feed = try object(yue("parse", "--json", feedPath()))
    let entries = try #require(feed["entries"] as? [[String: Any]])
    let body = try #require(entries[0]["content_html"] as? String)
    #expect(body.contains("href=\"/notes/2\""))
  }

  @Test func parseReadsStandardInputAndResolvesAgainstTheGivenBase() throws {
    let atom = """
      <feed xmlns="http://www.w3.org/2005/Atom"><title>甲</title><id>x</id>
      <entry><id>1</id><title>乙</title><link href="a/1"/><updated>2020-01-02</updated></entry>
      </feed>
      """
    let feed = try object(
      yue("parse", "--json", "--base", "https://example.org/f/atom.xml", "-", input: atom))
    let entries = try #require(feed["entries"] as? [[String: Any]])
    #expect(entries.first?["link"] as? String == "https://example.org/f/a/1")
    #expect(entries.first?["updated"] as? String == "2020-01-02T00:00:00Z")
  }

  @Test func parseOfAListWritesNullForWhatIsNoFeed() throws {
    let page = try folder.file("page.html", "<!doctype html><html><body>你好</body></html>")
    let list = try folder.file("list", "\(try feedPath())\n/nowhere/at/all.xml\n\(page)\n")
    let outcome = try yue("parse", "--batch", list)
    #expect(outcome.status == 0)
    #expect(outcome.lines.map { $0.prefix(5) } == ["{\"for", "null", "null"])
  }

  @Test func aTruncatedFeedGivesWhatThereIs() throws {
    let cut = try #require(Self.feed.range(of: "第二篇"))
    let path = try folder.file("cut.xml", String(Self.feed[..<cut.upperBound]))
    let outcome = try yue("parse", path)
    #expect(outcome.status == 0)
    let entries = try #require(object(outcome)["entries"] as? [[String: Any]])
    #expect(entries.compactMap { $0["title"] as? String } == ["论$a<b$与“引号”", "第二篇"])
  }

  // MARK: - what fails

  @Test(arguments: ["parse", "show", "browse"])
  func whatIsNotThereOrADirectoryIsStatus66(_ command: String) throws {
    let missing = try yue(command, folder.url.path + "/没有.xml")
    #expect(missing.status == 66)
    #expect(missing.errors.hasPrefix("yue: ") && missing.errors.contains("没有.xml"))
    #expect(missing.output.isEmpty)
    let directory = try yue(command, folder.url.path)
    #expect(directory.status == 66)
    #expect(directory.errors.contains("directory"))
  }

  @Test(arguments: ["parse", "show", "browse"])
  func whatIsNoFeedIsStatus65(_ command: String) throws {
    let empty = try yue(command, folder.file("empty.xml", ""))
    #expect(empty.status == 65)
    #expect(empty.errors.contains("empty"))
    let page = try yue(
      command, folder.file("page.html", "<!doctype html>\n<html><body><p>你好</p></body></html>"))
    #expect(page.status == 65)
    #expect(page.errors.contains("web page"))
    let words = try yue(command, folder.file("words.txt", "只是文字"))
    #expect(words.status == 65)
    #expect(page.output.isEmpty && empty.output.isEmpty && words.output.isEmpty)
  }

  @Test(arguments: [("shwo", "show"), ("prase", "parse"), ("key", "keys"), ("typset", "typeset")])
  func aMistypedCommandIsToldItsRightName(_ word: String, _ command: String) throws {
    let outcome = try yue(word)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("Did you mean `yue \(command)`?"))
  }

  @Test func anUnknownOptionIsStatus64() throws {
    #expect(try yue("show", "--widht", "40", "x.xml").status == 64)
    #expect(try yue("show", "--width", "1", "x.xml").status == 64)
    #expect(try yue("typeset").status == 64)
    #expect(try yue("parse").status == 64)
  }

  @Test func withoutATerminalTheBrowserSaysWhatToUse() throws {
    let outcome = try yue(feedPath())
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("yue show"))
    #expect(outcome.output.isEmpty)
  }

  // MARK: - show

  @Test func showSetsTheTextInItsColumnsAndListsTheLinks() throws {
    let outcome = try yue("show", "--width", "40", "--entry", "1", feedPath())
    #expect(outcome.status == 0)
    #expect(outcome.text.contains("论$a<b$与“引号”"))
    #expect(outcome.text.contains("设$a<b$且$c>d$，见下一篇"))
    #expect(outcome.text.contains("[1] https://example.org/notes/2"))
    #expect(!outcome.text.contains("第二篇"))
    for line in outcome.lines where !line.contains("http") {
      // Every character of this text beyond ASCII but the quotes takes two columns.
      let columns = line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
      #expect(columns <= 40, "\(line)")
    }
  }

  @Test func showOfAnEntryThatIsNotThereSaysHowManyThereAre() throws {
    let outcome = try yue("show", "--entry", "9", feedPath())
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("1 to 2"))
  }

  @Test func aDateIsShownInTheLocalTimeZone() throws {
    let outcome = try yue(
      "show", "--entry", "2", feedPath(), environment: ["TZ": "Asia/Shanghai"])
    #expect(outcome.text.contains("2020-11-24 09:00"))
  }

  // MARK: - typeset

  @Test func typesetBatchAnswersEveryLineInOrder() throws {
    let cases = """
      {"name":"甲","text":"学而时习之，不亦说乎","width":10}
      not json
      {"name":"乙","html":"<p>设$a<b$。</p>","width":20}
      {"name":"丙","text":"x"}
      {"name":"丁","text":"x","html":"y","width":5}
      {"name":"戊","text":"x","width":5,"options":{"no-such-option":"1"}}
      {"name":"己","text":"好","width":5}
      """
    let outcome = try yue("typeset", "--batch", "-", input: cases)
    #expect(outcome.status == 1)
    #expect(outcome.lines.count == 7)
    #expect(outcome.lines.first == #"{"name":"甲","lines":["学而时习","之，不亦说","乎"]}"#)
    let kinds = try outcome.lines.map { line in
      let answer = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let name = answer["name"] as? String ?? "?"
      return name + (answer["lines"] != nil ? " lines" : answer["error"] != nil ? " error" : "")
    }
    #expect(
      kinds == [
        "甲 lines", " error", "乙 lines", "丙 error", "丁 error", "戊 error", "己 lines",
      ])
  }

  @Test func typesetBatchWithoutFaultsIsStatus0() throws {
    let outcome = try yue(
      "typeset", "--batch", "-", input: "\n{\"name\":\"a\",\"text\":\"好\",\"width\":4}\n\n")
    #expect(outcome.status == 0)
    #expect(outcome.lines == ["{\"name\":\"a\",\"lines\":[\"好\"]}"])
  }

  @Test func typesetReadsTextAndHTML() throws {
    let text = try yue("typeset", "--text", "--width", "12", "-", input: "设$a<b$且$c>d$。")
    #expect(text.lines == ["设$a<b$且", "$c>d$。"])
    let html = try yue("typeset", "--width", "12", "-", input: "<h1>题</h1><p>文</p>")
    #expect(html.text.contains("题") && html.text.contains("文"))
    #expect(!html.text.contains("<"))
  }

  // MARK: - the rest

  @Test func keysListsWhatTheKeysMean() throws {
    let outcome = try yue("keys")
    #expect(outcome.status == 0)
    #expect(outcome.lines.count > 20)
    #expect(outcome.text.contains("quit"))
  }

  @Test func versionAndHelpGoToStandardOutput() throws {
    let version = try yue("--version")
    #expect(version.status == 0)
    #expect(version.text.contains("."))
    #expect(version.lines.count == 1)
    let help = try yue("--help")
    #expect(help.status == 0)
    for command in ["show", "parse", "typeset", "keys"] {
      #expect(help.text.contains(command))
      #expect(try yue(command, "--help").text.contains("USAGE: yue \(command)"))
    }
  }

  @Test func noControlReachesTheTerminalWhateverTheFeedHolds() throws {
    let evil = "\u{1B}]0;owned\u{7}\u{1B}[2J\u{9B}31m\u{90}q\u{9C}\u{85}\u{7F}\u{8}\u{202E}红\u{0}"
    let references = "&#27;[31m&#x9b;2J&#7;&#127;&#x85;&#8238;"
    let feed = """
      <rss version="2.0"><channel><title>坏\(evil)\(references)</title>
      <link>https://example.org/\(references)</link>
      <item><title>题\(evil)\(references)</title><link>https://example.org/a\(evil)</link>
      <author>人\(evil)</author><category>\(references)</category>
      <description>文\(evil)&lt;p title="\(evil)"&gt;\(references)&amp;#27;[1m&amp;#x9b;1m\
      &lt;a href="https://x.example/\(evil)\(references)"&gt;链接\(evil)&lt;/a&gt;\
      &lt;pre&gt;码\(evil)\tx\(references)&lt;/pre&gt;&lt;code&gt;\(evil)&lt;/code&gt;\
      $x\(evil)$ &lt;img alt="\(evil)" src="\(evil)"&gt;&lt;/p&gt;</description></item>
      </channel></rss>
      """
    let path = try folder.file("bad\u{1B}[31m.xml", feed)
    let cases = "{\"name\":\"\\u001b[1m\\u009b\",\"text\":\"\\u001b[1m\\u009b好\",\"width\":9}"
    let outcomes = [
      try yue("show", path), try yue("show", "--entry", "7\u{1B}[1m", path),
      try yue("parse", path), try yue("parse", path + "\u{1B}x"), try yue("\u{1B}[31m"),
      try yue("typeset", "-", input: "<p>\(evil)\(references)&#27;[1m</p><pre>\(evil)</pre>"),
      try yue("typeset", "--text", "-", input: evil),
      try yue("typeset", "--batch", "-", input: cases),
    ]
    for outcome in outcomes {
      let scalars = (outcome.text + outcome.errors).unicodeScalars
      #expect(!scalars.isEmpty)
      let controls = scalars.filter {
        ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7F..<0xA0).contains($0.value)
          || (0x202A...0x202E).contains($0.value)
      }
      #expect(controls.isEmpty, "\(controls.map { String($0.value, radix: 16) })")
    }
    #expect(outcomes[0].text.contains("红"), "what is text is shown")
  }
}
