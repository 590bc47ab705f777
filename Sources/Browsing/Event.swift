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
  /// SIGUSR1: the settings are to be read again.
  case reloadRequested
  /// Wall time for dates, with the local offset east of Greenwich; uptime for intervals.
  ///
  /// Sent once before the first frame, at the head of every batch of events, and when
  /// `Browser.nextTick` has passed without one.
  case ticked(Timestamp, offsetSeconds: Int, uptime: Duration)

  // Answers; each names what was asked.
  case libraryLoaded(Library)
  /// What the last session left; comes before the library it belongs to, or not at all.
  case sessionFound(Session)
  case entriesLoaded(EntryQuery, PageRequest, EntryPage)
  /// With the place where reading stopped the last time.
  case articleLoaded(EntryID, Entry, Document, at: ReadingPosition?)
  case entryFound(address: String, EntryID?)
  case healthLoaded([FeedHealth])
  case undoStepsLoaded([UndoStep])
  /// With how many entries bear each.
  case tagsLoaded([TagCount])
  case factsLoaded(FactsSubject, [Fact])
  /// A change is on the disk; the step that `undo` takes back, if it is one.
  case stored(Effect, UndoStep?)
  /// The newest first; empty when there was nothing to undo, or to redo.
  case undone([UndoStep], isRedo: Bool)
  /// A feed was added, or was there already.
  case subscribed(FeedID, title: String, isNew: Bool, entryCount: Int)
  /// A page offers several feeds: one is to be chosen and subscribed to by its address.
  case candidatesFound(address: String, folder: [String], [SubscriptionCandidate])
  case refreshProgressed(RefreshProgress)
  case refreshFinished(RefreshProgress)
  /// The library was changed by another program or by a refresh: what is shown is asked for again.
  case libraryChanged
  case settingsLoaded(Settings)
  case listFound(FoundList)
  case listImported(path: String, ImportTally)
  /// There is no browser here; what else could open the address.
  case openerMissing(address: String, programs: [String])
  /// What could open an address, the usual one first.
  case programsFound(address: String, programs: [String])
  /// A folder ends in a slash.
  case filesListed(prefix: String, [String])
  case failed(Failure)
  /// What an effect did, for the status row.
  ///
  /// A sentence, or, beginning in lower case, what is to be added to the sentence shown: `sent to
  /// the terminal (OSC 52)` after `Copied formula …`.
  case reported(String)
}

/// A tag and how many entries bear it.
public struct TagCount: Hashable, Sendable {
  public var name: String
  public var count: Int

  public init(name: String, count: Int) {
    self.name = name
    self.count = count
  }
}

/// Subscriptions that another program left on this machine.
public struct FoundList: Hashable, Sendable {
  public var path: String
  /// As a person would write it: `~/.newsboat/urls`.
  public var shownPath: String
  public var feedCount: Int

  public init(path: String, shownPath: String, feedCount: Int) {
    self.path = path
    self.shownPath = shownPath
    self.feedCount = feedCount
  }
}

/// What came of an import.
public struct ImportTally: Hashable, Sendable {
  public var addedCount = 0
  public var knownCount = 0
  /// Marks taken over from the other program.
  public var markCount = 0
  /// Entries that came with them.
  public var entryCount = 0
  /// What could not be taken over: the line and the reason.
  public var skipped: [String] = []

  public init() {}
}

/// A feed that a page offers.
public struct SubscriptionCandidate: Hashable, Sendable {
  public var address: String
  public var title: String

  public init(address: String, title: String) {
    self.address = address
    self.title = title
  }
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
