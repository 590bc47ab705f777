import Documents
import Feeds
import Foundation
import Parsing
import Testing

/// Files made to hurt whoever reads them; read where `shared/data` stands beside the checkout.
@Suite struct HostileFilesTests {
  private static let folder: URL? = {
    let environment = ProcessInfo.processInfo.environment
    let checkout = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let data =
      environment["YUE_SHARED_DATA"].map { URL(filePath: $0) }
      ?? checkout.deletingLastPathComponent().appending(path: "shared/data")
    let folder = data.appending(path: "hostile")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// A trap would end the run; what is printed may hold no control, C1 included, and no file's
  /// content.
  @Test func everyHostileFileIsReadOrRefusedAndPrintsNoControl() throws {
    guard let folder = Self.folder else {
      print("Skipped: shared/data/hostile is not beside the checkout.")
      return
    }
    var feedCount = 0
    var refusalCount = 0
    for file in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    where ["xml", "json"].contains(file.pathExtension) {
      let bytes = [UInt8](try Data(contentsOf: file))
      guard let feed = try? FeedParser(documentURL: "https://feed.example/").parse(bytes) else {
        refusalCount += 1
        continue
      }
      feedCount += 1
      let json = NeutralJSON.text(of: feed)
      let hasControl = json.unicodeScalars.contains {
        $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
      }
      #expect(!hasControl, "\(file.lastPathComponent) prints a control")
      #expect(!json.contains("root:"), "\(file.lastPathComponent) shows a file of this machine")
      let reader = DocumentReader()
      for entry in feed.entries.prefix(20) {
        _ = reader.document(html: Array((entry.contentHTML ?? entry.summaryHTML ?? "").utf8))
      }
    }
    print("Hostile files: \(feedCount) read, \(refusalCount) refused.")
    #expect(feedCount > 0)
  }
}
