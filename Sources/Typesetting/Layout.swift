import Cells
public import Documents

/// The lines of a document, or of some of its blocks.
///
/// Lines hold byte ranges of the document, never copies of its text.
public struct Layout: Equatable, Sendable {
  public var lines: [Line]
  /// The pieces of all lines, in order.
  public var pieces: [Piece]

  public init(lines: [Line] = [], pieces: [Piece] = []) {
    self.lines = lines
    self.pieces = pieces
  }

  /// The line that shows a byte of the document: the last one whose text begins at or before it.
  ///
  /// After a resize this is where the reading position has gone. 0 when there is no such line.
  public func line(at byteOffset: Int) -> Int {
    var found = 0
    for (number, line) in lines.enumerated() {
      for piece in pieces[line.pieces] {
        guard case .text(let range) = piece.content else { continue }
        if range.lowerBound <= byteOffset { found = number }
        break
      }
    }
    return found
  }

  /// The first byte of the document's text that a line shows; that of the next line with text
  /// when it shows none.
  public func byteOffset(ofLine number: Int) -> Int? {
    guard lines.indices.contains(number) else { return nil }
    for line in lines[number...] {
      for piece in pieces[line.pieces] {
        if case .text(let range) = piece.content { return range.lowerBound }
      }
    }
    return nil
  }
}

/// Lays out some blocks of a document for a page; copies no text.
///
/// A table is laid out whole when one of its blocks is asked for. No line is wider than
/// `page.columns`, unless a single character is, or it is marked as one to be panned.
public func layout(
  _ document: Document, blocks: Range<Int>, _ page: PageSettings
) -> Layout {
  var setter = PageSetter(document, page)
  return setter.layout(blocks.clamped(to: 0..<document.blocks.count))
}

/// Lays out blocks one after another.
struct PageSetter {
  let document: Document
  let page: PageSettings
  let glyphs: Glyphs
  let reader: InlineReader
  /// Empty in the bare presentation.
  let equationNumbers: EquationNumbers
  private(set) var result = Layout()
  private var breaker = LineBreaker()
  private var filling = Filling()
  private var inline = Inline()
  var filler = FormulaFiller()
  /// The columns of the widest marker of each list, by container.
  private let markerColumns: [Int]
  /// Items with two or more blocks that are not lists make their list loose.
  private let isLoose: [Bool]

  /// The container whose blocks are laid out as if they were the document; nil: all of it.
  private let root: Int?

  init(_ document: Document, _ page: PageSettings, within root: Int? = nil) {
    self.document = document
    self.page = page
    self.root = root
    glyphs = Glyphs(page)
    reader = InlineReader(document, page)
    equationNumbers = EquationNumbers(page.presentation == .full ? document : Document())
    markerColumns = Self.markerColumns(of: document, glyphs)
    isLoose = Self.looseLists(of: document)
    breaker.options = page.breaking
    breaker.profile = page.profile
    breaker.language = document.language?.lowercased() ?? ""
  }

  mutating func layout(_ blocks: Range<Int>) -> Layout {
    var position = blocks.lowerBound
    // A guess that is seldom too small; what is not used is never touched.
    let bytes = blocks.isEmpty ? 0 : document.blocks[blocks].reduce(0) { $0 + $1.range.count }
    let lines = 2 * blocks.count + bytes / max(1, page.columns) * 3 / 2
    result.lines.reserveCapacity(lines)
    result.pieces.reserveCapacity(lines)
    // A table is one thing: its columns cannot be set from some of its cells.
    if position < blocks.upperBound,
      let table = chain(ofBlock: position).first(where: {
        document.containers[$0].kind == .table
      })
    {
      while position > 0, chain(ofBlock: position - 1).contains(table) { position -= 1 }
    }
    var previous: Int?
    while position < blocks.upperBound {
      let chain = chain(ofBlock: position)
      if let previous { separate(previous, from: position) }
      if let table = chain.first(where: { document.containers[$0].kind == .table }) {
        let end = document.endOfBlocks(in: table, from: position)
        if document.isDataTable(table) {
          layoutTable(table, blocks: position..<end, margins(of: position, chain, until: table))
          previous = end - 1
          position = end
          continue
        }
      }
      layoutBlock(position, margins(of: position, chain, until: nil))
      previous = position
      position += 1
    }
    return result
  }
}

