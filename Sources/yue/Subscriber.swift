import Feeds
import Fetching
import Parsing
import Storing

/// Subscribes to what the reader typed: a feed's address, or that of a page that offers feeds.
struct Subscriber: Sendable {
  /// Which of several feeds a page offers is meant.
  enum Choice: Equatable, Sendable {
    /// None: they are given back.
    case ask
    /// Counted from 1.
    case pick(Int)
    case first, all
  }

  /// A feed that is in the library now.
  struct Added: Equatable, Sendable {
    var feed: FeedID
    var url: String
    var title: String?
    var entryCount: Int
  }

  enum Outcome: Equatable, Sendable {
    case added([Added])
    case alreadyThere(FeedID, url: String)
    /// More than one, and no choice was made.
    case candidates([FeedCandidate])
    /// A sentence that begins behind the address and a colon, and whether the network is down.
    case failed(String, isOffline: Bool)
  }

  let store: Store
  let settings: RefreshSettings

  init(store: Store, settings: RefreshSettings = RefreshSettings()) {
    self.store = store
    self.settings = settings
  }

  /// Subscribes after asking the server: one request, and one more for each feed a page offers.
  ///
  /// - Parameters:
  ///   - text: an address as typed; without a scheme https is tried, then http.
  ///   - folder: names from the outermost on; empty for none.
  ///   - title: instead of the feed's own.
  ///   - guesses: whether usual addresses of feeds are tried when a page offers none.
  func add(
    _ text: String, folder: [String] = [], title: String? = nil, choice: Choice = .ask,
    guesses: Bool = false
  ) async throws(StoringError) -> Outcome {
    let curl = CurlClient(settings.limits)
    defer { curl.close() }
    let fetcher = Fetcher(curl.client, settings.fetching)
    var last = Outcome.failed(
      "this is no address of a feed.", isOffline: false)
    for spelling in Self.spellings(text) {
      let address: FeedAddress
      switch FeedAddress.read(
        spelling, allowsFiles: settings.fetching.allowsFiles,
        allowsCommands: settings.fetching.allowsCommands)
      {
      case .success(let value): address = value
      case .failure(let refusal):
        return .failed(Sentences.sentence(for: refusal, spelling), isOffline: false)
      }
      let place = Place(folder: folder, title: title)
      if let known = try known(address.url) {
        // It may be new in this folder.
        try store.subscribe(place.placement(address, nil), isStep: true, at: LocalTime.now)
        return .alreadyThere(known, url: address.url)
      }
      let (outcome, hasAnswered) = try await add(
        address, place, choice, guesses: guesses, isPageAllowed: true, fetcher)
      if hasAnswered { return outcome }
      last = outcome
    }
    return last
  }

  /// Subscribes without asking the network.
  func addUnasked(
    _ text: String, folder: [String] = [], title: String? = nil
  ) throws(StoringError) -> Outcome {
    let spelling = Self.spellings(text).first ?? text
    switch FeedAddress.read(
      spelling, allowsFiles: settings.fetching.allowsFiles,
      allowsCommands: settings.fetching.allowsCommands)
    {
    case .failure(let refusal):
      return .failed(Sentences.sentence(for: refusal, spelling), isOffline: false)
    case .success(let address):
      let outcome = try store.subscribe(
        Place(folder: folder, title: title).placement(address, nil), at: LocalTime.now)
      switch outcome {
      case .added(let feed):
        return .added([Added(feed: feed, url: address.url, title: title, entryCount: 0)])
      case .alreadyThere(let feed): return .alreadyThere(feed, url: address.url)
      }
    }
  }

  private struct Place {
    var folder: [String]
    var title: String?

    func placement(_ address: FeedAddress, _ parsed: ParsedFeed?) -> Placement {
      Placement(
        feed: Subscription(
          url: address.url, userInfo: address.userInfo, title: parsed?.title, customTitle: title,
          link: parsed?.link), folders: folder.isEmpty ? [] : [folder])
    }
  }

