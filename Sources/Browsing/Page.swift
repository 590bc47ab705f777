import Cells
import Documents
import Feeds
import Typesetting

/// An article set for a number of columns: header, text, and what follows the end.
///
/// Rows are counted from the first row of the header.
struct Page: Equatable, Sendable {
  /// A row that is not part of the document.
  struct Extra: Equatable, Sendable {
    var text: String
    var roles: Roles
    /// An address that a link number in front stands for.
    var address: String?
  }

  var columns: Int
  var header: [Extra]
  var footer: [Extra]
  var layout: Layout
  /// For each line of the layout the byte it begins at; never falls from line to line.
  private var starts: [Int] = []

  /// - Parameter browserKey: The key that opens the entry outside, for the rows below the text.
  init(
    _ article: Article, columns: Int, toggledBlocks: Set<Int> = [], settings: Settings,
    clock: Clock, browserKey: String?
  ) {
    self.columns = columns
    var page = PageSettings(columns: columns, profile: settings.profile)
    page.glyphs = settings.glyphs == .ascii ? .ascii : .unicode
    page.tables = settings.pansTables ? .pan : .stack
    page.links =
      switch settings.links {
      case .numbers: .numbers
      case .hints: .hints
      case .plain: .plain
      }
    page.codeLines = settings.pansCode ? .pan : .wrap
    page.toggledBlocks = toggledBlocks
    layout = Typesetting.layout(
      article.document, blocks: 0..<article.document.blocks.count, page)
    let furniture = Furniture(settings)
    header = Page.header(article, page, furniture, clock)
    footer = Page.footer(article, page, furniture, browserKey)
    var place = 0
    starts.reserveCapacity(layout.lines.count)
    for line in layout.lines {
      let first = firstByte(of: line)
      if let first { place = max(place, first) }
      starts.append(place)
    }
    // An empty line stands for the text below it.
    for line in starts.indices.reversed().dropFirst() where firstByte(of: layout.lines[line]) == nil
    {
      starts[line] = starts[line + 1]
    }
  }

  /// The rows of header, text and footer; one blank row may follow.
  var rowCount: Int { header.count + layout.lines.count + footer.count }

  /// The byte a row begins at; nil in the header, the end of the text below it.
  func byteOffset(row: Int) -> Int? {
    let line = row - header.count
    guard line >= 0 else { return nil }
    return line < starts.count ? starts[line] : starts.last
  }

  /// The lines that show a range of the text, without ornaments and without their common indent.
  func texts(of range: Range<Int>, in document: Document) -> [String] {
    var lines: [(column: Int, text: String)] = []
    for line in layout.lines {
      var text = ""
      var first: Int?
      var columns = 0
      for piece in pieces(line) {
        guard case .text(let bytes) = piece.content, bytes.overlaps(range) else { continue }
        if first == nil { columns = piece.column }
        first = first ?? piece.column
        text += String(repeating: " ", count: max(0, piece.column - columns))
        text += document.string(bytes)
        columns = piece.column + piece.columns
      }
      if let first { lines.append((first, text)) }
    }
    let indent = lines.map(\.column).min() ?? 0
    return lines.map { String(repeating: " ", count: $0.column - indent) + $0.text }
  }

  /// The row that shows a byte of the text.
  func row(of byteOffset: Int) -> Int {
    guard !starts.isEmpty else { return 0 }
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= byteOffset { low = middle + 1 } else { high = middle }
    }
    var line = max(0, low - 1)
    // Cells of a table stand side by side, so the byte may be on an earlier line of the table; the
    // search is bounded by the rows of a large cell.
    let text = contains(byteOffset, line)
    if !text {
      for earlier in stride(from: line - 1, through: max(0, line - 200), by: -1)
      where contains(byteOffset, earlier) {
        line = earlier
        break
      }
    }
    return header.count + line
  }

  /// The first of the rows that begin at this byte or later: where reading goes on after a resize.
  func firstRow(showing byteOffset: Int) -> Int {
    var row = row(of: byteOffset)
    let line = row - header.count
    // Several lines begin at one byte when empty lines stand above the text.
    if starts.indices.contains(line), firstByte(of: layout.lines[line]) == nil, row + 1 < rowCount {
      row += 1
    }
    return row
  }

  /// The block shown on a row; nil outside the text.
  func block(row: Int) -> Int? {
    let line = row - header.count
    return layout.lines.indices.contains(line) ? layout.lines[line].block : nil
  }

  /// The bytes of text on some rows, first to last.
  func bytes(rows: Range<Int>) -> Range<Int> {
    var first: Int?
    var last = 0
    for row in rows {
      let line = row - header.count
      guard layout.lines.indices.contains(line) else { continue }
      for piece in pieces(layout.lines[line]) {
        guard case .text(let range) = piece.content else { continue }
        first = min(first ?? range.lowerBound, range.lowerBound)
        last = max(last, range.upperBound)
      }
    }
    guard let first else { return 0..<0 }
    return first..<max(first, last)
  }

  func pieces(_ line: Line) -> ArraySlice<Piece> {
    layout.pieces[line.pieces.clamped(to: 0..<layout.pieces.count)]
  }

  private func firstByte(of line: Line) -> Int? {
    for piece in pieces(line) {
      if case .text(let range) = piece.content { return range.lowerBound }
    }
    return nil
  }

  private func contains(_ byteOffset: Int, _ line: Int) -> Bool {
    pieces(layout.lines[line]).contains {
      if case .text(let range) = $0.content { range.contains(byteOffset) } else { false }
    }
  }
}

