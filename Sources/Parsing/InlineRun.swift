import Documents

/// The inline content of a block while it is gathered: source text with marks for what is none.
///
/// `write` finds the formulas, collapses white space around them and adds text, spans, formulas,
/// links and images to a document.
struct InlineRun {
  enum Role: Equatable {
    case plain(Span.Role)
    case link(String, isNumbered: Bool, isFootnote: Bool)
  }

  /// What stands in the text for something that is no text.
  enum Atom {
    case code([UInt8], isKey: Bool)
    case image(Image, label: [UInt8])
    case formula(StructuralFormula)
  }

  struct RunSpan {
    var role: Role
    var start: Int
    /// -1 while it is open.
    var end: Int
    var isMarkdownEmphasis: Bool
  }

  private(set) var bytes: [UInt8] = []
  private(set) var atoms: [Atom] = []
  private(set) var spans: [RunSpan] = []
  var labels: [(name: String, place: Int)] = []

  mutating func append(_ text: [UInt8]) {
    if text.contains(where: { $0 == TextRun.atom || $0 == TextRun.lineBreak }) {
      // Bytes that are no UTF-8 must not be taken for the marks.
      bytes += Array(String(decoding: text, as: UTF8.self).utf8)
    } else {
      bytes += text
    }
  }

  mutating func append(_ atom: Atom) {
    bytes.append(TextRun.atom)
    atoms.append(atom)
  }

  mutating func appendLineBreak() { bytes.append(TextRun.lineBreak) }

  mutating func appendSpace() {
    if let last = bytes.last, last != 0x20 { bytes.append(0x20) }
  }

  mutating func open(_ role: Role, isMarkdownEmphasis: Bool) -> Int {
    spans.append(
      RunSpan(role: role, start: bytes.count, end: -1, isMarkdownEmphasis: isMarkdownEmphasis))
    return spans.count - 1
  }

  mutating func close(_ span: Int) {
    guard spans.indices.contains(span), spans[span].end < 0 else { return }
    spans[span].end = bytes.count
  }

  mutating func closeAll() {
    for position in spans.indices where spans[position].end < 0 {
      spans[position].end = bytes.count
    }
  }

  /// Whether anything but white space has been gathered.
  var hasText: Bool { !isBlank }

