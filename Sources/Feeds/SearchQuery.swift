/// A query as the reader writes it, for filters, searches and smart feeds.
///
/// Terms joined by blanks must all hold; `or`, `-term`, `not` and parentheses mean what they say.
/// A text term is looked for in title, body, author and tags; `title:` and others narrow that.
public indirect enum SearchQuery: Equatable, Sendable {
  public enum Field: String, CaseIterable, Sendable { case any, title, body, author, formula, link }
  public enum State: String, CaseIterable, Sendable {
    case unread, read, starred, new, reading, changed, deleted
  }

  case text(Field, String)
  case feed(String)
  case folder(String)
  case tag(String)
  case state(State)
  case has(EntryFeatures)
  /// Published at or after a moment, before one.
  case after(Timestamp)
  case before(Timestamp)
  /// Younger or older than so many seconds.
  case age(isOlder: Bool, seconds: Int64)
  case length(isLonger: Bool, characters: Int)
  case all([SearchQuery])
  case any([SearchQuery])
  case not(SearchQuery)

  /// What is wrong with a query, and at which column, counted from 1.
  public struct Fault: Error, Equatable, Sendable {
    public var column: Int
    public var reason: String

    public init(column: Int, reason: String) {
      self.column = column
      self.reason = reason
    }
  }

  /// Reads a query; an empty one finds everything.
  ///
  /// - Parameter offsetSeconds: local time, east of Greenwich, for dates without a zone.
  public init(_ text: String, offsetSeconds: Int = 0) throws(Fault) {
    var reader = SearchQueryReader(text, offsetSeconds: offsetSeconds)
    self = try reader.read()
  }
}

private struct SearchQueryReader {
  private let characters: [Character]
  private var place = 0
  private let offsetSeconds: Int
  private var depth = 0

  init(_ text: String, offsetSeconds: Int) {
    characters = Array(text)
    self.offsetSeconds = offsetSeconds
  }

  mutating func read() throws(SearchQuery.Fault) -> SearchQuery {
    let query = try alternatives()
    if place < characters.count { throw fault("there is no ( for this )") }
    return query
  }

  private func fault(_ reason: String, at column: Int? = nil) -> SearchQuery.Fault {
    SearchQuery.Fault(column: (column ?? place) + 1, reason: reason)
  }

  private mutating func skipBlanks() {
    while place < characters.count, characters[place].isWhitespace { place += 1 }
  }

