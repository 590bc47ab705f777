import Cells
import Keymaps

/// Keys → pending keys → commands.
extension Browser {
  /// Keys that are kept while an answer is awaited.
  private static let mostTypedAhead = 64
  private static let highestCount = 9_999_999

  /// The contexts of the moment, innermost first.
  var stack: [KeyContext] {
    if state.prompt != nil { return [.prompt] }
    if state.labels != nil { return [.hints] }
    var stack: [KeyContext] =
      state.sheet == nil ? stack(at: state.focus) : [.sheet, .list, .global]
    if hasMatches { stack.insert(.matches, at: 0) }
    return stack
  }

  /// The contexts of a pane, innermost first.
  func stack(at pane: Pane) -> [KeyContext] {
    switch pane {
    case .feeds: [.feeds, .list, .global]
    case .entries: [.entries, .list, .global]
    case .reader: [.reader, .global]
    }
  }

  /// Whether found matches are highlighted where the focus is.
  private var hasMatches: Bool {
    guard let find = state.find, !find.pattern.isEmpty else { return false }
    return find.place == findPlace
  }

  /// Where a search would look now.
  var findPlace: Find.Place? {
    if state.sheet != nil { return .sheet }
    switch state.focus {
    case .feeds: return .feeds
    case .entries: return .entries
    case .reader: return state.reader.map { .reader($0.id) }
    }
  }

  mutating func receive(_ key: Key) {
    var key = key
    if key.base == .character(" ") { key.base = .space }
    if state.waiting != nil || (state.awaitsLibrary && key != Key(.character("c"), .control)) {
      // What is typed now is meant for what is about to be shown.
      if key == Key(.escape) || key == Key(.character("c"), .control) {
        giveUpWaiting()
      } else if state.typedAhead.count < Browser.mostTypedAhead {
        state.typedAhead.append(key)
      }
      return
    }
    handle(key)
  }

  /// Performs the keys that were typed before the answer came.
  mutating func replayTypedAhead() {
    var left = Browser.mostTypedAhead
    while state.waiting == nil, !state.awaitsLibrary, !state.typedAhead.isEmpty, left > 0 {
      handle(state.typedAhead.removeFirst())
      settle()
      left -= 1
    }
  }

  private mutating func handle(_ key: Key) {
    state.askedFor = nil
    if let message = state.message,
      message.isError || state.clock.uptime >= message.time + Browser.messageTime
    {
      state.message = nil
    }
    if let dropped = state.droppedNext {
      state.droppedNext = nil
      if dropped == key { return }
    }
    if state.bottomPane != nil { state.bottomPaneTime = state.clock.uptime + Browser.bottomRest }
    let stack = stack
    if state.pendingCount != nil, state.pendingKeys.isEmpty, key == Key(.escape) {
      return forgetPendingKeys()
    }
    if state.prompt != nil {
      handleInPrompt(key)
      return
    }
    if state.labels != nil {
      handleOverLabels(key)
      return
    }
    if isFirstRun, state.sheet == nil, state.pendingKeys.isEmpty, chooseFirst(key) { return }
    if state.pendingKeys.isEmpty, state.pendingCount == nil, openRow(withAccelerator: key) {
      return
    }
    if state.pendingKeys.isEmpty, let digit = key.digit,
      digit > 0 || state.pendingCount != nil, settings.keymap.lookup([key], in: stack) == .unbound
    {
      let count = (state.pendingCount ?? 0) * 10 + digit
      if count <= Browser.highestCount { state.pendingCount = count }
      return
    }
    var keys = state.pendingKeys + [key]
    var found = settings.keymap.lookup(keys, in: stack)
    if found == .unbound, settings.foldsFullWidthKeys, let folded = key.foldedFromFullWidth {
      if let digit = folded.digit, state.pendingKeys.isEmpty,
        digit > 0 || state.pendingCount != nil
      {
        handle(folded)
        return
      }
      keys = state.pendingKeys + [folded]
      found = settings.keymap.lookup(keys, in: stack)
      // `……` and `——` come as pairs for one press of a key.
      if key.base == .character("…") || key.base == .character("—") { state.droppedNext = key }
    }
    switch found {
    case .bound(let binding):
      let count = state.pendingCount
      forgetPendingKeys()
      for invocation in binding.invocations { perform(invocation, count: count) }
    case .pending:
      if state.pendingKeys.isEmpty {
        state.whichKeyTime = state.clock.uptime + settings.whichKeyDelay
      }
      state.pendingKeys = keys
    case .unbound:
      let wasPending = !state.pendingKeys.isEmpty
      let hadCount = state.pendingCount != nil
      let prefix = state.pendingKeys
      forgetPendingKeys()
      if key == Key(.escape) || key == Key(.character("c"), .control) {
        if !wasPending, !hadCount { cancel() }
      } else if wasPending, key == Key(.character("?")) {
        openHelp(prefix: prefix)
      } else {
        let help = keyLabel(.help).map { " \(furniture.dash) \($0) shows the keys" } ?? ""
        say("\(Key.label(of: keys)) is not bound here\(help)")
      }
    }
  }

  mutating func forgetPendingKeys() {
    state.pendingKeys = []
    state.pendingCount = nil
    state.whichKeyTime = nil
    state.showsWhichKey = false
  }

  /// The first keys of a command in the contexts of the moment, as hints show them.
  func keyLabel(_ command: Command, _ arguments: [String] = []) -> String? {
    keyLabel(command, arguments, in: stack)
  }

  func keyLabel(
    _ command: Command, _ arguments: [String] = [], in stack: [KeyContext], isPrefix: Bool = false
  ) -> String? {
    keyIndex.label(command, arguments, in: stack, isPrefix: isPrefix)
  }

  func shortestKeyLabel(_ command: Command, _ arguments: [String] = []) -> String? {
    keyIndex.shortestLabel(command, arguments, in: stack)
  }

  private mutating func handleInPrompt(_ key: Key) {
    if case .bound(let binding) = settings.keymap.lookup([key], in: [.prompt]) {
      for invocation in binding.invocations { perform(invocation, count: nil) }
      return
    }
    switch key.base {
    case .character(let scalar) where key.modifiers.isEmpty:
      state.prompt?.insert(String(Character(scalar)))
    case .space where key.modifiers.isEmpty: state.prompt?.insert(" ")
    default: return
    }
    promptEdited()
  }

  private mutating func handleOverLabels(_ key: Key) {
    if case .bound(let binding) = settings.keymap.lookup([key], in: [.hints]) {
      for invocation in binding.invocations { perform(invocation, count: nil) }
      return
    }
    let folded = settings.foldsFullWidthKeys ? key.foldedFromFullWidth ?? key : key
    guard case .character(let scalar) = folded.base, folded.modifiers.isEmpty else { return }
    typeLabel(Character(scalar))
  }

  mutating func paste(_ text: String) {
    guard state.prompt == nil else {
      state.prompt?.insert(text)
      promptEdited()
      return
    }
    // Nothing pasted is executed.
    let line = text.prefix { !$0.isNewline }
    let isAddress = line.contains("://") && !line.contains(" ") && line.utf8.count < 2048
    state.pasted = isAddress ? String(line) : nil
    if isAddress, let key = keyLabel(.add) {
      say("Pasted \(text.count) characters; \(key) adds a feed from them")
    } else {
      say("Pasted \(text.count) characters; there is no prompt to take them")
    }
  }
}

extension Key {
  fileprivate var digit: Int? {
    guard case .character(let scalar) = base, modifiers.isEmpty,
      ("0"..."9").contains(scalar)
    else { return nil }
    return Int(scalar.value) - 0x30
  }
}
