import Documents
import Feeds
import Foundation
import Testing

@testable import Parsing

/// Feeds that others wrote, where `shared/data` stands beside the checkout: how many entries each has,
/// and that no title is lost.
///
/// Some of them; all when `YUE_THOROUGH` is set.
@Suite struct FeedCorpusTests {
  private static let data: URL? = {
    let environment = ProcessInfo.processInfo.environment
    let checkout = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let data =
      environment["YUE_SHARED_DATA"].map { URL(filePath: $0) }
      ?? checkout.deletingLastPathComponent().appending(path: "shared/data")
    return FileManager.default.fileExists(atPath: data.path) ? data : nil
  }()

  private static let isThorough = ProcessInfo.processInfo.environment["YUE_THOROUGH"] != nil

  /// Rows of a table of sources that is read in part: every fourth of the smaller files.
  private func rows(_ folder: String) throws -> (folder: URL, rows: [[String]])? {
    guard let folder = Self.data?.appending(path: folder) else {
      print("Skipped: shared/data is not beside the checkout.")
      return nil
    }
    let table = try String(contentsOf: folder.appending(path: "SOURCES.tsv"), encoding: .utf8)
    let rows = table.split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    guard !Self.isThorough else { return (folder, rows) }
    let sampled = rows.enumerated().filter { $0.offset % 4 == 0 }.map(\.element).filter {
      let path = folder.appending(path: $0[0]).path
      let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      return (size ?? 0) < 150_000
    }
    return (folder, sampled)
  }

  /// What is counted as a feed elsewhere and is none.
  private static let noFeeds = [
    "rss-bridge__feed.common__c18cd4.feed.json": "the fixture of a test, in a format of its own",
    "snownews__bugzilla2rss__b57104.rss.xml": "a Perl script with a feed in its last lines",
    "0WD0.github.io_search.xml": "an index for searching, root element search",
    "KeHang-Zhu_kehang_blog.github.io_local-search.xml": "the same",
  ]

  @Test func everyWildFeedHasItsEntriesWithTheirTitles() throws {
    guard let (folder, rows) = try rows("feeds_wild") else { return }
    for row in rows { try check(folder.appending(path: row[0]), count: row[7]) }
    print("Wild feeds: \(rows.count) read.")
    #expect(!rows.isEmpty)
  }

  @Test func everyMathematicalFeedHasItsEntriesWithTheirTitles() throws {
    guard let (folder, rows) = try rows("feeds_math") else { return }
    for row in rows where row[1] == "feed" {
      try check(folder.appending(path: row[0]), count: row[6])
    }
  }

  private func check(_ file: URL, count: String) throws {
    let name = file.lastPathComponent
    let bytes = [UInt8](try Data(contentsOf: file))
    guard let feed = try? FeedParser().parse(bytes) else {
      #expect(Self.noFeeds[name] != nil, "\(name) is not read")
      return
    }
    #expect(Self.noFeeds[name] == nil, "\(name) is read")
    #expect("\(feed.entries.count)" == count, "entries of \(name)")
    // JSON has no tags to look for.
    guard feed.format != .json else { return }
    let text = String(decoding: Charset.decode(bytes, contentType: nil).bytes, as: UTF8.self)
    let titled = text.components(separatedBy: feed.format == .atom ? "<entry" : "<item").dropFirst()
      .count(where: Self.beginsWithATitle)
    let kept = feed.entries.count { !($0.title ?? "").isEmpty }
    #expect(kept >= titled, "titles of \(name)")
  }

  /// Whether the text behind the beginning of an entry has a title in it, told without our parser.
  private static func beginsWithATitle(_ text: String) -> Bool {
    let entry = text.components(separatedBy: "<source")[0]
    guard entry.first == ">" || entry.first == " ", let start = entry.range(of: "<title") else {
      return false
    }
    let rest = entry[start.upperBound...].drop { $0 != ">" }.dropFirst()
      .drop(while: \.isWhitespace)
    let title = rest.hasPrefix("<![CDATA[") ? rest.dropFirst(9).drop(while: \.isWhitespace) : rest
    return !title.hasPrefix("<") && !title.hasPrefix("]") && !title.isEmpty
  }

  /// The encodings of pages (html5lib): the label that the prescan finds.
  @Test func theEncodingOfAPageIsFoundAsBrowsersFindIt() throws {
    guard let folder = Self.data?.appending(path: "html5lib/encoding") else {
      print("Skipped: shared/data is not beside the checkout.")
      return
    }
    var caseCount = 0
    for name in ["tests1.dat", "tests2.dat"] {
      let file = [UInt8](try Data(contentsOf: folder.appending(path: name)))
      let text = String(decoding: file.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
      for test in text.components(separatedBy: "#data\n").dropFirst() {
        let parts = test.components(separatedBy: "\n#encoding\n")
        guard parts.count == 2 else { continue }
        let wanted = parts[1].split(separator: "\n").first.map { Charset.known(String($0)) } ?? nil
        // A byte order mark is looked for before.
        let isMarked = parts[0].hasPrefix("???<!DOCTYPE")
        let label =
          isMarked
          ? "utf-8" : MetaPrescan.label(in: Array(parts[0].utf8)).flatMap(Charset.known)
        caseCount += 1
        #expect((label ?? "windows-1252") == wanted, "\(name): \(parts[0])")
      }
    }
    print("Encodings of pages: \(caseCount) cases.")
    #expect(caseCount > 50)
  }
}
