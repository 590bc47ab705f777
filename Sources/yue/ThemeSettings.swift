import Browsing
import Cells

/// The `[theme]` of the file of settings: colours to begin with, and the looks of single roles.
struct ThemeSettings: Equatable, Sendable {
  enum Base: String, CaseIterable, Sendable { case `default`, mono, dark, light, auto }

  var base = Base.default
  /// As they were written.
  private var looks: [String: String] = [:]
  private var styles: [String: Style] = [:]

  /// Whether the terminal is to be asked for its background.
  var asksTerminal: Bool { base == .auto }

  /// What each role is, for the documentation.
  static let roles: [(name: String, help: String)] = Theme.roleNames.map { role in
    (role.name, help[role.name] ?? role.name)
  }

  private static let help: [String: String] = [
    "quote": "quotations", "meta": "what is said about an article", "date": "dates",
    "feed-name": "the feed's name in a list", "hint": "the hints in the last row",
    "separator": "lines between panes", "pane-title": "the titles of panes",
    "equation-number": "the numbers of equations", "table-rule": "the lines of tables",
    "status": "the status row", "prompt": "the prompt", "title": "titles",
    "unread": "titles of unread entries", "count": "the numbers of unread entries",
    "pane-title-focused": "the marker of the pane that has the focus",
    "hint-key": "the keys in the last row",
    "heading1": "headings of the first level", "heading2": "headings of the second level",
    "heading3": "headings of the other levels", "emphasis": "emphasis", "strong": "strong text",
    "deleted": "deleted text", "link-number": "the numbers of links", "link": "links",
    "code-block": "blocks of code", "code": "code in a line", "formula": "formulas",
    "selected": "the marker of the selected row", "star": "stars", "error": "faults",
    "warning": "warnings", "match": "what was found", "match-current": "the match one is at",
    "target": "the target of a jump", "label": "labels of links",
    "math-delimiter": "the dollars of formulas (this and the following with math.tokens)",
    "math-command": "commands of TeX",
    "math-environment": "\\begin and \\end", "math-brace": "braces",
    "math-lone-brace": "braces without a partner", "math-operator": "^, _, & and row ends",
    "math-number": "numbers in formulas", "math-text": "prose in formulas",
    "math-comment": "comments in formulas", "math-reference": "labels and references",
  ]

  /// Takes over the looks of a role; what is wrong with them when they cannot be.
  mutating func setLook(_ text: String, of role: String) -> String? {
    guard !text.isEmpty else {
      looks[role] = nil
      styles[role] = nil
      return nil
    }
    switch Self.style(text) {
    case .success(let style):
      looks[role] = text
      styles[role] = style
      return nil
    case .failure(let fault): return fault.sentence
    }
  }

  /// As it was written; empty when the base decides.
  func look(of role: String) -> String { looks[role] ?? "" }

  /// - Parameters:
  ///   - isDark: what the terminal says of its background; nil when it does not.
  ///   - isRemote: whether bytes are dear.
  ///   - hasColor: whether colours may be used and can be shown.
  func theme(isDark: Bool?, isRemote: Bool, hasColor: Bool) -> Theme {
    var theme: Theme
    switch base {
    case _ where !hasColor: theme = .mono
    case .mono: theme = .mono
    case .dark: theme = .dark
    case .light: theme = .light
    case .auto:
      theme = isDark.map { $0 ? .dark : .light } ?? .standard
    case .default: theme = .standard
    }
    if isRemote { theme = theme.economical }
    for (role, style) in styles {
      var style = style
      if !hasColor {
        style.foreground = .default
        style.background = .default
      }
      theme.setStyle(style, ofRole: role)
    }
    return theme
  }

  // MARK: Notation

  struct Fault: Error {
    var sentence: String
  }

  private static let attributes: [String: Style.Attributes] = [
    "bold": .bold, "dim": .dim, "italic": .italic, "underline": .underline, "reverse": .reverse,
    "none": [],
  ]
  private static let colors: [String: Style.Color] = [
    "default": .default, "black": .indexed(0), "red": .indexed(1), "green": .indexed(2),
    "yellow": .indexed(3), "blue": .indexed(4), "magenta": .indexed(5), "cyan": .indexed(6),
    "white": .indexed(7), "gray": .indexed(8), "grey": .indexed(8),
  ]

  /// `bold #5fafff on default`.
  static func style(_ text: String) -> Result<Style, Fault> {
    var style = Style.plain
    var isBackground = false
    for word in text.split(separator: " ").map({ $0.lowercased() }) {
      if word == "on" {
        isBackground = true
      } else if !isBackground, let attribute = attributes[word] {
        style.attributes.formUnion(attribute)
      } else if let color = color(word) {
        if isBackground { style.background = color } else { style.foreground = color }
      } else {
        return .failure(Fault(sentence: "\"\(word)\" is neither a colour nor an attribute"))
      }
    }
    return .success(style)
  }

  private static func color(_ word: String) -> Style.Color? {
    if let color = colors[word] { return color }
    if word.hasPrefix("color"), let number = UInt8(word.dropFirst(5)) { return .indexed(number) }
    guard word.hasPrefix("#"), word.utf8.count == 7, let value = UInt32(word.dropFirst(), radix: 16)
    else { return nil }
    return .rgb(UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF))
  }
}
