public import Feeds

/// Everything the browser may ask for.
///
/// Values, not closures: a test can read them. Every one that can fail is answered by its own event
/// or by `.failed` with a `Failure` that names it.
public enum Effect: Equatable, Sendable {
  // Asking the library.
  /// Answered by `.libraryLoaded`.
  case loadLibrary
  /// Answered by `.entriesLoaded` with the same query and request.
  case loadEntries(EntryQuery, PageRequest)
  /// Answered by `.articleLoaded` with the same identity.
  case loadArticle(EntryID)
  /// Whether an address is that of an entry of the library; answered by `.entryFound`.
  case findEntry(address: String)
  /// Answered by `.healthLoaded`.
  case loadHealth
  /// Answered by `.undoStepsLoaded`.
  case loadUndoSteps
  /// Answered by `.tagsLoaded`.
  case loadTags
  /// Answered by `.factsLoaded`.
  case loadFacts(FactsSubject)

  // Changing the library; each is answered by `.stored` with the same effect when the change is on
  // the disk.
  /// Marks; `isStep` is false for what `undo` shall not take back, such as reading.
  case mark(EntrySelection, StatusChange, isStep: Bool)
  case tag(EntrySelection, adding: [String], removing: [String])
  case delete(EntrySelection)
  case edit(LibraryEdit)
  /// Answered by `.undone`.
  case undo(steps: Int)
  case redo(steps: Int)
  /// Undoes every step from the newest down to this one.
  case undoDown(to: UndoStep.ID)
  case savePosition(EntryID, ReadingPosition)
  case saveSession(Session)

  // The network.
  /// Subscribes to a feed or to what a page offers; answered by `.subscribed` or by
  /// `.candidatesFound`.
  case subscribe(address: String, folder: [String])
  /// Answered by `.refreshProgressed` and at the end by `.refreshFinished`.
  case refresh(RefreshScope)
  case stopRefresh
  /// Asks a feed that has ended again from now on.
  case resume(FeedID)
  /// Save what an address holds as a new file in the reader's folder for that; answered by
  /// `.reported`.
  case download(address: String)

  // Files and programs.
  /// Writes the subscriptions, or with `.json` everything, into a new file; answered by `.reported`.
  case exportFile(path: String)
  /// The files whose paths begin so, for completion; answered by `.filesListed`.
  case listFiles(prefix: String)
  /// What could open an address; answered by `.programsFound`.
  case findPrograms(String)

  /// Opens the feed that is built into the program; answered by `.subscribed`.
  case openManual
  /// Takes over the subscriptions of a file; answered by `.listImported`.
  case importList(path: String)
  /// What other programs left here; answered by `.listFound` if there is anything.
  case lookForLists

  // The settings.
  /// Changes a setting for this session, or says what it is when there is no value; answered by
  /// `.settingsLoaded` and `.reported`.
  case changeSetting(name: String, value: String?)
  /// Reads the settings and the keymap again, all or nothing; answered likewise.
  case reloadSettings

  // These need the terminal and are performed between two frames.
  /// Open an address outside; the scheme is checked and the address cleaned by whoever performs it.
  ///
  /// Answered by `.reported`, or by `.openerMissing` when there is no browser here.
  case openExternally(String)
  /// Open it with a program that `.openerMissing` named.
  case openWith(String, program: String)
  /// Put a text on the clipboard.
  case copy(String)
  /// Give a text to a program of the reader's choice; answered by `.reported`.
  case pipe(PipedText, command: String)
  /// Save a text as a file that does not exist yet; answered by `.reported`.
  case save(PipedText, path: String)
  /// Have a text read aloud; the text that is being read is not read any more; answered by
  /// `.reported`.
  case speak(PipedText)
  /// Send the whole screen again.
  case redraw
  case suspend
  /// Leave the loop; `Browser.isFinished` is true from now on.
  case quit
}

/// What a sheet of facts is about.
public enum FactsSubject: Hashable, Sendable {
  case entry(EntryID)
  case feed(FeedID)
  /// The program: its version, what it is made of, under which licences.
  case program
  /// What `yue doctor` says of this machine, the settings and the library.
  case machine
}

/// A fact for the sheet: its name, what it is, and whether it begins a group.
public struct Fact: Hashable, Sendable {
  public var name: String
  public var value: String
  /// Whether something is wrong here.
  public var isFault: Bool

  public init(_ name: String, _ value: String, isFault: Bool = false) {
    self.name = name
    self.value = value
    self.isFault = isFault
  }
}

/// An entry as a program gets it.
public struct PipedText: Hashable, Sendable {
  public var text: String
  /// Entries that are given in place of the text as objects, one a line, as they are exported: the
  /// library knows more of them than the screen.
  public var records: [EntryID] = []
  /// `YUE_TITLE`, `YUE_LINK`, `YUE_FEED` in its environment.
  public var title: String
  public var link: String
  public var feed: String

  public init(text: String, title: String, link: String, feed: String) {
    self.text = text
    self.title = title
    self.link = link
    self.feed = feed
  }
}
