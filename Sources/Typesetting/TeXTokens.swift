import CUnicode
import Cells

/// A token of TeX source: what a line break never cuts (docs/math.md).
struct TeXToken: Equatable {
  enum Kind: Equatable {
    /// `$`, `$$`, `\(`, `\[` at the start, their partners at the end.
    case opening, closing
    /// `\begin{E}` with its arguments, `\end{E}`; the value is the environment without its star.
    case begin(isRow: Bool)
    case end(isRow: Bool)
    /// `\\`, `\\*`, `\\[2pt]`.
    case row
    /// A control word, `\alpha`.
    case word
    /// `\,` and other commands of one character.
    case symbol
    case number
    case blank
    /// From `%` to the end of the line.
    case comment
    case character
  }

  var kind: Kind
  /// Bytes of the document's text.
  var start: Int
  var end: Int
  var columns: Int
}

/// Reads TeX source; total on any bytes.
struct TeXTokenizer {
  let text: UnsafeBufferPointer<UInt8>
  let range: Range<Int>
  /// The source without its delimiters.
  let tex: Range<Int>
  let profile: WidthProfile
  private let hasSeveralLines: Bool

  init(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, tex: Range<Int>,
    _ profile: WidthProfile
  ) {
    self.text = text
    self.range = range
    self.tex = tex
    self.profile = profile
    hasSeveralLines = text[range].contains(0x0A)
  }

  /// Appends the tokens of the source.
  func read(into tokens: inout [TeXToken]) {
    var place = range.lowerBound
    if tex.lowerBound > place {
      add(.opening, place, tex.lowerBound, to: &tokens)
      place = tex.lowerBound
    }
    while place < tex.upperBound {
      place = readToken(at: place, into: &tokens)
    }
    if place < range.upperBound { add(.closing, place, range.upperBound, to: &tokens) }
  }
}

extension TeXTokenizer {
  private func add(
    _ kind: TeXToken.Kind, _ start: Int, _ end: Int, to tokens: inout [TeXToken]
  ) {
    tokens.append(
      TeXToken(kind: kind, start: start, end: end, columns: columns(start..<end)))
  }

  /// Appends a token that is ASCII and no control character: a byte is a column.
  private func addASCII(
    _ kind: TeXToken.Kind, _ start: Int, _ end: Int, to tokens: inout [TeXToken]
  ) {
    tokens.append(TeXToken(kind: kind, start: start, end: end, columns: end - start))
  }

  func columns(_ part: Range<Int>) -> Int {
    Cells.columns(of: part, in: text, profile: profile)
  }

  private func byte(_ place: Int) -> UInt8 { place < tex.upperBound ? text[place] : 0 }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private func readToken(at place: Int, into tokens: inout [TeXToken]) -> Int {
    let first = text[place]
    if first == 0x5C { return readCommand(at: place, into: &tokens) }
    var end = place + 1
    if Self.isBlank(first) {
      while end < tex.upperBound, Self.isBlank(text[end]) { end += 1 }
      add(.blank, place, end, to: &tokens)
    } else if Self.isDigit(first) || (first == 0x2E && Self.isDigit(byte(end))) {
      while Self.isDigit(byte(end)) || (byte(end) == 0x2E && Self.isDigit(byte(end + 1))) {
        end += 1
      }
      addASCII(.number, place, end, to: &tokens)
    } else if first == 0x25, hasSeveralLines {
      while end < tex.upperBound, text[end] != 0x0A { end += 1 }
      add(.comment, place, end, to: &tokens)
    } else if first == 0x3A, byte(end) == 0x3D {  // :=
      end += 1
      add(.character, place, end, to: &tokens)
    } else {
      if first >= 0x80 || byte(end) >= 0x80 {
        end = clusterEnd(at: place)
        add(.character, place, end, to: &tokens)
      } else if first >= 0x20, first < 0x7F {
        addASCII(.character, place, end, to: &tokens)
      } else {
        add(.character, place, end, to: &tokens)
      }
    }
    return end
  }

