import Cells
import Feeds
import Keymaps

/// What each command does.
extension Browser {
  /// Performs a command, if it can do anything here.
  mutating func perform(_ invocation: Invocation, count: Int?) {
    guard let command = Command(rawValue: invocation.command) else {
      say("Unknown command \"\(invocation.command)\"", isError: true)
      return
    }
    let contexts = command.facts.contexts
    guard contexts.contains(where: { stack.contains($0) }) else {
      let places = contexts.filter { $0 != .prompt && $0 != .hints }.map(\.rawValue)
      let list =
        places.count < 2
        ? places.joined()
        : places.dropLast().joined(separator: ", ") + " and " + (places.last ?? "")
      say("\(command.rawValue) works in \(list) only")
      return
    }
    trace?.append(invocation)
    if Command.repeatable.contains(command) {
      state.repeatable = Repeatable(invocation: invocation, count: count)
    }
    perform(command, invocation.arguments, count: count)
    if command != .help, command != .accept { state.lastCommand = command }
  }

  private mutating func perform(_ command: Command, _ arguments: [String], count: Int?) {
    let times = max(1, count ?? 1)
    switch command {
    case .selectNext: moveSelection(by: times)
    case .selectPrevious: moveSelection(by: -times)
    case .scrollDown: scroll(by: times)
    case .scrollUp: scroll(by: -times)
    case .halfPageDown: page(times, isHalf: true)
    case .halfPageUp: page(-times, isHalf: true)
    case .pageDown: page(times, isHalf: false)
    case .pageUp: page(-times, isHalf: false)
    case .top: go(toRow: count ?? 1)
    case .bottom: go(toRow: count ?? .max)
    case .goToPercent: go(toPercent: count ?? 0)
    case .placeTop: place(halves: 0)
    case .placeCenter: place(halves: 1)
    case .placeBottom: place(halves: 2)
    case .advance: advance()

    case .focusNext: focusNext(by: 1)
    case .focusPrevious: focusNext(by: -1)
    case .focus: focus(named: arguments.first ?? "")
    case .back: back()
    case .zoom:
      if !state.isZoomed, panes.places.count == 1 {
        say("There is only one pane")
      } else {
        state.isZoomed.toggle()
      }
    case .panes:
      state.isZoomed = false
      // As many as the width allows is three at most, whatever the settings say.
      state.wantedPanes = Int(arguments.first ?? "") ?? 3
    case .toggleFeedsPane: toggleFeedsPane()
    case .resizePane: resizePane(arguments.first ?? "", times: times)

    case .open: openSelected()
    case .openNext: openNeighbour(by: times)
    case .openPrevious: openNeighbour(by: -times)
    case .nextUnread: openUnread(isForward: true, count: times)
    case .previousUnread: openUnread(isForward: false, count: times)
    case .nextFeed: openFeed(by: times, onlyUnread: false)
    case .previousFeed: openFeed(by: -times, onlyUnread: false)
    case .nextUnreadFeed: openFeed(by: times, onlyUnread: true)
    case .previousUnreadFeed: openFeed(by: -times, onlyUnread: true)
    case .view: view(arguments.first ?? "")

    case .hintLinks: labelLinks(inBrowser: arguments == ["--browser"], number: count)
    case .links: openLinks()
    case .follow: followTarget(number: count ?? arguments.first.flatMap { Int($0) })
    case .peek: peek()
    case .openInBrowser: openInBrowser(number: count)
    case .openWith: openWith(arguments.first, number: count)
    case .jumpBack: repeated(times, until: \.jumpsBack.isEmpty) { $0.jumpBack() }
    case .jumpForward: repeated(times, until: \.jumpsForward.isEmpty) { $0.jumpForward() }
    case .nextHeading: target(.heading, by: times)
    case .previousHeading: target(.heading, by: -times)
    case .nextFormula: target(.formula, by: times)
    case .previousFormula: target(.formula, by: -times)
    case .nextReference: target(.reference, by: times)
    case .previousReference: target(.reference, by: -times)
    case .nextLink: target(.link, by: times)
    case .previousLink: target(.link, by: -times)
    case .nextCode: target(.code, by: times)
    case .previousCode: target(.code, by: -times)
    case .nextTable: target(.table, by: times)
    case .previousTable: target(.table, by: -times)
    case .nextImage: target(.image, by: times)
    case .previousImage: target(.image, by: -times)
    case .nextBlock: target(.block, by: times)
    case .previousBlock: target(.block, by: -times)
    case .outline: openOutline()
    case .formulas: openFormulas()

    case .panLeft: pan { $0.pan(by: -times) }
    case .panRight: pan { $0.pan(by: times) }
    case .panHome: pan { $0.panHome() }
    case .panEnd: pan { $0.panToEnd() }
    case .toggleBlockWrap: pan { $0.toggleWrap() }

    case .toggleRead: toggleRead()
    case .toggleStar: toggleStar()
    case .mark: markMany(arguments)
    case .undo: outbox.append(.undo(steps: times))
    case .redo: outbox.append(.redo(steps: times))
    case .undoList: outbox.append(.loadUndoSteps)
    case .tag: ask(.tag, arguments)
    case .deleteEntry: deleteEntries(count: times)
    case .repeat: repeatLast(count: count)
    case .toggleSelected:
      for _ in 0..<min(times, EntryList.mostRows) {
        state.entries?.toggleChosen()
        moveSelection(by: 1)
      }
    case .selectToHere: state.entries?.chooseToHere()
    case .expand: expand()
    case .collapse: collapse()
    case .toggleFold: toggleFold()
    case .foldAll: state.feeds.closeAllFolders()
    case .unfoldAll: state.feeds.closeFolders([])
    case .filter: startFilter()
    case .search: ask(.search, arguments)
    case .saveSearch: ask(.saveSearch, arguments)
    case .refresh: refresh()
    case .refreshAll: refreshAll()
    case .retryFailed: retryFailed()
    case .stopRefresh: stopRefresh()
    case .health: outbox.append(.loadHealth)
    case .add:
      ask(.add, arguments, initial: state.pasted ?? "")
      state.pasted = nil
    case .importList: ask(.importList, arguments)
    case .rename: ask(.rename, arguments, initial: state.feeds.selected?.name ?? "")
    case .setURL: ask(.setURL, arguments, initial: addressOfFeed)
    case .moveToFolder: ask(.moveToFolder, arguments)
    case .setInterval: askForInterval(arguments)
    case .feedSettings: openFeedSettings()
    case .exportFile: ask(.exportFile, arguments)
    case .newFolder: ask(.newFolder, arguments)
    case .moveUp: shift(by: -times)
    case .moveDown: shift(by: times)
    case .unsubscribe: unsubscribe()
    case .info: info()

    case .find: startFind()
    case .findNext: findNext(by: times)
    case .findPrevious: findNext(by: -times)
    case .clearFind: state.find = nil
    case .toggleUnreadOnly: toggleUnreadOnly()
    case .sort: sort(arguments.first ?? "")

    case .copyLink: copyLink(number: count)
    case .copyTitle: copyTitle()
    case .copyFormula: copyFormula(isBare: false, number: count)
    case .copyFormulaBare: copyFormula(isBare: true, number: count)
    case .copyParagraph: copyParagraph()
    case .copyCode: copyCode(number: count)
    case .copyEntry: copyEntry(arguments == ["--markdown"] ? .markdown : .plain)
    case .pipe: if hasEntry { ask(.pipe, arguments) }
    case .save: if hasEntry { ask(.save, arguments) }
    case .download: download(number: count ?? arguments.first.flatMap { Int($0) })
    case .speak: if hasEntry { use(.speak) }

    case .help: openHelp(prefix: [])
    case .command: openCommandPrompt()
    case .set: set(arguments)
    case .bind: bind(arguments.joined(separator: " "), at: 0)
    case .unbind: unbind(arguments.joined(separator: " "))
    case .reloadConfig: outbox.append(.reloadSettings)
    case .whereAmI: sayWhere()
    case .messages: openMessages()
    case .tutorial: openManual()
    case .doctor:
      say("Examining this machine and the library\(furniture.ellipsis)")
      outbox.append(.loadFacts(.machine))
    case .version: outbox.append(.loadFacts(.program))
    case .redraw: outbox.append(.redraw)
    case .suspend: outbox.append(.suspend)
    case .cancel: cancel(stopsRefresh: arguments == ["refresh"])
    case .showBinding: sayBinding()
    case .closeSheet: closeSheet()
    case .quit: quit()

    case .accept: acceptPrompt()
    case .complete: complete(by: 1)
    case .completePrevious: complete(by: -1)
    case .historyPrevious: recall(by: -1)
    case .historyNext: recall(by: 1)
    case .cursorLeft: state.prompt?.moveCursor(by: -1)
    case .cursorRight: state.prompt?.moveCursor(by: 1)
    case .cursorStart: state.prompt?.move(to: 0)
    case .cursorEnd: state.prompt?.move(to: .max)
    case .erase: erase()
    case .eraseWord: edit { $0.eraseWord() }
    case .eraseLine: edit { $0.eraseToStart() }
    case .eraseRest: edit { $0.eraseToEnd() }
    case .delete: edit { $0.delete() }
    }
  }

