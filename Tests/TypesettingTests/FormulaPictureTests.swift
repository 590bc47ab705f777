import Testing

@testable import Typesetting

/// The examples of docs/math.md and their relatives, as pictures.
@Suite struct FormulaPictureTests {
  @Test func aLongInlineFormulaIsCutAfterRelationsAndBraces() {
    check(
      #"这里我们需要估计$\mathbb{E}_{x\sim p(x)}\left[f(x)\right]\leq \frac{1}{n}\sum_{i=1}^n f(x_i)+\epsilon$的上界。"#,
      columns: 40,
      #"""
      这里我们需要估计
      $\mathbb{E}_{x\sim p(x)}
      \left[f(x)\right]\leq
      \frac{1}{n}\sum_{i=1}^n f(x_i)+\epsilon$
      的上界。
      """#)
  }

  @Test func aWordThatTouchesAFormulaIsCutWhenNoLineHoldsIt() {
    check(
      "设 $a<b$" + String(repeating: "q", count: 30) + "，刑", columns: 20,
      """
      设 $a<b$
      qqqqqqqqqqqqqqqqqqqq
      qqqqqqqqqq，刑
      """)
    check(
      String(repeating: "q", count: 30) + "$a_1+b$，好", columns: 20,
      """
      qqqqqqqqqqqqqqqqqqqq
      qqqqqqqqqq$a_1+b$，
      好
      """)
    check(
      "设 " + String(repeating: "q", count: 30) + "$a_1+b$，好", columns: 20,
      """
      设
      qqqqqqqqqqqqqqqqqqqq
      qqqqqqqqqq$a_1+b$，
      好
      """)
  }

  @Test func aBracketBeforeAWideFormulaStaysWithIt() {
    check(
      "同样也有{$(T\\rightarrow ux.v,a)$}，完", columns: 20,
      """
      同样也有
      {$(T\\rightarrow
      ux.v,a)$}，完
      """)
  }

  @Test func noCharacterStandsAloneBeforeAFormulaThatNeedsLinesOfItsOwn() {
    check(
      #"初始化策略是从正态分布$\mathcal{N}\left(0,\frac{2}{fan_{in} + fan_{out}}\right)$中。"#, columns: 20,
      #"""
      初始化策略是从正态
      分布
      $\mathcal{N}\left(0,
      \frac{2}{fan_{in} +
      fan_{out}}\right)$
      中。
      """#
    ) { $0.repair = .all }
  }

  @Test func rowsOfADisplayFormulaInAParagraphBeginLines() {
    check(
      #"因此有\begin{align}p&=q+r\\s&=t\end{align}即可。"#, columns: 60,
      #"""
      因此有
        \begin{align}
        p&=q+r\\
        s&=t
        \end{align}
      即可。
      """#)
  }

  @Test func aDisplayFormulaContinuesWithAHangOfTwo() {
    check(
      #"$$f(x)=\left(a_1+a_2+a_3\right)\left(b_1+b_2+b_3\right)+\text{余项}$$"#, columns: 30,
      #"""
        $$f(x)=\left(a_1+a_2+
          a_3\right)\left(b_1+b_2+
          b_3\right)+\text{余项}$$
      """#)
  }

  @Test func delimitersStayWithTheEnvironmentAndTheFullStopWithBoth() {
    check(
      #"$$\begin{aligned}L&=-\sum_i y_i\log \hat{y}_i\\&=H(y,\hat{y})\end{aligned}$$。"#,
      columns: 44,
      #"""
        $$\begin{aligned}
        L&=-\sum_i y_i\log \hat{y}_i\\
        &=H(y,\hat{y})
        \end{aligned}$$。
      """#)
  }

  @Test func rowsOfAMatrixAreNotCut() {
    check(
      #"$$A=\begin{pmatrix}1&0\\0&1\end{pmatrix}$$"#, columns: 60,
      #"  $$A=\begin{pmatrix}1&0\\0&1\end{pmatrix}$$"#)
    // Nor those of a stack of subscripts.
    check(
      #"\begin{align}\sum_{\substack{i\\j}}a&=b\\c&=d\end{align}"#, columns: 60,
      #"""
        \begin{align}
        \sum_{\substack{i\\j}}a&=b\\
        c&=d
        \end{align}
      """#)
  }

  @Test func chainsOfEnvironmentsStayTogether() {
    check(
      #"\begin{equation}\begin{aligned}a =&\, b \\ =&\, c\end{aligned}\label{eq:k}\end{equation}"#,
      columns: 60,
      #"""
        \begin{equation}\begin{aligned}
        a =&\, b \\
        =&\, c
        \end{aligned}\label{eq:k}
        \end{equation}
      """#)
  }

  @Test func theAuthorsLinesAndIndentsAreKept() {
    check(
      "$$\n  x &= 1 \\\\ % 注\n\n    y &= 22\n$$", columns: 40,
      "  $$\n    x &= 1 \\\\ % 注\n      y &= 22\n  $$")
  }

  @Test func aDisplayFormulaInsideASentenceHasNoEmptyLines() {
    check("We get $$x=1$$ as claimed.", columns: 60, "We get\n  $$x=1$$\nas claimed.")
    check(#"We get \[x=1\], and so on."#, columns: 60, "We get\n  \\[x=1\\],\nand so on.")
  }

  @Test func displayFormulasAreCutAfterRelationsThenOperators() {
    check(
      #"$$\alpha_1\beta_1\gamma_1=\alpha_2\beta_2\gamma_2=\alpha_3\beta_3\gamma_3$$"#, columns: 40,
      #"""
        $$\alpha_1\beta_1\gamma_1=
          \alpha_2\beta_2\gamma_2=
          \alpha_3\beta_3\gamma_3$$
      """#)
    check(
      #"\[S=\alpha_{1}x_{1}+\alpha_{2}x_{2}+\alpha_{3}x_{3}+\alpha_{4}x_{4}\]"#, columns: 40,
      #"""
        \[S=\alpha_{1}x_{1}+\alpha_{2}x_{2}+
          \alpha_{3}x_{3}+\alpha_{4}x_{4}\]
      """#)
    check(
      "$$x=1234567890+2345678901+3456789012$$", columns: 24,
      "  $$x=1234567890+\n    2345678901+\n    3456789012$$")
    check(
      "$$f_{i+j+k}(x)=g_{i+j+k}(x)+h_{i+j+k}(x)$$", columns: 32,
      "  $$f_{i+j+k}(x)=\n    g_{i+j+k}(x)+h_{i+j+k}(x)$$")
  }

  @Test func aShortFormulaIsNeverSplitAndBracketsStayWithIt() {
    check(
      #"我们知道这里的参数($\theta$)重要。"#, columns: 24, "我们知道这里的参数\n($\\theta$)重要。")
    check(
      #"其中$\boldsymbol{x}\in\mathbb{R}$以及$\boldsymbol{y}\in\mathbb{R}$都是实数。"#, columns: 30,
      #"""
      其中$\boldsymbol{x}\in
      \mathbb{R}$以及
      $\boldsymbol{y}\in\mathbb{R}$
      都是实数。
      """#)
  }

  @Test func marksBehindADisplayFormulaStayWithItWhileTheyFit() {
    check("有$$x=y$$）。」然后", columns: 24, "有\n  $$x=y$$）。」\n然后")
    // No line of a page is wider than the page, whatever stands behind a formula.
    check(
      "$$x$$" + String(repeating: "。", count: 15), columns: 24,
      "  $$x$$。。。。。。\n。。。。。。。。。")
  }

  @Test func aCommentInAnInlineFormulaEndsItsLine() {
    check("设$a % 注\n+b$成立", columns: 40, "设$a % 注\n+b$成立")
    check("设$a\n+b$成立", columns: 40, "设$a +b$成立")
  }

  @Test func formulasThatTouchMayBeParted() {
    check("有$a_1$$b_1$和", columns: 8, "有$a_1$\n$b_1$和")
  }
}
