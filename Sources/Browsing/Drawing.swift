public import Cells
import Documents
import Feeds
import Keymaps
import Typesetting

/// State → frame, back to front: panes, sheet, bottom rows.
extension Browser {
  /// The screen as it is to be shown now.
  public func frame() -> Frame {
    var canvas = Canvas(size: state.size, settings: settings)
    guard !isTooSmall else {
      let smallest = Panes.smallest
      canvas.put(
        "\(smallest.columns)×\(smallest.rows) needed "
          + "(now \(state.size.columns)×\(state.size.rows))", row: 0, column: 0,
        columns: state.size.columns)
      canvas.frame.cursor = Position(row: 0, column: 0)
      return canvas.frame
    }
    let panes = panes
    if isFirstRun {
      return frameOfFirstRun(panes, &canvas)
    }
    for rect in panes.separators {
      for row in 0..<rect.rows {
        canvas.put(
          canvas.furniture.separator, row: row, column: rect.column, columns: 1, .separator)
      }
    }
    var cursor = Position(row: 0, column: 0)
    for place in panes.places {
      let hasFocus = place.pane == state.focus
      if let row = place.titleRow { drawTitle(of: place, row: row, panes, on: &canvas) }
      draw(place.pane, in: place.content, hasFocus: hasFocus, on: &canvas)
      if hasFocus { cursor = self.cursor(in: place) }
    }
    drawOverPanes(panes, &cursor, on: &canvas)
    return canvas.frame
  }

  /// The sheet and the bottom rows, which lie over whatever is shown, and the cursor.
  private func drawOverPanes(_ panes: Panes, _ cursor: inout Position, on canvas: inout Canvas) {
    if let sheet = state.sheet {
      let rect = sheet.rect(size: state.size, panes: panes)
      sheet.draw(in: rect, on: &canvas, find: foundRows(.sheet))
      cursor = sheet.cursorPosition(in: rect)
    }
    drawStatus(panes, on: &canvas)
    if let place = drawHints(panes, on: &canvas) { cursor = place }
    canvas.frame.cursor = Position(
      row: max(0, min(cursor.row, state.size.rows - 1)),
      column: max(0, min(cursor.column, state.size.columns - 1)))
  }

  private func frameOfFirstRun(_ panes: Panes, _ canvas: inout Canvas) -> Frame {
    var cursor = drawFirstRun(panes, on: &canvas)
    drawOverPanes(panes, &cursor, on: &canvas)
    return canvas.frame
  }

  private func foundRows(_ place: Find.Place) -> FoundRows? {
    guard let find = state.find, find.place == place, !find.pattern.isEmpty else { return nil }
    return FoundRows(find.pattern)
  }

  private func draw(_ pane: Pane, in rect: Rect, hasFocus: Bool, on canvas: inout Canvas) {
    let hasFocus = hasFocus && state.sheet == nil
    switch pane {
    case .feeds:
      state.feeds.draw(
        in: rect, hasFocus: hasFocus, on: &canvas, find: foundRows(.feeds),
        running: Set(state.progress?.running ?? []))
    case .entries:
      if let list = state.entries {
        list.draw(
          in: rect, hasFocus: hasFocus, clock: state.clock, on: &canvas, find: foundRows(.entries),
          hit: list.searchedText.map { FoundRows($0) })
      }
    case .reader:
      if let reader = state.reader {
        reader.draw(in: rect, on: &canvas, overlays: overlays(of: reader))
        drawLabels(over: reader, in: rect, on: &canvas)
      } else {
        drawInvitation(in: rect, on: &canvas)
      }
    }
  }

  /// What to do when nothing is open.
  private func drawInvitation(in rect: Rect, on canvas: inout Canvas) {
    guard panes.places.count > 1 else { return }
    let column = rect.column + (rect.columns >= 50 ? 7 : 1)
    let row = rect.row + rect.rows * 2 / 5
    var lines: [String] = []
    if state.entries != nil, let open = keyLabel(.open, in: [.entries, .list, .global]) {
      lines.append("\(open) opens the selected entry here.")
    }
    if let advance = keyLabel(.advance, in: [.entries, .list, .global]) {
      lines.append("\(advance) opens the next unread one.")
    }
    for (place, line) in lines.enumerated() where place < rect.rows - (row - rect.row) {
      canvas.putCut(
        line, row: row + place, column: column, columns: rect.column + rect.columns - column, .meta)
    }
  }

