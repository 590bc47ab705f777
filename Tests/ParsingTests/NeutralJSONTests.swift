import Feeds
import Foundation
import Parsing
import Testing

/// The page that describes the JSON, held against the program.
struct NeutralJSONTests {
  /// The keys of each table of docs/feeds.md, by what its first heading says it is of.
  private func documented() throws -> [String: [String]] {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/feeds.md")
    var tables: [String: [String]] = [:]
    var table: String?
    for line in try String(contentsOf: page, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      if let first = cells.first, first.hasPrefix("Key of ") {
        table = String(first.split(separator: " ").last ?? "")
      } else if let first = cells.first, first.hasPrefix("`"), let table, line.hasPrefix("|") {
        tables[table, default: []].append(first.filter { $0 != "`" })
      } else if !line.hasPrefix("|") {
        table = nil
      }
    }
    return tables
  }

  /// Keys in the order in which they are written: no library keeps it.
  private func keys(_ json: Substring) -> [String] {
    var keys: [String] = []
    var depth = 0
    var isInString = false
    var isEscaped = false
    var string = ""
    for character in json {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "\"" {
          isInString = false
          continue
        }
        string.append(character)
        continue
      }
      switch character {
      case "\"": (isInString, string) = (true, "")
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      case ":" where depth == 1: keys.append(string)
      default: break
      }
      if depth == 0 { break }
    }
    return keys
  }

  /// An Atom feed in which everything is there at least once.
  private static let feed = """
    <?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">&x<title>月</title>
    <author><name>甲</name></author><link href="https://e.example/"/><entry>
    <link rel="enclosure" href="https://e.example/a.mp3"/>
    <source><title>源</title></source></entry></feed>
    """

  @Test func everyKeyThatIsWrittenIsOnThePageAndTheOtherWayRound() throws {
    let feed = try FeedParser().parse(Array(Self.feed.utf8))
    let json = NeutralJSON.text(of: feed)
    let tables = try documented()
    func written(behind key: String?) -> [String] {
      guard let key else { return keys(json[...]) }
      guard let start = json.range(of: "\"\(key)\":") else { return [] }
      let rest = json[start.upperBound...].drop { $0 == "[" }
      return rest.first == "{" ? keys(rest) : []
    }
    let objects = [
      "feed": written(behind: nil), "entry": written(behind: "entries"),
      "person": written(behind: "authors"), "link": written(behind: "links"),
      "enclosure": written(behind: "enclosures"), "source": written(behind: "source"),
      "problem": written(behind: "problems"),
    ]
    for (name, keys) in objects {
      #expect(!keys.isEmpty, "there is no \(name) in the output")
      #expect(keys == tables[name], "keys of \(name)")
    }
    #expect(Set(tables.keys) == Set(objects.keys))
  }

  @Test func theOutputIsJSONThatHoldsNoControl() throws {
    let title = "a\"b\\c\u{202E}d\u{2028}e\u{FEFF}全角，f\u{7F}\u{9B}g\tú é"
    var feed = ParsedFeed(format: .rss, version: "rss20", encoding: "utf-8")
    feed.title = title
    feed.categories = ["一", "二"]
    feed.ttlMinutes = -5
    let text = NeutralJSON.text(of: feed)
    #expect(
      text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
    #expect(!text.contains("\u{202E}") && !text.contains("\u{FEFF}"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["title"] as? String == title)
    #expect(object["categories"] as? [String] == ["一", "二"])
    #expect(object["ttl_minutes"] as? Int == -5)
    #expect(object["link"] is NSNull)
  }

  @Test func aLargeFeedComesInPiecesThatMakeOneObject() throws {
    var feed = ParsedFeed(format: .rss, version: "rss20", encoding: "utf-8")
    for number in 0..<500 {
      var entry = ParsedEntry()
      entry.title = "第\(number)篇"
      entry.contentHTML = String(repeating: "<p>数学之美</p>", count: 40)
      feed.entries.append(entry)
    }
    var pieces: [ArraySlice<UInt8>] = []
    NeutralJSON.write(feed) { pieces.append($0) }
    #expect(pieces.count > 2)
    let object = try JSONSerialization.jsonObject(with: Data(pieces.flatMap(\.self)))
    let entries = try #require((object as? [String: Any])?["entries"] as? [[String: Any]])
    #expect(
      entries.map { $0["title"] as? String } == (0..<500).map { "第\($0)篇" })
  }

  /// Sixteen bytes are looked at together, and four thousand are copied at a time: what is escaped
  /// may stand anywhere in them, and so may a character that is not.
  @Test(arguments: [
    "\\", "\"", "\u{1}", "\u{7F}", "\u{9F}", "\u{200E}", "\u{FEFF}", "，", "—", "é", "𠮷",
  ])
  func whatIsEscapedMayStandAnywhere(_ character: String) throws {
    for before in Array(0...40) + Array(4_070...4_100) {
      let text = String(repeating: "a", count: before) + character + "，数学—之美" + character
      let json = NeutralJSON.quoted(text)
      #expect(try JSONDecoder().decode(String.self, from: Data(json.utf8)) == text)
      #expect(
        json.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
      #expect(!json.contains("\u{200E}") && !json.contains("\u{FEFF}"))
    }
  }
}
