public import Feeds
import Glibc

/// Asks servers for feeds, one ticket at a time, and follows where they send us.
public struct Fetcher: Sendable {
  /// What is asked of every server, and what is borne from it.
  public struct Settings: Equatable, Sendable {
    /// `yue/0.1.0 (+https://…)`: who is asking, and where to read about it.
    public var userAgent: String
    /// Bytes of a body after decompression.
    public var bodyLimitBytes: Int
    /// Whether `file:` addresses are read.
    public var allowsFiles: Bool
    /// Whether `exec:` addresses are run.
    public var allowsCommands: Bool

    public init(
      userAgent: String, bodyLimitBytes: Int = 32 << 20, allowsFiles: Bool = false,
      allowsCommands: Bool = false
    ) {
      self.userAgent = userAgent
      self.bodyLimitBytes = bodyLimitBytes
      self.allowsFiles = allowsFiles
      self.allowsCommands = allowsCommands
    }
  }

  static let hopLimit = 10

  private let client: HTTPClient
  private let settings: Settings

  public init(_ client: HTTPClient, _ settings: Settings) {
    self.client = client
    self.settings = settings
  }

  /// Scheme, host and port of a feed's address.
  public func origin(of ticket: FetchTicket) -> String { client.origin(ticket.url) ?? "" }

  /// Asks for a feed, following at most ten redirects.
  ///
  /// - Parameters:
  ///   - file: An open, empty file that what is received goes to instead of memory.
  ///   - now: the wall clock; called when an answer is there.
  public func fetch(
    _ ticket: FetchTicket, into file: Int32? = nil, now: @Sendable () -> Timestamp
  ) async -> FetchResult {
    if ticket.url.lowercased().hasPrefix("file:") { return readFile(ticket, at: now()) }
    if ticket.url.hasPrefix(CommandFeed.scheme) { return await runCommand(ticket, now: now) }
    let (result, hasLeft) = await request(ticket, into: file, now: now)
    // The next request to the host takes another connection then, and the server may still be
    // counting this one.
    if hasLeft { try? await Task.sleep(for: Self.restAfterLeaving) }
    return result
  }

  private static let restAfterLeaving: Duration = .milliseconds(100)

  /// The second value says that the connection to the feed's own host was left: cut, or for another
  /// host.
  private func request(
    _ ticket: FetchTicket, into file: Int32?, now: @Sendable () -> Timestamp
  ) async -> (result: FetchResult, hasLeft: Bool) {
    let start = ContinuousClock.now
    var walk = Walk(url: ticket.url)
    while true {
      let isHome = walk.url == ticket.url || sharesOrigin(walk.url, ticket)
      let request = HTTPRequest(
        url: walk.url,
        headerLines: ConditionalRequest.headerLines(
          for: ticket, url: walk.url, sendsOwnHeaders: isHome),
        userAgent: ticket.userAgent ?? settings.userAgent,
        userInfo: isHome ? ticket.userInfo : nil, bodyLimitBytes: settings.bodyLimitBytes,
        bodyFile: file)
      let answer = await client.send(request)
      let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
      let response: HTTPResponse
      switch answer {
      case .success(let value): response = value
      case .failure(let fault):
        return (FetchResult(.failed(fault), milliseconds: milliseconds), hasLeft: true)
      }
      if [301, 302, 303, 307, 308].contains(response.status) {
        if let fault = walk.follow(response) {
          let result = FetchResult(
            .failed(fault), status: response.status, milliseconds: milliseconds)
          return (result, hasLeft: !isHome)
        }
        continue
      }
      let now = now()
      let result = FetchResult(
        ConditionalRequest.outcome(response, to: ticket, url: walk.url, at: now),
        movedTo: movedAddress(walk, ticket), status: response.status,
        bodyBytes: response.body.count, milliseconds: milliseconds,
        freshnessSeconds: ConditionalRequest.freshness(response, at: now))
      return (result, hasLeft: !isHome)
    }
  }

  private func runCommand(
    _ ticket: FetchTicket, now: @Sendable () -> Timestamp
  ) async -> FetchResult {
    guard settings.allowsCommands else {
      return FetchResult(
        .failed(.other("the settings do not allow commands (refresh.allow-commands)")))
    }
    let start = ContinuousClock.now
    let printed = await CommandFeed.run(ticket.url, limitBytes: settings.bodyLimitBytes)
    let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
    switch printed {
    case .failure(let fault): return FetchResult(.failed(fault), milliseconds: milliseconds)
    case .success(let bytes):
      let response = HTTPResponse(status: 200, body: bytes)
      return FetchResult(
        ConditionalRequest.outcome(response, to: ticket, url: ticket.url, at: now()),
        bodyBytes: bytes.count, milliseconds: milliseconds)
    }
  }

