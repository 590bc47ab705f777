import Cells
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
    let failed = state.feeds.feeds.filter { state.feeds.state(of: $0) == .failed }.map(\.id)
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
    let now = state.clock.now
    /// Failed first, then those told to wait, then those that have ended.
    func rank(_ feed: FeedHealth) -> Int {
      if feed.state != .active { return 2 }
      if let until = feed.blockedUntil, now.map({ $0 < until }) ?? true { return 1 }
      return feed.errorText == nil ? 3 : 0
    }
    let ill = health.map { (feed: $0, rank: rank($0)) }.filter { $0.rank < 3 }
    guard !ill.isEmpty else { return say("All feeds are well") }
    let sorted = ill.enumerated().sorted {
      ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
    }
    let nameColumns = min(24, sorted.map { columns(of: $0.element.feed.title) }.max() ?? 0)
    let isWide = state.size.columns >= 110
    let isNarrow = state.size.columns < 60
    var rows: [Sheet.Row] = []
    for (_, (feed, rank)) in sorted {
      let facts = facts(of: feed, isBlocked: rank == 1).joined(separator: furniture.dot)
      let name = padded(feed.title, to: nameColumns)
      rows.append(
        Sheet.Row(
          left: ["!", "~", "x"][rank],
          text: isNarrow ? feed.title : "\(name)  \(reason(of: feed))",
          right: isWide ? facts : "", address: feed.url, feed: feed.id, action: .history(feed.id)))
      let indent = String(repeating: " ", count: isNarrow ? 2 : nameColumns + 4)
      if isNarrow {
        rows.append(Sheet.Row(text: indent + reason(of: feed), isSelectable: false))
      }
      if !isWide {
        rows.append(Sheet.Row(text: indent + facts, roles: .meta, isSelectable: false))
      }
    }
    let counts = (0..<3).map { wanted in ill.count { $0.rank == wanted } }
    let parts = zip(["failed", "delayed", "ended"], counts)
    let title = (["Feed health"] + parts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" })
      .joined(separator: furniture.dot)
    let selected = state.sheet?.kind == .health ? state.sheet?.selected?.feed : nil
    state.sheet = Sheet(.health, title: title, rows: rows, leftColumns: 1)
    if let selected, let place = rows.firstIndex(where: { $0.feed == selected }) {
      state.sheet?.cursor.selected = place
    }
  }

  private func reason(of feed: FeedHealth) -> String {
    switch feed.state {
    case .gone: "410 gone: the publisher has ended this feed; no more requests"
    case .finished: "the feed says it is complete; no more requests"
    case .paused: "paused"
    default: feed.errorText ?? "the server asks us to wait"
    }
  }

  private func facts(of feed: FeedHealth, isBlocked: Bool) -> [String] {
    var facts: [String] = []
    if let success = feed.lastSuccess { facts.append("last good \(state.clock.day(success))") }
    if feed.state == .active {
      if feed.errorCount > 0, !isBlocked {
        facts.append("\(feed.errorCount) failure\(feed.errorCount == 1 ? "" : "s")")
      }
      if let next = feed.blockedUntil ?? feed.nextPoll {
        facts.append("next try \(state.clock.listDate(next, isLong: true))")
      }
    }
    return facts + ["\(feed.entryCount) kept"]
  }

  private func columns(of text: String) -> Int { CellText(text, profile: settings.profile).columns }

  /// Text in so many columns, cut or filled with blanks.
  private func padded(_ text: String, to columns: Int) -> String {
    let cells = CellText(text, profile: settings.profile).truncated(
      toColumns: columns, ellipsis: furniture.ellipsis, profile: settings.profile)
    return cells.text + String(repeating: " ", count: max(0, columns - cells.columns))
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

  mutating func openInfo(_ facts: [Fact], about subject: FactsSubject) {
    guard !facts.isEmpty else { return say("Nothing is known about this") }
    state.shownFacts = ShownFacts(subject: subject, facts: facts)
    let width = min(20, facts.map(\.name.count).max() ?? 0)
    let faults = facts.count(where: \.isFault)
    let title =
      switch subject {
      case .entry, .feed: "Info"
      case .program: "Version and licences"
      case .machine:
        "Doctor\(furniture.dot)"
          + (faults == 0 ? "no fault" : "\(faults) fault\(faults == 1 ? "" : "s")")
      }
    if case .machine = subject { state.message = nil }
    // What is too long for a row goes on below: a remedy that cannot be read is none.
    let columns = max(10, state.size.columns - width - 3)
    let rows = facts.flatMap { fact in
      wrapped(fact.value, columns: columns).enumerated().map { place, line in
        Sheet.Row(
          left: place == 0 ? fact.name : "", text: line, roles: fact.isFault ? .error : .text,
          address: fact.value)
      }
    }
    state.sheet = Sheet(.info, title: title, rows: rows, leftColumns: width)
  }

  /// Sets sentences that were broken for another width again.
  mutating func resetSheet() {
    let selected = state.sheet?.selected?.address
    switch state.sheet?.kind {
    case .info:
      if let shown = state.shownFacts { openInfo(shown.facts, about: shown.subject) }
    case .messages: openMessages()
    default: return
    }
    if let place = state.sheet?.rows.firstIndex(where: { $0.address == selected }) {
      state.sheet?.cursor.selected = place
    }
  }

  mutating func openCandidates(_ candidates: [SubscriptionCandidate], _ folder: [String]) {
    state.sheet = Sheet(
      .candidates, title: "This page offers \(candidates.count) feeds",
      rows: candidates.map {
        Sheet.Row(text: $0.title, right: $0.address, address: $0.address, folder: folder)
      })
  }

  /// What can be done with an address where there is no browser.
  mutating func openPrograms(_ address: String, _ programs: [String]) {
    showPrograms(address, programs, title: "No browser on this machine")
  }

  mutating func choosePrograms(_ address: String, _ programs: [String]) {
    showPrograms(address, programs, title: "Open with")
  }

  private mutating func showPrograms(_ address: String, _ programs: [String], title: String) {
    var taken: Set<Character> = ["y", "s", "b", "j", "k", "h", "l", "g", "G", "q", "o"]
    func letter(for name: String) -> Character? {
      let candidates = name + "wacdefimnprtuvxz"
      return candidates.first { $0.isASCII && $0.isLowercase && taken.insert($0).inserted }
    }
    var rows = [
      Sheet.Row(text: address, roles: .link, isSelectable: false),
      Sheet.Row(
        text: "copy the address to your terminal’s clipboard", address: address, accelerator: "y"),
    ]
    for program in programs {
      // A command line is known by the name of its program.
      let words = program.split(separator: " ").first.map(String.init) ?? program
      let name = words.split(separator: "/").last.map(String.init) ?? words
      let isTextBrowser = ["w3m", "lynx", "elinks", "links", "browsh"].contains(name)
      rows.append(
        Sheet.Row(
          text: isTextBrowser
            ? "read the page here with \(name); yue comes back when you quit it"
            : "open it with \(name)",
          address: address, program: program, accelerator: letter(for: name)))
    }
    rows.append(
      Sheet.Row(
        text: "show it as a QR code, for a phone", address: address, accelerator: "s",
        action: .qrCode))
    rows.append(
      Sheet.Row(
        text: "another program\(furniture.ellipsis)", address: address, accelerator: "b",
        action: .askForProgram))
    for place in rows.indices { rows[place].left = rows[place].accelerator.map { "\($0)" } ?? "" }
    state.sheet = Sheet(.programs, title: title, rows: rows, leftColumns: 2)
  }

  mutating func openWith(_ program: String?, number: Int?) {
    guard let address = addressMeant(number: number) else {
      return say(number.map { "No link \($0)" } ?? "There is no address here")
    }
    if let program {
      outbox.append(.openWith(address, program: program))
    } else {
      outbox.append(.findPrograms(address))
    }
  }

  /// A code for the camera of a phone; what does not fit on the screen is not shown in part.
  mutating func showQRCode(of address: String) {
    let bytes = Array(address.utf8)
    let rows = QRCode(bytes)?.rows(furniture.isASCII ? .pairs : .halfBlocks) ?? []
    let columns = rows.first?.count ?? 0
    guard !rows.isEmpty, rows.count + 2 <= panes.statusRow, columns + 2 <= state.size.columns else {
      return say("An address of \(bytes.count) bytes needs a larger screen for its QR code")
    }
    state.sheet = Sheet(
      .qrCode, title: "QR code",
      rows: rows.map { Sheet.Row(text: $0, roles: .qrCode, isSelectable: false) }
        + [Sheet.Row(text: address, address: address)])
    state.sheet?.cursor.selected = rows.count
  }

  // MARK: Settings of a feed

  mutating func askForInterval(_ arguments: [String]) {
    guard let feed = state.feeds.selected?.feed else { return say("This row is no feed") }
    ask(.interval, arguments, initial: feed.intervalSeconds.map(Self.intervalText) ?? "auto")
  }

  /// `30m`, `2h`, `1d`.
  static func intervalText(_ seconds: Int64) -> String {
    for (unit, length) in [("d", Int64(86_400)), ("h", 3_600)] where seconds % length == 0 {
      return "\(seconds / length)\(unit)"
    }
    return "\(seconds / 60)m"
  }

  /// The seconds that `2h` means; nil for what means none.
  ///
  /// Less than a quarter of an hour is never asked of a server.
  static func intervalSeconds(_ text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits), number > 0, number < 100_000 else { return nil }
    switch text.dropFirst(digits.count).drop(while: { $0 == " " }) {
    case "m", "min": return number * 60
    case "h": return number * 3_600
    case "d": return number * 86_400
    default: return nil
    }
  }

  private mutating func setInterval(_ line: String) -> Bool {
    guard let feed = state.feeds.selected?.feed else { return true }
    let text = line.filter { $0 != " " }
    if text.isEmpty || text == "auto" {
      edit(.setInterval(feed.id, seconds: nil))
      return true
    }
    guard let seconds = Self.intervalSeconds(text) else {
      say("Write it as 30m, 2h or 1d, or auto for the feed’s own schedule", isError: true)
      return false
    }
    guard (900...604_800).contains(seconds) else {
      say("A feed is asked every 15 minutes at most, every 7 days at least", isError: true)
      return false
    }
    edit(.setInterval(feed.id, seconds: seconds))
    return true
  }

  mutating func openFeedSettings() {
    guard let feed = state.feeds.selected?.feed else { return say("This row is no feed") }
    let view = state.listViews[.feed(feed.id)] ?? ListView(usual: settings)
    func row(_ name: String, _ value: String, _ command: Command) -> Sheet.Row {
      Sheet.Row(
        left: name, text: value, right: keyLabel(command, in: [.feeds]) ?? "", address: value,
        invocation: Invocation(command.rawValue))
    }
    let rows = [
      row("Title", feed.title, .rename), row("Address", feed.url, .setURL),
      row(
        "Folder", feed.folder.isEmpty ? "none" : feed.folder.joined(separator: "/"), .moveToFolder),
      row(
        "Refreshed",
        feed.intervalSeconds.map { "every \(Self.intervalText($0))" } ?? "by its own schedule",
        .setInterval),
      Sheet.Row(left: "Order", text: view.order.rawValue, action: .nextOrder(feed.id)),
      Sheet.Row(
        left: "Shows", text: view.isUnreadOnly ? "only unread entries" : "all entries",
        action: .unreadOnly(feed.id)),
    ]
    let selected = state.sheet?.kind == .feedSettings ? state.sheet?.cursor.selected : nil
    state.sheet = Sheet(
      .feedSettings, title: "Settings of \(feed.title)", rows: rows, leftColumns: 9)
    if let selected { state.sheet?.cursor.selected = selected }
  }

  /// Changes how the list of a feed is shown the next time.
  mutating func changeView(of feed: FeedID, _ change: (inout ListView) -> Void) {
    let usual = ListView(usual: settings)
    var view = state.listViews[.feed(feed)] ?? usual
    change(&view)
    state.listViews[.feed(feed)] = view == usual ? nil : view
    openFeedSettings()
  }

  // MARK: Subscribing

  mutating func subscribed(_ feed: FeedID, _ title: String, isNew: Bool, _ count: Int) {
    if state.firstRun.opensManual { return openedManual(feed, title, isNew: isNew) }
    say(
      isNew
        ? "Subscribed to \(furniture.quoted(title)): \(count) entr\(count == 1 ? "y" : "ies")"
          + undoHint
        : "\(furniture.quoted(title)) was subscribed to already")
    reload()
    state.feeds.select(.feed(feed))
    loadEntries(
      EntryQuery(scope: .feed(feed)), name: title, source: .feed(feed), then: .show)
  }

  // MARK: The manual

  mutating func openManual() {
    state.firstRun.opensManual = true
    outbox.append(.openManual)
  }

  /// The manual is for reading at once; what was subscribed to is looked over first.
  ///
  /// Opening it is no step to be undone: whoever tries `u` on its first page, as it says, does not
  /// mean to lose the page.
  private mutating func openedManual(_ feed: FeedID, _ title: String, isNew: Bool) {
    state.firstRun.opensManual = false
    if isNew {
      let key = keyLabel(.unsubscribe, in: [.feeds]).map { "; \($0) removes it there" } ?? ""
      say("The manual is in your feeds now\(key)")
    }
    reload()
    state.feeds.select(.feed(feed))
    loadEntries(
      EntryQuery(scope: .feed(feed)), name: title, source: .feed(feed), then: .openFirst)
  }

  mutating func imported(_ path: String, _ tally: ImportTally) {
    var sentence = "Added \(tally.addedCount) feed\(tally.addedCount == 1 ? "" : "s")"
    if tally.knownCount > 0 { sentence += ", \(tally.knownCount) were there" }
    if tally.markCount > 0 { sentence += ", took over \(tally.markCount) marks" }
    if tally.entryCount > 0 {
      sentence += ", \(tally.entryCount) entr\(tally.entryCount == 1 ? "y" : "ies")"
    }
    if let first = tally.skipped.first {
      sentence += ", left out \(tally.skipped.count): \(first)"
    }
    if tally.addedCount > 0 { sentence += undoHint }
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
    if kind == .tag || kind == .search { outbox.append(.loadTags) }
    refreshCandidates()
  }

  /// What a line means that was typed at a prompt of its own.
  mutating func run(_ line: String, for kind: Prompt.Kind) {
    let words = line.split(separator: " ").map(String.init)
    switch kind {
    case .command, .find, .filter: return
    case .tag: tag(line)
    case .pipe:
      let form = TextForm.option(words.first)
      let command = form == nil ? line : words.dropFirst().joined(separator: " ")
      guard !command.isEmpty else { break }
      use(.pipe(form ?? .plain, command: command))
    case .save:
      guard !words.isEmpty else { break }
      use(.save(path: line))
    case .openWith:
      guard !words.isEmpty,
        let address = state.sheet?.selected?.address ?? addressMeant(number: nil)
      else { break }
      state.sheet = nil
      outbox.append(.openWith(address, program: line))
    case .exportFile:
      guard !words.isEmpty else { break }
      outbox.append(.exportFile(path: line))
    case .interval: if !setInterval(line) { return }
    case .search:
      do {
        _ = try SearchQuery(line, offsetSeconds: state.clock.offsetSeconds)
      } catch {
        say("search:\(error.column): \(error.reason)", isError: true)
        return
      }
      guard !words.isEmpty else { break }
      loadEntries(
        EntryQuery(scope: .search(line)), name: EntryList.searchPrefix + line, then: .show)
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
      state.askedFor = words[0]
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
    outbox.append(.loadTags)
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
    state.entries?.replacesNext = true
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
