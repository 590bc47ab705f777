import Cells
import Documents
import Feeds
import Keymaps
import Typesetting

/// What the sheets list.
extension Browser {
  // MARK: Help

  /// The keys that work here, then everywhere; with a prefix, what may follow it.
  mutating func openHelp(prefix: [Key]) {
    guard state.sheet?.kind != .help else { return closeSheet() }
    let stack = stack
    let all = settings.keymap.bindings(in: stack).filter { $0.binding.keys.starts(with: prefix) }
    var rows: [Sheet.Row] = []
    let place = state.sheet == nil ? state.focus.rawValue : "sheet"
    var width = 0
    for (title, isGlobal) in [("Here: \(place)", false), ("Everywhere", true)] {
      let part = helpRows(
        all.filter { ($0.context == .global) == isGlobal }.map(\.binding), in: stack.first)
      guard !part.isEmpty else { continue }
      rows.append(Sheet.Row(text: title, roles: .strong, isSelectable: false))
      rows += part
      width = max(width, part.map(\.left.count).max() ?? 0)
    }
    let beginning =
      prefix.isEmpty ? "keymap \(settings.keymapName)" : "keys after \(Key.label(of: prefix))"
    var title = "Help\(furniture.dot)\(beginning)\(furniture.dot)\(all.count) keys here"
    if let last = state.lastCommand { title += "\(furniture.dot)last command: \(last.rawValue)" }
    if state.find?.place == .sheet { state.find = nil }
    state.sheet = Sheet(.help, title: title, rows: rows, leftColumns: width)
  }

  /// Some keys that mean the same, as many as there is room for; the first one in any case.
  private func labels(of bindings: [Binding]) -> String {
    let columns = state.size.columns
    // On a narrow screen, and in stacks side by side, the sentence needs the room.
    let room = columns < 60 ? 0 : columns < Sheet.stackedColumns ? 17 : 12
    var text = ""
    for binding in bindings.prefix(3) {
      let label = Key.label(of: binding.keys)
      if text.isEmpty {
        text = label
      } else if text.count + 2 + label.count <= room {
        text += "  " + label
      }
    }
    return text
  }

  /// One row for each command, with all keys that are bound to it.
  ///
  /// What is most useful here comes first, as in the hints; then the order of the table.
  private func helpRows(_ bindings: [Binding], in context: KeyContext?) -> [Sheet.Row] {
    var keys: [[Invocation]: [Binding]] = [:]
    var order: [[Invocation]] = []
    for binding in bindings {
      if keys[binding.invocations] == nil { order.append(binding.invocations) }
      keys[binding.invocations, default: []].append(binding)
    }
    var ranks: [String: Int] = [:]
    for (place, command) in Command.allCases.enumerated() {
      let hint = command.facts.hints.first { $0.context == context && !$0.isPrefix }
      // What is always hinted at, the way out, follows what is ranked.
      ranks[command.rawValue] = hint.map { $0.rank == 0 ? 900 : $0.rank } ?? 1000 + place
    }
    let sorted = order.enumerated().sorted {
      let left = ranks[$0.element.first?.command ?? ""] ?? .max
      let right = ranks[$1.element.first?.command ?? ""] ?? .max
      return left == right ? $0.offset < $1.offset : left < right
    }
    return sorted.compactMap { _, invocations in
      guard let bound = keys[invocations], let first = bound.first,
        let invocation = invocations.first
      else { return nil }
      let command = Command(rawValue: invocation.command)
      let form = command?.form(invocation.arguments)
      var help = first.description ?? form?.help ?? ""
      if first.description == nil, let count = command?.facts.count {
        help += "\(furniture.dot)\(count)"
      }
      // Two words that can be read are better than half a sentence.
      if state.size.columns < 60, first.description == nil, let form,
        CellText(help, profile: settings.profile).columns > state.size.columns - 12
      {
        help = form.label
      }
      return Sheet.Row(
        left: labels(of: bound), text: help, right: invocations.map(\.text).joined(separator: "; "),
        invocation: invocation, binding: first)
    }
  }

  // MARK: Links, outline, formulas, peek

  mutating func openLinks() {
    guard let article = state.reader?.article else { return }
    let document = article.document
    var rows: [Sheet.Row] = []
    var texts: [Int: String] = [:]
    for link in article.linkTexts where texts[link.link] == nil {
      texts[link.link] = document.string(link.range)
    }
    for (place, link) in document.links.enumerated() {
      rows.append(
        Sheet.Row(
          left: link.isNumbered ? "[\(place + 1)]" : "", text: texts[place] ?? "",
          right: link.target,
          address: link.target))
    }
    for (place, enclosure) in article.entry.facts.enclosures.enumerated() {
      var text = enclosure.type ?? enclosure.title ?? "enclosure"
      if let bytes = enclosure.byteCount, bytes > 0 { text += " " + Page.amount(ofBytes: bytes) }
      rows.append(
        Sheet.Row(
          left: "[e\(place + 1)]", text: text, right: enclosure.url, address: enclosure.url))
    }
    for (place, image) in document.images.enumerated() {
      let label = document.spans.first { $0.role == .image(place) }.map {
        document.string($0.range)
      }
      rows.append(
        Sheet.Row(
          left: "image \(place + 1)", text: label ?? "", right: image.source, address: image.source)
      )
    }
    guard !rows.isEmpty else { return say("This entry has no links") }
    var title = "Links \(document.links.count)"
    if !article.entry.facts.enclosures.isEmpty {
      title += "\(furniture.dot)enclosures \(article.entry.facts.enclosures.count)"
    }
    if !document.images.isEmpty { title += "\(furniture.dot)images \(document.images.count)" }
    state.sheet = Sheet(
      .links, title: title, rows: rows, leftColumns: rows.map(\.left.count).max() ?? 0)
  }

