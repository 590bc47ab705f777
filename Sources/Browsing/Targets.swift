import Documents
import Feeds
import Keymaps

/// What can be jumped to in an article, and what is done with it.
extension Browser {
  enum TargetKind { case heading, formula, reference, link, code, table, image, block }

  /// All targets of a kind, in reading order.
  private func targets(_ kind: TargetKind) -> [Reader.Target] {
    guard let article = state.reader?.article else { return [] }
    let document = article.document
    func blocks(_ isWanted: (Block) -> Bool) -> [Reader.Target] {
      document.blocks.indices.filter { isWanted(document.blocks[$0]) }.map {
        Reader.Target(kind: .block($0), range: document.blocks[$0].range)
      }
    }
    switch kind {
    case .heading:
      return blocks { if case .heading = $0.kind { true } else { false } }
    case .code: return blocks { if case .code = $0.kind { true } else { false } }
    case .block: return blocks { !$0.range.isEmpty }
    case .formula:
      return document.formulas.indices.filter { document.formulas[$0].isDisplay }.map {
        Reader.Target(kind: .formula($0), range: document.formulas[$0].range)
      }
    case .reference:
      let notes = document.spans.compactMap { span -> Reader.Target? in
        guard case .footnoteReference(let link) = span.role else { return nil }
        return Reader.Target(kind: .link(link), range: span.range)
      }
      let references = document.references.indices.map {
        Reader.Target(kind: .reference($0), range: document.references[$0].range)
      }
      return (references + notes).sorted { $0.range.lowerBound < $1.range.lowerBound }
    case .link:
      return article.linkTexts.map { Reader.Target(kind: .link($0.link), range: $0.range) }
    case .image:
      var found = document.spans.compactMap { span -> Reader.Target? in
        guard case .image(let image) = span.role else { return nil }
        return Reader.Target(kind: .image(image), range: span.range)
      }
      for block in document.blocks {
        if case .image(let image) = block.kind, !found.contains(where: { $0.kind == .image(image) })
        {
          found.append(Reader.Target(kind: .image(image), range: block.range))
        }
      }
      return found.sorted { $0.range.lowerBound < $1.range.lowerBound }
    case .table:
      // The first cell of each table stands for it.
      var seen: Set<Int> = []
      return document.blocks.indices.compactMap { place in
        var container = document.blocks[place].container
        while let current = container, document.containers.indices.contains(current) {
          if document.containers[current].kind == .table {
            guard seen.insert(current).inserted else { return nil }
            return Reader.Target(kind: .block(place), range: document.blocks[place].range)
          }
          container = document.containers[current].parent.flatMap { $0 < current ? $0 : nil }
        }
        return nil
      }
    }
  }

  /// Selects the next thing of a kind, or an earlier one.
  mutating func target(_ kind: TargetKind, by step: Int) {
    guard let reader = state.reader, let page = reader.page else { return }
    let all = targets(kind)
    // From the target when there is one, else from the first row.
    let here: Int
    if let target = reader.target {
      here = target.range.lowerBound
    } else {
      let first = page.byteOffset(row: reader.top) ?? -1
      here =
        kind == .heading && reader.top >= page.header.count ? first : first - (step > 0 ? 1 : 0)
    }
    var wanted: Reader.Target?
    if step > 0 {
      let after = all.drop { $0.range.lowerBound <= here }
      wanted = after.dropFirst(step - 1).first ?? after.last
    } else {
      let before = all.prefix { $0.range.lowerBound < here }
      wanted = before.dropLast(-step - 1).last ?? before.first
    }
    guard let wanted else {
      return say("No \(step > 0 ? "further" : "earlier") \(Browser.noun(kind))")
    }
    pushJump()
    switch kind {
    case .heading, .block, .table:
      state.reader?.show(wanted.range, atTop: true)
      state.reader?.target = nil
      // At the end of the article the heading cannot come to the top: mark it.
      if let reader = state.reader, reader.page?.row(of: wanted.range.lowerBound) != reader.top {
        state.reader?.target = wanted
      }
    default:
      state.reader?.show(wanted.range)
      state.reader?.target = wanted
    }
  }

