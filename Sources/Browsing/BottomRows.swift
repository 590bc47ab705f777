import Cells
import Documents
import Feeds
import Keymaps

/// The status row, and the row of hints with which-key and the prompt in its place.
extension Browser {
  /// What the focused pane says when there is no message.
  private var paneStatus: String {
    if state.labels != nil { return state.labels?.purpose.sentence ?? "" }
    if state.prompt?.kind == .tag {
      let tags = tagsOfCurrent
      return tags.isEmpty ? "no tags yet" : "now: " + tags.joined(separator: " ")
    }
    if let find = state.find, !find.pattern.isEmpty, find.place == findPlace, state.sheet == nil {
      if case .reader = find.place {
        guard let current = find.current else { return "/\(find.pattern)   no match" }
        return "/\(find.pattern)   \(current + 1) of \(find.matches.count)"
      }
      if find.current == nil { return "/\(find.pattern)   no match" }
    }
    guard state.sheet == nil, !isFirstRun else { return "" }
    switch paneOfBottomRows {
    case .feeds:
      let count = state.feeds.feeds.count
      guard state.feeds.isLoaded else { return "" }
      return "\(count) feed\(count == 1 ? "" : "s")" + refreshStatus
        + (state.feeds.showsUnreadOnly ? "\(furniture.dot)unread only" : "")
    case .entries:
      guard let list = state.entries else { return "" }
      if state.prompt?.kind == .filter { return filterStatus(list) }
      var text = "sort: \(list.orderName)"
      // What the list is of is no filter of it.
      let own = state.feeds.rows.first { $0.identity == list.source }?.query.filter ?? .everything
      if list.query.filter == .unread, own != .unread { text += "\(furniture.dot)filter: unread" }
      if list.query.filter == .starred, own != .starred {
        text += "\(furniture.dot)filter: starred"
      }
      if let matching = list.query.matching { text += "\(furniture.dot)filter: \(matching)" }
      if !list.chosen.isEmpty { text += "\(furniture.dot)\(list.chosen.count) selected" }
      return text + (panes.arrangement == .wide ? refreshStatus : "")
    case .reader: return targetStatus ?? state.reader?.heading ?? ""
    }
  }

  /// When feeds were asked the last time, and how many of them failed.
  private var refreshStatus: String {
    var text = ""
    if let last = state.feeds.library.lastRefresh {
      text += "\(furniture.dot)last refresh \(state.clock.listDate(last, isLong: false))"
    }
    if state.feeds.failedCount > 0 {
      let key = keyLabel(.health, in: [.feeds, .global]).map { " (\($0))" } ?? ""
      text += "\(furniture.dot)\(state.feeds.failedCount) failed\(key)"
    }
    return text
  }

  /// While a filter is typed: how much of the list is left.
  private func filterStatus(_ list: EntryList) -> String {
    guard let left = list.totalCount else { return "" }
    guard let all = state.unfiltered?.totalCount else { return "\(left) found" }
    return "\(left) of \(all)"
  }

  /// What the target is, when there is one.
  private var targetStatus: String? {
    guard let reader = state.reader, let target = reader.target else { return nil }
    let document = reader.article.document
    switch target.kind {
    case .link(let link): return address(ofLink: link)
    case .image(let image):
      return document.images.indices.contains(image) ? document.images[image].source : nil
    case .formula(let formula):
      guard document.formulas.indices.contains(formula) else { return nil }
      let formula = document.formulas[formula]
      if formula.isLossy { return "no TeX in the feed" }
      if formula.isRepaired { return "repaired" }
      return formula.origin == .mathML ? "converted from MathML" : nil
    case .reference(let reference):
      guard document.references.indices.contains(reference) else { return nil }
      let name = document.references[reference].name
      guard let label = document.labels.first(where: { $0.name == name }) else { return name }
      if let formula = label.formula, document.formulas.indices.contains(formula) {
        let line = Browser.line(ofTeX: document.string(document.formulas[formula].tex))
        return (equationNumbers[formula].map { $0 + " " } ?? "") + line
      }
      return name
    case .block: return nil
    }
  }

