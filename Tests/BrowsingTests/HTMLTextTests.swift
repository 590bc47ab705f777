import Documents
import Testing

@testable import Browsing

@Suite struct HTMLTextTests {
  @Test func textLinksFormulasAndCodeAreWrittenWithWhatHTMLWouldReadEscaped() {
    let document = Sketch.document([
      .heading("从长度到夹角"), .text("若$a<b$则见[论文](https://a.example/?x=1&y=2)。"),
      .display("a<b", label: nil), .code("if a < b && c:\n  \"d\""),
    ])
    #expect(
      HTMLText.text(of: document) == """
        <h2>从长度到夹角</h2>
        <p>若$a&lt;b$则见<a href="https://a.example/?x=1&amp;y=2">论文</a>。</p>
        <p>\\[a&lt;b\\]</p>
        <pre><code class="language-python">if a &lt; b &amp;&amp; c:
          &quot;d&quot;</code></pre>

        """)
  }

  @Test func anAddressThatIsAProgramIsNoLink() {
    let document = Sketch.document([
      .text("[一](java\u{A}script:alert(1))和[二](data:text/html,x)和[三](#fn:1)。")
    ])
    let html = HTMLText.text(of: document)
    #expect(!html.contains("script:") && !html.contains("data:"))
    #expect(html.contains("一") && html.contains("<a href=\"#fn:1\">三</a>"))
  }

  @Test func tablesAndListsKeepTheirShapeAndTheirEmptyCells() {
    var document = Document()
    func add(_ text: String, in container: Int?) {
      if !document.blocks.isEmpty { document.text.append(0x0A) }
      let start = document.text.count
      document.text += Array(text.utf8)
      document.blocks.append(
        Block(kind: .paragraph, range: start..<document.text.count, container: container))
    }
    func cell(_ isHeader: Bool = false) -> Container.Kind {
      .cell(columns: 1, rows: 1, isHeader: isHeader, alignment: nil)
    }
    document.containers = [
      Container(kind: .list(numbering: .decimal)),
      Container(kind: .item(number: 9, isDone: nil), parent: 0), Container(kind: .table),
      Container(kind: .row, parent: 2), Container(kind: cell(true), parent: 3),
      Container(kind: cell(), parent: 3), Container(kind: cell(), parent: 3),
    ]
    add("第九", in: 1)
    add("头", in: 4)
    add("尾", in: 6)
    let html = HTMLText.text(of: document).replacing("\n", with: "")
    #expect(
      html == "<ol><li value=\"9\"><p>第九</p></li></ol>"
        + "<table><tr><th><p>头</p></th><td></td><td><p>尾</p></td></tr></table>")
  }
}
