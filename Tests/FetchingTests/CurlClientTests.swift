import Feeds
import Loopback
import Testing

@testable import Fetching

/// The network's thread against a server on loopback.
@Suite struct CurlClientTests {
  static func limits(
    total: Int = 60_000, slow: Int = 20, proxy: String? = nil
  ) -> CurlClient.Limits {
    var limits = CurlClient.Limits()
    limits.totalMilliseconds = total
    limits.slowSeconds = slow
    limits.proxy = proxy
    return limits
  }

  static func request(_ url: String, limitBytes: Int = 1 << 20) -> HTTPRequest {
    HTTPRequest(
      url: url, headerLines: [Array("Accept: application/atom+xml".utf8)],
      userAgent: "yue/test (+https://example.org/)", bodyLimitBytes: limitBytes)
  }

  /// The answer of a server that always says the same.
  static func answer(
    _ reply: LoopbackServer.Reply, limitBytes: Int = 1 << 20,
    limits: CurlClient.Limits = CurlClient.Limits()
  ) async throws -> (Result<HTTPResponse, FetchFault>, LoopbackServer) {
    let server = try LoopbackServer { _ in reply }
    defer { server.stop() }
    let client = CurlClient(limits)
    defer { client.close() }
    return (await client.send(request(server.url("/feed"), limitBytes: limitBytes)), server)
  }

  @Test func libcurlIsLoaded() {
    #expect(CurlLibrary.isThere)
    #expect(CurlLibrary.version.hasPrefix("7.") || CurlLibrary.version.hasPrefix("8."))
  }

