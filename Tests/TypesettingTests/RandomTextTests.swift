import CUnicode
import Cells
import Documents
import Foundation
import Testing

@testable import Typesetting

/// A generator whose numbers are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// The properties of docs/typesetting.md 8.3 on random text.
@Suite struct RandomTextTests {
  /// Characters of every line-breaking class and many troubles.
  static let alphabet: [String] =
    [
      "中", "文", "字", "。", "，", "、", "；", "：", "？", "！", "（", "）", "《", "》", "「", "」",
      "“", "”", "‘", "’", "…", "—", "·", "々", "ー", "っ", "あ", "カ", "한", "글", "a", "b", "Z", "é",
      "e\u{301}", "か\u{3099}", " ", " ", " ", "\n", "\u{A0}", "\u{3000}", "\u{200B}", "\u{2060}",
      "\u{AD}", "-", "/", "\\", ".", ",", ":", ";", "!", "?", "(", ")", "[", "]", "{", "}", "'",
      "\"", "%", "$", "¥", "+", "=", "_", "&", "#", "~", "0", "1", "9", "3.14", "℃", "‰", "№",
      "https://kexue.fm/a?b=c&d", "👍🏽", "🇨🇳", "👨‍👩‍👧", "❤️", "1️⃣", "🏳️‍🌈", "क्षि", "ส", "ת", "ع",
      "\u{200D}", "\u{301}", "\u{1100}\u{1161}\u{11A8}", "\u{31350}", "\u{FEFF}", "\u{7}", "\t",
      "α", "±", "Ⅳ", "①", "\u{2028}", "\u{85}", "\u{202E}", "\u{E000}", "𝑥", "㍿",
    ]

  static func text(_ generator: inout SeededGenerator) -> String {
    let count = Int.random(in: 1...60, using: &generator)
    // Some texts use few characters, so that runs occur.
    let some = (0..<Int.random(in: 2...12, using: &generator)).map { _ in
      alphabet.randomElement(using: &generator) ?? "a"
    }
    let isNarrow = Bool.random(using: &generator)
    return (0..<count).map { _ in
      (isNarrow ? some : alphabet).randomElement(using: &generator) ?? "a"
    }.joined()
  }

  /// Every option by chance.
  static func page(_ columns: Int, _ generator: inout SeededGenerator) -> PageSettings {
    var page = PageSettings(columns: columns)
    page.profile.ambiguousColumns = Bool.random(using: &generator) ? 2 : 1
    page.profile.emoji = Bool.random(using: &generator) ? .safe : .cluster
    page.repair = [.none, .orphans, .all].randomElement(using: &generator) ?? .all
    guard Bool.random(using: &generator) else { return page }
    page.breaking.quotes = [.auto, .zh, .root].randomElement(using: &generator) ?? .auto
    page.breaking.hanStops = Bool.random(using: &generator)
    page.breaking.shortSlash = Bool.random(using: &generator)
    page.breaking.urls = Bool.random(using: &generator)
    page.breaking.level = [.strict, .normal, .loose].randomElement(using: &generator) ?? .strict
    page.breaking.kinsoku = [.basic, .gb, .strict].randomElement(using: &generator) ?? .basic
    page.breaking.units = Bool.random(using: &generator) ? .glue : .root
    page.breaking.hang = Bool.random(using: &generator)
    page.breaking.autospace = Bool.random(using: &generator)
    page.breaking.softHyphens = Bool.random(using: &generator)
    page.breaking.wrap = Bool.random(using: &generator) ? .optimal : .greedy
    return page
  }

