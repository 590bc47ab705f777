import Documents
import Testing

@testable import Parsing

/// HTML bodies as documents, one element kind after another (docs/feeds.md).
struct HTMLDocumentTests {
  private func check(
    _ html: String, _ expected: [String], language: String? = nil,
    at location: SourceLocation = #_sourceLocation
  ) {
    #expect(dump(html, language: language) == expected, sourceLocation: location)
  }

  // MARK: - Blocks

  @Test func paragraphsAreDividedAndTheirWhiteSpaceCollapsed() {
    check("<p>第一段</p><p> 第  二\n段 </p>第三段", ["p: 第一段", "p: 第 二段", "p: 第三段"])
    check("<p>one\n two</p><div>甲<div>乙</div>丙</div>", ["p: one two", "p: 甲", "p: 乙", "p: 丙"])
    check("<p></p><p>&nbsp;</p><p> </p>", [])
    check("<p>甲<p>乙", ["p: 甲", "p: 乙"])
  }

  @Test func headingsKeepTheirLevel() {
    check("<h1>甲</h1><h3>乙<em>丙</em></h3>文", ["h1: 甲", "h3: 乙‹em 丙›", "p: 文"])
  }

  @Test func aSingleBreakIsALineAndTwoAreAParagraph() {
    check("甲<br>乙", ["p: 甲⏎乙"])
    check("甲<br/><br />乙", ["p: 甲", "p: 乙"])
    check("<p>甲<br></p>", ["p: 甲"])
  }

  @Test func listsNestAndCount() {
    check(
      "<ul><li>甲<ol start=3><li>乙<li value=7>丙</ol><li><p>丁</p></ul>",
      [
        "bullets > item: p: 甲", "bullets > item > decimal > item 3: p: 乙",
        "bullets > item > decimal > item 7: p: 丙", "bullets > item: p: 丁",
      ].map { $0.replacing(": p:", with: " > p:") })
    check(
      "<ol type=a><li>甲<li>乙</ol>",
      ["lowerLetters > item 1 > p: 甲", "lowerLetters > item 2 > p: 乙"])
    check(
      "<ul><li><input type=checkbox checked> 好<li><input type=checkbox>不</ul>",
      ["bullets > item[x] > p: 好", "bullets > item[ ] > p: 不"])
  }

  @Test func numbersOfListsAreClamped() {
    let lines = dump("<ol start=99999999999999999999><li>甲<li>乙</ol><ol start=x><li>丙</ol>")
    #expect(lines.count == 3)
    #expect(lines.last == "decimal > item 1 > p: 丙")
  }

  @Test func quotesNest() {
    check(
      "<blockquote>甲<blockquote><p>乙</p></blockquote></blockquote>丙",
      ["quote > p: 甲", "quote > quote > p: 乙", "p: 丙"])
  }

  @Test func codeIsVerbatimWithItsLanguage() {
    check(
      "<pre><code class=\"language-python\">\ndef f(x):\n\treturn x &lt; 1  # 注</code></pre>",
      ["code(python): def f(x):⏎\treturn x < 1  # 注"])
    check("<pre>a<br>b\n\nc</pre>", ["code: a⏎b⏎⏎c"])
    check(
      "<figure class=\"highlight swift\"><table><tr><td class=\"gutter\"><pre>1\n2</pre></td>"
        + "<td class=\"code\"><pre>let a = 1\nlet b = 2</pre></td></tr></table></figure>",
      ["figure > code: let a = 1⏎let b = 2"])
  }

  @Test func tablesHaveHeadersSpansAndAlignment() {
    check(
      "<table><tr><th>甲<th align=right>乙<tr><td colspan=2>丙<tr><td>丁<td>戊</table>",
      [
        "table > row > header > p: 甲", "table > row > header right > p: 乙",
        "table > row > cell 2×1 > p: 丙", "table > row > cell > p: 丁",
        "table > row > cell > p: 戊",
      ])
  }