  private func clusterEnd(at place: Int) -> Int {
    cluster(
      in: UnsafeBufferPointer(rebasing: text[..<tex.upperBound]), at: place, profile: profile
    ).end
  }

  private func readCommand(at place: Int, into tokens: inout [TeXToken]) -> Int {
    var end = place + 1
    guard end < tex.upperBound else {
      add(.character, place, end, to: &tokens)
      return end
    }
    guard Self.isLetter(text[end]) else {
      end = text[end] >= 0x80 ? clusterEnd(at: end) : end + 1
      guard text[place + 1] == 0x5C else {
        add(.symbol, place, end, to: &tokens)
        return end
      }
      if byte(end) == 0x2A { end += 1 }
      if byte(end) == 0x5B, let close = lengthEnd(at: end) { end = close }
      add(.row, place, end, to: &tokens)
      return end
    }
    while Self.isLetter(byte(end)) { end += 1 }
    let name = text[place + 1..<end]
    let isBegin = name.elementsEqual("begin".utf8)
    if isBegin || name.elementsEqual("end".utf8), let (environment, close) = environment(at: end) {
      end = isBegin ? argumentsEnd(at: close, environment) : close
      let isRow = Self.rowEnvironments.contains(environment)
      add(isBegin ? .begin(isRow: isRow) : .end(isRow: isRow), place, end, to: &tokens)
      return end
    }
    if byte(end) == 0x2A { end += 1 }
    addASCII(.word, place, end, to: &tokens)
    return end
  }

  /// `[2pt]` behind `\\`: only something that looks like a length.
  private func lengthEnd(at open: Int) -> Int? {
    var place = open + 1
    while place < tex.upperBound, place - open < 24 {
      let byte = text[place]
      if byte == 0x5D { return place > open + 1 ? place + 1 : nil }
      guard
        Self.isDigit(byte) || Self.isLetter(byte) || byte == 0x2E || byte == 0x2D
          || byte == 0x2B || byte == 0x5C || byte == 0x20
      else { return nil }
      place += 1
    }
    return nil
  }

  /// `{aligned*}`: the name without its star, and the place behind the brace.
  private func environment(at open: Int) -> (name: String, end: Int)? {
    var start = open
    while byte(start) == 0x20 { start += 1 }
    guard byte(start) == 0x7B else { return nil }
    var end = start + 1
    while Self.isLetter(byte(end)) || byte(end) == 0x2A, end - start < 32 { end += 1 }
    guard byte(end) == 0x7D, end > start + 1 else { return nil }
    var name = String(decoding: text[start + 1..<end], as: UTF8.self)
    if name.hasSuffix("*") { name.removeLast() }
    return (name, end + 1)
  }

  /// Behind the optional `[t]` and the column specification of the environments that have them.
  private func argumentsEnd(at place: Int, _ environment: String) -> Int {
    var end = place
    if byte(end) == 0x5B, let close = argumentEnd(at: end, 0x5B, 0x5D) { end = close }
    if Self.environmentsWithArgument.contains(environment), byte(end) == 0x7B,
      let close = argumentEnd(at: end, 0x7B, 0x7D)
    {
      end = close
    }
    return end
  }

  private func argumentEnd(at open: Int, _ opening: UInt8, _ closing: UInt8) -> Int? {
    var depth = 0
    var place = open
    while place < tex.upperBound, place - open < 256, text[place] != 0x0A {
      if text[place] == 0x5C, opening == 0x5B { return nil }
      if text[place] == opening { depth += 1 }
      if text[place] == closing {
        depth -= 1
        if depth == 0 { return place + 1 }
      }
      place += 1
    }
    return nil
  }

  private static let environmentsWithArgument: Set<String> = [
    "array", "darray", "alignat", "alignedat", "xalignat", "subarray", "tabular",
  ]

  /// Environments whose rows are cut at `\\` (math.md L5): all but matrices, math and CD.
  private static let rowEnvironments: Set<String> = [
    "equation", "align", "alignat", "gather", "multline", "eqnarray", "flalign", "aligned",
    "alignedat", "gathered", "split", "cases", "dcases", "rcases", "array", "subequations",
  ]
}
