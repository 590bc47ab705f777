import Browsing
import Dispatch
import Documents
import Feeds
import Foundation
import Glibc
import Parsing
import Storing
import Synchronization

/// The library at work behind the interface: takes what the browser asks for, never on the
/// interface's thread, and answers through the mailbox.
///
/// What is written goes before what is read and in order, so that a mark waits for nothing but other
/// marks, and whatever is read later has it.
final class Librarian: Sendable {
  /// What the library is.
  enum Source: Sendable {
    case file(path: String)
    /// Feeds that were opened from files; gone with the program.
    case memory([(name: String, feed: ParsedFeed)])
  }

  private let source: Source
  private let mailbox: Mailbox
  private let writes = DispatchQueue(label: "yue.library.writes", qos: .userInitiated)
  private let reads = DispatchQueue(label: "yue.library.reads", qos: .userInitiated)
  private let documents = DispatchQueue(
    label: "yue.documents", qos: .userInitiated, attributes: .concurrent)
  private struct Opened: Sendable {
    var store: Store?
    var watch: Watch?
    var fault: StoringError?
    /// Whether the last session has been told of.
    var hasResumed = false
  }
  private let opened = Mutex(Opened())
  private let current: Mutex<RefreshSettings>
  private var settings: RefreshSettings { current.withLock { $0 } }
  /// The network's work: a refresh, and subscriptions under way.
  private let errands = Mutex(Errands())
  private struct Errands: Sendable {
    var refresh: Task<Void, Never>?
    var others: [Int: Task<Void, Never>] = [:]
    var count = 0
  }
  private let running = DispatchGroup()

  /// Begins to open the library; the program goes on meanwhile.
  init(_ source: Source, _ mailbox: Mailbox, _ settings: RefreshSettings = RefreshSettings()) {
    self.source = source
    self.mailbox = mailbox
    current = Mutex(settings)
    writes.async { self.open() }
  }

  /// Goes by other settings from the next refresh on.
  func use(_ settings: RefreshSettings) { current.withLock { $0 = settings } }

  // MARK: Opening

  private func open() {
    do throws(StoringError) {
      let store: Store
      switch source {
      case .file(let path):
        store = try Store(path: path)
        let mailbox = mailbox
        let watch = store.watch { mailbox.post(.libraryChanged) }
        opened.withLock { $0 = Opened(store: store, watch: watch) }
      case .memory(let feeds):
        store = try Store.inMemory()
        for (name, feed) in feeds { try Self.add(feed, named: name, to: store) }
        opened.withLock { $0 = Opened(store: store) }
      }
    } catch {
      opened.withLock { $0 = Opened(fault: error) }
    }
  }

  /// Where the reader was when the program ended the last time; nil when nothing is kept.
  private static func session(in store: Store) -> Session? {
    let text = try? store.sessionValue("browser")
    return text.flatMap { try? JSONDecoder().decode(Session.self, from: Data($0.utf8)) }
  }

  private static func add(
    _ feed: ParsedFeed, named name: String, to store: Store
  ) throws(StoringError) {
    let title = feed.title.flatMap { $0.isEmpty ? nil : $0 } ?? feed.link ?? name
    let place = name == "-" ? "stdin:" : "file://" + URL(filePath: name).path
    let subscription = Subscription(url: place, title: title, link: feed.link)
    let outcome = try store.subscribe(Placement(feed: subscription, folders: []), at: LocalTime.now)
    guard case .added(let id) = outcome else { return }
    _ = try store.save(feed, for: id, at: LocalTime.now) {
      Feeds.EntryText($0, of: feed)
    }
  }

  /// The library, when it could be opened; whoever asks does so on one of the queues.
  private func store() throws(StoringError) -> Store {
    let opened = opened.withLock { $0 }
    if let store = opened.store { return store }
    throw opened.fault ?? .failed(reason: "the library is not open")
  }

  /// Tries again to open a library that could not be opened.
  private func reopen() {
    let isClosed = opened.withLock { $0.store == nil }
    if isClosed { open() }
  }

  // MARK: Asking and changing

