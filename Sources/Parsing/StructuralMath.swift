import Documents

/// A formula taken from elements instead of text.
struct StructuralFormula: Equatable {
  /// Trimmed.
  var tex: [UInt8]
  var isDisplay: Bool
  var origin: Formula.Origin
  var isLossy = false
  /// What a renderer left on the page; the script it was made from may follow.
  var isRendering = false

  /// Delimiters that a structural form does not have: `$…$`, `$$…$$`, none for environments that
  /// are mathematics by themselves (D10).
  var opening: [UInt8] { delimiter }
  var closing: [UInt8] { delimiter }

  private var delimiter: [UInt8] {
    guard isDisplay else { return [0x24] }
    if let environment = MathScanner.environment(in: tex, at: 0), environment.isBegin {
      let name = environment.name.filter { $0 != "*" }
      if ["equation", "align", "alignat", "gather", "multline", "eqnarray", "flalign"].contains(
        name)
      {
        return []
      }
    }
    return [0x24, 0x24]
  }
}

/// Finds formulas in elements that say they are some (docs/math.md D1); the first match wins.
enum StructuralMath {
  enum Result {
    case formula(StructuralFormula)
    case text([UInt8])
    /// Recognised, and to be dropped.
    case nothing
    case notAFormula
  }

  /// Whether an element has to be looked at whole.
  static func startsCapture(name: String, attributes: [(name: String, value: String)]) -> Bool {
    if name == "math" || name == "mjx-container" || name == "d-math" || name == "tex-math" {
      return true
    }
    func value(_ attribute: String) -> String? {
      attributes.first { $0.name == attribute }?.value
    }
    if name == "script" {
      return value("type")?.lowercased().hasPrefix("math/tex") ?? false
    }
    if name == "img" { return isFormulaImage(attributes) }
    let classes = (value("class") ?? "").split(separator: " ")
    if classes.contains(where: isFormulaClass) { return true }
    if classes.contains("latex-rendered"), value("data-attrs") != nil { return true }
    if name == "span" || name == "div" || name == "p" {
      return ["data-tex", "data-latex", "data-math", "data-formula"].contains { value($0) != nil }
    }
    return false
  }

  static func result(of element: CapturedElement) -> Result {
    let classes = Set((element["class"] ?? "").split(separator: " ").map(String.init))
    if element.name == "script" {
      let isDisplay = (element["type"] ?? "").lowercased().filter { $0 != " " }.contains(
        "mode=display")
      return made(withoutCDATA(element.text), isDisplay, .script)
    }
    if classes.contains("MathJax_Preview") { return .nothing }
    if classes.contains(where: {
      $0 == "MathJax" || $0 == "MathJax_Display" || $0.hasPrefix("MathJax_SVG")
        || $0 == "MJXc-display" || $0 == "mjx-chtml"
    }) {
      return mathJax(element, isDisplay: classes.contains { $0.hasSuffix("isplay") })
    }
    if classes.contains(where: { $0 == "katex" || $0 == "katex-display" || $0 == "katex-block" }) {
      return katex(element, isDisplay: classes.contains("katex-display"))
    }
    if element.name == "mjx-container" { return mathJaxContainer(element) }
    if classes.contains("mwe-math-element") { return wikipedia(element) }
    if element.name == "math" { return math(element) }
    if element.name == "img" { return image(element, classes) }
    if classes.contains("latex-rendered"), let data = element["data-attrs"] {
      guard let tex = jsonString(named: "persistentExpression", in: Array(data.utf8)) else {
        return .notAFormula
      }
      return made(tex, element.name == "div", .attribute)
    }
    for name in ["data-tex", "data-latex", "data-math", "data-formula"] {
      guard let value = element[name], !value.isEmpty else { continue }
      return attribute(value, element)
    }
    if element.name == "d-math" || element.name == "tex-math" {
      return made(element.text, element["block"] != nil, .element)
    }
    // `math inline`, `math-display`, `arithmatex`: the text, unless it has delimiters itself.
    let text = trimmed(element.text)
    if holdsDelimiters(text) || element.holdsElements { return .notAFormula }
    let isDisplay = classes.contains("display") || classes.contains("math-display")
    return made(text, isDisplay, .element)
  }
}

