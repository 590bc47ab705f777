import ArgumentParser
import Feeds
import Storing

/// `yue list`: feeds or entries, one a line.
struct ListCommand: ParsableCommand {
  enum Kind: String, ExpressibleByArgument, CaseIterable { case entries, feeds }

  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List entries or feeds.",
    discussion: """
      Entries come newest first. The query language is that of yue-query(7). With --plain a row of \
      entries holds number, state, date, feed, title, address and tags; one of feeds holds number, \
      unread, entries, title, address and folder.

      Examples:
        yue list --unread --limit 20
        yue list --query 'formula:\\boldsymbol age:<30d'
        yue list feeds --plain | cut -f4
        yue list --starred --json | jq -r .link
      """)

  @Argument(help: ArgumentHelp("entries or feeds.", valueName: "what"))
  var kind: Kind = .entries

  @Option(help: ArgumentHelp("Only entries that a query finds.", valueName: "query"))
  var query: String?

  @Flag(help: "Only what is unread.")
  var unread = false

  @Flag(help: "Only what is starred.")
  var starred = false

  @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
  var limit: Int?

  @OptionGroup(title: "Form") var rows: RowOptions

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if unread, starred { throw ValidationError("Give one of --unread and --starred.") }
    if let limit, limit < 0 { throw ValidationError("--limit counts from 0.") }
    if kind == .feeds, query != nil {
      throw ValidationError("--query finds entries; leave it out to list feeds.")
    }
  }

  func run() throws {
    let store = try everywhere.library()
    let form = rows.form(everywhere)
    try LibraryPlace.attempt { () throws(StoringError) in
      if kind == .feeds {
        let feeds = try store.feedRows().filter {
          (!unread || $0.unreadCount > 0) && (!starred || $0.starredCount > 0)
        }
        for feed in feeds.prefix(limit ?? .max) { form.write(feed) }
        return
      }
      let list = EntryQuery(
        scope: query.map { .search($0) } ?? .all,
        filter: unread ? .unread : starred ? .starred : .everything)
      try store.forEachEntry(list, limit: limit) { form.write($0) }
    }
  }
}

/// `yue search`: what a query finds.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Search all entries, newest first.",
    discussion: """
      Han text is found by phrase, two characters suffice; other text by word. yue-query(7) holds \
      the language.

      Examples:
        yue search 层归一化
        yue search 'title:attention is:unread'
        yue search 'formula:\\boldsymbol' --limit 5
      """)

  @Argument(help: "Words, phrases and fields; several are joined by blanks.")
  var query: [String]

  @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
  var limit: Int?

  @OptionGroup(title: "Form") var rows: RowOptions

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if query.allSatisfy(\.isEmpty) { throw ValidationError("Give something to search for.") }
    if let limit, limit < 0 { throw ValidationError("--limit counts from 0.") }
  }

  func run() throws {
    let store = try everywhere.library()
    let form = rows.form(everywhere)
    var count = 0
    try LibraryPlace.attempt { () throws(StoringError) in
      let list = EntryQuery(scope: .search(query.joined(separator: " ")))
      try store.forEachEntry(list, limit: limit) {
        count += 1
        form.write($0)
      }
    }
    if count == 0, !rows.json { everywhere.note("nothing was found.") }
  }
}
