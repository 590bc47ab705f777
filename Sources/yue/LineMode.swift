import Browsing
import Cells
import Documents
import Feeds
import Glibc
import Parsing
import Terminal
import Typesetting

/// `yue --line`: the library as a dialogue of lines, for screen readers and for terminals that
/// cannot place the cursor.
///
/// Nothing is ever painted over; every answer is printed below the question, states are words.
struct LineMode {
  private let librarian: Librarian
  private let mailbox: Mailbox
  private let wakeUp: WakeUp
  private let page: PageSettings
  /// Rows of a page; nil when nothing is paged, because no person sits at both ends.
  private let pageRows: Int?
  private let isInteractive: Bool

  /// The numbered list that numbers mean.
  private var list: [EntrySummary] = []
  private var feeds: [FeedRow] = []
  private var listsFeeds = false
  /// What numbers mean stays when a longer list is printed in parts.
  private var laterQuery: (query: EntryQuery, after: EntryPosition)?
  private var openEntry: EntrySummary?
  private var openDocument: Document?
  /// Lines that have not been printed yet.
  private var rest: [String] = []
  private var isFinished = false

  init(_ librarian: Librarian, _ mailbox: Mailbox, _ wakeUp: WakeUp, profile: WidthProfile) {
    self.librarian = librarian
    self.mailbox = mailbox
    self.wakeUp = wakeUp
    isInteractive = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    var page = PageSettings(
      columns: min(80, StandardOutput.terminalColumns ?? 80), profile: profile)
    page.marks = .characters
    page.tables = .stack
    page.glyphs = profile.ambiguousColumns == 2 ? .ascii : .unicode
    self.page = page
    pageRows = isInteractive ? max(4, (StandardOutput.terminalRows ?? 24) - 2) : nil
  }

  /// The dialogue, to its end.
  mutating func run() {
    // Whoever tried to open a screen before has taken these; here they do what they always do.
    for number in [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH] { signal(number, SIG_DFL) }
    greet()
    while !isFinished {
      if isInteractive { StandardOutput.write(Array("> ".utf8)) }
      guard let line = readLine() else {
        if isInteractive { StandardOutput.write([""]) }
        return
      }
      do throws(LineCommand.Fault) {
        if let command = try LineCommand(line) { perform(command) }
      } catch {
        say(error.sentence)
      }
    }
  }
}

// MARK: - Asking the library

extension LineMode {
  /// Asks, and waits for the answer that `choose` takes.
  ///
  /// A fault is said, and answered by nil.
  private func ask<Answer>(_ effect: Effect, _ choose: (Event) -> Answer?) -> Answer? {
    librarian.perform(effect)
    while true {
      for event in mailbox.take() {
        if let answer = choose(event) { return answer }
        if case .failed(let failure) = event, failure.request == effect {
          say(failure.sentence)
          return nil
        }
      }
      if !mailbox.isNotEmpty { wakeUp.wait() }
    }
  }

  private func library() -> Library? {
    ask(.loadLibrary) { if case .libraryLoaded(let library) = $0 { library } else { nil } }
  }

  private func entries(_ query: EntryQuery, _ request: PageRequest) -> EntryPage? {
    ask(.loadEntries(query, request)) {
      if case .entriesLoaded(query, request, let page) = $0 { page } else { nil }
    }
  }
}

// MARK: - Printing

extension LineMode {
  private func text(_ text: String) -> String { CellText(text, profile: page.profile).text }

  private func say(_ sentence: String) { StandardOutput.write([text(sentence)]) }

  /// Prints the first page of lines; `more` goes on.
  private mutating func print(_ lines: [String]) {
    rest = lines
    printPage()
  }

  private mutating func printPage() {
    let count = min(pageRows ?? rest.count, rest.count)
    StandardOutput.write(Array(rest[..<count]))
    rest.removeFirst(count)
    if !rest.isEmpty { say("(\(rest.count) more lines: more)") }
  }

  private mutating func greet() {
    guard let library = library() else { return }
    feeds = library.feeds
    let health = ask(.loadHealth) { if case .healthLoaded(let health) = $0 { health } else { nil } }
    let failed = (health ?? []).count { $0.errorText != nil }
    let count = feeds.count
    var sentence =
      "yue — \(library.unreadCount) unread in \(count) feed\(count == 1 ? "" : "s")"
    if failed > 0 { sentence += ", \(failed) failed" }
    say(sentence + ". A number opens, a command acts, ? helps.")
    if let fault = library.fault { say(fault) }
    if count == 0 { say("There are no feeds yet: yue add ADDRESS subscribes to one.") }
  }

  private func row(_ number: Int, _ entry: EntrySummary) -> String {
    var states = [entry.status.isRead ? "read" : "unread"]
    if entry.status.isStarred { states.append("starred") }
    if entry.isChanged { states.append("changed") }
    return columns([
      (right("\(number)", 3), 3), (states.joined(separator: " "), 15),
      (entry.date.map(date) ?? "", 10), (entry.feedTitle, 16), (title(entry), 0),
    ])
  }

  private func title(_ entry: EntrySummary) -> String {
    guard let title = entry.title, !title.isEmpty else { return entry.link ?? "(no title)" }
    return title
  }