  /// Performs an effect, if it concerns the library.
  func perform(_ effect: Effect) {
    switch effect {
    case .loadLibrary: loadLibrary()
    case .loadEntries(let query, let request):
      read(effect) { store throws(StoringError) in
        .entriesLoaded(query, request, try store.entries(query, request, at: LocalTime.now))
      }
    case .loadArticle(let id): loadArticle(id, effect)
    case .findEntry(let address):
      read(effect) { store throws(StoringError) in
        .entryFound(address: address, try store.entry(withLink: address))
      }
    case .loadHealth:
      read(effect) { store throws(StoringError) in .healthLoaded(try store.health()) }
    case .loadUndoSteps:
      read(effect) { store throws(StoringError) in .undoStepsLoaded(try store.undoSteps()) }
    case .loadTags:
      read(effect) { store throws(StoringError) in
        .tagsLoaded(try store.tags().map { TagCount(name: $0.name, count: $0.count) })
      }
    case .loadFacts(.program): mailbox.post(.factsLoaded(.program, FactSheet.program))
    case .loadFacts(.machine):
      documents.async { self.mailbox.post(.factsLoaded(.machine, FactSheet.machine)) }
    case .loadFacts(let subject):
      read(effect) { store throws(StoringError) in
        .factsLoaded(subject, try FactSheet.facts(about: subject, in: store))
      }
    case .mark(let selection, let change, let isStep):
      write(effect) { store throws(StoringError) in
        .stored(
          effect, try store.mark(selection, change, isStep: isStep, at: LocalTime.now))
      }
    case .tag(let selection, let adding, let removing):
      write(effect) { store throws(StoringError) in
        .stored(
          effect, try store.tag(selection, adding: adding, removing: removing, at: LocalTime.now))
      }
    case .delete(let selection):
      write(effect) { store throws(StoringError) in
        .stored(effect, try store.delete(selection, at: LocalTime.now))
      }
    case .edit(let edit):
      write(effect) { store throws(StoringError) in
        .stored(effect, try store.edit(edit, at: LocalTime.now))
      }
    case .undo(let steps):
      write(effect) { store throws(StoringError) in
        .undone(try store.undo(steps: steps, at: LocalTime.now), isRedo: false)
      }
    case .redo(let steps):
      write(effect) { store throws(StoringError) in
        .undone(try store.redo(steps: steps, at: LocalTime.now), isRedo: true)
      }
    case .undoDown(let step):
      write(effect) { store throws(StoringError) in
        .undone(try store.undoDown(to: step, at: LocalTime.now), isRedo: false)
      }
    case .savePosition(let id, let position):
      write(effect) { store throws(StoringError) in
        try store.setPosition(position, of: id, at: LocalTime.now)
        return .stored(effect, nil)
      }
    case .saveSession(let session):
      let text = (try? JSONEncoder().encode(session)).map { String(decoding: $0, as: UTF8.self) }
      write(effect) { store throws(StoringError) in
        try store.setSessionValue(text, named: "browser", at: LocalTime.now)
        return .stored(effect, nil)
      }
    case .resume(let feed):
      write(effect) { store throws(StoringError) in
        try store.resume(feed)
        return .stored(effect, nil)
      }
    case .openManual: openManual(effect)
    case .importList(let path):
      write(effect) { store throws(StoringError) in
        switch try ListImport.add(path, to: store, self.settings) {
        case .success(let tally): return .listImported(path: path, tally)
        case .failure(let fault):
          return .failed(Failure(sentence: fault.sentence, request: effect))
        }
      }
    case .lookForLists:
      reads.async {
        if let list = ListImport.found() { self.mailbox.post(.listFound(list)) }
      }
    case .exportFile(let path):
      read(effect) { store throws(StoringError) in
        switch try BrowserFiles.export(store, to: path) {
        case .success(let sentence): .reported(sentence)
        case .failure(let fault): .failed(Failure(sentence: fault.sentence, request: effect))
        }
      }
    case .listFiles(let prefix):
      // A slow disk keeps nobody waiting but the one who asked.
      documents.async {
        self.mailbox.post(
          .filesListed(prefix: prefix, BrowserFiles.names(beginning: prefix)))
      }
    case .refresh(let scope): refresh(scope, effect)
    case .stopRefresh: errands.withLock { $0.refresh }?.cancel()
    case .subscribe(let address, let folder): subscribe(address, folder, effect)
    default: break
    }
  }

  private func loadLibrary() {
    writes.async { self.reopen() }
    read(.loadLibrary) { store throws(StoringError) in
      var library = try store.library(today: LocalTime.startOfToday, at: LocalTime.now)
      if store.isReadOnly { library.fault = Sentences.libraryIsReadOnly }
      if self.opened.withLock({ !exchange(&$0.hasResumed, with: true) }),
        let session = Self.session(in: store)
      {
        self.mailbox.post(.sessionFound(session))
      }
      return .libraryLoaded(library)
    }
  }