  private static func noun(_ kind: TargetKind) -> String {
    switch kind {
    case .heading: "heading"
    case .formula: "display formula"
    case .reference: "reference"
    case .link: "link"
    case .code: "code block"
    case .table: "table"
    case .image: "image"
    case .block: "block"
    }
  }

  /// The targets of a kind whose beginning is on the screen, with their rows.
  func visible(_ targets: [Reader.Target]) -> [(target: Reader.Target, row: Int)] {
    guard let reader = state.reader, let page = reader.page else { return [] }
    let shown = page.bytes(rows: reader.top..<reader.top + reader.windowRows)
    return targets.filter { shown.contains($0.range.lowerBound) }.map {
      ($0, page.row(of: $0.range.lowerBound) - reader.top)
    }.filter { $0.1 >= 0 && $0.1 < reader.windowRows }
  }

  // MARK: Links

  func address(ofLink link: Int) -> String? {
    guard let links = state.reader?.article.document.links, links.indices.contains(link) else {
      return nil
    }
    return links[link].target
  }

  /// Follows a link: inside the article a jump, else the browser.
  mutating func follow(_ address: String) {
    if address.hasPrefix("#") {
      let name = String(address.dropFirst())
      guard let label = state.reader?.article.document.labels.first(where: { $0.name == name })
      else { return say("The place \(address) is not in this article") }
      return jump(to: label.byteOffset)
    }
    // An address of the list that is shown is opened here.
    let page = address.prefix { $0 != "#" }
    if let entry = state.entries?.rows.first(where: { $0.link.map { $0 == page } ?? false }) {
      pushJump()
      return open(entry.id)
    }
    guard address.hasPrefix("http:") || address.hasPrefix("https:") else {
      return outbox.append(.openExternally(address))
    }
    // Another entry of the library is opened here; whether it is one, the library knows.
    state.waiting = .address(address, since: state.clock.uptime)
    outbox.append(.findEntry(address: address))
  }

  mutating func jump(to byteOffset: Int) {
    pushJump()
    focus(.reader)
    state.reader?.show(byteOffset..<byteOffset + 1, atTop: true)
  }

  private mutating func jump(toReference reference: Int) {
    guard let document = state.reader?.article.document,
      document.references.indices.contains(reference)
    else { return }
    let name = document.references[reference].name
    guard let label = document.labels.first(where: { $0.name == name }) else {
      return say("This article has no equation labelled \(name)")
    }
    let offset =
      label.formula.flatMap {
        document.formulas.indices.contains($0) ? document.formulas[$0].range.lowerBound : nil
      } ?? label.byteOffset
    pushJump()
    state.reader?.show(offset..<offset + 1)
    if let formula = label.formula, document.formulas.indices.contains(formula) {
      state.reader?.target = Reader.Target(
        kind: .formula(formula), range: document.formulas[formula].range)
    }
  }

  mutating func followTarget(number: Int?) {
    if let number {
      guard let address = address(ofLink: number - 1) else { return say("No link \(number)") }
      return follow(address)
    }
    guard let target = state.reader?.target else {
      state.reader?.scroll(by: 1)
      return
    }
    switch target.kind {
    case .link(let link): if let address = address(ofLink: link) { follow(address) }
    case .reference(let reference): jump(toReference: reference)
    case .image: openInBrowser(number: nil)
    case .formula, .block: state.reader?.scroll(by: 1)
    }
  }

  mutating func openInBrowser(number: Int?) {
    if let address = addressMeant(number: number) {
      outbox.append(.openExternally(address))
    } else {
      say(number.map { "No link \($0)" } ?? "There is no address here")
    }
  }

