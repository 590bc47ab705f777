import ArgumentParser
import Feeds
import Storing

/// `yue mark`: read, unread, stars and tags.
struct MarkCommand: ParsableCommand {
  /// What is done to entries.
  enum Change: Equatable, ExpressibleByArgument {
    case status(StatusChange)
    case tag(String, isSet: Bool)

    init?(argument: String) {
      switch argument {
      case "read": self = .status(.read)
      case "unread": self = .status(.unread)
      case "star": self = .status(.starred)
      case "unstar": self = .status(.unstarred)
      default:
        for (prefix, isSet) in [("tag=", true), ("untag=", false)]
        where argument.hasPrefix(prefix) && argument.count > prefix.count {
          self = .tag(String(argument.dropFirst(prefix.count)), isSet: isSet)
          return
        }
        return nil
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "mark",
    abstract: "Mark entries: read, unread, star, unstar, tag=NAME, untag=NAME.",
    discussion: """
      An entry is named by the number that `yue list` shows, or by its address; - reads numbers \
      from standard input. Printed is how many entries were changed; all of them are one step, \
      which `yue undo` takes back.

      With --ack each entry is stored by itself and its number printed when it is safe.

      Examples:
        yue mark read 12 15
        yue mark star https://kexue.fm/archives/7180
        yue mark read --query 'feed:"Hacker News" age:>30d'
        yue list --plain --query 'has:formula' | cut -f1 | yue mark tag=mathematics -
      """)

  @Argument(
    help: ArgumentHelp(
      "read, unread, star, unstar, tag=NAME or untag=NAME.", valueName: "mark"),
    completion: .list(["read", "unread", "star", "unstar", "tag=", "untag="]))
  var change: Change

  @Argument(help: "Entries: numbers, addresses, or - for standard input.")
  var entries: [String] = []

  @Option(help: ArgumentHelp("All entries that a query finds.", valueName: "query"))
  var query: String?

  @Flag(help: "Print the number of each entry as soon as its mark is stored.")
  var ack = false

  @Flag(help: "Only print how many entries would be changed.")
  var dryRun = false

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if entries.isEmpty == (query == nil) {
      throw ValidationError("Give either entries or --query.")
    }
    if ack, dryRun { throw ValidationError("With --dry-run nothing is stored to acknowledge.") }
  }

  func run() throws {
    let store = try everywhere.library()
    try LibraryPlace.attempt { () throws(StoringError) in
      if let query {
        var ids: [EntryID] = []
        var changed = 0
        try store.forEachEntry(EntryQuery(scope: .search(query)), limit: nil) {
          ids.append($0.id)
          if changes($0) { changed += 1 }
        }
        if dryRun { return StandardOutput.write([String(changed)]) }
        try mark(ids, in: store)
      }
    }
    guard query == nil else { return }
    if ack, entries == ["-"] { return try acknowledgeInput(store) }
    let ids = try named(in: store)
    try LibraryPlace.attempt { () throws(StoringError) in
      if dryRun {
        var changed = 0
        for id in ids {
          if let entry = try store.entry(id), changes(entry.summary) { changed += 1 }
        }
        return StandardOutput.write([String(changed)])
      }
      try mark(ids, in: store)
    }
  }

  /// Whether marking would change an entry.
  private func changes(_ entry: EntrySummary) -> Bool {
    switch change {
    case .status(let change): change.applied(to: entry.status) != entry.status
    case .tag(let name, let isSet): entry.tags.contains(name) != isSet
    }
  }

  private func mark(_ ids: [EntryID], in store: Store) throws(StoringError) {
    guard ack else {
      let step = try apply(ids, store)
      StandardOutput.write([String(step?.entries.count ?? 0)])
      if let step { everywhere.note("\(Sentences.shown(step.label)); `yue undo` takes it back.") }
      return
    }
    for id in ids {
      _ = try apply([id], store)
      StandardOutput.write([String(id.number)])
    }
  }

  private func apply(_ ids: [EntryID], _ store: Store) throws(StoringError) -> UndoStep? {
    switch change {
    case .status(let change): try store.set(change, of: ids, at: LocalTime.now)
    case .tag(let name, let isSet):
      try store.tag(
        .entries(ids), adding: isSet ? [name] : [], removing: isSet ? [] : [name],
        at: LocalTime.now)
    }
  }

