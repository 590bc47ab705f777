import Feeds
internal import GRDB

/// A query as a condition on `status`, `entry` and `feed`.
struct SearchCondition {
  private(set) var sql = ""
  private(set) var arguments = StatementArguments()
  /// `is:deleted` asks for what no other list shows.
  private(set) var showsDeleted = false
  /// What the full-text index is asked, when the whole query depends on it: the list is then driven
  /// from its hits.
  private(set) var match: String?
  /// The same, asked of the index of pairs, when all of it is made of characters that have pairs:
  /// whatever `match` finds, and sometimes more.
  private(set) var pairMatch: String?
  /// `pairMatch` finds no more than `match`.
  private(set) var isPairMatchExact = false
  private let now: Timestamp

  init(now: Timestamp) {
    self.now = now
  }

  mutating func add(_ query: SearchQuery) {
    let parts: [SearchQuery] = if case .all(let parts) = query { parts } else { [query] }
    var phrases: [String] = []
    var pairs: [[String]?] = []
    var others: [SearchQuery] = []
    for part in parts {
      if case .text(let field, let text) = part, field != .link,
        let phrase = Self.phrase(field, text)
      {
        phrases.append(phrase)
        pairs.append(field == .any ? SearchText.pairs(ofPhrase: text) : nil)
      } else {
        others.append(part)
      }
    }
    if !pairs.isEmpty, !pairs.contains(nil) {
      pairMatch = pairs.compactMap(\.self).joined().map { "\"\($0)\"" }.joined(separator: " AND ")
      isPairMatchExact = pairs.allSatisfy { $0?.count == 1 }
    }
    match = phrases.isEmpty ? nil : phrases.joined(separator: " AND ")
    sql = others.isEmpty ? "" : condition(.all(others))
  }

  /// A text as a condition for MATCH; nil when it holds no token.
  private static func phrase(_ field: SearchQuery.Field, _ text: String) -> String? {
    guard let phrase = SearchText.phrase(text) else { return nil }
    switch field {
    case .any, .link: return "(\(phrase))"
    case .title: return "(title : \(phrase))"
    case .body: return "(body : \(phrase))"
    case .author: return "(details : \(phrase))"
    case .formula:
      // The index of formulas has each word once: where they stand, the body says.
      let words = SearchText.distinctWords(text).compactMap(SearchText.phrase)
      let inFormulas = words.map { "formulas : \($0)" }.joined(separator: " AND ")
      return words.count < 2 ? "(\(inFormulas))" : "(\(inFormulas) AND body : \(phrase))"
    }
  }

  private mutating func condition(_ query: SearchQuery) -> String {
    switch query {
    case .all(let parts):
      return join(parts, " AND ", whenEmpty: "1")
    case .any(let parts):
      return join(parts, " OR ", whenEmpty: "0")
    case .not(let inner):
      return "NOT (\(condition(inner)))"
    case .text(let field, let text):
      return condition(field, text)
    case .feed(let name):
      if let number = Int64(name) {
        arguments += [number]
        return "entry.feed_id = ?"
      }
      arguments += [Self.like(name), Self.like(name)]
      return """
        (coalesce(feed.custom_title, feed.title, '') LIKE ? ESCAPE '\\' OR feed.url LIKE ? \
        ESCAPE '\\')
        """
    case .folder(let name):
      arguments += [Self.like(name)]
      return """
        entry.feed_id IN (SELECT feed_id FROM folder_feed JOIN folder ON folder.id = folder_id \
        WHERE folder.name LIKE ? ESCAPE '\\')
        """
    case .tag(let name):
      arguments += [name]
      return """
        entry.id IN (SELECT entry_id FROM entry_tag JOIN tag ON tag.id = tag_id \
        WHERE tag.name = ?)
        """
    case .state(let state): return condition(state)
    case .has(let feature):
      arguments += [feature.rawValue]
      return "entry.features & ? <> 0"
    case .after(let moment):
      arguments += [moment.secondsSince1970]
      return "status.sort_date >= ?"
    case .before(let moment):
      arguments += [moment.secondsSince1970]
      return "status.sort_date < ?"
    case .age(let isOlder, let seconds):
      arguments += [now.secondsSince1970 - seconds]
      return isOlder ? "status.sort_date < ?" : "status.sort_date >= ?"
    case .length(let isLonger, let characters):
      arguments += [characters]
      return "coalesce(entry.character_count, 0) \(isLonger ? ">" : "<") ?"
    }
  }

  private mutating func join(
    _ parts: [SearchQuery], _ joint: String, whenEmpty: String
  ) -> String {
    let conditions = parts.map { condition($0) }
    return conditions.isEmpty ? whenEmpty : "(" + conditions.joined(separator: joint) + ")"
  }

  private mutating func condition(_ state: SearchQuery.State) -> String {
    switch state {
    case .unread: return "status.is_read = 0"
    case .read: return "status.is_read = 1"
    case .starred: return "status.is_starred = 1"
    case .new:
      return """
        entry.first_seen >= coalesce((SELECT CAST(value AS INTEGER) FROM session \
        WHERE name = 'previous_end'), 0)
        """
    case .reading: return "status.position_percent BETWEEN 1 AND 94"
    case .changed: return "status.has_update = 1"
    case .deleted:
      showsDeleted = true
      return "status.is_listed = 0"
    }
  }

  private mutating func condition(_ field: SearchQuery.Field, _ text: String) -> String {
    if field == .link {
      arguments += [Self.like(text)]
      return "coalesce(entry.link, '') LIKE ? ESCAPE '\\'"
    }
    guard let phrase = Self.phrase(field, text) else {
      // Signs only: the index does not have them, titles do.
      arguments += [Self.like(text)]
      return "coalesce(entry.title, '') LIKE ? ESCAPE '\\'"
    }
    arguments += [phrase]
    return "entry.search_rowid IN (SELECT rowid FROM search WHERE search MATCH ?)"
  }

  /// A pattern for LIKE that holds a text literally.
  private static func like(_ text: String) -> String {
    var pattern = "%"
    for character in text {
      if character == "%" || character == "_" || character == "\\" { pattern.append("\\") }
      pattern.append(character)
    }
    return pattern + "%"
  }
}