  /// Gives the focus to another pane; when both are shown, the bottom rows stay as they are.
  ///
  /// They follow when the keys rest: whoever goes on at once has no use for them, and they are most
  /// of what a change of panes would send.
  mutating func moveFocus(to pane: Pane) {
    let shown = panes.places.map(\.pane)
    let said = state.bottomPane ?? state.focus
    focus(pane)
    guard pane != said, shown == panes.places.map(\.pane), shown.contains(pane),
      shown.contains(said), state.sheet == nil
    else { return }
    state.bottomPane = said
    state.bottomPaneTime = state.clock.uptime + Browser.bottomRest
  }

  mutating func forgetBottomPane() {
    state.bottomPane = nil
    state.bottomPaneTime = nil
  }

  private var paneOfBottomRows: Pane {
    guard let pane = state.bottomPane, panes.place(of: pane) != nil else { return state.focus }
    return pane
  }

  /// How long keys rest before the bottom rows follow the focus.
  static let bottomRest: Duration = .milliseconds(500)

  /// The contexts whose hints the bottom row shows.
  private var bottomStack: [KeyContext] {
    let stack = stack
    guard stack == self.stack(at: state.focus) else { return stack }
    return self.stack(at: paneOfBottomRows)
  }

  private var isReaderShown: Bool {
    state.reader != nil && panes.place(of: .reader) != nil
  }

  func drawStatus(_ panes: Panes, on canvas: inout Canvas) {
    let row = panes.statusRow
    guard row >= 0 else { return }
    // Without a hint row the prompt takes this one.
    let columns = state.size.columns
    var right = ""
    if isReaderShown, let reader = state.reader, state.sheet == nil {
      right = reader.progress
    } else if panes.arrangement == .wide, state.feeds.unreadCount > 0 {
      right = "\(state.feeds.unreadCount) unread"
    }
    if settings.showsRuler, let ruler { right = right.isEmpty ? ruler : ruler + "  " + right }
    if let list = state.entries, state.prompt?.kind == .filter {
      right = "sort: \(list.orderName)"
    }
    if let progress = state.progress {
      let failed = progress.failedCount > 0 ? " !\(progress.failedCount)" : ""
      let text =
        "\(canvas.furniture.progress) \(progress.doneCount)/\(progress.totalCount)\(failed)"
      right = right.isEmpty ? text : text + "  " + right
    }
    var end = columns - 1
    if let start = canvas.putRight(right, row: row, from: 1, to: end, .status) { end = start - 2 }
    var text = state.message.map { ($0.isError ? "! " : "") + $0.text }
    // What a label or a tag is for is worth more than what was done before.
    if state.message?.isError != true, state.labels != nil || state.prompt?.kind == .tag {
      text = nil
    }
    if text == nil, let waiting = state.waiting, isLate(waiting) {
      text = "Loading\(furniture.ellipsis)"
    }
    if let prompt = state.prompt, prompt.kind == .command, state.message == nil { text = "" }
    let isError = text != nil && state.message?.isError == true
    if isError, let text, canvas.columns(of: text) > end - 1 {
      return drawLong(text, above: row, endOfLast: end, on: &canvas)
    }
    canvas.putCut(
      text ?? paneStatus, row: row, column: 1, columns: end - 1, isError ? .error : .status)
  }

  /// `12/240`: the selected row and how many there are; behind a `+` there are more.
  private var ruler: String? {
    switch state.focus {
    case _ where state.sheet != nil || isFirstRun: return nil
    case .feeds: return "\(state.feeds.cursor.selected + 1)/\(state.feeds.rows.count)"
    case .entries:
      guard let list = state.entries, !list.rows.isEmpty else { return nil }
      let number = list.number(of: list.cursor.selected) ?? list.cursor.selected
      return "\(number + 1)/\(list.totalCount.map { "\($0)" } ?? "\(list.rows.count)+")"
    case .reader: return nil
    }
  }

