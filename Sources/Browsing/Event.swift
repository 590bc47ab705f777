public import Cells
public import Documents
public import Feeds
public import Keymaps

/// Everything that can happen to the browser.
///
/// A closed list.
public enum Event: Sendable {
  // From the terminal.
  case key(Key)
  case pasted(String)
  case resized(Size)
  /// Back from a suspension: the screen was lost.
  case resumed
  /// SIGHUP, SIGTERM, SIGINT, or the end of input.
  case terminated(signal: Int32)
  /// Wall time for dates, with the local offset east of Greenwich; uptime for intervals.
  ///
  /// Sent once before the first frame, at the head of every batch of events, and when
  /// `Browser.nextTick` has passed without one.
  case ticked(Timestamp, offsetSeconds: Int, uptime: Duration)
  // Answers; each names what was asked.
  case feedsLoaded([FeedRow])
  case entriesLoaded(EntryQuery, [EntrySummary])
  case articleLoaded(EntryID, Entry, Document)
  case statusStored([EntryID], StatusChange)
  case failed(Failure)
  /// What an effect did, for the status row.
  ///
  /// A sentence, or, beginning in lower case, what is to be added to the sentence shown: `sent to
  /// the terminal (OSC 52)` after `Copied formula …`.
  case reported(String)
}

/// A fault told to the reader: what failed and what to do, made of facts in one place.
public struct Failure: Equatable, Sendable {
  public var sentence: String
  /// What had been asked; nil when the fault belongs to no request.
  public var request: Effect?

  public init(sentence: String, request: Effect? = nil) {
    self.sentence = sentence
    self.request = request
  }
}
