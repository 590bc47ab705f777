import Documents
import Testing

@testable import Browsing

@Suite struct MarkdownTests {
  @Test func headingsLinksAndFormulasAreWrittenAsTheyAre() {
    let document = Sketch.document([
      .heading("从长度到夹角"), .text("式$x_1*x_2*$见[论文](https://a.example/(1))。"),
      .display("E=mc^2", label: nil), .code("a = `b`\n\nc"),
    ])
    #expect(
      Markdown.text(of: document) == """
        ## 从长度到夹角

        式$x_1*x_2*$见[论文](<https://a.example/(1>))。

        \\[E=mc^2\\]

        ```python
        a = `b`

        c
        ```

        """)
  }

  @Test func whatMarkdownWouldReadAsMarksIsMadeHarmless() {
    let document = Sketch.document([
      .text("# 不是标题"), .text("1. 不是列表"), .text("- 不是列表 *不是强调* a_b"), .code("``` 栅栏"),
    ])
    #expect(
      Markdown.text(of: document) == """
        \\# 不是标题

        1\\. 不是列表

        \\- 不是列表 \\*不是强调\\* a\\_b

        ````python
        ``` 栅栏
        ````

        """)
  }

  @Test func listsAndQuotesKeepTheirMarks() {
    var document = Document()
    func add(_ text: String, in container: Int?) {
      if !document.blocks.isEmpty { document.text.append(0x0A) }
      let start = document.text.count
      document.text += Array(text.utf8)
      document.blocks.append(
        Block(kind: .paragraph, range: start..<document.text.count, container: container))
    }
    document.containers = [
      Container(kind: .quote), Container(kind: .list(numbering: .decimal)),
      Container(kind: .item(number: 9, isDone: nil), parent: 1),
      Container(kind: .item(number: 10, isDone: nil), parent: 1),
      Container(kind: .list(numbering: nil), parent: 3),
      Container(kind: .item(number: nil, isDone: true), parent: 4),
    ]
    add("引用的一段", in: 0)
    add("又一段", in: 0)
    add("第九", in: 2)
    add("第十", in: 3)
    add("它的第二段", in: 3)
    add("做完了", in: 5)
    add("列表之后", in: nil)
    #expect(
      Markdown.text(of: document) == """
        > 引用的一段
        >
        > 又一段

        9. 第九
        10. 第十

            它的第二段
            - [x] 做完了

        列表之后

        """)
  }
}

extension MarkdownTests {
  @Test(arguments: [true, false])
  func aPictureThatIsALinkStandsInsideTheLink(_ isLinkFirst: Bool) {
    var document = Document(text: Array("模型结构".utf8))
    document.links = [Link(target: "https://a.example/页 面")]
    document.images = [Image(source: "https://a.example/0.png")]
    let spans = [
      Documents.Span(role: .link(0), range: 0..<12), Documents.Span(role: .image(0), range: 0..<12),
    ]
    document.spans = isLinkFirst ? spans : spans.reversed()
    document.blocks = [Block(kind: .paragraph, range: 0..<12)]
    #expect(
      Markdown.text(of: document)
        == "[![模型结构](https://a.example/0.png)](<https://a.example/页 面>)\n")
  }
}
