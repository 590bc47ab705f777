import Documents
import Feeds
import Keymaps

/// The prompt, and finding in the pane that has the focus.
extension Browser {
  mutating func edit(_ change: (inout Prompt) -> Void) {
    guard state.prompt != nil else { return }
    if var prompt = state.prompt {
      change(&prompt)
      state.prompt = prompt
    }
    promptEdited()
  }

  mutating func erase() {
    if state.labels != nil {
      if state.labels?.typed.isEmpty == true {
        state.labels = nil
      } else {
        state.labels?.typed.removeLast()
      }
      return
    }
    // Erasing in an empty line leaves the prompt, as everywhere.
    guard state.prompt?.characters.isEmpty == false else { return cancelPrompt() }
    edit { $0.erase() }
  }

  mutating func complete(by step: Int) {
    state.prompt?.complete(by: step)
    refreshCandidates()
    if state.prompt?.kind == .filter { promptEdited() }
  }

  mutating func recall(by step: Int) {
    guard let kind = state.prompt?.kind else { return }
    let history = state.history[kind] ?? []
    edit { $0.recall(history, by: step) }
  }

  /// Looks for what has been typed so far.
  mutating func promptEdited() {
    guard let prompt = state.prompt else { return }
    refreshCandidates()
    if prompt.kind == .filter { return filterEdited(prompt.text) }
    guard prompt.kind == .find else { return }
    state.message = nil
    find(prompt.text)
  }

  mutating func cancelPrompt() {
    guard let prompt = state.prompt else { return }
    state.prompt = nil
    if prompt.kind == .filter, let list = state.unfiltered {
      state.entries = list
      state.unfiltered = nil
    }
    guard prompt.kind == .find, let find = state.find else { return }
    restore(find.origin)
    state.find = nil
  }

  mutating func acceptPrompt() {
    guard let prompt = state.prompt else { return }
    let line = prompt.text
    remember(line, prompt.kind)
    switch prompt.kind {
    case .find:
      let pattern = line.isEmpty ? state.lastPattern : line
      state.prompt = nil
      guard !pattern.isEmpty else {
        state.find = nil
        return
      }
      if line.isEmpty { find(pattern) }
      state.lastPattern = pattern
      if state.find?.matches.isEmpty == true, case .reader? = state.find?.place {
        state.find = nil
        let key = keyLabel(.search).map { " \(furniture.dash) \($0) searches all articles" } ?? ""
        say("\(pattern) is not in this article\(key)")
      } else if state.find?.current == nil {
        state.find = nil
        let key = keyLabel(.search).map { " \(furniture.dash) \($0) searches all articles" } ?? ""
        say("\(pattern) is not in this list\(key)")
      }
    case .command: run(line)
    case .filter:
      state.prompt = nil
      state.unfiltered = nil
    default: run(line, for: prompt.kind)
    }
  }

  private mutating func remember(_ line: String, _ kind: Prompt.Kind) {
    guard !line.isEmpty else { return }
    var lines = state.history[kind] ?? []
    lines.removeAll { $0 == line }
    lines.append(line)
    state.history[kind] = Array(lines.suffix(500))
  }

  /// Runs a line of the prompt; a line that fails stays in the prompt, the cursor at the fault.
  private mutating func run(_ line: String) {
    func fail(_ message: String, at place: Int) {
      say(message, isError: true)
      // The faulty word is counted in scalars, the cursor in characters.
      let before = String(String.UnicodeScalarView(line.unicodeScalars.prefix(place)))
      state.prompt?.move(to: before.count)
    }
    switch runKeyCommand(line) {
    case .other: break
    case .done:
      state.prompt = nil
      return
    case .refused(let fault): return fail(fault.message, at: fault.place)
    }
    let parsed = CommandLine(line)
    if let fault = parsed.faults.first { return fail(fault.message, at: fault.range.lowerBound) }
    guard !parsed.calls.isEmpty else {
      state.prompt = nil
      return
    }
    var invocations: [Invocation] = []
    for call in parsed.calls {
      guard let name = call.words.first else { continue }
      if let row = Int(name.text), call.words.count == 1, row > 0 {
        state.prompt = nil
        perform(Invocation(Command.top.rawValue), count: min(row, 9_999_999))
        return
      }
      guard let command = Command.named(name.text) else {
        let names = Command.allCases.filter(\.isForPrompt).map(\.rawValue)
        let matching = names.filter { $0.hasPrefix(name.text) }
        if matching.count > 1 {
          return fail(
            "\"\(name.text)\" may be \(matching.prefix(4).joined(separator: ", "))"
              + (matching.count > 4 ? " \(furniture.ellipsis)" : ""), at: name.range.upperBound)
        }
        let hint =
          nearest(to: name.text, among: names).map { " (did you mean \"\($0)\"?)" } ?? ""
        return fail("unknown command \"\(name.text)\"\(hint)", at: name.range.lowerBound)
      }
      var arguments = call.words.dropFirst().map(\.text)
      if command == .set, arguments.count > 2 {
        arguments = [arguments[0], arguments.dropFirst().joined(separator: " ")]
      }
      // What takes a text takes all that is left of the line.
      if let first = command.firstWordOfText(in: arguments) {
        arguments[first...] = [arguments[first...].joined(separator: " ")]
      }
      let full = command.rawValue
      let rule = CommandRule(
        name: full, contexts: command.facts.contexts,
        forms: command.facts.forms.map(\.rule))
      if let fault = rule.fault(in: arguments) {
        let place =
          fault.argument + 1 < call.words.count
          ? call.words[fault.argument + 1].range.lowerBound : line.unicodeScalars.count
        return fail(fault.message, at: place)
      }
      invocations.append(Invocation(full, arguments))
    }
    state.prompt = nil
    for invocation in invocations { perform(invocation, count: nil) }
  }

