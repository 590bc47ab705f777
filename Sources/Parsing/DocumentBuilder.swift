import Documents

/// Makes a document from the tokens of an HTML body (docs/feeds.md).
///
/// Inline content is gathered in a run of source text with marks for what is no text; when the
/// block ends, formulas are found in the run, and only then white space is collapsed.
struct DocumentBuilder {
  /// Nesting beyond these is flattened; the text is kept.
  static let blockLimit = 200
  static let inlineLimit = 100
  /// Elements of any kind that may be open at once.
  static let depthLimit = 400

  let baseURL: String?
  let language: String?
  var document: Document

  /// The run being gathered.
  var run = InlineRun()
  var blockKind = Block.Kind.paragraph
  /// Runs that wait for the end of a display formula that one of them opens (D6).
  var held: [(run: InlineRun, container: Int?)] = []

  var stack: [Element] = []
  /// Open elements beyond the limit, by their names: their text is kept, their structure is not.
  private var flattened: [String: Int] = [:]
  var containerStack: [Int] = []
  /// Depth of elements whose text is not shown.
  var hiddenDepth = 0
  var code: [UInt8]?
  var codeLanguage: String?
  /// Depth of elements that hold a program beside its line numbers.
  var highlightDepth = 0
  /// Rows of such a program that have had their first cell.
  var hasLineNumberCell = false
  /// The elements being captured for `StructuralMath`, the outermost first.
  var captured: [CapturedElement] = []
  private var isReadingAgain = false
  var linkNumbers: [String: Int] = [:]
  private var quoteDepth = 0
  private var listCounters: [ListCounter] = []

  struct Element {
    enum Kind {
      case block, container, inline, list, item, table, row, cell, transparent, hidden, code
      case preformatted, codeTable
    }
    var name: String
    var kind: Kind
    var role: InlineRun.Role?
    /// The open span of the run; -1 when it has none.
    var span = -1
    var isMarkdownEmphasis = false
    /// Closing it ends a block.
    var endsBlock = false
    var hasContainer = false
    var isHeading = false
    var isHighlight = false
  }

  private struct ListCounter {
    var next: Int
    var step: Int
    var isOrdered: Bool
  }

  init(baseURL: String?, language: String?) {
    self.baseURL = baseURL
    self.language = language
    document = Document(language: language)
  }

  /// Reads a body; the builder is used once.
  mutating func build(_ html: [UInt8]) -> Document {
    read(html)
    closeAll()
    releaseHeld()
    finishLabels()
    return document
  }

  private mutating func read(_ html: [UInt8]) {
    var tokenizer = HTMLTokenizer(html)
    while let token = tokenizer.next() {
      if !captured.isEmpty {
        capture(token)
        continue
      }
      switch token {
      case .text(let text): add(text)
      case .start(let name, let attributes): start(name, attributes)
      case .end(let name): end(name)
      }
    }
    // Cut off inside a formula: what is there of it is taken.
    while captured.count > 1 { closeCaptured() }
    if let element = captured.popLast() { finishCapture(element) }
  }
}

// MARK: - Text

extension DocumentBuilder {
  mutating func add(_ text: [UInt8]) {
    guard hiddenDepth == 0 else { return }
    if code != nil {
      code?.append(contentsOf: text)
      return
    }
    // D9: markup of a formula that was escaped twice is read once more.
    if text.contains(0x3C), !isReadingAgain, Self.holdsEscapedFormula(text) {
      isReadingAgain = true
      read(text)
      isReadingAgain = false
      return
    }
    run.append(text)
  }

  private static func holdsEscapedFormula(_ text: [UInt8]) -> Bool {
    ByteScan.first("<span class=\"katex", in: text, from: 0) != nil
      || ByteScan.first("<math", in: text, from: 0) != nil
  }

  mutating func addAtom(_ atom: InlineRun.Atom) {
    guard hiddenDepth == 0 else { return }
    run.append(atom)
  }

