import Feeds

/// Opening feeds, lists and entries, and going from one to the next.
extension Browser {
  mutating func loadEntries(
    _ query: EntryQuery, name: String, source: FeedList.Identity? = nil, then: Waiting.Then,
    _ request: PageRequest = .first
  ) {
    state.waiting = .entries(
      query, request, name: name, source, then, since: state.clock.uptime)
    outbox.append(.loadEntries(query, request))
  }

  mutating func open(_ row: FeedList.Row, then: Waiting.Then = .show) {
    var query = row.query
    if let view = state.listViews[row.identity] {
      query.order = view.order
      query.isReversed = view.isReversed
      if query.filter == .everything, view.isUnreadOnly { query.filter = .unread }
    } else {
      query.order = settings.listOrder
      if query.filter == .everything, settings.listsUnreadOnly { query.filter = .unread }
    }
    loadEntries(query, name: row.name, source: row.identity, then: then)
  }

  /// Remembers order and filter of a list for the row it was opened from.
  mutating func keepView(of list: EntryList) {
    guard let source = list.source else { return }
    var view = ListView(order: list.query.order, isReversed: list.query.isReversed)
    // Unread and Starred are what they are; only lists of everything can be narrowed.
    let row = state.feeds.rows.first { $0.identity == source }
    if row?.query.filter ?? .everything == .everything {
      view.isUnreadOnly = list.query.filter == .unread
    }
    let usual = ListView(usual: settings)
    state.listViews[source] = view == usual ? nil : view
  }

  /// Opens an entry and marks it read; it is shown when it has been loaded.
  mutating func open(_ id: EntryID, at anchor: Reader.Anchor? = nil) {
    state.entries?.select(id)
    state.endShown = nil
    if state.reader?.id == id {
      if let anchor { state.reader?.go(to: anchor) }
      focus(.reader)
    } else {
      state.waiting = .article(id, at: anchor, since: state.clock.uptime)
      outbox.append(.loadArticle(id))
    }
    guard settings.readMark == .open,
      let row = state.entries?.rows.first(where: { $0.id == id }),
      !row.status.isRead || row.isChanged
    else { return }
    if row.isChanged, row.status.isRead { say("+ Changed since you read it") }
    apply(.read, to: [id])
    outbox.append(.mark(.entries([id]), .read, isStep: false))
  }

  /// Marks what has been read to its end, when the settings say that it is read then.
  mutating func markReadAtEnd() {
    guard settings.readMark == .end, state.focus == .reader, state.waiting == nil,
      state.sheet == nil, let reader = state.reader, reader.page != nil, reader.isAtEnd,
      state.endShown != reader.id
    else { return }
    state.endShown = reader.id
    let row = state.entries?.rows.first { $0.id == reader.id }
    guard !(row?.status ?? reader.article.entry.status).isRead else { return }
    apply(.read, to: [reader.id])
    outbox.append(.mark(.entries([reader.id]), .read, isStep: false))
  }

  mutating func openSelected() {
    if let sheet = state.sheet { return openRow(of: sheet) }
    switch state.focus {
    case .feeds:
      if isFirstRun { return performFirstChoice() }
      guard let row = state.feeds.selected else { return }
      open(row)
    case .entries:
      guard let entry = state.entries?.selected else { return }
      open(entry.id)
    case .reader: break
    }
  }

  /// The row of the list that the reader shows, or else the selected one.
  private var currentPlace: Int {
    guard let list = state.entries else { return 0 }
    if state.focus == .reader, let id = state.reader?.id, let place = list.place(of: id) {
      return place
    }
    return list.cursor.selected
  }

  mutating func openNeighbour(by step: Int) {
    guard let list = state.entries, !list.rows.isEmpty else { return }
    let current = currentPlace
    if step > 0, current + step >= list.rows.count, list.hasLater {
      // The next rows are on their way.
      return say("The next entries are being read; once more")
    }
    let place = max(0, min(current.addingReportingOverflow(step).partialValue, list.rows.count - 1))
    guard place != current || state.focus == .entries else {
      return say(step > 0 ? "This is the last entry of the list" : "This is the first entry")
    }
    pushJump()
    open(list.rows[place].id)
  }

  /// Opens an unread entry: of this list, from here on and then from its other end; then of the
  /// next feed that has one.
  mutating func openUnread(isForward: Bool, count: Int) {
    if state.focus != .feeds, let list = state.entries {
      let rows = list.rows
      let current = currentPlace
      // From a list the selected entry itself counts; from the reader it is the one just read.
      let isInclusive = state.focus == .entries
      var order: [Int]
      if isForward {
        order = Array(rows.indices.dropFirst(current + (isInclusive ? 0 : 1)))
        order += rows.indices.prefix(current)
      } else {
        order = rows.indices.prefix(current + (isInclusive ? 1 : 0)).reversed()
        order += rows.indices.dropFirst(current + 1).reversed()
      }
      let unread = order.filter { !rows[$0].status.isRead }
      if !unread.isEmpty {
        pushJump()
        return open(rows[unread[min(count, unread.count) - 1]].id)
      }
    }
    guard let row = nextUnreadFeed(isForward: isForward, includesCurrent: state.focus == .feeds)
    else { return sayNoUnread() }
    pushJump()
    open(row, then: .openUnread(isForward: isForward))
  }

