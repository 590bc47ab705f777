import Documents
import Feeds
import Parsing

/// What is to be said about a feed by `yue doctor FEED`: how its bytes were read, and what in them
/// is odd.
struct FeedExamination {
  /// How bad a finding is; `note` is nothing to worry about.
  enum Grade: String { case ok, note, fault }

  struct Finding {
    var grade: Grade
    /// One word or two: `encoding`.
    var subject: String
    /// A sentence, or facts.
    var text: String
  }

  private(set) var findings: [Finding] = []

  var hasFault: Bool { findings.contains { $0.grade == .fault } }

  /// - Parameter byteCount: of the feed as it came.
  init(_ feed: ParsedFeed, byteCount: Int) {
    add(.ok, "format", "\(feed.version), \(byteCount) bytes")
    add(.ok, "title", feed.title.map { $0.isEmpty ? "(empty)" : $0 } ?? "(none)")
    addEncoding(feed)
    for problem in feed.problems where !Self.isAboutEncoding(problem.kind) {
      let line = problem.line.map { "line \($0): " } ?? ""
      add(Self.grade(of: problem.kind), "repair", line + problem.message)
    }
    addEntries(feed)
    addSchedule(feed)
  }

  /// How the feed came over the network.
  mutating func add(_ body: FetchedBody, asked: String, movedTo: String?) {
    add(.ok, "address", asked)
    if let movedTo {
      add(.note, "address", "the server says it moved for good to \(movedTo)")
    } else if body.url != asked {
      add(.note, "address", "the server sends to \(body.url)")
    }
    add(.ok, "type", body.contentType ?? "(none given)")
    let validators = [
      body.validators?.etag.map { _ in "ETag" },
      body.validators?.lastModified.map { _ in "Last-Modified" },
    ].compactMap(\.self)
    add(
      validators.isEmpty ? .note : .ok, "caching",
      validators.isEmpty
        ? "nothing by which the server could say that nothing is new"
        : validators.joined(separator: ", "))
  }

  private mutating func add(_ grade: Grade, _ subject: String, _ text: String) {
    findings.append(Finding(grade: grade, subject: subject, text: text))
  }

  private static func isAboutEncoding(_ kind: Problem.Kind) -> Bool {
    kind == .encodingMislabelled || kind == .encodingReplaced
  }

  private static func grade(of kind: Problem.Kind) -> Grade {
    switch kind {
    case .truncated, .tooManyEntries, .encodingReplaced, .textTruncated: .fault
    default: .note
    }
  }

  // MARK: Encoding

  private mutating func addEncoding(_ feed: ParsedFeed) {
    let how =
      switch feed.encodingEvidence {
      case .byteOrderMark: "by its byte order mark"
      case .validUTF8: "because it is valid UTF-8"
      case .httpHeader: "by the Content-Type header"
      case .declaration: "as the document declares"
      case .plainASCII: "as declared; it holds nothing but ASCII"
      case .guess: "by its commonest characters, since no label held"
      case .lastResort: "as the last resort: no label held and nothing fits"
      }
    let isUnsure = feed.encodingEvidence == .lastResort
    add(isUnsure ? .fault : .ok, "encoding", "\(feed.encoding), \(how)")
    for problem in feed.problems where Self.isAboutEncoding(problem.kind) {
      add(Self.grade(of: problem.kind), "encoding", problem.message)
    }
  }

  // MARK: Entries

  private mutating func addEntries(_ feed: ParsedFeed) {
    let entries = feed.entries
    guard !entries.isEmpty else { return add(.note, "entries", "none") }
    add(.ok, "entries", "\(entries.count)")
    addCount(
      of: entries, without: "an id", remedy: "the link or the text identifies them",
      .note
    ) { $0.id?.isEmpty ?? true }
    addCount(of: entries, without: "a title", remedy: "lists show their text", .note) {
      $0.title?.isEmpty ?? true
    }
    addCount(of: entries, without: "a link", remedy: "they cannot be opened outside", .note) {
      $0.link == nil
    }
    addCount(
      of: entries, without: "a date that is understood", remedy: "they are sorted by arrival",
      .note
    ) { $0.published == nil && $0.updated == nil }
    var seen: Set<String> = []
    let doubled = entries.count { entry in
      guard let id = entry.id, !id.isEmpty else { return false }
      return !seen.insert(id).inserted
    }
    if doubled > 0 {
      add(.note, "ids", "\(doubled) of \(entries.count) entries have the id of another one")
    }
    addBodies(feed)
  }

  private mutating func addCount(
    of entries: [ParsedEntry], without what: String, remedy: String, _ grade: Grade,
    _ lacks: (ParsedEntry) -> Bool
  ) {
    let count = entries.count(where: lacks)
    guard count > 0 else { return }
    add(grade, "entries", "\(count) of \(entries.count) have not \(what): \(remedy)")
  }

  private mutating func addBodies(_ feed: ParsedFeed) {
    let cut = feed.entries.count(where: \.isTruncated)
    if cut > 0 {
      add(
        .note, "text",
        "\(cut) of \(feed.entries.count) entries seem to be excerpts; the rest is on their pages")
    } else {
      add(.ok, "text", "no entry looks like an excerpt")
    }
    let formulas = feed.entries.reduce(0) { count, entry in
      count
        + ArticleReader.document(of: entry, language: feed.language, baseURL: feed.baseURL)
        .formulas.count
    }
    add(.ok, "formulas", "\(formulas)")
  }

  // MARK: Schedule

  private mutating func addSchedule(_ feed: ParsedFeed) {
    var hints: [String] = []
    if let minutes = feed.ttlMinutes { hints.append("ttl \(minutes) min") }
    if let seconds = feed.updatePeriodSeconds { hints.append("every \(seconds) s") }
    if !feed.skipHours.isEmpty { hints.append("not at \(feed.skipHours.count) hours of the day") }
    if !feed.skipDays.isEmpty { hints.append("not on \(feed.skipDays.joined(separator: ", "))") }
    guard !hints.isEmpty else { return }
    add(.ok, "schedule", "the feed asks for " + hints.joined(separator: ", "))
  }
}