  /// Makes the document in the background, so that nothing waits for a long article.
  private func loadArticle(_ id: EntryID, _ effect: Effect) {
    read(effect) { store throws(StoringError) in
      guard let entry = try store.entry(id) else {
        return .failed(Failure(sentence: Sentences.entryIsGone, request: effect))
      }
      let position = try store.position(of: id)
      let feed = try store.facts(of: entry.feed)
      self.documents.async {
        let document = ArticleReader.document(
          of: entry.facts, language: feed?.language,
          baseURL: feed.flatMap { $0.url.hasPrefix("http") ? $0.url : nil })
        self.mailbox.post(.articleLoaded(id, entry, document, at: position))
      }
      return nil
    }
  }

  private func openManual(_ effect: Effect) {
    write(effect) { store throws(StoringError) in
      guard let feed = Manual.feed else { return nil }
      let subscription = Subscription(url: Manual.address, title: feed.title, link: feed.link)
      let outcome = try store.subscribe(
        Placement(feed: subscription, folders: []), at: LocalTime.now)
      let (id, isNew) =
        switch outcome {
        case .added(let id): (id, true)
        case .alreadyThere(let id): (id, false)
        }
      _ = try store.save(feed, for: id, at: LocalTime.now) {
        Feeds.EntryText($0, of: feed)
      }
      return .subscribed(
        id, title: feed.title ?? "yue", isNew: isNew, entryCount: feed.entries.count)
    }
  }

  // MARK: The network

  private func refresh(_ scope: RefreshScope, _ effect: Effect) {
    let hasBegun = errands.withLock { errands in
      guard errands.refresh == nil else { return false }
      errands.refresh = errand(effect) { store in
        await self.refresh(scope, store, effect)
        self.errands.withLock { $0.refresh = nil }
      }
      return true
    }
    if !hasBegun { mailbox.post(.reported("A refresh is under way already")) }
  }

  private func refresh(_ scope: RefreshScope, _ store: Store, _ effect: Effect) async {
    let mailbox = mailbox
    // What is new is shown while the rest is fetched, but not after every feed.
    let shown = Mutex((at: ContinuousClock.now, entries: 0))
    do throws(StoringError) {
      let summary = try await Refresher(store: store, settings: settings).refresh(scope) {
        progress in
        mailbox.post(.refreshProgressed(progress))
        let isDue = shown.withLock { shown in
          let now = ContinuousClock.now
          guard progress.newEntryCount > shown.entries, now - shown.at > .milliseconds(500) else {
            return false
          }
          shown = (now, progress.newEntryCount)
          return true
        }
        if isDue { mailbox.post(.libraryChanged) }
      }
      mailbox.post(.libraryChanged)
      mailbox.post(.refreshFinished(summary.progress))
      if case .file = source {
        // That there is no room for a copy spoils nothing else; `yue doctor` says how many there are.
        _ = try? store.backUpWeekly(in: Paths().backups, at: LocalTime.now)
      }
      if summary.isOffline {
        mailbox.post(.failed(Failure(sentence: Sentences.networkIsDown, request: effect)))
      }
    } catch {
      mailbox.post(.libraryChanged)
      mailbox.post(.refreshFinished(RefreshProgress()))
      mailbox.post(
        .failed(Failure(sentence: Sentences.sentence(for: error, doing: effect), request: effect)))
    }
  }

  private func subscribe(_ address: String, _ folder: [String], _ effect: Effect) {
    run(effect) { store in await self.subscribe(address, folder, store, effect) }
  }

  /// Saves what an address holds as a file.
  func download(_ address: String, into folder: String, _ effect: Effect) {
    let download = Download(address: address, folder: folder, settings: settings)
    run(effect) { _ in
      switch await download.run() {
      case .success(let sentence): .reported(sentence)
      case .failure(let fault):
        .failed(Failure(sentence: "\(address): \(fault.sentence)", request: effect))
      }
    }
  }

  /// Work whose one answer is an event.
  private func run(_ effect: Effect, _ body: @escaping @Sendable (Store) async -> Event) {
    errands.withLock { errands in
      errands.count += 1
      let number = errands.count
      errands.others[number] = errand(effect) { store in
        self.mailbox.post(await body(store))
        self.errands.withLock { $0.others[number] = nil }
      }
    }
  }