  @Test(arguments: ["99999999999", "-3", "0", "x", ""])
  func spansOfCellsAreClamped(_ number: String) {
    let html =
      "<table><tr><td colspan=\"\(number)\" rowspan=\"\(number)\">甲<td>乙"
      + "<tr><td>丙<td>丁</table>"
    let document = DocumentReader().document(html: Array(html.utf8))
    #expect(document.blocks.map { document.string($0.range) } == ["甲", "乙", "丙", "丁"])
    for container in document.containers {
      guard case .cell(let columns, let rows, _, _) = container.kind else { continue }
      #expect((1...1_000).contains(columns) && (1...65_534).contains(rows))
    }
  }

  @Test func definitionsFiguresAndDetailsAreGroups() {
    check("<dl><dt>词<dd>义</dl>", ["term > p: 词", "definition > p: 义"])
    check(
      "<figure><img src=a.png alt=图><figcaption>说明</figcaption></figure>",
      ["figure > image a.png: ‹image a.png 图›", "figure > caption > p: 说明"])
    let details = dump("<details><summary>题</summary>文</details>")
    #expect(details == ["details > p: ‹strong 题›", "details > p: 文"])
    check("甲<hr>乙", ["p: 甲", "rule: ", "p: 乙"])
  }

  // MARK: - Inline

  @Test func emphasisAndItsKin() {
    check(
      "<p>a<em>b</em><strong>c</strong><code>d</code><kbd>e</kbd><del>f</del><ins>g</ins>"
        + "<mark>h</mark><small>i</small></p>",
      [
        "p: a‹em b›‹strong c›‹code d›‹key e›‹deleted f›‹inserted g›‹mark h›‹small i›"
      ])
    check("<b>甲<i>乙</i></b>", ["p: ‹strong 甲‹em 乙››"])
    check("<p>甲<b></b>乙<i> </i>丙</p>", ["p: 甲乙 丙"])
  }

  @Test func subscriptsAndSuperscripts() {
    check("H<sub>2</sub>O, e<sup>n+1</sup>", ["p: H‹sub 2›O, e‹sup n+1›"])
  }

  @Test func rubyHasItsReadingBehindItsBase() {
    check(
      "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>",
      [
        "p: 漢‹rubyReading かん›字‹rubyReading じ›"
      ])
  }

  @Test func quotationMarksFollowTheLanguage() {
    check("<q>甲</q>", ["p: “甲”"], language: "zh-CN")
    check("<q>甲</q>", ["p: 「甲」"], language: "ja")
  }

