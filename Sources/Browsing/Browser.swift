public import Cells
import Documents
import Feeds
public import Keymaps

/// The whole interface as one value: `receive` changes it, `frame` draws it.
///
/// No I/O, no clock, no task: the same events give the same frames.
public struct Browser: Sendable {
  public internal(set) var settings: Settings
  var keyIndex: KeyIndex
  var state: State
  /// What has been asked for while an event is handled.
  var outbox: [Effect] = []

  public internal(set) var isFinished = false

  /// Every command performed since this was set to an empty list; nil: nothing is noted.
  public var trace: [Invocation]?

  public init(settings: Settings = Settings(), size: Size) {
    self.settings = settings
    keyIndex = KeyIndex(settings.keymap)
    state = State(size: Size(rows: max(1, size.rows), columns: max(1, size.columns)))
    if let notice = settings.notice { say(notice, isError: true) }
  }

  public var size: Size { state.size }

  /// Whether an answer to something that was asked for the screen is awaited.
  public var isWaiting: Bool { state.waiting != nil }

  /// What to do first.
  public mutating func start() -> [Effect] {
    settle()
    state.awaitsLibrary = true
    return [.loadLibrary]
  }

  /// How long until it wants to be told the time; nil: sleep until something happens.
  public var nextTick: Duration? {
    var times: [Duration] = []
    if let time = state.whichKeyTime, !state.showsWhichKey { times.append(time) }
    if let message = state.message, !message.isError {
      times.append(message.time + Browser.messageTime)
    }
    if let waiting = state.waiting, !isLate(waiting) {
      times.append(waiting.since + Browser.patience)
    }
    if let time = state.reloadTime { times.append(time) }
    if let time = state.bottomPaneTime { times.append(time) }
    if let time = state.nextRefresh, state.progress == nil { times.append(time) }
    if let time = positionTime { times.append(time) }
    guard let next = times.min() else { return nil }
    return max(.milliseconds(1), next - state.clock.uptime)
  }

  /// How long a message stays at least.
  static let messageTime: Duration = .seconds(4)
  /// How long an answer may take before the screen says so.
  static let patience: Duration = .milliseconds(100)

  /// Takes an event; returns what is to be done.
  public mutating func receive(_ event: Event) -> [Effect] {
    switch event {
    case .key(let key): receive(key)
    case .pasted(let text): paste(text)
    case .resized(let size):
      state.size = Size(rows: max(1, size.rows), columns: max(1, size.columns))
      resetSheet()
    case .resumed: outbox.append(.redraw)
    case .terminated: quit()
    case .reloadRequested: outbox.append(.reloadSettings)
    case .ticked(let now, let offset, let uptime):
      tick(now, offset, uptime)
    case .libraryLoaded(let library): receive(library)
    case .sessionFound(let session): state.lastSession = session
    case .entriesLoaded(let query, let request, let page): receive(page, for: query, request)
    case .articleLoaded(let id, let entry, let document, let position):
      receive(id, entry, document, at: position)
    case .entryFound(let address, let id): found(id, at: address)
    case .healthLoaded(let health): openHealth(health)
    case .undoStepsLoaded(let steps): openUndoList(steps)
    case .factsLoaded(let subject, let facts): openInfo(facts, about: subject)
    case .tagsLoaded(let tags):
      state.tags = tags
      refreshCandidates()
    case .stored(let effect, let step): stored(effect, step)
    case .undone(let steps, let isRedo): undone(steps, isRedo: isRedo)
    case .programsFound(let address, let programs): choosePrograms(address, programs)
    case .filesListed(let prefix, let names): filesListed(prefix, names)
    case .subscribed(let feed, let title, let isNew, let count):
      subscribed(feed, title, isNew: isNew, count)
    case .candidatesFound(_, let folder, let candidates): openCandidates(candidates, folder)
    case .refreshProgressed(let progress): receive(progress)
    case .refreshFinished(let progress): finished(progress)
    case .libraryChanged: libraryChanged()
    case .openerMissing(let address, let programs): openPrograms(address, programs)
    case .failed(let failure): failed(failure)
    case .reported(let sentence): report(sentence)
    case .settingsLoaded(let settings): load(settings)
    case .listFound(let list): state.firstRun.found = list
    case .listImported(let path, let tally): imported(path, tally)
    }
    settle()
    markReadAtEnd()
    replayTypedAhead()
    let effects = outbox
    outbox = []
    return effects
  }
}

extension Browser {
  var furniture: Furniture { Furniture(settings) }