extension Page {
  /// Sets plain text by the rules of the article.
  private static func lines(of text: String, _ page: PageSettings) -> [String] {
    let bytes = Array(text.utf8)
    let document = Document(
      text: bytes, blocks: [Block(kind: .paragraph, range: 0..<bytes.count)])
    let layout = Typesetting.layout(document, blocks: 0..<1, page)
    let lines = layout.lines.map { line in
      var text = String(repeating: " ", count: max(0, line.indent))
      for piece in layout.pieces[line.pieces.clamped(to: 0..<layout.pieces.count)] {
        switch piece.content {
        case .text(let range): text += document.string(range)
        case .ornament(let ornament): text += ornament.text
        }
      }
      return text
    }
    return lines.isEmpty ? [text] : lines
  }

  private static func header(
    _ article: Article, _ page: PageSettings, _ furniture: Furniture, _ clock: Clock
  ) -> [Extra] {
    let facts = article.entry.facts
    var rows = lines(of: article.title, page).map { Extra(text: $0, roles: .title) }

    // Facts that do not fit are left out from the end; a date may lose its time first.
    var parts: [[String]] = [[article.entry.feedTitle]]
    if let author = article.entry.summary.author, author != article.entry.feedTitle {
      parts.append([author])
    }
    if let date = facts.published ?? facts.updated {
      parts.append(["\(clock.day(date)) \(clock.time(date))", clock.day(date)])
    }
    if let date = facts.published, let updated = facts.updated, updated > date,
      clock.day(updated) != clock.day(date)
    {
      parts.append(["updated \(clock.day(updated))"])
    }
    if let amount = article.amount { parts.append([amount]) }
    let formulas = article.document.formulas.count
    if formulas > 0 { parts.append(["\(formulas) formula\(formulas == 1 ? "" : "s")"]) }
    if let comments = facts.commentsCount, comments > 0 {
      parts.append(["\(comments) comment\(comments == 1 ? "" : "s")"])
    }
    var line = ""
    func columns(_ text: String) -> Int { CellText(text, profile: page.profile).columns }
    scan: for part in parts {
      for (place, form) in part.enumerated() where !form.isEmpty {
        let longer = line.isEmpty ? form : line + furniture.dot + form
        if line.isEmpty || columns(longer) <= page.columns {
          line = longer
          if place > 0 { break scan }
          continue scan
        }
      }
      if !part.allSatisfy(\.isEmpty) { break }
    }
    if !line.isEmpty { rows.append(Extra(text: line, roles: .meta)) }

    if let address = article.entry.address {
      rows += lines(of: address, page).map { Extra(text: $0, roles: .meta, address: address) }
    }
    for (place, enclosure) in facts.enclosures.enumerated() {
      var text = "[e\(place + 1)]"
      if let type = enclosure.type { text += " " + type }
      if let bytes = enclosure.byteCount, bytes > 0 { text += " " + Page.amount(ofBytes: bytes) }
      if place == 0, let duration = facts.duration { text += " " + duration }
      if enclosure.type == nil { text += " " + enclosure.url }
      rows.append(Extra(text: text, roles: .meta, address: enclosure.url))
    }
    rows.append(Extra(text: "", roles: .text))
    return rows
  }

  private static func footer(
    _ article: Article, _ page: PageSettings, _ furniture: Furniture, _ browserKey: String?
  ) -> [Extra] {
    let address = article.entry.address
    if !article.hasText {
      var texts = ["This entry has no text."]
      if let address {
        texts.append("The feed gives only a title and an address:")
        texts += lines(of: address, page)
        if let browserKey { texts.append("\(browserKey) opens it in the browser.") }
      }
      return texts.map { Extra(text: page.columns > 40 ? "  " + $0 : $0, roles: .text) }
    }
    guard article.entry.facts.isTruncated else { return [] }
    let rule = furniture.rule + furniture.rule
    var rows = [
      Extra(text: "", roles: .text),
      Extra(
        text: "\(rule) The feed carries only the beginning of this article \(rule)", roles: .meta),
    ]
    if address != nil, let browserKey {
      rows.append(Extra(text: "\(browserKey) opens the page in the browser", roles: .meta))
    }
    return rows
  }

  /// `12.3 MiB`.
  static func amount(ofBytes bytes: Int64) -> String {
    var amount = Double(bytes)
    var units = ["B", "KiB", "MiB", "GiB"][...]
    while amount >= 1024, units.count > 1 {
      amount /= 1024
      units = units.dropFirst()
    }
    let unit = units.first ?? "B"
    if unit == "B" { return "\(bytes) B" }
    let tenths = Int((amount * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(unit)"
  }
}
