import Feeds
import Keymaps

/// Read, starred, tags, deletion, and taking it back.
extension Browser {
  /// Changes what is shown; the library is told by an effect.
  mutating func apply(_ change: StatusChange, to ids: [EntryID]) {
    apply(change, to: .entries(ids))
  }

  private mutating func apply(_ change: StatusChange, to selection: EntrySelection) {
    for before in state.entries?.apply(change, to: selection) ?? [] {
      let after = change.applied(to: before.status)
      if before.status.isRead != after.isRead {
        state.feeds.addUnread(after.isRead ? -1 : 1, to: before.feed)
      }
    }
    guard let reader = state.reader else { return }
    if case .entries(let ids) = selection, ids.contains(reader.id) {
      state.reader?.article.entry.status = change.applied(to: reader.article.entry.status)
    } else if let row = state.entries?.rows.first(where: { $0.id == reader.id }) {
      state.reader?.article.entry.status = row.status
    }
  }

  /// Marks entries as one step that can be undone.
  ///
  /// - Parameter sentence: Said when the library has stored the mark; empty for none, nil for what
  ///   the library says it did.
  private mutating func mark(
    _ selection: EntrySelection, _ change: StatusChange, saying sentence: String?,
    listName: String = ""
  ) {
    apply(change, to: selection)
    state.confirmations.append(
      Confirmation(
        selection: selection, change: change, sentence: sentence, listName: listName))
    outbox.append(.mark(selection, change, isStep: true))
  }

  /// Marks the entries of a list; says how many.
  private mutating func mark(_ ids: [EntryID], _ change: StatusChange, listName: String) {
    guard !ids.isEmpty else {
      return say("Nothing to mark \(change.word) in \(furniture.quoted(listName))")
    }
    mark(
      .entries(ids), change,
      saying: "Marked \(count(ids)) \(change.word) in \(furniture.quoted(listName))\(undoHint)")
  }

  var undoHint: String { " \(furniture.dash) \(keyLabel(.undo) ?? ":undo") undoes" }

  private func count(_ ids: [EntryID]) -> String {
    ids.count == 1 ? "1 entry" : "\(ids.count) entries"
  }

  /// The entries that a mark means: those chosen, the one being read, or the selected row.
  var current: (ids: [EntryID], status: EntryStatus)? {
    if state.focus == .reader {
      return state.reader.map { ([$0.id], $0.article.entry.status) }
    }
    if let chosen = state.entries?.chosenEntries, let first = chosen.first {
      return (chosen.map(\.id), first.status)
    }
    guard state.focus == .entries else { return nil }
    return state.entries?.selected.map { ([$0.id], $0.status) }
  }

  mutating func toggleRead() {
    guard let current else { return }
    // In the reader the mark is out of sight; of several the number is worth saying.
    var sentence: String? = current.ids.count > 1 ? nil : ""
    if state.focus == .reader {
      sentence = current.status.isRead ? "This entry is unread again" : "This entry is read"
    }
    mark(.entries(current.ids), current.status.isRead ? .unread : .read, saying: sentence)
  }

  mutating func toggleStar() {
    guard let current else { return }
    var sentence: String? = current.ids.count > 1 ? nil : ""
    if state.focus == .reader {
      sentence = current.status.isStarred ? "The star is gone" : "Starred"
    }
    mark(
      .entries(current.ids), current.status.isStarred ? .unstarred : .starred, saying: sentence)
  }

  mutating func markMany(_ arguments: [String]) {
    let change: StatusChange = arguments.first == "unread" ? .unread : .read
    switch arguments.last {
    case "feed": return markFeed(change)
    case "library":
      return mark(
        .list(EntryQuery(scope: .all), newest: state.feeds.library.newestEntry), change,
        saying: nil)
    case "all", "above", "below": break
    default: return markFound(arguments, change)
    }
    guard state.focus == .entries, let list = state.entries else {
      return say("mark \(arguments.joined(separator: " ")) works in entries only")
    }
    let selected = list.cursor.selected
    if list.isWhole {
      let rows =
        switch arguments.last {
        case "above": list.rows.prefix(selected + 1)
        case "below": list.rows.dropFirst(selected)
        default: list.rows[...]
        }
      let ids = rows.filter { $0.status.isRead != (change == .read) }.map(\.id)
      return mark(ids, change, listName: list.name)
    }
    guard let position = list.position(of: selected) else { return }
    let selection: EntrySelection =
      switch arguments.last {
      case "above": .listAbove(list.query, position, newest: list.newest)
      case "below": .listBelow(list.query, position, newest: list.newest)
      default: .list(list.query, newest: list.newest)
      }
    mark(selection, change, saying: nil, listName: list.name)
  }

  /// Marks what a query finds, or what is older than an age, in the list or in the selected row.
  private mutating func markFound(_ arguments: [String], _ change: StatusChange) {
    let words = arguments.dropFirst(2).joined(separator: " ")
    let text = arguments.dropFirst().first == "older" ? "age:>" + words : words
    do {
      _ = try SearchQuery(text, offsetSeconds: state.clock.offsetSeconds)
    } catch {
      return say("mark: \(error.reason)", isError: true)
    }
    guard !words.isEmpty, let meant = listMeant else { return }
    var query = meant.query
    query.matching = query.matching.map { "(\($0)) (\(text))" } ?? text
    let isShown = state.focus == .entries
    let newest = isShown ? state.entries?.newest : nil
    mark(
      .list(query, newest: newest ?? state.feeds.library.newestEntry), change, saying: nil,
      listName: meant.name)
  }

