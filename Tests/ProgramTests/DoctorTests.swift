import Foundation
import Loopback
import Storing
import Testing

/// `yue doctor`: of feeds in files and on the network, and of the library.
@Suite struct DoctorTests {
  typealias Home = RefreshTests.Home

  /// The lines of a subject: `["note", "dates …"]`.
  private func lines(_ subject: String, of run: RefreshTests.Run) -> [String] {
    run.output.split(separator: "\n").map(String.init).filter {
      $0.dropFirst(6).hasPrefix(subject.padding(toLength: 10, withPad: " ", startingAt: 0))
    }
  }

  @Test func aFileIsReadAndWhatWasRepairedIsSaid() throws {
    let home = try Home()
    let file = try home.folder.file(
      "a.xml",
      """
      <?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><title>数学 & 之美</title>
      <item><title>一</title><pubDate>昨天</pubDate><description>$E=mc^2$ 正文……阅读全文</description></item>
      <item><guid>2</guid><title></title></item></channel></rss>
      """)
    let run = try home.run(["doctor", file])
    #expect(run.status == 0)
    #expect(lines("format", of: run).first?.contains("rss20") ?? false)
    #expect(lines("title", of: run).first?.hasSuffix("数学 & 之美") ?? false)
    #expect(lines("encoding", of: run).first?.contains("utf-8, because it is valid UTF-8") ?? false)
    #expect(lines("encoding", of: run).contains { $0.contains("says it is gb2312") })
    #expect(lines("repair", of: run).contains { $0.contains("line 1") && $0.contains("&") })
    #expect(lines("repair", of: run).contains { $0.contains("“昨天” is no date") })
    #expect(lines("entries", of: run).contains { $0.hasPrefix("ok") && $0.hasSuffix("2") })
    #expect(run.output.contains("1 of 2 entries seem to be excerpts"))
  }

  @Test func nothingOfAFeedReachesTheTerminalRaw() throws {
    let home = try Home()
    let file = try home.folder.file(
      "a.xml",
      "<rss><channel><title>a\u{9B}31m\u{202E}b</title><item><pubDate>\u{9B}2J</pubDate></item>"
        + "</channel></rss>")
    for arguments in [["doctor", file], ["doctor", "--json", file]] {
      let run = try home.run(arguments)
      let text = run.output + run.errors
      #expect(
        text.unicodeScalars.allSatisfy {
          ($0.value >= 0x20 || $0 == "\n") && !(0x7F..<0xA0).contains($0.value) && $0 != "\u{202E}"
        })
    }
  }

  @Test func theJSONHasTheSameFindings() throws {
    let home = try Home()
    let file = try home.folder.file("a.xml", RefreshTests.feed("数学", 3))
    let run = try home.run(["doctor", "--json", file])
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let findings = try #require(report["findings"] as? [[String: String]])
    #expect(report["schema"] as? Int == 1)
    #expect(findings.contains { $0["subject"] == "entries" && $0["text"] == "3" })
  }

  @Test func aFeedOnTheNetworkIsFetchedAndNothingIsKept() throws {
    let server = try LoopbackServer { request in
      request.target == "/old"
        ? .answer(302, [("Location", "/new")], "")
        : .answer(
          200, [("Content-Type", "text/xml; charset=utf-8"), ("ETag", "\"a\"")],
          RefreshTests.feed("数学小站"))
    }
    defer { server.stop() }
    let home = try Home()
    let run = try home.run(["doctor", server.url("/old")])
    #expect(run.status == 0)
    #expect(lines("address", of: run).contains { $0.hasSuffix(server.url("/old")) })
    #expect(lines("address", of: run).contains { $0.hasSuffix("sends to \(server.url("/new"))") })
    #expect(lines("caching", of: run).first?.hasSuffix("ETag") ?? false)
    #expect(lines("type", of: run).first?.contains("text/xml") ?? false)
    #expect(!FileManager.default.fileExists(atPath: home.database))
  }

  @Test func aPageSaysWhichFeedsItOffers() throws {
    let server = try LoopbackServer { _ in
      RefreshTests.page(RefreshTests.link("/feed.xml", "科学空间"))
    }
    defer { server.stop() }
    let run = try Home().run(["doctor", server.url("/")])
    #expect(run.status == 65)
    #expect(run.errors.contains("is a web page, not a feed"))
    #expect(run.errors.contains("it offers \(server.url("/feed.xml")) (科学空间)"))
  }

  @Test func whatIsNotThereIsAFault() throws {
    let server = try LoopbackServer { _ in .answer(404, [], "") }
    let address = server.url("/none")
    let home = try Home()
    let missing = try home.run(["doctor", address])
    #expect(missing.status == 1)
    #expect(missing.errors.contains("404"))
    server.stop()
    #expect(try home.run(["doctor", address]).status == 69)
    #expect(try home.run(["doctor", "no-such-file.xml"]).status == 66)
  }

  @Test func aLibraryThatIsWellIsSaidToBe() throws {
    let home = try Home()
    let file = try home.folder.file(
      "list.opml",
      "<opml version=\"2.0\"><body><outline text=\"数学\" xmlUrl=\"https://e.org/f\"/></body></opml>")
    #expect(try home.run(["import", file]).status == 0)
    let run = try home.run(["doctor"])
    #expect(run.status == 0)
    #expect(run.output.split(separator: "\n").allSatisfy { !$0.hasPrefix("fault") })
  }

  @Test func aLibraryThatIsNoneIsAFaultAndStaysAsItIs() throws {
    let home = try Home()
    let file = try home.folder.file("yue.db", "this is no database, but somebody's text")
    let run = try home.run(["doctor"])
    #expect(run.status == 1)
    #expect((run.output + run.errors).contains("fault"))
    #expect(
      try String(contentsOfFile: file, encoding: .utf8)
        == "this is no database, but somebody's text")
  }
}