  /// A fault is told whole: what does not fit on the status row stands above it.
  private func drawLong(
    _ text: String, above row: Int, endOfLast end: Int, on canvas: inout Canvas
  ) {
    let lines = wrapped(text, columns: min(end - 1, state.size.columns - 2))
      .suffix(max(1, min(4, row)))
    for (place, line) in zip(lines.indices, lines) {
      let screenRow = row - (lines.endIndex - 1 - place)
      if screenRow != row { canvas.clear(row: screenRow) }
      canvas.putCut(line, row: screenRow, column: 1, columns: end - 1, .error)
    }
  }

  /// The bottom row, and the rows it grows upwards into; returns where the cursor stands in a prompt.
  func drawHints(_ panes: Panes, on canvas: inout Canvas) -> Position? {
    if let prompt = state.prompt { return draw(prompt, panes, on: &canvas) }
    let row = panes.hintRow
    if state.showsWhichKey, !state.pendingKeys.isEmpty {
      drawWhichKey(row: row ?? panes.statusRow, on: &canvas)
      return nil
    }
    guard let row else { return nil }
    if let labels = state.labels {
      drawHints(of: labels, row: row, on: &canvas)
      return nil
    }
    if state.pendingCount != nil || !state.pendingKeys.isEmpty {
      // The pending count and keys stand where the hints were.
      if let count = state.pendingCount {
        let keys = Key.label(of: state.pendingKeys)
        canvas.put("\(count)\(keys)", row: row, column: 1, columns: 30, .hintKey)
        return nil
      }
    }
    let (hints, kept) = hints
    draw(hints: hints, kept: kept, row: row, on: &canvas)
    return nil
  }

  /// What is most useful here, and how many of the last ones are shown in any case.
  private var hints: (hints: [(key: String, label: String)], kept: Int) {
    if isFirstRun, state.sheet == nil { return (firstRunHints, 1) }
    let stack = bottomStack
    if state.sheet == nil, let hints = targetHints(stack) { return (hints, 1) }
    var ranked: [(rank: Int, key: String, label: String)] = []
    var contexts: [KeyContext] = []
    // Where matches are highlighted or a sheet is open, only what belongs there.
    if let first = stack.first, first == .matches || first == .sheet {
      contexts = [first]
    } else {
      contexts = [stack.first ?? .global]
      if panes.places.count > 1 { contexts.append(.global) }
    }
    for context in contexts {
      for (command, arguments, hint) in keyIndex.hints[context] ?? [] {
        guard let key = keyLabel(command, arguments, in: stack, isPrefix: hint.isPrefix),
          let label = label(of: command, hint)
        else { continue }
        ranked.append((hint.rank == 0 ? Int.max : hint.rank, key, label))
      }
    }
    var hints = ranked.sorted { $0.rank < $1.rank }.map { ($0.key, $0.label) }
    // On a narrow screen one word has to do.
    if state.size.columns < 60 {
      for place in hints.indices where hints[place].1 == "next unread" { hints[place].1 = "next" }
    }
    if state.progress != nil, stack.first != .matches, state.sheet == nil,
      let key = keyLabel(.cancel, ["refresh"], in: stack)
    {
      hints.insert((key, "stop"), at: 0)
    }
    return (hints, max(1, ranked.count { $0.rank == .max }))
  }

  /// The label of a hint; nil when the command can do nothing in the sheet that is open.
  private func label(of command: Command, _ hint: Command.Hint) -> String? {
    guard hint.context == .sheet, let kind = state.sheet?.kind else { return hint.label }
    switch (command, kind) {
    case (.open, .help): return "run the command"
    case (.open, .links): return "follow in yue"
    case (.open, .outline), (.open, .formulas), (.open, .peek): return "jump"
    case (.open, .undo): return "undo down to here"
    case (.open, .candidates): return "subscribe"
    case (.open, .health): return "history"
    case (.open, .feedSettings): return "change"
    case (.open, .info), (.copyLink, .undo), (.open, .qrCode), (.copyLink, .feedSettings):
      return nil
    case (.openInBrowser, .links): return hint.label
    case (.openInBrowser, _): return nil
    case (.refresh, .health), (.retryFailed, .health), (.setURL, .health): return hint.label
    case (.refresh, _), (.retryFailed, _), (.setURL, _): return nil
    case (.open, .messages), (.copyLink, .help), (.copyLink, .candidates): return nil
    case (.open, .programs): return "choose"
    case (.showBinding, .help): return hint.label
    case (.showBinding, _): return nil
    case (.copyLink, .outline), (.copyLink, .peek): return nil
    default: return hint.label
    }
  }

