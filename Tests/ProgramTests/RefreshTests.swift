import Feeds
import Fetching
import Foundation
import Glibc
import Loopback
import Storing
import Synchronization
import Testing

/// `yue add` and `yue refresh` against servers on loopback, good and bad.
@Suite struct RefreshTests {
  struct Run {
    var status: Int32
    var output: String
    var errors: String
  }

  /// A library in a folder of its own.
  final class Home {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var database: String { folder.url.appending(path: "yue.db").path }

    func run(_ arguments: [String], _ changes: [String: String] = [:]) throws -> Run {
      let process = Process()
      let program: URL = try #require(Program.url)
      process.executableURL = program
      process.arguments = arguments
      var environment = Program.environment(home: folder.url, changes)
      environment["YUE_HOME"] = folder.url.path
      environment["YUE_TEST_NO_FSYNC"] = "1"
      process.environment = environment
      let (output, errors) = (Pipe(), Pipe())
      process.standardOutput = output
      process.standardError = errors
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let outputData = output.fileHandleForReading.readDataToEndOfFile()
      let errorData = errors.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return Run(
        status: process.terminationStatus, output: String(decoding: outputData, as: UTF8.self),
        errors: String(decoding: errorData, as: UTF8.self))
    }

    func rows() throws -> [FeedRow] { try Store.brief(path: database).feedRows() }
  }

  /// What a test changes about a server that runs.
  final class Switch<Value: Sendable>: Sendable {
    private let held: Mutex<Value>
    init(_ value: Value) { held = Mutex(value) }
    var value: Value {
      get { held.withLock { $0 } }
      set { held.withLock { $0 = newValue } }
    }
  }

  static func feed(_ title: String, _ entries: Int = 2) -> String {
    let items = (1...max(1, entries)).map {
      "<item><title>第 \($0) 篇</title><guid>\($0)</guid><description>$E=mc^2$ 正文</description></item>"
    }
    return
      "<rss version=\"2.0\"><channel><title>\(title)</title><link>http://127.0.0.1/</link>"
      + items.joined() + "</channel></rss>"
  }

  static func page(_ links: String) -> LoopbackServer.Reply {
    .answer(
      200, [("Content-Type", "text/html; charset=utf-8")],
      "<!doctype html><html><head><title>主页</title>\(links)</head><body>hi</body></html>")
  }

  static func link(_ path: String, _ title: String) -> String {
    "<link rel=alternate type=application/rss+xml title='\(title)' href='\(path)'>"
  }

  @Test func addingAPageSubscribesToItsFeed() throws {
    let server = try LoopbackServer { request in
      request.target == "/feed.xml"
        ? .answer(200, [], Self.feed("科学空间")) : Self.page(Self.link("feed.xml", "全文"))
    }
    defer { server.stop() }
    let home = try Home()
    let run = try home.run(["add", "--folder", "数学/博客", server.url("/")])
    #expect(run.status == 0)
    #expect(run.errors == "")
    #expect(run.output == "1\t\(server.url("/feed.xml"))\t科学空间\t2\n")
    #expect(server.requests.map(\.target) == ["/", "/feed.xml"])
    let row = try #require(try home.rows().first)
    #expect(row.folder == ["数学", "博客"])
    #expect(row.unreadCount == 2)
    let again = try home.run(["add", server.url("/feed.xml")])
    #expect(again.status == 0)
    #expect(again.errors == "yue: \(server.url("/feed.xml")) is already there, as feed 1.\n")
    #expect(server.requests.count == 2)
  }

  @Test func aPageWithSeveralFeedsAsksForAChoice() throws {
    let server = try LoopbackServer { request in
      request.target == "/"
        ? Self.page(Self.link("/a", "甲") + Self.link("/b", "乙"))
        : .answer(200, [], Self.feed(request.target))
    }
    defer { server.stop() }
    let home = try Home()
    let run = try home.run(["add", server.url("/")])
    #expect(run.status == 2)
    #expect(run.output == "1\t甲\t\(server.url("/a"))\n2\t乙\t\(server.url("/b"))\n")
    #expect(try home.rows().isEmpty)
    let picked = try home.run(["add", "--pick", "2", server.url("/")])
    #expect(picked.output == "1\t\(server.url("/b"))\t/b\t2\n")
    let all = try home.run(["add", "--all", server.url("/")])
    #expect(all.status == 0)
    #expect(try home.rows().count == 2)
    #expect(try home.run(["add", "--pick", "3", server.url("/")]).status == 1)
  }

