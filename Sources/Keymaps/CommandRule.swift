/// What a keymap file has to know about a command; the table itself is the browser's.
public struct CommandRule: Sendable {
  /// What may stand at one place of a command's arguments.
  public enum Argument: Hashable, Sendable {
    /// Exactly this word.
    case word(String)
    /// A number, with or without a sign; the name is shown in messages.
    case number(String)
    /// Anything; the name is shown in messages.
    case text(String)
  }

  public var name: String
  public var contexts: [KeyContext]
  /// The ways to call it: each a list of arguments, empty for a call without any.
  public var forms: [[Argument]]

  public init(name: String, contexts: [KeyContext], forms: [[Argument]] = [[]]) {
    self.name = name
    self.contexts = contexts
    self.forms = forms
  }

  /// Whether the command can do anything when it is bound in `context`.
  public func works(in context: KeyContext) -> Bool {
    KeyContext.stacks.contains { stack in
      stack.contains(context) && contexts.contains { stack.contains($0) }
    }
  }

  /// What is wrong with these arguments: the position of the faulty one, or their count when one is
  /// missing, and a sentence; nil when they are right.
  public func fault(in arguments: [String]) -> (argument: Int, message: String)? {
    // The form that agrees longest is the one that was meant.
    var longest = 0
    var expected: [Argument] = []
    var mayEnd = false
    for form in forms {
      var agreed = 0
      while agreed < min(form.count, arguments.count),
        CommandRule.agrees(arguments[agreed], form[agreed])
      {
        agreed += 1
      }
      if agreed == form.count, agreed == arguments.count { return nil }
      if agreed > longest {
        longest = agreed
        expected = []
        mayEnd = false
      }
      guard agreed == longest else { continue }
      if agreed < form.count {
        if !expected.contains(form[agreed]) { expected.append(form[agreed]) }
      } else {
        mayEnd = true
      }
    }
    let path = ([name] + arguments.prefix(longest)).joined(separator: " ")
    let list = expected.map(CommandRule.name).joined(separator: ", ")
    guard longest < arguments.count else {
      return (longest, "\(path) needs one of: \(list)")
    }
    let word = arguments[longest]
    guard !expected.isEmpty else {
      return (longest, "\(path) takes no \(longest == 0 ? "" : "further ")argument \"\(word)\"")
    }
    let words = expected.compactMap { if case .word(let word) = $0 { word } else { nil } }
    let hint =
      nearest(to: word, among: words).map { " (did you mean \"\($0)\"?)" }
      ?? ": it takes \(mayEnd ? "nothing or " : "")\(list)"
    return (longest, "\(path): unknown argument \"\(word)\"\(hint)")
  }

  private static func agrees(_ word: String, _ argument: Argument) -> Bool {
    switch argument {
    case .word(let expected): word == expected
    case .number: (Int(word) ?? -1) >= 0
    case .text: true
    }
  }

  private static func name(_ argument: Argument) -> String {
    switch argument {
    case .word(let word): word
    case .number(let name), .text(let name): name
    }
  }
}

/// The candidate that was probably meant by a mistyped word, or nil.
///
/// Counts insertions, deletions, replacements and swaps of neighbours (Damerau); accepts up to a
/// third of the word, or a word with the same beginning.
public func nearest(to word: String, among candidates: [String]) -> String? {
  let typed = Array(word.lowercased().unicodeScalars.prefix(64))
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let other = Array(candidate.lowercased().unicodeScalars.prefix(64))
    let distance = editDistance(typed, other)
    let common = zip(typed, other).prefix { $0 == $1 }.count
    let isNear =
      distance <= max(1, (typed.count + 1) / 3) || common >= 4 && common * 2 >= other.count
    guard isNear, distance < max(typed.count, other.count) else { continue }
    if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
  }
  return best?.candidate
}

private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
  var beforePrevious = [Int](repeating: 0, count: right.count + 1)
  var previous = Array(0...right.count)
  for row in 1...left.count {
    var current = [row] + [Int](repeating: 0, count: right.count)
    for column in 1...right.count {
      let cost = left[row - 1] == right[column - 1] ? 0 : 1
      var best = min(
        previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
      if row > 1, column > 1, left[row - 1] == right[column - 2],
        left[row - 2] == right[column - 1]
      {
        best = min(best, beforePrevious[column - 2] + 1)
      }
      current[column] = best
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.count]
}
