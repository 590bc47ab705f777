/// Which entries a list shows, and in which order.
public struct EntryQuery: Hashable, Sendable {
  public enum Scope: Hashable, Sendable {
    case feed(FeedID)
    case all
  }

  public enum Filter: Hashable, Sendable { case everything, unread, starred }

  public enum Order: Hashable, Sendable {
    /// Newest first; undated entries in the feed's order after the dated ones.
    case newestFirst
    case oldestFirst
  }

  public var scope: Scope
  public var filter: Filter
  public var order: Order

  public init(scope: Scope, filter: Filter = .everything, order: Order = .newestFirst) {
    self.scope = scope
    self.filter = filter
    self.order = order
  }
}
