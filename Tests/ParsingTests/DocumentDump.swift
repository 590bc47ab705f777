import Documents

@testable import Parsing

/// A document as a few readable lines: one per block, then the numbered links.
///
/// `quote > h2: text` says a heading in a quote. Spans are `‹role text›`; a display formula is
/// `‹display …›`.
func dump(_ html: String, base: String? = nil, language: String? = nil) -> [String] {
  let document = DocumentReader(baseURL: base, language: language).document(
    html: Array(html.utf8))
  var lines = document.blocks.map { line(of: $0, in: document) }
  for (number, link) in document.links.enumerated() {
    lines.append("[\(number + 1)]\(link.isNumbered ? "" : " unnumbered") \(link.target)")
  }
  return lines
}

/// The source of every formula, with delimiters.
func formulas(_ html: String) -> [String] {
  let document = DocumentReader().document(html: Array(html.utf8))
  return document.formulas.map { document.string($0.range) }
}

private func line(of block: Block, in document: Document) -> String {
  var path: [String] = []
  var container = block.container
  while let position = container {
    path.insert(name(of: document.containers[position].kind), at: 0)
    container = document.containers[position].parent
  }
  path.append(name(of: block.kind, in: document))
  return path.joined(separator: " > ") + ": " + marked(block.range, in: document)
}

private func marked(_ range: Range<Int>, in document: Document) -> String {
  let spans = document.spans.filter {
    range.lowerBound <= $0.range.lowerBound && $0.range.upperBound <= range.upperBound
  }
  var bytes: [UInt8] = []
  for place in range.lowerBound...range.upperBound {
    for span in spans where span.range.upperBound == place && !span.range.isEmpty {
      bytes += Array("›".utf8)
    }
    for span in spans where span.range.lowerBound == place {
      bytes += Array("‹\(name(of: span.role, in: document)) ".utf8)
      if span.range.isEmpty { bytes += Array("›".utf8) }
    }
    if place < range.upperBound { bytes.append(document.text[place]) }
  }
  return String(decoding: bytes, as: UTF8.self).replacing("\n", with: "⏎")
}

private func name(of kind: Block.Kind, in document: Document) -> String {
  switch kind {
  case .paragraph: "p"
  case .heading(let level): "h\(level)"
  case .code(let language): "code" + (language.map { "(\($0))" } ?? "")
  case .formula(let position): document.formulas[position].isDisplay ? "display" : "formula"
  case .image(let position): "\(document.images[position].kind) \(document.images[position].source)"
  case .rule: "rule"
  }
}

private func name(of kind: Container.Kind) -> String {
  switch kind {
  case .quote: return "quote"
  case .list(let numbering): return numbering.map { "\($0)" } ?? "bullets"
  case .item(let number, let isDone):
    let mark = isDone.map { $0 ? "[x]" : "[ ]" } ?? ""
    return "item" + (number.map { " \($0)" } ?? "") + mark
  case .cell(let columns, let rows, let isHeader, let alignment):
    var name = isHeader ? "header" : "cell"
    if columns > 1 || rows > 1 { name += " \(columns)×\(rows)" }
    if let alignment { name += " \(alignment)" }
    return name
  default: return "\(kind)"
  }
}

private func name(of role: Span.Role, in document: Document) -> String {
  switch role {
  case .link(let position): "link\(position + 1)"
  case .footnoteReference(let position): "footnote\(position + 1)"
  case .image(let position): "image \(document.images[position].source)"
  case .formula(let position): document.formulas[position].isDisplay ? "display" : "math"
  case .emphasis: "em"
  case .superscript: "sup"
  case .subscript: "sub"
  default: "\(role)"
  }
}
