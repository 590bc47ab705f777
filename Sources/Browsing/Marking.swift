import Feeds

/// Read, starred, and taking it back.
extension Browser {
  /// Changes what is shown; the library is told by an effect.
  mutating func apply(_ change: StatusChange, to ids: [EntryID]) {
    for before in state.entries?.apply(change, to: ids) ?? [] {
      let after = change.applied(to: before.status)
      if before.status.isRead != after.isRead {
        state.feeds.addUnread(after.isRead ? -1 : 1, to: before.feed)
      }
    }
    if let reader = state.reader, ids.contains(reader.id) {
      state.reader?.article.entry.status = change.applied(to: reader.article.entry.status)
    }
  }

  /// Marks entries as one step that can be undone.
  ///
  /// - Parameter sentence: Said when the library has stored the mark; empty for none.
  private mutating func mark(_ ids: [EntryID], _ change: StatusChange, saying sentence: String) {
    guard !ids.isEmpty else { return }
    apply(change, to: ids)
    state.undoSteps.append(MarkStep(ids: ids, change: change))
    if state.undoSteps.count > 100 { state.undoSteps.removeFirst() }
    state.redoSteps = []
    state.confirmations.append(Confirmation(ids: ids, change: change, sentence: sentence))
    outbox.append(.mark(.entries(ids), change, isStep: true))
  }

  /// Marks the entries of a list; says how many.
  mutating func mark(_ ids: [EntryID], _ change: StatusChange, listName: String) {
    guard !ids.isEmpty else {
      return say("Nothing to mark \(change.word) in \(furniture.quoted(listName))")
    }
    let undo = keyLabel(.undo).map { " \(furniture.dash) \($0) undoes" } ?? ""
    mark(
      ids, change,
      saying: "Marked \(count(ids)) \(change.word) in \(furniture.quoted(listName))\(undo)")
  }

  private func count(_ ids: [EntryID]) -> String {
    ids.count == 1 ? "1 entry" : "\(ids.count) entries"
  }

  /// The entry that a mark means: the one being read, or the selected row.
  private var current: (id: EntryID, status: EntryStatus)? {
    if state.focus == .reader {
      return state.reader.map { ($0.id, $0.article.entry.status) }
    }
    return state.entries?.selected.map { ($0.id, $0.status) }
  }

  mutating func toggleRead() {
    guard let current else { return }
    mark([current.id], current.status.isRead ? .unread : .read, saying: "")
    // In the reader the mark is out of sight.
    if state.focus == .reader {
      state.confirmations[state.confirmations.count - 1].sentence =
        current.status.isRead ? "This entry is unread again" : "This entry is read"
    }
  }

  mutating func toggleStar() {
    guard let current else { return }
    mark([current.id], current.status.isStarred ? .unstarred : .starred, saying: "")
    if state.focus == .reader {
      state.confirmations[state.confirmations.count - 1].sentence =
        current.status.isStarred ? "The star is gone" : "Starred"
    }
  }

  mutating func markMany(_ arguments: [String]) {
    let change: StatusChange = arguments.first == "unread" ? .unread : .read
    if arguments.last == "feed" { return markFeed(change) }
    guard state.focus == .entries, let list = state.entries else {
      return say("mark \(arguments.joined(separator: " ")) works in entries only")
    }
    let selected = list.cursor.selected
    let rows =
      switch arguments.last {
      case "above": list.rows.prefix(selected + 1)
      case "below": list.rows.dropFirst(selected)
      default: list.rows[...]
      }
    let ids = rows.filter { $0.status.isRead != (change == .read) }.map(\.id)
    mark(ids, change, listName: list.name)
  }

  /// Marks a whole feed; its rows may not be loaded, so they are asked for first.
  private mutating func markFeed(_ change: StatusChange) {
    let row: (query: EntryQuery, name: String)?
    switch state.focus {
    case .feeds: row = state.feeds.selected.map { ($0.identity, $0.name) }
    case .entries: row = state.entries.map { ($0.query, $0.name) }
    case .reader:
      row = state.reader.map {
        (EntryQuery(scope: .feed($0.article.entry.feed)), $0.article.entry.feedTitle)
      }
    }
    guard let row else { return }
    if state.entries?.query == row.query, let list = state.entries {
      mark(list.rows.filter { !$0.status.isRead }.map(\.id), .read, listName: row.name)
    } else {
      var query = row.query
      query.filter = .unread
      loadEntries(query, name: row.name, then: .markRead)
    }
  }

  mutating func undo() {
    guard let step = state.undoSteps.popLast() else { return say("Nothing to undo") }
    state.redoSteps.append(step)
    let change = step.change.inverse
    apply(change, to: step.ids)
    let redo = keyLabel(.redo).map { " \(furniture.dash) \($0) redoes" } ?? ""
    let verb = step.ids.count == 1 ? "is" : "are"
    let sentence = "Undone: \(count(step.ids)) \(verb) \(change.word) again\(redo)"
    state.confirmations.append(Confirmation(ids: step.ids, change: change, sentence: sentence))
    outbox.append(.mark(.entries(step.ids), change, isStep: true))
  }

  mutating func redo() {
    guard let step = state.redoSteps.popLast() else { return say("Nothing to redo") }
    state.undoSteps.append(step)
    apply(step.change, to: step.ids)
    let verb = step.ids.count == 1 ? "is" : "are"
    let sentence = "Redone: \(count(step.ids)) \(verb) \(step.change.word)"
    state.confirmations.append(
      Confirmation(ids: step.ids, change: step.change, sentence: sentence))
    outbox.append(.mark(.entries(step.ids), step.change, isStep: true))
  }
}
