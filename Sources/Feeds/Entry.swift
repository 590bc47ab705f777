/// The identity of an entry in the library.
public struct EntryID: Hashable, Comparable, Sendable {
  public var number: Int64
  public init(_ number: Int64) { self.number = number }
  public static func < (left: EntryID, right: EntryID) -> Bool { left.number < right.number }
}

/// What the reader did with an entry.
public struct EntryStatus: Hashable, Sendable {
  public var isRead: Bool
  public var isStarred: Bool

  public init(isRead: Bool = false, isStarred: Bool = false) {
    self.isRead = isRead
    self.isStarred = isStarred
  }
}

/// A mark the reader makes.
public enum StatusChange: Hashable, Sendable {
  case read, unread, starred, unstarred

  public func applied(to status: EntryStatus) -> EntryStatus {
    var status = status
    switch self {
    case .read: status.isRead = true
    case .unread: status.isRead = false
    case .starred: status.isStarred = true
    case .unstarred: status.isStarred = false
    }
    return status
  }
}

/// What a row of the entries list needs.
public struct EntrySummary: Equatable, Sendable, Identifiable {
  public var id: EntryID
  public var feed: FeedID
  public var feedTitle: String
  /// Plain text; nil when the entry has none.
  ///
  /// Not sanitised.
  public var title: String?
  public var link: String?
  public var author: String?
  /// The date it is shown with; nil when the feed gives none.
  public var date: Timestamp?
  /// The date it is sorted by, which never changes; nil before it is in a library.
  public var sortDate: Timestamp?
  public var commentsCount: Int?
  public var status: EntryStatus
  /// Its text has changed since it was read.
  public var isChanged = false
  /// Characters of the body.
  public var characterCount: Int?
  public var tags: [String] = []
  /// What a search found, with some text around it; not sanitised.
  public var snippet: String?

  public init(
    id: EntryID, feed: FeedID, feedTitle: String, title: String?, link: String? = nil,
    author: String? = nil, date: Timestamp? = nil, sortDate: Timestamp? = nil,
    commentsCount: Int? = nil, status: EntryStatus = EntryStatus()
  ) {
    self.id = id
    self.feed = feed
    self.feedTitle = feedTitle
    self.title = title
    self.link = link
    self.author = author
    self.date = date
    self.sortDate = sortDate
    self.commentsCount = commentsCount
    self.status = status
  }

  /// Its place in a list by date.
  public var position: EntryPosition {
    EntryPosition(date: sortDate ?? date ?? Timestamp(secondsSince1970: 0), id: id)
  }
}

/// What we keep of an entry: the facts of the feed's entry with the library's identity.
///
/// The body is kept as HTML, never as a document: the renderer will improve, the data stays.
public struct Entry: Equatable, Sendable, Identifiable {
  public var id: EntryID
  public var feed: FeedID
  public var feedTitle: String
  public var facts: ParsedEntry
  public var status: EntryStatus

  public init(
    id: EntryID, feed: FeedID, feedTitle: String, facts: ParsedEntry,
    status: EntryStatus = EntryStatus()
  ) {
    self.id = id
    self.feed = feed
    self.feedTitle = feedTitle
    self.facts = facts
    self.status = status
  }

  /// The address that is opened, copied and shown: a proxy's original link wins.
  public var address: String? { facts.originalLink ?? facts.link }

  public var summary: EntrySummary {
    EntrySummary(
      id: id, feed: feed, feedTitle: feedTitle, title: facts.title, link: address,
      author: facts.authors.first.flatMap { $0.name ?? $0.email },
      date: facts.published ?? facts.updated, commentsCount: facts.commentsCount, status: status)
  }
}
