import Feeds
import Foundation
import Loopback
import Testing

@testable import Fetching

/// Tickets, redirects and answers, without a network.
@Suite struct FetcherTests {
  static let now = Timestamp(year: 2026, month: 3, day: 1, hour: 12)
  static let settings = Fetcher.Settings(userAgent: "yue/test", bodyLimitBytes: 1 << 20)

  /// A network that answers by address and remembers what it was asked.
  final class Network: Sendable {
    let answers: [String: HTTPResponse]
    let log = Log()

    final actor Log {
      var requests: [HTTPRequest] = []
      func add(_ request: HTTPRequest) { requests.append(request) }
    }

    init(_ answers: [String: HTTPResponse]) { self.answers = answers }

    var client: HTTPClient {
      HTTPClient(
        send: { [self] request in
          await log.add(request)
          return answers[request.url].map { .success($0) } ?? .failure(.nameNotFound(host: "?"))
        },
        origin: { $0.split(separator: "/").prefix(2).joined(separator: "//") })
    }

    var requests: [HTTPRequest] { get async { await log.requests } }
  }

  static func redirect(_ status: Int, _ target: String?) -> HTTPResponse {
    HTTPResponse(status: status, redirectTarget: target)
  }

  static func ok(_ fields: [(String, String)] = [], status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status,
      fields: fields.map { HTTPResponse.Field(name: $0.0, value: Array($0.1.utf8)) },
      body: Array("<rss/>".utf8))
  }

  static func fetch(
    _ ticket: FetchTicket, _ network: Network, _ settings: Fetcher.Settings = Self.settings
  ) async -> FetchResult {
    await Fetcher(network.client, settings).fetch(ticket) { Self.now }
  }

  static func ticket(_ url: String, etag: String? = nil, from place: String? = nil) -> FetchTicket {
    FetchTicket(
      feed: FeedID(1), url: url,
      validators: etag.map {
        Validators(etag: Array($0.utf8), lastModified: nil, url: place ?? url)
      })
  }

  static func lines(_ request: HTTPRequest?) -> [String] {
    (request?.headerLines ?? []).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func permanentMovesAreKnownUpToTheFirstTemporaryOne() async {
    let network = Network([
      "http://a/1": Self.redirect(301, "http://a/2"),
      "http://a/2": Self.redirect(308, "http://b/3"),
      "http://b/3": Self.redirect(302, "http://b/4"),
      "http://b/4": Self.redirect(301, "http://b/5"), "http://b/5": Self.ok(),
    ])
    let result = await Self.fetch(Self.ticket("http://a/1"), network)
    #expect(result.movedTo == "http://b/3")
    #expect(result.status == 200)
    guard case .received(let body) = result.outcome else {
      Issue.record("\(result)")
      return
    }
    #expect(body.url == "http://b/5")
  }

  @Test func aTemporaryMoveIsNotStored() async {
    for status in [302, 303, 307] {
      let network = Network([
        "http://a/1": Self.redirect(status, "http://a/2"), "http://a/2": Self.ok(),
      ])
      #expect(await Self.fetch(Self.ticket("http://a/1"), network).movedTo == nil)
    }
  }

  @Test func redirectsEnd() async {
    let circle = Network([
      "http://a/1": Self.redirect(302, "http://a/2"),
      "http://a/2": Self.redirect(302, "http://a/1"),
    ])
    #expect(
      await Self.fetch(Self.ticket("http://a/1"), circle).outcome == .failed(.tooManyRedirects))
    let answers = (0..<40).map {
      ("http://a/\($0)", Self.redirect(302, "http://a/\($0 + 1)"))
    }
    let long = Network(Dictionary(uniqueKeysWithValues: answers))
    #expect(
      await Self.fetch(Self.ticket("http://a/0"), long).outcome == .failed(.tooManyRedirects))
    #expect(await long.requests.count == 11)
  }

  @Test(arguments: [
    ("http://a/1", "file:///etc/passwd"), ("https://a/1", "http://a/1"),
    ("http://a/1", "javascript:alert(1)"),
  ])
  func placesThatAreNotFollowed(url: String, target: String) async {
    let network = Network([url: Self.redirect(301, target), target: Self.ok()])
    let result = await Self.fetch(Self.ticket(url), network)
    #expect(result.outcome == .failed(.badRedirect(to: target)))
    #expect(result.movedTo == nil)
    #expect(await network.requests.count == 1)
  }

  @Test func secretsStayWithTheServerTheyAreFor() async {
    let network = Network([
      "http://a/1": Self.redirect(301, "http://a/2"),
      "http://a/2": Self.redirect(301, "http://b/3"), "http://b/3": Self.ok(),
    ])
    var ticket = Self.ticket("http://a/1")
    ticket.userInfo = "user:secret"
    ticket.headers = ["X-Token: secret"]
    let result = await Self.fetch(ticket, network)
    let requests = await network.requests
    #expect(requests.map(\.userInfo) == ["user:secret", "user:secret", nil])
    #expect(requests.map { Self.lines($0).contains("X-Token: secret") } == [true, true, false])
    // Storing the new address would hand them over the next time.
    #expect(result.movedTo == nil)
  }

  @Test func passwordsAreSentAtOnceAndOnlyToTheirHost() async throws {
    let other = try LoopbackServer { _ in .answer(200, [], "<rss/>") }
    let target = other.url("/feed", host: "localhost")
    let server = try LoopbackServer { _ in .answer(302, [("Location", target)], "") }
    defer {
      server.stop()
      other.stop()
    }
    let curl = CurlClient()
    defer { curl.close() }
    var ticket = Self.ticket(server.url("/feed"))
    ticket.userInfo = "user:secret"
    let result = await Fetcher(curl.client, Self.settings).fetch(ticket) { Self.now }
    #expect(result.status == 200)
    #expect(server.requests.map { $0.value("authorization") } == ["Basic dXNlcjpzZWNyZXQ="])
    #expect(other.requests.map { $0.value("authorization") } == [nil])
    #expect(other.requests.allSatisfy { $0.value("referer") == nil })
  }

  @Test func validatorsGoBackAsTheyCame() async throws {
    let server = try LoopbackServer { request in
      request.value("if-none-match") == "W/\"a,b \u{E9}\"" ? .answer(304) : .answer(500)
    }
    defer { server.stop() }
    let curl = CurlClient()
    defer { curl.close() }
    var ticket = Self.ticket(server.url("/feed"), etag: "W/\"a,b \u{E9}\"")
    ticket.validators?.lastModified = Array("Sat, 6 Jan 2024 10:11:12 +0000".utf8)
    let result = await Fetcher(curl.client, Self.settings).fetch(ticket) { Self.now }
    #expect(result.outcome == .notModified(nil))
    let request = try #require(server.requests.first)
    #expect(request.value("if-modified-since") == "Sat, 6 Jan 2024 10:11:12 +0000")
    #expect(request.value("a-im") == "feed")
  }

  @Test func validatorsGoOnlyToTheAddressThatGaveThem() async {
    let network = Network([
      "http://a/1": Self.redirect(302, "http://a/2"),
      "http://a/2": Self.ok([("etag", "\"new\"")], status: 304),
    ])
    let result = await Self.fetch(
      Self.ticket("http://a/1", etag: "\"e\"", from: "http://a/2"), network)
    let asked = await network.requests.map { Self.lines($0).contains("If-None-Match: \"e\"") }
    #expect(asked == [false, true])
    #expect(
      result.outcome
        == .notModified(
          Validators(etag: Array("\"new\"".utf8), lastModified: nil, url: "http://a/2")))
  }

  @Test func aFirstRequestIsUnconditional() async {
    let network = Network(["http://a/1": Self.ok()])
    _ = await Self.fetch(Self.ticket("http://a/1"), network)
    let lines = await Self.lines(network.requests.first)
    #expect(lines.count == 1)
    #expect(lines[0].hasPrefix("Accept: application/atom+xml"))
  }

  @Test func headersWithLineEndsAreNotSent() async {
    let network = Network(["http://a/1": Self.ok()])
    var ticket = Self.ticket("http://a/1", etag: "\"a\"\r\nX-Evil: 1")
    ticket.headers = ["X-Good: 1", "X-Bad: 1\r\nX-Evil: 1", "no header"]
    _ = await Self.fetch(ticket, network)
    #expect(await Self.lines(network.requests.first).dropFirst() == ["X-Good: 1"])
  }

  @Test func theBodyOfLastTimeIsNotParsedAgainButItsValidatorsCount() async {
    let network = Network(["http://a/1": Self.ok([("etag", "\"2\"")])])
    let first = await Self.fetch(Self.ticket("http://a/1"), network)
    guard case .received(let body) = first.outcome else {
      Issue.record("\(first)")
      return
    }
    var ticket = Self.ticket("http://a/1", etag: "\"1\"")
    ticket.bodyHash = body.bodyHash
    let second = await Self.fetch(ticket, network)
    #expect(second.outcome == .unchanged(body.validators))
  }

  @Test func statusesAndWhatTheyMean() async {
    let expected: [(Int, FetchOutcome)] = [
      (401, .failed(.unauthorized)), (403, .failed(.forbidden)), (404, .failed(.notFound)),
      (410, .gone), (500, .failed(.status(500))), (503, .failed(.status(503))),
      (204, .failed(.status(204))), (304, .failed(.status(304))),
      (301, .failed(.badRedirect(to: ""))),
    ]
    for (status, outcome) in expected {
      let network = Network(["http://a/1": HTTPResponse(status: status)])
      #expect(await Self.fetch(Self.ticket("http://a/1"), network).outcome == outcome)
    }
  }

  static let waits: [(Int, String, Int64)] = [
    (503, "3600", 3_600), (503, "Sun, 01 Mar 2026 13:00:00 GMT", 3_600),
    (503, "Sunday, 01-Mar-26 13:00:00 GMT", 3_600), (503, "Sun Mar  1 13:00:00 2026", 3_600),
    (503, "99999999999999999999", 2_592_000), (429, "120", 120), (429, "soon", 3_600),
    (429, "0", 3_600), (429, "-5", 3_600), (429, "Sun, 01 Mar 2020 13:00:00 GMT", 3_600),
  ]

  @Test(arguments: waits)
  func serversThatAskForTimeGetIt(status: Int, value: String, seconds: Int64) async {
    let network = Network(["http://a/1": Self.ok([("retry-after", value)], status: status)])
    let result = await Self.fetch(Self.ticket("http://a/1"), network)
    #expect(
      result.outcome
        == .blocked(
          until: Timestamp(secondsSince1970: Self.now.secondsSince1970 + seconds),
          isThrottled: status == 429))
  }

  @Test func aDateIsReadByTheClockOfTheServerThatSentIt() async {
    let network = Network([
      "http://a/1": Self.ok(
        [
          ("date", "Sun, 01 Mar 2026 10:00:00 GMT"),
          ("retry-after", "Sun, 01 Mar 2026 11:00:00 GMT"),
        ], status: 503)
    ])
    let result = await Self.fetch(Self.ticket("http://a/1"), network)
    #expect(
      result.outcome
        == .blocked(
          until: Timestamp(secondsSince1970: Self.now.secondsSince1970 + 3_600), isThrottled: false)
    )
  }

  @Test func throttlingWithoutATimeDoubles() async {
    let network = Network(["http://a/1": HTTPResponse(status: 429)])
    var waits: [Int64] = []
    for count in [0, 1, 2, 10, Int.max] {
      var ticket = Self.ticket("http://a/1")
      ticket.failureCount = count
      if case .blocked(let until, _) = await Self.fetch(ticket, network).outcome {
        waits.append((until.secondsSince1970 - Self.now.secondsSince1970) / 3_600)
      }
    }
    #expect(waits == [1, 2, 4, 24, 24])
  }

  static let lifetimes: [([(String, String)], Int64?)] = [
    ([("cache-control", "max-age=60")], 60),
    ([("cache-control", "private, Max-Age=\"60\", no-store")], 60),
    ([("cache-control", "max-age=99999999999999999999")], 2_147_483_647),
    ([("cache-control", "max-age=-1")], 0), ([("cache-control", "max-age=")], 0),
    ([("expires", "Sun, 01 Mar 2026 13:00:00 GMT")], 3_600),
    ([("expires", "Sun, 01 Mar 2026 11:00:00 GMT")], 0), ([("expires", "0")], 0),
    ([("expires", "Sun, 01 Mar 2026 13:00:00 GMT"), ("cache-control", "max-age=60")], 60),
    ([("cache-control", "no-cache")], nil),
  ]

  @Test(arguments: lifetimes)
  func freshness(fields: [(String, String)], seconds: Int64?) async {
    let network = Network(["http://a/1": Self.ok(fields)])
    #expect(await Self.fetch(Self.ticket("http://a/1"), network).freshnessSeconds == seconds)
  }

  @Test(arguments: [
    "", "now", "Sun, 32 Mar 2026 13:00:00 GMT", "Sun, 01 Foo 2026 13:00:00 GMT",
    "Sun, 01 Mar 2026 25:00:00 GMT", "Sun, 01 Mar 99999999999999999999 13:00:00 GMT",
  ])
  func whatIsNoDate(text: String) {
    #expect(HTTPDate.read(text, now: Self.now) == nil)
  }

  @Test func filesAreReadOnlyWhenAllowed() async throws {
    let place = FileManager.default.temporaryDirectory.appending(
      path: "yue \(UUID().uuidString).xml")
    try Data("<rss/>".utf8).write(to: place)
    defer { try? FileManager.default.removeItem(at: place) }
    let ticket = Self.ticket("file://" + place.path.replacingOccurrences(of: " ", with: "%20"))
    let network = Network([:])
    #expect(await Self.fetch(ticket, network).outcome == .failed(.badRedirect(to: ticket.url)))
    var settings = Self.settings
    settings.allowsFiles = true
    guard case .received(let body) = await Self.fetch(ticket, network, settings).outcome else {
      Issue.record("The file was not read.")
      return
    }
    #expect(body.bytes == Array("<rss/>".utf8))
    settings.bodyLimitBytes = 2
    #expect(
      await Self.fetch(ticket, network, settings).outcome == .failed(.tooLarge(limitBytes: 2)))
    #expect(
      await Self.fetch(Self.ticket("file:///dev/zero"), network, settings).outcome
        == .failed(.other("it is no ordinary file")))
    #expect(Fetcher.path(of: "file://elsewhere/a") == nil)
  }

  @Test func hostsTakeTurnsAndAreNotCrowded() {
    let tickets = ["a", "a", "a", "b", "c"].enumerated().map { number, host in
      FetchTicket(feed: FeedID(Int64(number)), url: host)
    }
    var queue = FetchQueue(tickets, perHost: 2) { $0.url }
    var taken: [String] = []
    while let (ticket, _) = queue.next() { taken.append("\(ticket.url)\(ticket.feed.number)") }
    #expect(taken == ["a0", "b3", "c4", "a1"])
    #expect(queue.count == 1)
    queue.ended("a")
    #expect(queue.next()?.ticket.feed == FeedID(2))
    #expect(queue.next() == nil)
  }
}

