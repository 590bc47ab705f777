import Documents

/// Code: listings and words of it in text.
extension DocumentBuilder {
  mutating func startInsideCode(
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

  mutating func finishInlineCode(isKey: Bool) {
    guard let text = code else { return }
    code = nil
    let collapsed = WhiteSpace.collapsed(text)
    if !collapsed.isEmpty { addAtom(.code(collapsed, isKey: isKey)) }
  }

  mutating func finishCodeBlock() {
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
  static func codeLanguage(_ classes: String, _ data: String?) -> String? {
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
