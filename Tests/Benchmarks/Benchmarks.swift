import Documents
import Feeds
import Foundation
import Parsing
import Typesetting

/// What text, formulas and HTML cost on their way to lines (`make bench`).
///
///     Benchmarks [NAME]                      the measurements whose names contain NAME
///     Benchmarks --bodies FOLDER FEED...     the bodies of feeds, as files for other programs
///     Benchmarks --library FILE FEEDS ENTRIES WORDS   a library: entries a feed, words an entry
///     Benchmarks --lists FILE                what lists and searches of a library cost
///
/// Figures are processor time, and compared with others of the same run only.
@main struct Benchmarks {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "--bodies", let folder = arguments.dropFirst().first {
      try writeBodies(of: arguments.dropFirst(2), into: URL(filePath: folder))
      return
    }
    if arguments.count == 5, arguments.first == "--library", let path = arguments.dropFirst().first
    {
      let numbers = arguments.dropFirst(2).compactMap { Int($0) }
      guard numbers.count == 3 else { return }
      try LargeLibrary.write(
        to: path, feeds: numbers[0], entriesPerFeed: numbers[1], wordCount: numbers[2])
      return
    }
    if arguments.first == "--lists", let path = arguments.dropFirst().first {
      try LargeLibrary.measure(path)
      return
    }
    layouts()
    hostileInputs()
  }

  private static func layouts() {
    let reader = DocumentReader(language: "zh")
    let html = SampleArticle.html(bytes: 1_000_000)
    let article = reader.document(html: SampleArticle.html(bytes: 200_000))
    let prose = reader.document(plainText: SampleArticle.prose(bytes: 1_000_000))
    for columns in [80, 40] {
      let page = PageSettings(columns: columns)
      measure("text -> lines, \(columns) columns", bytes: prose.text.count, goal: ">= 60 MB/s") {
        layout(prose, blocks: 0..<prose.blocks.count, page).lines.count
      }
      measure(
        "an article of 200 kB set again, \(columns) columns", bytes: article.text.count,
        goal: "<= 5 ms"
      ) {
        layout(article, blocks: 0..<article.blocks.count, page).lines.count
      }
    }
    measure("HTML -> document", bytes: html.count) {
      reader.document(html: html).blocks.count
    }
    measure("HTML -> lines, 80 columns", bytes: html.count) {
      let document = reader.document(html: html)
      return layout(document, blocks: 0..<document.blocks.count, PageSettings(columns: 80)).lines
        .count
    }
  }

  /// One and two megabytes of what is slow when something looks back or nests: twice the input
  /// takes twice the time, give or take.
  private static func hostileInputs() {
    let parts = [
      " ", "$a", "{", "\\begin{equation}", "<div>", "${", "/", "1/", "“ ", "(", "\u{301}",
      "\u{200D}",
      "🇨", "a", "中", "<b>", "<td>", "&", "<",
    ]
    for part in parts {
      let name = "1 MB of \(part.debugDescription), HTML -> lines"
      guard isChosen(name) else { continue }
      let times = [1_000_000, 2_000_000].map { bytes in
        let body = Array(String(repeating: part, count: bytes / part.utf8.count).utf8)
        return Measurement(bytes: bytes, runs: 3) {
          let document = DocumentReader().document(html: body)
          return layout(document, blocks: 0..<document.blocks.count, PageSettings(columns: 80))
            .lines.count
        }.seconds
      }
      print(
        name.padding(toLength: 48, withPad: " ", startingAt: 0)
          + String(
            format: "%8.2f ms   2 MB %8.2f ms   x %.2f", times[0] * 1e3, times[1] * 1e3,
            times[1] / times[0]))
    }
  }

  /// Every body as a page of its own that any browser reads alike.
  private static func writeBodies(of feeds: ArraySlice<String>, into folder: URL) throws {
    var number = 0
    var bytes = 0
    for path in feeds {
      let source = Array(try Data(contentsOf: URL(filePath: path)))
      guard let feed = try? FeedParser().parse(source) else { continue }
      for entry in feed.entries {
        guard let body = entry.contentHTML ?? entry.summaryHTML, !body.isEmpty else { continue }
        number += 1
        bytes += body.utf8.count
        let page = "<!DOCTYPE html><meta charset=\"utf-8\"><body>\(body)</body>\n"
        try Data(page.utf8).write(to: folder.appending(path: "\(number).html"))
      }
    }
    print("\(number) bodies, \(bytes) bytes")
  }

  private static func isChosen(_ name: String) -> Bool {
    CommandLine.arguments.dropFirst().first.map { name.contains($0) } ?? true
  }

  private static func measure(_ name: String, bytes: Int, goal: String = "", _ work: () -> Int) {
    guard isChosen(name) else { return }
    let result = Measurement(bytes: bytes, work)
    let figures = String(
      format: "%8.2f ms %8.1f MB/s", result.seconds * 1e3, result.megabytesPerSecond)
    let behind = goal.isEmpty ? "" : "   (goal \(goal))"
    print(name.padding(toLength: 48, withPad: " ", startingAt: 0) + figures + behind)
  }
}
