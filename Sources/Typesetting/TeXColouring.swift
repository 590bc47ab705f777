import Cells
public import Documents

/// What a piece of a formula's source is, for readers who want it coloured (docs/math.md).
public enum TeXPart: Hashable, Sendable {
  /// `$`, `$$`, `\(`, `\[` and their partners.
  case delimiter
  /// A control word or symbol.
  case command
  /// `\begin{E}` with its arguments, `\end{E}`.
  case environment
  case brace
  /// A brace without a partner.
  case loneBrace
  /// `^`, `_`, `&`, `\\`.
  case operatorSign
  case number
  /// What stands in `\text{…}` and its like: prose.
  case text
  /// From `%` to the end of the line.
  case comment
  /// `\label`, `\ref`, `\eqref`, `\tag` with their arguments.
  case reference
}

/// The parts of a formula's source that are more than plain symbols, in order, not overlapping.
///
/// Neighbours of one kind are one part. Ranges are bytes of the document's text.
public func texParts(
  of formula: Formula, in document: Document
) -> [(range: Range<Int>, part: TeXPart)] {
  document.text.withUnsafeBufferPointer { text in
    guard formula.range.upperBound <= text.count else { return [] }
    var tokens: [TeXToken] = []
    TeXTokenizer(text, formula.range, tex: formula.tex, WidthProfile()).read(into: &tokens)
    return TeXColouring(tokens: tokens, text: text).parts()
  }
}

/// One pass over the tokens of a formula.
private struct TeXColouring {
  let tokens: [TeXToken]
  let text: UnsafeBufferPointer<UInt8>
  /// By token: the partner of a brace, -1 where there is none.
  private let partners: [Int]

  init(tokens: [TeXToken], text: UnsafeBufferPointer<UInt8>) {
    self.tokens = tokens
    self.text = text
    var partners = [Int](repeating: -1, count: tokens.count)
    var open: [Int] = []
    for position in tokens.indices where tokens[position].kind == .character {
      switch text[tokens[position].start] {
      case UInt8(ascii: "{"): open.append(position)
      case UInt8(ascii: "}"):
        guard let partner = open.popLast() else { break }
        partners[partner] = position
        partners[position] = partner
      default: break
      }
    }
    self.partners = partners
  }

  func parts() -> [(range: Range<Int>, part: TeXPart)] {
    var parts: [(range: Range<Int>, part: TeXPart)] = []
    func add(_ range: Range<Int>, _ part: TeXPart) {
      guard !range.isEmpty else { return }
      if let last = parts.last, last.part == part, last.range.upperBound == range.lowerBound {
        parts[parts.count - 1].range = last.range.lowerBound..<range.upperBound
      } else {
        parts.append((range, part))
      }
    }
    var position = 0
    while position < tokens.count {
      let token = tokens[position]
      let range = token.start..<token.end
      if token.kind == .word, let group = argument(behind: position) {
        let first = tokens[group.lowerBound]
        let last = tokens[group.upperBound]
        if isReference(token) {
          add(token.start..<last.end, .reference)
          position = group.upperBound + 1
          continue
        }
        if isText(token) {
          add(range, .command)
          add(first.start..<first.end, .brace)
          add(first.end..<last.start, .text)
          add(last.start..<last.end, .brace)
          position = group.upperBound + 1
          continue
        }
      }
      if let part = part(of: position) { add(range, part) }
      position += 1
    }
    return parts
  }

  private func part(of position: Int) -> TeXPart? {
    let token = tokens[position]
    switch token.kind {
    case .opening, .closing: return .delimiter
    case .begin, .end: return .environment
    case .row: return .operatorSign
    case .word, .symbol: return .command
    case .number: return .number
    case .comment: return .comment
    case .blank: return nil
    case .character:
      switch text[token.start] {
      case UInt8(ascii: "{"), UInt8(ascii: "}"):
        return partners[position] < 0 ? .loneBrace : .brace
      case UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "&"): return .operatorSign
      default: return nil
      }
    }
  }

  /// The tokens from `{` to `}` that follow a control word, blanks between them allowed.
  private func argument(behind position: Int) -> ClosedRange<Int>? {
    var open = position + 1
    while open < tokens.count, tokens[open].kind == .blank { open += 1 }
    guard open < tokens.count, tokens[open].kind == .character,
      text[tokens[open].start] == UInt8(ascii: "{"), partners[open] > open
    else { return nil }
    return open...partners[open]
  }

  private func isReference(_ token: TeXToken) -> Bool {
    isNamed(token, "label") || isNamed(token, "ref") || isNamed(token, "eqref")
      || isNamed(token, "tag")
  }

  private func isText(_ token: TeXToken) -> Bool {
    isNamed(token, "text") || isNamed(token, "mbox") || isNamed(token, "textrm")
      || isNamed(token, "textbf") || isNamed(token, "textit")
  }

  /// Whether a control word has a name, a star behind it left out.
  private func isNamed(_ token: TeXToken, _ name: StaticString) -> Bool {
    var end = token.end
    if text[end - 1] == UInt8(ascii: "*") { end -= 1 }
    return name.withUTF8Buffer { $0.elementsEqual(text[token.start + 1..<end]) }
  }
}
