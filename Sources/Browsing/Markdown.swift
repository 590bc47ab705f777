import Documents

/// A document as Markdown: what `copy-entry --markdown` takes.
///
/// CommonMark with the tables of GitHub. Formulas keep their bytes, so what renders TeX in Markdown
/// renders them.
struct Markdown {
  private let document: Document
  private var result = ""
  /// The containers that have begun; their marker is written once.
  private var begun: Set<Int> = []
  private var previous: [Int] = []
  private var writtenTables: Set<Int> = []
  /// How the marker of each item is indented below.
  private var markerColumns: [Int: Int] = [:]

  static func text(of document: Document) -> String {
    var markdown = Markdown(document: document)
    for block in document.blocks { markdown.write(block) }
    return markdown.result
  }

  private init(document: Document) { self.document = document }

  /// From the outermost container to the one that holds a block.
  private func chain(of container: Int?) -> [Int] {
    var chain: [Int] = []
    var place = container
    // Parents stand before their children, so the walk ends.
    while let current = place, document.containers.indices.contains(current) {
      chain.append(current)
      place = document.containers[current].parent.flatMap { $0 < current ? $0 : nil }
    }
    return chain.reversed()
  }

  private mutating func write(_ block: Block) {
    var chain = chain(of: block.container)
    if let depth = chain.firstIndex(where: { document.containers[$0].kind == .table }) {
      let table = chain[depth]
      guard writtenTables.insert(table).inserted else { return }
      chain = Array(chain[..<depth])
      return write(lines(ofTable: table), in: chain)
    }
    switch block.kind {
    case .heading(let level):
      let marks = String(repeating: "#", count: max(1, min(level, 6)))
      write([marks + " " + inline(block.range).replacing("\\\n", with: " ")], in: chain)
    case .code(let language):
      let text = document.string(block.range)
      let fence = String(repeating: "`", count: max(3, Self.longestRun(of: "`", in: text) + 1))
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      write([fence + (language ?? "")] + lines + [fence], in: chain)
    case .formula:
      let text = document.string(block.range)
      write(
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), in: chain)
    case .rule: write(["---"], in: chain)
    case .image, .paragraph:
      var text = inline(block.range)
      if case .image(let image) = block.kind, !text.hasPrefix("![") {
        text = self.image(image, label: text)
      }
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      write(lines.map(Self.protectingStart), in: chain)
    }
  }

  /// Writes the lines of a block behind the marks of the quotes and lists it stands in.
  private mutating func write(_ lines: [String], in chain: [Int]) {
    var first = ""
    var rest = ""
    var beginsItem = false
    for container in chain {
      switch document.containers[container].kind {
      case .quote:
        first += "> "
        rest += "> "
      case .item(let number, let isDone):
        var marker = number.map { "\($0). " } ?? "- "
        let columns = marker.count
        if let isDone { marker += isDone ? "[x] " : "[ ] " }
        if begun.insert(container).inserted {
          first += marker
          beginsItem = true
        } else {
          first += String(repeating: " ", count: columns)
        }
        rest += String(repeating: " ", count: columns)
      case .definition:
        first += begun.insert(container).inserted ? ": " : "  "
        rest += "  "
      default: break
      }
    }
    if !result.isEmpty {
      let shared = zip(previous, chain).prefix { $0 == $1 }.map(\.0)
      // Items of one list stand line by line.
      let isTight =
        beginsItem
        && shared.contains { if case .list = document.containers[$0].kind { true } else { false } }
      if !isTight {
        let marks = shared.contains { document.containers[$0].kind == .quote } ? ">" : ""
        result += marks + "\n"
      }
    }
    previous = chain
    for (place, line) in lines.enumerated() {
      let whole = (place == 0 ? first : rest) + line
      // A blank line inside code keeps no marks but those of a quote.
      result += (line.isEmpty ? Self.withoutBlanksAtEnd(whole) : whole) + "\n"
    }
  }

  private static func withoutBlanksAtEnd(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }

  // MARK: Tables

  private func lines(ofTable table: Int) -> [String] {
    var rows: [(isHeader: Bool, cells: [String])] = []
    for place in document.containers.indices.dropFirst(table + 1) {
      let container = document.containers[place]
      let owner = chain(of: container.parent).last { document.containers[$0].kind == .table }
      guard owner == table else { continue }
      if container.kind == .row { rows.append((true, [])) }
      guard case .cell(let columns, _, let isHeader, _) = container.kind, !rows.isEmpty else {
        continue
      }
      let texts = document.blocks.filter { chain(of: $0.container).contains(place) }.map {
        inline($0.range, escapesPipes: true).replacing("\\\n", with: "<br>")
          .replacing("\n", with: " ")
      }
      rows[rows.count - 1].cells.append(texts.joined(separator: "<br>"))
      rows[rows.count - 1].cells += Array(repeating: "", count: max(0, min(columns, 64) - 1))
      if !isHeader { rows[rows.count - 1].isHeader = false }
    }
    let count = rows.map(\.cells.count).max() ?? 0
    guard count > 0 else { return [] }
    func line(_ cells: [String]) -> String {
      let padded = cells + Array(repeating: "", count: count - cells.count)
      return "| " + padded.joined(separator: " | ") + " |"
    }
    // The tables of GitHub have one row of headings, whatever the page had.
    var body = rows.map(\.cells)
    let header = rows.first?.isHeader == true ? body.removeFirst() : []
    return [line(header), line(Array(repeating: "---", count: count))] + body.map(line)
  }

  // MARK: Inline

  private static func longestRun(of character: Character, in text: String) -> Int {
    var longest = 0
    var run = 0
    for next in text {
      run = next == character ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }

  private func image(_ image: Int, label: String) -> String {
    guard document.images.indices.contains(image) else { return label }
    return "![\(label)](\(Self.destination(document.images[image].source)))"
  }

  /// An address between parentheses.
  private static func destination(_ address: String) -> String {
    let isPlain = !address.contains { " ()<>".contains($0) || $0.isNewline }
    if isPlain { return address }
    let kept = address.filter { $0 != "<" && $0 != ">" && !$0.isNewline }
    return "<\(kept)>"
  }

  /// The text of a range with its spans.
  private func inline(_ range: Range<Int>, escapesPipes: Bool = false) -> String {
    var text = ""
    var place = range.lowerBound
    let spans = document.spans(in: range).filter {
      $0.range.upperBound <= range.upperBound && !$0.range.isEmpty
    }
    var next = 0
    while next < spans.count {
      let span = spans[next]
      guard span.range.lowerBound >= place else {
        next += 1
        continue
      }
      text += escaped(place..<span.range.lowerBound, escapesPipes)
      place = span.range.upperBound
      next += 1
      if case .formula(let formula) = span.role, !escapesPipes,
        document.formulas.indices.contains(formula), document.formulas[formula].isDisplay
      {
        // It stands on lines of its own, as the reader shows it.
        text = Self.withoutBlanksAtEnd(text)
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
        text += markdown(of: span, escapesPipes) + "\n"
        while place < range.upperBound, document.text[place] == 0x20 { place += 1 }
      } else {
        text += markdown(of: span, escapesPipes)
      }
    }
    text += escaped(place..<max(place, range.upperBound), escapesPipes)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  private func markdown(of span: Documents.Span, _ escapesPipes: Bool) -> String {
    let raw = document.string(span.range)
    // What is inside; the spans are nested, so the outer one comes first.
    func inside() -> String {
      var inner = self
      inner.result = ""
      let nested = document.spans(in: span.range).filter {
        $0 != span && $0.range.upperBound <= span.range.upperBound && isInner($0, than: span)
      }
      var text = ""
      var place = span.range.lowerBound
      for part in nested where part.range.lowerBound >= place {
        text += escaped(place..<part.range.lowerBound, escapesPipes)
        text += inner.markdown(of: part, escapesPipes)
        place = part.range.upperBound
      }
      return text + escaped(place..<span.range.upperBound, escapesPipes)
    }
    switch span.role {
    case .formula: return escapesPipes ? raw.replacing("|", with: "\\|") : raw
    case .code, .key:
      let ticks = String(repeating: "`", count: Self.longestRun(of: "`", in: raw) + 1)
      let pad = raw.hasPrefix("`") || raw.hasSuffix("`") ? " " : ""
      return ticks + pad + (escapesPipes ? raw.replacing("|", with: "\\|") : raw) + pad + ticks
    case .emphasis: return "*\(inside())*"
    case .strong: return "**\(inside())**"
    case .deleted: return "~~\(inside())~~"
    case .link(let link):
      guard document.links.indices.contains(link) else { return inside() }
      return "[\(inside())](\(Self.destination(document.links[link].target)))"
    case .image(let image):
      let picture = self.image(image, label: escaped(span.range, escapesPipes))
      // A link of the same text leads from the picture.
      for other in document.spans where other.range == span.range && isInner(other, than: span) {
        if case .link(let link) = other.role, document.links.indices.contains(link) {
          return "[\(picture)](\(Self.destination(document.links[link].target)))"
        }
      }
      return picture
    case .footnoteReference: return "[^\(raw)]"
    case .superscript: return "<sup>\(inside())</sup>"
    case .subscript: return "<sub>\(inside())</sub>"
    case .rubyReading: return "（\(inside())）"
    case .inserted, .mark, .small: return inside()
    }
  }

  /// Of two spans, the one that comes later or is shorter lies inside.
  private func isInner(_ span: Documents.Span, than outer: Documents.Span) -> Bool {
    guard span.range == outer.range else { return true }
    guard let first = document.spans.firstIndex(of: outer),
      let second = document.spans.firstIndex(of: span)
    else { return false }
    return second > first
  }

  /// Plain text with what Markdown would read as marks made harmless.
  private func escaped(_ range: Range<Int>, _ escapesPipes: Bool) -> String {
    guard range.lowerBound < range.upperBound else { return "" }
    var text = ""
    for character in document.string(range) {
      switch character {
      case "\\", "`", "*", "_", "[", "]", "<": text += "\\" + String(character)
      case "|" where escapesPipes: text += "\\|"
      case "\n": text += "\\\n"
      default: text.append(character)
      }
    }
    return text
  }

  /// A line that would begin a heading, a list or a quote begins none.
  private static func protectingStart(_ line: String) -> String {
    guard let first = line.first else { return line }
    if "#>+-=~".contains(first) { return "\\" + line }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    if !digits.isEmpty, let next = line.dropFirst(digits.count).first, ".)".contains(next) {
      return digits + "\\" + line.dropFirst(digits.count)
    }
    return line
  }
}
