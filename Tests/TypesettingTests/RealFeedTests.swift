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
      for columns in 20...200 {
        checker.check(document, PageSettings(columns: columns), name: title)
      }
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
      for columns in 20...200 {
        checker.check(document, PageSettings(columns: columns), name: title)
      }
    }
    print("the seed: \(checker.summary)")
    #expect(checker.faults.isEmpty, "\(checker.faults.prefix(5))")
  }

  @Test(arguments: ["feeds_math", "feeds_wild"])
  func realFeedsAreWholeAtEveryWidth(folder: String) throws {
    var checker = PageChecker()
    var bodies = 0
    for file in SharedData.files(in: folder, ending: ["xml", "json", "html"]) {
      let bytes = Array(try Data(contentsOf: file))
      let documents =
        file.pathExtension == "html"
        ? [("", DocumentReader().document(html: bytes))]
        : (try? Self.documents(bytes)) ?? []
      for (title, document) in documents {
        bodies += 1
        for columns in Self.widths {
          checker.check(
            document, PageSettings(columns: columns), name: "\(file.lastPathComponent) «\(title)»")
        }
      }
    }
    print("\(folder): \(bodies) bodies, \(checker.summary)")
    #expect(checker.faults.isEmpty, "\(checker.faults.prefix(8))")
  }

  /// All nine widths when asked for (they take minutes without optimisation), else two.
  static let widths: [Int] =
    ProcessInfo.processInfo.environment["YUE_THOROUGH"] != nil
    ? [20, 24, 33, 40, 60, 80, 100, 120, 200] : [40]
}
