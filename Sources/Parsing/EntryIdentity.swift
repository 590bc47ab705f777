import Feeds
import Glibc

/// The identity of entries within their feed (docs/feeds.md).
enum EntryIdentity {
  static func assign(_ feed: inout ParsedFeed) {
    /// Where each key stands first.
    var seen: [String: Int] = [:]
    seen.reserveCapacity(feed.entries.count)
    var duplicates = 0
    var lackIDs = false
    var namesakes: [String: Int] = [:]
    feed.entries.mutateEach { entry in
      entry.key = key(of: entry)
      entry.isTruncated = isTruncated(entry)
    }
    for position in feed.entries.indices {
      var key = feed.entries[position].key
      let link = feed.entries[position].link
      let id = feed.entries[position].id
      let hasID = id != nil
      if id?.isEmpty ?? true { lackIDs = true }
      func setAsDuplicate() {
        duplicates += 1
        feed.entries[position].isDuplicate = true
        feed.entries[position].key = key
      }
      if let first = seen[key] {
        // The same entry twice: a library keeps the first.
        if feed.entries[first].link == link, hasID {
          setAsDuplicate()
          continue
        }
        if let link { key += "|l:" + link }
        if seen[key] != nil {
          if link != nil, hasID {
            setAsDuplicate()
            continue
          }
          // Nothing tells them apart but their order.
          namesakes[key, default: 1] += 1
          key += "|n:\(namesakes[key, default: 1])"
        }
      }
      seen[key] = position
      feed.entries[position].key = key
    }
    if duplicates > 0 {
      feed.problems.append(
        Problem(
          kind: .duplicateID, message: "\(duplicates) entries have the id of another and its link.")
      )
    }
    if lackIDs {
      feed.problems.append(Problem(kind: .missingID, message: "Some entries have no id."))
    }
  }

  private static func key(of entry: ParsedEntry) -> String {
    if let id = entry.id?.trimmingWhiteSpace, !id.isEmpty { return "g:" + id }
    if let link = entry.link, !link.isEmpty {
      return "l:" + (link.split(separator: "#").first.map(String.init) ?? link)
    }
    if let enclosure = entry.enclosures.first { return "e:" + enclosure.url }
    if let title = entry.title, !title.isEmpty {
      let body = entry.contentHTML ?? entry.summaryHTML ?? ""
      let start = String(decoding: body.utf8.prefix(200), as: UTF8.self)
      return "t:" + hash(title + "\n" + (entry.published?.iso8601 ?? start))
    }
    return "c:" + hash(entry.contentHTML ?? entry.summaryHTML ?? "")
  }

  /// FNV-1a, 64 bits: the same in every run.
  private static func hash(_ text: String) -> String {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return String(value, radix: 16)
  }

  /// Whether the body's last visible text says that there is more.
  private static func isTruncated(_ entry: ParsedEntry) -> Bool {
    guard var body = entry.contentHTML ?? entry.summaryHTML else { return false }
    return body.withUTF8 { body in
      let tail = UnsafeBufferPointer(rebasing: body.suffix(400))
      // The last visible bytes, the last one first.
      var visible: [UInt8] = []
      visible.reserveCapacity(32)
      var isInTag = false
      var place = tail.count - 1
      while place >= 0, visible.count < 24 {
        let byte = tail[place]
        place -= 1
        if byte == 0x3E {
          isInTag = true
        } else if byte == 0x3C, isInTag {
          isInTag = false
        } else if !isInTag, !(visible.isEmpty && WhiteSpace.isBlank(byte)) {
          visible.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
      }
      return reversedEnds.contains { visible.starts(with: $0) }
        || [#"class="more""#, "class='more'"].contains { holds($0, tail) }
    }
  }

  private static func holds(_ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = bytes.baseAddress else { return false }
    return word.withUTF8Buffer { word in
      var place = 0
      while place + word.count <= bytes.count, let wanted = word.baseAddress,
        let found = memchr(start + place, Int32(word[0]), bytes.count - place - word.count + 1)
      {
        place = UnsafeRawPointer(found) - UnsafeRawPointer(start)
        if memcmp(start + place, wanted, word.count) == 0 { return true }
        place += 1
      }
      return false
    }
  }

  private static let reversedEnds = [
    "[...]", "[…]", "[&hellip;]", "[&#8230;]", "read more", "continue reading", "阅读全文", "继续阅读",
  ].map { Array($0.utf8.reversed()) }
}
