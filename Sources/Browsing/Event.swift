public import Cells
public import Documents
public import Feeds
public import Keymaps

/// Everything that can happen to the browser. A closed list.
public enum Event: Sendable {
  // From the terminal.
  case key(Key)
  case pasted(String)
  case resized(Size)
  /// Back from a suspension: the screen was lost.
  case resumed
  /// SIGHUP, SIGTERM, SIGINT, or the end of input.
  case terminated(signal: Int32)
  // From the clock: wall time for dates, with the local offset; uptime for intervals.
  case ticked(Timestamp, offsetSeconds: Int, uptime: Duration)
  // Answers; each names what was asked.
  case feedsLoaded([FeedRow])
  case entriesLoaded(EntryQuery, [EntrySummary])
  case articleLoaded(EntryID, Entry, Document)
  case statusStored([EntryID], StatusChange)
  case failed(Failure)
}

/// A fault told to the reader: what failed and what to do, made of facts in one place.
public struct Failure: Equatable, Sendable {
  public var sentence: String

  public init(sentence: String) {
    self.sentence = sentence
  }
}