  /// Does something several times, but not once more when nothing is left to do it with.
  private mutating func repeated(
    _ times: Int, until isEmpty: KeyPath<State, Bool>, _ body: (inout Browser) -> Void
  ) {
    body(&self)
    for _ in 1..<max(1, min(times, 100)) where !state[keyPath: isEmpty] { body(&self) }
  }

  // MARK: Moving

  /// The rows of a list, or of the article, that the pane shows at once.
  private func rows(of pane: Pane) -> Int {
    let rows = panes.place(of: pane)?.content.rows ?? 1
    return pane == .entries ? max(1, rows / (state.entries?.rowHeight ?? 1)) : rows
  }

  /// The rows of the focused list.
  private var listCount: Int {
    state.focus == .feeds ? state.feeds.rows.count : state.entries?.rows.count ?? 0
  }

  private mutating func moveSelection(by rows: Int) {
    let listCount = listCount
    if var sheet = state.sheet {
      sheet.cursor.move(by: rows, of: sheet.rows.count)
      sheet.skipHeadings(isForward: rows > 0)
      state.sheet = sheet
      return
    }
    switch state.focus {
    case .feeds where isFirstRun: moveFirstChoice(by: rows)
    case .feeds: state.feeds.cursor.move(by: rows, of: listCount)
    case .entries:
      // A long way in a long list is gone at once, by the number of the row.
      if let list = state.entries, let number = list.number(of: list.cursor.selected),
        !list.isWhole
      {
        let (target, overflow) = list.cursor.selected.addingReportingOverflow(rows)
        if overflow || !list.rows.indices.contains(target),
          rows > 0 ? list.hasLater : list.hasEarlier
        {
          let wanted = number.addingReportingOverflow(rows)
          let number = wanted.overflow ? Int.max : wanted.partialValue
          let last = list.totalCount.map { $0 - 1 } ?? .max
          return selectEntry(number: rows > 0 && number >= last ? .max : max(0, number))
        }
      }
      state.entries?.cursor.move(by: rows, of: listCount)
    case .reader: state.reader?.scroll(by: rows)
    }
  }

