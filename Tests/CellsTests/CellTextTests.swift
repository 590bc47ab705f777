import CUnicode
import Testing

@testable import Cells

/// What is drawn for a text, and in how many columns.
@Suite struct CellTextTests {
  static func drawn(_ text: String, ambiguous: Int = 1) -> String {
    let text = CellText(text, profile: WidthProfile(ambiguousColumns: ambiguous))
    return "\(text.text)|\(text.columns)"
  }

  @Test(arguments: [
    ("中文，A b", "中文，A b|9"), ("“引号”……", "“引号”……|8"), ("한글", "한글|4"),
    ("e\u{301}", "é|1"), ("か\u{3099}", "が|2"), ("\u{1112}\u{1161}\u{11AB}", "한|2"),
    ("\u{FF76}\u{FF9E}", "ガ|2"), ("\u{FF9E}", "〓|2"),
    // Emoji: what all terminals agree on.
    ("👍", "👍|2"), ("👍🏽", "👍|2"), ("👨‍👩‍👧", "👨|2"), ("🏳️‍🌈", "🏳|1"), ("❤️", "❤|1"),
    ("🇨🇳", "CN|2"), ("1️⃣", "1|1"), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴|2"), ("\u{1F3FD}", "〓|2"),
    ("☰", "〓|2"), ("䷀", "〓|2"),
    // Never sent to a terminal.
    ("a\u{1B}[31mb", "a[31mb|6"), ("a\u{202E}b", "ab|2"), ("a\u{200B}b", "ab|2"),
    ("a\u{AD}b", "ab|2"), ("a\u{9B}b\u{7F}", "ab|2"), ("标题\n换行", "标题 换行|9"),
    // Marks without a base, and too many marks.
    ("\u{301}", " \u{301}|1"),
    ("a\u{33F}\u{33F}\u{33F}\u{33F}\u{33F}\u{33F}", "a\u{33F}\u{33F}\u{33F}\u{33F}|1"),
    // A compatibility ideograph stays what it is; NFC would change it.
    ("\u{FA19}", "\u{FA19}|2"), ("葛\u{E0100}", "葛\u{E0100}|2"),
    // Indic clusters are as wide as their parts.
    ("क्षि", "क्षि|3"),
  ])
  func aTextIsDrawnAsAllTerminalsDrawIt(text: String, expected: String) {
    #expect(Self.drawn(text) == expected)
  }

  @Test(arguments: [0xFDD9, 0xFFFE, 0xFFFF, 0x2FFFE, 0x10FFFF] as [UInt32])
  func whatIsNoCharacterIsNeverSent(point: UInt32) throws {
    // tmux draws nothing at all for these and leaves its cursor where it was.
    let text = "a\(Character(try #require(Unicode.Scalar(point))))b"
    #expect(Self.drawn(text) == "a\u{FFFD}b|3")
  }

  @Test func ambiguousCharactersFollowTheProfile() {
    #expect(Self.drawn("“α…—", ambiguous: 1) == "“α…—|4")
    #expect(Self.drawn("“α…—", ambiguous: 2) == "“α…—|8")
    #expect(Self.drawn("\u{378}", ambiguous: 1) == "\u{FFFD}|1")
    #expect(Self.drawn("\u{378}", ambiguous: 2) == "?|1")
  }

  @Test func charactersNewerThanTheTerminalGetAStandInOfTheSameWidth() {
    let profile = WidthProfile(newestUnicode: 14)
    #expect(CellText("\u{31350}", profile: profile).text == "〓")
    #expect(CellText("\u{1FAE9}", profile: profile).text == "〓")
    #expect(columns(of: "\u{31350}", profile: profile) == 2)
  }

  @Test(arguments: [
    ("矩阵的夹角", 10, "矩阵的夹角"), ("矩阵的夹角", 9, "矩阵的夹…"), ("矩阵的夹角", 8, "矩阵的…"),
    ("矩阵的夹角", 2, "…"), ("abc", 2, "a…"), ("abc", 0, ""), ("", 3, ""),
  ])
  func aTextIsCutBetweenClusters(text: String, limit: Int, expected: String) {
    let profile = WidthProfile()
    let cut = CellText(text, profile: profile).truncated(toColumns: limit, profile: profile)
    #expect(cut.text == expected)
    #expect(cut.columns <= limit)
  }

  /// N = L: what the layout counts is what ncurses will count, for every character there is.
  @Test(arguments: [1, 2])
  func everyCharacterTakesTheColumnsNcursesCounts(ambiguous: Int) {
    let profile = WidthProfile(ambiguousColumns: ambiguous)
    var wrong: [String] = []
    for point in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(point) else { continue }
      let text = CellText(String(Character(scalar)), profile: profile)
      var counted = 0
      for drawn in text.text.unicodeScalars {
        let properties = yu_properties(drawn.value)
        let isSent = drawn.value >= 0x20 && !(0x7F..<0xA0).contains(drawn.value)
        counted += isSent ? Int(yu_columns(properties, Int32(ambiguous))) : -100
      }
      let measured = columns(of: String(Character(scalar)), profile: profile)
      if counted != text.columns || measured != text.columns {
        wrong.append("U+\(String(point, radix: 16)) \(counted) \(text.columns) \(measured)")
      }
    }
    #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(10))")
  }
}