  mutating func addLineBreak() {
    guard hiddenDepth == 0 else { return }
    if code != nil {
      code?.append(0x0A)
    } else {
      run.appendLineBreak()
    }
  }
}

// MARK: - Elements

extension DocumentBuilder {
  subscript(_ attributes: [(name: String, value: String)], _ name: String) -> String? {
    attributes.first { $0.name == name }?.value
  }

  private func isHidden(_ attributes: [(name: String, value: String)]) -> Bool {
    if let hidden = self[attributes, "hidden"], hidden.lowercased() != "until-found" { return true }
    guard let style = self[attributes, "style"] else { return false }
    let plain = style.lowercased().filter { !$0.isWhitespace }
    return plain.holds("display:none") || plain.holds("visibility:hidden")
  }

  mutating func start(_ name: String, _ attributes: [(name: String, value: String)]) {
    if stack.count >= Self.depthLimit, !HTMLElements.isVoid(name) {
      flattened[name, default: 0] += 1
      if HTMLElements.isBlock(name), hiddenDepth == 0 { flush() }
      return
    }
    if hiddenDepth > 0 {
      if !HTMLElements.isVoid(name) {
        hiddenDepth += 1
        push(Element(name: name, kind: .hidden))
      }
      return
    }
    if code != nil {
      startInsideCode(name, attributes)
      return
    }
    if let id = self[attributes, "id"] ?? (name == "a" ? self[attributes, "name"] : nil),
      !id.isEmpty
    {
      run.labels.append((id, run.bytes.count))
    }
    if StructuralMath.startsCapture(name: name, attributes: attributes) {
      let element = CapturedElement(name: name, attributes: attributes)
      if HTMLElements.isVoid(name) {
        finishCapture(element)
      } else {
        captured = [element]
      }
      return
    }
    if isHidden(attributes) {
      if !HTMLElements.isVoid(name) {
        hiddenDepth = 1
        push(Element(name: name, kind: .hidden))
      }
      return
    }
    if HTMLElements.isBlock(name) {
      startBlock(name, attributes)
    } else {
      startInline(name, attributes)
    }
  }

  mutating func push(_ element: Element) { stack.append(element) }

  /// Blocks by their names; see the table in docs/feeds.md.
  mutating func startBlock(_ name: String, _ attributes: [(name: String, value: String)]) {
    let classes = self[attributes, "class"] ?? ""
    switch name {
    case "html", "head", "body": return
    case "p":
      endParagraph()
      push(Element(name: name, kind: .block))
    case "h1", "h2", "h3", "h4", "h5", "h6":
      endParagraph()
      flush()
      let level = Int(name.utf8.last ?? 0x31) - 0x30
      blockKind = .heading(level: max(1, min(6, level)))
      push(Element(name: name, kind: .block, isHeading: true))
    case "hr":
      endParagraph()
      flush()
      addBlock(.rule, text: [])
    case "blockquote", "aside":
      open(name, .quote)
    case "ul", "menu", "dir":
      open(name, .list(numbering: nil), as: .list)
      listCounters.append(ListCounter(next: 1, step: 1, isOrdered: false))
    case "ol":
      open(name, .list(numbering: Self.numbering(self[attributes, "type"])), as: .list)
      let start = Self.number(self[attributes, "start"]) ?? 1
      let isReversed = self[attributes, "reversed"] != nil
      listCounters.append(ListCounter(next: start, step: isReversed ? -1 : 1, isOrdered: true))
    case "li":
      startItem(attributes)
    case "dl":
      endParagraph()
      flush()
      push(Element(name: name, kind: .list))
      listCounters.append(ListCounter(next: 1, step: 1, isOrdered: false))
    case "dt", "dd":
      close(upTo: ["dt", "dd"], within: ["dl", "ul", "ol", "table", "blockquote"])
      open(name, name == "dt" ? .term : .definition)
    case "details":
      open(name, .details)
    case "summary", "legend":
      endParagraph()
      flush()
      push(inline(name, .block, .plain(.strong)))
    case "figure":
      open(name, .figure)
      if classes.holds("highlight"), let last = stack.indices.last {
        stack[last].isHighlight = true
        highlightDepth += 1
      }
    case "figcaption", "caption":
      open(name, .caption)
    case "table":
      startTable(name, classes)
    case "thead", "tbody", "tfoot", "colgroup", "col":
      close(upTo: ["tr"], within: ["table"])
      if name != "col" { push(Element(name: name, kind: .transparent)) }
    case "tr":
      startRow()
    case "td", "th":
      startCell(name, attributes, classes)
    case "pre", "listing", "xmp", "plaintext":
      endParagraph()
      flush()
      code = []
      codeLanguage = Self.codeLanguage(classes, self[attributes, "data-lang"])
      push(Element(name: name, kind: .preformatted))
    case "option", "optgroup":
      run.appendSpace()
      push(Element(name: name, kind: .transparent))
    default:
      endParagraph()
      flush()
      push(Element(name: name, kind: .block, endsBlock: true))
    }
  }