  /// What can be done with the target of the reader.
  private func targetHints(_ stack: [KeyContext]) -> [(key: String, label: String)]? {
    guard stack.first == .reader, let target = state.reader?.target else { return nil }
    let wanted: [(Command, String, Bool)] =
      switch target.kind {
      case .link:
        [
          (.follow, "follow", false), (.openInBrowser, "browser", false),
          (.copyLink, "copy", true), (.nextLink, "next link", false),
          (.jumpBack, "back", false), (.cancel, "forget", false),
        ]
      case .reference:
        [
          (.follow, "jump", false), (.peek, "show", false),
          (.nextReference, "next reference", false), (.jumpBack, "back", false),
          (.cancel, "forget", false),
        ]
      case .formula:
        [
          (.copyFormula, "copy", false), (.copyFormulaBare, "copy bare", false),
          (.nextFormula, "next formula", false), (.jumpBack, "back", false),
          (.cancel, "forget", false),
        ]
      case .image:
        [
          (.openInBrowser, "browser", false), (.copyLink, "copy", true),
          (.nextImage, "next image", false), (.cancel, "forget", false),
        ]
      case .block: []
      }
    guard !wanted.isEmpty else { return nil }
    return wanted.compactMap { command, label, isPrefix in
      keyLabel(command, in: stack, isPrefix: isPrefix).map { ($0, label) }
    }
  }

  /// Draws as many hints as fit; the last ones, help and the way out, always have their place.
  private func draw(
    hints: [(key: String, label: String)], kept: Int = 1, row: Int, on canvas: inout Canvas
  ) {
    func columns(_ hint: (key: String, label: String)) -> Int {
      canvas.columns(of: hint.key) + 1 + canvas.columns(of: hint.label)
    }
    let last = hints.suffix(kept)
    var shown: [(key: String, label: String)] = []
    var taken = last.reduce(-2) { $0 + columns($1) + 3 }
    for hint in hints.dropLast(kept) {
      let more = columns(hint) + 3
      guard taken + more <= state.size.columns - 1 else { continue }
      taken += more
      shown.append(hint)
    }
    shown += last
    var column = 1
    for hint in shown {
      let limit = state.size.columns - 1
      column += canvas.put(
        hint.key, row: row, column: column, columns: limit - column, .hintKey)
      column += canvas.put(
        " " + hint.label, row: row, column: column, columns: limit - column, .hint)
      column += 3
    }
  }

  private func drawHints(of labels: Labels, row: Int, on canvas: inout Canvas) {
    var hints: [(key: String, label: String)] = []
    for candidate in labels.remaining {
      switch candidate.target.kind {
      case .link(let link):
        var address = address(ofLink: link) ?? ""
        for scheme in ["https://", "http://"] where address.hasPrefix(scheme) {
          address = String(address.dropFirst(scheme.count))
        }
        hints.append((candidate.label, address))
      default: break
      }
    }
    if hints.isEmpty { hints = [("a label", labels.purpose.explanation)] }
    hints.append((keyLabel(.cancel, in: [.hints]) ?? "Esc", "cancel"))
    draw(hints: hints, row: row, on: &canvas)
  }

