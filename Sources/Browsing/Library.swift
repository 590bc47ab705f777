import Cells
import Documents
import Feeds
import Keymaps

/// Pages of long lists, what changes while it is shown, and where the last session ended.
extension Browser {
  // MARK: Pages

  /// Asks for the rows before and behind the window before the reader gets there.
  mutating func requestNeighbours(windowRows: Int) {
    guard let list = state.entries, !list.rows.isEmpty, state.waiting == nil else { return }
    let margin = max(20, 2 * windowRows)
    if list.hasLater, list.cursor.top + windowRows + margin > list.rows.count,
      let last = list.position(of: list.rows.count - 1)
    {
      request(.after(last))
    }
    if list.hasEarlier, list.cursor.top < margin, let first = list.position(of: 0) {
      request(.before(first))
    }
  }

  private mutating func request(_ page: PageRequest) {
    guard let query = state.entries?.query,
      state.entries?.requested.insert(page).inserted == true
    else { return }
    outbox.append(.loadEntries(query, page))
  }

  /// Shows another part of the list; keys typed meanwhile are meant for it.
  mutating func waitForRows(_ request: PageRequest) {
    guard let query = state.entries?.query else { return }
    state.waiting = .rows(query, request, since: state.clock.uptime)
    outbox.append(.loadEntries(query, request))
  }

  /// Selects a row of the list by its number, loaded or not.
  mutating func selectEntry(number: Int) {
    guard let list = state.entries, !list.rows.isEmpty else { return }
    if number == .max {
      if list.hasLater { return waitForRows(.last) }
      state.entries?.cursor.selected = list.rows.count - 1
    } else if let before = list.rowsBefore, list.rows.indices.contains(number - before) {
      state.entries?.cursor.selected = number - before
    } else if list.isWhole {
      state.entries?.cursor.selected = max(0, min(number, list.rows.count - 1))
    } else if number <= 0 {
      waitForRows(.first)
    } else {
      waitForRows(.atRow(min(number, (list.totalCount ?? .max) - 1)))
    }
  }

  mutating func showRows(_ page: EntryPage, _ request: PageRequest) {
    state.entries?.replace(by: page)
    guard let list = state.entries else { return }
    switch request {
    case .last: state.entries?.cursor.selected = max(0, list.rows.count - 1)
    case .atRow(let row):
      // As many rows before it as behind, but at the ends.
      let before =
        list.rowsBefore ?? max(0, row - (page.later == nil ? list.rows.count : list.rows.count / 2))
      state.entries?.setRowsBefore(before)
      state.entries?.cursor.selected = max(0, min(row - before, list.rows.count - 1))
    case .around(let id): state.entries?.select(id)
    default: break
    }
  }

  /// Takes a page that was asked for in the background.
  mutating func take(_ page: EntryPage, _ request: PageRequest) {
    switch request {
    case .after where state.entries?.requested.contains(request) == true:
      state.entries?.append(page)
    case .before where state.entries?.requested.contains(request) == true:
      state.entries?.prepend(page)
    case .after, .before: break
    case _ where state.entries?.replacesNext == true:
      state.entries?.replace(keepingSelection: page)
    default:
      let above = state.entries?.merge(page) ?? 0
      if let id = state.reader?.id,
        let row = state.entries?.rows.first(where: { $0.id == id })
      {
        state.reader?.article.entry.status = row.status
      }
      let rows = panes.place(of: .entries)?.content.rows ?? 0
      if above > 0, let top = keyLabel(.top, in: [.entries, .list, .global]) {
        // Where everything fits on the screen nothing is above it.
        say(
          (state.entries?.rows.count ?? 0) > rows ? "\(above) new above (\(top))" : "\(above) new")
      }
    }
  }

  // MARK: Changes

  /// Something else has changed the library: it is read again, at most once a second.
  mutating func libraryChanged() {
    let earliest = (state.lastReload ?? .seconds(-1)) + .seconds(1)
    if state.clock.uptime >= earliest { return reload() }
    state.reloadTime = state.reloadTime ?? earliest
  }