  /// Nothing visible: white space, NO-BREAK SPACE and ZERO WIDTH SPACE only.
  var isBlank: Bool {
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if WhiteSpace.isBlank(byte) || byte == TextRun.lineBreak {
        place += 1
      } else if byte == 0xC2, place + 1 < bytes.count, bytes[place + 1] == 0xA0 {
        place += 2
      } else if byte == 0xE2, bytes[place...].starts(with: [0xE2, 0x80, 0x8B]) {
        place += 3
      } else {
        return false
      }
    }
    return true
  }

  /// A display formula is opened and not closed (D6).
  var opensDisplay: Bool {
    guard MathFinder.mayOpenDisplay(bytes) else { return false }
    var scanner = MathScanner(textRun)
    return scanner.unclosedDisplay() != nil
  }

  func joined(with other: InlineRun) -> InlineRun {
    var result = self
    result.bytes.append(0x0A)
    let shift = result.bytes.count
    result.bytes += other.bytes
    result.atoms += other.atoms
    for var span in other.spans {
      span.start += shift
      span.end += shift
      result.spans.append(span)
    }
    result.labels += other.labels.map { ($0.name, $0.place + shift) }
    return result
  }

  /// A rendering that stands before the script it was made from shows the same formula twice.
  mutating func dropPreview(replacedBy formula: StructuralFormula) {
    guard formula.origin == .script, case .formula(let before)? = atoms.last, before.isRendering,
      let place = bytes.lastIndex(of: TextRun.atom),
      bytes[(place + 1)...].allSatisfy(WhiteSpace.isBlank)
    else { return }
    atoms.removeLast()
    bytes.remove(at: place)
    for position in spans.indices {
      if spans[position].start > place { spans[position].start -= 1 }
      if spans[position].end > place { spans[position].end -= 1 }
    }
  }

  var textRun: TextRun {
    let emphases = spans.filter(\.isMarkdownEmphasis).map {
      TextRun.Emphasis(
        start: $0.start, end: $0.end < 0 ? bytes.count : $0.end,
        isStrong: $0.role == .plain(.strong))
    }
    return TextRun(bytes: bytes, emphases: emphases)
  }

  /// Two line breaks outside formulas begin a new paragraph.
  func paragraphs() -> [InlineRun] {
    guard bytes.count(where: { $0 == TextRun.lineBreak }) >= 2 else { return [self] }
    let formulas = MathFinder.formulas(in: textRun)
    var cuts: [Range<Int>] = []
    var next = 0
    var place = 0
    while place < bytes.count {
      if next < formulas.count, formulas[next].range.lowerBound <= place {
        place = max(place + 1, formulas[next].range.upperBound)
        next += 1
        continue
      }
      guard bytes[place] == TextRun.lineBreak else {
        place += 1
        continue
      }
      let start = place
      var breaks = 0
      while place < bytes.count,
        bytes[place] == TextRun.lineBreak || WhiteSpace.isBlank(bytes[place])
      {
        if bytes[place] == TextRun.lineBreak { breaks += 1 }
        place += 1
      }
      if breaks >= 2 { cuts.append(start..<place) }
    }
    guard !cuts.isEmpty else { return [self] }
    var parts: [InlineRun] = []
    var start = 0
    var atom = 0
    for cut in cuts + [bytes.count..<bytes.count] {
      var part = InlineRun()
      part.bytes = Array(bytes[start..<cut.lowerBound])
      let count = part.bytes.count(where: { $0 == TextRun.atom })
      part.atoms = Array(atoms[atom..<atom + count])
      atom += count
      for var span in spans where span.start < cut.lowerBound && span.end > start {
        span.start = max(span.start, start) - start
        span.end = min(span.end, cut.lowerBound) - start
        part.spans.append(span)
      }
      let isLast = cut.isEmpty
      part.labels = labels.filter { $0.place >= start && (isLast || $0.place < cut.upperBound) }
        .map { ($0.name, max(0, min($0.place, cut.lowerBound) - start)) }
      if !part.isBlank { parts.append(part) }
      start = cut.upperBound
    }
    return parts
  }
}

extension InlineRun {
  /// Adds the content to the end of a document's text.
  func write(to document: inout Document, linkNumbers: inout [String: Int]) {
    let formulas = MathFinder.formulas(in: textRun)
    var writer = RunWriter(self, formulas)
    writer.write(to: &document)
    writer.addSpans(to: &document, linkNumbers: &linkNumbers)
    for (name, place) in labels {
      document.labels.append(Label(name: name, byteOffset: writer.start(place)))
    }
  }
}

/// Writes one run: formulas exactly, atoms for their marks, white space collapsed between.
private struct RunWriter {
  let run: InlineRun
  let formulas: [FoundFormula]
  /// Where the text of a byte of the run begins, and where the text before it ends.
  private var starts: [Int] = []
  private var ends: [Int] = []
  /// Emphases that were turned back into marks, as positions in the run's spans.
  private var repaired: Set<Int> = []
  private var writtenFormulas: [Range<Int>] = []

  init(_ run: InlineRun, _ formulas: [FoundFormula]) {
    self.run = run
    self.formulas = formulas
  }

  func start(_ place: Int) -> Int { starts[min(place, starts.count - 1)] }
  func end(_ place: Int) -> Int { ends[min(place, ends.count - 1)] }