  /// The address that a command means: of a numbered link, the sheet's row, the target, the entry,
  /// or the feed's site.
  func addressMeant(number: Int?) -> String? {
    if state.sheet != nil { return state.sheet?.selected?.address }
    switch state.focus {
    case .feeds:
      return state.feeds.selected?.feed.flatMap { $0.link ?? $0.url }
    case .entries: return state.entries?.selected?.link
    case .reader:
      guard let reader = state.reader else { return nil }
      if let number { return address(ofLink: number - 1) }
      switch reader.target?.kind {
      case .link(let link)?: return address(ofLink: link)
      case .image(let image)?:
        let images = reader.article.document.images
        return images.indices.contains(image) ? images[image].source : nil
      default: return reader.article.entry.address
      }
    }
  }

  // MARK: Labels

  mutating func labelLinks(inBrowser: Bool, number: Int?) {
    if let number {
      guard let address = address(ofLink: number - 1) else { return say("No link \(number)") }
      if inBrowser { outbox.append(.openExternally(address)) } else { follow(address) }
      return
    }
    let shown = visible(targets(.link))
    guard !shown.isEmpty else { return say("No links on the screen") }
    label(shown, for: inBrowser ? .browser : .follow)
  }

  private mutating func label(
    _ targets: [(target: Reader.Target, row: Int)], for purpose: Labels.Purpose
  ) {
    state.labels = Labels(
      purpose, targets: targets, middleRow: (state.reader?.windowRows ?? 0) / 2)
  }

  mutating func typeLabel(_ character: Character) {
    guard var labels = state.labels else { return }
    labels.typed.append(character)
    if labels.purpose == .follow || labels.purpose == .browser, let number = labels.number {
      // Digits are the number of a link; nothing is lost by waiting for the last one.
      let links = state.reader?.article.document.links.count ?? 0
      state.labels = labels
      guard number > 0, number <= links else {
        state.labels = nil
        return say("No link \(labels.typed)")
      }
      guard number * 10 > links else { return }
      choose(Reader.Target(kind: .link(number - 1), range: 0..<0), for: labels.purpose)
      return
    }
    let remaining = labels.remaining
    guard let first = remaining.first else {
      state.labels = nil
      return say("No label \(labels.typed)")
    }
    state.labels = labels
    if first.label == labels.typed { choose(first.target, for: labels.purpose) }
  }

  private mutating func choose(_ target: Reader.Target, for purpose: Labels.Purpose) {
    state.labels = nil
    switch (purpose, target.kind) {
    case (.follow, .link(let link)):
      if let address = address(ofLink: link) { follow(address) }
    case (.browser, .link(let link)):
      if let address = address(ofLink: link) { outbox.append(.openExternally(address)) }
    case (.copyFormula, .formula(let formula)): copyFormula(formula, isBare: false)
    case (.copyBareFormula, .formula(let formula)): copyFormula(formula, isBare: true)
    case (.copyCode, .block(let block)), (.copyParagraph, .block(let block)): copyBlock(block)
    default: break
    }
  }

  // MARK: Copying

  mutating func copy(_ text: String, _ what: String) {
    outbox.append(.copy(text))
    // What became of it is reported by whoever performs the effect; this says what was taken.
    say("Copied \(what), \(text.utf8.count) bytes")
  }

  mutating func copyLink(number: Int?) {
    if state.sheet == nil, state.focus == .entries, let chosen = state.entries?.chosenEntries,
      !chosen.isEmpty
    {
      return copy(chosen.compactMap(\.link).joined(separator: "\n"), "\(chosen.count) addresses")
    }
    guard let address = addressMeant(number: number) else {
      return say(number.map { "No link \($0)" } ?? "There is no address here")
    }
    outbox.append(.copy(address))
    say("Copied \(address)")
  }

  mutating func copyTitle() {
    switch state.focus {
    case .feeds: if let row = state.feeds.selected { copy(row.name, "the name") }
    case .entries:
      if let entry = state.entries?.selected { copy(EntryRow.title(entry.title), "the title") }
    case .reader: if let reader = state.reader { copy(reader.article.title, "the title") }
    }
  }

