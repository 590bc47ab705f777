import Browsing
import Feeds
import Fetching
import Foundation
import Storing

/// Everything known of an entry or a feed, for the sheet of facts; empty values are left out.
enum FactSheet {
  static func facts(
    about subject: FactsSubject, in store: Store
  ) throws(StoringError) -> [Fact] {
    switch subject {
    case .entry(let id):
      guard let record = try store.record(of: id) else { return [] }
      return facts(of: record)
    case .feed(let id):
      guard let record = try store.record(of: id) else { return [] }
      return facts(of: record)
    case .program: return program
    case .machine: return machine
    }
  }

  /// The version, and what the program is made of.
  static var program: [Fact] {
    let curl = CurlLibrary.isThere ? "libcurl \(CurlLibrary.version)" : "libcurl (not there)"
    return [
      Fact("yue", "\(RefreshSettings.version), MIT licence"),
      Fact("Unicode tables", "Unicode licence, https://www.unicode.org/license.txt"),
      Fact("built in", "GRDB: MIT. TOMLKit and toml++: MIT"),
      Fact(
        "", "Swift and its libraries, swift-argument-parser: Apache 2.0 with the runtime exception"),
      Fact("loaded", "\(curl): curl licence. SQLite: public domain"),
      Fact("", "libxml2: MIT. ncurses: MIT (X11)"),
    ]
  }

  /// What `yue doctor` says without an argument.
  static var machine: [Fact] {
    LibraryExamination(Paths(), environment: ProcessInfo.processInfo.environment).findings.map {
      Fact("\($0.grade.rawValue) \($0.subject)", $0.text, isFault: $0.grade == .fault)
    }
  }

  private static func date(_ moment: Timestamp?) -> String? { moment.map(LocalTime.dateAndTime) }

  private static func present(_ facts: [(String, String?)]) -> [Fact] {
    facts.compactMap { name, value in
      value.flatMap { $0.isEmpty ? nil : Fact(name, $0) }
    }
  }

  private static func facts(of record: Store.EntryRecord) -> [Fact] {
    let entry = record.entry
    let facts = entry.facts
    let people = facts.authors.map { person in
      [person.name, person.email.map { "<\($0)>" }].compactMap(\.self).joined(separator: " ")
    }
    let features = EntryFeatures.named.filter { record.features.contains($0.feature) }.map(\.name)
    var result = present([
      ("Title", facts.title), ("Feed", entry.feedTitle), ("Address", entry.address),
      ("Authors", people.joined(separator: ", ")), ("Published", date(facts.published)),
      ("Updated", date(facts.updated)), ("First seen", date(record.firstSeen)),
      ("Last seen", date(record.lastSeen)), ("Read", date(record.readAt)),
      ("Starred", date(record.starredAt)), ("Tags", record.tags.joined(separator: ", ")),
      ("Categories", facts.categories.joined(separator: ", ")),
      ("Characters", record.characterCount.map(String.init)),
      ("Holds", features.joined(separator: ", ")),
      ("Position", record.position.map { "\($0.percent)%" }),
      ("Changed", record.revision > 1 ? "\(record.revision - 1) times" : nil),
      ("Comments", facts.commentsLink), ("Comment count", facts.commentsCount.map(String.init)),
      ("Language", facts.language), ("Rights", facts.copyright),
      ("Source", facts.source?.title ?? facts.source?.link),
    ])
    for enclosure in facts.enclosures {
      let size = enclosure.byteCount.map { ", \($0) bytes" } ?? ""
      result.append(
        Fact("Enclosure", "\(enclosure.url)" + (enclosure.type.map { " (\($0)\(size))" } ?? size)))
    }
    result += present([
      ("Identity", facts.id), ("Key", facts.key), ("Number", "\(entry.id.number)"),
      ("Feed address", record.feedURL),
    ])
    return result
  }

  private static func facts(of record: Store.FeedRecord) -> [Fact] {
    let health = record.health
    let state =
      switch health.state {
      case .active: "is asked by its schedule"
      case .paused: "paused"
      case .gone: "gone: the server said 410"
      case .finished: "finished: the feed says that it will not change any more"
      case .unsubscribed: "unsubscribed"
      }
    var result = present([
      ("Title", health.title), ("Own title", record.ownTitle), ("Address", health.url),
      ("Site", record.link), ("Description", record.description),
      (
        "Folders",
        record.folders
          .map { $0.joined(separator: "/") }.joined(separator: ", ")
      ),
      ("State", state), ("Entries", "\(health.entryCount)"), ("Format", record.format),
      ("Language", record.language), ("Added", date(record.addedAt)),
      ("Last asked", date(health.lastAttempt)), ("Last good", date(health.lastSuccess)),
      ("Last new", date(record.lastNew)), ("Next try", date(health.nextPoll)),
      ("Blocked until", date(health.blockedUntil)), ("Last fault", health.errorText),
      ("Failures", health.errorCount > 0 ? "\(health.errorCount)" : nil),
      ("Interval", record.intervalSeconds.map { "\($0 / 60) minutes, set here" }),
      ("Last status", record.httpStatus.map(String.init)),
    ])
    for attempt in record.attempts {
      let status = attempt.status.map { "\($0) · " } ?? ""
      let bytes = attempt.bytes.map { "\($0) bytes · " } ?? ""
      let outcome = attempt.message ?? "\(attempt.newEntries) new"
      result.append(Fact(LocalTime.dateAndTime(attempt.at), status + bytes + outcome))
    }
    result.append(Fact("Number", "\(health.id.number)"))
    return result
  }
}
