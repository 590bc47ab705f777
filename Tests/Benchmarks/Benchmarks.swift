import Documents
import Foundation
import Parsing
import Typesetting

/// What text, formulas and HTML cost on their way to lines (`make bench`).
///
/// An argument chooses the measurements whose names contain it. Figures are compared with others of
/// the same run only.
@main struct Benchmarks {
  static func main() {
    let reader = DocumentReader(language: "zh")
    let html = SampleArticle.html(bytes: 1_000_000)
    let article = reader.document(html: SampleArticle.html(bytes: 200_000))
    let prose = reader.document(plainText: SampleArticle.prose(bytes: 1_000_000))
    for columns in [80, 40] {
      let page = PageSettings(columns: columns)
      measure("text -> lines, \(columns) columns", bytes: prose.text.count) {
        layout(prose, blocks: 0..<prose.blocks.count, page).lines.count
      }
      measure("an article of 200 kB set again, \(columns) columns", bytes: article.text.count) {
        layout(article, blocks: 0..<article.blocks.count, page).lines.count
      }
    }
    measure("HTML -> document", bytes: html.count) {
      reader.document(html: html).blocks.count
    }
  }

  private static func measure(_ name: String, bytes: Int, _ work: () -> Int) {
    let chosen = CommandLine.arguments.dropFirst().first
    guard chosen.map({ name.contains($0) }) ?? true else { return }
    let result = Measurement(bytes: bytes, work)
    print(
      name.padding(toLength: 48, withPad: " ", startingAt: 0)
        + String(format: "%8.2f ms %8.1f MB/s", result.seconds * 1e3, result.megabytesPerSecond))
  }
}
