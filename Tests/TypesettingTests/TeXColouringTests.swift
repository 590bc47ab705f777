import Documents
import Testing

@testable import Typesetting

/// The parts of a formula that readers may have coloured (docs/math.md).
@Suite struct TeXColouringTests {
  /// `part:source` for each part, in order.
  private static func parts(_ source: String) -> [String] {
    var sketch = Sketch()
    sketch.add("设" + source + "。")
    guard let formula = sketch.document.formulas.first else { return [] }
    return texParts(of: formula, in: sketch.document).map {
      "\($0.part):\(sketch.document.string($0.range))"
    }
  }

  @Test func commandsNumbersBracesAndScriptsAreToldApart() {
    #expect(
      Self.parts(#"$\frac{1.5}{n}x_i=\alpha$"#) == [
        "delimiter:$", #"command:\frac"#, "brace:{", "number:1.5", "brace:}{", "brace:}",
        "operatorSign:_", #"command:\alpha"#, "delimiter:$",
      ])
  }

  @Test func whatStandsInTextIsProseAndLabelsAreReferences() {
    #expect(
      Self.parts(#"$$y=\text{若 $x>0$}\label{eq:k}$$"#) == [
        "delimiter:$$", #"command:\text"#, "brace:{", "text:若 $x>0$", "brace:}",
        #"reference:\label{eq:k}"#, "delimiter:$$",
      ])
  }

  @Test func rowsEnvironmentsAndCommentsAreMarked() {
    #expect(
      Self.parts("$$\\begin{aligned}\na&=b\\\\ % 说明\nc\n\\end{aligned}$$") == [
        "delimiter:$$", "environment:\\begin{aligned}", "operatorSign:&", "operatorSign:\\\\",
        "comment:% 说明", "environment:\\end{aligned}", "delimiter:$$",
      ])
  }

  @Test func aBraceWithoutAPartnerStandsOut() {
    var sketch = Sketch()
    sketch.add("$a b$")
    let formula = sketch.document.formulas[0]
    sketch.document.text[formula.range.lowerBound + 2] = UInt8(ascii: "}")
    let lone = texParts(of: formula, in: sketch.document).filter { $0.part == .loneBrace }
    #expect(lone.map { sketch.document.string($0.range) } == ["}"])
  }
}
