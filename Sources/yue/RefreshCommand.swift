import ArgumentParser
import Feeds
import Parsing
import Storing
import Synchronization

/// `yue refresh`: what is new.
struct RefreshCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh",
    abstract: "Fetch what is new.",
    discussion: """
      Without an argument the feeds whose time has come are asked; that is safe from cron at any \
      rate. Feeds whose servers said "gone" or "later" are left alone whatever is asked for.

      The status is 0 when all went well, 2 when some feeds failed (they are on stderr), 69 when \
      there is no network.

      Examples:
        yue refresh
        yue refresh --all
        yue refresh https://kexue.fm/feed
        yue refresh --all --json | jq .new_entries
      """)

  @Flag(help: "Also feeds whose time has not come.")
  var all = false

  @Option(help: ArgumentHelp("Ask a feed again that has ended.", valueName: "feed"))
  var resume: String?

  @Flag(help: "One line of JSON for each feed that was asked.")
  var json = false

  @Argument(help: "Feeds: a number, an address, or a title.")
  var feeds: [String] = []

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if all, !feeds.isEmpty || resume != nil {
      throw ValidationError("Give either --all or feeds, not both.")
    }
  }

  func run() throws {
    let store = try everywhere.library(isBusy: true)
    let scope = try scope(store)
    let titles = try titles(store)
    let line = ProgressLine()
    let failures = Mutex<[String]>([])
    let (json, settings) = (json, try everywhere.refreshSettings())
    let result = Background.run {
      let refresher = Refresher(store: store, settings: settings)
      do throws(StoringError) {
        return Result<RefreshSummary, StoringError>.success(
          try await refresher.refresh(
            scope, onProgress: { if !json { line.show($0) } },
            onReport: { report in
              let title = titles[report.feed] ?? report.url
              if json { StandardOutput.write([Self.json(report, title: title)]) }
              if let sentence = report.sentence {
                failures.withLock { $0.append("\(Sentences.plain(title)): \(sentence)") }
              }
            }))
      } catch {
        return .failure(error)
      }
    }
    line.erase()
    switch result {
    case .failure(let error): throw LibraryPlace.failure(error)
    case .success(let summary):
      everywhere.backUp(store)
      try finish(summary, failures.withLock { $0 })
    }
  }

  private func finish(_ summary: RefreshSummary, _ failures: [String]) throws {
    let progress = summary.progress
    if summary.isOffline {
      StandardError.write(
        failures.count == 1
          ? failures[0] : "no server could be reached; is there a network? Nothing was changed.")
      throw ExitCode(69)
    }
    for failure in failures { StandardError.write(failure) }
    if !json, !everywhere.quiet { StandardOutput.write([Self.sentence(progress)]) }
    if summary.isStopped { throw ExitCode(130) }
    if progress.failedCount > 0 { throw ExitCode(ExitStatus.partly.rawValue) }
  }

  /// Such as: 12 new entries in 3 feeds; 40 feeds asked, 1 failed, 2 left alone.
  static func sentence(_ progress: RefreshProgress) -> String {
    func counted(_ count: Int, _ one: String, _ many: String) -> String {
      count == 1 ? "1 \(one)" : "\(count) \(many)"
    }
    let asked = progress.doneCount - progress.skippedCount
    var text = counted(progress.newEntryCount, "new entry", "new entries")
    if progress.newEntryCount > 0 {
      text += " in " + counted(progress.feedsWithNewEntries, "feed", "feeds")
    }
    text += "; " + counted(asked, "feed", "feeds") + " asked"
    if progress.failedCount > 0 { text += ", \(progress.failedCount) failed" }
    if progress.skippedCount > 0 { text += ", \(progress.skippedCount) left alone" }
    return text + "."
  }

  private func scope(_ store: Store) throws -> RefreshScope {
    do throws(StoringError) {
      var ids: [FeedID] = []
      for name in feeds { ids.append(try store.feed(named: name)) }
      if let resume {
        let feed = try store.feed(named: resume)
        try store.resume(feed)
        ids.append(feed)
      }
      if !ids.isEmpty { return .feeds(ids) }
      return all ? .all : .due
    } catch {
      throw LibraryPlace.failure(error)
    }
  }

  private func titles(_ store: Store) throws -> [FeedID: String] {
    do throws(StoringError) {
      return Dictionary(
        try store.health().map { ($0.id, $0.title) }, uniquingKeysWith: { first, _ in first })
    } catch {
      throw LibraryPlace.failure(error)
    }
  }

  /// One line of `--json`.
  static func json(_ report: FeedReport, title: String) -> String {
    func quoted(_ text: String?) -> String { text.map(NeutralJSON.quoted) ?? "null" }
    return """
      {"schema":1,"feed":\(report.feed.number),"url":\(quoted(report.url)),\
      "title":\(quoted(title)),"outcome":\(quoted(report.outcome.rawValue)),\
      "new_entries":\(report.newEntries),"changed_entries":\(report.changedEntries),\
      "status":\(report.status.map(String.init) ?? "null"),"bytes":\(report.bodyBytes),\
      "milliseconds":\(report.milliseconds),"moved_to":\(quoted(report.movedTo)),\
      "error":\(quoted(report.sentence))}
      """
  }
}

extension RefreshSettings {
  /// What commands that do one thing use: nobody waits for a key meanwhile, so all cores may work.
  static func forCommands() -> RefreshSettings {
    var settings = RefreshSettings()
    settings.parsers += 1
    return settings
  }
}
