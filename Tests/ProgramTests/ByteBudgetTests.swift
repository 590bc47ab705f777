import Foundation
import Testing

/// What a key costs on the line: the table of docs/terminal.md, held by the real program.
///
/// The program replays keys and counts its bytes; what it sent is cut by these counts and shown on
/// a terminal of our own, so nothing here depends on time.
@Suite(.serialized) struct ByteBudgetTests {
  /// What a step may cost.
  enum Budget: CustomStringConvertible {
    case bytes(Int)
    /// So many bytes and the text of the rows that were not on the screen before.
    case newRows(plus: Int)
    /// The text of the rows that changed and a tenth, and 13 bytes for each change of attributes.
    case text(plus: Int = 0)

    var description: String {
      switch self {
      case .bytes(let bytes): "\(bytes)"
      case .newRows(let bytes): "\(bytes) + new rows"
      case .text(let bytes): "text + 10 % + 13 a run\(bytes > 0 ? " + \(bytes)" : "")"
      }
    }

    func limit(_ before: ScreenPicture, _ after: ScreenPicture) -> Int {
      let changed = (0..<after.rows).filter { before.cells[$0] != after.cells[$0] }
      switch self {
      case .bytes(let bytes): return bytes
      case .newRows(let bytes):
        let shown = Set(before.lines)
        // The status and the hint row are covered by the fixed part.
        let new = after.lines.dropLast(2).filter { !shown.contains($0) }
        return bytes + new.reduce(0) { $0 + $1.utf8.count }
      case .text(let bytes):
        let text = changed.reduce(0) { $0 + after.lines[$1].utf8.count }
        return bytes + text * 11 / 10 + 13 * after.runs(rows: changed)
      }
    }
  }

  private static func step(_ keys: String, _ budget: Budget) -> (keys: String, budget: Budget) {
    (keys, budget)
  }

  /// One pane, 80×24: every row of the table.
  private static let narrow = [
    step("j", .bytes(30)), step("j", .bytes(30)), step("k", .bytes(30)), step("G", .bytes(30)),
    step("gg", .bytes(30)),
    // A feed, its list.
    step("<Enter>", .text()), step("j", .bytes(30)), step("k", .bytes(30)),
    step("jjjjjjjjj", .bytes(30)), step("j", .bytes(30)), step("kkkkkkkkkk", .bytes(30)),
    step("<PgDn>", .text()), step("<PgUp>", .text()),
    step("jjjjjjjjjjjjjjjjjjjjjjjjjjjj", .text()), step("gg", .text()),
    step("m", .bytes(120)), step("s", .bytes(120)),
    step("g", .bytes(0)), step("(rest)", .bytes(350)), step("<Esc>", .text()),
    // Typed within the delay, a sequence paints nothing of its own.
    step("g", .bytes(0)), step("g", .bytes(30)),
    // An entry, its text.
    step("<Enter>", .text()), step("j", .newRows(plus: 60)), step("j", .newRows(plus: 60)),
    step("jjj", .newRows(plus: 180)), step("k", .newRows(plus: 60)),
    step("<PgDn>", .text()), step("<PgDn>", .text()), step("<PgUp>", .text()),
    step("jjjjjjjjjjjjjjjjjjjjjjjjjjjj", .text()),
    // Back.
    step("q", .text()), step("(rest)", .text()), step("q", .text()), step("(rest)", .text()),
  ]

  @Test func everyActionKeepsItsBudget() throws {
    let replay = try Replay(Self.narrow.map(\.keys))
    #expect(replay.unknown.isEmpty, "nothing but what xterm understands")
    var before = replay.steps[0].picture
    // The title row, the rows of feeds, the two bottom rows, and what switches the screen.
    #expect(replay.steps[0].bytes <= 500 + before.lines.joined().utf8.count)
    for (step, shown) in zip(Self.narrow, replay.steps.dropFirst()) {
      let limit = step.budget.limit(before, shown.picture)
      #expect(
        shown.bytes <= limit,
        "\(step.keys) cost \(shown.bytes) bytes of \(limit) (\(step.budget))")
      before = shown.picture
    }
  }

  /// Over ssh what has no look of its own costs nothing: 13 bytes for each change of attributes are
  /// less than a twentieth of the text, though these pages have headings, links, code and formulas.
  @Test func attributesAreNearlyFreeOnASlowLine() throws {
    let keys = ["G", "<Enter>", "<PgDn>", "gg", "<Enter>", "<PgDn>", "<PgDn>", "<PgDn>", "q"]
    let replay = try Replay(keys, environment: ["SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"])
    for (place, (before, after)) in zip(replay.steps.dropFirst(), replay.steps.dropFirst(2))
      .enumerated() where keys[place + 1] != "gg"
    {
      let changed = (0..<24).filter { before.picture.cells[$0] != after.picture.cells[$0] }
      let text = changed.reduce(0) { $0 + after.picture.lines[$1].utf8.count }
      let runs = after.picture.runs(rows: changed)
      #expect(
        13 * runs * 20 <= text, "\(keys[place + 1]): \(runs) changes in \(text) bytes of text")
      #expect(after.bytes <= text * 115 / 100, "\(keys[place + 1])")
    }
  }

  @Test func oneReadOfManyKeysIsOnePaint() throws {
    let single = try Replay(["<Enter>", "j"]).steps[2].bytes
    let many = try Replay(["<Enter>", "jjjjjjjjj"]).steps[2].bytes
    #expect(many <= single + 1, "nine moves on one page cost what one does, but for a digit")
  }

  /// The bottom rows speak of the focused pane, and follow it when the keys rest.
  @Test(arguments: [(40, 140), (30, 100), (24, 100)] as [(UInt16, UInt16)])
  func switchingPanesCostsTheirMarkersOnly(_ rows: UInt16, _ columns: UInt16) throws {
    let switches = ["ge", "gr", "<Tab>", "<S-Tab>", "q"] + (columns >= 140 ? ["gf", "ge"] : [])
    let keys = ["<Enter>", "<Enter>", "(rest)"] + switches + ["(rest)"]
    let replay = try Replay(keys, rows: rows, columns: columns)
    for (key, step) in zip(switches, replay.steps.dropFirst(4)) {
      #expect(step.bytes <= 60, "\(key) cost \(step.bytes)")
    }
    let last = try #require(replay.steps.last)
    let text = last.picture.lines.suffix(2).reduce(0) { $0 + $1.utf8.count }
    let bottom = Int(rows) - 2..<Int(rows)
    #expect(last.bytes <= 60 + text * 11 / 10 + 13 * last.picture.runs(rows: bottom))
    #expect(last.picture.lines[bottom.upperBound - 1].hasPrefix(" Enter open"))
  }

  /// Rows that the terminal itself moved are where they would have been drawn.
  @Test(arguments: [(24, 80), (20, 40), (40, 140), (30, 100)] as [(UInt16, UInt16)])
  func whatWasSentInPartsIsWhatIsSentWhole(_ rows: UInt16, _ columns: UInt16) throws {
    var keys: [String] = []
    for step in Self.narrow where !["(rest)", "g", "<Esc>"].contains(step.keys) {
      keys += [step.keys, "<C-l>"]
    }
    let replay = try Replay(keys, rows: rows, columns: columns)
    #expect(replay.unknown.isEmpty)
    for place in stride(from: 1, to: replay.steps.count - 1, by: 2) {
      let inParts = replay.steps[place].picture
      let whole = replay.steps[place + 1].picture
      #expect(whole.clearCount == inParts.clearCount + 1)
      let wrong = (0..<whole.rows).first { inParts.cells[$0] != whole.cells[$0] }
      #expect(wrong == nil, "after \(keys[place - 1]): \(wrong.map { inParts.lines[$0] } ?? "")")
      #expect(inParts.row == whole.row && inParts.column == whole.column)
    }
  }
}

