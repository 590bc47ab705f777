public import Feeds

/// The `urls` file of newsboat (https://newsboat.org/releases/2.30/docs/newsboat.html, "First
/// Steps", "Tagging", "Query Feeds").
public enum NewsboatFiles {
  /// Longer files are cut off; newsboat's own are a few kilobytes.
  static let lineLimit = 100_000

  /// Reads the file: one feed a line, an address and what follows it; tags become folders.
  ///
  /// - Parameter allowsFiles: whether feeds may be files.
  public static func readURLs(_ bytes: [UInt8], allowsFiles: Bool = false) -> Subscriptions {
    let text = Charset.decode(bytes, contentType: nil).bytes
    var list = Subscriptions()
    var tree = Subscriptions.Builder()
    for (position, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false)
      .prefix(lineLimit).enumerated()
    {
      var fields = fields(line)
      guard !fields.isEmpty else { continue }
      let address = fields.removeFirst()
      func refuse(_ reason: Refusal.Reason, _ subject: String) {
        list.refusals.append(Refusal(line: position + 1, reason: reason, subject: subject))
      }
      if address.hasPrefix("query:") {
        switch smartFeed(address) {
        case .success(let feed): list.smartFeeds.append(feed)
        case .failure(let fault): refuse(.query(fault.what), name(ofQuery: address))
        }
        continue
      }
      switch FeedAddress.read(address, allowsFiles: allowsFiles) {
      case .failure(let refusal): refuse(refusal.reason, FeedAddress.shown(address))
      case .success(let found):
        let title = fields.first { $0.hasPrefix("~") }.map {
          WhiteSpace.collapsed(String($0.dropFirst()))
        }
        let feed = Subscription(
          url: found.url, userInfo: found.userInfo,
          customTitle: title.flatMap { $0.isEmpty ? nil : $0 },
          isHidden: fields.contains { $0.hasPrefix("!") })
        let tags = fields.filter { !$0.hasPrefix("~") && !$0.hasPrefix("!") }
          .map { WhiteSpace.collapsed($0) }.filter { !$0.isEmpty }
        if tags.isEmpty { tree.add(feed, to: []) }
        for tag in tags { tree.add(feed, to: [tag]) }
      }
    }
    list.items = tree.items
    return list
  }

  /// The fields of a line: separated by blanks, `"…"` with `\"` and `\\`; `#` begins a comment.
  static func fields(_ line: some Collection<UInt8>) -> [String] {
    let bytes = Array(line)
    var fields: [String] = []
    var place = 0
    while place < bytes.count {
      if WhiteSpace.isBlank(bytes[place]) {
        place += 1
        continue
      }
      if bytes[place] == 0x23 { break }
      var field: [UInt8] = []
      if bytes[place] == 0x22 {
        place += 1
        while place < bytes.count, bytes[place] != 0x22 {
          if bytes[place] == 0x5C, place + 1 < bytes.count {
            place += 1
            switch bytes[place] {
            case 0x6E, 0x72, 0x74: field.append(0x20)
            default: field.append(bytes[place])
            }
          } else {
            field.append(bytes[place])
          }
          place += 1
        }
        place += 1
      } else {
        while place < bytes.count, !WhiteSpace.isBlank(bytes[place]) {
          field.append(bytes[place])
          place += 1
        }
      }
      fields.append(String(decoding: field, as: UTF8.self))
    }
    return fields
  }

  private static func name(ofQuery address: String) -> String {
    address.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).dropFirst().first
      .map { WhiteSpace.collapsed(String($0)) } ?? ""
  }

  private static func smartFeed(_ address: String) -> Result<SmartFeed, NewsboatQuery.Fault> {
    let parts = address.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    let name = name(ofQuery: address)
    guard parts.count == 3, !name.isEmpty else {
      return .failure(NewsboatQuery.Fault(what: "a query without name or expression"))
    }
    return NewsboatQuery.translated(String(parts[2])).map { SmartFeed(name: name, query: $0) }
  }
}

extension NewsboatFiles {
  /// Writes feeds as a `urls` file: folders as tags, titles the reader gave, hidden ones as `!`.
  ///
  /// Users and passwords stay here, smart feeds too.
  public static func urls(of list: Subscriptions) -> String {
    list.placements.map { placement in
      var fields = [FeedAddress.shown(placement.feed.url)]
      if let title = placement.feed.customTitle { fields.append("~" + title) }
      if placement.feed.isHidden { fields.append("!") }
      fields += placement.folders.map { $0.joined(separator: "/") }
      return fields.map(quoted).joined(separator: " ") + "\n"
    }.joined()
  }

  private static func quoted(_ field: String) -> String {
    let field = WhiteSpace.collapsed(field)
    let needsQuotes =
      field.isEmpty || field.unicodeScalars.contains { " \"\\#`".unicodeScalars.contains($0) }
    guard needsQuotes else { return field }
    var text = "\""
    for scalar in field.unicodeScalars {
      if "\"\\`".unicodeScalars.contains(scalar) { text += "\\" }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }
}
