public import Feeds

/// Everything the browser may ask for. Values, not closures: a test can read them.
public enum Effect: Equatable, Sendable {
  case loadFeeds
  case loadEntries(EntryQuery)
  case loadArticle(EntryID)
  case setStatus([EntryID], StatusChange)
  // These need the terminal and are performed between two frames.
  case openExternally(String)
  case copy(String)
  case redraw
  case suspend
  case quit
}