/// What stands left of a block's text.
struct Margins {
  /// The columns left of the text.
  var indent = 0
  /// Quote bars, on every line.
  var bars: [Int] = []
  /// Markers, on the first line.
  var markers: [(column: Int, columns: Int, ornament: Ornament)] = []
}

extension PageSetter {
  /// The ornaments of the two glyph sets.
  struct Glyphs {
    let bullets: [String]
    let bar: String
    let horizontal: String
    let continuation: String
    let isASCII: Bool

    init(_ page: PageSettings) {
      isASCII = page.glyphs == .ascii || page.profile.ambiguousColumns == 2
      bullets = isASCII ? ["-", "*", "+"] : ["•", "◦", "‣"]
      bar = isASCII ? "|" : "│"
      horizontal = isASCII ? "-" : "─"
      continuation = isASCII ? ">" : "»"
    }
  }

  // MARK: Containers

  /// The containers of a block below the root, the outermost first.
  func chain(ofBlock position: Int) -> [Int] {
    let chain = document.chain(ofBlock: position)
    guard let root, let place = chain.firstIndex(of: root) else { return chain }
    return Array(chain[(place + 1)...])
  }

  private func margins(of block: Int, _ chain: [Int], until table: Int?) -> Margins {
    var margins = Margins()
    guard !chain.isEmpty else { return margins }
    var lists = 0
    // Half the page at most, and less where a command of TeX, which is never cut, needs more.
    let limit = min(page.columns / 2, max(0, page.columns - columnsOfWidestCommand(in: block)))
    for container in chain {
      if container == table { break }
      switch document.containers[container].kind {
      case .quote:
        if margins.bars.count < 4, margins.indent + 2 <= limit {
          margins.bars.append(margins.indent)
          margins.indent += 2
        }
      case .list(let numbering):
        if numbering == nil { lists += 1 }
      case .item:
        let list = document.containers[container].parent ?? container
        let columns = markerColumns[list] + 1
        if margins.indent + columns <= limit { margins.indent += columns }
        if isFirstBlock(block, of: container) {
          let text = marker(of: container, in: list, level: max(0, lists - 1))
          let own = Cells.columns(of: text, profile: page.profile)
          let start = margins.indent - 1 - own
          // Where no columns are left for another indent, the inner marker replaces the outer one.
          margins.markers.removeAll { $0.column + $0.columns >= start }
          if start >= 0 { margins.markers.append((start, own, Ornament(.marker, text))) }
        }
      case .definition:
        if margins.indent + 4 <= limit { margins.indent += 4 }
      case .details:
        if !isFirstBlock(block, of: container), margins.indent + 2 <= limit { margins.indent += 2 }
      case .caption:
        if margins.indent + 2 <= limit { margins.indent += 2 }
      case .term, .figure, .table, .row, .cell: break
      }
    }
    return margins
  }

