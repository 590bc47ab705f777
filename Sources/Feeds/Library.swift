/// What the feeds pane shows: all feeds in their folders, saved searches, and counts.
public struct Library: Equatable, Sendable {
  /// In the reader's order; `FeedRow.folder` says in which folder each is shown.
  public var feeds: [FeedRow]
  /// The paths of all folders, outermost first and in the reader's order; empty folders too.
  public var folders: [[String]]
  /// The reader's saved searches, with the number of their unread entries where it is known.
  public var smartFeeds: [SmartFeedRow]
  public var unreadCount: Int
  public var entryCount: Int
  public var starredCount: Int
  /// Unread entries of today.
  public var todayCount: Int
  /// Entries that were left half-read.
  public var readingCount: Int
  /// The newest entry that is in these counts: what arrives later was not shown yet.
  public var newestEntry: EntryID
  /// When feeds were asked the last time.
  public var lastRefresh: Timestamp?
  /// Why nothing can be written; nil when all is well.
  public var fault: String?

  public init(
    feeds: [FeedRow] = [], folders: [[String]] = [], smartFeeds: [SmartFeedRow] = [],
    unreadCount: Int = 0, entryCount: Int = 0, starredCount: Int = 0, todayCount: Int = 0,
    readingCount: Int = 0, newestEntry: EntryID = EntryID(.max), lastRefresh: Timestamp? = nil,
    fault: String? = nil
  ) {
    self.feeds = feeds
    self.folders = folders
    self.smartFeeds = smartFeeds
    self.unreadCount = unreadCount
    self.entryCount = entryCount
    self.starredCount = starredCount
    self.todayCount = todayCount
    self.readingCount = readingCount
    self.newestEntry = newestEntry
    self.lastRefresh = lastRefresh
    self.fault = fault
  }
}

/// A saved search as the feeds pane shows it.
public struct SmartFeedRow: Equatable, Sendable {
  public var smartFeed: SmartFeed
  public var unreadCount: Int?

  public init(_ smartFeed: SmartFeed, unreadCount: Int? = nil) {
    self.smartFeed = smartFeed
    self.unreadCount = unreadCount
  }
}

/// Entries that a command means: some, or a part of a list that need not be loaded.
public enum EntrySelection: Hashable, Sendable {
  case entries([EntryID])
  /// A whole list, as far as its entries were there when it was read.
  case list(EntryQuery, newest: EntryID)
  /// The rows up to a row and that row.
  case listAbove(EntryQuery, EntryPosition, newest: EntryID)
  /// A row and the rows behind it.
  case listBelow(EntryQuery, EntryPosition, newest: EntryID)
}

/// A change of what the reader is subscribed to; each can be undone.
public enum LibraryEdit: Hashable, Sendable {
  case unsubscribe([FeedID])
  /// Nil: the feed's own title again.
  case rename(FeedID, to: String?)
  case renameFolder([String], to: String)
  case move([FeedID], toFolder: [String])
  /// Into another folder; an empty path is the top.
  case moveFolder([String], toFolder: [String])
  case newFolder([String])
  /// Its feeds go into the folder that held it.
  case removeFolder([String])
  case setAddress(FeedID, String)
  /// Nil: by the feed's own schedule.
  case setInterval(FeedID, seconds: Int64?)
  /// One place up (-1) or down (1) among its neighbours, times the number.
  case shiftFeed(FeedID, by: Int)
  case shiftFolder([String], by: Int)
  case saveSearch(SmartFeed)
  case removeSearch(name: String)
}

/// Something the reader did, which `undo` takes back.
public struct UndoStep: Equatable, Sendable, Identifiable {
  public var id: Int64
  /// What was done, in words: `Marked 3 entries read`.
  public var label: String
  public var madeAt: Timestamp
  public var isUndone: Bool
  /// The entries that undoing changes; empty when it changes feeds or folders.
  public var entries: [EntryID]
  /// How many of them were left alone because something else has changed them since.
  public var skippedCount: Int

  public init(
    id: Int64, label: String, madeAt: Timestamp = Timestamp(secondsSince1970: 0),
    isUndone: Bool = false, entries: [EntryID] = [], skippedCount: Int = 0
  ) {
    self.id = id
    self.label = label
    self.madeAt = madeAt
    self.isUndone = isUndone
    self.entries = entries
    self.skippedCount = skippedCount
  }
}

/// A place in an article that survives a new width and an edit of the text.
public struct ReadingPosition: Hashable, Sendable {
  /// In the document's text: the first character on the screen.
  public var byteOffset: Int
  /// About 32 bytes on either side, by which the place is found again in a changed text.
  public var context: String
  /// How much of the article has been seen, in per cent of its rows.
  public var percent: Int

  public init(byteOffset: Int, context: String = "", percent: Int = 0) {
    self.byteOffset = byteOffset
    self.context = context
    self.percent = percent
  }
}

/// Which feeds a refresh asks.
public enum RefreshScope: Hashable, Sendable {
  /// Those whose time has come.
  case due
  /// All, but those that are gone, whose servers asked for time, or that keep failing.
  case all
  /// These; their failures in the past do not matter.
  case feeds([FeedID])
}

/// How far a refresh is.
public struct RefreshProgress: Equatable, Sendable {
  /// Feeds that are done, skipped ones included.
  public var doneCount: Int
  public var totalCount: Int
  public var failedCount: Int
  public var skippedCount: Int
  public var newEntryCount: Int
  public var feedsWithNewEntries: Int
  /// The feeds that are being fetched now.
  public var running: [FeedID]

  public init(
    doneCount: Int = 0, totalCount: Int = 0, failedCount: Int = 0, skippedCount: Int = 0,
    newEntryCount: Int = 0, feedsWithNewEntries: Int = 0, running: [FeedID] = []
  ) {
    self.doneCount = doneCount
    self.totalCount = totalCount
    self.failedCount = failedCount
    self.skippedCount = skippedCount
    self.newEntryCount = newEntryCount
    self.feedsWithNewEntries = feedsWithNewEntries
    self.running = running
  }
}