  /// What may follow the pending keys, in columns of equal width, growing upwards.
  private func drawWhichKey(row: Int, on canvas: inout Canvas) {
    guard case .pending(let bindings) = settings.keymap.lookup(state.pendingKeys, in: stack)
    else { return }
    let depth = state.pendingKeys.count
    var cells: [(key: String, label: String)] = []
    var groups: [Key: Int] = [:]
    for binding in bindings where binding.keys.count > depth + 1 {
      groups[binding.keys[depth], default: 0] += 1
    }
    for binding in bindings {
      let key = binding.keys[depth]
      if let count = groups[key] {
        guard count > 0 else { continue }
        groups[key] = 0
        cells.append((key.label + furniture.ellipsis, "\(count) keys"))
        continue
      }
      let invocation = binding.invocations.first
      let form = invocation.flatMap { Command(rawValue: $0.command)?.form($0.arguments) }
      let text = binding.description ?? form?.label ?? invocation?.text ?? ""
      cells.append((key.label, text))
    }
    cells.append(("Esc", "cancel"))
    let columns = state.size.columns
    let prefix = Key.label(of: state.pendingKeys) + furniture.ellipsis
    let indent = 1 + canvas.columns(of: prefix) + 3
    let widest =
      cells.map { canvas.columns(of: $0.key) + 1 + canvas.columns(of: $0.label) }.max() ?? 1
    let cellColumns = min(max(14, widest + 2), max(1, columns - indent))
    let perRow = max(1, (columns - indent) / cellColumns)
    let most = max(1, state.size.rows / 3)
    let rows = min(most, (cells.count + perRow - 1) / perRow)
    let first = row - rows + 1
    canvas.clear(row: first, rows: rows)
    canvas.put(prefix, row: first, column: 1, columns: indent - 1, .hintKey)
    // Without attributes: a change of looks for every key costs more than all of the text.
    for (place, cell) in cells.prefix(rows * perRow).enumerated() {
      let column = indent + place % perRow * cellColumns
      let taken = canvas.put(
        cell.key, row: first + place / perRow, column: column, columns: cellColumns)
      canvas.putCut(
        " " + cell.label, row: first + place / perRow, column: column + taken,
        columns: min(cellColumns - taken - 1, columns - column - taken))
    }
  }

  private func draw(_ prompt: Prompt, _ panes: Panes, on canvas: inout Canvas) -> Position {
    let row = panes.hintRow ?? panes.statusRow
    let columns = state.size.columns
    canvas.clear(row: row)
    // Candidates stand above, with help; an error on the status row stays visible.
    let shown = state.message?.isError == true ? [] : prompt.candidates
    let most = min(8, max(0, row - 2))
    if !shown.isEmpty, most > 0 {
      let start = max(0, min((prompt.chosen ?? 0) - most + 1, shown.count - most))
      let visible = shown.dropFirst(start).prefix(most)
      let width = min(32, (visible.map { canvas.columns(of: $0.text) }.max() ?? 0) + 2)
      canvas.clear(row: row - visible.count, rows: visible.count)
      for (place, candidate) in zip(visible.indices, visible) {
        let line = row - visible.count + place - start
        if place == prompt.chosen {
          canvas.put(canvas.furniture.marker, row: line, column: 0, columns: 1, .selected)
        }
        canvas.putCut(candidate.text, row: line, column: 2, columns: width, .prompt)
        canvas.putCut(
          candidate.help, row: line, column: 2 + width + 1, columns: columns - width - 4, .hint)
      }
    }
    let signColumns = canvas.put(
      prompt.sign, row: row, column: 0, columns: max(1, columns - 2), .prompt)
    // A line longer than the row scrolls sideways, by whole characters.
    let room = max(1, columns - 1 - signColumns)
    var first = 0
    var before = prompt.columnsBeforeCursor(settings.profile)
    while before >= room, first < prompt.cursor {
      before -= canvas.columns(of: String(prompt.characters[first]))
      first += 1
    }
    canvas.put(
      String(prompt.characters[first...]), row: row, column: signColumns,
      columns: columns - signColumns, .prompt)
    return Position(row: row, column: min(columns - 1, signColumns + max(0, before)))
  }
}
