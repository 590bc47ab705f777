/// The identity of a feed in the library.
public struct FeedID: Hashable, Comparable, Sendable {
  public var number: Int64
  public init(_ number: Int64) { self.number = number }
  public static func < (left: FeedID, right: FeedID) -> Bool { left.number < right.number }
}

/// One row of the feeds pane.
public struct FeedRow: Equatable, Sendable, Identifiable {
  public var id: FeedID
  /// Plain text as the feed writes it; not sanitised.
  public var title: String
  /// The site.
  public var link: String?
  /// The address it is fetched from; empty for a feed that was opened from a file.
  public var url: String
  public var unreadCount: Int
  public var entryCount: Int
  public var starredCount: Int
  /// The path of the folder it is shown in, outermost first.
  public var folder: [String]
  /// Why it could not be fetched the last time.
  public var failure: String?
  /// Its server asked for time: until then it is left alone.
  public var waitsUntil: Timestamp?
  /// It will not be asked again by itself: gone, finished or paused.
  public var isEnded: Bool
  /// Seconds between two requests, when the reader has set them for this feed.
  public var intervalSeconds: Int64?

  public init(
    id: FeedID, title: String, link: String?, unreadCount: Int, entryCount: Int, url: String = "",
    starredCount: Int = 0, folder: [String] = [], failure: String? = nil,
    waitsUntil: Timestamp? = nil, isEnded: Bool = false, intervalSeconds: Int64? = nil
  ) {
    self.id = id
    self.title = title
    self.link = link
    self.url = url
    self.unreadCount = unreadCount
    self.entryCount = entryCount
    self.starredCount = starredCount
    self.folder = folder
    self.failure = failure
    self.waitsUntil = waitsUntil
    self.isEnded = isEnded
    self.intervalSeconds = intervalSeconds
  }
}
