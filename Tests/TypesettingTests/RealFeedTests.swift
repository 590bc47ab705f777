import Cells
import Documents
import Feeds
import Foundation
import Parsing
import Testing
import Typesetting

/// Whole feeds, laid out at many widths and judged by `PageChecker`.
@Suite struct RealFeedTests {
  static let manual = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs/manual/manual.xml")

  static func documents(_ bytes: [UInt8]) throws -> [(title: String, document: Document)] {
    let feed = try FeedParser().parse(bytes)
    return feed.entries.map { entry in
      let reader = DocumentReader(
        baseURL: entry.baseURL ?? feed.baseURL, language: entry.language ?? feed.language)
      let html = entry.contentHTML ?? entry.summaryHTML ?? ""
      return (entry.title ?? "", reader.document(html: Array(html.utf8)))
    }
  }

  @Test func theManualIsWholeAtEveryWidth() throws {
    var checker = PageChecker()
    for (title, document) in try Self.documents(Array(Data(contentsOf: Self.manual))) {
      #expect(!document.blocks.isEmpty)
      checker.check(document, (20...200).map { PageSettings(columns: $0) }, name: title)
    }
    print("the manual: \(checker.summary)")
    #expect(checker.faults.isEmpty, "\(checker.faults.prefix(5))")
  }

  @Test func everyEntryOfTheSeedIsWholeAtEveryWidth() throws {
    guard let bytes = SharedData.bytes("seed/kexue.xml") else { return }
    let entries = try Self.documents(bytes)
    #expect(entries.count == 10)
    var checker = PageChecker()
    for (title, document) in entries {
      #expect(!document.formulas.isEmpty || !document.text.isEmpty, "\(title)")
      checker.check(document, (20...200).map { PageSettings(columns: $0) }, name: title)
    }
    print("the seed: \(checker.summary)")
    #expect(checker.faults.isEmpty, "\(checker.faults.prefix(5))")
  }

  @Test(arguments: ["feeds_math", "feeds_wild"])
  func realFeedsAreWholeAtEveryWidth(folder: String) throws {
    var checker = PageChecker()
    var bodies = 0
    var checked = 0
    for file in SharedData.files(in: folder, ending: ["xml", "json", "html"]) {
      let bytes = Array(try Data(contentsOf: file))
      for (title, document) in Self.documents(of: file, bytes) {
        bodies += 1
        let widths = Self.widths(bodies)
        guard !widths.isEmpty else { continue }
        checked += 1
        checker.check(
          document, widths.map { PageSettings(columns: $0) },
          name: "\(file.lastPathComponent) «\(title)»")
      }
    }
    print("\(folder): \(checked) of \(bodies) bodies, \(checker.summary)")
    #expect(checker.faults.isEmpty, "\(checker.faults.prefix(8))")
  }

  private static func documents(of file: URL, _ bytes: [UInt8]) -> [(
    title: String, document: Document
  )] {
    file.pathExtension == "html"
      ? [("", DocumentReader().document(html: bytes))] : (try? documents(bytes)) ?? []
  }

  private static let isThorough = ProcessInfo.processInfo.environment["YUE_THOROUGH"] != nil

  /// All nine widths for every body when asked for (`YUE_THOROUGH=1`, minutes without
  /// optimisation); else one width for every second body, another each time.
  private static func widths(_ body: Int) -> [Int] {
    let all = [20, 24, 33, 40, 60, 80, 100, 120, 200]
    if isThorough { return all }
    return body % 2 == 0 ? [all[body / 2 % all.count]] : []
  }
}