  private mutating func alternatives() throws(SearchQuery.Fault) -> SearchQuery {
    var parts = [try conjunction()]
    while take(word: "or") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(SearchQuery.Fault) -> SearchQuery {
    var parts: [SearchQuery] = []
    while true {
      skipBlanks()
      guard place < characters.count, characters[place] != ")", !isNext(word: "or") else { break }
      parts.append(try term())
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private func isNext(word: String) -> Bool {
    let end = place + word.count
    guard end <= characters.count, String(characters[place..<end]).lowercased() == word else {
      return false
    }
    return end == characters.count || characters[end].isWhitespace || characters[end] == "("
      || characters[end] == ")"
  }

  private mutating func take(word: String) -> Bool {
    skipBlanks()
    guard isNext(word: word) else { return false }
    place += word.count
    return true
  }

  private mutating func term() throws(SearchQuery.Fault) -> SearchQuery {
    depth += 1
    defer { depth -= 1 }
    if depth > 50 { throw fault("too many parentheses") }
    if characters[place] == "-", place + 1 < characters.count, !characters[place + 1].isWhitespace {
      place += 1
      return .not(try term())
    }
    if isNext(word: "not") {
      let start = place
      place += 3
      skipBlanks()
      guard place < characters.count, characters[place] != ")" else {
        throw fault("something is missing behind “not”", at: start)
      }
      return .not(try term())
    }
    if characters[place] == "(" {
      let start = place
      place += 1
      let inner = try alternatives()
      skipBlanks()
      guard place < characters.count, characters[place] == ")" else {
        throw fault("there is no ) for this (", at: start)
      }
      place += 1
      return inner
    }
    let start = place
    if characters[place] == "\"" { return .text(.any, quoted()) }
    var name = ""
    var end = place
    while end < characters.count, characters[end].isLetter, characters[end].isASCII {
      name.append(characters[end])
      end += 1
    }
    guard !name.isEmpty, end < characters.count, characters[end] == ":",
      !(end + 2 < characters.count && characters[end + 1] == "/" && characters[end + 2] == "/")
    else { return .text(.any, word()) }
    place = end + 1
    let valueColumn = place
    let value =
      place < characters.count && characters[place] == "\"" ? quoted() : word()
    return try field(name.lowercased(), value, at: start, valueColumn)
  }

  private mutating func quoted() -> String {
    place += 1
    var text = ""
    while place < characters.count, characters[place] != "\"" {
      text.append(characters[place])
      place += 1
    }
    if place < characters.count { place += 1 }
    return text
  }

  private mutating func word() -> String {
    var text = ""
    // Parentheses belong to a word when they stand in a formula: f(x).
    var open = 0
    while place < characters.count, !characters[place].isWhitespace {
      if characters[place] == "(" { open += 1 }
      if characters[place] == ")" {
        if open == 0 { break }
        open -= 1
      }
      text.append(characters[place])
      place += 1
    }
    return text
  }

  private static let fieldNames = [
    "title", "body", "author", "formula", "link", "feed", "folder", "tag", "is", "has", "after",
    "before", "age", "length",
  ]

  private func field(
    _ name: String, _ value: String, at column: Int, _ valueColumn: Int
  ) throws(SearchQuery.Fault) -> SearchQuery {
    guard Self.fieldNames.contains(name) else {
      throw fault(
        "unknown field “\(name)”" + Self.suggestion(for: name, among: Self.fieldNames), at: column)
    }
    if value.isEmpty { throw fault("nothing stands behind “\(name):”", at: valueColumn) }
    switch name {
    case "feed": return .feed(value)
    case "folder": return .folder(value)
    case "tag": return .tag(value)
    case "is":
      guard let state = SearchQuery.State(rawValue: value.lowercased()) else {
        let names = SearchQuery.State.allCases.map(\.rawValue)
        throw fault(
          "unknown state “\(value)”" + Self.suggestion(for: value, among: names), at: valueColumn)
      }
      return .state(state)
    case "has":
      guard let known = EntryFeatures.named.first(where: { $0.name == value.lowercased() }) else {
        throw fault(
          "unknown content “\(value)”"
            + Self.suggestion(for: value, among: EntryFeatures.named.map(\.name)),
          at: valueColumn)
      }
      return .has(known.feature)
    case "after", "before":
      guard let moment = moment(value) else {
        throw fault("“\(value)” is no date; write 2026-01-31, 2026-01 or 2026", at: valueColumn)
      }
      return name == "after" ? .after(moment) : .before(moment)
    case "age": return try age(value, valueColumn)
    case "length":
      guard let (isMore, rest) = comparison(value), let count = Int(rest), count >= 0 else {
        throw fault("write length:>2000 or length:<200", at: valueColumn)
      }
      return .length(isLonger: isMore, characters: count)
    default: return .text(SearchQuery.Field(rawValue: name) ?? .any, value)
    }
  }

  private func comparison(_ value: String) -> (isMore: Bool, rest: String)? {
    guard let first = value.first, first == "<" || first == ">" else { return nil }
    return (first == ">", String(value.dropFirst()))
  }

  private func age(_ value: String, _ column: Int) throws(SearchQuery.Fault) -> SearchQuery {
    let units: [Character: Int64] = [
      "h": 3_600, "d": 86_400, "w": 604_800, "m": 2_629_746, "y": 31_556_952,
    ]
    guard let (isOlder, rest) = comparison(value), let unit = rest.last.flatMap({ units[$0] }),
      let count = Int64(rest.dropLast()), count >= 0, count < 1_000_000
    else { throw fault("write age:<7d or age:>6m (h d w m y)", at: column) }
    return .age(isOlder: isOlder, seconds: count * unit)
  }

  private func moment(_ value: String) -> Timestamp? {
    let parts = value.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...3).contains(parts.count), let year = parts[0], (1900...2200).contains(year) else {
      return nil
    }
    let month = parts.count > 1 ? parts[1] : 1
    let day = parts.count > 2 ? parts[2] : 1
    guard let month, (1...12).contains(month), let day, (1...31).contains(day) else { return nil }
    return Timestamp(year: year, month: month, day: day, offsetSeconds: offsetSeconds)
  }

  /// ` (did you mean “title”?)`, when a name is one or two letters away.
  private static func suggestion(for name: String, among names: [String]) -> String {
    let nearest = names.map { (distance(name.lowercased(), $0), $0) }.min { $0.0 < $1.0 }
    guard let nearest, nearest.0 <= 2 else { return "" }
    return " (did you mean “\(nearest.1)”?)"
  }

  private static func distance(_ first: String, _ second: String) -> Int {
    let left = Array(first.prefix(32))
    let right = Array(second.prefix(32))
    var row = Array(0...right.count)
    for (number, letter) in left.enumerated() {
      var previous = row[0]
      row[0] = number + 1
      for position in right.indices {
        let cost = previous + (letter == right[position] ? 0 : 1)
        previous = row[position + 1]
        row[position + 1] = min(cost, row[position] + 1, row[position + 1] + 1)
      }
    }
    return row[right.count]
  }
}
