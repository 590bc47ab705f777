import Cells
import Documents

extension PageSetter {
  /// Preformatted text: source lines kept; a line that is too wide goes on below, marked in the
  /// gutter, at its own indentation (docs/typesetting.md).
  mutating func layoutCode(_ position: Int, _ range: Range<Int>, _ margins: Margins) {
    let gutter = min(page.codeGutterColumns, max(0, page.columns - margins.indent - 1))
    let isPanned = (page.codeLines == .pan) != page.toggledBlocks.contains(position)
    let width = isPanned ? Self.endlessColumns : max(1, page.columns - margins.indent - gutter)
    let firstLine = result.lines.count
    document.text.withUnsafeBufferPointer { text in
      var isFirst = true
      var lineStart = range.lowerBound
      while lineStart <= range.upperBound {
        let lineEnd =
          text[lineStart..<range.upperBound].firstIndex(of: 0x0A) ?? range.upperBound
        layoutCodeLine(
          text, lineStart..<lineEnd, width, gutter, margins, isFirst: isFirst, position)
        isFirst = false
        lineStart = lineEnd + 1
      }
    }
    if isPanned {
      markWide(fromLine: firstLine, block: position, firstColumn: margins.indent + gutter)
    }
  }

  /// More columns than any line has that is not cut.
  static var endlessColumns: Int { 1 << 30 }

  private mutating func layoutCodeLine(
    _ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ width: Int, _ gutter: Int,
    _ margins: Margins, isFirst: Bool, _ block: Int
  ) {
    var pieces: [Piece] = []
    // What stands on the screen line so far, relative to the text's left edge.
    var column = 0
    var pieceStart = line.lowerBound
    var pieceColumn = 0
    var isContinuation = false
    var indent = 0
    var isInIndent = true
    var isFirst = isFirst
    /// The last place in the last third behind a blank or a mark.
    var good: (place: Int, column: Int)?
    var place = line.lowerBound

    func closePiece(at end: Int, _ endColumn: Int) {
      if pieceStart < end {
        pieces.append(
          Piece(
            content: .text(pieceStart..<end), column: gutter + pieceColumn,
            columns: endColumn - pieceColumn))
      }
    }

    while place < line.upperBound {
      let isTab = text[place] == 0x09
      let measure = cluster(
        in: UnsafeBufferPointer(rebasing: text[..<line.upperBound]), at: place,
        profile: page.profile)
      let columns = isTab ? 8 - column % 8 : measure.columns
      if column + columns > width, column > (isContinuation ? indent : 0) {
        // A blank at the edge hangs: the line is cut before it and goes on behind it.
        let isBlank = text[place] == 0x20
        let cut = isBlank ? (place, column) : good.map { ($0.place, $0.column) } ?? (place, column)
        var restart = cut.0
        pieces.removeAll { piece in
          if case .text(let range) = piece.content { return range.lowerBound >= cut.0 }
          return false
        }
        if cut.0 >= pieceStart {
          closePiece(at: cut.0, cut.1)
        } else if let last = pieces.indices.last, case .text(let range) = pieces[last].content,
          range.upperBound > cut.0
        {
          pieces[last].content = .text(range.lowerBound..<cut.0)
          pieces[last].columns = gutter + cut.1 - pieces[last].column
        }
        appendCodeLine(pieces, isContinuation, gutter, margins, isFirst: isFirst, block)
        while isBlank, restart < line.upperBound, text[restart] == 0x20 { restart += 1 }
        if restart == line.upperBound { return }
        isFirst = false
        isContinuation = true
        indent = min(indent, width / 2)
        pieces.removeAll(keepingCapacity: true)
        place = restart
        column = indent
        pieceStart = restart
        pieceColumn = indent
        isInIndent = false
        good = nil
        continue
      }
      if isTab {
        closePiece(at: place, column)
        pieceStart = measure.end
        pieceColumn = column + columns
      }
      column += columns
      if isInIndent {
        if isTab || text[place] == 0x20 {
          indent = column
        } else {
          isInIndent = false
        }
      }
      place = measure.end
      if column * 3 >= width * 2, !isInIndent, Self.isCodeBreak(text[place - 1]) {
        good = (place, column)
      }
    }
    closePiece(at: line.upperBound, column)
    appendCodeLine(pieces, isContinuation, gutter, margins, isFirst: isFirst, block)
  }

  private mutating func appendCodeLine(
    _ pieces: [Piece], _ isContinuation: Bool, _ gutter: Int, _ margins: Margins, isFirst: Bool,
    _ block: Int
  ) {
    var pieces = pieces
    if isContinuation, gutter > 0 {
      pieces.insert(
        Piece(
          content: .ornament(Ornament(.continuation, glyphs.continuation)), column: 0, columns: 1),
        at: 0)
    }
    appendLine(pieces, margins, isFirst: isFirst, block: block)
  }

  private static func isCodeBreak(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x2C, 0x3B, 0x28, 0x5B, 0x7B, 0x2E, 0x2F, 0x3D, 0x7C, 0x26, 0x2D, 0x5F: true
    default: false
    }
  }
}
