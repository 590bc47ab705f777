import Cells

/// One of the three panes.
enum Pane: String, CaseIterable, Equatable, Sendable {
  case feeds, entries, reader
}

/// Sizes of panes that the reader has set; 0: as large as the screen suggests.
struct PaneSizes: Equatable, Sendable {
  var feedsColumns = 0
  var entriesColumns = 0
  var entriesRows = 0
}

/// Which pane gets which rectangle of the screen.
struct Panes: Equatable, Sendable {
  enum Arrangement: Equatable, Sendable { case single, above, beside, wide }

  struct Place: Equatable, Sendable {
    var pane: Pane
    /// The row of the title, or nil when there is no room for titles.
    var titleRow: Int?
    /// Below the title.
    var content: Rect
  }

  var arrangement: Arrangement
  /// In the order in which they are focused.
  var places: [Place]
  /// Columns that separate panes, with their rows.
  var separators: [Rect] = []
  /// Nil when the screen has no room for it.
  var statusRow: Int
  var hintRow: Int?

  /// The smallest screen that is drawn on.
  static let smallest = Size(rows: 5, columns: 20)
  /// What the reader's own sizes leave to the text at least.
  private static let readerColumns = 40

  func place(of pane: Pane) -> Place? { places.first { $0.pane == pane } }

  /// - Parameters:
  ///   - focus: The pane with the focus.
  ///   - lastList: The list that is shown beside the reader on a medium screen.
  ///   - wanted: How many panes the reader asked for; nil: as many as the width allows.
  ///   - sizes: What the reader set; it holds as far as 40 columns are left for the text.
  init(
    size: Size, settings: Settings, focus: Pane, lastList: Pane, isZoomed: Bool, wanted: Int?,
    hidesFeeds: Bool, sizes: PaneSizes = PaneSizes()
  ) {
    let hasHints = settings.showsHints && size.rows >= 8
    let hasTitles = size.rows >= 6
    hintRow = hasHints ? size.rows - 1 : nil
    statusRow = size.rows - (hasHints ? 2 : 1)
    let rows = max(0, statusRow)
    let columns = size.columns

    let allowed =
      columns >= settings.wideColumns ? 3 : columns >= settings.mediumColumns ? 2 : 1
    var count = min(allowed, wanted ?? allowed)
    if isZoomed { count = 1 }
    if count == 3, hidesFeeds { count = 2 }

    func place(_ pane: Pane, _ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> Place {
      let title = hasTitles ? 1 : 0
      return Place(
        pane: pane, titleRow: hasTitles ? row : nil,
        content: Rect(row: row + title, column: column, rows: rows - title, columns: columns))
    }
    func clamp(_ low: Int, _ value: Int, _ high: Int) -> Int { max(low, min(value, high)) }

    switch count {
    case 3:
      arrangement = .wide
      var feeds = clamp(20, columns / 5, 32)
      var entries = clamp(36, columns * 32 / 100, 64)
      let room = columns - 2 - Panes.readerColumns
      if sizes.feedsColumns > 0 { feeds = clamp(10, sizes.feedsColumns, max(10, room - entries)) }
      if sizes.entriesColumns > 0 {
        entries = clamp(16, sizes.entriesColumns, max(16, room - feeds))
      }
      let readerColumn = feeds + entries + 2
      places = [
        place(.feeds, 0, 0, rows, feeds), place(.entries, 0, feeds + 1, rows, entries),
        place(.reader, 0, readerColumn, rows, columns - readerColumn),
      ]
      separators = [
        Rect(row: 0, column: feeds, rows: rows, columns: 1),
        Rect(row: 0, column: readerColumn - 1, rows: rows, columns: 1),
      ]
    case 2:
      let list = focus == .reader ? (lastList == .reader ? .entries : lastList) : focus
      // With the feeds pane left out of a wide screen, the list beside the reader is the entries.
      let isAbove =
        switch settings.mediumLayout {
        case .auto: size.rows >= 30 && columns < settings.wideColumns
        case .above: true
        case .beside: false
        }
      if isAbove {
        arrangement = .above
        var listRows = clamp(5, size.rows * 35 / 100, 16)
        if sizes.entriesRows > 0 { listRows = clamp(3, sizes.entriesRows, rows - 5) }
        listRows = min(listRows, max(2, rows - 3))
        places = [
          place(list, 0, 0, listRows, columns),
          place(.reader, listRows, 0, rows - listRows, columns),
        ]
      } else {
        arrangement = .beside
        var listColumns =
          columns >= settings.wideColumns
          ? clamp(36, columns * 38 / 100, 64) : clamp(32, columns * 38 / 100, 56)
        if sizes.entriesColumns > 0 {
          listColumns = clamp(16, sizes.entriesColumns, columns - 1 - Panes.readerColumns)
        }
        places = [
          place(list, 0, 0, rows, listColumns),
          place(.reader, 0, listColumns + 1, rows, columns - listColumns - 1),
        ]
        separators = [Rect(row: 0, column: listColumns, rows: rows, columns: 1)]
      }
    default:
      arrangement = .single
      places = [place(focus, 0, 0, rows, columns)]
    }
  }
}
