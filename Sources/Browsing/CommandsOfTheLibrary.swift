import Keymaps

/// Marks, searches, feeds and their refreshing.
extension Command {
  /// Nil for a command of another group.
  var factsOfLibrary: Facts? {
    switch self {
    // Marks.
    case .toggleRead:
      return Facts.make(
        [.entries, .reader], "Read or unread", "read or unread",
        hints: [Facts.hint(.entries, 3, "read"), Facts.hint(.reader, 10, "unread")])
    case .toggleStar:
      return Facts.make(
        [.entries, .reader], "Star or unstar", "star",
        hints: [Facts.hint(.entries, 4, "star"), Facts.hint(.reader, 11, "star")])
    case .mark:
      return Facts.choice(
        Command.everyPane,
        [
          ("read all", "Mark every entry of the list read", "all read"),
          ("read above", "Mark the entries above read, this one included", "above read"),
          ("read below", "Mark the entries below read, this one included", "below read"),
          ("read feed", "Mark the whole feed, folder or smart feed read", "feed read"),
          ("unread all", "Mark every entry of the list unread", "all unread"),
          ("read library", "Mark everything read", "everything read"),
          ("read older AGE", "Mark what is older read: 30d, 2w, 6m", "older read"),
          ("read matching QUERY", "Mark what a query finds in the list read", "found read"),
          ("unread matching QUERY", "Mark what a query finds in the list unread", "found unread"),
        ])
    case .tag:
      return Facts.text(
        [.entries, .reader], "Edit the tags: +name -name", "tags", argument: "NAME")
    case .deleteEntry:
      return Facts.make(
        [.entries, .reader], "Delete the entry; undo brings it back", "delete", count: "N rows")
    case .toggleSelected:
      return Facts.make(
        [.entries], "Select the row for a joint action, and move on", "select", count: "N rows")
    case .selectToHere:
      return Facts.make([.entries], "Select from the last selected row to here", "select to here")
    case .repeat:
      return Facts.make(Command.everyPane, "Repeat the last mark, tag, order or copy", "repeat")
    case .undoList: return Facts.make([.global], "The undo history, with times", "undo history")
    // Refreshing.
    case .refresh:
      return Facts.make(
        [.feeds, .entries, .reader, .sheet], "Refresh the feed or folder", "refresh",
        hints: [Facts.hint(.feeds, 12, "refresh"), Facts.hint(.sheet, 2, "try again")])
    case .refreshAll:
      return Facts.make(
        Command.everyPane, "Refresh every feed, except those whose server asked us to wait",
        "refresh all",
        hints: [Facts.hint(.feeds, 3, "refresh all")])
    case .retryFailed:
      return Facts.make(
        [.sheet], "Refresh every failed feed", "retry",
        hints: [Facts.hint(.sheet, 3, "try all failed")])
    case .stopRefresh:
      var facts = Facts.make([.global], "Stop the running refresh", "stop refresh")
      facts.isUnboundByDefault = true
      return facts
    case .health:
      return Facts.make(
        Command.everyPane, "Feed health: failures, delays, ended feeds", "feed health")
    // The library.
    case .add:
      return Facts.text(
        Command.everyPane, "Subscribe to a feed or a site", "add", argument: "ADDRESS",
        hints: [Facts.hint(.feeds, 4, "add")])
    case .importList:
      var facts = Facts.text(
        Command.everyPane, "Import OPML, a newsboat urls file, or what yue exported as JSON",
        "import",
        argument: "FILE")
      facts.isUnboundByDefault = true
      return facts
    case .rename:
      return Facts.text([.feeds], "Rename the feed or folder", "rename", argument: "NAME")
    case .setURL:
      return Facts.text(
        [.feeds, .sheet], "Change the feed’s address", "address", argument: "ADDRESS",
        hints: [Facts.hint(.sheet, 4, "change address")])
    case .moveToFolder:
      return Facts.text([.feeds], "Move it to a folder", "move to folder", argument: "FOLDER")
    case .newFolder: return Facts.text([.feeds], "New folder", "new folder", argument: "NAME")
    case .setInterval:
      return Facts.text(
        [.feeds], "Change how often it is refreshed: 30m, 2h, 1d, auto", "interval",
        argument: "INTERVAL")
    case .feedSettings: return Facts.make([.feeds], "All settings of this feed", "feed settings")
    case .exportFile:
      var facts = Facts.text(
        Command.everyPane, "Write the subscriptions as OPML; a .json file gets everything",
        "export",
        argument: "FILE")
      facts.isUnboundByDefault = true
      return facts
    case .moveUp: return Facts.make([.feeds], "Move it up in the tree", "move up", count: "N steps")
    case .moveDown:
      return Facts.make([.feeds], "Move it down in the tree", "move down", count: "N steps")
    case .unsubscribe:
      return Facts.make(
        [.feeds], "Unsubscribe; undo brings it back with its entries", "unsubscribe")
    case .info:
      return Facts.make(Command.everyPane, "Everything known about the entry or feed", "info")
    // Searching.
    case .filter:
      return Facts.make(
        [.entries], "Show only what matches, as you type", "filter",
        hints: [Facts.hint(.entries, 5, "filter")])
    case .search:
      return Facts.text(Command.everyPane, "Search all articles", "search", argument: "QUERY")
    case .saveSearch:
      var facts = Facts.text(
        [.entries], "Keep the present search or filter as a smart feed", "save search",
        argument: "NAME")
      facts.isUnboundByDefault = true
      return facts
    case .undo:
      return Facts.make(
        [.global], "Undo the last mark, tag, deletion or subscription change", "undo",
        count: "N steps")
    case .redo: return Facts.make([.global], "Redo it", "redo", count: "N steps")
    // Finding and ordering.
    case .find:
      return Facts.make(
        [.list, .reader], "Find in this pane", "find",
        hints: [
          Facts.hint(.feeds, 5, "find"), Facts.hint(.entries, 7, "find"),
          Facts.hint(.reader, 5, "find"),
          Facts.hint(.matches, 4, "new search"), Facts.hint(.sheet, 6, "find"),
        ])
    case .findNext:
      return Facts.make(
        [.matches], "Next match", "next match", count: "N times",
        hints: [Facts.hint(.matches, 1, "next match")])
    case .findPrevious:
      return Facts.make(
        [.matches], "Previous match", "previous match", count: "N times",
        hints: [Facts.hint(.matches, 2, "previous match")])
    case .clearFind:
      return Facts.make(
        [.matches], "Forget the matches", "forget", hints: [Facts.hint(.matches, 3, "forget")])
    case .toggleUnreadOnly:
      return Facts.make(
        [.feeds, .entries], "Show only unread, or everything", "unread only",
        hints: [Facts.hint(.entries, 9, "unread only"), Facts.hint(.feeds, 9, "unread only")])
    case .sort:
      return Facts.choice(
        [.entries],
        [
          ("date", "Order by date, newest first", "date"), ("title", "Order by title", "title"),
          ("feed", "Order by feed", "feed"), ("unread", "Unread entries first", "unread first"),
          ("starred", "Starred entries first", "starred first"),
          ("length", "The longest entries first", "longest first"),
          ("reverse", "Reverse the order", "reverse"),
        ])
    default: return nil
    }
  }
}
