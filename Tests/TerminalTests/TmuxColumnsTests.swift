import Cells
import Foundation
import Glibc
import Terminal
import Testing

/// A real terminal counts the columns that the layout counts, and shows the characters that were
/// drawn: a sample of what may be drawn is written into a pane of tmux.
@Suite(.serialized) struct TmuxColumnsTests {
  private static let socket = "yue-columns-\(getpid())"

  private static let folder = FileManager.default.temporaryDirectory.appending(path: socket)

  /// Runs tmux on a server of the test's own and gives what it prints; nil when it fails.
  ///
  /// The output goes to a file: the server that a first command starts would keep a pipe open.
  private static func tmux(_ arguments: String) throws -> String? {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let output = folder.appending(path: "output")
    let command = "TMUX= tmux -u -L \(socket) -f /dev/null \(arguments)"
    guard system("\(command) > '\(output.path)' 2> /dev/null < /dev/null") == 0 else { return nil }
    return try String(contentsOf: output, encoding: .utf8)
  }

  /// Sentences with all that an article holds, every kind of trouble, and a stride through the
  /// characters that may be drawn.
  private static func samples() throws -> [String] {
    let sentences = [
      "在《Attention Is All You Need》之后，我们知道“注意力”是核心……", "实验显示准确率提升3.14%，成本约¥100，速度达50km/h。",
      "设$\\boldsymbol{\\theta}\\in\\mathbb{R}^{n\\times m}$，则有α±β≤γ。",
      "e\u{301}tude か\u{3099} क्षि 한글 각",
      "🏳️‍🌈 👨‍👩‍👧‍👦 🇨🇳 1️⃣ ❤️ ☺ ©️", "①②③ Ⅳ ㍿ ℃ № ‰ → ⇒ ∑ ∫ █ ░", "ｱｲｳ ﾊﾟ ！＂＃ ￥",
    ]
    var scalars: [String] = []
    for point in stride(from: UInt32(0x21), through: 0x323AF, by: 23) {
      if let scalar = Unicode.Scalar(point) { scalars.append(String(Character(scalar))) }
    }
    return try sentences + ColumnsTests.emojiSequences() + scalars
  }

  @Test func tmuxCountsAndShowsWhatTheLayoutCounts() throws {
    guard system("tmux -V > /dev/null 2>&1") == 0 else {
      print("skipped: tmux is not here, its columns were not compared")
      return
    }
    guard
      let name = try Self.tmux(
        "new-session -d -x 80 -y 24 -P -F '#{pane_tty}' 'exec sleep 600'")
    else {
      print("skipped: tmux does not start here, its columns were not compared")
      return
    }
    defer {
      _ = try? Self.tmux("kill-server")
      try? FileManager.default.removeItem(at: Self.folder)
    }
    let pane = Glibc.open(name.trimmingCharacters(in: .whitespacesAndNewlines), O_RDWR | O_NOCTTY)
    try #require(pane >= 0)
    defer { close(pane) }
    // What a pane answers to a question comes in at once, not when a line ends.
    var modes = termios()
    try #require(tcgetattr(pane, &modes) == 0)
    cfmakeraw(&modes)
    try #require(tcsetattr(pane, TCSANOW, &modes) == 0)

    // As the program draws inside a multiplexer: nothing that is newer than libc.
    let profile = WidthProfile(newestUnicode: Screen.newestUnicodeOfHost)
    var wrong: [String] = []
    var count = 0
    let drawn = try Self.samples().map { CellText($0, profile: profile) }
      .filter { (1...78).contains($0.columns) }
    for text in drawn {
      count += 1
      // Position report: the column after the text.
      try #require(Self.write("\u{1B}[H\u{1B}[2K\(text.text)\u{1B}[6n", to: pane))
      let column = Self.reportedColumn(from: pane)
      if column != text.columns + 1 {
        wrong.append("\(text.text.debugDescription): \(column ?? -1) - 1, not \(text.columns)")
      }
    }
    print("tmux: the columns of \(count) samples were compared")
    #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(10))")

    // The pictures: what the pane holds is what was drawn, a bar behind each text in its column.
    for page in stride(from: 0, to: min(drawn.count, 600), by: 20) {
      let lines = drawn[page..<min(drawn.count, page + 20)]
      var output = "\u{1B}[H\u{1B}[2J"
      for line in lines {
        output += line.text + String(repeating: " ", count: 78 - line.columns) + "|\r\n"
      }
      try #require(Self.write(output + "\u{1B}[6n", to: pane))
      #expect(Self.reportedColumn(from: pane) == 1)
      let shown = try #require(try Self.tmux("capture-pane -p")).split(
        separator: "\n", omittingEmptySubsequences: false)
      for (line, found) in zip(lines, shown) {
        let expected = line.text + String(repeating: " ", count: 78 - line.columns) + "|"
        #expect(String(found) == expected)
      }
    }
  }

  private static func write(_ text: String, to file: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      bytes = bytes.dropFirst(count)
    }
    return true
  }

  /// Reads `ESC [ row ; column R`; nil when no answer comes within five seconds.
  private static func reportedColumn(from file: Int32) -> Int? {
    var answer: [UInt8] = []
    while answer.last != 0x52 {
      var poller = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, 5_000) > 0 else { return nil }
      var byte: UInt8 = 0
      guard read(file, &byte, 1) == 1 else { return nil }
      answer.append(byte)
    }
    let numbers = String(decoding: answer.dropFirst(2).dropLast(), as: UTF8.self).split(
      separator: ";")
    return numbers.count == 2 ? Int(numbers[1]) : nil
  }
}