  static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    let properties = yu_properties(scalar.value)
    return scalar.value > 0x20 && !(0x7F..<0xA0).contains(scalar.value)
      && scalar.value != 0x2028 && yu_mark(properties) != Int32(YU_MARK_FORMAT)
  }

  @Test func nothingIsLostCutOrTooWide() {
    var generator = SeededGenerator(state: 20_261_124)
    let rounds = ProcessInfo.processInfo.environment["YUE_THOROUGH"] != nil ? 1_000_000 : 6_000
    for _ in 0..<rounds {
      let text = Self.text(&generator)
      let columns = Int.random(in: 2...40, using: &generator)
      let page = Self.page(columns, &generator)
      let bytes = Array(text.utf8)
      let document = Document(
        text: bytes, blocks: [Block(kind: .paragraph, range: 0..<bytes.count)])
      let layout = layout(document, blocks: 0..<1, page)
      let name = "\(text.debugDescription) at \(columns), \(page)"
      var end = 0
      for line in layout.lines {
        // A cluster of conjuncts may be wider than a narrow line.
        var widest = 0
        for piece in layout.pieces[line.pieces] {
          guard case .text(let range) = piece.content else { continue }
          for cluster in document.string(range) {
            widest = max(widest, Cells.columns(of: String(cluster), profile: page.profile))
          }
          #expect(range.lowerBound >= end, "\(name)")
          Self.expectInvisible(document, end..<range.lowerBound, name)
          end = range.upperBound
          #expect(
            Cells.columns(of: document.text[range], profile: page.profile) == piece.columns,
            "\(document.string(range).unicodeScalars.map { $0.escaped(asASCII: true) }): \(name)")
        }
        let limit = max(columns + (page.breaking.hang ? 2 : 0), widest)
        #expect(line.columns <= limit, "\(name)")
      }
      Self.expectInvisible(document, end..<bytes.count, name)
    }
  }

  private static func expectInvisible(_ document: Document, _ gap: Range<Int>, _ name: String) {
    guard !gap.isEmpty else { return }
    let text = document.string(gap)
    #expect(
      !text.unicodeScalars.contains(where: isVisible), "lost \(text.debugDescription) in \(name)")
  }

  /// No line begins with a closing mark or ends with an opening one, if there was a choice.
  @Test func noMarkStandsWhereItMayNot() {
    var generator = SeededGenerator(state: 7)
    let marks: Set<Character> = ["。", "，", "、", "；", "：", "？", "！", "）", "》", "」", "…", "々"]
    let openings: Set<Character> = ["（", "《", "「"]
    let alphabet = [
      "中", "文", "字", "a", "bc", "12", " ", "。", "，", "、", "）", "（", "《", "》", "「", "」", "…",
      "？", "$x_1$", "https://kexue.fm/a?b=c&d=e#f",
    ]
    for _ in 0..<3_000 {
      var text = ""
      var markRun = 0
      for _ in 0..<Int.random(in: 2...40, using: &generator) {
        let next = alphabet.randomElement(using: &generator) ?? "中"
        // Long runs of marks have no good place; the rule allows for those.
        let isMark =
          next.count == 1 && (marks.contains(Character(next)) || openings.contains(Character(next)))
        markRun = isMark ? markRun + 1 : 0
        if markRun > 2 || (isMark && text.hasSuffix(" ")) { continue }
        text += next
      }
      let trimmed = text.split(separator: " ").joined(separator: " ")
      guard !trimmed.isEmpty else { continue }
      var sketch = Sketch()
      sketch.add(trimmed)
      let columns = Int.random(in: 20...48, using: &generator)
      let found = lines(sketch.document, columns: columns) { $0.repair = .all }
      for line in found.dropFirst() {
        #expect(line.first.map(marks.contains) != true, "\(trimmed) at \(columns): \(found)")
      }
      for line in found.dropLast() {
        #expect(line.last.map(openings.contains) != true, "\(trimmed) at \(columns): \(found)")
      }
    }
  }

  @Test func theComparisonParagraphHasNoFaultAtAnyWidth() {
    var sketch = Sketch()
    sketch.add(ParagraphTests.comparison)
    for ambiguous in [1, 2] {
      for columns in 20...120 {
        var page = PageSettings(columns: columns)
        page.profile.ambiguousColumns = ambiguous
        var checker = PageChecker()
        for repair in [PageSettings.Repair.none, .all] {
          page.repair = repair
          checker.check(sketch.document, [page], name: "\(ambiguous)")
        }
        #expect(checker.faults.isEmpty, "\(checker.faults)")
        for line in layoutLines(sketch.document, page) {
          for word in ["Attention", "Rotary", "Position", "Embedding", "3.14%", "50km/h", "¥100"] {
            // A word is on one line, or not on this one.
            let isCut = word.indices.dropFirst().contains { place in
              line.hasSuffix(word[..<place]) && !line.hasSuffix(word)
                && word[..<place].count > 2
            }
            #expect(!isCut, "\(word) at \(columns)")
          }
        }
      }
    }
  }
}
