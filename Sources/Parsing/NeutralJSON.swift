import Dispatch
public import Feeds

/// The JSON of `yue parse --json`: every key, in this order, null or [] when unknown
/// (docs/feeds.md).
///
/// Controls, bidirectional controls and noncharacters are escaped, so that the output is safe on a
/// terminal.
public enum NeutralJSON {
  /// One feed as one line of JSON.
  public static func text(of feed: ParsedFeed) -> String {
    var bytes: [UInt8] = []
    write(feed) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// One feed as one line of JSON, without the line end, in pieces of some dozens of kilobytes.
  public static func write(_ feed: ParsedFeed, to take: (ArraySlice<UInt8>) -> Void) {
    var json = JSONWriter()
    write(feed, &json)
    take(json.bytes)
    writeEntries(of: feed, to: take)
    take(Array("]}".utf8)[...])
  }

  /// The entries, in order and with commas between them.
  ///
  /// A long feed is written by two cores at a time: they take the entries in turns of a few
  /// hundred kilobytes.
  private static func writeEntries(of feed: ParsedFeed, to take: (ArraySlice<UInt8>) -> Void) {
    let entries = feed.entries
    let turn = 64
    let writers = entries.count > turn ? 2 : 1
    var pieces = [JSONWriter](repeating: JSONWriter(), count: writers)
    for start in stride(from: 0, to: entries.count, by: turn * writers) {
      pieces.withUnsafeMutableBufferPointer { pieces in
        // Each writer is used by one core.
        nonisolated(unsafe) let pieces = pieces
        DispatchQueue.concurrentPerform(iterations: writers) { writer in
          let first = start + writer * turn
          pieces[writer].removeAll(isFirst: first == 0)
          guard first < entries.count else { return }
          for position in first..<min(first + turn, entries.count) {
            write(entries[position], of: feed, &pieces[writer])
          }
        }
      }
      for piece in pieces { take(piece.bytes) }
    }
  }

  /// A JSON string; what a terminal could take for a command is escaped.
  public static func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.write(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Everything up to the entries.
  private static func write(_ feed: ParsedFeed, _ json: inout JSONWriter) {
    json.begin("{")
    json.key("format", feed.format.rawValue)
    json.key("version", feed.version)
    json.key("encoding", feed.encoding)
    json.key("title", feed.title)
    json.key("link", feed.link)
    json.key("self_link", feed.selfLink)
    json.key("id", fullID(feed.id, of: feed, against: feed.baseURL))
    json.html("description", feed.descriptionHTML, base: feed.baseURL)
    json.key("language", feed.language)
    json.key("updated", feed.updated?.iso8601)
    json.key("published", feed.published?.iso8601)
    people("authors", feed.authors, &json)
    people("contributors", feed.contributors, &json)
    json.list("categories", feed.categories) { $1.write($0) }
    json.key("image", feed.image)
    json.key("icon", feed.icon)
    json.key("copyright", feed.copyright)
    json.key("generator", feed.generator)
    json.key("ttl_minutes", feed.ttlMinutes)
    links(feed.links, &json)
    json.key("base_url", feed.baseURL)
    json.key("update_period_seconds", feed.updatePeriodSeconds)
    json.list("skip_hours", feed.skipHours) { $1.write($0) }
    json.list("skip_days", feed.skipDays) { $1.write($0) }
    json.list("problems", feed.problems) { problem, json in
      json.begin("{")
      json.key("kind", problem.kind.rawValue)
      json.key("line", problem.line)
      json.key("message", problem.message)
      json.end("}")
    }
    json.key("entries")
    json.begin("[")
  }

  /// An Atom id that is a relative reference is written as the address it means; the key of an entry
  /// is always made of the id as received.
  private static func fullID(
    _ id: String?, of feed: ParsedFeed, against base: String?
  ) -> String? {
    guard feed.format == .atom, let id, id.contains("/") else { return id }
    return References.resolve(id, against: base)
  }

  private static func write(_ entry: ParsedEntry, of feed: ParsedFeed, _ json: inout JSONWriter) {
    json.begin("{")
    json.key("id", fullID(entry.id, of: feed, against: entry.statedBaseURL))
    json.key("title", entry.title)
    json.key("link", entry.link)
    json.key("original_link", entry.originalLink)
    json.key("published", entry.published?.iso8601)
    json.key("updated", entry.updated?.iso8601)
    people("authors", entry.authors, &json)
    people("contributors", entry.contributors, &json)
    json.html(
      "summary_html", entry.summaryHTML, base: entry.summaryBaseURL ?? entry.statedBaseURL)
    json.html("content_html", entry.contentHTML, base: entry.statedBaseURL)
    json.list("enclosures", entry.enclosures) { enclosure, json in
      json.begin("{")
      json.key("url", enclosure.url)
      json.key("type", enclosure.type)
      json.key("length", enclosure.byteCount)
      json.key("title", enclosure.title)
      json.end("}")
    }
    json.list("categories", entry.categories) { $1.write($0) }
    json.key("comments_link", entry.commentsLink)
    json.key("comments_count", entry.commentsCount)
    json.key("comments_feed", entry.commentsFeed)
    json.key("language", entry.language)
    links(entry.links, &json)
    json.key("source")
    if let source = entry.source {
      json.begin("{")
      json.key("title", source.title)
      json.key("link", source.link)
      json.key("id", source.id)
      json.end("}")
    } else {
      json.writeNull()
    }
    json.key("image", entry.image)
    json.key("copyright", entry.copyright)
    json.key("duration", entry.duration)
    json.key("key", entry.key)
    json.key("truncated")
    json.write(entry.isTruncated)
    json.end("}")
  }

  private static func people(_ key: StaticString, _ people: [Person], _ json: inout JSONWriter) {
    json.list(key, people) { person, json in
      json.begin("{")
      json.key("name", person.name)
      json.key("email", person.email)
      json.key("uri", person.uri)
      json.end("}")
    }
  }

  private static func links(_ links: [ParsedLink], _ json: inout JSONWriter) {
    json.list("links", links) { link, json in
      json.begin("{")
      json.key("href", link.href)
      json.key("rel", link.rel)
      json.key("type", link.type)
      json.key("title", link.title)
      json.key("hreflang", link.hreflang)
      json.key("length", link.length)
      json.end("}")
    }
  }
}
