import Feeds

/// What can be typed at the prompt of line mode.
enum LineCommand: Equatable {
  /// A number: the entry of the list, or the feed when feeds are listed.
  case open(Int)
  case view(View)
  case feeds
  case search(String)
  /// A step through the list, over entries of all kinds.
  case next, previous
  /// The next page of what is being printed.
  case more
  /// The entry from its beginning.
  case again
  /// Entries by their numbers; none: the one that is open.
  case mark(StatusChange, [Int])
  case undo, redo
  case refresh
  /// The address of a link of the entry; nil: of the entry.
  case link(Int?)
  case health
  case help
  case quit

  enum View: String, CaseIterable {
    case unread, all, starred, today
  }

  /// Why a line is no command: a sentence for the reader.
  struct Fault: Error, Equatable {
    var sentence: String
  }

  /// Reads a line; nil for an empty one.
  init?(_ line: String) throws(Fault) {
    let words = Self.folded(line).split(whereSeparator: { $0 == " " || $0 == "\t" }).map(
      String.init)
    guard let first = words.first?.lowercased() else { return nil }
    let rest = Array(words.dropFirst())
    if let number = Int(first) {
      self = .open(number)
      return
    }
    switch first {
    case "open", "o": self = .open(try Self.number(rest.first, after: first))
    case "view", "v": self = .view(try Self.view(rest.first))
    case "unread" where rest.isEmpty, "all", "starred", "today":
      self = .view(try Self.view(first))
    case "feeds", "f": self = .feeds
    case "search", "s", "/":
      let pattern = rest.joined(separator: " ")
      guard !pattern.isEmpty else {
        throw Fault(sentence: "search needs words: search 注意力")
      }
      self = .search(pattern)
    case "next", "n": self = .next
    case "prev", "previous", "p": self = .previous
    case "more", "m": self = .more
    case "again",
      "read" where rest.isEmpty:
      self = .again
    case "mark":
      guard let change = Self.change(rest.first) else {
        throw Fault(sentence: "mark needs read, unread, starred or unstarred: mark unread 3")
      }
      self = .mark(change, try Self.numbers(rest.dropFirst()))
    case "read": self = .mark(.read, try Self.numbers(rest[...]))
    case "unread": self = .mark(.unread, try Self.numbers(rest[...]))
    case "star": self = .mark(.starred, try Self.numbers(rest[...]))
    case "unstar": self = .mark(.unstarred, try Self.numbers(rest[...]))
    case "undo", "u": self = .undo
    case "redo": self = .redo
    case "refresh", "r": self = .refresh
    case "link", "l": self = .link(rest.isEmpty ? nil : try Self.number(rest.first, after: first))
    case "health", "e": self = .health
    case "help", "?", "h": self = .help
    case "quit", "exit", "q": self = .quit
    default:
      throw Fault(sentence: "'\(Self.shown(first))' is no command; ? lists them.")
    }
  }

  /// Full-width letters of an input method are the ASCII ones they stand for, but not in what is
  /// searched for.
  private static func folded(_ line: String) -> String {
    let words = line.unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.value {
      case 0x3000: " "
      case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
      case 0..<0x20, 0x7F..<0xA0: " "
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(words))
  }

  private static func number(_ word: String?, after command: String) throws(Fault) -> Int {
    guard let word, let number = Int(word) else {
      throw Fault(sentence: "\(command) needs a number: \(command) 3")
    }
    return number
  }

  private static func numbers(_ words: ArraySlice<String>) throws(Fault) -> [Int] {
    var numbers: [Int] = []
    for word in words {
      guard let number = Int(word) else {
        throw Fault(sentence: "'\(shown(word))' is no number of an entry.")
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func view(_ word: String?) throws(Fault) -> View {
    guard let view = word.flatMap({ View(rawValue: $0.lowercased()) }) else {
      throw Fault(sentence: "view needs unread, all, starred or today: view unread")
    }
    return view
  }

  private static func change(_ word: String?) -> StatusChange? {
    switch word?.lowercased() {
    case "read": .read
    case "unread": .unread
    case "star", "starred": .starred
    case "unstar", "unstarred": .unstarred
    default: nil
    }
  }

  private static func shown(_ word: String) -> String { String(word.prefix(40)) }

  /// What `?` prints.
  static let helpLines = [
    "N            open entry N of the list (or feed N after feeds)",
    "more         the next page of the text or the list",
    "next, prev   the entry after or before this one",
    "again        the entry from its beginning",
    "view WHAT    list unread, all, starred or today",
    "feeds        list the feeds",
    "search WORDS list what the whole library finds",
    "mark WHAT [N…]  read, unread, starred, unstarred; without N the open entry",
    "star [N…], unstar [N…]   the same in short",
    "undo, redo   take the last mark back, or make it again",
    "link [N]     the address of link N, or of the entry",
    "refresh      fetch all feeds",
    "health       feeds that are not well, and why",
    "quit         leave",
  ]
}