  /// Opens a container.
  mutating func open(
    _ name: String, _ kind: Container.Kind, as elementKind: Element.Kind = .container
  ) {
    endParagraph()
    flush()
    guard containerStack.count < Self.blockLimit else {
      push(Element(name: name, kind: .block, endsBlock: true))
      return
    }
    releaseHeld()
    document.containers.append(Container(kind: kind, parent: containerStack.last))
    containerStack.append(document.containers.count - 1)
    push(Element(name: name, kind: elementKind, endsBlock: true, hasContainer: true))
  }

  private mutating func startItem(_ attributes: [(name: String, value: String)]) {
    close(upTo: ["li"], within: ["ul", "ol", "menu", "dir", "table", "blockquote"])
    var number: Int?
    if let last = listCounters.indices.last, listCounters[last].isOrdered {
      if let value = Self.number(self[attributes, "value"]) { listCounters[last].next = value }
      number = listCounters[last].next
      listCounters[last].next += listCounters[last].step
    }
    open("li", .item(number: number, isDone: nil), as: .item)
  }

  mutating func startInline(_ name: String, _ attributes: [(name: String, value: String)]) {
    switch name {
    case "br": addLineBreak()
    case "wbr": run.append([0xE2, 0x80, 0x8B])
    case "img", "input": addImage(name, attributes)
    case "source", "track", "param", "area", "base", "basefont", "link", "meta", "frame": break
    case "script", "style", "template", "title", "select", "datalist", "noframes", "noembed":
      hiddenDepth = 1
      push(Element(name: name, kind: .hidden))
    case "code", "samp", "tt", "kbd":
      code = []
      push(Element(name: name, kind: .code))
    case "video", "audio", "iframe", "embed": addMedium(name, attributes)
    case "q":
      run.append(Array((quoteDepth % 2 == 0 ? quotes.outer.0 : quotes.inner.0).utf8))
      quoteDepth += 1
      push(Element(name: name, kind: .inline))
    case "rt":
      push(inline(name, .inline, .plain(.rubyReading)))
    case "rp":
      hiddenDepth = 1
      push(Element(name: name, kind: .hidden))
    default:
      let role =
        stack.count(where: { $0.kind == .inline }) < Self.inlineLimit
        ? inlineRole(name, attributes) : nil
      push(inline(name, .inline, role, isMarkdown: attributes.isEmpty))
    }
  }

  /// An element with a span that begins here.
  mutating func inline(
    _ name: String, _ kind: Element.Kind, _ role: InlineRun.Role?, isMarkdown: Bool = false
  ) -> Element {
    var element = Element(name: name, kind: kind, role: role)
    let isEmphasis = name == "em" || name == "i" || name == "strong" || name == "b"
    element.isMarkdownEmphasis = isMarkdown && isEmphasis
    openSpan(of: &element)
    return element
  }

  private mutating func openSpan(of element: inout Element) {
    guard let role = element.role else { return }
    element.span = run.open(role, isMarkdownEmphasis: element.isMarkdownEmphasis)
  }

