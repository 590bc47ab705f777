/// How a feed is doing.
public struct FeedHealth: Equatable, Sendable, Identifiable {
  public enum State: Int, Equatable, Sendable {
    case active = 0
    case paused = 1
    /// The server said 410.
    case gone = 2
    /// The feed says that it will not change any more.
    case finished = 3
    case unsubscribed = 4
  }

  public var id: FeedID
  public var title: String
  public var url: String
  public var state: State
  public var lastAttempt: Timestamp?
  public var lastSuccess: Timestamp?
  public var nextPoll: Timestamp?
  public var blockedUntil: Timestamp?
  public var errorCount: Int
  /// A sentence; nil when the last attempt succeeded.
  public var errorText: String?
  public var entryCount: Int

  public init(
    id: FeedID, title: String, url: String, state: State, lastAttempt: Timestamp? = nil,
    lastSuccess: Timestamp? = nil, nextPoll: Timestamp? = nil, blockedUntil: Timestamp? = nil,
    errorCount: Int = 0, errorText: String? = nil, entryCount: Int = 0
  ) {
    self.id = id
    self.title = title
    self.url = url
    self.state = state
    self.lastAttempt = lastAttempt
    self.lastSuccess = lastSuccess
    self.nextPoll = nextPoll
    self.blockedUntil = blockedUntil
    self.errorCount = errorCount
    self.errorText = errorText
    self.entryCount = entryCount
  }
}
