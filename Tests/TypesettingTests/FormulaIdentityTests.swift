import Documents
import Feeds
import Foundation
import Parsing
import Testing
import Typesetting

/// Formulas that other people wrote come back as they were written, and no others are found.
@Suite struct FormulaIdentityTests {
  private struct Source: Decodable {
    var tex: String
    var display: Bool
  }

  private static let isThorough = ProcessInfo.processInfo.environment["YUE_THOROUGH"] != nil

  /// Ways of writing a formula in a feed: what stands before and behind, its delimiters on the
  /// page, and whether it is a display.
  struct Wrapping: Sendable {
    var before: String
    var behind: String
    var open: String
    var close: String
    var isDisplay: Bool
    /// The source stands as it is, not with `&lt;` and `&amp;`.
    var isRaw = false
    /// In running text the end of a formula has to be found: braces must match.
    var isText = true
  }

  static let wrappings: [Wrapping] = [
    Wrapping(before: "\\(", behind: "\\)", open: "\\(", close: "\\)", isDisplay: false),
    Wrapping(before: "\\[", behind: "\\]", open: "\\[", close: "\\]", isDisplay: true),
    Wrapping(before: "$$", behind: "$$", open: "$$", close: "$$", isDisplay: true),
    Wrapping(
      before: "<script type=\"math/tex\">", behind: "</script>", open: "$", close: "$",
      isDisplay: false, isRaw: true, isText: false),
    Wrapping(
      before: "<script type=\"math/tex; mode=display\">", behind: "</script>", open: "$$",
      close: "$$", isDisplay: true, isRaw: true, isText: false),
  ]

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  /// A piece of TeX that a delimiter cannot end, or that is no formula by the rules for prose: an
  /// open brace, a backslash that would take the delimiter, words without a command.
  private static func cannotBeDelimited(_ tex: String) -> Bool {
    var depth = 0
    var isEscaped = false
    for byte in tex.utf8 {
      if isEscaped {
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x7B {
        depth += 1
      } else if byte == 0x7D {
        depth = max(0, depth - 1)
      }
    }
    return depth > 0 || isEscaped || tex.contains("$")
      || tex.firstMatch(of: #/\\[A-Za-z]|[\^{}]/#) == nil
  }

  @Test(arguments: wrappings.indices) func everyFormulaComesBackAsItWasWritten(number: Int) throws {
    guard let bytes = SharedData.bytes("formulas.jsonl") else { return }
    let wrapping = Self.wrappings[number]
    let sources = bytes.split(separator: 0x0A)
    #expect(sources.count == 9_558)
    var checker = PageChecker()
    var differing: [String] = []
    var count = 0
    var undelimited = 0
    // One of 21 in an unoptimised run; others for each wrapping.
    for (position, line) in sources.enumerated()
    where Self.isThorough || position % 21 == number {
      let source = try JSONDecoder().decode(Source.self, from: Data(line))
      count += 1
      let tex = wrapping.isRaw ? source.tex : Self.escaped(source.tex)
      let html = "<p>设有\(wrapping.before)\(tex)\(wrapping.behind)成立。</p>"
      let document = DocumentReader(language: "zh").document(html: Array(html.utf8))
      guard document.formulas.count == 1, let formula = document.formulas.first,
        document.string(formula.tex) == source.tex, formula.isDisplay == wrapping.isDisplay,
        !wrapping.isText
          || document.string(formula.range) == wrapping.open + source.tex + wrapping.close,
        !formula.isRepaired, !formula.isLossy
      else {
        if wrapping.isText, Self.cannotBeDelimited(source.tex) {
          undelimited += 1
        } else {
          differing.append(source.tex)
        }
        continue
      }
      checker.check(
        document, [24, 40, 60, 80, 100, 120].map { PageSettings(columns: $0) }, name: source.tex)
    }
    print(
      "formulas.jsonl in \(wrapping.before): \(count) formulas, \(undelimited) that no delimiter ends,"
        + " \(checker.summary)")
    #expect(undelimited <= 13)
    #expect(differing.isEmpty, "\(differing.count): \(differing.prefix(5))")
    #expect(checker.faults.isEmpty, "\(checker.faults.prefix(5))")
  }

  @Test func aFeedOfKaTeXGivesEachFormulaOnce() throws {
    guard let bytes = SharedData.bytes("feeds_math/hscspring.github.io_atom.xml") else { return }
    let feed = try FeedParser().parse(bytes)
    var count = 0
    // One entry has a formula in its summary too.
    let bodies = feed.entries.flatMap { [$0.contentHTML, $0.summaryHTML] }.compactMap(\.self)
    for body in bodies {
      let document = DocumentReader(language: "zh").document(html: Array(body.utf8))
      #expect(document.formulas.allSatisfy { $0.origin == .annotation })
      count += document.formulas.count
      // What a renderer draws is not shown beside the source: the struts of KaTeX, the invisible
      // operators of MathML and its alphabets stand nowhere outside of formulas, nor does TeX.
      var prose: [UInt8] = []
      var place = 0
      for formula in document.formulas {
        prose += document.text[place..<formula.range.lowerBound]
        place = formula.range.upperBound
      }
      prose += document.text[place...]
      let text = String(decoding: prose, as: UTF8.self)
      for residue in ["\u{2061}", "\u{2062}", "\u{1D465}", "\\mathcal", "\\frac"] {
        #expect(!text.contains(residue), "\(residue.debugDescription)")
      }
    }
    #expect(count == 958)
  }

  static let withoutFormulas = [
    "isLouisHsu.github.io_2020_05_04_Shell-Programming.html", "Argvchs.github.io_atom.xml",
    "Argvchs.github.io_rss2.xml", "Kisechan.github.io_atom.xml", "aliasqli.github.io_atom.xml",
    "aliasqli.github.io_rss2.xml",
  ]

  @Test(arguments: withoutFormulas) func shellTextAndProseGiveNoFormulas(file: String) throws {
    guard let bytes = SharedData.bytes("feeds_math/" + file) else { return }
    let documents =
      file.hasSuffix(".html")
      ? [DocumentReader().document(html: bytes)]
      : try RealFeedTests.documents(bytes).map(\.document)
    #expect(!documents.isEmpty)
    for document in documents {
      #expect(
        document.formulas.isEmpty,
        "\(document.formulas.map { document.string($0.range) }.prefix(5))")
    }
  }
}
