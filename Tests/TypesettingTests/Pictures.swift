import Cells
import Documents
import Testing

@testable import Typesetting

/// Makes documents by hand, so that these tests need no parser.
struct Sketch {
  var document = Document()
  private var open: [Int] = []

  init(language: String? = nil) { document.language = language }

  mutating func begin(_ kind: Container.Kind) {
    document.containers.append(Container(kind: kind, parent: open.last))
    open.append(document.containers.count - 1)
  }

  mutating func end() { open.removeLast() }

  /// A container around what the body adds.
  mutating func inside(_ kind: Container.Kind, _ body: (inout Sketch) -> Void) {
    begin(kind)
    body(&self)
    end()
  }

  /// Adds a block; formulas in the text become formulas, `<role>…</role>` becomes a span.
  mutating func add(_ text: String, _ kind: Block.Kind = .paragraph) {
    if !document.blocks.isEmpty { document.text.append(0x0A) }
    let start = document.text.count
    var spans: [Span] = []
    var opened: [(role: Span.Role, start: Int)] = []
    var rest = Substring(text)
    while let first = rest.first {
      if case .code = kind {
        document.text += Array(rest.utf8)
        break
      }
      if first == "<", let end = rest.firstIndex(of: ">") {
        let name = String(rest[rest.index(after: rest.startIndex)..<end])
        if name.hasPrefix("/"), let last = opened.popLast() {
          spans.append(Span(role: last.role, range: last.start..<document.text.count))
          rest = rest[rest.index(after: end)...]
          continue
        }
        if let role = role(name) {
          opened.append((role, document.text.count))
          rest = rest[rest.index(after: end)...]
          continue
        }
      }
      if let formula = Self.formula(at: rest) {
        let from = document.text.count
        document.text += Array(formula.source.utf8)
        let range = from..<document.text.count
        spans.append(Span(role: .formula(document.formulas.count), range: range))
        let edge = formula.delimiterBytes
        document.formulas.append(
          Formula(
            range: range, tex: range.lowerBound + edge..<range.upperBound - edge,
            isDisplay: formula.isDisplay, origin: .text))
        rest = rest[formula.source.endIndex...]
        continue
      }
      document.text += Array(String(first).utf8)
      rest = rest.dropFirst()
    }
    spans.sort {
      ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound)
    }
    document.spans += spans
    var kind = kind
    let range = start..<document.text.count
    if case .paragraph = kind, let only = document.formulas.last, only.isDisplay,
      only.range == range
    {
      kind = .formula(document.formulas.count - 1)
    }
    document.blocks.append(Block(kind: kind, range: range, container: open.last))
  }

  private mutating func role(_ name: String) -> Span.Role? {
    switch name {
    case "em": return .emphasis
    case "code": return .code
    case "del": return .deleted
    case "sup": return .superscript
    case "sub": return .subscript
    case "rt": return .rubyReading
    case "img":
      document.images.append(Image(source: "https://example.org/a.png"))
      return .image(document.images.count - 1)
    case "fn":
      document.links.append(Link(target: "#fn", isNumbered: false))
      return .footnoteReference(document.links.count - 1)
    default:
      guard name.hasPrefix("a ") else { return nil }
      let target = String(name.dropFirst(2))
      if let known = document.links.firstIndex(where: { $0.target == target }) {
        return .link(known)
      }
      document.links.append(Link(target: target))
      return .link(document.links.count - 1)
    }
  }

  /// The formula a text begins with; simpler than what readers do, enough for examples.
  static func formula(
    at text: Substring
  ) -> (source: Substring, isDisplay: Bool, delimiterBytes: Int)? {
    for (opener, closer, isDisplay) in [
      ("$$", "$$", true), ("$", "$", false), ("\\(", "\\)", false), ("\\[", "\\]", true),
    ] where text.hasPrefix(opener) {
      let from = text.index(text.startIndex, offsetBy: opener.count)
      guard let end = Self.closer(closer, in: text[from...]) else { return nil }
      let source = text[text.startIndex..<end]
      return source.utf8.count > 2 * opener.utf8.count
        ? (source, isDisplay, opener.utf8.count) : nil
    }
    if text.hasPrefix("\\begin{"), let close = text.firstIndex(of: "}") {
      let name = text[text.startIndex...close].dropFirst(7).dropLast()
      if let end = text.firstRange(of: "\\end{" + name + "}") {
        return (text[text.startIndex..<end.upperBound], true, 0)
      }
    }
    return nil
  }

  private static func closer(_ closer: String, in text: Substring) -> String.Index? {
    var depth = 0
    var place = text.startIndex
    while place < text.endIndex {
      if depth == 0, text[place...].hasPrefix(closer) {
        return text.index(place, offsetBy: closer.count)
      }
      switch text[place] {
      case "\\":
        place = text.index(after: place)
        if place == text.endIndex { return nil }
      case "{": depth += 1
      case "}": depth -= 1
      default: break
      }
      place = text.index(after: place)
    }
    return nil
  }
}

/// The lines of a document with the defaults of the batch command.
func lines(
  _ document: Document, columns: Int, _ set: (inout PageSettings) -> Void = { _ in }
) -> [String] {
  var page = PageSettings(columns: columns)
  page.repair = .none
  page.presentation = .bare
  page.marks = .characters
  set(&page)
  return layoutLines(document, page)
}

/// Compares the picture of one paragraph.
func check(
  _ text: String, columns: Int, _ picture: String, _ set: (inout PageSettings) -> Void = { _ in },
  sourceLocation: SourceLocation = #_sourceLocation
) {
  var sketch = Sketch()
  sketch.add(text)
  let found = lines(sketch.document, columns: columns, set).joined(separator: "\n")
  #expect(found == picture, sourceLocation: sourceLocation)
}

/// Compares the picture of a document.
func check(
  columns: Int, _ picture: String, language: String? = nil,
  settings: (inout PageSettings) -> Void = { _ in },
  sourceLocation: SourceLocation = #_sourceLocation, _ draw: (inout Sketch) -> Void
) {
  var sketch = Sketch(language: language)
  draw(&sketch)
  let found = lines(sketch.document, columns: columns, settings).joined(separator: "\n")
  #expect(found == picture, sourceLocation: sourceLocation)
}
