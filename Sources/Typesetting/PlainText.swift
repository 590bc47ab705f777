import Cells
public import Documents

/// A document as lines of text: sanitised, ornaments in their places, blanks at line ends cut.
public func layoutLines(_ document: Document, _ page: PageSettings) -> [String] {
  let layout = layout(document, blocks: 0..<document.blocks.count, page)
  return layout.lines.map { line in
    var text = ""
    var column = 0
    for piece in layout.pieces[line.pieces] {
      while column < piece.column {
        text += " "
        column += 1
      }
      switch piece.content {
      case .text(let range):
        text += sanitised(document.text[range], profile: page.profile)
      case .ornament(let ornament):
        text += ornament.text
      }
      column = piece.column + piece.columns
    }
    while text.last == " " { text.removeLast() }
    return text
  }
}

/// The numbered links of a document with their full targets, one per line, after an empty line.
public func linkList(of document: Document, _ page: PageSettings) -> [String] {
  guard page.links == .numbers, page.presentation == .full else { return [] }
  let numbered = document.links.enumerated().filter { $0.element.isNumbered }
  guard !numbered.isEmpty else { return [] }
  return [""]
    + numbered.map { number, link in
      "[\(number + 1)] " + sanitised(Array(link.target.utf8)[...], profile: page.profile)
    }
}
