/// Which entries a list shows, and in which order.
public struct EntryQuery: Hashable, Sendable {
  public enum Scope: Hashable, Sendable {
    case feed(FeedID)
    case all
    /// The feeds in a folder and in the folders in it; its path.
    case folder([String])
    case tag(String)
    /// What arrived or was published since a moment.
    case since(Timestamp)
    /// What a query in the language of `SearchQuery` finds.
    case search(String)
  }

  public enum Filter: Hashable, Sendable { case everything, unread, starred }

  /// What comes first; ties are decided by the date, newest first, then by the identity.
  public enum Order: String, CaseIterable, Hashable, Sendable {
    /// Newest first.
    case date
    case title, feed
    /// Unread entries first.
    case unread
    /// Starred entries first.
    case starred
    /// The longest text first.
    case length
  }

  public var scope: Scope
  public var filter: Filter
  /// A further query in the language of `SearchQuery`, typed at the `filter` prompt.
  public var matching: String?
  public var order: Order
  public var isReversed: Bool

  public init(
    scope: Scope, filter: Filter = .everything, matching: String? = nil, order: Order = .date,
    isReversed: Bool = false
  ) {
    self.scope = scope
    self.filter = filter
    self.matching = matching
    self.order = order
    self.isReversed = isReversed
  }
}
