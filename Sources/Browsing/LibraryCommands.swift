import Documents
import Feeds
import Keymaps

/// Folders, refreshing, subscribing, and the sheets that show how feeds are doing.
extension Browser {
  // MARK: Folders

  mutating func expand() {
    guard let row = state.feeds.selected else { return }
    if case .folder(let path) = row.identity, row.isOpen == false {
      state.feeds.setFolder(path, isOpen: true)
    } else {
      open(row)
    }
  }

  mutating func collapse() {
    guard let row = state.feeds.selected else { return }
    if case .folder(let path) = row.identity, row.isOpen == true {
      state.feeds.setFolder(path, isOpen: false)
    } else if let parent = state.feeds.parent(of: row) {
      state.feeds.select(parent)
    }
  }

  mutating func toggleFold() {
    guard let row = state.feeds.selected, case .folder(let path) = row.identity else {
      return say("This row is no folder")
    }
    state.feeds.setFolder(path, isOpen: row.isOpen == false)
  }

  // MARK: Refreshing

  /// The feeds that the selected row, the list or the open entry belongs to.
  private var feedsMeant: (ids: [FeedID], name: String)? {
    if let feed = state.sheet?.selected?.feed { return ([feed], state.sheet?.selected?.text ?? "") }
    let scope: EntryQuery.Scope
    let name: String
    switch state.focus {
    case .feeds:
      guard let row = state.feeds.selected else { return nil }
      (scope, name) = (row.query.scope, row.name)
    case .entries:
      guard let list = state.entries else { return nil }
      (scope, name) = (list.query.scope, list.name)
    case .reader:
      guard let entry = state.reader?.article.entry else { return nil }
      (scope, name) = (.feed(entry.feed), entry.feedTitle)
    }
    switch scope {
    case .feed(let id): return ([id], name)
    case .folder(let path):
      return (state.feeds.feeds.filter { $0.folder.starts(with: path) }.map(\.id), name)
    default: return nil
    }
  }

  mutating func refresh() {
    guard let meant = feedsMeant, !meant.ids.isEmpty else { return refreshAll() }
    say("Refreshing \(furniture.quoted(meant.name))")
    outbox.append(.refresh(.feeds(meant.ids)))
  }

  mutating func refreshAll() {
    guard !state.feeds.feeds.isEmpty else { return say("There are no feeds to refresh") }
    say("Refreshing all feeds")
    outbox.append(.refresh(.all))
  }

  mutating func retryFailed() {
    let failed = state.feeds.feeds.filter { $0.failure != nil }.map(\.id)
    guard !failed.isEmpty else { return say("No feed has failed") }
    say("Refreshing \(failed.count) failed feed\(failed.count == 1 ? "" : "s")")
    outbox.append(.refresh(.feeds(failed)))
  }

  mutating func stopRefresh() {
    guard state.progress != nil else { return say("No refresh is running") }
    outbox.append(.stopRefresh)
    say("Stopping the refresh; what has come is kept")
  }

  /// Asks the feeds whose time has come, and settles when to do so again.
  mutating func refreshDue() {
    switch settings.automaticRefresh {
    case .off: state.nextRefresh = nil
    case .atStart:
      state.nextRefresh = nil
      outbox.append(.refresh(.due))
    case .every(let interval):
      state.nextRefresh = state.clock.uptime + max(.seconds(60), interval)
      outbox.append(.refresh(.due))
    }
  }

  mutating func receive(_ progress: RefreshProgress) {
    // A tick a second is enough for the eye, and all that a slow line should carry.
    if let shown = state.progressShownAt, state.progress != nil,
      state.clock.uptime < shown + .seconds(1)
    {
      return
    }
    state.progress = progress
    state.progressShownAt = state.clock.uptime
  }