  /// The columns of the longest control sequence in the formulas of a block, with the delimiters
  /// that may be glued to it; 0 where none can be too wide.
  private func columnsOfWidestCommand(in block: Int) -> Int {
    // No command anybody uses has more than 30 letters.
    guard page.columns < 64, !document.formulas.isEmpty else { return 0 }
    let range = document.blocks[block].range
    // Formulas stand in the order of the text.
    var low = 0
    var high = document.formulas.count
    while low < high {
      let middle = (low + high) / 2
      if document.formulas[middle].range.upperBound <= range.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var widest = 0
    for formula in document.formulas[low...] {
      guard formula.range.lowerBound < range.upperBound else { break }
      var letters = 0
      var isCommand = false
      for place in formula.tex {
        let byte = document.text[place]
        let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
        if byte == 0x5C {
          isCommand = true
          letters = 1
        } else if isCommand, isLetter {
          letters += 1
          widest = max(widest, letters)
        } else {
          isCommand = false
        }
      }
    }
    return widest == 0 ? 0 : widest + 2
  }

  private func isFirstBlock(_ block: Int, of container: Int) -> Bool {
    block == 0 || !document.chain(ofBlock: block - 1).contains(container)
  }

  private func marker(of item: Int, in list: Int, level: Int) -> String {
    guard case .item(let number, let isDone) = document.containers[item].kind else { return "" }
    let numbering: Container.NumberStyle?
    if case .list(let style) = document.containers[list].kind {
      numbering = style
    } else {
      numbering = nil
    }
    return Self.marker(number, numbering, isDone, level: level, glyphs)
  }

  private static func marker(
    _ number: Int?, _ numbering: Container.NumberStyle?, _ isDone: Bool?, level: Int,
    _ glyphs: Glyphs
  ) -> String {
    let box = isDone.map { $0 ? "[x]" : "[ ]" }
    if let number, let numbering {
      return NumberText.text(number, numbering) + "." + (box.map { " " + $0 } ?? "")
    }
    return box ?? glyphs.bullets[level % glyphs.bullets.count]
  }

  private static func markerColumns(of document: Document, _ glyphs: Glyphs) -> [Int] {
    var columns = [Int](repeating: 1, count: document.containers.count)
    for container in document.containers {
      guard case .item(let number, let isDone) = container.kind, let list = container.parent,
        case .list(let numbering) = document.containers[list].kind
      else { continue }
      let text = marker(number, numbering, isDone, level: 0, glyphs)
      columns[list] = max(columns[list], text.count)
    }
    return columns
  }

  private static func looseLists(of document: Document) -> [Bool] {
    var own = [Int](repeating: 0, count: document.containers.count)
    var isLoose = [Bool](repeating: false, count: document.containers.count)
    var lastTable = -1
    for block in document.blocks {
      // What counts for an item is what stands in it directly, or a quote, table … as one.
      var container = block.container
      while let current = container {
        let kind = document.containers[current].kind
        if case .item = kind {
          own[current] += 1
          if own[current] > 1, let list = document.containers[current].parent {
            isLoose[list] = true
          }
          break
        }
        if case .table = kind {
          if lastTable == current { break }
          lastTable = current
        }
        if case .list = kind { break }
        container = document.containers[current].parent
      }
    }
    return isLoose
  }

  /// An empty line between two blocks, unless they belong together.
  private mutating func separate(_ upper: Int, from lower: Int) {
    let first = chain(ofBlock: upper)
    let second = chain(ofBlock: lower)
    var shared = 0
    while shared < min(first.count, second.count), first[shared] == second[shared] { shared += 1 }
    for container in second[..<shared].reversed() {
      let kind = document.containers[container].kind
      if case .list = kind {
        if !isLoose[container] { return }
        break
      }
      if case .item = kind, let list = document.containers[container].parent {
        if !isLoose[list] { return }
        break
      }
      if case .figure = kind { return }
      break
    }
    let upperKind = shared < first.count ? document.containers[first[shared]].kind : nil
    let lowerKind = shared < second.count ? document.containers[second[shared]].kind : nil
    if upperKind == .term, lowerKind == .definition || lowerKind == .term { return }
    if lowerKind == .caption { return }
    var margins = Margins()
    margins.bars = self.margins(of: lower, Array(second[..<shared]), until: nil).bars
    appendLine([], columns: 0, margins, isFirst: false, extraIndent: 0, block: lower)
  }

  // MARK: Lines

  /// Adds one line.
  mutating func appendLine(
    _ parts: [Filling.Part], columns: Int, _ margins: Margins, isFirst: Bool, extraIndent: Int,
    block: Int
  ) {
    let first = result.pieces.count
    var end = 0
    for column in margins.bars {
      result.pieces.append(
        Piece(content: .ornament(Ornament(.quoteBar, glyphs.bar)), column: column, columns: 1))
      end = column + 1
    }
    if isFirst, !margins.markers.isEmpty {
      for marker in margins.markers {
        result.pieces.append(
          Piece(
            content: .ornament(marker.ornament), column: marker.column, columns: marker.columns))
        end = max(end, marker.column + marker.columns)
      }
      // A quote may stand in a list and a list in a quote.
      result.pieces[first...].sort { $0.column < $1.column }
    }
    var column = margins.indent + extraIndent
    let indent = column
    for part in parts {
      let content: Piece.Content =
        switch part.content {
        case .text(let range): .text(range)
        case .ornament(let position): .ornament(inline.ornaments[position].ornament)
        case .hyphen: .ornament(Ornament(.hyphen, "-"))
        case .gap: .ornament(Ornament(.gap, " "))
        }
      result.pieces.append(Piece(content: content, column: column, columns: part.columns))
      column += part.columns
      end = max(end, column)
    }
    result.lines.append(
      Line(pieces: first..<result.pieces.count, indent: indent, columns: end, block: block))
  }

  /// Adds a line of pieces made elsewhere, moved to the right.
  mutating func appendLine(_ pieces: [Piece], _ margins: Margins, isFirst: Bool, block: Int) {
    appendLine([], columns: 0, margins, isFirst: isFirst, extraIndent: 0, block: block)
    guard let last = result.lines.indices.last else { return }
    for var piece in pieces {
      piece.column += margins.indent
      result.pieces.append(piece)
      result.lines[last].columns = max(result.lines[last].columns, piece.column + piece.columns)
    }
    result.lines[last].pieces = result.lines[last].pieces.lowerBound..<result.pieces.count
  }

  /// Notes that the lines from `first` on are panned together, if one is wider than the page.
  mutating func markWide(fromLine first: Int, block: Int, firstColumn: Int) {
    let widest = result.lines[first...].reduce(0) { max($0, $1.columns) }
    guard widest > page.columns else { return }
    let wide = Line.Wide(block: block, firstColumn: firstColumn, columns: widest)
    for line in result.lines.indices[first...] { result.lines[line].wide = wide }
  }

  /// Adds a piece to the last line when at least two columns are free before it.
  mutating func appendAtRightEdge(_ piece: Piece) {
    guard let last = result.lines.indices.last, result.lines[last].columns + 2 <= piece.column
    else { return }
    result.pieces.append(piece)
    result.lines[last].pieces = result.lines[last].pieces.lowerBound..<result.pieces.count
    result.lines[last].columns = piece.column + piece.columns
  }

  // MARK: Blocks

  mutating func layoutBlock(_ position: Int, _ margins: Margins) {
    let block = document.blocks[position]
    var margins = margins
    switch block.kind {
    case .paragraph, .image:
      layoutText(position, block.range, margins)
    case .heading(let level):
      if page.presentation == .full && page.marks == .characters {
        let mark = String(repeating: "#", count: max(1, min(6, level)))
        if margins.indent + mark.count + 1 <= page.columns / 2 {
          margins.markers.append((margins.indent, mark.count, Ornament(.headingMark, mark)))
          margins.indent += mark.count + 1
        }
      }
      layoutText(position, block.range, margins)
    case .code:
      layoutCode(position, block.range, margins)
    case .formula(let formula):
      document.text.withUnsafeBufferPointer { text in
        layoutDisplay(
          formula, suffix: block.range.upperBound..<block.range.upperBound, text, margins,
          isFirst: true, position)
      }
    case .rule:
      let columns = max(1, page.columns / 3)
      let rule = Ornament(.rule, String(repeating: glyphs.horizontal, count: columns))
      appendLine(
        [
          Piece(
            content: .ornament(rule), column: 0,
            columns: columns * Cells.columns(of: glyphs.horizontal, profile: page.profile))
        ],
        margins, isFirst: true, block: position)
    }
  }

  private var isBare: Bool { page.presentation == .bare }

  /// A paragraph, a heading, an image: text with display formulas between its parts.
  mutating func layoutText(_ position: Int, _ range: Range<Int>, _ margins: Margins) {
    document.text.withUnsafeBufferPointer { text in
      reader.read(text, range, document.spans(in: range), into: &inline)
      if case .image(let image) = document.blocks[position].kind, inline.ornaments.isEmpty {
        addImageFrame(image, range)
      }
      let content = inline
      var isFirst = true
      var start = range.lowerBound
      for formula in content.displayFormulas {
        let source = document.formulas[formula].range.clamped(to: range)
        let before = Self.trimmed(text, start..<max(start, source.lowerBound))
        if !before.isEmpty {
          fillText(text, before, content, margins, isFirst: isFirst, position)
          isFirst = false
        }
        let suffix = closingMarks(
          text, from: source.upperBound, range.upperBound,
          atMostColumns: (page.columns - margins.indent) / 2)
        layoutDisplay(formula, suffix: suffix, text, margins, isFirst: isFirst, position)
        isFirst = false
        start = suffix.upperBound
      }
      let rest =
        content.displayFormulas.isEmpty ? range : Self.trimmed(text, start..<range.upperBound)
      if content.displayFormulas.isEmpty || !rest.isEmpty {
        fillText(text, rest, content, margins, isFirst: isFirst, position)
      }
    }
  }

  private mutating func addImageFrame(_ image: Int, _ range: Range<Int>) {
    let marks = reader.imageFrame(image)
    for (text, isOpening) in [(marks.0, true), (marks.1, false)] {
      let columns = Cells.columns(of: text, profile: page.profile)
      let place = isOpening ? range.lowerBound : range.upperBound
      let number = inline.ornaments.count
      let insert = LineBreaker.Insert(
        kind: isOpening ? .opening(number, columns: columns) : .ornament(number, columns: columns),
        range: place..<place)
      inline.ornaments.append((Ornament(marks.2, text), columns))
      if isOpening { inline.inserts.insert(insert, at: 0) } else { inline.inserts.append(insert) }
    }
  }

  private mutating func fillText(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ content: Inline, _ margins: Margins,
    isFirst: Bool, _ position: Int
  ) {
    // Where display formulas part the text, each part has inserts of its own.
    let inserts =
      content.displayFormulas.isEmpty
      ? content.inserts
      : content.inserts.filter {
        $0.range.lowerBound >= range.lowerBound && $0.range.upperBound <= range.upperBound
      }
    breaker.read(text, range, inserts: inserts)
    let input = FillingInput(
      text: text, units: breaker.storedUnits, inline: content, formulas: document.formulas,
      columns: max(1, page.columns - margins.indent), page: page)
    var isFirst = isFirst
    // The filling hands its lines to the layout while it works on buffers of its own.
    var filling = Filling()
    swap(&filling, &self.filling)
    filling.fill(input, first: 0, last: breaker.unitCount) { parts, columns in
      appendLine(
        parts, columns: columns, margins, isFirst: isFirst, extraIndent: 0, block: position)
      isFirst = false
    }
    swap(&filling, &self.filling)
  }

  static func trimmed(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 }
    while start < end, isBlank(text[start]) { start += 1 }
    while end > start, isBlank(text[end - 1]) { end -= 1 }
    return start..<end
  }
}

extension Document {
  /// The containers of a block, the outermost first.
  func chain(ofBlock position: Int) -> [Int] {
    var chain: [Int] = []
    var container = blocks.indices.contains(position) ? blocks[position].container : nil
    while let current = container, chain.count < 1_000 {
      chain.append(current)
      container = containers[current].parent
    }
    return chain.reversed()
  }

  /// The end of the run of blocks from `position` on that lie in a container.
  func endOfBlocks(in container: Int, from position: Int) -> Int {
    var end = position + 1
    while end < blocks.count, chain(ofBlock: end).contains(container) { end += 1 }
    return end
  }
}
