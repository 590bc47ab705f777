import Cells
import Documents

/// The numbers that an article's equations would have in print (docs/math.md).
///
/// As AMS counts: one for each `equation` and `multline`, one for each row of `align`, `alignat`,
/// `gather`, `flalign` and `eqnarray`, unless starred or told not to; `\tag{x}` shows x.
struct EquationNumbers {
  struct Number: Equatable {
    /// The byte of the document's text at which the numbered row begins.
    var place: Int
    /// `(3)`.
    var text: String
  }

  /// By the position of the formula in the document, in the order of their places.
  private(set) var numbers: [Int: [Number]] = [:]

  /// Counts only in articles that refer to equations at all.
  init(_ document: Document) {
    guard !document.references.isEmpty || document.labels.contains(where: { $0.formula != nil })
    else {
      return
    }
    var count = 0
    document.text.withUnsafeBufferPointer { text in
      for (position, formula) in document.formulas.enumerated() where formula.isDisplay {
        let found = Self.rows(of: formula, text, &count)
        if !found.isEmpty { numbers[position] = found }
      }
    }
  }

  private static let perRow: Set<String> = ["align", "alignat", "gather", "flalign", "eqnarray"]

  /// The numbered rows of one formula.
  private static func rows(
    of formula: Formula, _ text: UnsafeBufferPointer<UInt8>, _ count: inout Int
  ) -> [Number] {
    var tokens: [TeXToken] = []
    TeXTokenizer(text, formula.range, tex: formula.tex, WidthProfile()).read(into: &tokens)
    guard let first = tokens.first(where: { $0.kind != .blank && $0.kind != .opening }),
      case .begin = first.kind, let name = environment(at: first, text), !name.hasSuffix("*")
    else { return [] }
    let isPerRow = perRow.contains(name)
    guard isPerRow || name == "equation" || name == "multline" else { return [] }
    var numbers: [Number] = []
    var row = Row()
    var depth = 0
    func close(isLast: Bool) {
      defer { row = Row() }
      // An empty last row behind `\\` counts nothing.
      guard let place = row.place, row.hasContent || !isLast, !row.isUnnumbered else { return }
      if let tag = row.tag {
        numbers.append(Number(place: place, text: "(\(tag))"))
      } else {
        count += 1
        numbers.append(Number(place: place, text: "(\(count))"))
      }
    }
    for (position, token) in tokens.enumerated() {
      switch token.kind {
      case .begin:
        depth += 1
        if depth == 1 {
          // `equation` and `multline` are numbered as a whole, from their first line on.
          row.place = isPerRow ? nil : token.start
          continue
        }
      case .end:
        depth -= 1
        if depth == 0 {
          close(isLast: true)
          return numbers
        }
      case .row where depth == 1 && isPerRow:
        close(isLast: false)
        continue
      case .word:
        let word = text[token.start + 1..<token.end]
        if word.elementsEqual("nonumber".utf8) || word.elementsEqual("notag".utf8) {
          row.isUnnumbered = true
        } else if word.elementsEqual("tag".utf8) || word.elementsEqual("tag*".utf8) {
          row.tag = argument(behind: position, tokens, text)
        }
      default: break
      }
      if token.kind != .blank {
        row.hasContent = true
        if row.place == nil { row.place = token.start }
      }
    }
    close(isLast: true)
    return numbers
  }

  private struct Row {
    var place: Int?
    var hasContent = false
    var isUnnumbered = false
    var tag: String?
  }

  private static func environment(
    at token: TeXToken, _ text: UnsafeBufferPointer<UInt8>
  ) -> String? {
    let source = text[token.start..<token.end]
    guard let open = source.firstIndex(of: 0x7B),
      let close = source[open...].firstIndex(of: 0x7D)
    else { return nil }
    return String(decoding: source[(open + 1)..<close], as: UTF8.self)
  }

  /// The text of the group behind a token, at most 24 characters of it.
  private static func argument(
    behind position: Int, _ tokens: [TeXToken], _ text: UnsafeBufferPointer<UInt8>
  ) -> String? {
    guard position + 1 < tokens.count, text[tokens[position + 1].start] == 0x7B else { return nil }
    let start = tokens[position + 1].end
    for token in tokens[(position + 2)...].prefix(32) where text[token.start] == 0x7D {
      return String(String(decoding: text[start..<token.start], as: UTF8.self).prefix(24))
    }
    return nil
  }
}
