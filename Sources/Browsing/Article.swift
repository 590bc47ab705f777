import Documents
import Feeds
import Typesetting

/// An entry with its document, and what the reader needs to know about it at any width.
struct Article: Equatable, Sendable {
  var entry: Entry
  var document: Document
  /// The looks of the text: disjoint runs, sorted.
  private(set) var runs = RoleRuns()
  /// Links in reading order: their text and their position in `Document.links`.
  private(set) var linkTexts: [(range: Range<Int>, link: Int)] = []
  private(set) var hanCount = 0
  private(set) var wordCount = 0

  init(_ entry: Entry, _ document: Document) {
    self.entry = entry
    self.document = document
    runs = RoleRuns(document)
    for span in document.spans {
      if case .link(let link) = span.role { linkTexts.append((span.range, link)) }
      if case .footnoteReference(let link) = span.role { linkTexts.append((span.range, link)) }
    }
    count()
  }

  static func == (left: Article, right: Article) -> Bool {
    left.entry == right.entry && left.document == right.document
  }

  /// The title, or what stands for it.
  var title: String { EntryRow.title(entry.facts.title) }

  var hasText: Bool { !document.blocks.isEmpty }

  /// `1240 字` when Han characters and kana are the larger part, else `310 words`.
  var amount: String? {
    if hanCount >= wordCount, hanCount > 0 { return "\(hanCount) 字" }
    return wordCount > 0 ? "\(wordCount) word\(wordCount == 1 ? "" : "s")" : nil
  }

  /// The tables that are in no other one: where each begins, and how large it is.
  var tables: [(byteOffset: Int, rows: Int, columns: Int)] {
    let containers = document.containers
    /// The outermost table around a container.
    func table(of place: Int?) -> Int? {
      var found: Int?
      var place = place
      while let current = place, containers.indices.contains(current) {
        if containers[current].kind == .table { found = current }
        place = containers[current].parent.flatMap { $0 < current ? $0 : nil }
      }
      return found
    }
    var sizes: [Int: (rows: Int, columns: Int, inRow: Int)] = [:]
    for place in containers.indices {
      let container = containers[place]
      guard let owner = container.parent.flatMap({ table(of: $0) }) else { continue }
      var size = sizes[owner] ?? (0, 0, 0)
      switch container.kind {
      case .row where container.parent == owner: size = (size.rows + 1, size.columns, 0)
      case .cell(let columns, _, _, _):
        // Cells of a table in a cell are rows of another table.
        guard let row = container.parent, containers[row].parent == owner else { continue }
        size.inRow += min(columns, 1000)
        size.columns = max(size.columns, size.inRow)
      default: continue
      }
      sizes[owner] = size
    }
    var seen: Set<Int> = []
    return document.blocks.compactMap { block in
      guard let owner = table(of: block.container), seen.insert(owner).inserted,
        let size = sizes[owner]
      else { return nil }
      return (block.range.lowerBound, size.rows, size.columns)
    }
  }

  /// The block that holds a byte of the text; nil between blocks.
  func block(at byteOffset: Int) -> Int? {
    let end = document.blocks.partitioningIndex { $0.range.lowerBound > byteOffset }
    return end > 0 ? end - 1 : nil
  }

  private mutating func count() {
    // Formulas are no words; their ranges are skipped.
    var formulas = document.formulas.map(\.range)[...]
    var isInWord = false
    var offset = 0
    var decoder = UTF8()
    var iterator = document.text.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      let place = offset
      offset += UTF8.width(scalar)
      while let first = formulas.first, first.upperBound <= place {
        formulas = formulas.dropFirst()
      }
      if let first = formulas.first, first.contains(place) {
        isInWord = false
        continue
      }
      switch scalar.value {
      case 0x3041...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFD:
        hanCount += 1
        isInWord = false
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A:
        if !isInWord { wordCount += 1 }
        isInWord = true
      case 0x27, 0x2D, 0x2019: break
      case 0..<0x80: isInWord = false
      default:
        let isLetter = scalar.properties.isAlphabetic
        if isLetter, !isInWord { wordCount += 1 }
        isInWord = isLetter
      }
    }
  }
}

/// Which roles the bytes of a document have: runs that do not overlap, in order.
struct RoleRuns: Equatable, Sendable {
  private var starts: [Int] = []
  private var roles: [Roles] = []

  init() {}

  init(_ document: Document) {
    var spans = document.spans[...]
    for block in document.blocks {
      let base = RoleRuns.roles(of: block, in: document)
      start(block.range.lowerBound, base)
      var open: [(end: Int, outer: Roles)] = []
      var current = base
      func close(before place: Int, _ runs: inout RoleRuns) {
        while let last = open.last, last.end <= place {
          current = last.outer
          runs.start(last.end, current)
          open.removeLast()
        }
      }
      while let span = spans.first, span.range.lowerBound < block.range.upperBound {
        spans = spans.dropFirst()
        guard span.range.lowerBound >= block.range.lowerBound else { continue }
        close(before: span.range.lowerBound, &self)
        open.append((span.range.upperBound, current))
        current.formUnion(RoleRuns.roles(of: span.role))
        start(span.range.lowerBound, current)
      }
      close(before: .max, &self)
    }
  }

  /// The runs of a range of bytes: where each ends and its roles.
  func runs(in range: Range<Int>, _ body: (Range<Int>, Roles) -> Void) {
    var place = range.lowerBound
    var run = starts.partitioningIndex { $0 > range.lowerBound } - 1
    while place < range.upperBound {
      let end = run + 1 < starts.count ? min(range.upperBound, starts[run + 1]) : range.upperBound
      if end > place { body(place..<end, run >= 0 ? roles[run] : .text) }
      place = max(place, end)
      run += 1
    }
  }

  private mutating func start(_ place: Int, _ look: Roles) {
    if let last = starts.last, last >= place {
      roles[roles.count - 1] = look
      return
    }
    guard roles.last != look else { return }
    starts.append(place)
    roles.append(look)
  }

  private static func roles(of block: Block, in document: Document) -> Roles {
    var roles: Roles = []
    switch block.kind {
    case .heading(let level):
      roles = level <= 1 ? .heading1 : level == 2 ? .heading2 : .heading3
    case .code: roles = .codeBlock
    case .formula: roles = .formula
    case .image: roles = .meta
    case .paragraph, .rule: break
    }
    // Parents stand before their children, so the walk ends.
    var container = block.container
    while let place = container, document.containers.indices.contains(place) {
      switch document.containers[place].kind {
      case .quote: roles.formUnion(.quote)
      case .cell(_, _, isHeader: true, _), .term: roles.formUnion(.strong)
      case .caption: roles.formUnion(.meta)
      default: break
      }
      let parent = document.containers[place].parent
      container = parent.flatMap { $0 < place ? $0 : nil }
    }
    return roles
  }

  private static func roles(of role: Span.Role) -> Roles {
    switch role {
    case .emphasis, .mark: .emphasis
    case .strong: .strong
    case .code, .key: .code
    case .deleted: .deleted
    case .link, .footnoteReference: .link
    case .formula: .formula
    case .image: .meta
    case .inserted, .small, .superscript, .subscript, .rubyReading: .text
    }
  }
}
