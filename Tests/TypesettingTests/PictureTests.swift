import Cells
import Documents
import Foundation
import Parsing
import Testing
import Typesetting

/// HTML in, lines out: one picture per rule, as `yue typeset` prints it.
@Suite struct PictureTests {
  static func lines(_ html: String, _ columns: Int, _ set: (inout PageSettings) -> Void = { _ in })
    -> [String]
  {
    var page = PageSettings(columns: columns)
    page.presentation = .bare
    page.links = .plain
    page.repair = .none
    page.tables = .stack
    set(&page)
    return layoutLines(DocumentReader().document(html: Array(html.utf8)), page)
  }

  func expect(
    _ html: String, _ columns: Int, _ picture: String,
    _ set: (inout PageSettings) -> Void = { _ in },
    at location: SourceLocation = #_sourceLocation
  ) {
    let found = Self.lines(html, columns, set).joined(separator: "\n")
    #expect(found == picture, sourceLocation: location)
  }

  static let paragraph = """
    在《Attention Is All You Need》之后，我们知道“注意力”是核心……但RoPE（Rotary Position Embedding）为何有效？\
    它把旋转角度记作θ——即相位。实验显示准确率提升3.14%，成本约¥100，速度达50km/h。详见\
    https://kexue.fm/archives/8265?utm_source=feed&amp;utm_medium=rss#comments。“真的吗？”有人问：「是的！」\
    他答道。论文《注意力》、《位置编码》各有千秋，值得一读。
    """

  @Test func theComparisonParagraphIsSetWithoutADefect() {
    expect(
      Self.paragraph, 40,
      """
      在《Attention Is All You Need》之后，我
      们知道“注意力”是核心……但RoPE（Rotary
      Position Embedding）为何有效？它把旋转角
      度记作θ——即相位。实验显示准确率提升
      3.14%，成本约¥100，速度达50km/h。详见
      https://kexue.fm/archives/8265?
      utm_source=feed&utm_medium=rss
      #comments。“真的吗？”有人问：「是的！」
      他答道。论文《注意力》、《位置编码》各有
      千秋，值得一读。
      """)
  }

  @Test(arguments: [1, 2])
  func theComparisonParagraphHasNoBadLineAtAnyWidth(ambiguous: Int) {
    for columns in 20...120 {
      let found = Self.lines(Self.paragraph, columns) {
        $0.profile = WidthProfile(ambiguousColumns: ambiguous)
      }
      for line in found {
        let profile = WidthProfile(ambiguousColumns: ambiguous)
        #expect(Cells.columns(of: line, profile: profile) <= columns, "\(columns): \(line)")
        #expect(!"。，、；：？！）》」”".contains(line.first ?? " "), "\(columns): \(line)")
        #expect(!"（《「“".contains(line.last ?? " "), "\(columns): \(line)")
      }
      let joined = found.joined().filter { $0 != " " }
      let source = Self.paragraph.replacing("&amp;", with: "&").filter { $0 != " " }
      #expect(joined == source, "\(columns)")
    }
  }

  @Test func anOrphanGetsCompanyFromTheLineBefore() {
    let found = Self.lines(Self.paragraph, 41) { $0.repair = .orphans }
    #expect(found.last == "一读。")
    #expect(found.dropLast().last?.hasSuffix("值得") ?? false)
    #expect(Self.lines(Self.paragraph, 41).last == "读。")
  }