  mutating func finished(_ progress: RefreshProgress) {
    state.progress = nil
    state.progressShownAt = nil
    reload()
    guard progress.totalCount > 0 else { return }
    var sentence =
      progress.newEntryCount == 0
      ? "Nothing new"
      : "\(progress.newEntryCount) new in \(progress.feedsWithNewEntries) feed"
        + (progress.feedsWithNewEntries == 1 ? "" : "s")
    if progress.failedCount > 0 {
      sentence += ", \(progress.failedCount) failed"
      if let key = keyLabel(.health, in: [.feeds, .global]) {
        sentence += " \(furniture.dash) \(key) shows why"
      }
    }
    say(sentence)
  }

  // MARK: Sheets

  mutating func openHealth(_ health: [FeedHealth]) {
    let ill = health.filter { $0.errorText != nil || $0.state != .active || $0.blockedUntil != nil }
    guard !ill.isEmpty else { return say("All feeds are well") }
    let rows = ill.map { feed in
      var right: [String] = []
      if let success = feed.lastSuccess { right.append("last good \(state.clock.day(success))") }
      if feed.errorCount > 0 {
        right.append("\(feed.errorCount) failure\(feed.errorCount == 1 ? "" : "s")")
      }
      if let next = feed.blockedUntil ?? feed.nextPoll, feed.state == .active {
        right.append("next try \(state.clock.listDate(next, isLong: true))")
      }
      right.append("\(feed.entryCount) kept")
      let reason: String
      switch feed.state {
      case .gone: reason = "the publisher has ended this feed; no more requests"
      case .finished: reason = "the feed says it is complete"
      case .paused: reason = "paused"
      default: reason = feed.errorText ?? "the server asks us to wait"
      }
      let sign = feed.state != .active ? "x" : feed.errorText == nil ? "~" : "!"
      return Sheet.Row(
        left: sign, text: "\(feed.title)  \(reason)", right: right.joined(separator: furniture.dot),
        address: feed.url, feed: feed.id)
    }
    let failed = ill.count { $0.state == .active && $0.errorText != nil }
    let ended = ill.count { $0.state != .active }
    let delayed = ill.count - failed - ended
    let parts = [("failed", failed), ("delayed", delayed), ("ended", ended)]
    let title = (["Feed health"] + parts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" })
      .joined(separator: furniture.dot)
    state.sheet = Sheet(.health, title: title, rows: rows, leftColumns: 1)
  }

  mutating func openUndoList(_ steps: [UndoStep]) {
    let open = steps.filter { !$0.isUndone }
    guard !open.isEmpty else { return say("Nothing to undo") }
    state.sheet = Sheet(
      .undo, title: "Undo \(open.count)",
      rows: open.map {
        Sheet.Row(
          left: state.clock.listDate($0.madeAt, isLong: false), text: $0.label, step: $0.id)
      }, leftColumns: 5)
  }

  mutating func info() {
    switch state.focus {
    case .feeds:
      guard let feed = state.feeds.selected?.feed else { return say("This row is no feed") }
      outbox.append(.loadFacts(.feed(feed.id)))
    case .entries:
      guard let entry = state.entries?.selected else { return }
      outbox.append(.loadFacts(.entry(entry.id)))
    case .reader:
      guard let reader = state.reader else { return }
      outbox.append(.loadFacts(.entry(reader.id)))
    }
  }

  mutating func openInfo(_ facts: [Fact]) {
    guard !facts.isEmpty else { return say("Nothing is known about this") }
    let width = min(20, facts.map(\.name.count).max() ?? 0)
    state.sheet = Sheet(
      .info, title: "Info",
      rows: facts.map { Sheet.Row(left: $0.name, text: $0.value, address: $0.value) },
      leftColumns: width)
  }

  mutating func openCandidates(_ candidates: [SubscriptionCandidate], _ folder: [String]) {
    state.sheet = Sheet(
      .candidates, title: "This page offers \(candidates.count) feeds",
      rows: candidates.map {
        Sheet.Row(text: $0.title, right: $0.address, address: $0.address, folder: folder)
      })
  }

  mutating func openPrograms(_ address: String, _ programs: [String]) {
    var rows = [Sheet.Row(text: "Copy the address", right: address, address: address)]
    rows += programs.map {
      Sheet.Row(text: "Open with \($0)", right: address, address: address, program: $0)
    }
    state.sheet = Sheet(.programs, title: "There is no browser here", rows: rows)
  }

  // MARK: Subscribing

  mutating func subscribed(_ feed: FeedID, _ title: String, isNew: Bool, _ count: Int) {
    say(
      isNew
        ? "Subscribed to \(furniture.quoted(title)): \(count) entr\(count == 1 ? "y" : "ies")"
          + undoHint
        : "\(furniture.quoted(title)) was subscribed to already")
    // The manual is for reading at once; what was subscribed to is looked over first.
    let opensFirst = state.firstRun.opensManual
    state.firstRun.opensManual = false
    reload()
    state.feeds.select(.feed(feed))
    loadEntries(
      EntryQuery(scope: .feed(feed)), name: title, source: .feed(feed),
      then: opensFirst ? .openUnread(isForward: true) : .show)
  }

  mutating func imported(_ path: String, _ tally: ImportTally) {
    var sentence = "Added \(tally.addedCount) feed\(tally.addedCount == 1 ? "" : "s")"
    if tally.knownCount > 0 { sentence += ", \(tally.knownCount) were there" }
    if tally.markCount > 0 { sentence += ", took over \(tally.markCount) marks" }
    if let first = tally.skipped.first {
      sentence += ", left out \(tally.skipped.count): \(first)"
    }
    say(sentence, isError: tally.addedCount + tally.knownCount == 0)
    reload()
    if tally.addedCount > 0 { outbox.append(.refresh(.due)) }
  }

  mutating func edit(_ edit: LibraryEdit) { outbox.append(.edit(edit)) }

  mutating func shift(by step: Int) {
    guard let row = state.feeds.selected else { return }
    switch row.identity {
    case .feed(let id): edit(.shiftFeed(id, by: step))
    case .folder(let path): edit(.shiftFolder(path, by: step))
    default: say("Smart feeds have their own order")
    }
  }

  mutating func unsubscribe() {
    guard let row = state.feeds.selected else { return }
    switch row.identity {
    case .feed(let id): edit(.unsubscribe([id]))
    case .folder(let path): edit(.removeFolder(path))
    case .saved(let name): edit(.removeSearch(name: name))
    case .smart: say("This row cannot be removed")
    }
  }

  /// Opens a prompt for what a command lacks, or runs it with what was given.
  mutating func ask(_ kind: Prompt.Kind, _ arguments: [String], initial: String = "") {
    guard arguments.isEmpty else { return run(arguments.joined(separator: " "), for: kind) }
    var prompt = Prompt(kind)
    if !initial.isEmpty { prompt.insert(initial) }
    state.prompt = prompt
    if kind == .tag { outbox.append(.loadTags) }
  }

  /// What a line means that was typed at a prompt of its own.
  mutating func run(_ line: String, for kind: Prompt.Kind) {
    let words = line.split(separator: " ").map(String.init)
    switch kind {
    case .command, .find, .filter: return
    case .tag: tag(line)
    case .pipe:
      guard !words.isEmpty, let entry = pipedEntry else { break }
      outbox.append(.pipe(entry, command: line))
    case .save:
      guard !words.isEmpty, let entry = pipedEntry else { break }
      outbox.append(.save(entry, path: line))
    case .search:
      do {
        _ = try SearchQuery(line, offsetSeconds: state.clock.offsetSeconds)
      } catch {
        say("search:\(error.column): \(error.reason)", isError: true)
        return
      }
      guard !words.isEmpty else { break }
      loadEntries(EntryQuery(scope: .search(line)), name: "Search: \(line)", then: .show)
    case .saveSearch:
      guard let list = state.entries, !line.isEmpty else { break }
      var query = list.query.matching ?? ""
      if case .search(let text) = list.query.scope { query = text }
      guard !query.isEmpty else {
        say("There is no search or filter to save")
        break
      }
      edit(.saveSearch(SmartFeed(name: line, query: query)))
    case .add:
      guard !words.isEmpty else { break }
      say("Looking for a feed at \(words[0])")
      outbox.append(.subscribe(address: words[0], folder: folderMeant))
    case .importList:
      guard !line.isEmpty else { break }
      say("Importing \(line)")
      outbox.append(.importList(path: line))
    case .rename:
      switch state.feeds.selected?.identity {
      case .feed(let id)?: edit(.rename(id, to: line.isEmpty ? nil : line))
      case .folder(let path)? where !line.isEmpty: edit(.renameFolder(path, to: line))
      default: say("This row cannot be renamed")
      }
    case .setURL:
      guard let id = state.sheet?.selected?.feed ?? state.feeds.selected?.feed?.id,
        !words.isEmpty
      else { break }
      edit(.setAddress(id, words[0]))
    case .moveToFolder:
      let path = line.split(separator: "/").map(String.init)
      switch state.feeds.selected?.identity {
      case .feed(let id)?: edit(.move([id], toFolder: path))
      case .folder(let folder)?: edit(.moveFolder(folder, toFolder: path))
      default: say("This row cannot be moved")
      }
    case .newFolder:
      let path = line.split(separator: "/").map(String.init)
      if !path.isEmpty { edit(.newFolder(path)) }
    }
    state.prompt = nil
  }

  /// The folder that the selected row is in, or is.
  private var folderMeant: [String] {
    guard state.focus == .feeds, let row = state.feeds.selected else { return [] }
    if case .folder(let path) = row.identity { return path }
    return row.feed?.folder ?? []
  }

  // MARK: Filtering

  mutating func startFilter() {
    guard state.focus == .entries, state.entries != nil else {
      return say("filter works in a list of entries")
    }
    state.unfiltered = state.entries
    var prompt = Prompt(.filter)
    if let text = state.entries?.query.matching { prompt.insert(text) }
    state.prompt = prompt
  }

  /// Shows what matches so far; only the newest answer is shown.
  mutating func filterEdited(_ text: String) {
    guard let list = state.unfiltered else { return }
    do {
      _ = try SearchQuery(text, offsetSeconds: state.clock.offsetSeconds)
      state.message = nil
    } catch {
      say("filter:\(error.column): \(error.reason)", isError: true)
      return
    }
    var query = list.query
    query.matching = text.isEmpty ? nil : text
    state.entries?.query = query
    state.entries?.requested = []
    outbox.append(.loadEntries(query, .first))
  }

  // MARK: Links to entries

  mutating func found(_ id: EntryID?, at address: String) {
    guard case .address(address, _)? = state.waiting else { return }
    state.waiting = nil
    guard let id else { return outbox.append(.openExternally(address)) }
    pushJump()
    open(id)
  }

  /// In a hit of a search, the first match is shown with the matches active.
  mutating func findSearchTerms() {
    guard case .search(let text)? = state.entries?.query.scope, let reader = state.reader,
      let query = try? SearchQuery(text), let term = query.firstText
    else { return }
    let matches = FoundRows(term).matches(in: reader.article.document.text)
    guard let first = matches.first else { return }
    var find = Find(place: .reader(reader.id), pattern: term, origin: Find.Origin())
    find.matches = matches
    find.current = 0
    state.find = find
    state.lastPattern = term
    state.reader?.show(first)
  }
}

extension SearchQuery {
  /// The first text that entries are to contain.
  var firstText: String? {
    switch self {
    case .text(_, let text): text
    case .all(let parts), .any(let parts): parts.lazy.compactMap(\.firstText).first
    default: nil
    }
  }
}
