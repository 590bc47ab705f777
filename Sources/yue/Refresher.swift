import Feeds
import Fetching
import Parsing
import Storing

/// What came of one feed in a refresh.
struct FeedReport: Equatable, Sendable {
  enum Outcome: String, Equatable, Sendable {
    case new, unchanged, failed, gone, blocked
  }

  var feed: FeedID
  var url: String
  var outcome: Outcome
  var newEntries = 0
  var changedEntries = 0
  /// The last status of the server; nil when no answer came.
  var status: Int?
  var milliseconds = 0
  var bodyBytes = 0
  /// The new address, when the server named one for good.
  var movedTo: String?
  /// The new address is that of another feed of the library, and was not taken.
  var isDuplicate = false
  /// Why it failed, for the reader; begins in lower case, to stand behind a name and a colon.
  var sentence: String?
}

/// What came of a refresh as a whole.
struct RefreshSummary: Equatable, Sendable {
  var progress: RefreshProgress
  /// Nothing at all could be reached; no feed is blamed for it.
  var isOffline = false
  var isStopped = false
}

/// Asks feeds for what is new and puts it into the library.
///
/// claim → fetch, 16 at a time and two a host → parse and save, one transaction a feed → record.
/// Everything is done on the caller's task and its children; cancelling it stops what runs and keeps
/// what is stored.
struct Refresher: Sendable {
  let store: Store
  let settings: RefreshSettings

  init(store: Store, settings: RefreshSettings = RefreshSettings()) {
    self.store = store
    self.settings = settings
  }

  /// Refreshes feeds.
  ///
  /// - Parameters:
  ///   - minimumGapSeconds: feeds asked less than this ago are left alone.
  ///   - onProgress: called after each feed, on no particular thread.
  ///   - onReport: called once for each feed that was asked.
  func refresh(
    _ scope: RefreshScope, minimumGapSeconds: Int64 = 0,
    onProgress: @escaping @Sendable (RefreshProgress) -> Void = { _ in },
    onReport: @escaping @Sendable (FeedReport) -> Void = { _ in }
  ) async throws(StoringError) -> RefreshSummary {
    let claim = try store.claim(scope, at: LocalTime.now, minimumGapSeconds: minimumGapSeconds)
    let curl = CurlClient(settings.limits)
    defer { curl.close() }
    let fetcher = Fetcher(curl.client, settings.fetching)
    var run = RefreshRun(
      claim, store: store, fetcher: fetcher, settings: settings, onProgress: onProgress,
      onReport: onReport)
    return try await run.finish()
  }
}

/// One refresh under way: a loop that owns all its state and hands work to child tasks.
private struct RefreshRun {
  private enum Step: Sendable {
    case fetched(FetchTicket, origin: String, FetchResult)
    case saved(Body, Result<FeedReport, StoringError>)
  }

  /// A feed that came and is not in the library yet.
  private struct Body: Sendable {
    var ticket: FetchTicket
    var result: FetchResult
    var body: FetchedBody
  }

  private let store: Store
  private let fetcher: Fetcher
  private let settings: RefreshSettings
  private let onProgress: @Sendable (RefreshProgress) -> Void
  private let onReport: @Sendable (FeedReport) -> Void

  private var queue: FetchQueue
  private var progress: RefreshProgress
  private var bodies: [Body] = []
  private var pendingBytes = 0
  private var fetching = 0
  private var saving = 0
  /// Failures that may be the network's and not the feed's, until some server has answered.
  private var unreached: [(FetchTicket, FetchResult)] = []
  private var hasReachedAnything = false
  private var fault: StoringError?
  private var leasesExtendedAt = ContinuousClock.now