  /// What may be meant by what was typed, in the order of trying.
  static func spellings(_ text: String) -> [String] {
    var text = text[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    if text.contains("://") || text.hasPrefix("|") { return [String(text)] }
    if let colon = text.firstIndex(of: ":") {
      // `localhost:8080/feed` names a port, `mailto:…` a scheme.
      let rest = text[text.index(after: colon)...].prefix { $0 != "/" && $0 != "?" }
      let isPort = !rest.isEmpty && rest.utf8.allSatisfy { (0x30...0x39).contains($0) }
      if !isPort { return [String(text)] }
    }
    if text.isEmpty { return [""] }
    return ["https://" + text, "http://" + text]
  }

  private func known(_ url: String) throws(StoringError) -> FeedID? {
    do {
      return try store.feed(named: url)
    } catch .unknownFeed {
      return nil
    }
  }

  /// - Returns: the outcome, and whether a server answered: else another spelling may be tried.
  private func add(
    _ address: FeedAddress, _ place: Place, _ choice: Choice, guesses: Bool, isPageAllowed: Bool,
    _ fetcher: Fetcher
  ) async throws(StoringError) -> (Outcome, hasAnswered: Bool) {
    let ticket = settings.applied(
      to: FetchTicket(feed: FeedID(0), url: address.url, userInfo: address.userInfo))
    let result = await fetcher.fetch(ticket) { LocalTime.now }
    guard case .received(let body) = result.outcome else {
      let isOffline =
        switch result.outcome {
        case .failed(.offline), .failed(.nameNotFound): true
        default: false
        }
      let sentence = Sentences.sentence(for: result.outcome) ?? "nothing came."
      return (.failed(sentence, isOffline: isOffline), result.status != nil)
    }
    switch FeedSaving.parse(body) {
    case .success(let parsed):
      return (try save(parsed, result, body, address, place), true)
    case .failure(let error):
      guard isPageAllowed else {
        return (.failed(Sentences.sentence(for: fault(error)), isOffline: false), true)
      }
      return (
        try await discover(body, error, place, choice, guesses: guesses, fetcher), true
      )
    }
  }

  private func fault(_ error: ParsingError) -> FetchFault {
    if case .notAFeed(let root?) = error { .notAFeed(root: root) } else { .notAFeed(root: "") }
  }

  private func save(
    _ parsed: ParsedFeed, _ result: FetchResult, _ body: FetchedBody, _ address: FeedAddress,
    _ place: Place
  ) throws(StoringError) -> Outcome {
    var address = address
    address.url = result.movedTo ?? address.url
    let feed: FeedID
    switch try store.subscribe(place.placement(address, parsed), isStep: true, at: LocalTime.now) {
    case .alreadyThere(let known): return .alreadyThere(known, url: address.url)
    case .added(let new): feed = new
    }
    let ticket = FetchTicket(feed: feed, url: address.url)
    var result = result
    result.movedTo = nil
    let report = try FeedSaving(store: store, schedule: settings.schedule(for: ticket))
      .save(parsed, result, for: ticket)
    return .added([
      Added(
        feed: feed, url: address.url, title: place.title ?? parsed.title,
        entryCount: report.newEntries)
    ])
  }

  private func discover(
    _ body: FetchedBody, _ error: ParsingError, _ place: Place, _ choice: Choice, guesses: Bool,
    _ fetcher: Fetcher
  ) async throws(StoringError) -> Outcome {
    let page = FeedDiscovery(
      html: body.bytes, contentType: body.contentType, url: body.url, links: body.links)
    if page.candidates.isEmpty {
      if guesses, let found = try await guess(body.url, place, fetcher) { return found }
      let what = page.title.map { " (\(Sentences.quoted($0)))" } ?? ""
      let type = FeedDiscovery.mediaTypeName(body.contentType)
      return .failed(
        "what came is no feed but \(type)\(what), and it names none"
          + (guesses ? "." : "; --probe tries the usual addresses."), isOffline: false)
    }
    let chosen: [FeedCandidate]
    switch choice {
    case .first: chosen = [page.candidates[0]]
    case .all: chosen = page.candidates.filter { $0.rank == .header || $0.rank == .link }
    case .pick(let number):
      guard page.candidates.indices.contains(number - 1) else {
        return .failed(
          "there is no feed \(number) on this page; it offers \(page.candidates.count).",
          isOffline: false)
      }
      chosen = [page.candidates[number - 1]]
    case .ask:
      guard let only = page.onlyDeclared else { return .candidates(page.candidates) }
      chosen = [only]
    }
    var added: [Added] = []
    var last = Outcome.candidates(page.candidates)
    for candidate in chosen.isEmpty ? [page.candidates[0]] : chosen {
      if let known = try known(candidate.url) {
        last = .alreadyThere(known, url: candidate.url)
        continue
      }
      guard case .success(let address) = FeedAddress.read(candidate.url) else { continue }
      let outcome = try await add(
        address, place, .ask, guesses: false, isPageAllowed: false, fetcher
      ).0
      if case .added(let feeds) = outcome { added += feeds } else { last = outcome }
    }
    return added.isEmpty ? last : .added(added)
  }

  /// Tries usual addresses, one after another and a second apart; the first feed wins.
  private func guess(
    _ page: String, _ place: Place, _ fetcher: Fetcher
  ) async throws(StoringError) -> Outcome? {
    for (number, url) in FeedDiscovery.guesses(for: page).prefix(6).enumerated() {
      if number > 0 { try? await Task.sleep(for: .seconds(1)) }
      if Task.isCancelled { return nil }
      guard case .success(let address) = FeedAddress.read(url) else { continue }
      let outcome = try await add(
        address, place, .ask, guesses: false, isPageAllowed: false, fetcher
      ).0
      switch outcome {
      case .added, .alreadyThere: return outcome
      case .candidates, .failed: continue
      }
    }
    return nil
  }
}
