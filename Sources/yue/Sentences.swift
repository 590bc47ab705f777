import Browsing
import Keymaps
import Parsing
import Storing
import Terminal

/// Turns facts into sentences for the user: what failed, for what, why, and what to do.
enum Sentences {
  static func sentence(for error: InputError) -> String {
    let name = error.name == "-" ? "standard input" : quoted(error.name)
    return switch error.fact {
    case .missing: "\(name): there is no such file."
    case .directory: "\(name) is a directory; name a feed file in it."
    case .unreadable: "\(name) could not be read; is it yours to read?"
    case .tooLarge: "\(name) is larger than \(InputFile.byteLimit >> 20) MiB, which no feed is."
    }
  }

  static func sentence(for error: ParsingError, in name: String) -> String {
    let name = name == "-" ? "standard input" : quoted(name)
    return switch error {
    case .empty: "\(name) is empty; a feed was expected."
    case .notAFeed(root: "html"):
      "\(name) is a web page, not a feed; look for the address of its feed in the page."
    case .notAFeed(root: "opml"):
      "\(name) is a list of subscriptions (OPML), not a feed."
    case .notAFeed(root: let root?):
      "\(name) is not a feed: its root element is <\(quotedPlain(root))>, not rss, feed or RDF."
    case .notAFeed(root: nil): "\(name) is not a feed: it is neither XML nor a JSON feed."
    }
  }

  static let networkIsDown =
    "Nothing could be reached; is this machine online? The library is as it was."
  static let libraryIsReadOnly = "read-only: marks are refused"

  /// Why it failed and what was not done.
  static func sentence(for error: StoringError, doing effect: Effect) -> String {
    let loss: String? =
      switch effect {
      case .mark, .tag: "the mark was not saved"
      case .delete: "nothing was deleted"
      case .edit, .resume: "the change was not saved"
      case .undo, .undoDown: "nothing was undone"
      case .redo: "nothing was done again"
      case .savePosition, .saveSession: "the place was not saved"
      case .subscribe, .openManual: "nothing was added"
      default: nil
      }
    let reason = sentence(for: error)
    guard let loss else { return reason }
    return reason.hasSuffix(".") ? "\(reason.dropLast()); \(loss)." : "\(reason); \(loss)."
  }

  static func sentence(for error: NotOPML, in name: String) -> String {
    let name = name == "-" ? "standard input" : quoted(name)
    return switch error.root {
    case "rss", "feed", "RDF": "\(name) is a feed, not a list of feeds; `yue add` subscribes to it."
    case let root?:
      "\(name) is no list of feeds: its root element is <\(shown(String(root.prefix(80))))>, not opml."
    case nil: "\(name) is no list of feeds: it is neither OPML nor what `yue export json` writes."
    }
  }

  /// - Parameter used: the keymap that is in force instead.
  static func noSuchKeymap(_ name: String, known: [String], used: String?) -> String {
    let meant = nearest(to: name, among: known).map { " (did you mean \"\($0)\"?)" } ?? ""
    let instead = used.map { "; \($0) is used" } ?? ""
    return "there is no keymap \(quoted(name))\(meant)\(instead). "
      + "There are \(known.joined(separator: ", "))."
  }

  static let entryIsGone = "This entry is gone; the list was changed since it was shown."

  static func sentence(for error: TerminalError) -> String {
    switch error {
    case .notATerminal:
      "the browser needs a terminal; `yue show FILE` prints a feed as text, `yue parse FILE` as JSON."
    case .dumb(let type):
      "the terminal type \(quoted(type)) cannot place the cursor; use `yue show FILE`, or set TERM to what your terminal is."
    case .unknownType(let type):
      "the terminal type \(quoted(type)) is not known on this machine; try TERM=xterm-256color yue …, or install ncurses-term."
    case .failed: "the terminal could not be opened."
    }
  }

  /// Why the dialogue of lines is shown in place of the screen; nil when even that is impossible.
  static func reasonForLineMode(_ error: TerminalError) -> String? {
    switch error {
    case .dumb(let type):
      "The terminal type \(quoted(type)) cannot place the cursor, so yue speaks in lines."
    case .unknownType(let type):
      "The terminal type \(quoted(type)) is not known on this machine, so yue speaks in lines."
    case .notATerminal, .failed: nil
    }
  }

  /// For a word that names no file: a mistyped subcommand gets its right name.
  static func notAFile(_ word: String, commands: [String]) -> String {
    let nearest = commands.min { distance(word, $0) < distance(word, $1) }
    if let nearest, distance(word, nearest) <= max(2, nearest.count / 3) {
      return "\(quoted(word)) is neither a command nor a file. Did you mean `yue \(nearest)`?"
    }
    return "\(quoted(word)): there is no such file."
  }

  /// The edits between two words; two neighbours that changed places count as one (`shwo`).
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.prefix(40))
    let right = Array(right.prefix(40))
    var beforeAbove: [Int] = []
    var above = Array(0...right.count)
    for (position, letter) in left.enumerated() {
      var row = [position + 1]
      for (column, other) in right.enumerated() {
        var edits = min(
          above[column + 1] + 1, row[column] + 1, above[column] + (letter == other ? 0 : 1))
        if position > 0, column > 0, letter == right[column - 1], left[position - 1] == other {
          edits = min(edits, beforeAbove[column - 1] + 1)
        }
        row.append(edits)
      }
      beforeAbove = above
      above = row
    }
    return above[right.count]
  }

  static func noSuchEntry(_ wanted: String, in name: String, count: Int) -> String {
    count == 0
      ? "\(quoted(name)) has no entries."
      : "\(quoted(name)) has no entry \(quoted(wanted)); it has 1 to \(count)."
  }

  /// A name as it may be shown: file names are the world's, too.
  static func quoted(_ name: String) -> String { "'" + quotedPlain(name) + "'" }

  private static func quotedPlain(_ name: String) -> String {
    shown(String(name.unicodeScalars.prefix(200)))
  }

  /// Text of others without what a terminal would act on.
  static func shown(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: "?"
          default: scalar
          }
        }))
  }
}
