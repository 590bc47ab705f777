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
  private(set) var document: Document

  /// The run being gathered.
  private var run = InlineRun()
  private var blockKind = Block.Kind.paragraph
  /// Runs that wait for the end of a display formula that one of them opens (D6).
  private var held: [(run: InlineRun, container: Int?)] = []

  private var stack: [Element] = []
  /// Open elements beyond the limit, by their names: their text is kept, their structure is not.
  private var flattened: [String: Int] = [:]
  private var containerStack: [Int] = []
  /// Depth of elements whose text is not shown.
  private var hiddenDepth = 0
  private var code: [UInt8]?
  private var codeLanguage: String?
  /// Depth of elements that hold a program beside its line numbers.
  private var highlightDepth = 0
  /// Rows of such a program that have had their first cell.
  private var hasLineNumberCell = false
  /// The elements being captured for `StructuralMath`, the outermost first.
  private var captured: [CapturedElement] = []
  private var isReadingAgain = false
  private var linkNumbers: [String: Int] = [:]
  private var quoteDepth = 0
  private var listCounters: [ListCounter] = []

  private struct Element {
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
  private mutating func add(_ text: [UInt8]) {
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

  private mutating func addAtom(_ atom: InlineRun.Atom) {
    guard hiddenDepth == 0 else { return }
    run.append(atom)
  }

  private mutating func addLineBreak() {
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
  private subscript(_ attributes: [(name: String, value: String)], _ name: String) -> String? {
    attributes.first { $0.name == name }?.value
  }

  private func isHidden(_ attributes: [(name: String, value: String)]) -> Bool {
    if let hidden = self[attributes, "hidden"], hidden.lowercased() != "until-found" { return true }
    guard let style = self[attributes, "style"] else { return false }
    let plain = style.lowercased().filter { !$0.isWhitespace }
    return plain.holds("display:none") || plain.holds("visibility:hidden")
  }

  private mutating func start(_ name: String, _ attributes: [(name: String, value: String)]) {
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

  private mutating func push(_ element: Element) { stack.append(element) }

  /// Blocks by their names; see the table in docs/feeds.md.
  private mutating func startBlock(_ name: String, _ attributes: [(name: String, value: String)]) {
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
  private mutating func open(
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

  private mutating func startTable(_ name: String, _ classes: String) {
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

  private mutating func startRow() {
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

  private mutating func startCell(
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

  private mutating func startInline(_ name: String, _ attributes: [(name: String, value: String)]) {
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
  private mutating func inline(
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

  private mutating func end(_ name: String) {
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
  private mutating func endParagraph() {
    flush()
    guard let position = stack.lastIndex(where: { $0.name == "p" || $0.isHeading }),
      !stack[(position + 1)...].contains(where: { $0.endsBlock || $0.kind == .preformatted })
    else { return }
    if stack[position].isHeading { blockKind = .paragraph }
    stack.remove(at: position)
  }

  /// Closes the nearest open element of the names, unless one of `within` stands before it.
  private mutating func close(upTo names: Set<String>, within limits: Set<String>) {
    for position in stack.indices.reversed() {
      if names.contains(stack[position].name) {
        while stack.count > position { closeTop() }
        return
      }
      if limits.contains(stack[position].name) { return }
    }
  }

  private mutating func closeAll() {
    while !stack.isEmpty { closeTop() }
    flush()
  }
}

// MARK: - Links, images, media

extension DocumentBuilder {
  private func linkRole(_ attributes: [(name: String, value: String)]) -> InlineRun.Role? {
    guard let href = self[attributes, "href"], !href.isEmpty else { return nil }
    let target = href.hasPrefix("#") ? href : References.resolve(href, against: baseURL)
    guard target.hasPrefix("#") || References.isOpenable(target) else { return nil }
    let classes = (self[attributes, "class"] ?? "").split(separator: " ")
    let isFootnote =
      target.hasPrefix("#")
      && (self[attributes, "role"] == "doc-noteref"
        || classes.contains { $0 == "footnote-ref" || $0 == "footnote" || $0 == "fn" }
        || (self[attributes, "id"] ?? "").hasPrefix("fnref")
        || stack.last?.name == "sup")
    let isBack =
      classes.contains { $0 == "footnote-backref" || $0 == "reversefootnote" }
      || self[attributes, "role"] == "doc-backlink"
    return isBack
      ? .link(target, isNumbered: false, isFootnote: false)
      : .link(target, isNumbered: !isFootnote, isFootnote: isFootnote)
  }

  private mutating func addImage(_ name: String, _ attributes: [(name: String, value: String)]) {
    let alt = self[attributes, "alt"]
    if name == "input" {
      if self[attributes, "type"]?.lowercased() == "checkbox" {
        setTask(isDone: self[attributes, "checked"] != nil)
      } else if self[attributes, "type"]?.lowercased() == "image", let alt {
        run.append(Array(alt.utf8))
      }
      return
    }
    let classes = (self[attributes, "class"] ?? "").split(separator: " ")
    if let alt, !alt.isEmpty, classes.contains(where: { $0 == "emoji" || $0 == "wp-smiley" }) {
      run.append(Array(alt.utf8))
      return
    }
    let width = Self.number(self[attributes, "width"])
    let height = Self.number(self[attributes, "height"])
    if let width, let height, width <= 2, height <= 2 { return }
    if alt == "", run.hasText { return }
    guard let source = imageSource(attributes) else { return }
    let title = self[attributes, "title"]
    var label =
      alt.flatMap { $0.isEmpty ? nil : $0 } ?? title.flatMap { $0.isEmpty ? nil : $0 }
      ?? References.fileName(of: source)
    if let title, !title.isEmpty, title != label, alt?.isEmpty == false { label += " — " + title }
    addAtom(.image(Image(source: source), label: Array(label.utf8)))
  }

  private func imageSource(_ attributes: [(name: String, value: String)]) -> String? {
    for name in ["src", "data-src", "data-original", "data-lazy-src", "data-actualsrc"] {
      if let value = self[attributes, name], !value.isEmpty, !value.hasPrefix("data:") {
        return References.resolve(value, against: baseURL)
      }
    }
    // The last candidate of a srcset is by custom the largest.
    if let set = self[attributes, "srcset"],
      let last = set.split(separator: ",").last?.split(separator: " ").first
    {
      return References.resolve(String(last), against: baseURL)
    }
    return self[attributes, "src"].map { _ in "data:" }
  }

  private mutating func addMedium(_ name: String, _ attributes: [(name: String, value: String)]) {
    let kind: Image.Kind = name == "video" ? .video : name == "audio" ? .audio : .embed
    if let source = self[attributes, "src"], !source.isEmpty {
      let target = References.resolve(source, against: baseURL)
      let label =
        self[attributes, "title"] ?? self[attributes, "aria-label"]
        ?? (kind == .embed ? References.host(of: target) : References.fileName(of: target))
      addAtom(.image(Image(kind: kind, source: target), label: Array(label.utf8)))
      guard !HTMLElements.isVoid(name) else { return }
      hiddenDepth = 1
      push(Element(name: name, kind: .hidden))
    } else if !HTMLElements.isVoid(name) {
      push(Element(name: name, kind: .inline))
    }
  }

  /// `[ ]` and `[x]` at the start of a list item.
  private mutating func setTask(isDone: Bool) {
    guard !run.hasText, let item = containerStack.last,
      case .item(let number, _) = document.containers[item].kind
    else { return }
    document.containers[item].kind = .item(number: number, isDone: isDone)
  }

  private var quotes: (outer: (String, String), inner: (String, String)) {
    switch (language ?? "").lowercased().prefix(2) {
    case "ja": (("「", "」"), ("『", "』"))
    case "de": (("„", "“"), ("‚", "‘"))
    case "fr": (("« ", " »"), ("“", "”"))
    default: (("“", "”"), ("‘", "’"))
    }
  }
}

// MARK: - Code

extension DocumentBuilder {
  private mutating func startInsideCode(
    _ name: String, _ attributes: [(name: String, value: String)]
  ) {
    switch name {
    case "br": addLineBreak()
    case "code":
      if codeLanguage == nil {
        codeLanguage = Self.codeLanguage(self[attributes, "class"] ?? "", nil)
      }
      push(Element(name: name, kind: .inline))
    case "script", "style", "template":
      hiddenDepth = 1
      push(Element(name: name, kind: .hidden))
    case "pre", "div", "p", "li", "tr":
      if stack.contains(where: { $0.kind == .preformatted }) {
        if let last = code?.last, last != 0x0A { code?.append(0x0A) }
        push(Element(name: name, kind: .inline))
      } else {
        // A block ends inline code that was never closed.
        end("code")
        if code == nil { start(name, attributes) }
      }
    default:
      if !HTMLElements.isVoid(name) { push(Element(name: name, kind: .inline)) }
    }
  }

  private mutating func finishInlineCode(isKey: Bool) {
    guard let text = code else { return }
    code = nil
    let collapsed = WhiteSpace.collapsed(text)
    if !collapsed.isEmpty { addAtom(.code(collapsed, isKey: isKey)) }
  }

  private mutating func finishCodeBlock() {
    guard let source = code else { return }
    var text = WhiteSpace.withLineFeeds(source)
    code = nil
    // HTML drops the line end right behind `<pre>`; one at the end says nothing either.
    if text.first == 0x0A { text.removeFirst() }
    while let last = text.last, last == 0x0A || last == 0x20 { text.removeLast() }
    releaseHeld()
    if !text.isEmpty { addBlock(.code(language: codeLanguage), text: text) }
    codeLanguage = nil
  }

  /// `language-x`, `lang-x`, `highlight x`.
  private static func codeLanguage(_ classes: String, _ data: String?) -> String? {
    if let data, !data.isEmpty { return data }
    let words = classes.split(separator: " ").map(String.init)
    for word in words {
      for prefix in ["language-", "lang-"] where word.hasPrefix(prefix) {
        return String(word.dropFirst(prefix.count))
      }
    }
    if words.count == 2, words[0] == "highlight" { return words[1] }
    return nil
  }
}

// MARK: - Formulas

extension DocumentBuilder {
  private mutating func capture(_ token: HTMLTokenizer.Token) {
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

  private mutating func closeCaptured() {
    guard captured.count > 1, let element = captured.popLast() else { return }
    captured[captured.count - 1].children.append(.element(element))
  }

  private mutating func finishCapture(_ element: CapturedElement) {
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

// MARK: - Blocks

extension DocumentBuilder {
  /// Ends the block being gathered.
  private mutating func flush() {
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
  private mutating func releaseHeld() {
    guard !held.isEmpty else { return }
    let waiting = held
    held = []
    for (run, container) in waiting { emit(run, .paragraph, in: container) }
  }

  /// Adds a block of finished text.
  private mutating func addBlock(_ kind: Block.Kind, text: [UInt8]) {
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
      part.write(to: &document, linkNumbers: &linkNumbers)
      let range = start..<document.text.count
      if range.isEmpty {
        if start > 0, !document.blocks.isEmpty { document.text.removeLast() }
        continue
      }
      document.blocks.append(
        Block(kind: wholeBlockKind(range) ?? kind, range: range, container: containerStack.last))
    }
  }

  /// A paragraph that is nothing but one display formula or one image is a block of that kind.
  private func wholeBlockKind(_ range: Range<Int>) -> Block.Kind? {
    if let last = document.formulas.indices.last, document.formulas[last].isDisplay,
      document.formulas[last].range == range
    {
      return .formula(last)
    }
    if let span = document.spans.last(where: { $0.range == range }),
      case .image(let image) = span.role
    {
      return .image(image)
    }
    return nil
  }

  /// `\label`, `\ref` and `\eqref` of all formulas and of the text.
  private mutating func finishLabels() {
    TeXReferences.index(&document)
    document.labels.sort { $0.byteOffset < $1.byteOffset }
    document.spans.sort {
      ($0.range.lowerBound, -$0.range.count) < ($1.range.lowerBound, -$1.range.count)
    }
  }

  private static func number(_ text: String?) -> Int? {
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

  private static func numbering(_ type: String?) -> Container.NumberStyle {
    switch type {
    case "a": .lowerLetters
    case "A": .upperLetters
    case "i": .lowerRoman
    case "I": .upperRoman
    default: .decimal
    }
  }
}