  private func subscribe(
    _ address: String, _ folder: [String], _ store: Store, _ effect: Effect
  ) async -> Event {
    do throws(StoringError) {
      switch try await Subscriber(store: store, settings: settings).add(address, folder: folder) {
      case .added(let feeds):
        guard let first = feeds.first else { break }
        return .subscribed(
          first.feed, title: first.title ?? first.url, isNew: true,
          entryCount: feeds.map(\.entryCount).reduce(0, +))
      case .alreadyThere(let feed, let url):
        let row = try store.feedRows().first { $0.id == feed }
        return .subscribed(
          feed, title: row?.title ?? url, isNew: false, entryCount: row?.entryCount ?? 0)
      case .candidates(let candidates):
        return .candidatesFound(
          address: address, folder: folder,
          candidates.map { SubscriptionCandidate(address: $0.url, title: $0.title ?? $0.url) })
      case .failed(let sentence, _):
        return .failed(Failure(sentence: "\(address): \(sentence)", request: effect))
      }
    } catch {
      return .failed(
        Failure(sentence: Sentences.sentence(for: error, doing: effect), request: effect))
    }
    return .failed(Failure(sentence: "\(address): nothing came.", request: effect))
  }

  /// Work that may take long and can be cancelled; it waits until the library is open.
  private func errand(
    _ effect: Effect, _ body: @escaping @Sendable (Store) async -> Void
  ) -> Task<Void, Never> {
    running.enter()
    return Task.detached {
      defer { self.running.leave() }
      let store = await withCheckedContinuation { continuation in
        self.writes.async { continuation.resume(returning: Result { try self.store() }) }
      }
      switch store {
      case .success(let store): await body(store)
      case .failure(let error):
        let sentence = Sentences.sentence(
          for: error as? StoringError ?? .failed(reason: "\(error)"), doing: effect)
        self.mailbox.post(.failed(Failure(sentence: sentence, request: effect)))
        self.errands.withLock { $0.refresh = nil }
      }
    }
  }

  // MARK: Queues

  private func write(
    _ effect: Effect, _ body: @escaping @Sendable (Store) throws(StoringError) -> Event?
  ) {
    writes.async { self.answer(effect, body) }
  }

  private func read(
    _ effect: Effect, _ body: @escaping @Sendable (Store) throws(StoringError) -> Event?
  ) {
    reads.async {
      // What was to be written when this was asked for is written first.
      self.writes.sync {}
      self.answer(effect, body)
    }
  }

  private func answer(_ effect: Effect, _ body: (Store) throws(StoringError) -> Event?) {
    do throws(StoringError) {
      if let event = try body(try store()) { mailbox.post(event) }
    } catch {
      mailbox.post(
        .failed(Failure(sentence: Sentences.sentence(for: error, doing: effect), request: effect)))
    }
  }

  /// Entries as they are exported, at once: whoever asks is about to hand them over.
  func exported(_ entries: [EntryID], for effect: Effect) -> Result<[UInt8], HandOver.Fault> {
    reads.sync {
      writes.sync {}
      do throws(StoringError) {
        return .success(try ExportedLine.lines(entries, of: try store()))
      } catch {
        return .failure(HandOver.Fault(sentence: Sentences.sentence(for: error, doing: effect)))
      }
    }
  }

  /// Waits until everything asked for has been answered, but for the network's work.
  func settle() {
    reads.sync {}
    writes.sync {}
    documents.sync(flags: .barrier) {}
  }

  /// Waits for what is being written, and closes the library.
  ///
  /// - Parameter seconds: no longer than this; what was acknowledged is on the disk in any case.
  func finish(within seconds: Double) {
    let deadline = DispatchTime.now() + seconds
    errands.withLock { errands in
      errands.refresh?.cancel()
      for task in errands.others.values { task.cancel() }
    }
    // What is fetched is given back, so that another program may fetch it.
    _ = running.wait(timeout: deadline)
    let done = DispatchSemaphore(value: 0)
    writes.async {
      let store = self.opened.withLock { $0.store }
      let now = LocalTime.now
      // What arrives from now on is new in the next session.
      try? store?.setSessionValue("\(now.secondsSince1970)", named: "previous_end", at: now)
      store?.close()
      done.signal()
    }
    _ = done.wait(timeout: deadline)
  }
}
