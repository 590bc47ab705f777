import ArgumentParser
import Feeds
import Fetching
import Foundation
import Parsing
import Storing

/// `yue add`: subscribe.
struct AddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Subscribe to feeds.",
    discussion: """
      A URL is that of a feed or of a page that names its feed. When a page offers several, they \
      are listed and the status is 2; --pick, --first or --all chooses.

      Printed are number, address, title and count of entries of each new feed.

      Examples:
        yue add https://kexue.fm/feed
        yue add --folder Mathematics kexue.fm terrytao.wordpress.com
        yue add --pick 2 https://example.org/
      """)

  @Option(help: ArgumentHelp("The folder; / separates levels.", valueName: "folder"))
  var folder: String?

  @Option(help: ArgumentHelp("A title instead of the feed's own.", valueName: "title"))
  var title: String?

  @Flag(help: "Subscribe without asking the network.")
  var noFetch = false

  @Option(help: ArgumentHelp("The feed of a page with several, counted from 1.", valueName: "n"))
  var pick: Int?

  @Flag(help: "The first feed of a page with several.")
  var first = false

  @Flag(help: "All feeds that a page names.")
  var all = false

  @Flag(help: "Try usual addresses when a page names no feed (at most six requests).")
  var probe = false

  @Flag(help: "Allow files: /home/me/feed.xml, file:///home/me/feed.xml.")
  var allowFiles = false

  @Argument(help: "Addresses of feeds or pages.")
  var urls: [String]

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if urls.isEmpty { throw ValidationError("Give a URL.") }
    if [pick != nil, first, all].filter({ $0 }).count > 1 {
      throw ValidationError("Give one of --pick, --first and --all.")
    }
    if title != nil, urls.count > 1 {
      throw ValidationError("A title is for one feed; give one URL.")
    }
    if let pick, pick < 1 { throw ValidationError("--pick counts from 1.") }
  }

  func run() throws {
    let store = try everywhere.library()
    var settings = try everywhere.refreshSettings()
    if allowFiles { settings.fetching.allowsFiles = true }
    let subscriber = Subscriber(store: store, settings: settings)
    let path = folder.map { $0.split(separator: "/").map(String.init) } ?? []
    let choice: Subscriber.Choice =
      pick.map { .pick($0) } ?? (first ? .first : all ? .all : .ask)
    var status = ExitStatus.done.rawValue
    for url in urls {
      let text = allowFiles ? Self.fileURL(url) ?? url : url
      let (title, noFetch, probe) = (title, noFetch, probe)
      let result = Background.run {
        do throws(StoringError) {
          return Result<Subscriber.Outcome, StoringError>.success(
            noFetch
              ? try subscriber.addUnasked(text, folder: path, title: title)
              : try await subscriber.add(
                text, folder: path, title: title, choice: choice, guesses: probe))
        } catch {
          return .failure(error)
        }
      }
      switch result {
      case .failure(let error): throw LibraryPlace.failure(error)
      case .success(let outcome): status = max(status, Self.report(outcome, of: url))
      }
    }
    if status != 0 { throw ExitCode(status) }
  }

  /// Prints what came of one address; the status it asks for.
  private static func report(_ outcome: Subscriber.Outcome, of url: String) -> Int32 {
    switch outcome {
    case .added(let feeds):
      StandardOutput.write(
        feeds.map { feed in
          let title = Sentences.plain(feed.title ?? "")
          return "\(feed.feed.number)\t\(feed.url)\t\(title)\t\(feed.entryCount)"
        })
      return ExitStatus.done.rawValue
    case .alreadyThere(let feed, let address):
      StandardError.write("\(Sentences.plain(address)) is already there, as feed \(feed.number).")
      return ExitStatus.done.rawValue
    case .candidates(let candidates):
      StandardError.write(
        "\(Sentences.plain(url)) offers \(candidates.count) feeds; choose with --pick N, --first or --all."
      )
      StandardOutput.write(
        candidates.enumerated().map { number, candidate in
          "\(number + 1)\t\(Sentences.plain(candidate.title ?? ""))\t\(candidate.url)"
        })
      return ExitStatus.partly.rawValue
    case .failed(let sentence, let isOffline):
      StandardError.write("\(Sentences.plain(hidden(url))): \(sentence)")
      return isOffline ? 69 : ExitStatus.failed.rawValue
    }
  }

  /// The address without what must not be shown.
  private static func hidden(_ url: String) -> String {
    if case .success(let address) = FeedAddress.read(url) { return address.url }
    return url
  }

  /// The address of a file that exists; nil for anything else.
  private static func fileURL(_ text: String) -> String? {
    guard !text.contains("://"), FileManager.default.fileExists(atPath: text) else { return nil }
    return URL(filePath: text).absoluteURL.absoluteString
  }
}