  private mutating func scroll(by rows: Int) {
    let margin = settings.scrollMarginRows
    if var sheet = state.sheet {
      let window = sheet.windowRows(in: sheet.rect(size: state.size, panes: panes))
      sheet.cursor.scroll(
        by: rows, of: sheet.rows.count, windowRows: window, marginRows: margin)
      sheet.skipHeadings(isForward: rows > 0)
      state.sheet = sheet
      return
    }
    let window = self.rows(of: state.focus)
    let listCount = listCount
    switch state.focus {
    case .feeds:
      state.feeds.cursor.scroll(
        by: rows, of: listCount, windowRows: window, marginRows: margin)
    case .entries:
      state.entries?.cursor.scroll(
        by: rows, of: listCount, windowRows: window, marginRows: margin)
    case .reader: state.reader?.scroll(by: rows)
    }
  }

  private mutating func page(_ times: Int, isHalf: Bool) {
    var window = rows(of: state.focus)
    if let sheet = state.sheet {
      window = sheet.windowRows(in: sheet.rect(size: state.size, panes: panes))
    }
    let step = isHalf ? max(1, window / 2) : max(1, window - max(0, settings.pageOverlapRows))
    let (rows, overflow) = step.multipliedReportingOverflow(by: times)
    let distance = overflow ? (times > 0 ? Int.max : -Int.max) : rows
    if state.focus == .reader, state.sheet == nil {
      state.reader?.scroll(by: distance)
      return
    }
    // In a list window and selection move together, so that the same row of the screen stays
    // selected as long as there are rows.
    let selected = selectedRow
    scroll(by: distance)
    let target =
      distance > 0 ? selected.addingReportingOverflow(distance) : (selected + distance, false)
    moveSelection(by: (target.1 ? Int.max / 2 : target.0) - selectedRow)
  }

  private var selectedRow: Int {
    if let sheet = state.sheet { return sheet.cursor.selected }
    if isFirstRun { return state.firstRun.selected }
    return state.focus == .feeds
      ? state.feeds.cursor.selected : state.entries?.cursor.selected ?? 0
  }

  /// Goes to a row counted from 1; in the article a jump.
  private mutating func go(toRow row: Int) {
    if state.focus == .entries, state.sheet == nil, state.entries?.isWhole == false {
      return selectEntry(number: row == .max ? .max : row - 1)
    }
    guard state.focus == .reader, state.sheet == nil else {
      moveSelection(by: (row == .max ? Int.max / 2 : row - 1) - selectedRow)
      if row <= 1 { scroll(by: -(Int.max / 2)) }
      return
    }
    pushJump()
    state.reader?.scroll(toRow: row == .max ? Int.max / 2 : row - 1)
  }