  // MARK: Titles

  private func drawTitle(
    of place: Panes.Place, row: Int, _ panes: Panes, on canvas: inout Canvas
  ) {
    let rect = place.content
    let hasFocus = place.pane == state.focus
    // The marker alone says which pane has the focus: to draw two titles anew would be most of
    // what a change of panes sends.
    let roles: Roles = .paneTitle
    // The list above the reader has the whole row, like a single pane.
    let isBreadcrumb =
      panes.arrangement == .single || panes.arrangement == .above && place.pane != .reader
    if hasFocus {
      canvas.put(
        canvas.furniture.marker, row: row, column: rect.column, columns: 1, .paneTitleFocused)
    }
    var right = self.right(of: place.pane, panes)
    if state.isZoomed, panes.arrangement == .single {
      right = "zoomed" + (right.isEmpty ? "" : canvas.furniture.dot + right)
    }
    var end = rect.column + rect.columns - 1
    // In a very narrow pane the name is worth more than the figures.
    if let start = canvas.putRight(right, row: row, from: rect.column + 10, to: end, roles) {
      end = start - 1
    }
    let column = rect.column + 1
    if isBreadcrumb {
      drawBreadcrumb(
        crumbs(of: place.pane), row: row, column: column, columns: end - column, roles, on: &canvas)
    } else {
      canvas.putCut(title(of: place.pane), row: row, column: column, columns: end - column, roles)
    }
  }

  private func title(of pane: Pane) -> String {
    switch pane {
    case .feeds: "Feeds"
    case .entries: state.entries?.name ?? ""
    case .reader: state.reader?.article.title ?? ""
    }
  }

  private func crumbs(of pane: Pane) -> [String] {
    var crumbs = ["yue"]
    if pane != .feeds, let list = state.entries {
      if pane == .entries, case .feed(let id)? = list.source {
        crumbs += state.feeds.feed(id)?.folder ?? []
      }
      crumbs.append(list.name)
    }
    if pane == .reader, let reader = state.reader { crumbs.append(reader.article.title) }
    return crumbs
  }

  private func right(of pane: Pane, _ panes: Panes) -> String {
    switch pane {
    case .feeds:
      guard panes.arrangement == .single || panes.arrangement == .above, state.feeds.isLoaded
      else { return "" }
      return "\(state.feeds.unreadCount) unread"
    case .entries:
      guard let list = state.entries else { return "" }
      if list.isSearch, let total = list.totalCount { return "\(total) found" }
      let unread = list.unreadCount.map { "\($0) unread" } ?? ""
      return unread + (list.totalCount.map { (unread.isEmpty ? "" : " of ") + "\($0)" } ?? "")
    case .reader:
      guard let list = state.entries, let id = state.reader?.id, let place = list.place(of: id)
      else { return "" }
      guard let number = list.number(of: place), let total = list.totalCount else { return "" }
      return "\(number + 1)/\(total)"
    }
  }

  /// The levels, cut from the left when they are too long: `… › entry`.
  private func drawBreadcrumb(
    _ crumbs: [String], row: Int, column: Int, columns: Int, _ roles: Roles,
    on canvas: inout Canvas
  ) {
    let crumb = canvas.furniture.crumb
    var text = crumbs.joined(separator: crumb)
    if canvas.columns(of: text) > columns, let last = crumbs.last, crumbs.count > 1 {
      text = last
      // As many levels as fit beside the last one.
      for count in stride(from: crumbs.count - 1, through: 1, by: -1) {
        let tail = crumbs.suffix(count).joined(separator: crumb)
        let shorter = canvas.furniture.ellipsis + crumb + tail
        if canvas.columns(of: shorter) <= columns || count == 1 {
          text = shorter
          break
        }
      }
    }
    canvas.putCut(text, row: row, column: column, columns: columns, roles)
  }

