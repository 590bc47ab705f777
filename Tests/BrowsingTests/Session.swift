import Cells
import Documents
import Feeds
import Keymaps
import Typesetting

@testable import Browsing

/// A browser with a small library that answers at once, driven by keys.
struct Session {
  var browser: Browser
  /// All that has been asked for since the start, or since `forgetEffects`.
  private(set) var effects: [Effect] = []
  var feeds: [FeedRow]
  var entries: [EntrySummary]
  var documents: [EntryID: Document]
  /// What was marked, as it was before, the newest last; and what was undone.
  private var steps: [(step: UndoStep, before: [EntrySummary], change: StatusChange)] = []
  private var undoneSteps: [(step: UndoStep, before: [EntrySummary], change: StatusChange)] = []
  /// The most rows of a page.
  var pageRows = 1000
  var uptime: Duration = .zero
  /// Whether articles are answered; off, they stay awaited.
  var answersArticles = true

  static let now = Timestamp(year: 2026, month: 11, day: 21, hour: 2)

  /// Two feeds; entries 1…5 of 数学小站, of which 4 and 5 are read, and 6, 7 of Category Notes.
  static let library: (feeds: [FeedRow], entries: [EntrySummary]) = {
    let titles = [
      "方差从哪里来：归一化的一种几何解释", "一个看似显然的不等式：当 $a<b$ 时会发生什么",
      "从 $\\ell_2$ 到 $\\ell_p$：范数球的几何", "正交初始化为什么有效", "数学小站的第一篇文章",
    ]
    var entries = titles.enumerated().map { place, title in
      EntrySummary(
        id: EntryID(Int64(place + 1)), feed: FeedID(1), feedTitle: "数学小站", title: title,
        link: "https://math.example/\(place + 1)", author: "苏木",
        date: Timestamp(year: 2026, month: 11, day: 20 - place, hour: 7, minute: 10),
        status: EntryStatus(isRead: place >= 3))
    }
    for (place, title) in ["Yoneda, again", "Adjoint functors"].enumerated() {
      entries.append(
        EntrySummary(
          id: EntryID(Int64(place + 6)), feed: FeedID(2), feedTitle: "Category Notes", title: title,
          link: "https://cat.example/\(place + 6)",
          date: Timestamp(year: 2026, month: 11, day: 15 - place)))
    }
    let feeds = [
      FeedRow(
        id: FeedID(1), title: "数学小站", link: "https://math.example/", unreadCount: 3,
        entryCount: 5),
      FeedRow(
        id: FeedID(2), title: "Category Notes", link: "https://cat.example/", unreadCount: 2,
        entryCount: 2),
    ]
    return (feeds, entries)
  }()

  /// Starts in the feeds pane, or with `isSingle` in the entries of the only feed.
  init(
    rows: Int = 24, columns: Int = 80, isSingle: Bool = false, settings: Settings = Settings(),
    document: Document = .article
  ) {
    feeds = isSingle ? [Session.library.feeds[0]] : Session.library.feeds
    entries = isSingle ? Array(Session.library.entries.prefix(5)) : Session.library.entries
    documents = Dictionary(uniqueKeysWithValues: Session.library.entries.map { ($0.id, document) })
    var settings = settings
    settings.smartFeeds = [.unread, .all]
    browser = Browser(settings: settings, size: Size(rows: rows, columns: columns))
    let first = browser.start()
    tick()
    for effect in first { answer(effect) }
  }

  mutating func forgetEffects() { effects = [] }

  mutating func tick(_ milliseconds: Int = 0) {
    uptime += .milliseconds(milliseconds)
    send(.ticked(Session.now, offsetSeconds: 8 * 3600, uptime: uptime))
  }

  /// Types keys written as in keymap files.
  mutating func press(_ keys: String) {
    for key in Key.sequence(keys) ?? [] {
      tick()
      send(.key(key))
    }
  }

  mutating func type(_ text: String) {
    for scalar in text.unicodeScalars { send(.key(Key(.character(scalar)))) }
  }

  mutating func resize(_ rows: Int, _ columns: Int) {
    send(.resized(Size(rows: rows, columns: columns)))
  }

  mutating func send(_ event: Event) {
    for effect in browser.receive(event) {
      effects.append(effect)
      answer(effect)
    }
  }