  mutating func write(to document: inout Document) {
    let bytes = run.bytes
    starts = [Int](repeating: -1, count: bytes.count + 1)
    ends = [Int](repeating: 0, count: bytes.count + 1)
    let blockStart = document.text.count
    let marks = repairMarks()
    var isSpaceOwed = false
    var isLineEndOwed = false
    var owedSource: (hasSpace: Bool, hasLineEnd: Bool) = (false, false)
    var atom = 0
    var next = 0
    var place = 0

    /// Writes the white space that has been passed over, if any is to be seen.
    func settle(before point: UInt32) {
      if isLineEndOwed {
        if document.text.count > blockStart { document.text.append(0x0A) }
      } else if isSpaceOwed, document.text.count > blockStart, document.text.last != 0x0A {
        let vanishes =
          owedSource.hasLineEnd && WhiteSpace.vanishes(between: lastCharacter(document), point)
        if !vanishes { document.text.append(0x20) }
      }
      isSpaceOwed = false
      isLineEndOwed = false
      owedSource = (false, false)
    }

    while place < bytes.count {
      ends[place] = document.text.count
      if next < formulas.count, formulas[next].range.lowerBound == place {
        settle(before: 0x24)
        writeFormula(formulas[next], marks, to: &document)
        place = formulas[next].range.upperBound
        next += 1
        continue
      }
      let byte = bytes[place]
      switch byte {
      case TextRun.lineBreak:
        isLineEndOwed = true
        place += 1
      case TextRun.atom:
        settle(before: 0x41)
        starts[place] = document.text.count
        if atom < run.atoms.count { writeAtom(run.atoms[atom], to: &document) }
        atom += 1
        place += 1
      case _ where WhiteSpace.isBlank(byte):
        isSpaceOwed = true
        if byte == 0x0A { owedSource.hasLineEnd = true } else { owedSource.hasSpace = true }
        place += 1
      default:
        let point = character(at: place)
        settle(before: point)
        starts[place] = document.text.count
        document.text.append(byte)
        place += 1
        while place < bytes.count, bytes[place] & 0xC0 == 0x80 {
          starts[place] = document.text.count
          ends[place] = document.text.count
          document.text.append(bytes[place])
          place += 1
        }
      }
    }
    ends[bytes.count] = document.text.count
    starts[bytes.count] = document.text.count
    for place in stride(from: bytes.count - 1, through: 0, by: -1) where starts[place] < 0 {
      starts[place] = starts[place + 1]
    }
  }

  mutating func addSpans(to document: inout Document, linkNumbers: inout [String: Int]) {
    for (position, span) in run.spans.enumerated() where !repaired.contains(position) {
      var range = start(span.start)..<max(start(span.start), end(span.end))
      // A span that ends inside a formula ends before it.
      for formula in writtenFormulas {
        if formula.contains(range.lowerBound), range.upperBound > formula.upperBound {
          range = formula.upperBound..<range.upperBound
        } else if range.lowerBound < formula.lowerBound, range.upperBound > formula.lowerBound,
          range.upperBound < formula.upperBound
        {
          range = range.lowerBound..<formula.lowerBound
        }
      }
      guard !range.isEmpty else { continue }
      switch span.role {
      case .plain(let role):
        document.spans.append(Span(role: role, range: range))
      case .link(let target, let isNumbered, let isFootnote):
        let text = document.string(range)
        let isMore = Self.moreTexts.contains(text.trimmingBlanks)
        let number = linkNumber(
          target, isNumbered: isNumbered && !isMore, &document, &linkNumbers)
        document.spans.append(
          Span(role: isFootnote ? .footnoteReference(number) : .link(number), range: range))
      }
    }
  }

  private func linkNumber(
    _ target: String, isNumbered: Bool, _ document: inout Document,
    _ linkNumbers: inout [String: Int]
  ) -> Int {
    if let known = linkNumbers[target] { return known }
    document.links.append(Link(target: target, isNumbered: isNumbered))
    linkNumbers[target] = document.links.count - 1
    return document.links.count - 1
  }

  /// Links to the entry itself that only say that there is more.
  private static let moreTexts: Set<String> = [
    "[...]", "[…]", "...", "…", "more", "read more", "Read more", "Read More", "Continue reading",
    "阅读全文", "继续阅读", "阅读更多",
  ]
}