  init(
    _ claim: Claim, store: Store, fetcher: Fetcher, settings: RefreshSettings,
    onProgress: @escaping @Sendable (RefreshProgress) -> Void,
    onReport: @escaping @Sendable (FeedReport) -> Void
  ) {
    self.store = store
    self.fetcher = fetcher
    self.settings = settings
    self.onProgress = onProgress
    self.onReport = onReport
    // In any order but always the same one: a server that is asked first every time has the load of
    // all readers in the same second.
    let tickets = claim.tickets.shuffled().map(settings.applied)
    queue = FetchQueue(
      tickets, perHost: settings.limits.transfersPerHost, origin: fetcher.origin)
    progress = RefreshProgress(
      doneCount: claim.skippedCount, totalCount: claim.tickets.count + claim.skippedCount,
      skippedCount: claim.skippedCount)
  }

  mutating func finish() async throws(StoringError) -> RefreshSummary {
    onProgress(progress)
    await withTaskGroup(of: Step.self) { group in
      while true {
        startFetches(&group)
        startSaves(&group)
        guard let step = await group.next() else { break }
        take(step)
        if fault != nil { group.cancelAll() }
        extendLeases()
      }
    }
    let isStopped = Task.isCancelled
    var left = queue.removeAll().map(\.feed) + bodies.map(\.ticket.feed)
    let isOffline = !hasReachedAnything && !unreached.isEmpty && !isStopped
    if isOffline {
      for (ticket, result) in unreached { report(failure(of: ticket, result)) }
    }
    left += unreached.map(\.0.feed)
    if !left.isEmpty {
      do { try store.releaseLeases(of: left) } catch { fault = fault ?? error }
    }
    if let fault { throw fault }
    return RefreshSummary(progress: progress, isOffline: isOffline, isStopped: isStopped)
  }

  private mutating func startFetches(_ group: inout TaskGroup<Step>) {
    guard !Task.isCancelled, fault == nil else { return }
    while fetching < settings.limits.transfers, pendingBytes < RefreshSettings.pendingLimitBytes,
      let (ticket, origin) = queue.next()
    {
      fetching += 1
      progress.running.append(ticket.feed)
      let fetcher = fetcher
      group.addTask {
        .fetched(ticket, origin: origin, await fetcher.fetch(ticket) { LocalTime.now })
      }
    }
  }

  private mutating func startSaves(_ group: inout TaskGroup<Step>) {
    guard !Task.isCancelled, fault == nil else { return }
    while saving < settings.parsers, !bodies.isEmpty {
      let body = bodies.removeFirst()
      saving += 1
      let (store, settings) = (store, settings)
      group.addTask { .saved(body, Self.save(body, store, settings)) }
    }
  }

  private mutating func take(_ step: Step) {
    switch step {
    case .fetched(let ticket, let origin, let result):
      fetching -= 1
      queue.ended(origin)
      if case .failed(let fault) = result.outcome {
        switch fault {
        case .nameNotFound, .offline, .libraryMissing:
          if !hasReachedAnything {
            unreached.append((ticket, result))
            return
          }
        case .cancelled: break
        default: reachSomething()
        }
      } else {
        reachSomething()
      }
      if case .received(let body) = result.outcome {
        bodies.append(Body(ticket: ticket, result: result, body: body))
        pendingBytes += body.bytes.count
      } else {
        record(ticket, result)
      }
    case .saved(let body, let result):
      saving -= 1
      pendingBytes -= body.body.bytes.count
      switch result {
      case .success(let report): self.report(report)
      case .failure(let error): fault = fault ?? error
      }
    }
  }

  /// The network is there: what failed until now is the feeds' own doing.
  private mutating func reachSomething() {
    guard !hasReachedAnything else { return }
    hasReachedAnything = true
    for (ticket, result) in unreached { record(ticket, result) }
    unreached = []
  }

  /// Notes an answer without a body, or a failure.
  private mutating func record(_ ticket: FetchTicket, _ result: FetchResult) {
    var report = failure(of: ticket, result)
    do {
      report.isDuplicate = try store.record(
        result, for: ticket, errorText: report.sentence,
        schedule: settings.schedule(for: ticket), at: LocalTime.now)
    } catch {
      fault = fault ?? error
      return
    }
    if case .failed(.cancelled) = result.outcome { return }
    self.report(report)
  }