  @Test func linksAreNumberedOncePerTarget() {
    #expect(
      dump(
        "<a href=/1>甲</a><a href=/2>乙</a><a href=\"https://e.org/1\">丙</a>",
        base: "https://e.org/x/") == [
          "p: ‹link1 甲›‹link2 乙›‹link1 丙›", "[1] https://e.org/1", "[2] https://e.org/2",
        ])
  }

  @Test func aTargetThatMayNotBeOpenedIsNoLink() {
    check("<a href=\"javascript:alert(1)\">甲</a><a>乙</a>", ["p: 甲乙"])
  }

  @Test func imagesAreLabelledAndTrackersAreNot() {
    check("甲<img src=a.png alt=图>乙", ["p: 甲‹image a.png 图›乙"])
    check("<p><img data-src=b.jpg src=\"\" title=题></p>", ["image b.jpg: ‹image b.jpg 题›"])
    check("<p>甲<img src=t.gif width=1 height=1></p>", ["p: 甲"])
    check(
      "<p><img src=\"/d/photo.jpg\"></p>", ["image /d/photo.jpg: ‹image /d/photo.jpg photo.jpg›"])
  }

  @Test func mediaAreLabelled() {
    #expect(dump("<video src=v.mp4 title=影></video>").first == "video v.mp4: ‹image v.mp4 影›")
    #expect(dump("<audio src=v.mp3 title=声></audio>").first == "audio v.mp3: ‹image v.mp3 声›")
  }

  @Test func whatIsHiddenIsNotShown() {
    check(
      "甲<script>x</script><style>y</style><template>z</template><p hidden>w</p>"
        + "<p style=\"display: none\">v</p><!-- u --><p>乙</p>", ["p: 甲", "p: 乙"])
    check("甲<!-- 未完", ["p: 甲 未完"])
    check("甲<unknown-thing>乙</unknown-thing>", ["p: 甲乙"])
  }

  @Test func referencesAreDecodedAsBrowsersDo() {
    check("&copy;&lt;&#20013;&#x6587;&#147;&amp;&nosuch; &hellip;", ["p: ©<中文“&&nosuch; …"])
  }

  @Test func chineseLineEndsVanishAndLatinOnesAreSpaces() {
    check("<p>中文\n换行\nand latin\nwords\n中</p>", ["p: 中文换行 and latin words 中"])
  }

  // MARK: - Formulas

  @Test func formulasAreSpansOrBlocks() {
    check("<p>设$a<b$且$c>d$。</p>", ["p: 设‹math $a<b$›且‹math $c>d$›。"])
    check(
      #"<p>甲</p><p>\begin{align}a&=b\\<br>c&<d\end{align}</p>"#,
      ["p: 甲", #"display: ‹display \begin{align}a&=b\\⏎c&<d\end{align}›"#])
    check("<p>$$</p><p>a+b</p><p>$$</p>", ["display: ‹display $$⏎a+b⏎$$›"])
  }

  @Test func katexIsTakenOnce() {
    check(
      """
      <p>设<span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>x</mi>\
      <mo>&lt;</mo><mi>y</mi></mrow><annotation encoding="application/x-tex">x&lt;y</annotation>\
      </semantics></math></span><span class="katex-html" aria-hidden="true"><span>x</span>\
      <span>&lt;y</span></span></span>成立</p>
      """, ["p: 设‹math $x<y$›成立"])
  }

  @Test func scriptsOfMathJaxAreFormulas() {
    check(#"甲<script type="math/tex">x<y^2</script>乙"#, ["p: 甲‹math $x<y^2$›乙"])
    #expect(
      formulas(
        #"<p>甲</p><script type="math/tex; mode=display">% <![CDATA[\#na<b %]]></script>"#
      ).map { $0.contains("a<b") && !$0.contains("CDATA") } == [true])
  }

  @Test func imagesOfFormulasAreFormulas() {
    #expect(
      formulas(
        #"<img src="https://s0.wp.com/latex.php?latex=T_%7Bn%7D+&#038;bg=fff" alt="T_{n}" class="latex">"#
      ) == ["$T_{n}$"])
    #expect(
      formulas(
        #"见<img src="https://www.zhihu.com/equation?tex=k_%7Bu%7D" alt="k_{u}" eeimg="1">"#)
        == ["$k_{u}$"])
    #expect(
      formulas(
        #"见<img src="https://latex.codecogs.com/gif.latex?\dpi{120}&space;a&plus;b^2"> 式"#
      ).map { $0.contains("a+b^2") } == [true])
    #expect(
      formulas(#"见<img src="https://chart.googleapis.com/chart?cht=tx&chl=x%5E2">式"#) == ["$x^2$"])
  }

  @Test func mathMLIsTurnedIntoTeX() {
    let cases: [(String, String)] = [
      ("<mfrac><mi>a</mi><mi>b</mi></mfrac>", #"\frac{a}{b}"#),
      ("<msup><mi>x</mi><mn>2</mn></msup>", "x^{2}"),
      ("<msqrt><mi>x</mi></msqrt>", #"\sqrt{x}"#),
      ("<mi>x</mi><mo>+</mo><mn>1</mn>", "x+1"),
    ]
    for (markup, tex) in cases {
      let found = formulas("设<math>\(markup)</math>。")
      #expect(found.count == 1)
      let plain = found.first?.filter { !" {}$".contains($0) }
      #expect(plain == tex.filter { !" {}".contains($0) }, "\(found)")
    }
    #expect(formulas(#"<math alttext="\alpha^2"><mi>α</mi></math>"#) == [#"$\alpha^2$"#])
  }

  @Test func emphasisInAFormulaIsTurnedBackIntoItsMarks() {
    check("设$a<em>1 + b</em>2$和<em>强调</em>", ["p: 设‹math $a_1 + b_2$›和‹em 强调›"])
  }

  @Test func codeIsNoFormula() {
    check("<code>$a$</code>与$b$", ["p: ‹code $a$›与‹math $b$›"])
  }

  // MARK: - What must never happen

  @Test func spansNestAndBlocksDoNotOverlapWhateverTheMarkup() {
    let pieces = [
      "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href=x>", "</a>", "<ul>", "<li>", "</ul>",
      "<table>", "<tr>", "<td>", "</table>", "甲", " ", "$a<b$", "$", "<br>", "<pre>", "</pre>",
      "<code>", "</code>", "<em>1</em>", "&amp;", "&", "<", ">", "<img src=a alt=b>", "\\[", "\\]",
      "<ruby>", "<rt>", "</ruby>", "<blockquote>", "</blockquote>", "<h2>", "</h2>", "<math>",
      "<mi>x</mi>", "</math>", "<sup>", "</sup>", "<!--", "-->", "\\begin{align}", "\\end{align}",
      "<script>", "</script>", "<details>", "<summary>", "\n", "\u{0}", "<hr>", "$$",
    ]
    var state: UInt64 = 3
    for _ in 0..<1_500 {
      var html = ""
      for _ in 0..<24 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        html += pieces[Int(state >> 33) % pieces.count]
      }
      let fault = Self.fault(of: DocumentReader().document(html: Array(html.utf8)))
      #expect(fault == nil, "\(html)")
    }
  }

  /// The first promise of `Document` that one does not keep.
  private static func fault(of document: Document) -> String? {
    guard String(validating: document.text, as: UTF8.self) != nil else { return "no UTF-8" }
    var end = 0
    for block in document.blocks {
      guard block.range.lowerBound >= end, block.range.upperBound <= document.text.count else {
        return "blocks overlap"
      }
      end = block.range.upperBound
      if let container = block.container, !document.containers.indices.contains(container) {
        return "no such container"
      }
    }
    for (position, container) in document.containers.enumerated() {
      if let parent = container.parent, parent >= position { return "a parent behind its child" }
    }
    var open: [Range<Int>] = []
    var start = 0
    for span in document.spans {
      guard span.range.lowerBound >= start else { return "spans out of order" }
      start = span.range.lowerBound
      while let last = open.last, last.upperBound <= start { open.removeLast() }
      if let last = open.last, span.range.upperBound > last.upperBound { return "spans cross" }
      open.append(span.range)
      let isInside = document.blocks.contains {
        $0.range.lowerBound <= start && span.range.upperBound <= $0.range.upperBound
      }
      guard isInside else { return "a span leaves its block" }
    }
    for formula in document.formulas
    where formula.tex.lowerBound < formula.range.lowerBound
      || formula.tex.upperBound > formula.range.upperBound
    {
      return "TeX outside its formula"
    }
    return nil
  }

  @Test(arguments: [
    "<div>", "<b>", "<ul><li>", "<table><tr><td>", "<blockquote>", "<span>", "<math>",
  ])
  func deepNestingKeepsItsText(_ tag: String) {
    let html = String(repeating: tag, count: 400) + "底"
    let document = DocumentReader().document(html: Array(html.utf8))
    #expect(String(decoding: document.text, as: UTF8.self).contains("底"))
  }
}
