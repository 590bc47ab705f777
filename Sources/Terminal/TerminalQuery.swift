/// What the terminal was found to be able to do.
public struct TerminalAnswer: Equatable, Sendable {
  /// Whether it shows what lies between two marks at once (mode 2026).
  public var synchronizesOutput = false
  /// How many columns it gives ambiguous characters; nil when it was not asked or did not say.
  public var ambiguousColumns: Int?
  /// Whether its background is dark; nil likewise.
  public var isDark: Bool?
}

/// The questions put to the terminal once, before the first frame.
///
/// Nothing waits for the answers: on a slow line they come seconds later, while keys are typed. The
/// last question, DA1, is one that every terminal answers, so its answer ends the round.
struct TerminalQuery: Sendable {
  private let measuresWidth: Bool
  private let asksBackground: Bool
  private var answer = TerminalAnswer()
  private(set) var isAnswered = false

  /// Nil when this terminal is better not asked: it would print the questions, or a person said so.
  ///
  /// - Parameter asksBackground: whether the theme depends on it.
  init?(type: String, environment: [String: String], asksBackground: Bool = false) {
    self.asksBackground = asksBackground
    let isPlain = ["dumb", "linux", "cons25", "ansi", "cygwin"].contains(type)
    guard !type.isEmpty, !isPlain, !type.hasPrefix("vt"),
      (environment["YUE_NO_QUERY"] ?? "").isEmpty
    else { return nil }
    // A multiplexer answers for itself; the terminal around it may disagree.
    let isMultiplexed =
      ["TMUX", "STY", "ZELLIJ"].contains { environment[$0] != nil }
      || type.hasPrefix("screen") || type.hasPrefix("tmux")
    measuresWidth = !isMultiplexed
  }

  /// A quotation mark and a question where the cursor stands now, then the mark is wiped out; the
  /// state of mode 2026; DA1.
  var bytes: [UInt8] {
    let probe = "\r\u{201C}\u{1B}[6n\r\u{1B}[K"
    let background = asksBackground ? "\u{1B}]11;?\u{1B}\\" : ""
    return Array(
      ((measuresWidth ? probe : "") + background + "\u{1B}[?2026$p\u{1B}[c").utf8)
  }

  /// Takes a reply; returns what is known once the round has ended.
  mutating func take(_ reply: InputDecoder.Reply) -> TerminalAnswer? {
    guard !isAnswered else { return nil }
    switch reply {
    case .cursor(_, let column):
      if measuresWidth, answer.ambiguousColumns == nil, column == 2 || column == 3 {
        answer.ambiguousColumns = column - 1
      }
    case .mode(2_026, let state): answer.synchronizesOutput = state == 1 || state == 2
    case .mode: break
    case .background(let red, let green, let blue):
      // As bright as the eye finds it (ITU-R BT.601).
      if asksBackground { answer.isDark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 }
    case .attributes:
      isAnswered = true
      return answer
    }
    return nil
  }
}