  /// The source of a formula on one line.
  private func line(ofFormula formula: Int) -> String {
    guard let document = state.reader?.article.document else { return "" }
    return Browser.line(ofTeX: document.string(document.formulas[formula].tex))
  }

  /// The beginning of a formula on one line, without the environments around it.
  static func line(ofTeX source: String) -> String {
    var text = source.split(whereSeparator: { $0 == "\n" || $0 == " " }).joined(separator: " ")[...]
    let outer = [
      "equation", "align", "gather", "multline", "eqnarray", "aligned", "split", "gathered",
    ]
    stripping: while true {
      for name in outer {
        for begin in ["\\begin{\(name)}", "\\begin{\(name)*}"] where text.hasPrefix(begin) {
          text = text.dropFirst(begin.count).drop { $0 == " " }
          continue stripping
        }
      }
      break
    }
    if let end = text.firstRange(of: "\\end{"), text[end.upperBound...].allSatisfy({ $0 != "&" }),
      outer.contains(where: { text[end.upperBound...].hasPrefix($0) })
    {
      text = text[..<end.lowerBound]
    }
    if let label = text.firstRange(of: "\\label{"), text[label.upperBound...].last == "}",
      !text[label.upperBound...].dropLast().contains("}")
    {
      text = text[..<label.lowerBound]
    }
    return text.isEmpty ? source : String(text)
  }

  /// The numbers that display formulas show at the right edge, if the article shows any.
  var equationNumbers: [Int: String] {
    var numbers: [Int: String] = [:]
    for piece in state.reader?.page?.layout.pieces ?? [] {
      if case .ornament(let ornament) = piece.content,
        case .equationNumber(let formula) = ornament.kind
      {
        numbers[formula] = ornament.text.trimming()
      }
    }
    return numbers
  }

