import CUnicode
import Cells
import Documents

extension PageSetter {
  /// The closing punctuation directly behind a display formula: it stays on its last line (L3), as
  /// far as that leaves room for the formula's end.
  func closingMarks(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ end: Int, atMostColumns limit: Int
  ) -> Range<Int> {
    guard let base = text.baseAddress else { return start..<start }
    var place = start
    while place < end {
      var point: UInt32 = 0
      let bytes = Int(yu_decode(base, end, place, &point))
      switch Int(yu_line_break(yu_properties(point))) {
      case YU_CL, YU_EX, YU_NS, YU_IS, YU_CP:
        guard
          columns(of: start..<place + bytes, in: text, profile: page.profile) <= limit
        else { return start..<place }
        place += bytes
      default: return start..<place
      }
    }
    return start..<place
  }

  /// A display formula on lines of its own: its source lines kept, cut at its structure and then
  /// at the break levels where they are too wide (docs/math.md L3 to L6).
  mutating func layoutDisplay(
    _ position: Int, suffix: Range<Int>, _ text: UnsafeBufferPointer<UInt8>, _ margins: Margins,
    isFirst: Bool, _ block: Int
  ) {
    let formula = document.formulas[position]
    filler.read(text, [(formula.range, formula.tex)], page.profile)
    let suffixColumns = columns(of: suffix, in: text, profile: page.profile)
    let sourceLines = sourceLines(text)
    // One line for a source line, however wide, when the reader has asked for it.
    let isPanned = page.toggledBlocks.contains(block)
    let firstLine = result.lines.count
    let pageWidth = max(1, page.columns - margins.indent)
    let width = isPanned ? Self.endlessColumns : pageWidth
    // Behind the marker of a list item it begins at the hanging indent.
    let displayIndent = isFirst && !margins.markers.isEmpty ? 0 : min(2, pageWidth / 2)
    var isFirst = isFirst
    var structure = Structure()
    var numbers = (equationNumbers.numbers[position] ?? [])[...]
    for (number, line) in sourceLines.enumerated() {
      let isLastLine = number == sourceLines.count - 1
      let indent = min(displayIndent + line.indent, max(displayIndent, pageWidth / 2))
      let lineSuffix = isLastLine ? suffixColumns : 0
      let room = width - indent
      var pieces = [line.tokens]
      let cuts = structureCuts(line.tokens, &structure)
      if !isPanned,
        cuts.hasInnerRow
          || filler.columns(line.tokens.lowerBound, line.tokens.upperBound) + lineSuffix > room
      {
        pieces = split(line.tokens, at: cuts.places)
      }
      for (pieceNumber, piece) in pieces.enumerated() {
        let isLast = isLastLine && pieceNumber == pieces.count - 1
        filler.fill(
          piece.lowerBound, piece.upperBound, baseColumns: 0, room: room,
          nextRoom: max(1, room - 2), spareColumns: min(indent + 2, width - 1),
          suffixColumns: isLast ? suffixColumns : 0)
        for (lineNumber, filled) in filler.lines.enumerated() {
          var extraIndent = lineNumber == 0 ? indent : indent + 2
          let isEnd = isLast && lineNumber == filler.lines.count - 1
          var parts = [Filling.Part(content: .text(filled.range), columns: filled.columns)]
          var total = filled.columns
          if isEnd, !suffix.isEmpty {
            total += suffixColumns
            if filled.range.upperBound == suffix.lowerBound {
              parts[0] = .init(
                content: .text(filled.range.lowerBound..<suffix.upperBound), columns: total)
            } else {
              parts.append(.init(content: .text(suffix), columns: suffixColumns))
            }
          }
          // A token that would not fit moves its line to the left.
          extraIndent = max(0, min(extraIndent, width - total))
          appendLine(
            parts, columns: total, margins, isFirst: isFirst, extraIndent: extraIndent,
            block: block)
          isFirst = false
          if let next = numbers.first, next.place < filled.range.upperBound {
            numbers.removeFirst()
            appendNumber(next.text, of: position, margins, pageWidth)
          }
        }
      }
    }
    if isPanned { markWide(fromLine: firstLine, block: block, firstColumn: margins.indent) }
  }
}

