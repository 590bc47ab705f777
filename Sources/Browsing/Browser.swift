public import Cells
import Documents
import Feeds
import Keymaps

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
    case .resumed: outbox.append(.redraw)
    case .terminated: quit()
    case .ticked(let now, let offset, let uptime):
      tick(now, offset, uptime)
    case .libraryLoaded(let library): receive(library.feeds)
    case .entriesLoaded(let query, _, let page): receive(page.entries, for: query)
    case .articleLoaded(let id, let entry, let document, _): receive(id, entry, document)
    case .stored(.mark(.entries(let ids), let change, _), _): stored(ids, change)
    case .libraryChanged: outbox.append(.loadLibrary)
    case .failed(let failure): failed(failure)
    case .reported(let sentence): report(sentence)
    case .settingsLoaded(let settings): load(settings)
    default: break
    }
    settle()
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
      isZoomed: state.isZoomed, wanted: state.wantedPanes, hidesFeeds: state.hidesFeeds)
  }

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
        state.entries?.cursor.settle(
          count: count, windowRows: rows, marginRows: settings.scrollMarginRows)
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
        count: sheet.rows.count, windowRows: rect.rows - 1, marginRows: settings.scrollMarginRows)
      state.sheet = sheet
    }
  }

  mutating func say(_ text: String, isError: Bool = false) {
    let message = Message(text: text, isError: isError, time: state.clock.uptime)
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

  /// Takes over other settings; the place of reading stays.
  private mutating func load(_ settings: Settings) {
    self.settings = settings
    keyIndex = KeyIndex(settings.keymap)
    state.reader?.forgetPage()
  }

  mutating func quit() {
    guard !isFinished else { return }
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
  }

  // MARK: Answers

  private mutating func receive(_ feeds: [FeedRow]) {
    let isFirst = !state.feeds.isLoaded
    state.feeds.load(feeds)
    // One feed is opened at once; the feeds pane is one level back.
    if isFirst, let only = feeds.first, feeds.count == 1 {
      loadEntries(EntryQuery(scope: .feed(only.id)), name: only.title, then: .show)
    }
  }

  private mutating func receive(_ rows: [EntrySummary], for query: EntryQuery) {
    if case .entries(query, let name, let then, _)? = state.waiting {
      state.waiting = nil
      if then == .markRead {
        let unread = rows.filter { !$0.status.isRead }.map(\.id)
        if state.entries?.query == query { state.entries?.load(rows) }
        mark(unread, .read, listName: name)
        return
      }
      var list = EntryList(query: query, name: name, rows: rows)
      if let old = state.entries, old.query.scope == query.scope {
        list.takeOrder(from: old)
        if let selected = old.selected { list.select(selected.id) }
      }
      if state.find?.place == .entries { state.find = nil }
      state.entries = list
      state.feeds.select(query)
      switch then {
      case .show, .markRead: focus(.entries)
      case .openUnread(let isForward):
        let place =
          isForward
          ? list.rows.firstIndex { !$0.status.isRead } : list.rows.lastIndex { !$0.status.isRead }
        guard let place else { return sayNoUnread() }
        open(list.rows[place].id)
      }
    } else if state.entries?.query == query {
      state.entries?.load(rows)
    }
  }

  private mutating func receive(_ id: EntryID, _ entry: Entry, _ document: Document) {
    guard case .article(id, let anchor, _)? = state.waiting else { return }
    state.waiting = nil
    rememberPosition()
    var reader = Reader(Article(entry, document))
    if let status = state.entries?.rows.first(where: { $0.id == id })?.status {
      reader.article.entry.status = status
    }
    if let place = anchor ?? state.positions[id] { reader.go(to: place) }
    if case .reader? = state.find?.place { state.find = nil }
    state.reader = reader
    state.sheet = nil
    focus(.reader)
  }

  private mutating func stored(_ ids: [EntryID], _ change: StatusChange) {
    apply(change, to: ids)
    // The counts of entries that are not in the list are known to the library only.
    let shown = Set(state.entries?.rows.map(\.id) ?? [])
    if ids.contains(where: { !shown.contains($0) && $0 != state.reader?.id }) {
      outbox.append(.loadLibrary)
    }
    if let place = state.confirmations.firstIndex(where: { $0.ids == ids && $0.change == change }) {
      let confirmation = state.confirmations.remove(at: place)
      if !confirmation.sentence.isEmpty { say(confirmation.sentence) }
    }
  }

  private mutating func failed(_ failure: Failure) {
    say(failure.sentence, isError: true)
    switch failure.request {
    case .mark(.entries(let ids), let change, _)?:
      // The mark is taken back: what is shown is what is stored.
      apply(change.inverse, to: ids)
      state.confirmations.removeAll { $0.ids == ids && $0.change == change }
      state.undoSteps.removeAll { $0.ids == ids && $0.change == change }
    case .loadArticle(let id)?:
      if case .article(id, _, _)? = state.waiting { giveUpWaiting() }
    case .loadEntries(let query, _)?:
      if case .entries(query, _, _, _)? = state.waiting { giveUpWaiting() }
    case nil: giveUpWaiting()
    default: break
    }
  }

  mutating func giveUpWaiting() {
    state.waiting = nil
    state.typedAhead = []
  }
}