  var panes: Panes {
    Panes(
      size: state.size, settings: settings, focus: state.focus, lastList: state.lastList,
      isZoomed: state.isZoomed, wanted: state.wantedPanes ?? settings.panes, hidesFeeds: hidesFeeds,
      sizes: paneSizes)
  }

  var hidesFeeds: Bool { state.hidesFeeds ?? !settings.showsFeedsPane }

  var isTooSmall: Bool {
    state.size.rows < Panes.smallest.rows || state.size.columns < Panes.smallest.columns
  }

  func isLate(_ waiting: Waiting) -> Bool {
    state.clock.uptime >= waiting.since + Browser.patience
  }

  /// Brings cursors, windows and the set article into agreement with the size of the screen.
  mutating func settle() {
    guard !isTooSmall else { return }
    let panes = panes
    let browserKey = keyLabel(.openInBrowser, in: [.reader, .global])
    for place in panes.places {
      let rows = place.content.rows
      switch place.pane {
      case .feeds:
        let count = state.feeds.rows.count
        state.feeds.cursor.settle(
          count: count, windowRows: rows, marginRows: settings.scrollMarginRows)
      case .entries:
        let count = state.entries?.rows.count ?? 0
        let window = max(1, rows / (state.entries?.rowHeight ?? 1))
        state.entries?.cursor.settle(
          count: count, windowRows: window, marginRows: settings.scrollMarginRows)
        requestNeighbours(windowRows: window)
      case .reader:
        state.reader?.settle(
          columns: Reader.textColumns(of: place.content.columns, settings), rows: rows,
          settings: settings, clock: state.clock,
          browserKey: browserKey)
      }
    }
    if var sheet = state.sheet {
      let rect = sheet.rect(size: state.size, panes: panes)
      sheet.cursor.settle(
        count: sheet.rows.count, windowRows: sheet.windowRows(in: rect),
        marginRows: settings.scrollMarginRows)
      state.sheet = sheet
    }
  }

  mutating func say(_ text: String, isError: Bool = false) {
    let message = Message(
      text: text, isError: isError, time: state.clock.uptime, at: state.clock.now)
    state.message = message
    if state.messageLog.last?.text == text { state.messageLog.removeLast() }
    state.messageLog.append(message)
    if state.messageLog.count > 200 { state.messageLog.removeFirst() }
  }

  private mutating func report(_ sentence: String) {
    guard let message = state.message, !message.isError,
      sentence.first?.isLowercase == true
    else { return say(sentence) }
    state.message?.text = message.text + ", " + sentence
    state.messageLog[state.messageLog.count - 1].text += ", " + sentence
  }

  mutating func quit() {
    guard !isFinished else { return }
    rememberPosition()
    saveSession()
    isFinished = true
    outbox.append(.quit)
  }

  private mutating func tick(_ now: Timestamp, _ offsetSeconds: Int, _ uptime: Duration) {
    state.clock = Clock(
      now: now, offsetSeconds: max(-86_400, min(86_400, offsetSeconds)), uptime: uptime)
    if let time = state.whichKeyTime, uptime >= time { state.showsWhichKey = true }
    if let message = state.message, !message.isError,
      uptime >= message.time + Browser.messageTime
    {
      state.message = nil
    }
    if let time = state.reloadTime, uptime >= time { reload() }
    if let time = state.bottomPaneTime, uptime >= time { forgetBottomPane() }
    if let time = positionTime, uptime >= time {
      rememberPosition()
      saveSession()
    }
    if let time = state.nextRefresh, uptime >= time, state.progress == nil { refreshDue() }
  }

  // MARK: Answers

  private mutating func receive(_ library: Library) {
    let isFirst = !state.feeds.isLoaded
    state.awaitsLibrary = false
    state.feeds.load(
      library, smartFeeds: settings.smartFeeds, startOfToday: state.clock.startOfToday,
      now: state.clock.now)
    guard isFirst else { return }
    if let fault = library.fault { say(fault, isError: true) }
    if isFirstRun { outbox.append(.lookForLists) }
    if library.feeds.contains(where: { $0.url.hasPrefix("http") }) { refreshDue() }
    if resumeSession() { return }
    // One feed is opened at once; the feeds pane is one level back.
    if let only = library.feeds.first, library.feeds.count == 1 {
      loadEntries(
        EntryQuery(scope: .feed(only.id)), name: only.title, source: .feed(only.id), then: .show)
    }
  }

  private mutating func receive(
    _ page: EntryPage, for query: EntryQuery, _ request: PageRequest
  ) {
    switch state.waiting {
    case .entries(query, request, let name, let source, let then, _)?:
      state.waiting = nil
      show(page, of: query, name: name, source: source, then: then)
    case .rows(query, request, _)?:
      state.waiting = nil
      showRows(page, request)
    default:
      guard state.entries?.query == query else { return }
      take(page, request)
    }
  }