/// Feeds that a program prints.
@Suite struct CommandFeedTests {
  private func fetch(
    _ url: String, isAllowed: Bool = true, limitBytes: Int = 1 << 20
  ) async -> FetchResult {
    let client = HTTPClient(send: { _ in .failure(.offline) }, origin: { _ in nil })
    let settings = Fetcher.Settings(
      userAgent: "yue", bodyLimitBytes: limitBytes, allowsCommands: isAllowed)
    return await Fetcher(client, settings).fetch(FetchTicket(feed: FeedID(1), url: url)) {
      Timestamp(secondsSince1970: 1_800_000_000)
    }
  }

  @Test func whatACommandPrintsIsTheBody() async {
    let result = await fetch("exec:printf '<rss>%s</rss>' \"数 学\"")
    guard case .received(let body) = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
    #expect(String(decoding: body.bytes, as: UTF8.self) == "<rss>数 学</rss>")
  }

  @Test func noShellReadsTheCommand() async {
    let result = await fetch("exec:echo $HOME; ls `id` | cat")
    guard case .received(let body) = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
    #expect(String(decoding: body.bytes, as: UTF8.self) == "$HOME; ls `id` | cat\n")
  }

  @Test func withoutTheSettingNothingRuns() async {
    let result = await fetch("exec:echo", isAllowed: false)
    #expect(
      result.outcome
        == .failed(.other("the settings do not allow commands (refresh.allow-commands)")))
  }

  @Test func whatFailsIsAFact() async {
    #expect(
      await fetch("exec:false").outcome == .failed(.other("the command ended with status 1")))
    #expect(
      await fetch("exec:/nowhere/at/all").outcome
        == .failed(.other("the command does not start: No such file or directory")))
    #expect(await fetch("exec:echo 'open").outcome == .failed(.badAddress))
    #expect(await fetch("exec: ").outcome == .failed(.badAddress))
    #expect(
      await fetch("exec:yes", limitBytes: 10_000).outcome
        == .failed(.tooLarge(limitBytes: 10_000)))
  }

  @Test(.timeLimit(.minutes(1)))
  func aCommandThatDoesNotEndIsEnded() async {
    #expect(
      await CommandFeed.run("exec:sleep 600", limitBytes: 10, limitSeconds: 1)
        == .failure(.timedOut(seconds: 1)))
    let task = Task { await fetch("exec:sleep 600").outcome }
    task.cancel()
    #expect(await task.value == .failed(.cancelled))
  }
}