  /// Today `15:10`, else `2026-11-20`.
  private func date(_ moment: Timestamp) -> String {
    let both = LocalTime.dateAndTime(moment)
    let today = LocalTime.dateAndTime(LocalTime.now).prefix(10)
    return String(both.hasPrefix(today) ? both.suffix(5) : both.prefix(10))
  }

  private func right(_ text: String, _ columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - text.count)) + text
  }

  /// Cells two columns apart; the last one, of no width, takes what it needs.
  private func columns(_ cells: [(text: String, columns: Int)]) -> String {
    cells.map { cell in
      let shown = CellText(cell.text, profile: page.profile)
      guard cell.columns > 0 else { return shown.text }
      return shown.truncated(toColumns: cell.columns, profile: page.profile)
        .padded(toColumns: cell.columns).text
    }.joined(separator: "  ")
  }
}

// MARK: - Commands

extension LineMode {
  private mutating func perform(_ command: LineCommand) {
    switch command {
    case .open(let number): open(number)
    case .view(let view): show(view)
    case .feeds: listFeeds()
    case .search(let pattern):
      show(EntryQuery(scope: .search(pattern)), empty: "Nothing matches '\(pattern)'.")
    case .next: step(by: 1)
    case .previous: step(by: -1)
    case .more: more()
    case .again:
      guard let openEntry else { return sayNothingIsOpen() }
      open(openEntry)
    case .mark(let change, let numbers): mark(change, numbers)
    case .undo: undo(isRedo: false)
    case .redo: undo(isRedo: true)
    case .refresh: refresh()
    case .link(let number): printLink(number)
    case .health: printHealth()
    case .help: StandardOutput.write(LineCommand.helpLines)
    case .quit: isFinished = true
    }
  }

  private func sayNothingIsOpen() { say("No entry is open; a number of the list opens one.") }

  private mutating func show(_ view: LineCommand.View) {
    switch view {
    case .unread:
      show(EntryQuery(scope: .all, filter: .unread), empty: "No unread entries are left.")
    case .all: show(EntryQuery(scope: .all), empty: "There are no entries.")
    case .starred:
      show(EntryQuery(scope: .all, filter: .starred), empty: "No entry is starred.")
    case .today:
      show(EntryQuery(scope: .since(LocalTime.startOfToday)), empty: "Nothing is from today.")
    }
  }

  private mutating func show(_ query: EntryQuery, empty: String) {
    guard let found = entries(query, .first) else { return }
    list = []
    listsFeeds = false
    guard !found.entries.isEmpty else {
      rest = []
      laterQuery = nil
      return say(empty)
    }
    append(found, of: query)
  }

  /// Prints a part of a list; its numbers go on where the last part ended.
  private mutating func append(_ part: EntryPage, of query: EntryQuery) {
    let first = list.count
    list += part.entries
    laterQuery = part.later.map { (query, $0) }
    print(part.entries.enumerated().map { row(first + $0 + 1, $1) })
    if rest.isEmpty, laterQuery != nil { say("(further entries: more)") }
  }

  private mutating func more() {
    if !rest.isEmpty {
      printPage()
    } else if let later = laterQuery, !listsFeeds,
      let part = entries(later.query, .after(later.after))
    {
      append(part, of: later.query)
    } else {
      say("That was all.")
    }
  }

  private mutating func listFeeds() {
    guard let library = library() else { return }
    feeds = library.feeds
    listsFeeds = true
    guard !feeds.isEmpty else { return say("There are no feeds yet.") }
    print(
      feeds.enumerated().map { number, feed in
        columns([
          (right("\(number + 1)", 3), 3), ("\(feed.unreadCount) unread", 12), (feed.title, 0),
        ])
      })
  }

  private mutating func open(_ number: Int) {
    if listsFeeds {
      guard feeds.indices.contains(number - 1) else {
        return say("There is no feed \(number); the list has 1 to \(feeds.count).")
      }
      let feed = feeds[number - 1]
      return show(
        EntryQuery(scope: .feed(feed.id)), empty: "\(feed.title) has no entries.")
    }
    guard let entry = entry(number) else { return }
    open(entry)
  }

  /// The entry of a number; what is wrong with the number is said.
  private func entry(_ number: Int) -> EntrySummary? {
    guard !list.isEmpty else {
      say("No list is shown; view unread shows one.")
      return nil
    }
    guard list.indices.contains(number - 1) else {
      say("There is no entry \(number); the list has 1 to \(list.count).")
      return nil
    }
    return list[number - 1]
  }