extension StructuralMath {
  private static func isFormulaClass(_ name: Substring) -> Bool {
    switch name {
    case "katex", "katex-display", "katex-block", "MathJax_Preview", "MathJax", "MathJax_Display",
      "MJXc-display", "mjx-chtml", "mwe-math-element", "math-inline", "math-display",
      "arithmatex", "math":
      return true
    default: return name.hasPrefix("MathJax_SVG")
    }
  }

  private static func made(
    _ tex: [UInt8], _ isDisplay: Bool, _ origin: Formula.Origin, isLossy: Bool = false,
    isRendering: Bool = false
  ) -> Result {
    let tex = trimmed(tex)
    guard !tex.isEmpty else { return .nothing }
    return .formula(
      StructuralFormula(
        tex: tex, isDisplay: isDisplay, origin: origin, isLossy: isLossy, isRendering: isRendering))
  }

  static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    var start = 0
    var end = bytes.count
    while start < end, WhiteSpace.isBlank(bytes[start]) { start += 1 }
    while end > start, WhiteSpace.isBlank(bytes[end - 1]) { end -= 1 }
    return Array(bytes[start..<end])
  }

  /// `% <![CDATA[ … %]]>` around a script's text.
  private static func withoutCDATA(_ bytes: [UInt8]) -> [UInt8] {
    var text = trimmed(bytes)
    for prefix in ["% <![CDATA[", "%<![CDATA[", "<![CDATA["] where text.starts(with: prefix.utf8) {
      text.removeFirst(prefix.utf8.count)
      break
    }
    text = trimmed(text)
    for suffix in ["% ]]>", "%]]>", "]]>"] {
      let wanted = Array(suffix.utf8)
      if text.count >= wanted.count, Array(text.suffix(wanted.count)) == wanted {
        text.removeLast(wanted.count)
        break
      }
    }
    return trimmed(text)
  }

  private static func holdsDelimiters(_ text: [UInt8]) -> Bool {
    if text.contains(0x24) { return true }
    for place in text.indices.dropLast() where text[place] == 0x5C {
      let next = text[place + 1]
      if next == 0x28 || next == 0x5B { return true }
      if MathScanner.environment(in: text, at: place) != nil { return true }
    }
    return false
  }

  private static func mathJax(_ element: CapturedElement, isDisplay: Bool) -> Result {
    if let script = element.first(where: {
      $0.name == "script" && ($0["type"] ?? "").hasPrefix("math/tex")
    }) {
      return result(of: script)
    }
    if let source = element.firstValue(of: "data-mathml") {
      if let math = CapturedElement.reading(Array(source.utf8)).first(where: { $0.name == "math" })
      {
        return rendering(math, isDisplay)
      }
    }
    if let math = element.first(where: { $0.name == "math" }) { return rendering(math, isDisplay) }
    return .nothing
  }

  private static func rendering(_ math: CapturedElement, _ isDisplay: Bool) -> Result {
    guard case .formula(var formula) = self.math(math) else { return .nothing }
    formula.isRendering = true
    formula.isDisplay = formula.isDisplay || isDisplay
    return .formula(formula)
  }

  private static func katex(_ element: CapturedElement, isDisplay: Bool) -> Result {
    let math = element.first { $0.name == "math" }
    let isDisplay =
      isDisplay || math?["display"] == "block"
      || element.first { ($0["class"] ?? "").split(separator: " ").contains("katex-display") }
        != nil
    if let annotation = texAnnotation(element) { return made(annotation, isDisplay, .annotation) }
    if let math { return made(MathMLConverter.tex(of: math), isDisplay, .mathML) }
    if let rendered = element.first(where: {
      ($0["class"] ?? "").split(separator: " ").contains("katex-html")
    }) {
      return made(rendered.text, isDisplay, .element, isLossy: true)
    }
    let text = trimmed(element.text)
    if holdsDelimiters(text) { return .notAFormula }
    return made(text, isDisplay, .element)
  }

  private static func texAnnotation(_ element: CapturedElement) -> [UInt8]? {
    let found = element.first { child in
      guard child.name == "annotation", let encoding = child["encoding"]?.lowercased() else {
        return false
      }
      return ["application/x-tex", "text/x-latex", "application/x-latex", "latex", "tex"]
        .contains(encoding)
    }
    return found.map { trimmed($0.text) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  static func math(_ element: CapturedElement) -> Result {
    let isDisplay = element["display"] == "block" || element["mode"] == "display"
    if let annotation = texAnnotation(element) { return made(annotation, isDisplay, .annotation) }
    for name in ["alttext", "data-latex", "data-tex"] {
      if let value = element[name], !value.isEmpty {
        return made(unwrapped(Array(value.utf8)), isDisplay, .attribute)
      }
    }
    return made(MathMLConverter.tex(of: element), isDisplay, .mathML)
  }

  private static func mathJaxContainer(_ element: CapturedElement) -> Result {
    let isDisplay = element["display"] == "true"
    if let math = element.first(where: { $0.name == "math" }),
      case .formula(var formula) = self.math(math)
    {
      formula.isDisplay = isDisplay
      return .formula(formula)
    }
    let rebuilt = element.withoutMathJaxPrefix()
    if let math = rebuilt.first(where: { $0.name == "math" }) {
      let tex = MathMLConverter.tex(of: math)
      if !trimmed(tex).isEmpty { return made(tex, isDisplay, .mathML) }
    }
    if let label = element["aria-label"], !label.isEmpty {
      return made(Array(label.utf8), isDisplay, .attribute, isLossy: true)
    }
    return .text(Array("[formula]".utf8))
  }

  private static func wikipedia(_ element: CapturedElement) -> Result {
    let math = element.first { $0.name == "math" }
    let image = element.first { $0.name == "img" }
    let isDisplay =
      math?["display"] == "block"
      || element.first { ($0["class"] ?? "").contains("display") } != nil
    let tex =
      math.flatMap(texAnnotation) ?? math?["alttext"].map { Array($0.utf8) }
      ?? image?["alt"].map { Array($0.utf8) }
    guard let tex else { return .notAFormula }
    return made(unwrapped(tex), isDisplay, .annotation)
  }

  /// `{\displaystyle …}` and `{\textstyle …}` without their wrapping.
  private static func unwrapped(_ tex: [UInt8]) -> [UInt8] {
    let text = trimmed(tex)
    for prefix in ["{\\displaystyle", "{\\textstyle"] {
      if text.starts(with: prefix.utf8), text.last == 0x7D {
        return trimmed(Array(text.dropFirst(prefix.utf8.count).dropLast()))
      }
    }
    return text
  }

  private static func isFormulaImage(_ attributes: [(name: String, value: String)]) -> Bool {
    for (name, value) in attributes {
      switch name {
      case "eeimg", "data-formula": return true
      case "class":
        let isClass = value.split(separator: " ").contains {
          $0 == "latex" || $0 == "tex" || $0 == "ql-img-inline-formula"
            || $0 == "ql-img-displayed-equation" || $0.hasPrefix("mwe-math-fallback-")
        }
        if isClass { return true }
      case "src", "data-src", "data-actualsrc":
        if FormulaURLs.tex(of: value) != nil { return true }
      default: break
      }
    }
    return false
  }

  private static func image(_ element: CapturedElement, _ classes: Set<String>) -> Result {
    var isDisplay = element["eeimg"] == "2" || classes.contains("ql-img-displayed-equation")
    let address = ["src", "data-src", "data-actualsrc"].compactMap { element[$0] }
      .compactMap(FormulaURLs.tex(of:)).first
    let isNamed =
      element["eeimg"] != nil || element["data-formula"] != nil
      || classes.contains {
        $0 == "latex" || $0 == "tex" || $0.hasPrefix("ql-img-")
          || $0.hasPrefix("mwe-math-fallback-")
      }
    var tex: [UInt8]?
    if isNamed {
      tex = (element["data-formula"] ?? element["alt"]).map { Array($0.utf8) }
      if tex.map({ trimmed($0).isEmpty }) ?? true { tex = nil }
    }
    let origin: Formula.Origin = tex == nil ? .imageURL : .attribute
    guard var source = tex ?? address else { return .notAFormula }
    source = trimmed(unwrapped(source))
    if source.count > 2, source.suffix(2) == [0x5C, 0x5C] {
      isDisplay = true
      source.removeLast(2)
    }
    return made(source, isDisplay, origin)
  }

  private static func attribute(_ value: String, _ element: CapturedElement) -> Result {
    var tex = trimmed(Array(value.utf8))
    var isDisplay =
      element["data-eeimg"] == "2" || element.name == "div" || element["data-display"] == "true"
      || element["data-display"] == "block"
    if tex.count > 2, tex.suffix(2) == [0x5C, 0x5C] {
      isDisplay = true
      tex.removeLast(2)
    }
    return made(tex, isDisplay, .attribute)
  }

  /// The value of a string member of a JSON object, wherever it stands.
  static func jsonString(named name: String, in json: [UInt8]) -> [UInt8]? {
    let key = Array("\"\(name)\"".utf8)
    guard json.count > key.count else { return nil }
    var place = 0
    while place + key.count < json.count {
      if json[place] == 0x22, json[place..<place + key.count].elementsEqual(key) { break }
      place += 1
    }
    place += key.count
    while place < json.count, json[place] == 0x3A || WhiteSpace.isBlank(json[place]) { place += 1 }
    guard place < json.count, json[place] == 0x22 else { return nil }
    place += 1
    var result: [UInt8] = []
    while place < json.count, json[place] != 0x22 {
      guard json[place] == 0x5C, place + 1 < json.count else {
        result.append(json[place])
        place += 1
        continue
      }
      switch json[place + 1] {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"): result.append(0x20)
      case UInt8(ascii: "u"):
        let digits = String(
          decoding: json[min(place + 2, json.count)..<min(place + 6, json.count)], as: UTF8.self)
        let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
        result += HTMLReference.utf8(scalar)
        place = min(place + 6, json.count)
        continue
      default: result.append(json[place + 1])
      }
      place += 2
    }
    return result
  }
}

extension CapturedElement {
  /// The text of the element and all inside it.
  var text: [UInt8] {
    var result: [UInt8] = []
    var work: [CapturedNode] = [.element(self)]
    while let node = work.popLast() {
      switch node {
      case .text(let text): result += text
      case .element(let element): work += element.children.reversed()
      }
    }
    return result
  }

  var holdsElements: Bool {
    children.contains { if case .element(let child) = $0 { child.name != "br" } else { false } }
  }

  /// The first element, itself included, that a test accepts, in document order.
  func first(where accepts: (CapturedElement) -> Bool) -> CapturedElement? {
    var work: [CapturedElement] = [self]
    while let element = work.popLast() {
      if accepts(element) { return element }
      for case .element(let child) in element.children.reversed() { work.append(child) }
    }
    return nil
  }

  func firstValue(of attribute: String) -> String? {
    first { $0[attribute] != nil }?[attribute]
  }

  /// MathJax 3's own elements as MathML: `mjx-mi` is `mi`.
  func withoutMathJaxPrefix() -> CapturedElement {
    var copy = self
    if copy.name.hasPrefix("mjx-") { copy.name = String(copy.name.dropFirst(4)) }
    copy.children = children.map { node in
      if case .element(let child) = node { return .element(child.withoutMathJaxPrefix()) }
      return node
    }
    return copy
  }

  /// Elements read from a piece of markup.
  static func reading(_ markup: [UInt8]) -> CapturedElement {
    var tokenizer = HTMLTokenizer(markup)
    var open = [CapturedElement(name: "", attributes: [])]
    func close() {
      guard open.count > 1, let last = open.popLast() else { return }
      open[open.count - 1].children.append(.element(last))
    }
    while let token = tokenizer.next() {
      switch token {
      case .text(let text): open[open.count - 1].children.append(.text(text))
      case .start(let name, let attributes):
        let element = CapturedElement(name: name, attributes: attributes)
        if HTMLElements.isVoid(name) || open.count > 100 {
          open[open.count - 1].children.append(.element(element))
        } else {
          open.append(element)
        }
      case .end(let name):
        guard let position = open.lastIndex(where: { $0.name == name }), position > 0 else {
          continue
        }
        while open.count > position { close() }
      }
    }
    while open.count > 1 { close() }
    return open[0]
  }
}
