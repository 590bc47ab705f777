public import Feeds

/// The JSON of `yue parse --json`: every key, in this order, null or [] when unknown.
///
/// Controls, bidirectional controls and noncharacters are escaped, so that the output is safe on a
/// terminal.
public enum NeutralJSON {
  /// One feed as one line of JSON.
  public static func text(of feed: ParsedFeed) -> String {
    object([
      ("format", quoted(feed.format.rawValue)), ("version", quoted(feed.version)),
      ("encoding", quoted(feed.encoding)), ("title", optional(feed.title)),
      ("link", optional(feed.link)), ("self_link", optional(feed.selfLink)),
      ("id", optional(fullID(feed.id, of: feed, against: feed.baseURL))),
      (
        "description",
        optional(feed.descriptionHTML.map { HTMLLinks.resolved($0, against: feed.baseURL) })
      ),
      ("language", optional(feed.language)),
      ("updated", optional(feed.updated?.iso8601)),
      ("published", optional(feed.published?.iso8601)),
      ("authors", people(feed.authors)), ("contributors", people(feed.contributors)),
      ("categories", strings(feed.categories)), ("image", optional(feed.image)),
      ("icon", optional(feed.icon)), ("copyright", optional(feed.copyright)),
      ("generator", optional(feed.generator)), ("ttl_minutes", number(feed.ttlMinutes)),
      ("links", links(feed.links)), ("base_url", optional(feed.baseURL)),
      ("update_period_seconds", number(feed.updatePeriodSeconds)),
      ("skip_hours", list(feed.skipHours.map(String.init))), ("skip_days", strings(feed.skipDays)),
      ("problems", list(feed.problems.map(problem))),
      ("entries", list(feed.entries.map { entry($0, of: feed) })),
    ])
  }

  /// An Atom id that is a relative reference is written as the address it means; the key of an entry
  /// is always made of the id as received.
  private static func fullID(
    _ id: String?, of feed: ParsedFeed, against base: String?
  ) -> String? {
    guard feed.format == .atom, let id, id.contains("/") else { return id }
    return References.resolve(id, against: base)
  }

  private static func entry(_ entry: ParsedEntry, of feed: ParsedFeed) -> String {
    object([
      ("id", optional(fullID(entry.id, of: feed, against: entry.statedBaseURL))),
      ("title", optional(entry.title)), ("link", optional(entry.link)),
      ("original_link", optional(entry.originalLink)),
      ("published", optional(entry.published?.iso8601)),
      ("updated", optional(entry.updated?.iso8601)), ("authors", people(entry.authors)),
      ("contributors", people(entry.contributors)),
      (
        "summary_html",
        optional(
          entry.summaryHTML.map {
            HTMLLinks.resolved($0, against: entry.summaryBaseURL ?? entry.statedBaseURL)
          })
      ),
      (
        "content_html",
        optional(entry.contentHTML.map { HTMLLinks.resolved($0, against: entry.statedBaseURL) })
      ),
      (
        "enclosures",
        list(
          entry.enclosures.map {
            object([
              ("url", quoted($0.url)), ("type", optional($0.type)),
              ("length", number($0.byteCount)), ("title", optional($0.title)),
            ])
          })
      ),
      ("categories", strings(entry.categories)), ("comments_link", optional(entry.commentsLink)),
      ("comments_count", number(entry.commentsCount)),
      ("comments_feed", optional(entry.commentsFeed)), ("language", optional(entry.language)),
      ("links", links(entry.links)),
      (
        "source",
        entry.source.map {
          object([
            ("title", optional($0.title)), ("link", optional($0.link)), ("id", optional($0.id)),
          ])
        } ?? "null"
      ),
      ("image", optional(entry.image)), ("copyright", optional(entry.copyright)),
      ("duration", optional(entry.duration)), ("key", quoted(entry.key)),
      ("truncated", entry.isTruncated ? "true" : "false"),
    ])
  }

  private static func problem(_ problem: Problem) -> String {
    object([
      ("kind", quoted(problem.kind.rawValue)), ("line", number(problem.line)),
      ("message", quoted(problem.message)),
    ])
  }

  private static func people(_ people: [Person]) -> String {
    list(
      people.map {
        object([
          ("name", optional($0.name)), ("email", optional($0.email)), ("uri", optional($0.uri)),
        ])
      })
  }

  private static func links(_ links: [ParsedLink]) -> String {
    list(
      links.map {
        object([
          ("href", quoted($0.href)), ("rel", optional($0.rel)), ("type", optional($0.type)),
          ("title", optional($0.title)), ("hreflang", optional($0.hreflang)),
          ("length", number($0.length)),
        ])
      })
  }

  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }

  private static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }
  private static func strings(_ items: [String]) -> String { list(items.map(quoted)) }
  private static func optional(_ text: String?) -> String { text.map(quoted) ?? "null" }
  private static func number(_ value: (some BinaryInteger)?) -> String {
    value.map { "\($0)" } ?? "null"
  }

  /// A JSON string; what a terminal could take for a command is escaped.
  public static func quoted(_ text: String) -> String {
    var result: [UInt8] = [0x22]
    result.reserveCapacity(text.utf8.count + 2)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: result += [0x5C, 0x22]
      case 0x5C: result += [0x5C, 0x5C]
      case 0x0A: result += [0x5C, 0x6E]
      case 0x09: result += [0x5C, 0x74]
      case 0x0D: result += [0x5C, 0x72]
      case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF,
        0xFDD0...0xFDEF, 0xFFFE, 0xFFFF:
        let digits = String(scalar.value, radix: 16)
        result += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
      case 0..<0x80: result.append(UInt8(scalar.value))
      default: result += Array(String(Character(scalar)).utf8)
      }
    }
    result.append(0x22)
    return String(decoding: result, as: UTF8.self)
  }
}
