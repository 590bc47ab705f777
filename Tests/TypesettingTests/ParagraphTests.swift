import Testing

@testable import Typesetting

/// Filling of running text: the rules of docs/typesetting.md, section 4, as pictures.
@Suite struct ParagraphTests {
  static let comparison =
    "在《Attention Is All You Need》之后，我们知道“注意力”是核心……但RoPE（Rotary Position Embedding）为何有效？它把旋转角度记作θ——即相位。实验显示准确率提升3.14%，成本约¥100，速度达50km/h。详见https://kexue.fm/archives/8265?utm_source=feed&utm_medium=rss#comments。“真的吗？”有人问：「是的！」他答道。论文《注意力》、《位置编码》各有千秋，值得一读。"

  @Test func theComparisonParagraphAtForty() {
    check(
      Self.comparison, columns: 40,
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

  @Test func orphansAreRepaired() {
    var sketch = Sketch()
    sketch.add(Self.comparison)
    let greedy = lines(sketch.document, columns: 41)
    #expect(greedy.last == "读。")
    #expect(greedy.dropLast().last?.hasSuffix("值得一") == true)
    let repaired = lines(sketch.document, columns: 41) { $0.repair = .orphans }
    #expect(repaired.last == "一读。")
    #expect(repaired.dropLast().last?.hasSuffix("值得") == true)
    #expect(repaired.count == greedy.count)
  }

  @Test func orphansBeforeADisplayFormulaAreRepaired() {
    check("一二三四五六$$x$$", columns: 10, "一二三四\n五六\n  $$x$$") { $0.repair = .orphans }
    check("一二三四五六$$x$$", columns: 10, "一二三四五\n六\n  $$x$$")
  }

  @Test func aGapIsFilledWithPartOfAnAddress() {
    let text = "详细的说明见https://example.org/a?first=1&second=2&third=3&fourth=4"
    check(
      text, columns: 40,
      """
      详细的说明见https://example.org/a?
      first=1&second=2&third=3&fourth=4
      """
    ) { $0.repair = .all }
    check(
      "说明https://example.org/first=1&second=2&third=3", columns: 30,
      """
      说明https://example.org/
      first=1&second=2&third=3
      """
    ) { $0.repair = .all }
    check(
      "说明https://example.org/first=1&second=2&third=3", columns: 34,
      """
      说明https://example.org/first=1
      &second=2&third=3
      """
    ) { $0.repair = .all }
  }

  @Test func aWordTooLongIsCutSoThatNoMarkBeginsALine() {
    check("abcdefghij。好", columns: 10, "abcdefghi\nj。好")
    check("（abcdefghijk）", columns: 6, "（abcd\nefghij\nk）")
  }

  @Test func softHyphensShowOnlyAtLineEnds() {
    check("inter\u{AD}national合作", columns: 8, "inter-\nnational\n合作")
    check("inter\u{AD}national合作", columns: 14, "international\n合作")
    check("inter\u{AD}national", columns: 6, "inter-\nnation\nal")
    // The hyphen itself must fit.
    check("一inter\u{AD}national", columns: 7, "一\ninter-\nnationa\nl")
    check("inter\u{AD}national", columns: 8, "internat\nional") { $0.breaking.softHyphens = false }
  }

  @Test func oneMarkMayHang() {
    check("一二三四五。六七", columns: 10, "一二三四五。\n六七") { $0.breaking.hang = true }
    check("一二三四五。」六七", columns: 10, "一二三四\n五。」六七") { $0.breaking.hang = true }
    check("一二三四五。「六七", columns: 10, "一二三四\n五。「六七") { $0.breaking.hang = true }
  }

  @Test func autospaceDrawsGapsInsideLinesOnly() {
    check("用BERT做", columns: 9, "用 BERT\n做") { $0.breaking.autospace = true }
    check("用BERT，好3个", columns: 20, "用 BERT，好 3 个") { $0.breaking.autospace = true }
    check("有$x$个<code>a</code>的", columns: 20, "有$x$个a的") { $0.breaking.autospace = true }
  }

  @Test func oneColumnHoldsOneCharacterPerLine() {
    check("ab中。", columns: 1, "a\nb\n中\n。")
    check("$x$", columns: 1, "$\nx\n$")
  }

  @Test func lineEndsAreKeptAndEmptyOnesToo() {
    check("第一行\n\n第三行", columns: 20, "第一行\n\n第三行")
    check("", columns: 20, "")
  }

  @Test func inlineCodeIsOneUnitAndBreaksAtItsBlanks() {
    check("调用<code>torch.nn.Linear</code>即可", columns: 16, "调用\ntorch.nn.Linear\n即可")
    check("运行<code>git --dry-run</code>吧", columns: 10, "运行git\n--dry-run\n吧")
  }

  @Test func wideInlineCodeFillsGaps() {
    check(
      "这个函数是<code>torch.nn.functional.scaled_dot_product_attention</code>吗", columns: 40,
      """
      这个函数是torch.nn.functional.scaled_
      dot_product_attention吗
      """
    ) { $0.repair = .all }
  }

  @Test func optimalWrapBalancesLatinLinesOnly() {
    let text = "aaaa bbb cc ddddd"
    check(text, columns: 9, "aaaa bbb\ncc ddddd") { $0.breaking.wrap = .optimal }
    check("aaa bb cc ddddd", columns: 6, "aaa bb\ncc\nddddd")
    check("aaa bb cc ddddd", columns: 6, "aaa\nbb cc\nddddd") { $0.breaking.wrap = .optimal }
    check("一二三四五六七", columns: 6, "一二三\n四五六\n七") { $0.breaking.wrap = .optimal }
  }
}
