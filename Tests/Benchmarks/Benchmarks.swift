import Documents
import Foundation
import Parsing
import Typesetting

/// What text, formulas and HTML cost on their way to lines (`make bench`).
///
/// Figures are compared with others of the same run only.
@main struct Benchmarks {
  static func main() {
    let reader = DocumentReader(language: "zh")
    let html = SampleArticle.html(bytes: 1_000_000)
    let article = reader.document(html: SampleArticle.html(bytes: 200_000))
    let prose = reader.document(plainText: SampleArticle.prose(bytes: 1_000_000))
    var results: [Measurement] = []
    for columns in [80, 40] {
      let page = PageSettings(columns: columns)
      results.append(
        Measurement("text -> lines, \(columns) columns", bytes: prose.text.count) {
          layout(prose, blocks: 0..<prose.blocks.count, page).lines.count
        })
      results.append(
        Measurement("an article of 200 kB set again, \(columns) columns", bytes: article.text.count)
        {
          layout(article, blocks: 0..<article.blocks.count, page).lines.count
        })
    }
    results.append(
      Measurement("HTML -> document", bytes: html.count) {
        reader.document(html: html).blocks.count
      })
    for result in results {
      let name = result.name.padding(toLength: 48, withPad: " ", startingAt: 0)
      print(
        name
          + String(
            format: "%8.2f ms %8.1f MB/s", result.seconds * 1e3, result.megabytesPerSecond))
    }
  }
}