  // MARK: The reader's overlays

  private func overlays(of reader: Reader) -> [Reader.Overlay] {
    var overlays = settings.colorsTeX ? reader.formulaParts() : []
    if let find = state.find, find.place == .reader(reader.id), let page = reader.page {
      let shown = page.bytes(rows: reader.top..<reader.top + reader.windowRows)
      // The matches are sorted; only those on the screen are looked at.
      let first = find.matches.partitioningIndex { $0.upperBound > shown.lowerBound }
      for place in first..<find.matches.count {
        guard find.matches[place].lowerBound < shown.upperBound else { break }
        overlays.append(
          Reader.Overlay(
            range: find.matches[place], roles: place == find.current ? .matchCurrent : .match))
      }
    }
    if let target = reader.target {
      overlays.append(Reader.Overlay(range: target.range, roles: .target))
    }
    return overlays
  }

  /// Labels cover the number in `[n]`, or the first cells of what they stand for.
  private func drawLabels(over reader: Reader, in rect: Rect, on canvas: inout Canvas) {
    guard let labels = state.labels, let page = reader.page else { return }
    let left = rect.column + Reader.leftColumn(of: rect.columns, page.columns, settings)
    for candidate in labels.remaining {
      let start = candidate.target.range
      var place: Position?
      var columns = 0
      scan: for row in 0..<rect.rows {
        let line = reader.top + row - page.header.count
        guard page.layout.lines.indices.contains(line) else { continue }
        for piece in page.pieces(page.layout.lines[line]) {
          switch piece.content {
          case .text(let range) where place == nil && range.contains(start.lowerBound):
            let before = canvas.columns(
              of: reader.article.document.string(range.lowerBound..<start.lowerBound))
            place = Position(row: rect.row + row, column: left + piece.column + before)
          case .ornament(let ornament):
            // The number that follows this occurrence of the link.
            if case .link(let link) = candidate.target.kind, ornament.kind == .linkNumber(link),
              place != nil, ornament.text.hasPrefix("[")
            {
              place = Position(row: rect.row + row, column: left + piece.column + 1)
              columns = max(0, piece.columns - 2)
              break scan
            }
          default: break
          }
        }
      }
      guard let place else { continue }
      let label = String(candidate.label.dropFirst(labels.typed.count))
      canvas.put(
        label, row: place.row, column: place.column,
        columns: columns > 0 ? max(columns, label.count) : label.count, .label)
    }
  }

  // MARK: The cursor

  private func cursor(in place: Panes.Place) -> Position {
    let rect = place.content
    switch place.pane {
    case .feeds:
      return Position(
        row: rect.row + state.feeds.cursor.selected - state.feeds.cursor.top, column: rect.column)
    case .entries:
      let cursor = state.entries?.cursor ?? ListCursor()
      let height = state.entries?.rowHeight ?? 1
      return Position(
        row: rect.row + (cursor.selected - cursor.top) * height, column: rect.column)
    case .reader:
      guard let reader = state.reader, let page = reader.page else { return rect.origin }
      let left = rect.column + Reader.leftColumn(of: rect.columns, page.columns, settings)
      guard let target = reader.target, reader.isVisible(target.range) else {
        return Position(row: rect.row, column: left)
      }
      let row = page.row(of: target.range.lowerBound)
      let line = row - page.header.count
      guard page.layout.lines.indices.contains(line) else { return rect.origin }
      for piece in page.pieces(page.layout.lines[line]) {
        guard case .text(let range) = piece.content, range.contains(target.range.lowerBound) else {
          continue
        }
        let before = CellText(
          reader.article.document.string(range.lowerBound..<target.range.lowerBound),
          profile: settings.profile
        ).columns
        return Position(
          row: rect.row + row - reader.top, column: left + piece.column + before)
      }
      return Position(row: rect.row + row - reader.top, column: left)
    }
  }
}