  private func copyFormulaText(_ formula: Int, isBare: Bool) -> String? {
    guard let document = state.reader?.article.document,
      document.formulas.indices.contains(formula)
    else { return nil }
    return document.string(
      isBare ? document.formulas[formula].tex : document.formulas[formula].range)
  }

  private mutating func copyFormula(_ formula: Int, isBare: Bool) {
    guard let text = copyFormulaText(formula, isBare: isBare) else { return }
    let number = equationNumbers[formula]
    let name = text.count > 24 ? String(text.prefix(23)) + furniture.ellipsis : text
    copy(text, "formula \(number ?? name)")
  }

  mutating func copyFormula(isBare: Bool, number: Int?) {
    if let sheet = state.sheet {
      guard let formula = sheet.selected?.formula else { return say("This row is no formula") }
      return copyFormula(formula, isBare: isBare)
    }
    guard let reader = state.reader else { return }
    if number == nil, case .formula(let formula)? = reader.target?.kind {
      return copyFormula(formula, isBare: isBare)
    }
    let all = reader.article.document.formulas.indices.map {
      Reader.Target(kind: .formula($0), range: reader.article.document.formulas[$0].range)
    }
    let shown = visible(all)
    pick(shown, number, isBare ? .copyBareFormula : .copyFormula, noun: "formula")
  }

  mutating func copyCode(number: Int?) {
    if number == nil, let target = state.reader?.target, case .block(let block) = target.kind,
      case .code? = state.reader?.article.document.blocks[block].kind
    {
      return copyBlock(block)
    }
    pick(visible(targets(.code)), number, .copyCode, noun: "code block")
  }

  mutating func copyParagraph() {
    guard let reader = state.reader else { return }
    if let target = reader.target, let block = reader.article.block(at: target.range.lowerBound) {
      return copyBlock(block)
    }
    let paragraphs = targets(.block).filter {
      guard case .block(let block) = $0.kind else { return false }
      return reader.article.document.blocks[block].kind == .paragraph
    }
    pick(visible(paragraphs), nil, .copyParagraph, noun: "paragraph")
  }

  /// The n-th on the screen, the only one, or else labels to choose from.
  private mutating func pick(
    _ shown: [(target: Reader.Target, row: Int)], _ number: Int?, _ purpose: Labels.Purpose,
    noun: String
  ) {
    guard !shown.isEmpty else {
      // Where it is then, if anywhere.
      let next: Command? =
        switch purpose {
        case .copyFormula, .copyBareFormula: targets(.formula).isEmpty ? nil : .nextFormula
        case .copyCode: targets(.code).isEmpty ? nil : .nextCode
        default: nil
        }
      let key = next.flatMap { keyLabel($0) }
      return say(
        "No \(noun) on the screen"
          + (key.map { " \(furniture.dash) \($0) goes to the next one" } ?? ""))
    }
    if let number {
      guard shown.indices.contains(number - 1) else {
        return say("Only \(shown.count) on the screen")
      }
      return choose(shown[number - 1].target, for: purpose)
    }
    if shown.count == 1 { return choose(shown[0].target, for: purpose) }
    label(shown, for: purpose)
  }

  private mutating func copyBlock(_ block: Int) {
    guard let document = state.reader?.article.document, document.blocks.indices.contains(block)
    else { return }
    let text = document.string(document.blocks[block].range)
    if case .code = document.blocks[block].kind {
      copy(text, "code")
    } else {
      copy(text, "paragraph")
    }
  }

  mutating func copyEntry(_ form: TextForm) { use(.copy(form)) }

  /// Whether there is an entry whose text can be taken.
  var hasEntry: Bool { state.focus == .reader ? state.reader != nil : current != nil }

  /// Does something with the text of the entry being read, or of those that are chosen in the list.
  mutating func use(_ use: TextUse) {
    if state.focus == .reader, let article = state.reader?.article {
      if case .download(let number) = use { return download(number, of: article.entry) }
      return finish(use, [pipedText(of: article, for: use)])
    }
    guard let ids = current?.ids, let first = ids.first else { return }
    state.waiting = .texts(
      first, further: Array(ids.dropFirst().prefix(EntryList.mostRows)), gathered: [], for: use,
      since: state.clock.uptime)
    outbox.append(.loadArticle(first))
  }