  @Test func aLongInlineFormulaBreaksAfterARelation() {
    expect(
      #"这里我们需要估计$\mathbb{E}_{x\sim p(x)}\left[f(x)\right]\leq \frac{1}{n}\sum_{i=1}^n f(x_i)+\epsilon$的上界。"#,
      40,
      #"""
      这里我们需要估计
      $\mathbb{E}_{x\sim p(x)}
      \left[f(x)\right]\leq
      \frac{1}{n}\sum_{i=1}^n f(x_i)+\epsilon$
      的上界。
      """#)
  }

  @Test func aDisplayFormulaKeepsItsRows() {
    expect(
      #"<p>因此有\begin{align}p&amp;=q+r\\s&amp;=t\end{align}即可。</p>"#, 60,
      #"""
      因此有
        \begin{align}
        p&=q+r\\
        s&=t
        \end{align}
      即可。
      """#)
  }

  @Test func equationsThatAreReferredToAreNumberedAsInPrint() {
    expect(
      #"""
      <p>由\eqref{b}可知</p>
      <p>\begin{equation}x=1\end{equation}
      \begin{align}a&amp;=b\label{b}\\c&amp;=d\nonumber\\e&amp;=f\tag{*}\\g&amp;=h\end{align}
      \begin{equation*}y=2\end{equation*}</p>
      """#, 30,
      #"""
      由\eqref{b}可知

        \begin{equation}         (1)
        x=1
        \end{equation}
        \begin{align}
        a&=b\label{b}\\          (2)
        c&=d\nonumber\\
        e&=f\tag{*}\\            (*)
        g&=h                     (3)
        \end{align}
        \begin{equation*}
        y=2
        \end{equation*}
      """#
    ) { $0.presentation = .full }
  }

  @Test func punctuationBehindADisplayFormulaStaysWithIt() {
    expect(
      #"<p>$$\begin{aligned}L&amp;=-\sum_i y_i\log \hat{y}_i\\&amp;=H(y,\hat{y})\end{aligned}$$。</p>"#,
      44,
      #"""
        $$\begin{aligned}
        L&=-\sum_i y_i\log \hat{y}_i\\
        &=H(y,\hat{y})
        \end{aligned}$$。
      """#)
  }

  @Test func listsHangAtTheirMarkers() {
    expect(
      """
      <ul><li>列表里的文字换行以后和第一行对齐<ol start="9"><li>九</li><li>十</li></ol></li><li>完</li></ul>
      """, 20,
      """
      • 列表里的文字换行以
        后和第一行对齐
         9. 九
        10. 十
      • 完
      """)
  }

  @Test func aQuoteHasABarOnEveryLine() {
    expect(
      "<blockquote><p>学而不思则罔，思而不学则殆。</p><p>论语</p></blockquote>", 20,
      """
      │ 学而不思则罔，思而
      │ 不学则殆。
      │
      │ 论语
      """)
  }

  @Test func aCodeLineThatGoesOnIsMarked() {
    expect(
      "<pre><code>def f(x):\n    return x + 1, x + 2, x + 3</code></pre>", 24,
      """
        def f(x):
            return x + 1, x +
      »     2, x + 3
      """)
  }

  @Test func aTableAlignsItsColumnsAndWrapsItsCells() {
    expect(
      """
      <table><tr><th>方法</th><th>BLEU</th><th>说明</th></tr>
      <tr><td>基线</td><td>27.3</td><td>单元格里的文字在列宽内换行，并且照样遵守禁则</td></tr>
      <tr><td>改进版</td><td>28.9</td><td>$x_{t+1}$</td></tr></table>
      """, 42,
      """
      ┌────────┬──────┬────────────────────────┐
      │ 方法   │ BLEU │ 说明                   │
      ├────────┼──────┼────────────────────────┤
      │ 基线   │ 27.3 │ 单元格里的文字在列宽内 │
      │        │      │ 换行，并且照样遵守禁则 │
      ├────────┼──────┼────────────────────────┤
      │ 改进版 │ 28.9 │ $x_{t+1}$              │
      └────────┴──────┴────────────────────────┘
      """)
  }

  @Test func subAndSuperscriptsCannotBeMisread() {
    expect(
      "<p>H<sub>2</sub>O，x<sup>n+1</sup>y，10<sup>-3</sup>，1<sup>st</sup></p>", 60,
      "H_2O，x^{n+1}y，10^{-3}，1st")
  }

  @Test func linksAreNumberedWhereThePageIsFull() {
    expect(
      #"<p>见<a href="https://a.example/">甲</a>，又见<a href="https://b.example/">乙</a>与<a href="https://a.example/">甲</a>。</p>"#,
      60, "见甲[1]，又见乙[2]与甲[1]。"
    ) {
      $0.presentation = .full
      $0.links = .numbers
    }
  }

  /// The cases written beside the rules: text or HTML, options, and the lines expected.
  @Test(arguments: ["wrap_cases.jsonl", "math_cases.jsonl"])
  func everyCaseOfTheRulesIsMet(file: String) throws {
    guard let bytes = SharedData.bytes(file) else { return }
    var count = 0
    for line in bytes.split(separator: 0x0A) {
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
      count += 1
      let text = object["text"] as? String
      var options: [String: String] = [:]
      for (key, value) in object["options"] as? [String: Any] ?? [:] {
        options[key] = value as? String ?? ((value as? Bool) == true ? "true" : "false")
      }
      let batch = try BatchOptions(
        options, columns: try #require(object["width"] as? Int),
        ambiguousColumns: object["ambiguous"] as? Int ?? 1, isText: text != nil)
      let reader = DocumentReader()
      let document: Document
      if let text {
        document =
          batch.textMode == .flow
          ? reader.document(flowText: Array(text.utf8))
          : reader.document(
            sourceText: Array(text.utf8), findsFormulas: batch.page.breaking.math)
      } else {
        document = reader.document(html: Array((object["html"] as? String ?? "").utf8))
      }
      let found = batch.lines(of: document).map { line in
        String(
          line.unicodeScalars.filter {
            !"\u{200B}\u{2060}\u{FEFF}\u{AD}".unicodeScalars.contains($0)
          })
      }
      #expect(found == object["expect"] as? [String], "\(object["name"] ?? "")")
    }
    print("\(file): \(count) cases")
  }

  @Test func aQuoteInAListStandsBehindTheMarker() {
    expect(
      "<ul><li><blockquote>引文在列表里，第二行也有引线</blockquote></li><li>第二项</li></ul>", 20,
      """
      • │ 引文在列表里，第
        │ 二行也有引线
      • 第二项
      """)
    expect(
      "<blockquote><ul><li>列表在引文里，第二行悬挂</li></ul></blockquote>", 20,
      """
      │ • 列表在引文里，第
      │   二行悬挂
      """)
  }

  @Test func aDisplayFormulaThatBeginsAnItemStandsAtTheHangingIndent() {
    expect(
      "<ol><li>$$x=1$$于是得证。</li><li>设$a$。</li></ol>", 20,
      """
      1. $$x=1$$
         于是得证。
      2. 设$a$。
      """)
  }

  @Test func aNoteStaysWithItsWord() {
    expect(
      "<p>一二三四五六七八九十<sup><a href=\"#fn1\">1</a></sup>。<span id=\"fn1\">注</span></p>", 20,
      """
      一二三四五六七八九
      十[^1]。注
      """)
  }

  @Test func aReadingStaysWithItsBase() {
    expect(
      "<p>一二三四五六七八九<ruby>漢<rt>hàn</rt></ruby>字</p>", 20,
      """
      一二三四五六七八九
      漢(hàn)字
      """)
  }

  @Test func aSmallImageLabelIsNotBroken() {
    expect(
      "<p>一二三四五<img alt=\"a small picture\" src=\"a.png\">六七</p>", 24,
      """
      一二三四五
      [a small picture]六七
      """)
  }

  @Test func linkNumbersBetweenTwoFormulasAreKept() {
    expect(
      "<p>由<a href=\"/a\">$x_1+x_2+x_3+x_4+x_5+x_6$</a>$y_1+y_2+y_3+y_4+y_5+y_6$可知</p>", 30,
      """
      由$x_1+x_2+x_3+x_4+x_5+x_6$[1]
      $y_1+y_2+y_3+y_4+y_5+y_6$可知
      """
    ) {
      $0.presentation = .full
      $0.links = .numbers
    }
  }

  @Test func aWrappedCodeLineNeverGoesOnWithABlank() {
    expect(
      "<pre>let total = first   + second</pre>", 19,
      """
        let total = first
      » + second
      """)
  }
}