  mutating func openOutline() {
    guard let reader = state.reader else { return }
    let document = reader.article.document
    var rows: [(offset: Int, row: Sheet.Row)] = []
    func add(_ offset: Int, _ text: String, indent: Int, roles: Roles = .text, formula: Int? = nil)
    {
      rows.append(
        (
          offset,
          Sheet.Row(
            text: String(repeating: " ", count: indent) + text,
            right: "\(reader.percent(at: offset))%", roles: roles, byteOffset: offset,
            formula: formula)
        ))
    }
    let numbers = equationNumbers
    var headings = 0
    var codes = 0
    for block in document.blocks {
      switch block.kind {
      case .heading(let level):
        headings += 1
        add(block.range.lowerBound, document.string(block.range), indent: max(0, level - 1))
      case .code(let language):
        codes += 1
        let lines = document.text[block.range].reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        let name = language.map { "code \($0)" } ?? "code"
        add(block.range.lowerBound, "\(name), \(lines) line\(lines == 1 ? "" : "s")", indent: 2)
      default: break
      }
    }
    var display = 0
    for (place, formula) in document.formulas.enumerated() where formula.isDisplay {
      display += 1
      let number = numbers[place].map { $0 + " " } ?? ""
      add(
        formula.range.lowerBound, number + line(ofFormula: place), indent: 2, roles: .formula,
        formula: place)
    }
    let tables = reader.article.tables
    for table in tables {
      add(table.byteOffset, "table \(table.rows) × \(table.columns)", indent: 2)
    }
    guard !rows.isEmpty else {
      return say("This article has no headings, formulas, code or tables")
    }
    rows.sort { $0.offset < $1.offset }
    rows.insert(
      (0, Sheet.Row(text: reader.article.title, right: "0%", roles: .title, byteOffset: 0)), at: 0)
    let parts = [
      ("headings", headings), ("formulas", display), ("code", codes), ("tables", tables.count),
    ]
    let title = (["Outline"] + parts.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" })
      .joined(separator: furniture.dot)
    var sheet = Sheet(.outline, title: title, rows: rows.map(\.row))
    let here = reader.page?.byteOffset(row: reader.top) ?? -1
    sheet.cursor.selected = max(0, (rows.firstIndex { $0.offset > here } ?? rows.count) - 1)
    state.sheet = sheet
  }

  mutating func openFormulas() {
    guard let document = state.reader?.article.document else { return }
    let numbers = equationNumbers
    let rows = document.formulas.indices.filter { document.formulas[$0].isDisplay }.map { place in
      let label = document.labels.first { $0.formula == place }?.name
      return Sheet.Row(
        left: numbers[place] ?? "", text: line(ofFormula: place), right: label ?? "",
        roles: .formula, byteOffset: document.formulas[place].range.lowerBound, formula: place)
    }
    guard !rows.isEmpty else { return say("This article has no display formulas") }
    state.sheet = Sheet(
      .formulas, title: "Formulas \(rows.count)", rows: rows,
      leftColumns: rows.map(\.left.count).max() ?? 0)
  }

  mutating func peek() {
    guard let reader = state.reader, let target = reader.target else {
      return say("Choose a reference first\(keyLabel(.nextReference).map { ": \($0)" } ?? "")")
    }
    let document = reader.article.document
    var range: Range<Int>?
    var name = ""
    switch target.kind {
    case .reference(let reference) where document.references.indices.contains(reference):
      name = document.references[reference].name
    case .link(let link):
      let address = address(ofLink: link) ?? ""
      if address.hasPrefix("#") { name = String(address.dropFirst()) }
    default: break
    }
    if let label = document.labels.first(where: { $0.name == name }) {
      if let formula = label.formula, document.formulas.indices.contains(formula) {
        range = document.formulas[formula].range
      } else if let block = reader.article.block(at: label.byteOffset) {
        range = document.blocks[block].range
      }
    }
    guard let range else { return say("There is nothing to show for this target") }
    // As the page shows it: a long line goes on below.
    let rows = (reader.page?.texts(of: range, in: document) ?? []).map {
      Sheet.Row(text: $0, byteOffset: range.lowerBound)
    }
    guard !rows.isEmpty else { return say("There is nothing to show for this target") }
    state.sheet = Sheet(.peek, title: name, rows: rows)
  }

  mutating func openMessages() {
    guard !state.messageLog.isEmpty else { return say("No messages yet") }
    var rows: [Sheet.Row] = []
    for message in state.messageLog.reversed() {
      let text = (message.isError ? "! " : "") + message.text
      let lines = wrapped(text, columns: max(10, state.size.columns - 9))
      for (place, line) in lines.enumerated() {
        rows.append(
          Sheet.Row(
            left: place == 0 ? message.at.map { state.clock.time($0) } ?? "" : "",
            text: place == 0 ? line : "      " + line, roles: message.isError ? .error : .text,
            isSelectable: place == 0, address: message.text))
      }
    }
    state.sheet = Sheet(
      .messages, title: "Messages \(state.messageLog.count)", rows: rows, leftColumns: 5)
  }

  // MARK: Opening a row

  /// Opens the row of a sheet that a letter stands for; false when there is none.
  mutating func openRow(withAccelerator key: Key) -> Bool {
    guard let sheet = state.sheet, key.modifiers.isEmpty, case .character(let scalar) = key.base,
      let place = sheet.rows.firstIndex(where: { $0.accelerator == Character(scalar) })
    else { return false }
    state.sheet?.cursor.selected = place
    if let chosen = state.sheet { openRow(of: chosen) }
    return true
  }

  mutating func openRow(of sheet: Sheet) {
    guard let row = sheet.selected, sheet.kind != .info, sheet.kind != .messages else { return }
    switch row.action {
    case .history(let feed): return outbox.append(.loadFacts(.feed(feed)))
    case .nextOrder(let feed):
      return changeView(of: feed) { view in
        let all = EntryQuery.Order.allCases
        let place = all.firstIndex(of: view.order) ?? 0
        view.order = all[(place + 1) % all.count]
      }
    case .unreadOnly(let feed): return changeView(of: feed) { $0.isUnreadOnly.toggle() }
    case .qrCode: return showQRCode(of: row.address ?? "")
    case .askForProgram: return ask(.openWith, [])
    case nil: break
    }
    if sheet.kind == .qrCode { return }
    closeSheet()
    if let step = row.step {
      outbox.append(.undoDown(to: step))
      return
    }
    if sheet.kind == .programs, let address = row.address {
      if let program = row.program {
        outbox.append(.openWith(address, program: program))
      } else {
        outbox.append(.copy(address))
        say("Copied \(address)")
      }
      return
    }
    if let invocation = row.invocation, sheet.kind == .feedSettings {
      return perform(invocation, count: nil)
    }
    if sheet.kind == .candidates, let address = row.address {
      outbox.append(.subscribe(address: address, folder: row.folder ?? []))
      return
    }
    if let invocation = row.invocation {
      perform(invocation, count: nil)
    } else if let byteOffset = row.byteOffset {
      if byteOffset == 0, sheet.kind == .outline {
        pushJump()
        state.reader?.scroll(toRow: 0)
      } else {
        jump(to: byteOffset)
      }
    } else if let address = row.address {
      follow(address)
    }
  }
}

extension String {
  fileprivate func trimming() -> String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
