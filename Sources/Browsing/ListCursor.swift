/// Which row of a list is selected, and which is the first one shown.
struct ListCursor: Equatable, Sendable {
  var selected = 0
  var top = 0

  /// Moves the selection by `rows`; it never wraps around.
  mutating func move(by rows: Int, of count: Int) {
    selected = clamped(selected.addingReportingOverflow(rows).partialValue, count, rows)
  }

  /// Scrolls the window by `rows`; the selection is dragged along when it would leave.
  mutating func scroll(by rows: Int, of count: Int, windowRows: Int, marginRows: Int) {
    let last = max(0, count - windowRows)
    top = max(0, min(last, top + max(-count, min(count, rows))))
    let margin = min(marginRows, max(0, (windowRows - 1) / 2))
    let lowest = top == 0 ? 0 : top + margin
    let highest = top == last ? count - 1 : top + windowRows - 1 - margin
    selected = max(0, min(max(lowest, min(highest, selected)), count - 1))
  }

  /// Keeps the selection inside the list and inside the window, with a margin of visible rows.
  mutating func settle(count: Int, windowRows: Int, marginRows: Int) {
    selected = max(0, min(selected, count - 1))
    let window = max(1, windowRows)
    let margin = min(max(0, marginRows), (window - 1) / 2)
    if selected < top + margin { top = selected - margin }
    if selected > top + window - 1 - margin { top = selected - window + 1 + margin }
    top = max(0, min(top, count - window))
  }

  /// Puts the selected row at a fraction of the window: 0 top, 1 middle, 2 bottom.
  mutating func place(_ halves: Int, count: Int, windowRows: Int) {
    top = max(0, min(selected - (windowRows - 1) * halves / 2, count - windowRows))
  }

  private func clamped(_ row: Int, _ count: Int, _ rows: Int) -> Int {
    if rows > 0, row < selected { return max(0, count - 1) }
    return max(0, min(row, count - 1))
  }
}