  mutating func sayNoUnread() {
    var sentence = "No unread entries left."
    if let key = keyLabel(.refreshAll) { sentence += " \(key) refreshes" }
    let count = state.feeds.library.readingCount
    if count > 0, let key = keyLabel(.view, ["continue"]) {
      sentence += "; \(key) shows \(count) half-read \(count == 1 ? "entry" : "entries")"
    }
    say(sentence.hasSuffix(".") ? sentence : sentence + ".")
  }

  /// The next feed in the order of the feeds pane that has unread entries.
  private func nextUnreadFeed(isForward: Bool, includesCurrent: Bool) -> FeedList.Row? {
    let rows = state.feeds.rows
    guard !rows.isEmpty else { return nil }
    var start = state.feeds.cursor.selected
    if includesCurrent, let row = state.feeds.selected {
      // A smart row opens its own list.
      guard row.feed != nil || row.isOpen != nil else {
        return state.feeds.unreadCount > 0 ? row : nil
      }
      if row.unreadCount > 0 { return row }
    } else if let query = state.entries?.query {
      // A list of all feeds has been searched already.
      if query.scope == .all { return nil }
      start =
        rows.firstIndex { $0.query.scope == query.scope } ?? state.feeds.cursor.selected
    }
    let step = isForward ? 1 : -1
    for distance in 1..<max(2, rows.count) {
      let place = ((start + step * distance) % rows.count + rows.count) % rows.count
      // A closed folder stands for the feeds in it.
      if rows[place].feed != nil || rows[place].isOpen == false, rows[place].unreadCount > 0,
        place != start
      {
        return rows[place]
      }
    }
    return nil
  }

  /// Shows the entries of another feed, in the order of the feeds pane.
  mutating func openFeed(by step: Int, onlyUnread: Bool) {
    let feeds = state.feeds.rows.filter {
      guard let feed = $0.feed else { return false }
      return !onlyUnread || feed.unreadCount > 0 || $0.query.scope == state.entries?.query.scope
    }
    guard !feeds.isEmpty else { return sayNoUnread() }
    let scope =
      state.focus == .feeds ? state.feeds.selected?.query.scope : state.entries?.query.scope
    let current = feeds.firstIndex { $0.query.scope == scope } ?? (step > 0 ? -1 : feeds.count)
    let place = current.addingReportingOverflow(step).partialValue
    let row = feeds[max(0, min(place, feeds.count - 1))]
    guard row.query.scope != scope else {
      return say(onlyUnread ? "No other feed has unread entries" : "There is no further feed")
    }
    if state.focus == .feeds {
      state.feeds.select(row.identity)
    } else {
      open(row)
    }
  }

  mutating func view(_ name: String) {
    if let kind = Settings.BuiltInSmartFeed(rawValue: name) {
      return open(state.feeds.smartRow(kind))
    }
    if name == "new" {
      return loadEntries(EntryQuery(scope: .search("is:new")), name: "New", then: .show)
    }
    if name.hasPrefix("tag:") {
      let tag = String(name.dropFirst(4))
      return loadEntries(EntryQuery(scope: .tag(tag)), name: name, then: .show)
    }
    guard name == "home" else { return say("There is no view \(furniture.quoted(name))") }
    rememberPosition()
    focus(.feeds)
    state.feeds.cursor = ListCursor()
  }

  // MARK: Jumps

  /// Remembers the place that a jump leaves.
  mutating func pushJump() {
    guard state.focus == .reader, let reader = state.reader else { return }
    let jump = Jump(entry: reader.id, anchor: reader.anchor, target: reader.target)
    state.jumpsForward = []
    if let last = state.jumpsBack.last, last.entry == jump.entry, last.anchor == jump.anchor {
      state.jumpsBack.removeLast()
    }
    state.jumpsBack.append(jump)
    if state.jumpsBack.count > 100 { state.jumpsBack.removeFirst() }
  }

  mutating func jumpBack() {
    guard let jump = state.jumpsBack.popLast() else { return say("No jump to go back from") }
    if let reader = state.reader, state.focus == .reader {
      state.jumpsForward.append(
        Jump(entry: reader.id, anchor: reader.anchor, target: reader.target))
    }
    go(to: jump)
  }

  mutating func jumpForward() {
    guard let jump = state.jumpsForward.popLast() else { return say("No jump to repeat") }
    if let reader = state.reader, state.focus == .reader {
      state.jumpsBack.append(
        Jump(entry: reader.id, anchor: reader.anchor, target: reader.target))
    }
    go(to: jump)
  }

  private mutating func go(to jump: Jump) {
    open(jump.entry, at: jump.anchor)
    // What was chosen there is chosen again.
    if state.reader?.id == jump.entry, state.waiting == nil { state.reader?.target = jump.target }
  }
}