/// Keys played by `yue --bench-keys`, and what the terminal showed after each.
struct Replay {
  struct Step {
    var bytes: Int
    var picture: ScreenPicture
  }

  /// The first is the start.
  private(set) var steps: [Step] = []
  private(set) var unknown: [String] = []

  init(
    _ keys: [String], rows: UInt16 = 24, columns: UInt16 = 80,
    environment: [String: String] = [:]
  ) throws {
    let folder = try TemporaryFolder()
    let script = try folder.file("keys", keys.joined(separator: "\n"))
    let feeds = try (1...3).map { try folder.file("\($0).xml", Self.feed($0)) }
    let session = try PtySession(
      ["--bench-keys", script] + feeds, rows: rows, columns: columns,
      environment: environment.merging(["YUE_NO_QUERY": "1"]) { $1 })
    guard session.exitStatus() == 0 else { throw SetupError(session.errors) }
    let output = session.output
    let table = session.text.split(separator: "\r\n").drop { !$0.contains("microseconds") }
    let counts = table.dropFirst().compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
    guard counts.count == keys.count + 1 else {
      throw SetupError("\(counts.count) rows for \(keys.count) keys")
    }
    // The screen is left by these bytes; what was counted lies before them.
    let leaving = Array("\u{1B}[?2026l\u{1B}[?1004l".utf8)
    guard
      let end = output.indices.last(where: { output[$0...].starts(with: leaving) }),
      case var place = end - counts.reduce(0, +), place >= 0
    else { throw SetupError("the counts do not fit what was sent") }
    var picture = ScreenPicture(rows: Int(rows), columns: Int(columns))
    picture.show(output[..<place])
    for count in counts {
      picture.show(output[place..<place + count])
      place += count
      steps.append(Step(bytes: count, picture: picture))
    }
    unknown = picture.unknown
  }

  /// Sixty entries of Chinese with formulas, code and lists.
  private static func feed(_ number: Int) -> String {
    let items = (1...60).map { item in
      """
      <item><title>第 \(item) 讲：矩阵的秩与低秩近似 $\\sigma_{\(item)}$</title>
      <link>https://example.org/\(number)/\(item)</link><guid>\(number)-\(item)</guid>
      <pubDate>\(1 + item % 28) Jan 2024 10:00:00 GMT</pubDate>
      <description><![CDATA[\((1...12).map { paragraph($0 + item) }.joined())]]></description></item>
      """
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <rss version="2.0"><channel><title>数学笔记 \(number)</title><link>https://example.org/</link>
      <description>测试</description>\(items.joined())</channel></rss>
      """
  }

  private static func paragraph(_ number: Int) -> String {
    switch number % 5 {
    case 0: "<h2>第 \(number) 节</h2><ul><li>方差的估计</li><li>梯度 gradient 的范数</li></ul>"
    case 1: "<p>如下式：$$\\sum_{k=0}^{\\infty} \\frac{x^k}{k!} = e^x,\\quad n=\(number)$$</p>"
    case 2: "<pre><code>w = w - lr * g\nif norm(g) &lt; 1e-\(number):\n    return w\n</code></pre>"
    default:
      """
      <p>我们先来考虑一个简单的问题（\(number)）：如果把矩阵 $\\boldsymbol{W}$ 看成线性变换，那么它的秩就决定了信息能\
      保留多少。在实际训练中，learning rate 往往需要随着 $B$ 调整，否则损失会震荡；这里的关键在于方差的估计，<a \
      href="https://example.org/\(number)">另一篇</a>讲过 $O(n^2 d)$ 的复杂度，读者不妨自己推导一遍。</p>
      """
    }
  }
}
