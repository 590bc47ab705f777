import Parsing

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

  static func noSuchEntry(_ wanted: String, in name: String, count: Int) -> String {
    count == 0
      ? "\(quoted(name)) has no entries."
      : "\(quoted(name)) has no entry \(quoted(wanted)); it has 1 to \(count)."
  }

  /// A name as it may be shown: file names are the world's, too.
  static func quoted(_ name: String) -> String { "'" + quotedPlain(name) + "'" }

  private static func quotedPlain(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.prefix(200).map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: "?"
          default: scalar
          }
        }))
  }
}
