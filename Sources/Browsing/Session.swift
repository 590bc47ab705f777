/// Where the reader was when the program ended: kept in the library, shown again at the next start.
///
/// Codable, so that whoever stores it needs to know nothing of it.
public struct Session: Codable, Equatable, Sendable {
  /// The pane with the focus: `feeds`, `entries`, `reader`.
  public var pane: String
  public var list: SessionList?
  /// The identity of the entry that is open in the reader; its place is stored with the entry.
  public var openEntry: Int64?
  /// Paths of folders that are closed.
  public var closedFolders: [[String]]
  /// Lines typed at each kind of prompt, the newest last.
  public var history: [String: [String]]
  /// How lists are shown that were given another order or filter.
  public var views: [SessionView]
  /// Sizes of panes that were set, in columns and rows; 0: computed.
  public var feedsColumns: Int
  public var entriesColumns: Int
  public var entriesRows: Int

  public init(
    pane: String = "feeds", list: SessionList? = nil, openEntry: Int64? = nil,
    closedFolders: [[String]] = [], history: [String: [String]] = [:], views: [SessionView] = [],
    feedsColumns: Int = 0, entriesColumns: Int = 0, entriesRows: Int = 0
  ) {
    self.pane = pane
    self.list = list
    self.openEntry = openEntry
    self.closedFolders = closedFolders
    self.history = history
    self.views = views
    self.feedsColumns = feedsColumns
    self.entriesColumns = entriesColumns
    self.entriesRows = entriesRows
  }

  /// A session of an older program lacks what was added since.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    pane = try values.decode(String.self, forKey: .pane)
    list = try values.decodeIfPresent(SessionList.self, forKey: .list)
    openEntry = try values.decodeIfPresent(Int64.self, forKey: .openEntry)
    closedFolders = try values.decodeIfPresent([[String]].self, forKey: .closedFolders) ?? []
    history = try values.decodeIfPresent([String: [String]].self, forKey: .history) ?? [:]
    views = try values.decodeIfPresent([SessionView].self, forKey: .views) ?? []
    feedsColumns = try values.decodeIfPresent(Int.self, forKey: .feedsColumns) ?? 0
    entriesColumns = try values.decodeIfPresent(Int.self, forKey: .entriesColumns) ?? 0
    entriesRows = try values.decodeIfPresent(Int.self, forKey: .entriesRows) ?? 0
  }
}

/// How the list of a row of the feeds pane is shown.
public struct SessionView: Codable, Equatable, Sendable {
  /// `feed:12`, `smart:unread`, `saved:NAME`, `folder:` with its path.
  public var row: String
  public var order: String
  public var isReversed: Bool
  public var isUnreadOnly: Bool

  public init(row: String, order: String, isReversed: Bool, isUnreadOnly: Bool) {
    self.row = row
    self.order = order
    self.isReversed = isReversed
    self.isUnreadOnly = isUnreadOnly
  }
}

/// The list that was shown.
public struct SessionList: Codable, Equatable, Sendable {
  /// `feed`, `all`, `folder`, `tag`, `today`, `search`, with what it needs.
  public var scope: String
  public var argument: String
  public var filter: String
  public var matching: String?
  public var order: String
  public var isReversed: Bool
  public var name: String
  public var selectedEntry: Int64?

  public init(
    scope: String, argument: String = "", filter: String, matching: String? = nil, order: String,
    isReversed: Bool = false, name: String, selectedEntry: Int64? = nil
  ) {
    self.scope = scope
    self.argument = argument
    self.filter = filter
    self.matching = matching
    self.order = order
    self.isReversed = isReversed
    self.name = name
    self.selectedEntry = selectedEntry
  }
}