  private mutating func open(_ entry: EntrySummary) {
    let answer = ask(.loadArticle(entry.id)) { event -> (Entry, Document)? in
      guard case .articleLoaded(entry.id, let full, let document, _) = event else { return nil }
      return (full, document)
    }
    guard let (full, document) = answer else { return }
    openEntry = entry
    openDocument = document
    if !entry.status.isRead { store(.read, [entry.id], isStep: false) }
    var facts = [entry.feedTitle, full.facts.authors.first?.name ?? ""].filter { !$0.isEmpty }
    if let date = entry.date { facts.append(LocalTime.dateAndTime(date)) }
    let formulas = document.formulas.count
    if formulas > 0 { facts.append("\(formulas) formula\(formulas == 1 ? "" : "s")") }
    let head = [title(entry), facts.joined(separator: " · "), entry.link ?? ""]
    var lines = head.filter { !$0.isEmpty }.flatMap { paragraph in
      layoutLines(DocumentReader().document(sourceText: Array(paragraph.utf8)), page)
    }
    lines.append("")
    if document.blocks.isEmpty {
      lines.append("The feed gives no text for this entry.")
    } else {
      lines += layoutLines(document, page) + linkList(of: document, page)
    }
    print(lines)
  }

  private mutating func step(by count: Int) {
    guard !list.isEmpty else { return say("No list is shown; view unread shows one.") }
    let place = openEntry.flatMap { open in list.firstIndex { $0.id == open.id } }
    let wanted = place.map { $0 + count } ?? (count > 0 ? 0 : list.count - 1)
    if wanted >= list.count, let later = laterQuery,
      let part = entries(later.query, .after(later.after)), !part.entries.isEmpty
    {
      list += part.entries
      laterQuery = part.later.map { (later.query, $0) }
    }
    guard list.indices.contains(wanted) else {
      return say(
        count > 0 ? "This was the last entry of the list." : "This was the first entry of the list."
      )
    }
    listsFeeds = false
    say("Entry \(wanted + 1) of \(list.count)\(laterQuery == nil ? "" : "+")")
    open(list[wanted])
  }

  // MARK: Marks

  private mutating func mark(_ change: StatusChange, _ numbers: [Int]) {
    var chosen: [EntrySummary] = []
    if numbers.isEmpty {
      guard let openEntry else { return sayNothingIsOpen() }
      chosen = [openEntry]
    }
    for number in numbers {
      guard let entry = entry(number) else { return }
      chosen.append(entry)
    }
    guard store(change, chosen.map(\.id), isStep: true) else { return }
    let names = chosen.map { entry in
      list.firstIndex { $0.id == entry.id }.map { "\($0 + 1)" } ?? "open"
    }
    say(
      chosen.count == 1
        ? "Entry \(names[0]) is \(Self.word(change))."
        : "Entries \(names.joined(separator: ", ")) are \(Self.word(change)).")
  }

  @discardableResult
  private mutating func store(_ change: StatusChange, _ ids: [EntryID], isStep: Bool) -> Bool {
    let effect = Effect.mark(.entries(ids), change, isStep: isStep)
    let isStored =
      ask(effect) { if case .stored(effect, _) = $0 { true } else { nil } } ?? false
    guard isStored else { return false }
    for place in list.indices where ids.contains(list[place].id) {
      list[place].status = change.applied(to: list[place].status)
    }
    if let open = openEntry, ids.contains(open.id) {
      openEntry?.status = change.applied(to: open.status)
    }
    return true
  }

  private static func word(_ change: StatusChange) -> String {
    switch change {
    case .read: "read"
    case .unread: "unread"
    case .starred: "starred"
    case .unstarred: "not starred"
    }
  }

  private mutating func undo(isRedo: Bool) {
    let answer = ask(isRedo ? .redo(steps: 1) : .undo(steps: 1)) {
      if case .undone(let steps, isRedo) = $0 { steps } else { nil }
    }
    guard let steps = answer else { return }
    guard let step = steps.first else {
      return say(isRedo ? "There is nothing to make again." : "There is nothing to take back.")
    }
    // What the marks of the list are now is known to the library only.
    for place in list.indices where step.entries.contains(list[place].id) {
      let id = list[place].id
      let status = ask(.loadArticle(id)) { event -> EntryStatus? in
        guard case .articleLoaded(id, let entry, _, _) = event else { return nil }
        return entry.status
      }
      if let status { list[place].status = status }
    }
    say("\(isRedo ? "Made again" : "Taken back"): \(step.label)")
  }

  // MARK: The rest

  private func refresh() {
    say("Refreshing …")
    let answer = ask(.refresh(.all)) {
      if case .refreshFinished(let progress) = $0 { progress } else { nil }
    }
    guard let progress = answer else { return }
    var sentence = "\(progress.newEntryCount) new in \(progress.feedsWithNewEntries) feeds"
    if progress.failedCount > 0 { sentence += ", \(progress.failedCount) failed: health shows why" }
    say(sentence + ".")
  }

  private func printLink(_ number: Int?) {
    guard let openEntry else { return sayNothingIsOpen() }
    guard let number else { return say(openEntry.link ?? "This entry has no address.") }
    guard let links = openDocument?.links, links.indices.contains(number - 1) else {
      return say("There is no link \(number) in this entry.")
    }
    say(links[number - 1].target)
  }

  private mutating func printHealth() {
    let answer = ask(.loadHealth) { if case .healthLoaded(let health) = $0 { health } else { nil } }
    let ill = (answer ?? []).filter { $0.errorText != nil }
    guard !ill.isEmpty else { return say("All feeds are well.") }
    print(ill.map { text("\($0.title): \($0.errorText ?? "")") })
  }
}
