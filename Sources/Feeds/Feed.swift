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
  public var unreadCount: Int
  public var entryCount: Int

  public init(id: FeedID, title: String, link: String?, unreadCount: Int, entryCount: Int) {
    self.id = id
    self.title = title
    self.link = link
    self.unreadCount = unreadCount
    self.entryCount = entryCount
  }
}