  private mutating func answer(_ effect: Effect) {
    switch effect {
    case .loadLibrary: send(.libraryLoaded(Library(feeds: feeds)))
    case .loadEntries(let query, let request):
      let rows = entries.filter { row in
        (query.scope == .all || query.scope == .feed(row.feed))
          && (query.filter != .unread || !row.status.isRead)
          && (query.filter != .starred || row.status.isStarred)
      }
      send(.entriesLoaded(query, request, page(of: sorted(rows, query), request)))
    case .loadArticle(let id): if answersArticles { sendArticle(id) }
    case .mark(let selection, let change, let isStep):
      let ids = ids(of: selection)
      let before = entries.filter {
        ids.contains($0.id) && change.applied(to: $0.status) != $0.status
      }
      apply(change, to: before.map(\.id))
      var step: UndoStep?
      if isStep, !before.isEmpty {
        let made = UndoStep(
          id: Int64(steps.count + 1),
          label: "Marked \(before.count) \(before.count == 1 ? "entry" : "entries") \(change.word)",
          entries: before.map(\.id))
        steps.append((made, before, change))
        undoneSteps = []
        step = made
      }
      send(.stored(effect, step))
    case .undo:
      guard let last = steps.popLast() else { return send(.undone([], isRedo: false)) }
      undoneSteps.append(last)
      apply(last.change.inverse, to: last.before.map(\.id))
      send(.undone([last.step], isRedo: false))
    case .redo:
      guard let last = undoneSteps.popLast() else { return send(.undone([], isRedo: true)) }
      steps.append(last)
      apply(last.change, to: last.before.map(\.id))
      send(.undone([last.step], isRedo: true))
    case .findEntry(let address):
      send(.entryFound(address: address, entries.first { $0.link == address }?.id))
    default: break
    }
  }

  private mutating func apply(_ change: StatusChange, to ids: [EntryID]) {
    for place in entries.indices where ids.contains(entries[place].id) {
      entries[place].status = change.applied(to: entries[place].status)
    }
    for place in feeds.indices {
      feeds[place].unreadCount =
        entries.filter { $0.feed == feeds[place].id && !$0.status.isRead }.count
    }
  }

  private func ids(of selection: EntrySelection) -> [EntryID] {
    switch selection {
    case .entries(let ids): ids
    case .list(let query, _), .listAbove(let query, _, _), .listBelow(let query, _, _):
      entries.filter { query.scope == .all || query.scope == .feed($0.feed) }.map(\.id)
    }
  }

  private func sorted(_ rows: [EntrySummary], _ query: EntryQuery) -> [EntrySummary] {
    let rows =
      query.order == .title
      ? rows.sorted { ($0.title ?? "") < ($1.title ?? "") } : rows
    return query.isReversed ? rows.reversed() : rows
  }

  /// A part of a list, as the library gives it.
  private func page(of rows: [EntrySummary], _ request: PageRequest) -> EntryPage {
    func first(_ id: EntryID) -> Int { rows.firstIndex { $0.id == id } ?? 0 }
    let start =
      switch request {
      case .first: 0
      case .last: rows.count - pageRows
      case .after(let position): first(position.id) + 1
      case .before(let position): first(position.id) - pageRows
      case .around(let id): first(id) - pageRows / 2
      case .atRow(let row): row - pageRows / 2
      }
    let end =
      if case .before(let position) = request { first(position.id) } else {
        min(rows.count, max(0, start) + pageRows)
      }
    let from = max(0, min(start, end))
    let part = Array(rows[from..<end])
    return EntryPage(
      entries: part, earlier: from > 0 ? part.first?.position : nil,
      later: end < rows.count ? part.last?.position : nil, totalCount: rows.count,
      unreadCount: rows.count { !$0.status.isRead })
  }

  mutating func sendArticle(_ id: EntryID) {
    guard let row = entries.first(where: { $0.id == id }) else { return }
    var facts = ParsedEntry()
    facts.title = row.title
    facts.link = row.link
    facts.published = row.date
    facts.authors = row.author.map { [Person(name: $0)] } ?? []
    let entry = Entry(
      id: id, feed: row.feed, feedTitle: row.feedTitle, facts: facts, status: row.status)
    send(.articleLoaded(id, entry, documents[id] ?? Document(), at: nil))
  }

  var screen: String { browser.frame().text }

  func row(_ row: Int) -> String {
    let rows = screen.split(separator: "\n", omittingEmptySubsequences: false)
    return rows.indices.contains(row) ? String(rows[row]) : ""
  }

  /// The row of the screen that holds the selected row's marker.
  var markedRow: String {
    screen.split(separator: "\n").dropFirst().first { $0.hasPrefix("▌") }.map(String.init) ?? ""
  }