  private func failure(of ticket: FetchTicket, _ result: FetchResult) -> FeedReport {
    let outcome: FeedReport.Outcome =
      switch result.outcome {
      case .notModified, .unchanged, .received: .unchanged
      case .gone: .gone
      case .blocked: .blocked
      case .failed: .failed
      }
    return FeedReport(
      feed: ticket.feed, url: ticket.url, outcome: outcome, status: result.status,
      milliseconds: result.milliseconds, bodyBytes: result.bodyBytes, movedTo: result.movedTo,
      sentence: Sentences.sentence(for: result.outcome))
  }

  private mutating func report(_ report: FeedReport) {
    progress.doneCount += 1
    progress.running.removeAll { $0 == report.feed }
    progress.newEntryCount += report.newEntries
    if report.newEntries > 0 { progress.feedsWithNewEntries += 1 }
    switch report.outcome {
    case .failed, .gone, .blocked: progress.failedCount += 1
    case .new, .unchanged: break
    }
    onReport(report)
    onProgress(progress)
  }

  /// Feeds that wait longer than a lease lasts are kept from others.
  private mutating func extendLeases() {
    guard ContinuousClock.now - leasesExtendedAt > .seconds(60) else { return }
    leasesExtendedAt = ContinuousClock.now
    do {
      try store.extendLeases(
        of: queue.remaining + bodies.map(\.ticket.feed) + progress.running, at: LocalTime.now)
    } catch {
      fault = fault ?? error
    }
  }

  private static func save(
    _ body: Body, _ store: Store, _ settings: RefreshSettings
  ) -> Result<FeedReport, StoringError> {
    do {
      return .success(
        try FeedSaving(store: store, schedule: settings.schedule(for: body.ticket))
          .save(body.body, body.result, for: body.ticket))
    } catch {
      return .failure(error)
    }
  }
}

/// Parses what came and stores it: for a refresh, and for a feed that is subscribed to.
struct FeedSaving {
  let store: Store
  let schedule: Schedule

  /// Parses, saves and records; what is no feed is recorded as a failure.
  func save(
    _ body: FetchedBody, _ result: FetchResult, for ticket: FetchTicket
  ) throws(StoringError) -> FeedReport {
    switch Self.parse(body) {
    case .success(let parsed): return try save(parsed, result, for: ticket)
    case .failure(let error):
      let root: String? = if case .notAFeed(let root) = error { root } else { nil }
      let fault = FetchFault.notAFeed(root: root ?? "")
      var failed = result
      failed.outcome = .failed(fault)
      failed.movedTo = nil
      let sentence = Sentences.sentence(for: fault)
      try store.record(
        failed, for: ticket, errorText: sentence, schedule: schedule, at: LocalTime.now)
      return FeedReport(
        feed: ticket.feed, url: ticket.url, outcome: .failed, status: result.status,
        milliseconds: result.milliseconds, bodyBytes: result.bodyBytes, sentence: sentence)
    }
  }

  /// Saves and records what was parsed: the entries first, then the validators that vouch for them.
  func save(
    _ parsed: ParsedFeed, _ result: FetchResult, for ticket: FetchTicket
  ) throws(StoringError) -> FeedReport {
    let now = LocalTime.now
    let (saved, isDuplicate) = try store.save(
      parsed, of: result, for: ticket, schedule: schedule, at: now
    ) { Feeds.EntryText($0, of: parsed) }
    return FeedReport(
      feed: ticket.feed, url: ticket.url, outcome: saved.newEntries > 0 ? .new : .unchanged,
      newEntries: saved.newEntries, changedEntries: saved.changedEntries, status: result.status,
      milliseconds: result.milliseconds, bodyBytes: result.bodyBytes, movedTo: result.movedTo,
      isDuplicate: isDuplicate)
  }

  static func parse(_ body: FetchedBody) -> Result<ParsedFeed, ParsingError> {
    var headers: [String: String] = [:]
    headers["content-type"] = body.contentType
    headers["content-location"] = body.contentLocation
    headers["content-language"] = body.contentLanguage
    do {
      return .success(try FeedParser(documentURL: body.url, headers: headers).parse(body.bytes))
    } catch {
      return .failure(error)
    }
  }
}