  /// Reads counts and the shown list again; selection and window keep their entries.
  mutating func reload() {
    state.reloadTime = nil
    state.lastReload = state.clock.uptime
    outbox.append(.loadLibrary)
    if let list = state.entries { outbox.append(.loadEntries(list.query, list.reloadRequest)) }
  }

  // MARK: The place of reading

  /// When the place of reading is to be stored; nil when it is stored already.
  var positionTime: Duration? {
    guard let reader = state.reader, let saved = state.savedPosition,
      saved != SavedPosition(entry: reader.id, anchor: reader.anchor)
    else { return nil }
    return (state.positionSavedAt ?? .zero) + .seconds(2)
  }

  mutating func rememberPosition() {
    guard let reader = state.reader else { return }
    state.positions[reader.id] = reader.anchor
    let place = SavedPosition(entry: reader.id, anchor: reader.anchor)
    guard state.savedPosition != place, reader.page != nil else { return }
    state.savedPosition = place
    state.positionSavedAt = state.clock.uptime
    let text = reader.article.document.text
    let offset: Int
    switch reader.anchor {
    case .header: offset = 0
    case .text(let byteOffset): offset = byteOffset
    }
    outbox.append(
      .savePosition(
        reader.id,
        ReadingPosition(
          byteOffset: offset, context: Browser.context(at: offset, in: text),
          percent: reader.isAtEnd ? 100 : reader.percentSeen)))
  }

  /// The text around a place, cut at characters.
  private static func context(at offset: Int, in text: [UInt8]) -> String {
    var start = max(0, min(offset, text.count) - 32)
    var end = min(text.count, max(0, offset) + 32)
    while start < end, text[start] & 0xC0 == 0x80 { start += 1 }
    while end > start, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: text[start..<end], as: UTF8.self)
  }

  /// Where a remembered place is in a text that may have changed since.
  static func place(of position: ReadingPosition, in text: [UInt8]) -> Int {
    let offset = max(0, min(position.byteOffset, max(0, text.count - 1)))
    guard !position.context.isEmpty, context(at: offset, in: text) != position.context else {
      return offset
    }
    // The text from the place on, without a character that was cut.
    let context = Array(position.context.utf8)
    let needle = context.suffix(min(32, context.count)).drop { $0 & 0xC0 == 0x80 }
    guard !needle.isEmpty, needle.count <= text.count else { return offset }
    var best: Int?
    let low = max(0, offset - 65_536)
    let high = min(text.count - needle.count, offset + 65_536)
    guard low <= high else { return offset }
    for start in low...high where text[start] == needle.first {
      if text[start..<start + needle.count].elementsEqual(needle),
        best.map({ abs(start - offset) < abs($0 - offset) }) ?? true
      {
        best = start
      }
    }
    return best ?? offset
  }

  // MARK: Sessions

  /// Shows what the last session left; false when there is nothing to show.
  mutating func resumeSession() -> Bool {
    if settings.start == .unread {
      view("unread")
      return true
    }
    guard let session = state.lastSession else { return false }
    state.feeds.closeFolders(session.closedFolders)
    for saved in session.views {
      guard let identity = FeedList.Identity(saved.row) else { continue }
      state.listViews[identity] = ListView(
        order: EntryQuery.Order(rawValue: saved.order) ?? .date, isReversed: saved.isReversed,
        isUnreadOnly: saved.isUnreadOnly)
    }
    state.paneSizes = PaneSizes(
      feedsColumns: session.feedsColumns, entriesColumns: session.entriesColumns,
      entriesRows: session.entriesRows)
    for (name, lines) in session.history {
      if let kind = Prompt.Kind(rawValue: name) { state.history[kind] = lines }
    }
    guard settings.start == .resume, session.pane != Pane.feeds.rawValue, let list = session.list,
      let query = EntryQuery(list)
    else { return settings.start == .home || session.pane == Pane.feeds.rawValue }
    let entry =
      session.pane == Pane.reader.rawValue ? session.openEntry.map { EntryID($0) } : nil
    let selected = session.openEntry.map { EntryID($0) } ?? list.selectedEntry.map { EntryID($0) }
    state.hasResumed = entry != nil
    let source = state.feeds.rows.first { $0.query.scope == query.scope && $0.name == list.name }
    loadEntries(
      query, name: list.name, source: source?.identity,
      then: .resume(entry, selected: selected),
      selected.map { .around($0) } ?? .first)
    return true
  }

  mutating func saveSession() {
    guard state.feeds.isLoaded else { return }
    var session = Session(
      pane: state.focus.rawValue, closedFolders: Array(state.feeds.closedFolders))
    session.list = state.entries.map(SessionList.init)
    session.openEntry = state.focus == .reader ? state.reader?.id.number : nil
    for (kind, lines) in state.history { session.history[kind.rawValue] = lines }
    session.views = state.listViews.map { identity, view in
      SessionView(
        row: identity.text, order: view.order.rawValue, isReversed: view.isReversed,
        isUnreadOnly: view.isUnreadOnly)
    }.sorted { $0.row < $1.row }
    session.feedsColumns = state.paneSizes.feedsColumns
    session.entriesColumns = state.paneSizes.entriesColumns
    session.entriesRows = state.paneSizes.entriesRows
    outbox.append(.saveSession(session))
  }
}