  @Test func aRequestSaysWhoAsksAndWhatItTakesAndNothingElse() async throws {
    let (result, server) = try await Self.answer(
      .answer(200, [("ETag", " \"a\" "), ("Set-Cookie", "track=1")], "正文"))
    let response = try result.get()
    #expect(response.status == 200)
    #expect(String(decoding: response.body, as: UTF8.self) == "正文")
    #expect(response.text("etag") == "\"a\"")
    let request = try #require(server.requests.first)
    #expect(request.method == "GET")
    #expect(request.target == "/feed")
    #expect(request.value("user-agent") == "yue/test (+https://example.org/)")
    #expect(request.value("accept-encoding")?.contains("gzip") == true)
    #expect(
      Set(request.headers.map(\.name))
        .isSubset(of: ["host", "user-agent", "accept", "accept-encoding"]))
  }

  @Test func noCookieComesBack() async throws {
    let server = try LoopbackServer { _ in .answer(200, [("Set-Cookie", "sid=2")], "x") }
    defer { server.stop() }
    let client = CurlClient()
    defer { client.close() }
    for _ in 0..<2 { _ = await client.send(Self.request(server.url("/"))) }
    #expect(server.requests.count == 2)
    #expect(server.requests.allSatisfy { $0.value("cookie") == nil })
  }

  @Test func anEndlessBodyEndsAtTheLimit() async throws {
    let head = Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<feed>".utf8)
    let (result, server) = try await Self.answer(
      .endless(head, [UInt8](repeating: 0x78, count: 65_536)), limitBytes: 1 << 20)
    #expect(result == .failure(.tooLarge(limitBytes: 1 << 20)))
    // What lies in the buffers of the system has been sent as well.
    #expect(server.sentBytes < 32 << 20)
  }

  @Test func aBodyThatSaysItIsTenGigabytesIsNotBegun() async throws {
    let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n".utf8)
    let (result, _) = try await Self.answer(.endless(head, [UInt8](repeating: 0x78, count: 65_536)))
    #expect(result == .failure(.tooLarge(limitBytes: 1 << 20)))
  }

  @Test func aBombEndsAtTheLimitOfWhatItGrowsTo() async throws {
    let bomb = GzipBomb.blanks(64 << 20)
    #expect(bomb.count < 1 << 20)
    let (result, _) = try await Self.answer(.answer(200, [("Content-Encoding", "gzip")], bomb))
    #expect(result == .failure(.tooLarge(limitBytes: 1 << 20)))
    let (small, _) = try await Self.answer(
      .answer(200, [("Content-Encoding", "gzip")], Array(GzipBomb.blanks(258_000))))
    // The same stream below the limit is read up to its missing checksum.
    #expect(small == .failure(.truncated) || (try? small.get().body.count) == 258_001)
  }

  @Test func headersWithoutEndEndTheTransfer() async throws {
    let (result, server) = try await Self.answer(
      .endless(
        Array("HTTP/1.1 200 OK\r\n".utf8),
        Array("X-Noise: \(String(repeating: "n", count: 900))\r\n".utf8)))
    #expect(result == .failure(.tooLarge(limitBytes: 1 << 20)))
    #expect(server.sentBytes < 32 << 20)
  }

  @Test func aBodyThatIsCutIsNotUsed() async throws {
    let (result, _) = try await Self.answer(
      .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<feed".utf8)))
    #expect(result == .failure(.truncated))
  }

  @Test func whatIsNotHTTPIsSaidToBeThat() async throws {
    let (result, _) = try await Self.answer(.raw(Array("220 mail.example ESMTP\r\n".utf8)))
    #expect(result == .failure(.other("what it sent is not HTTP")))
  }

  @Test func aServerThatHangsIsLeft() async throws {
    let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<feed".utf8)
    let (result, _) = try await Self.answer(.silence(head), limits: Self.limits(total: 300))
    #expect(result == .failure(.timedOut(seconds: 1)))
    let (slow, _) = try await Self.answer(.silence(head), limits: Self.limits(slow: 1))
    guard case .failure(.timedOut) = slow else {
      Issue.record("\(slow)")
      return
    }
  }

  @Test func nothingListeningIsRefused() async throws {
    let server = try LoopbackServer { _ in .answer() }
    server.stop()
    let client = CurlClient()
    defer { client.close() }
    let result = await client.send(Self.request(server.url("/feed")))
    #expect(result == .failure(.refused(host: "127.0.0.1")))
  }

  @Test(arguments: ["file:///etc/passwd", "gopher://127.0.0.1/", "", "http://", "nonsense"])
  func onlyHTTPIsAsked(url: String) async {
    let client = CurlClient()
    defer { client.close() }
    #expect(await client.send(Self.request(url)) == .failure(.badAddress))
  }

  @Test func anErrorPageIsNotKept() async throws {
    let (result, _) = try await Self.answer(
      .answer(404, [], [UInt8](repeating: 0x78, count: 2 << 20)))
    #expect(try result.get() == HTTPResponse(status: 404))
  }

  @Test func aRedirectIsNamedAndNotFollowed() async throws {
    let (result, server) = try await Self.answer(
      .answer(301, [("Location", "/new/../新 址?q#part")], ""))
    let response = try result.get()
    #expect(response.status == 301)
    #expect(response.redirectTarget?.hasPrefix(server.url("/")) == true)
    #expect(response.redirectTarget?.contains("#") == false)
    #expect(server.requests.count == 1)
  }

  @Test func aRedirectCarriesNoPassword() async throws {
    let (result, _) = try await Self.answer(
      .answer(302, [("Location", "http://user:secret@example.org/feed")], ""))
    #expect(try result.get().redirectTarget == "http://example.org/feed")
  }

  @Test func twoRequestsAtATimeGoToOneHost() async throws {
    let server = try LoopbackServer { _ in .answer(200, [], "x") }
    defer { server.stop() }
    let client = CurlClient()
    defer { client.close() }
    let statuses = await withTaskGroup(of: Int.self) { group in
      for number in 0..<24 {
        group.addTask {
          (try? await client.send(Self.request(server.url("/\(number)"))).get().status) ?? 0
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == [Int](repeating: 200, count: 24))
    #expect(server.mostActive <= 2)
  }

  @Test func aCancelledRequestEndsAtOnce() async throws {
    let server = try LoopbackServer { _ in .silence([]) }
    defer { server.stop() }
    let client = CurlClient()
    defer { client.close() }
    let running = Task { await client.send(Self.request(server.url("/"))) }
    while server.requests.isEmpty { await Task.yield() }
    // These two wait for room.
    let waiting = [1, 2].map { _ in Task { await client.send(Self.request(server.url("/"))) } }
    for task in [running] + waiting { task.cancel() }
    for task in [running] + waiting {
      #expect(await task.value == .failure(.cancelled))
    }
  }

  @Test func whatRunsWhenTheClientClosesIsCancelledAndItCanBeUsedAgain() async throws {
    let server = try LoopbackServer { request in
      request.target == "/hang" ? .silence([]) : .answer(200, [], "x")
    }
    defer { server.stop() }
    let client = CurlClient()
    let running = Task { await client.send(Self.request(server.url("/hang"))) }
    while server.requests.isEmpty { await Task.yield() }
    client.close()
    #expect(await running.value == .failure(.cancelled))
    #expect(try await client.send(Self.request(server.url("/"))).get().status == 200)
    client.close()
  }

  @Test func aProxyIsAskedForTheWholeAddress() async throws {
    let proxy = try LoopbackServer { _ in .answer(200, [], "by proxy") }
    defer { proxy.stop() }
    let client = CurlClient(Self.limits(proxy: proxy.url("")))
    defer { client.close() }
    let response = try await client.send(Self.request("http://feeds.invalid/feed")).get()
    #expect(String(decoding: response.body, as: UTF8.self) == "by proxy")
    #expect(proxy.requests.first?.target == "http://feeds.invalid/feed")
  }

  @Test func anAddressIsEncodedBehindItsHost() {
    #expect(Board.encoded("http://h/文 b?c=é") == "http://h/%E6%96%87%20b?c=%C3%A9")
    #expect(Board.encoded("http://h/a%20b?c#d") == "http://h/a%20b?c#d")
  }

  @Test func originsAreComparedAsTheLibraryReadsThem() {
    #expect(CurlLibrary.origin(of: "HTTP://Example.ORG/feed") == "http://example.org:80")
    #expect(CurlLibrary.origin(of: "https://a@b.example:8443/") == "https://b.example:8443")
    #expect(CurlLibrary.origin(of: "not an address") == nil)
  }
}
