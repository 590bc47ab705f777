/// newsboat's filter language, as far as it has a counterpart in our query language
/// (https://newsboat.org/releases/2.30/docs/newsboat.html, "Filter Language").
///
/// What would mean something else here is a fault: a smart feed that silently shows other entries
/// is worse than none.
struct NewsboatQuery {
  struct Fault: Error, Equatable {
    /// What has no counterpart.
    var what: String
  }

  static func translated(_ expression: String) -> Result<String, Fault> {
    var parser = NewsboatQuery(tokens: tokens(expression))
    do {
      let (query, _) = try parser.expression(depth: 0)
      guard let rest = parser.tokens.dropFirst(parser.place).first else { return .success(query) }
      return .failure(Fault(what: "\"\(rest.text)\""))
    } catch {
      return .failure(error)
    }
  }

  private struct Token {
    var text: String
    var isQuoted = false
  }

  private var tokens: [Token]
  private var place = 0

  private init(tokens: [Token]) {
    self.tokens = tokens
  }

  private static func tokens(_ text: String) -> [Token] {
    let scalars = Array(text.unicodeScalars.prefix(4096))
    var tokens: [Token] = []
    var place = 0
    func take(while holds: (Unicode.Scalar) -> Bool) -> String {
      var word = ""
      while place < scalars.count, holds(scalars[place]) {
        word.unicodeScalars.append(scalars[place])
        place += 1
      }
      return word
    }
    while place < scalars.count {
      switch scalars[place] {
      case " ", "\t": place += 1
      case "(", ")":
        tokens.append(Token(text: String(scalars[place])))
        place += 1
      case "\"":
        place += 1
        tokens.append(Token(text: take { $0 != "\"" }, isQuoted: true))
        place += 1
      case let first where isOperator(first): tokens.append(Token(text: take(while: isOperator)))
      default:
        tokens.append(
          Token(text: take { !isOperator($0) && !" \t()\"".unicodeScalars.contains($0) }))
      }
    }
    return tokens
  }

  private static func isOperator(_ scalar: Unicode.Scalar) -> Bool {
    "=!~<>#".unicodeScalars.contains(scalar)
  }

  private mutating func next() throws(Fault) -> Token {
    guard place < tokens.count else { throw Fault(what: "an expression that ends too early") }
    place += 1
    return tokens[place - 1]
  }

  /// Terms joined by `and` or by `or`; the second value says that `or` joins them.
  ///
  /// Both in one expression need parentheses: versions of newsboat have read them differently.
  private mutating func expression(depth: Int) throws(Fault) -> (query: String, isChoice: Bool) {
    guard depth < 16 else { throw Fault(what: "so many parentheses") }
    var terms: [(query: String, isChoice: Bool)] = []
    var joint: String?
    while true {
      if place < tokens.count, !tokens[place].isQuoted, tokens[place].text == "(" {
        place += 1
        terms.append(try expression(depth: depth + 1))
        guard try next().text == ")" else { throw Fault(what: "an open parenthesis") }
      } else {
        terms.append((try comparison(), false))
      }
      guard place < tokens.count, !tokens[place].isQuoted,
        ["and", "or"].contains(tokens[place].text)
      else { break }
      let word = tokens[place].text
      guard joint == nil || joint == word else {
        throw Fault(what: "\"and\" beside \"or\" without parentheses")
      }
      joint = word
      place += 1
    }
    guard let first = terms.first, terms.count > 1 else { return terms.first ?? ("", false) }
    guard joint == "or" else {
      return (terms.map { $0.isChoice ? "(\($0.query))" : $0.query }.joined(separator: " "), false)
    }
    return (terms.dropFirst().reduce(first.query) { $0 + " or " + $1.query }, true)
  }

  private mutating func comparison() throws(Fault) -> String {
    let attribute = try next()
    let comparison = try next().text
    let value = try next().text
    let none = Fault(what: "\"\(attribute.text) \(comparison)\"")
    switch (attribute.text, comparison) {
    case ("unread", "="), ("unread", "=="), ("unread", "!="):
      guard value == "yes" || value == "no" else { throw none }
      return (value == "yes") == (comparison != "!=") ? "is:unread" : "is:read"
    case ("title", "=~"), ("author", "=~"), ("content", "=~"), ("title", "!~"), ("author", "!~"),
      ("content", "!~"), ("feedtitle", "=~"), ("feedtitle", "!~"), ("feedtitle", "="),
      ("feedtitle", "=="), ("feedtitle", "!="):
      let fields = ["content": "body", "feedtitle": "feed"]
      let isExpression = comparison.hasSuffix("~")
      return try Self.phrases(
        fields[attribute.text] ?? attribute.text, value, isExpression: isExpression,
        isNegated: comparison.hasPrefix("!"))
    case ("tags", "#"), ("tags", "!#"):
      return try Self.phrases(
        "folder", value, isExpression: false, isNegated: comparison.hasPrefix("!"))
    case ("flags", "#"): return "is:starred"
    case ("flags", "!#"): return "-is:starred"
    case ("flags", "!=") where value.isEmpty: return "is:starred"
    case ("flags", "=") where value.isEmpty: return "-is:starred"
    case ("age", _): return try Self.age(comparison, value, none)
    default:
      let known = ["unread", "title", "author", "content", "feedtitle", "tags", "flags", "age"]
      throw known.contains(attribute.text) ? none : Fault(what: "\"\(attribute.text)\"")
    }
  }

  /// Days; newsboat counts whole ones.
  private static func age(
    _ comparison: String, _ value: String, _ none: Fault
  ) throws(Fault) -> String {
    if comparison == "between" {
      let ends = value.split(separator: ":").map { Int($0) }
      guard ends.count == 2, let low = ends[0], let high = ends[1], low >= 0, high >= low,
        high < 100_000
      else { throw none }
      return (low > 0 ? "age:>\(low - 1)d " : "") + "age:<\(high + 1)d"
    }
    guard let days = Int(value), days >= 0, days < 100_000 else { throw none }
    switch comparison {
    case "<": return "age:<\(days)d"
    case "<=": return "age:<\(days + 1)d"
    case ">": return "age:>\(days)d"
    case ">=" where days > 0: return "age:>\(days - 1)d"
    default: throw none
    }
  }

  /// A field with one or several phrases; of regular expressions only choices of plain words.
  private static func phrases(
    _ field: String, _ value: String, isExpression: Bool, isNegated: Bool
  ) throws(Fault) -> String {
    let choices =
      isExpression
      ? value.split(separator: "|", omittingEmptySubsequences: false).map(String.init) : [value]
    for choice in choices {
      let special = isExpression ? "\\^$.*+?()[]{}\"" : "\""
      guard !choice.isEmpty, !choice.unicodeScalars.contains(where: special.unicodeScalars.contains)
      else { throw Fault(what: "the regular expression \"\(value)\"") }
    }
    let terms = choices.map { (isNegated ? "-" : "") + "\(field):\"\($0)\"" }
    if terms.count == 1 || isNegated { return terms.joined(separator: " ") }
    return "(" + terms.joined(separator: " or ") + ")"
  }
}