  private mutating func go(toPercent percent: Int) {
    guard let reader = state.reader, let page = reader.page else { return }
    pushJump()
    state.reader?.scroll(toRow: page.rowCount * max(0, min(100, percent)) / 100)
  }

  private mutating func place(halves: Int) {
    if var sheet = state.sheet {
      let window = sheet.windowRows(in: sheet.rect(size: state.size, panes: panes))
      sheet.cursor.place(halves, count: sheet.rows.count, windowRows: window)
      state.sheet = sheet
      return
    }
    let window = rows(of: state.focus)
    let listCount = listCount
    switch state.focus {
    case .feeds:
      state.feeds.cursor.place(halves, count: listCount, windowRows: window)
    case .entries:
      state.entries?.cursor.place(halves, count: listCount, windowRows: window)
    case .reader:
      guard let reader = state.reader, let page = reader.page, let target = reader.target else {
        return
      }
      let row = page.row(of: target.range.lowerBound)
      state.reader?.scroll(toRow: row - (window - 1) * halves / 2)
    }
  }

  private mutating func advance() {
    guard state.focus == .reader else { return openUnread(isForward: true, count: 1) }
    if state.reader?.advance(overlapRows: settings.pageOverlapRows) == true { return }
    openUnread(isForward: true, count: 1)
  }

  // MARK: Panes

  mutating func focus(_ pane: Pane) {
    forgetBottomPane()
    if state.focus != pane { state.isZoomed = false }
    if pane != .reader { state.lastList = pane }
    if pane == .reader, state.focus != .reader { state.lastList = state.focus }
    if pane == .reader, state.entries != nil, state.lastList == .feeds,
      state.reader.map({ state.entries?.place(of: $0.id) != nil }) ?? false
    {
      // The list that holds the entry is the one to come back to.
      state.lastList = .entries
    }
    state.focus = pane
  }

  /// The panes that can have the focus, in order.
  private var reachable: [Pane] {
    var panes: [Pane] = [.feeds]
    if state.entries != nil { panes.append(.entries) }
    if state.reader != nil { panes.append(.reader) }
    return panes
  }

  private mutating func focusNext(by step: Int) {
    guard state.sheet == nil else { return }
    // With several panes on the screen the focus moves among those.
    let shown = panes.places.map(\.pane)
    let candidates = shown.count > 1 ? reachable.filter { shown.contains($0) } : reachable
    guard let place = candidates.firstIndex(of: state.focus), candidates.count > 1 else { return }
    moveFocus(to: candidates[(place + step + candidates.count) % candidates.count])
  }

  private mutating func focus(named name: String) {
    guard let pane = Pane(rawValue: name) else { return }
    guard reachable.contains(pane) else {
      say(pane == .reader ? "No entry is open" : "No feed is open")
      return
    }
    state.sheet = nil
    moveFocus(to: pane)
  }

  private mutating func back() {
    switch state.focus {
    case .reader:
      rememberPosition()
      moveFocus(to: state.entries == nil ? .feeds : .entries)
    case .entries: moveFocus(to: .feeds)
    case .feeds: break
    }
  }

  private mutating func toggleFeedsPane() {
    let hidesFeeds = !hidesFeeds
    state.hidesFeeds = hidesFeeds
    if hidesFeeds, state.focus == .feeds, state.entries != nil { focus(.entries) }
    if hidesFeeds, state.lastList == .feeds, state.entries != nil {
      state.lastList = .entries
    }
  }

  // MARK: Ordering

  private mutating func toggleUnreadOnly() {
    guard state.focus == .entries, let list = state.entries else {
      state.feeds.toggleUnreadOnly()
      return
    }
    var query = list.query
    switch query.filter {
    case .unread: query.filter = .everything
    case .everything: query.filter = .unread
    case .starred:
      // What is starred stays what the list is of.
      query.matching = query.matching == Self.unreadTerm ? nil : Self.unreadTerm
    }
    reopen(list, query)
  }

  private static let unreadTerm = "is:unread"

  private mutating func sort(_ name: String) {
    guard let list = state.entries else { return }
    var query = list.query
    if name == "reverse" {
      query.isReversed.toggle()
    } else if let order = EntryQuery.Order(rawValue: name) {
      query.order = order
      query.isReversed = false
    }
    reopen(list, query)
  }