extension PageSetter {
  /// Adds an equation's number at the right edge of the last line, if two columns stay free.
  private mutating func appendNumber(
    _ text: String, of formula: Int, _ margins: Margins, _ width: Int
  ) {
    let drawn = CellText(text, profile: page.profile)
    let column = margins.indent + width - drawn.columns
    appendAtRightEdge(
      Piece(
        content: .ornament(Ornament(.equationNumber(formula), drawn.text)), column: column,
        columns: drawn.columns))
  }

  private struct SourceLine {
    var tokens: Range<Int>
    /// Columns of indentation relative to the other lines.
    var indent: Int
  }

  /// L4: the author's lines without empty ones and without their common indentation.
  private func sourceLines(_ text: UnsafeBufferPointer<UInt8>) -> [SourceLine] {
    var lines: [SourceLine] = []
    var start = 0
    var indent = 0
    let tokens = filler.tokens
    for position in tokens.indices where tokens[position].kind == .blank {
      let token = tokens[position]
      guard let lineEnd = text[token.start..<token.end].lastIndex(of: 0x0A) else { continue }
      if start < position { lines.append(SourceLine(tokens: start..<position, indent: indent)) }
      indent = text[(lineEnd + 1)..<token.end].reduce(0) { $0 + ($1 == 0x09 ? 4 : 1) }
      start = position + 1
    }
    if start < tokens.count {
      lines.append(SourceLine(tokens: start..<tokens.count, indent: indent))
    }
    let common = lines.dropFirst().map(\.indent).min() ?? 0
    for number in lines.indices {
      lines[number].indent = number == 0 ? 0 : lines[number].indent - common
    }
    return lines
  }

  /// What is open between two source lines: environments, true for those with rows, and braces.
  private struct Structure {
    var environments: [Bool] = []
    var braces = 0
  }

  /// L5: where a source line is cut before it is filled, as token positions.
  private func structureCuts(
    _ range: Range<Int>, _ structure: inout Structure
  ) -> (places: [Int], hasInnerRow: Bool) {
    var places: [Int] = []
    var hasInnerRow = false
    let tokens = filler.tokens
    for position in range {
      switch tokens[position].kind {
      case .begin(let isRow):
        structure.environments.append(isRow)
        if isRow, !isBegin(next(after: position, range)) { places.append(position + 1) }
      case .end(let isRow):
        if !structure.environments.isEmpty { structure.environments.removeLast() }
        if isRow, position > range.lowerBound, !isEnd(previous(before: position, range)) {
          places.append(position)
        }
      case .row:
        guard structure.braces == 0, structure.environments.last ?? true else { break }
        // A comment behind the row belongs to its line.
        let following = next(after: position, range)
        if following?.kind == .comment { break }
        places.append(position + 1)
        if following != nil { hasInnerRow = true }
      case .character:
        guard tokens[position].end - tokens[position].start == 1 else { break }
        let byte = document.text[tokens[position].start]
        if byte == 0x7B { structure.braces += 1 }
        if byte == 0x7D { structure.braces = max(0, structure.braces - 1) }
      default: break
      }
    }
    return (places, hasInnerRow)
  }

  private func next(after position: Int, _ range: Range<Int>) -> TeXToken? {
    var place = position + 1
    while place < range.upperBound, filler.tokens[place].kind == .blank { place += 1 }
    return place < range.upperBound ? filler.tokens[place] : nil
  }

  private func previous(before position: Int, _ range: Range<Int>) -> TeXToken? {
    var place = position - 1
    while place >= range.lowerBound, filler.tokens[place].kind == .blank { place -= 1 }
    return place >= range.lowerBound ? filler.tokens[place] : nil
  }

  private func isBegin(_ token: TeXToken?) -> Bool {
    if case .begin(isRow: true) = token?.kind { return true }
    return false
  }

  private func isEnd(_ token: TeXToken?) -> Bool {
    if case .end(isRow: true) = token?.kind { return true }
    return false
  }

  private func split(_ range: Range<Int>, at places: [Int]) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = range.lowerBound
    for place in places + [range.upperBound] {
      var first = start
      while first < place, filler.tokens[first].kind == .blank { first += 1 }
      var end = place
      while end > first, filler.tokens[end - 1].kind == .blank { end -= 1 }
      if first < end { pieces.append(first..<end) }
      start = max(start, place)
    }
    return pieces
  }
}