  /// Marks what comes line by line, so that a program can go on when it has read a number back.
  private func acknowledgeInput(_ store: Store) throws {
    while let line = readLine() {
      let id = try Self.entry(named: line, in: store)
      try LibraryPlace.attempt { () throws(StoringError) in try mark([id], in: store) }
    }
  }

  private func named(in store: Store) throws -> [EntryID] {
    var ids: [EntryID] = []
    for name in entries {
      if name == "-" {
        while let line = readLine() {
          if !line.allSatisfy(\.isWhitespace) { ids.append(try Self.entry(named: line, in: store)) }
        }
      } else {
        ids.append(try Self.entry(named: name, in: store))
      }
    }
    return ids
  }

  private static func entry(named name: String, in store: Store) throws -> EntryID {
    let found = try LibraryPlace.attempt { () throws(StoringError) -> EntryID? in
      if let number = Int64(name) { return try store.entry(EntryID(number))?.id }
      return try store.entry(withLink: name)
    }
    guard let found else {
      StandardError.write(
        "there is no entry \(Sentences.quoted(name)); `yue list` shows the numbers. Nothing more was marked."
      )
      throw ExitCode(ExitStatus.failed.rawValue)
    }
    return found
  }
}

/// `yue undo`: takes back what was done last.
struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take back what was done last, in whatever window.",
    discussion: """
      Steps are kept for a week: marks, tags, deletions, subscriptions. What something else has \
      changed since stays as it is.

      Examples:
        yue undo
        yue undo --list
        yue undo --redo
      """)

  @Flag(help: "Only list the steps, newest first; those that are undone are in parentheses.")
  var list = false

  @Flag(help: "Do again what was undone last.")
  var redo = false

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if list, redo { throw ValidationError("Give one of --list and --redo.") }
  }

  func run() throws {
    let store = try everywhere.library()
    let step = try LibraryPlace.attempt { () throws(StoringError) -> UndoStep? in
      let steps = try store.undoSteps()
      if list {
        StandardOutput.write(
          steps.map {
            let label = Sentences.shown($0.label)
            return $0.isUndone ? "(\(label))" : label
          })
        return nil
      }
      // Redone is the oldest of the undone steps that nothing was done after.
      let wanted =
        redo
        ? steps.prefix { $0.isUndone }.last : steps.first { !$0.isUndone }
      guard let wanted else { return nil }
      return redo
        ? try store.redo(wanted.id, at: LocalTime.now)
        : try store.undo(wanted.id, at: LocalTime.now)
    }
    if list { return }
    guard let step else {
      StandardError.write("there is nothing to \(redo ? "do again" : "take back").")
      throw ExitCode(ExitStatus.failed.rawValue)
    }
    StandardOutput.write([(redo ? "Done again: " : "Taken back: ") + Sentences.shown(step.label)])
    if step.skippedCount > 0 {
      everywhere.note("\(step.skippedCount) were changed since and stay as they are.")
    }
  }
}

/// `yue remove`: unsubscribe.
struct RemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Unsubscribe from feeds.",
    discussion: """
      A feed is named by the number that `yue list feeds` shows, by its address, or by its title. \
      Its entries and marks are kept for 30 days; `yue undo`, or adding it again, brings all back.

      Examples:
        yue remove 12
        yue remove https://kexue.fm/feed
        yue remove 科学空间
      """)

  @Argument(help: "Feeds: numbers, addresses or titles.")
  var feeds: [String]

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func run() throws {
    let store = try everywhere.library()
    try LibraryPlace.attempt { () throws(StoringError) in
      // All names are looked up before the first feed goes.
      var ids: [FeedID] = []
      for name in feeds { ids.append(try store.feed(named: name)) }
      let rows = Dictionary(
        try store.feedRows().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      for id in ids where rows[id] != nil {
        _ = try store.unsubscribe(id, at: LocalTime.now)
        let row = rows[id]
        StandardOutput.write([
          "\(id.number)\t\(row?.url ?? "")\t\(Sentences.shown(row?.title ?? ""))"
        ])
      }
    }
    everywhere.note("`yue undo` brings it back; its entries are kept for 30 days.")
  }
}
