public import Documents

extension DocumentReader {
  /// Reads text whose line ends are meant: one paragraph, line ends kept, empty ones too.
  ///
  /// LF, CR LF, CR, U+0085, U+2028 and U+2029 end a line; runs of SPACE and TAB are one space,
  /// none beside a line end. Formulas are looked for between empty lines (math.md D0.6).
  public func document(sourceText: [UInt8], findsFormulas: Bool = true) -> Document {
    let source = Self.withLineFeeds(sourceText)
    let found = findsFormulas ? Self.formulas(between: source) : []
    var document = Document(language: language)
    var text: [UInt8] = []
    text.reserveCapacity(source.count)
    var next = 0
    var isSpaceOwed = false
    var place = 0
    while place < source.count {
      let byte = source[place]
      if next < found.count, found[next].range.lowerBound == place {
        let formula = found[next]
        next += 1
        if isSpaceOwed { text.append(0x20) }
        isSpaceOwed = false
        let shift = text.count - place
        text += source[formula.range]
        let range = formula.range.lowerBound + shift..<formula.range.upperBound + shift
        document.spans.append(Span(role: .formula(document.formulas.count), range: range))
        document.formulas.append(
          Formula(
            range: range, tex: formula.tex.lowerBound + shift..<formula.tex.upperBound + shift,
            isDisplay: formula.isDisplay, origin: .text))
        place = formula.range.upperBound
      } else if byte == 0x20 || byte == 0x09 {
        isSpaceOwed = !text.isEmpty && text.last != 0x0A
        place += 1
      } else {
        if isSpaceOwed && byte != 0x0A { text.append(0x20) }
        isSpaceOwed = false
        text.append(byte)
        place += 1
      }
    }
    document.text = text
    document.blocks = [Block(kind: .paragraph, range: 0..<text.count)]
    return document
  }

  /// Reads text whose line ends are white space: one paragraph.
  public func document(flowText: [UInt8]) -> Document {
    let escaped = flowText.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x26: Array("&amp;".utf8)
      case 0x3C: Array("&lt;".utf8)
      default: [byte]
      }
    }
    let document = document(html: Array("<p>".utf8) + escaped + Array("</p>".utf8))
    return document.blocks.isEmpty ? self.document(sourceText: []) : document
  }

  /// Reads text verbatim, as one code block: nothing is collapsed, no formula is looked for.
  public func document(verbatim sourceText: [UInt8]) -> Document {
    let text = Self.withLineFeeds(sourceText)
    return Document(
      text: text, blocks: [Block(kind: .code(language: nil), range: 0..<text.count)],
      language: language)
  }
}

extension DocumentReader {
  /// The text as valid UTF-8 with every kind of line end as LF.
  private static func withLineFeeds(_ source: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(source.count)
    var wasCarriageReturn = false
    for scalar in String(decoding: source, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x0A where wasCarriageReturn: break
      case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: text.append(0x0A)
      default: text += UTF8.encode(scalar).map(Array.init) ?? []
      }
      wasCarriageReturn = scalar.value == 0x0D
    }
    return text
  }

  /// The formulas of every stretch between empty lines.
  private static func formulas(between source: [UInt8]) -> [FoundFormula] {
    var found: [FoundFormula] = []
    var start = 0
    func closeStretch(at end: Int) {
      guard start < end else { return }
      let run = TextRun(bytes: Array(source[start..<end]), emphases: [], isPlainText: true)
      for var formula in MathFinder.formulas(in: run) {
        formula.range = formula.range.lowerBound + start..<formula.range.upperBound + start
        formula.tex = formula.tex.lowerBound + start..<formula.tex.upperBound + start
        found.append(formula)
      }
    }
    var lineStart = 0
    while lineStart <= source.count {
      let lineEnd = source[lineStart...].firstIndex(of: 0x0A) ?? source.count
      if source[lineStart..<lineEnd].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
        closeStretch(at: lineStart)
        start = min(lineEnd + 1, source.count)
      }
      lineStart = lineEnd + 1
    }
    closeStretch(at: source.count)
    return found
  }
}
