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

  public init(
    pane: String = "feeds", list: SessionList? = nil, openEntry: Int64? = nil,
    closedFolders: [[String]] = [], history: [String: [String]] = [:]
  ) {
    self.pane = pane
    self.list = list
    self.openEntry = openEntry
    self.closedFolders = closedFolders
    self.history = history
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
