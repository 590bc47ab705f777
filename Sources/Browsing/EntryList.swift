import Cells
import Feeds

/// What a row of the entries list says.
enum EntryRow {
  /// The title on one line, or what stands for it.
  static func title(_ title: String?) -> String {
    guard let title, !title.isEmpty else { return "(no title)" }
    guard title.utf8.contains(where: { $0 < 0x20 }) else { return title }
    return String(String.UnicodeScalarView(title.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
  }
}

/// The entries pane: the part of a list that is loaded, in the order of the list.
///
/// Rows do not vanish under the cursor: an entry read stays until the list is opened again.
struct EntryList: Equatable, Sendable {
  /// The most rows that are kept; further ones are asked for again when they are needed.
  static let mostRows = 2000

  var query: EntryQuery
  /// `数学小站`, `Unread`.
  var name: String
  /// The row of the feeds pane it was opened from.
  var source: FeedList.Identity?
  private(set) var rows: [EntrySummary] = []
  var cursor = ListCursor()
  /// How many rows of the list stand before `rows`; nil when that is not known.
  private(set) var rowsBefore: Int?
  private(set) var hasEarlier = false
  private(set) var hasLater = false
  private(set) var totalCount: Int?
  private(set) var unreadCount: Int?
  private(set) var newest = EntryID(.max)
  /// The next page is another list of the same name, not news of this one.
  var replacesNext = false
  /// Rows of the screen for each entry: two where a search shows what it found.
  private(set) var rowHeight = 1
  /// The pages asked for while the reader moves; each is asked for once.
  var requested: Set<PageRequest> = []
  /// Entries selected for a joint action, and where the last of them is.
  private(set) var chosen: Set<EntryID> = []
  private(set) var lastChosen: EntryID?

  init(query: EntryQuery, name: String, source: FeedList.Identity? = nil, page: EntryPage) {
    self.query = query
    self.name = name
    self.source = source
    replace(by: page)
  }

  var selected: EntrySummary? {
    rows.indices.contains(cursor.selected) ? rows[cursor.selected] : nil
  }

  var isWhole: Bool { !hasEarlier && !hasLater }

  var spansFeeds: Bool { if case .feed = query.scope { false } else { true } }

  /// Whether it is what a search found, not a list of the feeds pane.
  var isSearch: Bool {
    if case .search = query.scope {
      source == nil && name.hasPrefix(Self.searchPrefix)
    } else {
      false
    }
  }

  static let searchPrefix = "Search: "

  /// The text that a search looked for first.
  var searchedText: String? {
    guard case .search(let text) = query.scope else { return nil }
    return (try? SearchQuery(text))?.firstText
  }

  func place(of id: EntryID) -> Int? { rows.firstIndex { $0.id == id } }

  /// The number of a row in the whole list, from 0; nil when that is not known.
  func number(of place: Int) -> Int? { rowsBefore.map { $0 + place } }

  /// The place of a row in the list, however long it is.
  func position(of place: Int) -> EntryPosition? {
    guard rows.indices.contains(place) else { return nil }
    var position = rows[place].position
    position.rowsBefore = (rowsBefore ?? 0) + place
    return position
  }

  @discardableResult
  mutating func select(_ id: EntryID) -> Bool {
    guard let place = place(of: id) else { return false }
    cursor.selected = place
    return true
  }

  // MARK: Pages

  /// Shows another part of the list.
  mutating func replace(by page: EntryPage) {
    rows = page.entries
    hasEarlier = page.earlier != nil
    hasLater = page.later != nil
    take(countsOf: page)
    if !hasEarlier {
      rowsBefore = 0
    } else if !hasLater, let totalCount {
      rowsBefore = max(0, totalCount - rows.count)
    } else {
      rowsBefore = query.order == .date ? nil : page.earlier?.rowsBefore
    }
    requested = []
    cursor = ListCursor()
  }

  /// Notes which row of the list the page begins with, when the one who asked knows.
  mutating func setRowsBefore(_ count: Int) { if rowsBefore == nil { rowsBefore = count } }

  private mutating func take(countsOf page: EntryPage) {
    rowHeight = rows.contains { $0.snippet != nil } ? 2 : 1
    totalCount = page.totalCount ?? (isWhole ? rows.count : totalCount)
    unreadCount = page.unreadCount ?? (isWhole ? countedUnread : unreadCount)
    newest = page.newest
  }

  private var countedUnread: Int { rows.reduce(0) { $0 + ($1.status.isRead ? 0 : 1) } }

  /// Takes another list in place of this one; the selected entry stays selected if it is there.
  mutating func replace(keepingSelection page: EntryPage) {
    replacesNext = false
    let id = selected?.id
    replace(by: page)
    if let id { select(id) }
  }

  /// Takes the page that follows the loaded rows.
  mutating func append(_ page: EntryPage) {
    let known = Set(rows.suffix(EntryList.mostRows).map(\.id))
    rows += page.entries.filter { !known.contains($0.id) }
    hasLater = page.later != nil
    let extra = rows.count - EntryList.mostRows
    guard extra > 0, cursor.top > extra, cursor.selected > extra else { return }
    rows.removeFirst(extra)
    cursor.top -= extra
    cursor.selected -= extra
    hasEarlier = true
    rowsBefore = rowsBefore.map { $0 + extra }
    requested = []
  }

  /// Takes the page that stands before the loaded rows; the window does not move.
  mutating func prepend(_ page: EntryPage) {
    let known = Set(rows.map(\.id))
    let new = page.entries.filter { !known.contains($0.id) }
    rows = new + rows
    cursor.top += new.count
    cursor.selected += new.count
    hasEarlier = page.earlier != nil
    rowsBefore = hasEarlier ? rowsBefore.map { max(0, $0 - new.count) } : 0
    let extra = rows.count - EntryList.mostRows
    guard extra > 0, cursor.selected < rows.count - extra else { return }
    rows.removeLast(extra)
    hasLater = true
    requested = []
  }

  /// Where to read the list again so that what is shown comes with it.
  var reloadRequest: PageRequest {
    func isListed(_ entry: EntrySummary) -> Bool {
      switch query.filter {
      case .everything: true
      case .unread: !entry.status.isRead
      case .starred: entry.status.isStarred
      }
    }
    for distance in 0..<max(1, rows.count) {
      for place in [cursor.selected - distance, cursor.selected + distance]
      where rows.indices.contains(place) && isListed(rows[place]) {
        return .around(rows[place].id)
      }
    }
    return .first
  }

  /// Takes the newest state of the part that is shown: new rows enter in order, rows that the
  /// query no longer finds stay, selection and window keep their entries.
  ///
  /// - Returns: How many rows that are new to the library came in above the first row shown.
  mutating func merge(_ page: EntryPage) -> Int {
    let known = newest
    func isNew(_ id: EntryID) -> Bool { known == EntryID(.max) || id > known }
    var fresh: [EntryID: EntrySummary] = [:]
    for entry in page.entries { fresh[entry.id] = entry }
    let common = rows.indices.filter { fresh[rows[$0].id] != nil }
    guard let first = common.first, let last = common.last else {
      if rows.isEmpty { replace(by: page) } else { take(countsOf: page) }
      return 0
    }
    let selectedID = selected?.id
    let topID = rows.indices.contains(cursor.top) ? rows[cursor.top].id : nil
    // Rows far from the page are asked for again when they are needed.
    var old = rows[(page.earlier == nil ? 0 : first)...(page.later == nil ? rows.count - 1 : last)]
    let oldIDs = Set(old.map(\.id))
    var merged: [EntrySummary] = []
    var held: [EntrySummary] = []
    func flush(upTo id: EntryID?) {
      var gone: [EntrySummary] = []
      while let row = old.first, row.id != id {
        old = old.dropFirst()
        if fresh[row.id] == nil { gone.append(row) }
      }
      if id != nil { old = old.dropFirst() }
      if query.order == .date {
        let isDescending = !query.isReversed
        merged += (gone + held).sorted {
          let left = ($0.position.date.secondsSince1970, $0.id.number)
          let right = ($1.position.date.secondsSince1970, $1.id.number)
          return isDescending ? left > right : left < right
        }
      } else {
        merged += gone + held
      }
      held = []
    }
    var remaining = Set(old.map(\.id))
    for entry in page.entries {
      if oldIDs.contains(entry.id), remaining.contains(entry.id) {
        let before = old.map(\.id)
        flush(upTo: entry.id)
        remaining.subtract(before.prefix { $0 != entry.id })
        remaining.remove(entry.id)
        merged.append(entry)
      } else {
        held.append(entry)
      }
    }
    flush(upTo: nil)
    rows = merged
    hasEarlier = page.earlier != nil
    hasLater = page.later != nil
    if !hasEarlier { rowsBefore = 0 } else { rowsBefore = nil }
    take(countsOf: page)
    requested = []
    var above = 0
    if let topID, let place = place(of: topID) {
      above = rows.prefix(place).count { !oldIDs.contains($0.id) && isNew($0.id) }
      cursor.top = place
    }
    if let selectedID { select(selectedID) }
    cursor.selected = max(0, min(cursor.selected, rows.count - 1))
    return above
  }

  // MARK: Marks

  /// Applies a mark; returns the rows it changed, as they were before.
  @discardableResult
  mutating func apply(_ change: StatusChange, to ids: [EntryID]) -> [EntrySummary] {
    let ids = Set(ids)
    return apply(change) { _, entry in ids.contains(entry.id) }
  }

  /// Applies a mark to what a selection means of the loaded rows.
  mutating func apply(_ change: StatusChange, to selection: EntrySelection) -> [EntrySummary] {
    switch selection {
    case .entries(let ids): return apply(change, to: ids)
    case .list(let query, let newest):
      guard query == self.query else { return [] }
      return apply(change) { _, entry in entry.id <= newest }
    case .listAbove(let query, let position, _):
      guard query == self.query, let last = place(of: position.id) else { return [] }
      return apply(change) { place, _ in place <= last }
    case .listBelow(let query, let position, _):
      guard query == self.query, let first = place(of: position.id) else { return [] }
      return apply(change) { place, _ in place >= first }
    }
  }

  private mutating func apply(
    _ change: StatusChange, where isMeant: (Int, EntrySummary) -> Bool
  ) -> [EntrySummary] {
    var changed: [EntrySummary] = []
    for place in rows.indices where isMeant(place, rows[place]) {
      // Its new text has been seen.
      if change == .read { rows[place].isChanged = false }
      let after = change.applied(to: rows[place].status)
      guard after != rows[place].status else { continue }
      changed.append(rows[place])
      if rows[place].status.isRead != after.isRead {
        unreadCount = unreadCount.map { max(0, $0 + (after.isRead ? -1 : 1)) }
      }
      rows[place].status = after
    }
    return changed
  }

  /// Takes entries out that were deleted.
  mutating func remove(_ ids: [EntryID]) {
    let gone = Set(ids)
    let isSelectedGone = selected.map { gone.contains($0.id) } ?? false
    let selectedID = selected?.id
    let before = rows.prefix(cursor.selected).count { gone.contains($0.id) }
    for row in rows where gone.contains(row.id) {
      totalCount = totalCount.map { max(0, $0 - 1) }
      if !row.status.isRead { unreadCount = unreadCount.map { max(0, $0 - 1) } }
    }
    rows.removeAll { gone.contains($0.id) }
    cursor.selected -= before
    if !isSelectedGone, let selectedID { select(selectedID) }
    cursor.selected = max(0, min(cursor.selected, rows.count - 1))
    chosen.subtract(gone)
  }

  // MARK: Joint selection

  mutating func toggleChosen() {
    guard let entry = selected else { return }
    if chosen.remove(entry.id) == nil { chosen.insert(entry.id) }
    lastChosen = entry.id
  }

  mutating func chooseToHere() {
    guard let from = lastChosen.flatMap(place(of:)) else { return toggleChosen() }
    let range = min(from, cursor.selected)...max(from, cursor.selected)
    for place in range where rows.indices.contains(place) { chosen.insert(rows[place].id) }
    lastChosen = selected?.id
  }

  mutating func forgetChosen() {
    chosen = []
    lastChosen = nil
  }

  /// The chosen entries in the order of the list.
  var chosenEntries: [EntrySummary] { rows.filter { chosen.contains($0.id) } }

  /// The order as the status row says it.
  var orderName: String { query.order.rawValue + (query.isReversed ? ", reversed" : "") }
}

extension EntryList {
  /// `苏剑林 (5)`: the author and the number of comments, as far as they are known.
  private static func byline(_ entry: EntrySummary, isShort: Bool) -> String {
    let comments = entry.commentsCount.map { $0 > 0 ? "(\($0))" : "" } ?? ""
    guard !isShort else { return comments }
    return [entry.author ?? "", comments].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Draws the rows into a rectangle.
  ///
  /// - Parameters:
  ///   - find: What is being looked for in the titles.
  ///   - hit: What the search that made the list looked for.
  func draw(
    in rect: Rect, hasFocus: Bool, clock: Clock, on canvas: inout Canvas, find: FoundRows?,
    hit: FoundRows? = nil
  ) {
    if rows.isEmpty {
      let text =
        query.matching != nil
        ? "Nothing matches." : query.filter == .unread ? "Nothing is unread here." : "No entries."
      canvas.putCut(text, row: rect.row + 1, column: rect.column + 3, columns: rect.columns - 4)
    }
    // A pane below 60 columns shows only the date, below 36 only the title.
    let dateColumns = rect.columns < 36 ? 0 : rect.columns >= 100 ? 10 : 5
    // A list of several feeds names the feed of each entry; a list of one, where the title leaves
    // room, its author and how many comments there are.
    let isNarrow = rect.columns < 60
    let feedColumns: Int
    if rect.columns < 36 || (isNarrow && spansFeeds) {
      feedColumns = 0
    } else if spansFeeds {
      feedColumns = min(16, rect.columns / 5)
    } else {
      // Of the first rows, so that nothing moves while the list scrolls.
      let bylines = rows.prefix(64).map { Self.byline($0, isShort: isNarrow) }
      feedColumns = min(20, bylines.map { canvas.columns(of: $0) }.max() ?? 0)
    }
    let end = rect.column + rect.columns - 1
    let dateColumn = end - dateColumns
    let feedColumn = dateColumn - (feedColumns > 0 ? feedColumns + 2 : 0)
    let titleColumn = rect.column + 4
    let window = max(1, rect.rows / rowHeight)
    for screenRow in 0..<window {
      let place = cursor.top + screenRow
      guard rows.indices.contains(place) else { break }
      let row = rect.row + screenRow * rowHeight
      let entry = rows[place]
      let column = rect.column
      if place == cursor.selected {
        canvas.put(
          hasFocus ? canvas.furniture.marker : canvas.furniture.otherMarker, row: row,
          column: column, columns: 1, .selected)
      }
      if !entry.status.isRead {
        canvas.put(canvas.furniture.unread, row: row, column: column + 1, columns: 1)
      } else if entry.isChanged {
        canvas.put("+", row: row, column: column + 1, columns: 1)
      }
      if chosen.contains(entry.id) {
        canvas.put(canvas.furniture.check, row: row, column: column + 3, columns: 1, .selected)
      }
      if entry.status.isStarred {
        canvas.put(canvas.furniture.star, row: row, column: column + 2, columns: 1, .star)
      }
      let title = EntryRow.title(entry.title)
      var side = feedColumns > 0 ? entry.feedTitle : ""
      if feedColumns > 0, !spansFeeds {
        side = Self.byline(entry, isShort: isNarrow)
        // The title comes first.
        if canvas.columns(of: title) > feedColumn - 2 - titleColumn { side = "" }
      }
      let titleEnd =
        dateColumns == 0 ? end : (side.isEmpty && !spansFeeds ? dateColumn : feedColumn) - 2
      canvas.putMarked(
        title, marks: find?.marks(in: title) ?? [], .match, row: row, column: titleColumn,
        columns: titleEnd - titleColumn, entry.status.isRead ? .text : .unread)
      if feedColumns > 0 {
        canvas.putCut(side, row: row, column: feedColumn, columns: feedColumns, .feedName)
      }
      if dateColumns > 0 {
        canvas.putRight(
          clock.listDate(entry.date, isLong: dateColumns == 10), row: row, from: dateColumn,
          to: end, .date)
      }
      if place == cursor.selected, hasFocus {
        canvas.putBar(row: row, column: column, columns: rect.columns)
      }
      if rowHeight > 1, let snippet = entry.snippet {
        draw(
          snippet: snippet, hit: hit, row: row + 1, column: rect.column + 6, end: end,
          on: &canvas)
      }
    }
  }

  /// Draws what a search found; the hit is seen however narrow the pane is.
  private func draw(
    snippet: String, hit: FoundRows?, row: Int, column: Int, end: Int, on canvas: inout Canvas
  ) {
    let columns = end - column
    var text = EntryRow.title(snippet)
    var marks = hit?.marks(in: text) ?? []
    // With two thirds of the row before it a hit has some text behind it, too.
    if let first = marks.first, columns > 0 {
      let bytes = Array(text.utf8)
      let before = String(decoding: bytes[..<first.lowerBound], as: UTF8.self)
      if canvas.columns(of: before) > columns * 2 / 3 {
        var kept = before
        while canvas.columns(of: kept) > columns / 3, !kept.isEmpty { kept.removeFirst() }
        text =
          canvas.furniture.ellipsis + kept
          + String(decoding: bytes[first.lowerBound...], as: UTF8.self)
        marks = hit?.marks(in: text) ?? []
      }
    }
    canvas.putMarked(
      text, marks: marks, .match, row: row, column: column, columns: columns, .meta)
  }
}
