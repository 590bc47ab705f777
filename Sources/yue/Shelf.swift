import Documents
import Feeds
import Foundation

/// The feeds that were opened from files, with the marks of this session.
///
/// Holds what a library on disk will hold, and answers the same questions.
struct Shelf: Sendable {
  private var feeds: [FeedRow] = []
  private var entries: [Entry] = []
  private var languages: [FeedID: String] = [:]
  private var bases: [FeedID: String] = [:]

  var isEmpty: Bool { feeds.isEmpty }

  /// Adds a feed; its entries keep their order.
  mutating func add(_ feed: ParsedFeed, named name: String) {
    let id = FeedID(Int64(feeds.count + 1))
    let title = feed.title.flatMap { $0.isEmpty ? nil : $0 } ?? feed.link ?? name
    feeds.append(
      FeedRow(
        id: id, title: title, link: feed.link, unreadCount: feed.entries.count,
        entryCount: feed.entries.count))
    languages[id] = feed.language
    bases[id] = feed.baseURL
    for facts in feed.entries {
      entries.append(
        Entry(
          id: EntryID(Int64(entries.count + 1)), feed: id, feedTitle: title, facts: facts))
    }
  }

  func feedRows() -> [FeedRow] {
    feeds.map { feed in
      var row = feed
      row.unreadCount = entries.count { $0.feed == feed.id && !$0.status.isRead }
      return row
    }
  }

  func summaries(_ query: EntryQuery) -> [EntrySummary] {
    let chosen = entries.filter { entry in
      switch query.scope {
      case .all: break
      case .feed(let feed): if entry.feed != feed { return false }
      case .since(let moment): if entry.summary.date.map({ $0 < moment }) ?? true { return false }
      case .search(let text):
        guard entry.facts.title?.localizedCaseInsensitiveContains(text) ?? false else {
          return false
        }
      case .folder, .tag: return false
      }
      switch query.filter {
      case .everything: return true
      case .unread: return !entry.status.isRead
      case .starred: return entry.status.isStarred
      }
    }.map(\.summary)
    // Undated entries keep the feed's order, after the dated ones; the sort is stable by id.
    return chosen.sorted { left, right in
      switch (left.date, right.date) {
      case (let a?, let b?) where a != b: query.isReversed ? a < b : a > b
      case (.some, nil): true
      case (nil, .some): false
      default: left.id < right.id
      }
    }
  }

  func entry(_ id: EntryID) -> Entry? {
    let position = Int(id.number) - 1
    return entries.indices.contains(position) ? entries[position] : nil
  }

  func language(of feed: FeedID) -> String? { languages[feed] }
  func base(of feed: FeedID) -> String? { bases[feed] }

  mutating func set(_ change: StatusChange, of ids: [EntryID]) {
    for id in ids {
      let position = Int(id.number) - 1
      guard entries.indices.contains(position) else { continue }
      entries[position].status = change.applied(to: entries[position].status)
    }
  }
}
