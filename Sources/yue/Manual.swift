import CResources
import Feeds
import Parsing

/// The feed that is built into the program.
enum Manual {
  /// An address that nobody fetches.
  static let address = "yue:manual"

  static var feed: ParsedFeed? {
    var count = 0
    guard let bytes = yr_manual_text(&count) else { return nil }
    return try? FeedParser().parse(Array(UnsafeBufferPointer(start: bytes, count: count)))
  }
}
