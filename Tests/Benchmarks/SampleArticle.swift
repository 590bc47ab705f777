/// An article as 科学空间 writes them, as long as asked for, the same in every run.
enum SampleArticle {
  private static let sentences = [
    "我们知道，矩阵$\\boldsymbol{A}\\in\\mathbb{R}^{n\\times m}$的谱范数定义为$\\Vert\\boldsymbol{A}\\Vert_2$，"
      + "即它的最大奇异值。",
    "在《Attention Is All You Need》之后，“注意力”几乎成了模型的标配……但RoPE（Rotary Position Embedding）为何有效？",
    "实验显示准确率提升3.14%，成本约¥100，速度达50km/h，详见https://kexue.fm/archives/8265?utm_source=feed。",
    "设$a<b$且$c>d$，那么不等式$$\\sum_{i=1}^n x_i y_i \\leq \\sqrt{\\sum_{i=1}^n x_i^2}\\sqrt{\\sum_{i=1}^n y_i^2}$$"
      + "对任意实数成立。",
    "The proof follows from a simple observation: the map is linear, hence its kernel is a subspace. ",
    "这里的关键之处在于：当步长足够小时，损失函数必然下降，而下降的速度由曲率决定，这一点与直觉完全一致。",
    "\\begin{equation}\\begin{aligned}f(x) =&\\, \\int_0^x e^{-t^2}dt\\\\ =&\\, x - \\frac{x^3}{3} + \\cdots"
      + "\\end{aligned}\\end{equation}",
  ]

  private struct Dice {
    var state: UInt64 = 20_260_101
    mutating func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(sides))
    }
  }

  /// Chinese text without markup or formulas.
  static func prose(bytes: Int) -> [UInt8] {
    var dice = Dice()
    var text: [UInt8] = []
    while text.count < bytes {
      for _ in 0..<3 + dice.roll(4) { text += Array(sentences[[1, 2, 4, 5][dice.roll(4)]].utf8) }
      text += Array("\n\n".utf8)
    }
    return text
  }

  /// A body with formulas, headings, lists and code.
  static func html(bytes: Int) -> [UInt8] {
    var dice = Dice()
    var html = ""
    while html.utf8.count < bytes {
      switch dice.roll(12) {
      case 0: html += "<h2>第\(dice.roll(90) + 10)节 谱范数</h2>\n"
      case 1: html += "<ul><li>\(sentence(&dice))</li><li>\(sentence(&dice))</li></ul>\n"
      case 2:
        html += "<pre><code>for i in range(\(dice.roll(90))):\n    x = x &lt; 3</code></pre>\n"
      default:
        html += "<p>"
        for _ in 0..<2 + dice.roll(4) { html += sentence(&dice) }
        html += "<a href=\"/archives/\(7000 + dice.roll(900))\">《<em>注意力</em>》</a></p>\n"
      }
    }
    return Array(html.utf8)
  }

  private static func sentence(_ dice: inout Dice) -> String {
    sentences[dice.roll(sentences.count)].replacing("<", with: "&lt;")
  }
}
