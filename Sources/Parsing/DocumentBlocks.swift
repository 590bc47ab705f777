import Documents

/// What is written to the document when a block ends.
extension DocumentBuilder {
  /// Ends the block being gathered.
  mutating func flush() {
    guard code == nil else { return }
    let finished = run
    run = InlineRun()
    // Inline elements that are open go on in the next block.
    var closed = finished
    closed.closeAll()
    for position in stack.indices where stack[position].role != nil && stack[position].span >= 0 {
      stack[position].span = run.open(
        stack[position].role ?? .plain(.emphasis),
        isMarkdownEmphasis: stack[position].isMarkdownEmphasis)
    }
    guard !closed.isBlank else {
      // Labels of an empty element belong to what follows.
      run.labels = closed.labels.map { ($0.name, 0) } + run.labels
      return
    }
    guard case .paragraph = blockKind else {
      releaseHeld()
      emit(closed, blockKind, in: containerStack.last)
      return
    }
    if !held.isEmpty {
      if held.count <= 12, closed.atoms.isEmpty, held[0].container == containerStack.last {
        let joined = held.dropFirst().reduce(held[0].run) { $0.joined(with: $1.run) }
          .joined(with: closed)
        if joined.opensDisplay {
          held.append((closed, containerStack.last))
        } else {
          held.removeAll()
          emit(joined, .paragraph, in: containerStack.last)
        }
        return
      }
      releaseHeld()
    }
    if closed.opensDisplay {
      held = [(closed, containerStack.last)]
    } else {
      emit(closed, .paragraph, in: containerStack.last)
    }
  }

  /// Emits the blocks that waited for the end of a formula which never came.
  mutating func releaseHeld() {
    guard !held.isEmpty else { return }
    let waiting = held
    held = []
    for (run, container) in waiting { emit(run, .paragraph, in: container) }
  }

  /// Adds a block of finished text.
  mutating func addBlock(_ kind: Block.Kind, text: [UInt8]) {
    releaseHeld()
    if !document.blocks.isEmpty { document.text.append(0x0A) }
    let start = document.text.count
    document.text += text
    document.blocks.append(
      Block(kind: kind, range: start..<document.text.count, container: containerStack.last))
  }

  /// Two line breaks in a row begin a new paragraph.
  private mutating func emit(_ run: InlineRun, _ kind: Block.Kind, in container: Int?) {
    for part in run.paragraphs() {
      if !document.blocks.isEmpty { document.text.append(0x0A) }
      let start = document.text.count
      let spanCount = document.spans.count
      part.write(to: &document, linkNumbers: &linkNumbers)
      let range = start..<document.text.count
      if range.isEmpty {
        if start > 0, !document.blocks.isEmpty { document.text.removeLast() }
        continue
      }
      document.blocks.append(
        Block(
          kind: wholeBlockKind(range, spans: document.spans[spanCount...]) ?? kind, range: range,
          container: containerStack.last))
    }
  }

  /// A paragraph that is nothing but one display formula or one image is a block of that kind.
  ///
  /// - Parameter spans: those of the paragraph.
  private func wholeBlockKind(_ range: Range<Int>, spans: ArraySlice<Span>) -> Block.Kind? {
    if let last = document.formulas.indices.last, document.formulas[last].isDisplay,
      document.formulas[last].range == range
    {
      return .formula(last)
    }
    if let span = spans.last(where: { $0.range == range }),
      case .image(let image) = span.role
    {
      return .image(image)
    }
    return nil
  }

  /// `\label`, `\ref` and `\eqref` of all formulas and of the text.
  mutating func finishLabels() {
    TeXReferences.index(&document)
    document.labels.sort { $0.byteOffset < $1.byteOffset }
    document.spans.sort {
      ($0.range.lowerBound, -$0.range.count) < ($1.range.lowerBound, -$1.range.count)
    }
  }

  static func number(_ text: String?) -> Int? {
    guard let text else { return nil }
    let trimmed = text.drop { $0 == " " || $0 == "+" }
    var digits = trimmed.prefix { $0.isASCII && $0.isNumber }
    var isNegative = false
    if trimmed.first == "-" {
      isNegative = true
      digits = trimmed.dropFirst().prefix { $0.isASCII && $0.isNumber }
    }
    guard !digits.isEmpty else { return nil }
    let value = digits.count > 10 ? 1_000_000_000 : min(Int(digits) ?? 0, 1_000_000_000)
    return isNegative ? -value : value
  }

  static func numbering(_ type: String?) -> Container.NumberStyle {
    switch type {
    case "a": .lowerLetters
    case "A": .upperLetters
    case "i": .lowerRoman
    case "I": .upperRoman
    default: .decimal
    }
  }
}