  // MARK: Find

  mutating func startFind() {
    guard let place = findPlace else { return }
    var origin = Find.Origin()
    switch place {
    case .feeds: origin.cursor = state.feeds.cursor
    case .entries: origin.cursor = state.entries?.cursor ?? ListCursor()
    case .sheet: origin.cursor = state.sheet?.cursor ?? ListCursor()
    case .reader: origin.anchor = state.reader?.anchor ?? .header(row: 0)
    }
    pushJump()
    state.find = Find(place: place, pattern: "", origin: origin)
    state.prompt = Prompt(.find)
  }

  private mutating func restore(_ origin: Find.Origin) {
    switch state.find?.place {
    case .feeds?: state.feeds.cursor = origin.cursor
    case .entries?: state.entries?.cursor = origin.cursor
    case .sheet?: state.sheet?.cursor = origin.cursor
    case .reader?: state.reader?.go(to: origin.anchor)
    case nil: break
    }
  }

  /// Looks for a pattern from where the search began.
  private mutating func find(_ pattern: String) {
    guard var find = state.find else { return }
    find.pattern = pattern
    find.matches = []
    find.current = nil
    state.find = find
    restore(find.origin)
    guard !pattern.isEmpty else { return }
    let found = FoundRows(pattern)
    if case .reader = find.place, let reader = state.reader {
      find.matches = found.matches(in: reader.article.document.text)
      let here = reader.page?.byteOffset(row: reader.top) ?? 0
      find.current =
        find.matches.firstIndex { $0.lowerBound >= here } ?? find.matches.indices.first
      state.find = find
      if let current = find.current { state.reader?.show(find.matches[current]) }
      return
    }
    let texts = rowTexts
    let start = find.origin.cursor.selected
    let order = Array(texts.indices.dropFirst(start)) + Array(texts.indices.prefix(start))
    find.current = order.first { found.matches(texts[$0]) }
    state.find = find
    if let current = find.current { select(row: current) }
  }

  /// Goes to the next match, or an earlier one; round the ends.
  mutating func findNext(by step: Int) {
    guard var find = state.find else { return }
    if case .reader = find.place {
      guard !find.matches.isEmpty, let reader = state.reader else { return }
      let count = find.matches.count
      var place = find.current ?? 0
      // After scrolling away the search goes on from what is on the screen.
      if reader.isVisible(find.matches[place]) {
        place = ((place + step) % count + count) % count
      } else {
        let here = reader.page?.byteOffset(row: reader.top) ?? 0
        let next = find.matches.firstIndex { $0.lowerBound >= here } ?? 0
        place = step > 0 ? (next + step - 1) % count : ((next + step) % count + count) % count
      }
      find.current = place
      state.find = find
      pushJump()
      state.reader?.show(find.matches[place])
      return
    }
    let found = FoundRows(find.pattern)
    let texts = rowTexts
    let matching = texts.indices.filter { found.matches(texts[$0]) }
    guard !matching.isEmpty else { return }
    let selected = selectedRowForFind
    let count = matching.count
    let place =
      step > 0
      ? (matching.firstIndex { $0 > selected } ?? count) + step - 1
      : (matching.lastIndex { $0 < selected } ?? -1) + step + 1
    let row = matching[(place % count + count) % count]
    find.current = row
    state.find = find
    select(row: row)
  }

  /// What stands in the rows of the list that is searched.
  private var rowTexts: [String] {
    switch state.find?.place {
    case .feeds?: state.feeds.rows.map(\.name)
    case .entries?: state.entries?.rows.map { EntryRow.title($0.title) } ?? []
    case .sheet?:
      state.sheet?.rows.map { $0.isSelectable ? "\($0.left) \($0.text) \($0.right)" : "" } ?? []
    default: []
    }
  }

  private var selectedRowForFind: Int {
    switch state.find?.place {
    case .feeds?: state.feeds.cursor.selected
    case .entries?: state.entries?.cursor.selected ?? 0
    case .sheet?: state.sheet?.cursor.selected ?? 0
    default: 0
    }
  }

  private mutating func select(row: Int) {
    switch state.find?.place {
    case .feeds?: state.feeds.cursor.selected = row
    case .entries?: state.entries?.cursor.selected = row
    case .sheet?: state.sheet?.cursor.selected = row
    default: break
    }
  }
}