extension FeedList.Identity {
  /// As the session keeps it: `feed:12`, `smart:unread`, `saved:夹角`, `folder:` and its path.
  var text: String {
    switch self {
    case .smart(let kind): "smart:\(kind.rawValue)"
    case .saved(let name): "saved:\(name)"
    case .folder(let path): "folder:" + path.joined(separator: "\u{1F}")
    case .feed(let id): "feed:\(id.number)"
    }
  }

  init?(_ text: String) {
    let word = text.prefix { $0 != ":" }
    let rest = String(text.dropFirst(word.count + 1))
    switch word {
    case "smart":
      guard let kind = Settings.BuiltInSmartFeed(rawValue: rest) else { return nil }
      self = .smart(kind)
    case "saved": self = .saved(rest)
    case "folder": self = .folder(rest.split(separator: "\u{1F}").map(String.init))
    case "feed":
      guard let number = Int64(rest) else { return nil }
      self = .feed(FeedID(number))
    default: return nil
    }
  }
}

extension EntryQuery {
  /// The query of a list that was shown.
  init?(_ list: SessionList) {
    let scope: Scope
    switch list.scope {
    case "all": scope = .all
    case "feed":
      guard let id = Int64(list.argument) else { return nil }
      scope = .feed(FeedID(id))
    case "folder": scope = .folder(list.argument.split(separator: "\u{1F}").map(String.init))
    case "tag": scope = .tag(list.argument)
    case "search": scope = .search(list.argument)
    case "today":
      guard let seconds = Int64(list.argument) else { return nil }
      scope = .since(Timestamp(secondsSince1970: seconds))
    default: return nil
    }
    let filter: Filter =
      switch list.filter {
      case "unread": .unread
      case "starred": .starred
      default: .everything
      }
    self.init(
      scope: scope, filter: filter, matching: list.matching,
      order: Order(rawValue: list.order) ?? .date, isReversed: list.isReversed)
  }
}

extension SessionList {
  init(_ list: EntryList) {
    let (scope, argument): (String, String) =
      switch list.query.scope {
      case .all: ("all", "")
      case .feed(let id): ("feed", String(id.number))
      case .folder(let path): ("folder", path.joined(separator: "\u{1F}"))
      case .tag(let name): ("tag", name)
      case .search(let text): ("search", text)
      case .since(let moment): ("today", String(moment.secondsSince1970))
      }
    let filter =
      switch list.query.filter {
      case .everything: "everything"
      case .unread: "unread"
      case .starred: "starred"
      }
    self.init(
      scope: scope, argument: argument, filter: filter, matching: list.query.matching,
      order: list.query.order.rawValue, isReversed: list.query.isReversed, name: list.name,
      selectedEntry: list.selected?.id.number)
  }
}