extension RunWriter {
  private func character(at place: Int) -> UInt32 {
    let bytes = run.bytes
    let first = bytes[place]
    if first < 0x80 { return UInt32(first) }
    let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    let part = bytes[place..<min(place + count, bytes.count)]
    return String(decoding: part, as: UTF8.self).unicodeScalars.first?.value ?? 0
  }

  private func lastCharacter(_ document: Document) -> UInt32 {
    let text = document.text
    var start = text.count - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    guard start >= 0 else { return 0 }
    return String(decoding: text[start...], as: UTF8.self).unicodeScalars.last?.value ?? 0
  }

  /// The marks that take the place of emphasis boundaries, by their places in the run.
  private mutating func repairMarks() -> [Int: String] {
    let emphasisSpans = run.spans.indices.filter { run.spans[$0].isMarkdownEmphasis }
    var marks: [Int: String] = [:]
    for repair in formulas.flatMap(\.repairs) where repair.emphasis < emphasisSpans.count {
      let position = emphasisSpans[repair.emphasis]
      guard repaired.insert(position).inserted else { continue }
      let span = run.spans[position]
      marks[span.start, default: ""] += repair.mark
      marks[span.end < 0 ? run.bytes.count : span.end, default: ""] += repair.mark
    }
    return marks
  }

  private mutating func writeFormula(
    _ formula: FoundFormula, _ marks: [Int: String], to document: inout Document
  ) {
    let first = document.text.count
    var texStart = first
    var texEnd = first
    var isRepaired = false
    var place = formula.range.lowerBound
    while place < formula.range.upperBound {
      if let mark = marks[place] {
        document.text += Array(mark.utf8)
        isRepaired = true
      }
      starts[place] = document.text.count
      ends[place] = document.text.count
      if place == formula.tex.lowerBound { texStart = document.text.count }
      let byte = run.bytes[place]
      if byte == TextRun.lineBreak {
        // A line break element is a source line end; one that follows it is the same, and so in
        // a display formula are the blanks behind it.
        document.text.append(0x0A)
        place += 1
        var after = place
        while formula.isDisplay, after < formula.range.upperBound, Self.isSpace(run.bytes[after]) {
          after += 1
        }
        if after < formula.range.upperBound, run.bytes[after] == 0x0D { after += 1 }
        if after < formula.range.upperBound, run.bytes[after] == 0x0A {
          after += 1
          while place < after {
            starts[place] = document.text.count
            ends[place] = document.text.count
            if place == formula.tex.upperBound { texEnd = document.text.count }
            place += 1
          }
        }
        continue
      }
      document.text.append(byte)
      place += 1
      if place == formula.tex.upperBound { texEnd = document.text.count }
    }
    if texEnd < texStart { texEnd = document.text.count }
    let range = first..<document.text.count
    document.spans.append(Span(role: .formula(document.formulas.count), range: range))
    document.formulas.append(
      Formula(
        range: range, tex: texStart..<max(texStart, texEnd), isDisplay: formula.isDisplay,
        origin: .text, isRepaired: isRepaired))
    writtenFormulas.append(range)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private mutating func writeAtom(_ atom: InlineRun.Atom, to document: inout Document) {
    let first = document.text.count
    switch atom {
    case .code(let text, let isKey):
      document.text += text
      document.spans.append(Span(role: isKey ? .key : .code, range: first..<document.text.count))
    case .image(let image, let label):
      document.text += WhiteSpace.collapsed(label)
      document.spans.append(
        Span(role: .image(document.images.count), range: first..<document.text.count))
      document.images.append(image)
    case .formula(let formula):
      document.text += formula.opening + formula.tex + formula.closing
      let range = first..<document.text.count
      let tex = first + formula.opening.count..<range.upperBound - formula.closing.count
      document.spans.append(Span(role: .formula(document.formulas.count), range: range))
      document.formulas.append(
        Formula(
          range: range, tex: tex, isDisplay: formula.isDisplay, origin: formula.origin,
          isLossy: formula.isLossy))
      writtenFormulas.append(range)
    }
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
