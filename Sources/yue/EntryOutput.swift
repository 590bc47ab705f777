import ArgumentParser
import Feeds
import Parsing
import Storing

/// How the rows of `yue list` and `yue search` are printed.
enum RowForm {
  /// For people.
  case lines(isBold: Bool)
  /// Fields separated by tabs, without a header.
  case plain
  /// The fields of `plain`, each row ended by NUL.
  case separatedByNUL
  /// One object a line.
  case json

  func write(_ summary: EntrySummary) {
    switch self {
    case .json: StandardOutput.write([Self.json(summary)])
    case .plain: StandardOutput.write([Self.plain(summary)])
    case .separatedByNUL: StandardOutput.write(Array(Self.plain(summary).utf8) + [0])
    case .lines(let isBold):
      var line = Self.line(summary)
      if isBold, !summary.status.isRead { line = "\u{1B}[1m" + line + "\u{1B}[0m" }
      StandardOutput.write([line] + (summary.snippet.map { ["      " + Self.field($0)] } ?? []))
    }
  }

  func write(_ feed: FeedRow) {
    switch self {
    case .json: StandardOutput.write([Self.json(feed)])
    case .plain: StandardOutput.write([Self.plain(feed)])
    case .separatedByNUL: StandardOutput.write(Array(Self.plain(feed).utf8) + [0])
    case .lines(let isBold):
      let unread = String(feed.unreadCount)
      var line =
        Self.padded(String(feed.id.number), 5) + Self.padded(unread, 6) + "  "
        + Self.field(feed.title)
      if isBold, feed.unreadCount > 0 { line = "\u{1B}[1m" + line + "\u{1B}[0m" }
      if !feed.folder.isEmpty {
        line += "  [" + Self.field(feed.folder.joined(separator: "/")) + "]"
      }
      if feed.failure != nil { line += "  (failed)" } else if feed.isEnded { line += "  (ended)" }
      StandardOutput.write([line])
    }
  }

  // MARK: One row

  private static func line(_ summary: EntrySummary) -> String {
    let date = summary.date.map { String(LocalTime.dateAndTime($0).prefix(10)) } ?? "          "
    let marks = (summary.status.isRead ? " " : "●") + (summary.status.isStarred ? "★" : " ")
    let title = summary.title.map(field) ?? "(no title)"
    return padded(String(summary.id.number), 7) + " \(marks) \(date)  \(title)  — "
      + field(summary.feedTitle)
  }

  /// Number, state, date, feed, title, address, tags.
  private static func plain(_ summary: EntrySummary) -> String {
    let state =
      (summary.status.isRead ? "read" : "unread") + (summary.status.isStarred ? ",starred" : "")
    return [
      String(summary.id.number), state, summary.date?.iso8601 ?? "", field(summary.feedTitle),
      field(summary.title ?? ""), field(summary.link ?? ""),
      field(summary.tags.joined(separator: ",")),
    ].joined(separator: "\t")
  }

  /// Number, unread, entries, title, address, folder.
  private static func plain(_ feed: FeedRow) -> String {
    [
      String(feed.id.number), String(feed.unreadCount), String(feed.entryCount),
      field(feed.title), field(feed.url), field(feed.folder.joined(separator: "/")),
    ].joined(separator: "\t")
  }

  private static func json(_ summary: EntrySummary) -> String {
    var text = "{\"schema\":1,\"id\":\(summary.id.number),\"feed\":\(summary.feed.number)"
    text += ",\"feed_title\":\(NeutralJSON.quoted(summary.feedTitle))"
    text += ",\"title\":\(quoted(summary.title)),\"link\":\(quoted(summary.link))"
    text += ",\"author\":\(quoted(summary.author)),\"date\":\(quoted(summary.date?.iso8601))"
    text += ",\"read\":\(summary.status.isRead),\"starred\":\(summary.status.isStarred)"
    text += ",\"tags\":[\(summary.tags.map(NeutralJSON.quoted).joined(separator: ","))]"
    if let snippet = summary.snippet { text += ",\"snippet\":\(NeutralJSON.quoted(snippet))" }
    return text + "}"
  }

  private static func json(_ feed: FeedRow) -> String {
    var text = "{\"schema\":1,\"id\":\(feed.id.number),\"title\":\(NeutralJSON.quoted(feed.title))"
    text += ",\"url\":\(NeutralJSON.quoted(feed.url)),\"link\":\(quoted(feed.link))"
    text += ",\"folder\":[\(feed.folder.map(NeutralJSON.quoted).joined(separator: ","))]"
    text += ",\"unread\":\(feed.unreadCount),\"entries\":\(feed.entryCount)"
    text += ",\"starred\":\(feed.starredCount),\"ended\":\(feed.isEnded)"
    return text + ",\"error\":\(quoted(feed.failure))}"
  }

  private static func quoted(_ text: String?) -> String { text.map(NeutralJSON.quoted) ?? "null" }

  /// Text of a feed in one line, without what a terminal would act on.
  private static func field(_ text: String) -> String {
    Sentences.shown(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
  }

  private static func padded(_ text: String, _ columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - text.count)) + text
  }
}

/// The options that say how rows are printed.
struct RowOptions: ParsableArguments {
  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(help: "Fields separated by tabs, without padding.")
  var plain = false

  @Flag(name: [.customShort("0"), .customLong("null")], help: "As --plain, rows ended by NUL.")
  var null = false

  func validate() throws {
    if [json, plain, null].filter({ $0 }).count > 1 {
      throw ValidationError("Give one of --json, --plain and -0.")
    }
  }

  func form(_ everywhere: GlobalOptions) -> RowForm {
    if json { return .json }
    if plain { return .plain }
    return null ? .separatedByNUL : .lines(isBold: everywhere.usesColor)
  }
}

extension Store {
  /// Hands over the entries of a list one after another, page by page.
  func forEachEntry(
    _ query: EntryQuery, limit: Int?, _ body: (EntrySummary) -> Void
  ) throws(StoringError) {
    let now = LocalTime.now
    var left = limit ?? .max
    var request = PageRequest.first
    // The first page is small: `head` wants no more, and nobody waits for the others.
    var pageRows = 50
    while left > 0 {
      let page = try entries(query, request, limit: min(pageRows, left), at: now)
      pageRows = 500
      for entry in page.entries { body(entry) }
      left -= page.entries.count
      guard let later = page.later, !page.entries.isEmpty else { return }
      request = .after(later)
    }
  }
}
