public import Feeds

/// Everything the browser may ask for.
///
/// Values, not closures: a test can read them.
public enum Effect: Equatable, Sendable {
  /// Answered by `.feedsLoaded`.
  case loadFeeds
  /// Answered by `.entriesLoaded` with the same query: all its entries, in its order.
  case loadEntries(EntryQuery)
  /// Answered by `.articleLoaded` with the same identity, or by `.failed` naming this effect.
  case loadArticle(EntryID)
  /// Answered by `.statusStored`, or by `.failed` naming this effect.
  case setStatus([EntryID], StatusChange)
  // These need the terminal and are performed between two frames.
  /// Open an address outside; the scheme is checked and the address cleaned by whoever performs it.
  case openExternally(String)
  /// Put a text on the clipboard.
  case copy(String)
  /// Send the whole screen again.
  case redraw
  case suspend
  /// Leave the loop; `Browser.isFinished` is true from now on.
  case quit
}
