import Documents
import Testing

@testable import Parsing

/// What is a formula and what is text (math.md §3).
struct MathFinderTests {
  typealias Sample = (html: String, formulas: [String])

  static let found: [Sample] = [
    (#"假设有一个$d$维的输入样本$x\in \mathbb{R}^d$。"#, ["$d$", #"$x\in \mathbb{R}^d$"#]),
    ("the $m$th row, an $i$-th entry", ["$m$", "$i$"]),
    ("这里 $ n $ 个点", ["$ n $"]), ("设 $ k $ 为整数", ["$ k $"]),
    ("因为 $10 = 1 + 2 + 3 + 4$，所以 $1 &lt; x$ 成立", ["$10 = 1 + 2 + 3 + 4$", "$1 < x$"]),
    (#"令$P(\text{明天下雨。})=1$"#, [#"$P(\text{明天下雨。})=1$"#]),
    (
      #"\begin{equation}x=\text{if $y&gt;0$}\end{equation}"#,
      [#"\begin{equation}x=\text{if $y>0$}\end{equation}"#]
    ),
    ("设$a<em>1 + b</em>2$为和", ["$a_1 + b_2$"]),
    ("设$x<em>1$和$y</em>2$为数", ["$x_1$", "$y_2$"]),
    ("$u^<em>$ and $v^</em>$", ["$u^*$", "$v^*$"]),
    (
      #"$O(n log n)$ $O(n \log n)$ $3 * 4$ $a_1，a_2，a_3$ $n^2 和 m$"#,
      ["$O(n log n)$", #"$O(n \log n)$"#, "$3 * 4$", "$a_1，a_2，a_3$", "$n^2 和 m$"]
    ),
    ("当 $a<b$ 时结论显然；当 $x<y$ 且 $y>0$ 时", ["$a<b$", "$x<y$", "$y>0$"]),
    ("$a<b$且$c>d$", ["$a<b$", "$c>d$"]),
    ("$a<5$且$b>-3$", ["$a<5$", "$b>-3$"]),
    ("$0<i<n$ and $i<j>k$", ["$0<i<n$", "$i<j>k$"]),
    (#"\(p<q\) or \[s<t,\quad u>v\]"#, [#"\(p<q\)"#, #"\[s<t,\quad u>v\]"#]),
    (#"\begin{align}a&<b\\c&>d\end{align}"#, [#"\begin{align}a&<b\\c&>d\end{align}"#]),
    (
      #"$A \& B$，$x&y$，$\alpha &lt; \beta$"#, [#"$A \& B$"#, "$x&y$", #"$\alpha < \beta$"#]
    ),
    ("若 $n<m$ 则矩阵列满秩", ["$n<m$"]),
    ("It costs $5 and $x^2$ grows", ["$x^2$"]),
    ("Run <code>echo $a $b$</code> to see $a_1$", ["$a_1$"]),
    ("单价$5元，另有$x$变量", ["$x$"]),
    ("$-40$ degrees", ["$-40$"]),
    // Further ones of the same rules.
    (#"$$\sum_{i<n} a_i$$"#, [#"$$\sum_{i<n} a_i$$"#]),
    (#"见\(x^2\)与\[y\]"#, [#"\(x^2\)"#, #"\[y\]"#]),
    (#"\begin{cases}1&x>0\\0&x<0\end{cases}"#, [#"\begin{cases}1&x>0\\0&x<0\end{cases}"#]),
    ("设$f(x)$在$[a,b]$上连续", ["$f(x)$", "$[a,b]$"]),
    (#"$\{x\mid x>0\}$"#, [#"$\{x\mid x>0\}$"#]),
  ]

  static let text: [String] = [
    "It costs $5 and $10 today", "Prices went from $2.50 to $3.75",
    "a price of $1,500 and $2,000 each", "$5 million and $6 million", "售价US$599,折后US$499",
    "HK$5 and HK$7", "Only $5 - $10 or $5-$10 each", "$7-$12", "价格为$5至$7元",
    "Set $HOME and $PATH first, or $HOME/bin:$PATH", "$(Cfg);Dir=$(Out)",
    #"Pay \$5 or \$6 now"#, #"a $ sign and \beta here"#, #"type \( or \) to quote"#,
    #"\begin{tabular}{cc}a&amp;b\end{tabular}"#, "<p>p $u+v</p><p>w$ q</p>", "$x_1。$", "$这是$",
    "$x $", #"$\frac{a}{b$ and"#,
    // Further ones of the same rules.
    "只要$100，不要$200", "<pre>$a$ $b$</pre>", "<code>$x$</code>和<kbd>$y$</kbd>", "$", "$$", "$$$$",
    #"\(未完"#, #"\begin{align}未完"#,
  ]

  @Test(arguments: found.indices) func formulasAreFoundWhole(_ position: Int) {
    let sample = Self.found[position]
    #expect(formulas(sample.html) == sample.formulas, "\(sample.html)")
    #expect(formulas("<p>\(sample.html)</p>") == sample.formulas, "<p>\(sample.html)</p>")
  }

  @Test(arguments: text) func textIsNotTakenForAFormula(_ html: String) {
    #expect(formulas(html).isEmpty, "\(html)")
  }

  @Test func nothingIsLostBehindABareLessThan() {
    #expect(dump("若 $n<m$ 则矩阵列满秩") == ["p: 若 ‹math $n<m$› 则矩阵列满秩"])
    #expect(dump("<p>$a<b$且$c>d$</p>") == ["p: ‹math $a<b$›且‹math $c>d$›"])
  }

  @Test func theTeXOfAFormulaIsWithoutItsDelimiters() throws {
    let document = DocumentReader().document(
      html: Array(#"甲$a$乙\(b\)丙<p>$$c$$</p><p>\begin{align}d\end{align}</p>"#.utf8))
    #expect(
      document.formulas.map { document.string($0.tex) } == [
        "a", "b", "c", #"\begin{align}d\end{align}"#,
      ])
    #expect(document.formulas.map(\.isDisplay) == [false, false, true, true])
  }

  @Test func aRepairIsRemembered() throws {
    let document = DocumentReader().document(html: Array("设$a<em>1 + b</em>2$，$c$".utf8))
    #expect(document.formulas.map(\.isRepaired) == [true, false])
    #expect(!document.spans.contains { $0.role == .emphasis })
  }

  @Test func manyDollarsAreReadInLinearTime() {
    let clock = ContinuousClock()
    func time(_ count: Int) -> Duration {
      let html = Array(
        (String(repeating: #"$a \( \[ \begin{align} "#, count: count)).utf8)
      return clock.measure { _ = DocumentReader().document(html: html) }
    }
    _ = time(100)
    let short = time(1_000)
    let long = time(8_000)
    // Eight times the text; quadratic would be 64 times as long.
    #expect(long < short * 32 + .milliseconds(200), "\(short), \(long)")
  }
}