  /// Does the last mark, tag, order or copy again, here.
  private mutating func repeatLast(count: Int?) {
    guard let last = state.repeatable else { return say("Nothing to repeat yet") }
    perform(last.invocation, count: count ?? last.count)
  }

  /// Widens or narrows the focused pane; the article gets what is left.
  private mutating func resizePane(_ amount: String, times: Int) {
    let panes = panes
    guard let wanted = Int(amount) else { return say("resize-pane takes a number: +2, -2 or 30") }
    guard panes.places.count > 1, let place = panes.place(of: state.focus) else {
      return say("There is only one pane")
    }
    let isRelative = amount.hasPrefix("+") || amount.hasPrefix("-")
    let (step, overflow) = wanted.multipliedReportingOverflow(by: isRelative ? times : 1)
    let limited = overflow ? 0 : max(-1000, min(1000, step))
    // The article grows when the list beside it shrinks.
    let list = place.pane == .reader ? panes.places[panes.places.count - 2] : place
    let isAbove = panes.arrangement == .above
    let size = isAbove ? list.content.rows + (list.titleRow == nil ? 0 : 1) : list.content.columns
    let total = isAbove ? panes.statusRow : state.size.columns
    var target =
      isRelative
      ? size + (place.pane == .reader ? -limited : limited)
      : place.pane == .reader ? total - limited : limited
    target = max(1, min(total, target))
    if isAbove {
      state.paneSizes.entriesRows = target
    } else if list.pane == .feeds, panes.arrangement == .wide {
      state.paneSizes.feedsColumns = target
    } else {
      state.paneSizes.entriesColumns = target
    }
  }

  /// Sizes set in this session, else those of the settings.
  var paneSizes: PaneSizes {
    var sizes = state.paneSizes
    if sizes.feedsColumns == 0 { sizes.feedsColumns = settings.feedsColumns }
    if sizes.entriesColumns == 0 { sizes.entriesColumns = settings.entriesColumns }
    if sizes.entriesRows == 0 { sizes.entriesRows = settings.entriesRows }
    return sizes
  }

  /// Shows the same list in another way; the selection stays on the same entry.
  private mutating func reopen(_ list: EntryList, _ query: EntryQuery) {
    loadEntries(
      query, name: list.name, source: list.source, then: .show,
      list.selected.map { .around($0.id) } ?? .first)
  }

  private var addressOfFeed: String {
    let id = state.sheet?.selected?.feed ?? state.feeds.selected?.feed?.id
    return id.flatMap { state.feeds.feed($0)?.url } ?? ""
  }

  // MARK: The program

  /// Gives up the innermost thing; a refresh only where that was asked for.
  mutating func cancel(stopsRefresh: Bool = false) {
    if state.labels != nil {
      state.labels = nil
    } else if state.prompt != nil {
      cancelPrompt()
    } else if state.sheet != nil {
      closeSheet()
    } else if state.reader?.target != nil, state.focus == .reader {
      state.reader?.target = nil
    } else if state.find != nil {
      state.find = nil
    } else if state.entries?.chosen.isEmpty == false, state.focus == .entries {
      state.entries?.forgetChosen()
    } else if stopsRefresh, state.progress != nil {
      stopRefresh()
    } else {
      state.message = nil
    }
  }

  mutating func closeSheet() {
    if state.find?.place == .sheet { state.find = nil }
    state.sheet = nil
  }

  private mutating func sayWhere() {
    var parts: [String] = []
    switch state.focus {
    case .feeds:
      parts.append("feed \(state.feeds.cursor.selected + 1) of \(state.feeds.rows.count)")
      parts.append("\(state.feeds.unreadCount) unread")
    case .entries:
      guard let list = state.entries else { return }
      let number = list.number(of: list.cursor.selected).map { String($0 + 1) } ?? "?"
      parts.append(
        "row \(list.rows.isEmpty ? "0" : number) of \(list.totalCount ?? list.rows.count)")
      if let unread = list.unreadCount { parts.append("\(unread) unread") }
      parts.append("sort: \(list.orderName)")
    case .reader:
      guard let reader = state.reader, let page = reader.page else { return }
      parts.append("row \(reader.top + 1) of \(page.rowCount)")
      parts.append(reader.progress)
      parts.append("\(page.columns) columns")
    }
    say(parts.joined(separator: furniture.dot))
  }

  private mutating func sayBinding() {
    guard let binding = state.sheet?.selected?.binding else {
      return say("No binding is selected")
    }
    guard binding.file != Browser.sessionFile else {
      return say("\(Key.label(of: binding.keys)) was bound at the prompt")
    }
    say("\(Key.label(of: binding.keys)) is bound in \(binding.file):\(binding.line)")
  }
}