  private func inlineRole(
    _ name: String, _ attributes: [(name: String, value: String)]
  ) -> InlineRun.Role? {
    switch name {
    case "em", "i", "dfn", "var", "cite": .plain(.emphasis)
    case "strong", "b": .plain(.strong)
    case "del", "s", "strike": .plain(.deleted)
    case "ins", "u": .plain(.inserted)
    case "mark": .plain(.mark)
    case "small": .plain(.small)
    case "sub": .plain(.subscript)
    case "sup": .plain(.superscript)
    case "a": linkRole(attributes)
    default: nil
    }
  }

  mutating func end(_ name: String) {
    if let count = flattened[name], count > 0 {
      flattened[name] = count - 1
      if HTMLElements.isBlock(name), hiddenDepth == 0 { flush() }
      return
    }
    guard let position = stack.lastIndex(where: { $0.name == name }) else {
      if name == "p", hiddenDepth == 0, code == nil { flush() }
      if name == "br" { addLineBreak() }
      return
    }
    let element = stack[position]
    // An inline end tag does not close blocks that stand in between.
    if element.kind == .inline || element.kind == .code,
      stack[(position + 1)...].contains(where: { $0.kind != .inline && $0.kind != .code })
    {
      if element.kind == .inline {
        run.close(element.span)
        stack[position].span = -1
        stack[position].role = nil
        stack[position].name = ""
      }
      return
    }
    if element.kind == .inline, position < stack.count - 1 {
      closeMisnested(position)
      return
    }
    while stack.count > position { closeTop() }
  }

  /// `<b><i></b></i>`: the inner elements end with the outer one and begin again behind it.
  private mutating func closeMisnested(_ position: Int) {
    let inner = Array(stack[(position + 1)...])
    while stack.count > position { closeTop() }
    for var element in inner where element.kind == .inline {
      openSpan(of: &element)
      push(element)
    }
  }

  private mutating func closeTop() {
    guard let element = stack.popLast() else { return }
    switch element.kind {
    case .hidden:
      hiddenDepth = max(0, hiddenDepth - 1)
    case .inline:
      run.close(element.span)
      if element.name == "q" {
        quoteDepth = max(0, quoteDepth - 1)
        run.append(Array((quoteDepth % 2 == 0 ? quotes.outer.1 : quotes.inner.1).utf8))
      }
    case .code:
      finishInlineCode(isKey: element.name == "kbd")
    case .preformatted:
      finishCodeBlock()
    case .block, .transparent:
      run.close(element.span)
      if element.kind == .block || element.endsBlock { flush() }
    case .codeTable:
      flush()
    case .container, .list, .item, .table, .row, .cell:
      flush()
      releaseHeld()
      if element.kind == .list { _ = listCounters.popLast() }
      if element.hasContainer, !containerStack.isEmpty { containerStack.removeLast() }
    }
    if element.isHeading { blockKind = .paragraph }
    if element.isHighlight { highlightDepth = max(0, highlightDepth - 1) }
  }

  /// A block's start ends an open paragraph; inline elements that are open go on behind it.
  mutating func endParagraph() {
    flush()
    guard let position = stack.lastIndex(where: { $0.name == "p" || $0.isHeading }),
      !stack[(position + 1)...].contains(where: { $0.endsBlock || $0.kind == .preformatted })
    else { return }
    if stack[position].isHeading { blockKind = .paragraph }
    stack.remove(at: position)
  }

  /// Closes the nearest open element of the names, unless one of `within` stands before it.
  mutating func close(upTo names: Set<String>, within limits: Set<String>) {
    for position in stack.indices.reversed() {
      if names.contains(stack[position].name) {
        while stack.count > position { closeTop() }
        return
      }
      if limits.contains(stack[position].name) { return }
    }
  }

  mutating func closeAll() {
    while !stack.isEmpty { closeTop() }
    flush()
  }
}
