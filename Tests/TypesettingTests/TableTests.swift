import Cells
import Documents
import Testing

@testable import Typesetting

/// Tables as pictures: docs/typesetting.md 5.6.
@Suite struct TableTests {
  /// Rows of texts; the first is the header when asked for.
  static func table(_ rows: [[String]], hasHeader: Bool = true) -> Document {
    var sketch = Sketch()
    sketch.inside(.table) {
      for (number, row) in rows.enumerated() {
        $0.inside(.row) {
          for text in row {
            $0.inside(
              .cell(columns: 1, rows: 1, isHeader: hasHeader && number == 0, alignment: nil)
            ) {
              if !text.isEmpty { $0.add(text) }
            }
          }
        }
      }
    }
    return sketch.document
  }

  static let methods = table([
    ["方法", "BLEU", "说明"],
    ["基线", "27.3", "单元格里的文字在列宽内换行，并且照样遵守禁则"],
    ["改进版", "28.9", "$x_{t+1}$"],
  ])

  @Test func cellsWrapInABoxWithRulesBetweenRows() {
    #expect(
      lines(Self.methods, columns: 42).joined(separator: "\n") == """
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

  @Test func aTableThatFitsHasNaturalWidthsAndNoRulesBetweenRows() {
    #expect(
      lines(Self.table([["甲", "数"], ["一二", "5"], ["三", "10"]]), columns: 40)
        .joined(separator: "\n") == """
          ┌──────┬────┐
          │ 甲   │ 数 │
          ├──────┼────┤
          │ 一二 │  5 │
          │ 三   │ 10 │
          └──────┴────┘
          """)
  }

  @Test func theFrameOpensBeforeTheTableIsGivenUp() {
    #expect(
      lines(Self.methods, columns: 26).prefix(4).joined(separator: "\n") == """
        方法   │ BLEU │ 说明
        ───────┼──────┼───────────
        基线   │ 27.3 │ 单元格里的
               │      │ 文字在列宽
        """)
    #expect(lines(Self.methods, columns: 26).allSatisfy { $0.count <= 26 })
  }

  @Test func aTableThatIsTooWideIsStackedInPlainOutput() {
    let document = Self.table([
      ["方法", "准确率", "备注"],
      ["基线模型", "27.3", "没有任何改动"],
      ["改进", "28.9", ""],
    ])
    #expect(
      lines(document, columns: 20) { $0.tables = .stack }.joined(separator: "\n") == """
        方法: 基线模型
        准确率: 27.3
        备注: 没有任何改动

        方法: 改进
        准确率: 28.9
        """)
    let bare = Self.table(
      [["基线模型", "27.3分", "没有任何改动"], ["改进", "28.9分", "又"]], hasHeader: false)
    #expect(
      lines(bare, columns: 16) { $0.tables = .stack }.joined(separator: "\n") == """
        基线模型
          27.3分
          没有任何改动

        改进
          28.9分
          又
        """)
  }

  @Test func spansKeepTheColumnsAligned() {
    var sketch = Sketch()
    sketch.inside(.table) {
      $0.inside(.row) {
        $0.inside(.cell(columns: 2, rows: 1, isHeader: true, alignment: .center)) { $0.add("两列") }
        $0.inside(.cell(columns: 1, rows: 1, isHeader: true, alignment: nil)) { $0.add("丙") }
      }
      $0.inside(.row) {
        $0.inside(.cell(columns: 1, rows: 2, isHeader: false, alignment: nil)) { $0.add("高") }
        $0.inside(.cell(columns: 1, rows: 1, isHeader: false, alignment: nil)) { $0.add("文字") }
        $0.inside(.cell(columns: 1, rows: 1, isHeader: false, alignment: .right)) { $0.add("b") }
      }
      $0.inside(.row) {
        $0.inside(.cell(columns: 1, rows: 1, isHeader: false, alignment: nil)) { $0.add("下") }
        $0.inside(.cell(columns: 1, rows: 1, isHeader: false, alignment: nil)) { $0.add("d") }
      }
    }
    #expect(
      lines(sketch.document, columns: 40).joined(separator: "\n") == """
        ┌────┬──────┬────┐
        │   两列    │ 丙 │
        ├────┼──────┼────┤
        │ 高 │ 文字 │  b │
        │    │ 下   │ d  │
        └────┴──────┴────┘
        """)
  }

  @Test func layoutTablesAreTheirCellsBlocks() {
    #expect(lines(Self.table([["左", "右"]]), columns: 20) == ["左", "", "右"])
    var sketch = Sketch()
    sketch.inside(.table) {
      for _ in 0..<2 {
        $0.inside(.row) {
          for _ in 0..<2 {
            $0.inside(.cell(columns: 1, rows: 1, isHeader: false, alignment: nil)) {
              $0.add("标题", .heading(level: 1))
            }
          }
        }
      }
    }
    #expect(lines(sketch.document, columns: 20).filter { !$0.isEmpty }.count == 4)
  }

  @Test func listsAndDisplayFormulasStandInCells() {
    var sketch = Sketch()
    sketch.inside(.quote) {
      $0.inside(.table) {
        $0.inside(.row) {
          $0.inside(.cell(columns: 1, rows: 1, isHeader: true, alignment: nil)) { $0.add("甲") }
          $0.inside(.cell(columns: 1, rows: 1, isHeader: true, alignment: nil)) { $0.add("乙") }
        }
        $0.inside(.row) {
          $0.inside(.cell(columns: 1, rows: 1, isHeader: false, alignment: nil)) {
            $0.inside(.list(numbering: nil)) {
              $0.inside(.item(number: nil, isDone: nil)) { $0.add("一") }
              $0.inside(.item(number: nil, isDone: nil)) { $0.add("二") }
            }
          }
          $0.inside(.cell(columns: 1, rows: 1, isHeader: false, alignment: nil)) {
            $0.add("有$$x=1$$。")
          }
        }
      }
    }
    #expect(
      lines(sketch.document, columns: 40).joined(separator: "\n") == """
        │ ┌──────┬─────────────┐
        │ │ 甲   │ 乙          │
        │ ├──────┼─────────────┤
        │ │ • 一 │ 有          │
        │ │ • 二 │   $$x=1$$。 │
        │ └──────┴─────────────┘
        """)
  }

  @Test func aTableTouchedByTheRangeIsLaidOutWhole() {
    let page = PageSettings(columns: 42)
    let whole = layout(Self.methods, blocks: 0..<9, page)
    #expect(layout(Self.methods, blocks: 4..<5, page) == whole)
    #expect(whole.line(at: 0) == 1)
  }

  @Test func noCellIsCutAtAnyWidth() {
    let document = Self.table([
      ["模型与方法", "Dataset", "说明", "准确率"],
      ["Transformer（基线）", "WMT14 En-De", "《注意力就是一切》里的原始设置，没有改动", "27.3%"],
      ["改进版$\\alpha_i$", "https://example.org/data?set=1", "第二行，\n有换行", "28.9%"],
    ])
    let wanted = String(document.string(0..<document.text.count).filter { !$0.isWhitespace })
    for columns in 1...120 {
      for ambiguous in [1, 2] {
        var page = PageSettings(columns: columns)
        page.profile.ambiguousColumns = ambiguous
        page.glyphs = ambiguous == 2 ? .ascii : .unicode
        page.tables = .stack
        let layout = layout(document, blocks: 0..<document.blocks.count, page)
        var seen: Set<Int> = []
        for line in layout.lines {
          if columns >= 2 { #expect(line.columns <= columns) }
          for piece in layout.pieces[line.pieces] {
            if case .text(let range) = piece.content { seen.formUnion(range) }
          }
        }
        let text = String(decoding: seen.sorted().map { document.text[$0] }, as: UTF8.self)
        #expect(text.filter { !$0.isWhitespace } == wanted, "\(columns)")
      }
    }
  }
}
