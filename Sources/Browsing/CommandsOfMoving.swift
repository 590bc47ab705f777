import Keymaps

/// Moving in lists and articles, and between panes.
extension Command {
  /// Nil for a command of another group.
  var factsOfMoving: Facts? {
    switch self {
    // Moving.
    case .selectNext: return Facts.make([.list], "Select the next row", "next row", count: "N rows")
    case .selectPrevious:
      return Facts.make([.list], "Select the previous row", "previous row", count: "N rows")
    case .scrollDown:
      return Facts.make([.reader, .list], "Scroll one row down", "row down", count: "N rows")
    case .scrollUp:
      return Facts.make([.reader, .list], "Scroll one row up", "row up", count: "N rows")
    case .halfPageDown:
      return Facts.make([.list, .reader], "Half a page down", "half page down", count: "N times")
    case .halfPageUp:
      return Facts.make([.list, .reader], "Half a page up", "half page up", count: "N times")
    case .pageDown:
      return Facts.make(
        [.list, .reader, .sheet], "One page down, one row of overlap", "page down",
        count: "N times")
    case .pageUp:
      return Facts.make(
        [.list, .reader], "One page up, one row of overlap", "page up", count: "N times")
    case .top:
      return Facts.make(
        [.list, .reader], "First row, or start of the article", "top", count: "row N")
    case .bottom:
      return Facts.make(
        [.list, .reader], "Last row, or end of the article", "bottom", count: "row N")
    case .goToPercent:
      return Facts.make(
        [.reader], "Go to N per cent of the article", "per cent", count: "N per cent")
    case .placeCenter:
      return Facts.make(
        [.list, .reader], "Put the selected row, or the target, in the middle", "middle")
    case .placeTop:
      return Facts.make(
        [.list, .reader], "Put the selected row, or the target, at the top", "at top")
    case .placeBottom:
      return Facts.make(
        [.list, .reader], "Put the selected row, or the target, at the bottom", "at bottom")
    case .advance:
      return Facts.make(
        Command.everyPane, "Go on: a page down; at the end, or in a list, the next unread entry",
        "go on",
        hints: [
          Facts.hint(.feeds, 2, "next unread"), Facts.hint(.entries, 2, "next unread"),
          Facts.hint(.reader, 1, "page"),
        ])
    // Panes.
    case .focusNext:
      return Facts.make(
        [.global], "Focus the next pane", "next pane", hints: [Facts.hint(.global, 30, "pane")])
    case .focusPrevious: return Facts.make([.global], "Focus the previous pane", "previous pane")
    case .focus:
      return Facts.choice(
        [.global],
        [
          ("feeds", "Focus the feeds", "feeds"), ("entries", "Focus the entries", "entries"),
          ("reader", "Focus the reader", "reader"),
        ])
    case .back:
      return Facts.make(
        [.entries, .reader], "Back one level: reader, entries, feeds", "back",
        hints: [Facts.hint(.entries, 0, "back"), Facts.hint(.reader, 0, "back")])
    case .zoom:
      return Facts.make(
        Command.everyPane, "Give the focused pane the whole screen, or undo that", "zoom",
        hints: [Facts.hint(.reader, 12, "zoom")])
    case .panes:
      return Facts.choice(
        Command.everyPane,
        [
          ("1", "Show one pane", "one pane"), ("2", "Show two panes", "two panes"),
          ("3", "Show three panes", "three panes"),
          ("auto", "Show as many panes as the width allows", "panes by width"),
        ])
    case .resizePane:
      var facts = Facts.choice(
        Command.everyPane,
        [
          ("+2", "Widen, or heighten, the focused pane", "wider"),
          ("-2", "Narrow, or lower, the focused pane", "narrower"),
          ("COLUMNS", "Give the focused pane so many columns, or rows", "size"),
        ])
      facts.count = "N steps"
      return facts
    case .toggleFeedsPane:
      return Facts.make(Command.everyPane, "Hide or show the feeds pane", "feeds pane")
    // The tree of feeds.
    case .expand:
      return Facts.make([.feeds], "Open the folder; on a feed, show its entries", "open")
    case .collapse:
      return Facts.make([.feeds], "Close the folder; in a folder, select the folder", "close")
    case .toggleFold: return Facts.make([.feeds], "Open or close the folder", "fold")
    case .foldAll: return Facts.make([.feeds], "Close all folders", "fold all")
    case .unfoldAll: return Facts.make([.feeds], "Open all folders", "unfold all")
    default: return nil
    }
  }
}
