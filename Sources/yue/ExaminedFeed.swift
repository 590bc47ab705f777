import ArgumentParser
import Feeds
import Fetching
import Foundation
import Parsing
import Storing

extension FeedExamination {
  /// Reads a feed for `yue doctor`; what fails is said on stderr and ends the program.
  ///
  /// - Parameters:
  ///   - name: a file, `-` for standard input, an address, or what a feed of the library is called.
  ///   - base: the address a file came from.
  init(of name: String, base: String?, _ everywhere: GlobalOptions) throws {
    if let ticket = try Self.ticket(for: name, everywhere) {
      try self.init(fetching: ticket, everywhere)
      return
    }
    let input = try InputFile(named: name)
    do {
      self.init(
        try FeedParser(documentURL: base).parse(input.bytes), byteCount: input.bytes.count)
    } catch {
      StandardError.write(Sentences.sentence(for: error, in: name))
      throw ExitCode(ExitStatus.badInput.rawValue)
    }
  }

  /// What to fetch; nil for a file.
  private static func ticket(
    for name: String, _ everywhere: GlobalOptions
  ) throws -> FetchTicket? {
    if name == "-" || FileManager.default.fileExists(atPath: name) { return nil }
    if name.contains("://") {
      switch FeedAddress.read(name) {
      case .success(let address):
        return FetchTicket(feed: FeedID(0), url: address.url, userInfo: address.userInfo)
      case .failure(let refusal):
        StandardError.write(Sentences.sentence(for: refusal, name))
        throw ExitCode(ExitStatus.failed.rawValue)
      }
    }
    // A library is not made only to be asked, and what looks like a file is missed as one.
    guard FileManager.default.fileExists(atPath: everywhere.paths.library),
      !name.contains("/"), !name.hasSuffix(".xml"), !name.hasSuffix(".json")
    else { return nil }
    let store = try everywhere.library()
    return try LibraryPlace.attempt { () throws(StoringError) in
      let id = try store.feed(named: name)
      guard let url = try store.health().first(where: { $0.id == id })?.url else { return nil }
      let known = try store.subscriptions().first { $0.feed.url == url }
      return FetchTicket(feed: id, url: url, userInfo: known?.feed.userInfo)
    }
  }

  /// Fetches a feed as a refresh does, but keeps nothing of it.
  private init(fetching ticket: FetchTicket, _ everywhere: GlobalOptions) throws {
    let settings = try everywhere.refreshSettings()
    let asked = settings.applied(to: ticket)
    let result = Background.run {
      let curl = CurlClient(settings.limits)
      defer { curl.close() }
      return await Fetcher(curl.client, settings.fetching).fetch(asked) { LocalTime.now }
    }
    guard case .received(let body) = result.outcome else {
      let sentence = Sentences.sentence(for: result.outcome) ?? "nothing came."
      StandardError.write("\(Sentences.plain(ticket.url)): \(sentence)")
      throw ExitCode(result.status == nil ? 69 : ExitStatus.failed.rawValue)
    }
    switch FeedSaving.parse(body) {
    case .failure(let error):
      StandardError.write(Sentences.sentence(for: error, in: ticket.url))
      if error == .notAFeed(root: "html") { Self.nameFeeds(of: body) }
      throw ExitCode(ExitStatus.badInput.rawValue)
    case .success(let feed):
      self.init(feed, byteCount: body.bytes.count)
      add(body, asked: ticket.url, movedTo: result.movedTo)
    }
  }

  /// What a page offers instead.
  private static func nameFeeds(of page: FetchedBody) {
    let offered = FeedDiscovery(
      html: page.bytes, contentType: page.contentType, url: page.url
    ).candidates
    for candidate in offered.prefix(8) {
      let title = candidate.title.map { " (\(Sentences.plain($0)))" } ?? ""
      StandardError.write("it offers \(Sentences.plain(candidate.url))\(title)")
    }
  }
}
