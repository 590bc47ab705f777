import ArgumentParser
import Feeds
import Foundation
import Parsing

/// `yue parse`: what a feed says, as JSON.
struct ParseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse",
    abstract: "Print what a feed says, as JSON.",
    discussion: """
      One object with all fields, in a fixed order; docs/feeds.md describes them. With --batch, one \
      line for each path in LIST, null for what is not a feed.

      Examples:
        yue parse --json kexue.xml
        curl -s https://kexue.fm/feed | yue parse --json --base https://kexue.fm/feed -
      """)

  @Flag(help: "Write JSON (the only format there is; may be left out).")
  var json = false

  @Option(help: ArgumentHelp("The address the feed came from.", valueName: "url"))
  var base: String?

  @Option(help: ArgumentHelp("A file that names one feed file per line.", valueName: "list"))
  var batch: String?

  @Argument(help: "A feed file, or - for standard input.")
  var file: String?

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if (batch == nil) == (file == nil) { throw ValidationError("Give one FILE, or --batch LIST.") }
  }

  func run() throws {
    if let batch {
      let list = try InputFile(named: batch)
      for path in String(decoding: list.bytes, as: UTF8.self).split(separator: "\n") {
        if let feed = Self.feed(at: String(path), parser) {
          Self.write(feed)
        } else {
          StandardOutput.write(["null"])
        }
      }
      return
    }
    guard let file else { return }
    let feed = try ParsedFeed(named: file, parser)
    Self.write(feed)
  }

  private static func write(_ feed: ParsedFeed) {
    var rest: [UInt8] = []
    NeutralJSON.write(feed) { piece in
      // One write for a small feed, line end included.
      rest += piece
      guard rest.count >= 1 << 16 else { return }
      StandardOutput.write(rest)
      rest.removeAll(keepingCapacity: true)
    }
    StandardOutput.write(rest + [0x0A])
  }

  /// Nil for what cannot be read or is not a feed.
  private static func feed(at path: String, _ parser: FeedParser) -> ParsedFeed? {
    guard let input = try? InputFile(reading: path) else { return nil }
    return try? parser.parse(input.bytes)
  }

  private var parser: FeedParser {
    let environment = ProcessInfo.processInfo.environment
    let headers =
      environment["YUE_HTTP_HEADERS"].flatMap {
        try? JSONDecoder().decode([String: String].self, from: Data($0.utf8))
      } ?? [:]
    return FeedParser(documentURL: base ?? environment["YUE_BASE_URL"], headers: headers)
  }
}