  /// The list that a mark of a whole list means: the one shown, that of the selected row, or the
  /// feed of the open entry.
  private var listMeant: (query: EntryQuery, name: String)? {
    switch state.focus {
    case .feeds: state.feeds.selected.map { ($0.query, $0.name) }
    case .entries: state.entries.map { ($0.query, $0.name) }
    case .reader:
      state.reader.map {
        (EntryQuery(scope: .feed($0.article.entry.feed)), $0.article.entry.feedTitle)
      }
    }
  }

  /// Marks a whole feed, folder or smart feed; its rows need not be loaded.
  private mutating func markFeed(_ change: StatusChange) {
    guard let row = listMeant else { return }
    if let list = state.entries, list.query == row.query, list.isWhole {
      let ids = list.rows.filter { $0.status.isRead != (change == .read) }.map(\.id)
      mark(ids, change, listName: row.name)
    } else {
      // Of a list that is not open the reader has seen the counts.
      let shown = state.entries?.query == row.query ? state.entries?.newest : nil
      mark(
        .list(row.query, newest: shown ?? state.feeds.library.newestEntry), change, saying: nil,
        listName: row.name)
    }
  }

  mutating func deleteEntries(count: Int) {
    guard let current else { return }
    var ids = current.ids
    if state.focus == .entries, let list = state.entries, list.chosen.isEmpty, count > 1 {
      ids = list.rows.dropFirst(list.cursor.selected).prefix(count).map(\.id)
    }
    state.entries?.remove(ids)
    if state.focus == .reader {
      state.reader = nil
      focus(state.entries == nil ? .feeds : .entries)
    }
    outbox.append(.delete(.entries(ids)))
  }

  /// Edits tags: `+name -name`; a bare list is added.
  mutating func tag(_ line: String) {
    guard let current else { return }
    var adding: [String] = []
    var removing: [String] = []
    for word in line.split(separator: " ") {
      if word.hasPrefix("-") {
        removing.append(String(word.dropFirst()))
      } else {
        adding.append(word.hasPrefix("+") ? String(word.dropFirst()) : String(word))
      }
    }
    adding.removeAll(where: \.isEmpty)
    removing.removeAll(where: \.isEmpty)
    guard !adding.isEmpty || !removing.isEmpty else { return }
    state.repeatable = Repeatable(
      invocation: Invocation(Command.tag.rawValue, [line]), count: nil)
    outbox.append(.tag(.entries(current.ids), adding: adding, removing: removing))
  }

  // MARK: What the library says

  mutating func stored(_ effect: Effect, _ step: UndoStep?) {
    switch effect {
    case .mark(let selection, let change, _):
      apply(change, to: selection)
      // The counts of entries that are not in the list are known to the library only.
      let shown = Set(state.entries?.rows.map(\.id) ?? [])
      if case .entries(let ids) = selection {
        if ids.contains(where: { !shown.contains($0) && $0 != state.reader?.id }) {
          outbox.append(.loadLibrary)
        }
      } else {
        reload()
      }
      guard
        let place = state.confirmations.firstIndex(where: {
          $0.selection == selection && $0.change == change
        })
      else { return }
      let confirmation = state.confirmations.remove(at: place)
      if let sentence = confirmation.sentence {
        if !sentence.isEmpty { say(sentence) }
      } else if let step {
        let place =
          confirmation.listName.isEmpty ? "" : " in \(furniture.quoted(confirmation.listName))"
        say(step.label + place + undoHint)
      } else {
        let place =
          confirmation.listName.isEmpty ? "" : " in \(furniture.quoted(confirmation.listName))"
        say("Nothing to mark \(change.word)\(place)")
      }
    case .tag, .delete, .edit:
      if let step {
        say(step.label + undoHint)
      } else if case .tag = effect {
        say("The tags are so already")
      } else if case .edit = effect {
        say("Nothing had to change")
      }
      reload()
    case .savePosition where state.focus != .reader:
      // What is half-read is counted in the feeds pane.
      outbox.append(.loadLibrary)
    default: break
    }
  }

  mutating func undone(_ steps: [UndoStep], isRedo: Bool) {
    guard let first = steps.first else {
      return say(isRedo ? "Nothing to redo" : "Nothing to undo")
    }
    var sentence = (isRedo ? "Redone: " : "Undone: ") + first.label
    if steps.count > 1 { sentence += " and \(steps.count - 1) more" }
    let skipped = steps.reduce(0) { $0 + $1.skippedCount }
    if skipped > 0 { sentence += ", but for \(skipped) changed since" }
    if !isRedo, let key = keyLabel(.redo) { sentence += " \(furniture.dash) \(key) redoes" }
    say(sentence)
    reload()
  }
}
