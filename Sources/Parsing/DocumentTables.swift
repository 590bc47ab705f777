import Documents

/// Tables: real ones, and those that hold a listing beside its line numbers.
extension DocumentBuilder {
  mutating func startTable(_ name: String, _ classes: String) {
    let isCodeTable =
      highlightDepth > 0
      || classes.split(separator: " ").contains { word in
        word == "highlighttable" || word == "rouge-table" || word == "lntable"
          || word == "codehilitetable"
      }
    if isCodeTable {
      endParagraph()
      hasLineNumberCell = false
      push(Element(name: name, kind: .codeTable, endsBlock: true))
    } else {
      open(name, .table, as: .table)
    }
  }

  mutating func startRow() {
    close(upTo: ["tr"], within: ["table"])
    guard nearestTable?.kind == .table else {
      endParagraph()
      flush()
      push(Element(name: "tr", kind: .transparent))
      return
    }
    open("tr", .row, as: .row)
  }

  private var nearestTable: Element? {
    stack.last { $0.name == "table" }
  }

  mutating func startCell(
    _ name: String, _ attributes: [(name: String, value: String)], _ classes: String
  ) {
    close(upTo: ["td", "th"], within: ["table"])
    guard nearestTable?.kind == .table else {
      endParagraph()
      flush()
      // The column of line numbers beside a program.
      let isGutter = classes.holds("gutter") || classes.holds("linenos")
      let isFirstOfPair = classes.holds("lntd") && !hasLineNumberCell
      if nearestTable?.kind == .codeTable, isGutter || isFirstOfPair {
        hasLineNumberCell = true
        hiddenDepth = 1
        push(Element(name: name, kind: .hidden))
      } else {
        push(Element(name: name, kind: .transparent, endsBlock: true))
      }
      return
    }
    if stack.last(where: { $0.name == "tr" || $0.name == "table" })?.name == "table" { startRow() }
    let style = self[attributes, "style"]?.lowercased().filter { $0 != " " } ?? ""
    let align = (self[attributes, "align"] ?? "").lowercased()
    let alignment: Container.Alignment? =
      align == "right" || style.holds("text-align:right")
      ? .right
      : align == "center" || style.holds("text-align:center")
        ? .center : align == "left" || style.holds("text-align:left") ? .left : nil
    let columns = max(1, min(64, Self.number(self[attributes, "colspan"]) ?? 1))
    let rows = max(1, min(10_000, Self.number(self[attributes, "rowspan"]) ?? 1))
    open(
      name,
      .cell(columns: columns, rows: rows, isHeader: name == "th", alignment: alignment), as: .cell)
  }
}