  /// Takes the text of an entry that is not open.
  mutating func gather(_ entry: Entry, _ document: Document) {
    guard case .texts(_, let further, let gathered, let use, let since)? = state.waiting else {
      return
    }
    if case .download(let number) = use {
      state.waiting = nil
      return download(number, of: entry)
    }
    let texts = gathered + [pipedText(of: Article(entry, document), for: use)]
    guard let next = further.first else {
      state.waiting = nil
      return finish(use, texts)
    }
    state.waiting = .texts(
      next, further: Array(further.dropFirst()), gathered: texts, for: use, since: since)
    outbox.append(.loadArticle(next))
  }

  private mutating func finish(_ use: TextUse, _ texts: [PipedText]) {
    guard var whole = texts.first else { return }
    whole.text = texts.map(\.text).joined(separator: "\n")
    whole.records = texts.flatMap(\.records)
    switch use {
    case .copy(let form):
      let what = texts.count == 1 ? "the entry" : "\(texts.count) entries"
      copy(whole.text, what + (form == .markdown ? " as Markdown" : ""))
    case .pipe(_, let command): outbox.append(.pipe(whole, command: command))
    case .save(let path): outbox.append(.save(whole, path: path))
    case .speak: outbox.append(.speak(whole))
    case .download: break
    }
  }

  private func pipedText(of article: Article, for use: TextUse) -> PipedText {
    let form: TextForm =
      switch use {
      case .copy(let form), .pipe(let form, _): form
      case .save(let path): .file(path)
      case .speak, .download: .plain
      }
    let entry = article.entry
    let text =
      switch form {
      case .plain: Browser.plainText(of: article)
      case .markdown: Browser.markdown(of: article)
      case .html: HTMLText.page(of: article)
      case .json: ""
      }
    var piped = PipedText(
      text: text, title: entry.facts.title ?? "", link: entry.address ?? "", feed: entry.feedTitle)
    if form == .json { piped.records = [entry.id] }
    return piped
  }

  // MARK: Enclosures

  /// Saves an enclosure of the entry that is meant; in the list of links, the one that is selected.
  mutating func download(number: Int?) {
    if number == nil, state.sheet?.kind == .links, let article = state.reader?.article,
      let address = state.sheet?.selected?.address,
      let place = article.entry.facts.enclosures.firstIndex(where: { $0.url == address })
    {
      return download(place + 1, of: article.entry)
    }
    if hasEntry { use(.download(number: number)) }
  }

  private mutating func download(_ number: Int?, of entry: Entry) {
    let enclosures = entry.facts.enclosures
    guard !enclosures.isEmpty else { return say("This entry has no enclosures") }
    guard number != nil || enclosures.count == 1 else {
      return say("This entry has \(enclosures.count) enclosures: download 1 saves the first")
    }
    let number = number ?? 1
    guard (1...enclosures.count).contains(number) else {
      return say("No enclosure \(number); this entry has \(enclosures.count)")
    }
    let address = enclosures[number - 1].url
    say("Downloading \(address)")
    outbox.append(.download(address: address))
  }

  /// Title, address and text of an entry, unwrapped, formulas as source.
  private static func plainText(of article: Article) -> String {
    let document = article.document
    let body = document.blocks.filter { !$0.range.isEmpty }.map { document.string($0.range) }
    let head = [article.title, article.entry.address ?? ""].filter { !$0.isEmpty }
    return (head + body).joined(separator: "\n\n") + "\n"
  }

  private static func markdown(of article: Article) -> String {
    var head = "# \(article.title)\n"
    if let address = article.entry.address { head += "\n<\(address)>\n" }
    let body = Markdown.text(of: article.document)
    return body.isEmpty ? head : head + "\n" + body
  }
}