  private func sharesOrigin(_ url: String, _ ticket: FetchTicket) -> Bool {
    guard let origin = client.origin(url) else { return false }
    return origin == client.origin(ticket.url)
  }

  /// The address to store; none when it would hand what was meant for one server to another.
  private func movedAddress(_ walk: Walk, _ ticket: FetchTicket) -> String? {
    guard let moved = walk.movedTo, moved != ticket.url else { return nil }
    let hasSecrets = ticket.userInfo != nil || !ticket.headers.isEmpty
    return hasSecrets && !sharesOrigin(moved, ticket) ? nil : moved
  }

  /// A file that was subscribed to: for those who make feeds themselves.
  private func readFile(_ ticket: FetchTicket, at now: Timestamp) -> FetchResult {
    guard settings.allowsFiles else {
      return FetchResult(.failed(.badRedirect(to: ticket.url)))
    }
    guard let path = Self.path(of: ticket.url) else { return FetchResult(.failed(.badAddress)) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return FetchResult(.failed(.notFound)) }
    defer { close(descriptor) }
    var facts = stat()
    // A pipe or a device would be read for ever.
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      return FetchResult(.failed(.other("it is no ordinary file")))
    }
    guard facts.st_size <= settings.bodyLimitBytes else {
      return FetchResult(.failed(.tooLarge(limitBytes: settings.bodyLimitBytes)))
    }
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    var count = 0
    while count < bytes.count {
      let part = bytes.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if part < 0, errno == EINTR { continue }
      guard part > 0 else { break }
      count += part
    }
    bytes.removeLast(bytes.count - count)
    let response = HTTPResponse(status: 200, body: bytes)
    return FetchResult(
      ConditionalRequest.outcome(response, to: ticket, url: ticket.url, at: now),
      bodyBytes: count)
  }

  /// `file:///a%20b` and `file:/a%20b`; nil for one on another machine.
  static func path(of url: String) -> String? {
    var rest = Array(url.utf8.dropFirst(5))
    if rest.starts(with: [0x2F, 0x2F]) {
      rest.removeFirst(2)
      guard let slash = rest.firstIndex(of: 0x2F) else { return nil }
      let host = String(decoding: rest[..<slash], as: UTF8.self)
      guard host.isEmpty || host == "localhost" else { return nil }
      rest.removeFirst(slash)
    }
    guard rest.first == 0x2F else { return nil }
    var path: [UInt8] = []
    var place = 0
    while place < rest.count {
      if rest[place] == 0x25, place + 2 < rest.count,
        let byte = UInt8(String(decoding: rest[place + 1...place + 2], as: UTF8.self), radix: 16)
      {
        path.append(byte)
        place += 3
      } else {
        path.append(rest[place])
        place += 1
      }
    }
    return path.contains(0) ? nil : String(decoding: path, as: UTF8.self)
  }
}

/// The way from a feed's address to the one that answers.
struct Walk: Equatable {
  var url: String
  /// The address that is reached by permanent redirects alone; nil without one.
  var movedTo: String?
  private var isPermanent = true
  private var visited: Set<String>

  init(url: String) {
    self.url = url
    visited = [url]
  }

  /// Takes one hop; the fault that ends the walk, if any.
  mutating func follow(_ response: HTTPResponse) -> FetchFault? {
    guard let target = response.redirectTarget else { return .badRedirect(to: "") }
    let scheme = target.prefix { $0 != ":" }.lowercased()
    guard scheme == "http" || scheme == "https" else { return .badRedirect(to: target) }
    // What was asked for under TLS is not taken without.
    if scheme == "http", url.lowercased().hasPrefix("https:") { return .badRedirect(to: target) }
    // We keep nothing between hops, so a place seen twice is a loop.
    guard visited.insert(target).inserted, visited.count <= Fetcher.hopLimit + 1 else {
      return .tooManyRedirects
    }
    if response.status == 301 || response.status == 308 {
      if isPermanent { movedTo = target }
    } else {
      isPermanent = false
    }
    url = target
    return nil
  }
}