  var statusRow: String { row(browser.size.rows - 2) }
  var hintRow: String { row(browser.size.rows - 1) }
}

func session(
  _ keys: String, rows: Int = 24, columns: Int = 80, isSingle: Bool = false,
  document: Document = .article
) -> Session {
  var session = Session(rows: rows, columns: columns, isSingle: isSingle, document: document)
  session.forgetEffects()
  session.press(keys)
  return session
}

/// Makes documents for tests: the pieces of an article, in order.
struct Sketch {
  enum Part {
    case heading(String)
    /// `[text](target)` is a link, `$…$` a formula.
    case text(String)
    case display(String, label: String?)
    case code(String)
  }

  static func document(_ parts: [Part]) -> Document {
    var document = Document(language: "zh")
    for part in parts {
      if !document.blocks.isEmpty { document.text.append(0x0A) }
      let start = document.text.count
      var kind = Block.Kind.paragraph
      switch part {
      case .heading(let text):
        document.text += Array(text.utf8)
        kind = .heading(level: 2)
      case .code(let text):
        document.text += Array(text.utf8)
        kind = .code(language: "python")
      case .display(let source, let label):
        document.text += Array("\\[\(source)\\]".utf8)
        let range = start..<document.text.count
        kind = .formula(document.formulas.count)
        if let label {
          document.labels.append(
            Label(name: label, byteOffset: start, formula: document.formulas.count))
        }
        document.formulas.append(
          Formula(
            range: range, tex: start + 2..<range.upperBound - 2, isDisplay: true, origin: .text))
      case .text(let text): add(text, to: &document)
      }
      document.blocks.append(Block(kind: kind, range: start..<document.text.count))
    }
    return document
  }

  private static func add(_ text: String, to document: inout Document) {
    var rest = Swift.Substring(text)
    while let character = rest.first {
      if character == "[", let close = rest.firstIndex(of: "]"),
        let end = rest.firstIndex(of: ")")
      {
        let start = document.text.count
        document.text += Array(rest[rest.index(after: rest.startIndex)..<close].utf8)
        let target = rest[rest.index(close, offsetBy: 2)..<end]
        document.spans.append(
          Span(role: .link(document.links.count), range: start..<document.text.count))
        document.links.append(Link(target: String(target)))
        rest = rest[rest.index(after: end)...]
      } else if character == "$",
        let close = rest.dropFirst().firstIndex(of: "$")
      {
        let start = document.text.count
        document.text += Array(rest[...close].utf8)
        let range = start..<document.text.count
        document.spans.append(Span(role: .formula(document.formulas.count), range: range))
        document.formulas.append(
          Formula(
            range: range, tex: start + 1..<range.upperBound - 1, isDisplay: false, origin: .text))
        let source = document.string(range)
        if let open = source.range(of: "\\eqref{"),
          let brace = source[open.upperBound...].firstIndex(of: "}")
        {
          document.references.append(
            Reference(name: String(source[open.upperBound..<brace]), range: range))
        }
        rest = rest[rest.index(after: close)...]
      } else {
        document.text += Array(String(character).utf8)
        rest = rest.dropFirst()
      }
    }
  }
}

extension String {
  /// The first place of a text; the standard library's needle search without Foundation.
  func range(of needle: String) -> Range<String.Index>? { firstRange(of: needle) }
}

extension Document {
  /// 40 numbered paragraphs in three sections, with formulas, links and code.
  static let article: Document = {
    var parts: [Sketch.Part] = [
      .text("训练一个很深的网络时，我们常常先问一个朴素的问题：输入为$\\boldsymbol{x}$，见[上一篇](https://math.example/7102)。"),
      .display("\\Vert\\boldsymbol{y}\\Vert^2=k\\sigma^2", label: "eq:var"),
      .heading("从长度到夹角"),
      .text(
        "式$\\eqref{eq:var}$只说明了长度，见[论文](https://arxiv.org/abs/1502.01852)和[代码](https://code.example/)。"
      ),
      .code("def f(x):\n    return x"),
      .heading("一个小实验"),
    ]
    for number in 1...40 {
      parts.append(.text("第\(number)段：真正改变夹角的是激活函数，对于ReLU有一个漂亮的闭式，这里重复很多遍以便有多行文字可以滚动。"))
    }
    return Sketch.document(parts)
  }()
}

enum Timestamps {
  static func utc(_ year: Int, _ month: Int, _ day: Int, _ hour: Int) -> Timestamp {
    Timestamp(year: year, month: month, day: day, hour: hour)
  }
}