  private mutating func show(
    _ page: EntryPage, of query: EntryQuery, name: String, source: FeedList.Identity?,
    then: Waiting.Then
  ) {
    var list = EntryList(query: query, name: name, source: source, page: page)
    keepView(of: list)
    if let old = state.entries, old.query.scope == query.scope {
      if let selected = old.selected { list.select(selected.id) }
    }
    if state.find?.place == .entries { state.find = nil }
    state.entries = list
    if let source { state.feeds.select(source) }
    switch then {
    case .show: focus(.entries)
    case .resume(let id, let selected):
      focus(.entries)
      if let selected { state.entries?.select(selected) }
      if let id {
        state.entries?.select(id)
        state.waiting = .article(id, at: nil, since: state.clock.uptime)
        outbox.append(.loadArticle(id))
      }
    case .openUnread(let isForward):
      let place =
        isForward
        ? list.rows.firstIndex { !$0.status.isRead } : list.rows.lastIndex { !$0.status.isRead }
      guard let place else { return sayNoUnread() }
      open(list.rows[place].id)
    case .openFirst:
      guard let row = list.rows.first(where: { !$0.status.isRead }) ?? list.rows.first else {
        return focus(.entries)
      }
      open(row.id)
    }
  }

  private mutating func receive(
    _ id: EntryID, _ entry: Entry, _ document: Document, at position: ReadingPosition?
  ) {
    if case .texts(id, _, _, _, _)? = state.waiting { return gather(entry, document) }
    guard case .article(id, let anchor, _)? = state.waiting else { return }
    state.waiting = nil
    rememberPosition()
    var reader = Reader(Article(entry, document))
    if let status = state.entries?.rows.first(where: { $0.id == id })?.status {
      reader.article.entry.status = status
    }
    let saved = position.map {
      Reader.Anchor.text(byteOffset: Browser.place(of: $0, in: document.text))
    }
    if let place = anchor ?? state.positions[id] ?? saved { reader.go(to: place) }
    if case .reader? = state.find?.place { state.find = nil }
    let isResuming = state.hasResumed && state.reader == nil
    state.savedPosition = SavedPosition(entry: id, anchor: reader.anchor)
    state.reader = reader
    state.sheet = nil
    focus(.reader)
    if isResuming {
      let home = shortestKeyLabel(.view, ["home"]).map {
        " \(furniture.dash) \($0) goes to the feeds"
      }
      // An article that fits on the screen has no place to speak of.
      let percent = position.map { ", \($0.percent)%" } ?? ""
      let rest = percent + (home ?? "")
      say("Resumed at \(quotedToFit(reader.article.title, beside: "Resumed at " + rest))\(rest)")
    }
    state.hasResumed = false
    if anchor == nil { findSearchTerms() }
  }

  private mutating func failed(_ failure: Failure) {
    say(failure.sentence, isError: true)
    switch failure.request {
    case .mark(let selection, let change, _)?:
      // The mark is taken back: what is shown is what is stored.
      if case .entries(let ids) = selection {
        apply(change.inverse, to: ids)
      } else {
        reload()
      }
      state.confirmations.removeAll { $0.selection == selection && $0.change == change }
    case .loadArticle(let id)?:
      if case .article(id, _, _)? = state.waiting { giveUpWaiting() }
      if case .texts(id, _, _, _, _)? = state.waiting { giveUpWaiting() }
    case .loadEntries(let query, _)?:
      if case .entries(query, _, _, _, _, _)? = state.waiting { giveUpWaiting() }
      if case .rows(query, _, _)? = state.waiting { giveUpWaiting() }
    case .subscribe(let address, _)?:
      // A failure stays in the prompt with its reason, unless the reader has gone on.
      if state.askedFor == address, state.prompt == nil {
        var prompt = Prompt(.add)
        prompt.insert(address)
        state.prompt = prompt
      }
    case .findEntry?: if case .address? = state.waiting { giveUpWaiting() }
    case .openManual?: state.firstRun.opensManual = false
    case .delete?, .tag?, .edit?: reload()
    case .refresh?: state.progress = nil
    case .loadLibrary?: state.awaitsLibrary = false
    case .changeSetting(let name, let value)?: takeBack(settingNamed: name, value)
    case nil:
      state.awaitsLibrary = false
      giveUpWaiting()
    default: break
    }
  }

  mutating func giveUpWaiting() {
    state.waiting = nil
    state.typedAhead = []
  }
}
