import Documents

/// Elements that hold a formula in another form (MathML, rendered KaTeX): they are gathered whole, and
/// read again when they hold none.
extension DocumentBuilder {
  mutating func capture(_ token: HTMLTokenizer.Token) {
    switch token {
    case .text(let text):
      captured[captured.count - 1].children.append(.text(text))
    case .start(let name, let attributes):
      let element = CapturedElement(name: name, attributes: attributes)
      if HTMLElements.isVoid(name) || captured.count >= Self.blockLimit {
        captured[captured.count - 1].children.append(.element(element))
      } else {
        captured.append(element)
      }
    case .end(let name):
      guard let position = captured.lastIndex(where: { $0.name == name }) else {
        // The end of something outside ends what was never closed.
        if HTMLElements.isBlock(name) {
          while captured.count > 1 { closeCaptured() }
          if let element = captured.popLast() { finishCapture(element) }
          end(name)
        }
        return
      }
      while captured.count > position + 1 { closeCaptured() }
      if position == 0 {
        if let element = captured.popLast() { finishCapture(element) }
      } else {
        closeCaptured()
      }
    }
  }

  mutating func closeCaptured() {
    guard captured.count > 1, let element = captured.popLast() else { return }
    captured[captured.count - 1].children.append(.element(element))
  }

  mutating func finishCapture(_ element: CapturedElement) {
    guard hiddenDepth == 0 else { return }
    switch StructuralMath.result(of: element) {
    case .formula(let formula):
      let isBlock = element.name == "div" || element.name == "p"
      if formula.isDisplay && isBlock { endParagraph() }
      run.dropPreview(replacedBy: formula)
      addAtom(.formula(formula))
      if formula.isDisplay && isBlock { flush() }
    case .text(let text): run.append(text)
    case .nothing: break
    case .notAFormula:
      // Read as ordinary elements after all.
      replay(element)
    }
  }

  /// Reads a captured element that turned out to be no formula.
  private mutating func replay(_ element: CapturedElement) {
    var work: [ReplayStep] = [.open(element)]
    var isFirst = true
    while let step = work.popLast() {
      switch step {
      case .text(let text): add(text)
      case .close(let name): end(name)
      case .open(let element):
        if isFirst {
          isFirst = false
          if HTMLElements.isBlock(element.name) {
            startBlock(element.name, element.attributes)
          } else {
            startInline(element.name, element.attributes)
          }
        } else {
          start(element.name, element.attributes)
          if !captured.isEmpty {
            captured = []
            finishCapture(element)
            continue
          }
        }
        if !HTMLElements.isVoid(element.name) { work.append(.close(element.name)) }
        for child in element.children.reversed() {
          switch child {
          case .text(let text): work.append(.text(text))
          case .element(let element): work.append(.open(element))
          }
        }
      }
    }
  }

  private enum ReplayStep {
    case open(CapturedElement), close(String), text([UInt8])
  }
}