  @Test func whatIsNoFeedSaysWhatItIs() throws {
    let server = try LoopbackServer { request in
      request.target == "/json"
        ? .answer(200, [("Content-Type", "application/json")], "{}") : Self.page("")
    }
    defer { server.stop() }
    let home = try Home()
    let page = try home.run(["add", server.url("/page")])
    #expect(page.status == 1)
    #expect(
      page.errors
        == "yue: \(server.url("/page")): what came is no feed but a web page ('主页'), and it names none; --probe tries the usual addresses.\n"
    )
    #expect(try home.run(["add", server.url("/json")]).status == 1)
    #expect(try home.run(["add", "file:///etc/passwd"]).status == 1)
    #expect(try home.run(["add", "ftp://example.org/"]).status == 1)
    #expect(try home.rows().isEmpty)
  }

  @Test func aFileIsSubscribedToWhenAllowed() throws {
    let home = try Home()
    let path = try home.folder.file("我的 feed.xml", Self.feed("文件"))
    #expect(try home.run(["add", path]).status == 1)
    let run = try home.run(["add", "--allow-files", path])
    #expect(run.status == 0)
    #expect(run.output.hasSuffix("\t文件\t2\n"))
  }

  @Test func aRefreshReportsWhatIsNew() throws {
    let count = Switch(2)
    let server = try LoopbackServer { request in
      let entries = count.value
      return request.value("if-none-match") == "\"\(entries)\""
        ? .answer(304) : .answer(200, [("ETag", "\"\(entries)\"")], Self.feed("x", entries))
    }
    defer { server.stop() }
    let home = try Home()
    _ = try home.run(["add", server.url("/feed")])
    let early = try home.run(["refresh"])
    #expect(early.output == "0 new entries; 0 feeds asked.\n")
    let same = try home.run(["refresh", "--all"])
    #expect(same.output == "0 new entries; 1 feed asked.\n")
    #expect(server.requests.last?.value("if-none-match") == "\"2\"")
    count.value = 5
    let new = try home.run(["refresh", "1", "--json"])
    #expect(new.status == 0)
    let line = try #require(
      try JSONSerialization.jsonObject(with: Data(new.output.utf8)) as? [String: Any])
    #expect(line["new_entries"] as? Int == 3)
    #expect(line["outcome"] as? String == "new")
    #expect(try home.run(["refresh", "nosuchfeed"]).status == 1)
  }

  /// What a server may do to a feed that was fine yesterday.
  static let misdeeds: [(String, LoopbackServer.Reply, String)] = [
    (
      "10 GB announced",
      .endless(
        Array("HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n".utf8),
        [UInt8](repeating: 0x78, count: 65_536)),
      "it is larger than 32 MiB; reading was stopped (refresh.max-body sets the limit)."
    ),
    (
      "10 GB",
      .endless(
        Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<rss><channel>".utf8),
        [UInt8](repeating: 0x78, count: 65_536)),
      "it is larger than 32 MiB; reading was stopped (refresh.max-body sets the limit)."
    ),
    (
      "a bomb", .answer(200, [("Content-Encoding", "gzip")], GzipBomb.blanks(300 << 20)),
      "it is larger than 32 MiB; reading was stopped (refresh.max-body sets the limit)."
    ),
    (
      "a body that is cut", .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<rss>".utf8)),
      "the connection ended in the middle; what came was not used."
    ),
    (
      "a login page", .answer(200, [("Content-Type", "text/html")], "<!doctype html><html></html>"),
      "a web page came instead of a feed."
    ),
    ("nothing", .answer(200, [], ""), "what came is not a feed."),
    (
      "no HTTP", .raw(Array("220 ESMTP\r\n".utf8)),
      "it could not be fetched: what it sent is not HTTP."
    ),
    (
      "a way to a file", .answer(301, [("Location", "file:///etc/passwd")], ""),
      "the server redirects to 'file:///etc/passwd', which is not fetched: only http and https are."
    ),
    ("an error", .answer(500, [], "\u{1B}[31m"), "the server answered with status 500."),
    (
      "the end", .answer(410),
      "the server says this feed is gone for good (410); it is not asked again, its entries stay."
    ),
  ]

  @Test(arguments: misdeeds.indices)
  func aServerThatGoesBadCostsNothing(number: Int) throws {
    let (_, reply, sentence) = Self.misdeeds[number]
    let isBad = Switch(false)
    let server = try LoopbackServer { _ in
      isBad.value
        ? reply : .answer(200, [("ETag", "\"1\"")], Self.feed("空间"))
    }
    defer { server.stop() }
    let home = try Home()
    #expect(try home.run(["add", server.url("/feed")]).status == 0)
    isBad.value = true
    let run = try home.run(["refresh", "--all"])
    #expect(run.status == 2)
    #expect(run.errors == "yue: 空间: \(sentence)\n")
    let row = try #require(try home.rows().first)
    #expect(row.entryCount == 2)
    #expect(row.url == server.url("/feed"))
    #expect(row.failure == sentence)
    isBad.value = false
    let back = try home.run(["refresh", "--resume", "1"])
    #expect(back.status == 0)
    // The validators of the last good answer were kept.
    #expect(server.requests.last?.value("if-none-match") == "\"1\"")
    #expect(try home.rows().first?.failure == nil)
    // The largest of all children of the tests; none of them may keep what it reads.
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    #expect(usage.ru_maxrss < 300_000)
  }

  @Test func aRefreshThatIsStoppedKeepsWhatIsThere() throws {
    let isBad = Switch(false)
    let server = try LoopbackServer { _ in
      isBad.value ? .silence([]) : .answer(200, [], Self.feed("x"))
    }
    defer { server.stop() }
    let home = try Home()
    _ = try home.run(["add", server.url("/feed")])
    isBad.value = true
    let process = Process()
    let program: URL = try #require(Program.url)
    process.executableURL = program
    process.arguments = ["refresh", "--all"]
    process.environment = Program.environment(
      home: home.folder.url, ["YUE_HOME": home.folder.url.path])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while server.active == 0, server.requests.count < 2 { usleep(2_000) }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(try home.rows().first?.entryCount == 2)
    #expect(try home.rows().first?.failure == nil)
    // The lease was given back: another refresh may ask at once.
    isBad.value = false
    #expect(try home.run(["refresh", "--all"]).output == "0 new entries; 1 feed asked.\n")
  }

  @Test func withoutANetworkNoFeedIsBlamed() throws {
    let home = try Home()
    #expect(try home.run(["add", "--no-fetch", "http://feeds.invalid/a"]).status == 0)
    #expect(try home.run(["add", "--no-fetch", "http://feeds.invalid/b"]).status == 0)
    let run = try home.run(["refresh"])
    #expect(run.status == 69)
    #expect(
      run.errors
        == "yue: no server could be reached; is there a network? Nothing was changed.\n")
    #expect(try Store.brief(path: home.database).health().allSatisfy { $0.errorCount == 0 })
  }

  @Test func theProxyOfTheEnvironmentIsUsed() throws {
    let proxy = try LoopbackServer { _ in .answer(200, [], Self.feed("by proxy")) }
    defer { proxy.stop() }
    let home = try Home()
    let run = try home.run(
      ["add", "http://feeds.invalid/feed"], ["http_proxy": proxy.url("")])
    #expect(run.status == 0)
    #expect(proxy.requests.map(\.target) == ["http://feeds.invalid/feed"])
  }

  /// The judge of manners that the project shares: every hard rule must be kept.
  ///
  /// Beside all other tests three requests at once to one host were counted once, and it is not
  /// known yet by whose fault: it is run alone, with `YUE_FULL_TESTS`, until it is.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["YUE_FULL_TESTS"] != nil))
  func allRulesOfEtiquetteAreKept() async throws {
    let judge = Program.checkout.deletingLastPathComponent()
      .appending(path: "shared/tools/etiquette_server.py")
    guard FileManager.default.fileExists(atPath: judge.path),
      FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
    else {
      print("Skipped: \(judge.path) and python3 are needed to judge etiquette.")
      return
    }
    let port = try Self.freePort()
    func judgement(_ arguments: [String]) -> Process {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = [judge.path] + arguments + ["--port", "\(port)"]
      process.standardError = FileHandle.nullDevice
      return process
    }
    let server = judgement(["serve"])
    server.standardOutput = FileHandle.nullDevice
    try server.run()
    defer {
      // Signals that ask are blocked in what is started from a worker thread.
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    let list = judgement(["urls"])
    let output = Pipe()
    list.standardOutput = output
    try list.run()
    let urls = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self
    ).split(separator: "\n").map(String.init)
    let curl = CurlClient()
    defer { curl.close() }
    func ask(_ path: String) async throws -> String {
      let request = HTTPRequest(
        url: "http://127.0.0.1:\(port)/\(path)", userAgent: "test", bodyLimitBytes: 8 << 20)
      return String(decoding: try await curl.send(request).get().body, as: UTF8.self)
    }
    // It is up when it answers.
    for _ in 0..<500 {
      if (try? await ask("__log__")) != nil { break }
      usleep(20_000)
    }
    let home = try Home()
    // The slow ones once: each costs twenty seconds.
    let heavy = urls.filter { url in ["/hang", "/huge", "/bomb"].contains { url.hasSuffix($0) } }
    let light = urls.filter { !heavy.contains($0) }
    #expect(try home.run(["add", "--no-fetch"] + light).status == 0)
    for round in 1...3 {
      if round == 3 { #expect(try home.run(["add", "--no-fetch"] + heavy).status == 0) }
      #expect(try home.run(["refresh", "--all", "--quiet"]).status == 2)
      if round < 3 { _ = try await ask("__round__") }
    }
    let verdict = try await ask("__verdict__")
    let broken = verdict.split(separator: "\n").filter {
      !$0.contains("(soft)") && ($0.hasPrefix("BROKEN") || $0.hasPrefix("NOT SEEN"))
    }
    #expect(broken == [], "\(verdict)")
    #expect(verdict.contains("hard rules: 37 kept, 0 broken, 0 not seen"), "\(verdict)")
  }

  private static func freePort() throws -> Int {
    let server = try LoopbackServer { _ in .answer() }
    defer { server.stop() }
    return server.port
  }
}
