public import Cells

/// What is drawn, as far as its looks are concerned.
///
/// Several roles may hold for one piece of text.
public struct Roles: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  private static func role(_ bit: UInt64) -> Roles { Roles(rawValue: 1 << bit) }

  public static let text: Roles = []
  // Later roles win where colours conflict; attributes add up.
  public static let quote = role(0)
  public static let meta = role(1)
  public static let date = role(2)
  public static let feedName = role(3)
  public static let hint = role(4)
  public static let separator = role(5)
  public static let paneTitle = role(6)
  public static let equationNumber = role(7)
  public static let tableRule = role(8)
  public static let status = role(9)
  public static let prompt = role(10)
  public static let title = role(11)
  public static let unread = role(12)
  public static let count = role(13)
  public static let paneTitleFocused = role(14)
  public static let hintKey = role(15)
  public static let heading1 = role(16)
  public static let heading2 = role(17)
  public static let heading3 = role(18)
  public static let emphasis = role(19)
  public static let strong = role(20)
  public static let deleted = role(21)
  public static let linkNumber = role(22)
  public static let link = role(23)
  public static let codeBlock = role(24)
  public static let code = role(25)
  /// Stands alone: a formula looks the same in a heading, a link or emphasis.
  public static let formula = role(26)
  public static let selected = role(27)
  public static let star = role(28)
  public static let error = role(29)
  public static let warning = role(30)
  public static let match = role(31)
  public static let matchCurrent = role(32)
  public static let target = role(33)
  public static let label = role(34)
  /// A QR code, and a light module of one that is drawn in blanks.
  public static let qrCode = role(35)
  public static let qrLight = role(36)
  // Parts of a formula, with `math.tokens` only.
  public static let mathDelimiter = role(37)
  public static let mathCommand = role(38)
  public static let mathEnvironment = role(39)
  public static let mathBrace = role(40)
  public static let mathLoneBrace = role(41)
  public static let mathOperator = role(42)
  public static let mathNumber = role(43)
  public static let mathText = role(44)
  public static let mathComment = role(45)
  public static let mathReference = role(46)
}

/// Role → style.
public struct Theme: Equatable, Sendable {
  /// In the order in which they are laid over each other.
  var styles: [(role: Roles, style: Style)]

  public static func == (left: Theme, right: Theme) -> Bool {
    left.styles.count == right.styles.count
      && zip(left.styles, right.styles).allSatisfy { $0.role == $1.role && $0.style == $1.style }
  }

  /// The style of text in all these roles.
  public func style(_ roles: Roles) -> Style {
    guard !roles.isEmpty else { return .plain }
    // A formula is one run of one look; only its own parts and what marks a place lie over it.
    var roles = roles
    if roles.contains(.formula) {
      roles.formIntersection(Theme.overFormulas)
      if roles.contains(.mathText) { roles.remove(.formula) }
    }
    var result = Style.plain
    for (role, style) in styles where roles.contains(role) {
      result.attributes.formUnion(style.attributes)
      if style.foreground != .default { result.foreground = style.foreground }
      if style.background != .default { result.background = style.background }
    }
    return result
  }

  private static let formulaParts: Roles = [
    .mathDelimiter, .mathCommand, .mathEnvironment, .mathBrace, .mathLoneBrace, .mathOperator,
    .mathNumber, .mathText, .mathComment, .mathReference,
  ]

  private static let overFormulas = formulaParts.union([
    .formula, .match, .matchCurrent, .target, .label,
  ])

  /// The 16 ANSI colours on the terminal's own foreground and background.
  ///
  /// So light and dark both work. No role but a match and a code for cameras paints a background: a
  /// painted pane cannot be scrolled.
  public static let standard = Theme(styles: [
    (.quote, .plain), (.meta, Style(.dim)), (.date, Style(.dim)), (.feedName, Style(.dim)),
    (.hint, Style(.dim)), (.separator, Style(.dim)), (.paneTitle, Style(.bold)),
    (.equationNumber, Style(.dim)), (.title, Style(.bold)), (.unread, Style(.bold)),
    (.count, Style(.bold)), (.paneTitleFocused, Style(.bold)), (.hintKey, Style(.bold)),
    (.heading1, Style([.bold, .underline])), (.heading2, Style(.bold)),
    (.heading3, Style(.underline)), (.emphasis, Style(.italic)), (.strong, Style(.bold)),
    (.deleted, Style(.dim)), (.linkNumber, Style(.dim)), (.link, Style(foreground: .indexed(4))),
    (.codeBlock, Style(foreground: .indexed(2))), (.code, Style(foreground: .indexed(2))),
    (.formula, Style(foreground: .indexed(6))),
    (.mathDelimiter, Style(.dim)), (.mathCommand, Style(foreground: .indexed(4))),
    (.mathEnvironment, Style(foreground: .indexed(5))), (.mathBrace, Style(.dim)),
    (.mathLoneBrace, Style(foreground: .indexed(1))),
    (.mathOperator, Style(foreground: .indexed(3))), (.mathComment, Style(.dim)),
    (.mathReference, Style(foreground: .indexed(4))),
    (.selected, Style(.bold, foreground: .indexed(6))),
    (.star, Style(foreground: .indexed(3))), (.error, Style(foreground: .indexed(1))),
    (.warning, Style(foreground: .indexed(3))),
    (.match, Style(foreground: .indexed(0), background: .indexed(3))),
    (.matchCurrent, Style(.underline, foreground: .indexed(0), background: .indexed(3))),
    (.target, Style(.reverse)), (.label, Style([.reverse, .bold])),
    (.qrCode, Style(foreground: .indexed(15), background: .indexed(0))),
    (.qrLight, Style(foreground: .indexed(0), background: .indexed(15))),
  ])

  /// The theme with what costs bytes on every row left out, for slow lines.
  ///
  /// A run of colour costs up to 13 bytes: a sixth of a page of Chinese with formulas. What is
  /// left out is said by characters, too: links have numbers, unread entries a dot, code its
  /// indentation.
  public var economical: Theme {
    let plain: Roles = [
      .formula, .code, .codeBlock, .link, .linkNumber, .equationNumber, .meta, .date, .feedName,
      .unread, .count, .star, .hint, .hintKey, .separator,
      .paneTitle, .paneTitleFocused,
    ]
    return Theme(
      styles: styles.map {
        plain.union(Theme.formulaParts).contains($0.role) ? ($0.role, Style.plain) : $0
      })
  }

  /// The standard theme on a slow line.
  public static let economy = standard.economical

  /// Of 256 colours, for a dark background.
  public static let dark = standard.colored([
    (.link, 111), (.code, 150), (.codeBlock, 150), (.formula, 116), (.mathCommand, 147),
    (.mathEnvironment, 176), (.mathOperator, 180), (.mathLoneBrace, 203), (.mathReference, 111),
    (.selected, 81), (.star, 221),
    (.error, 203), (.warning, 215), (.quote, 250), (.heading1, 223), (.heading2, 223),
  ])

  /// Of 256 colours, for a light background.
  public static let light = standard.colored([
    (.link, 25), (.code, 22), (.codeBlock, 22), (.formula, 24), (.mathCommand, 55),
    (.mathEnvironment, 90), (.mathOperator, 130), (.mathLoneBrace, 124), (.mathReference, 25),
    (.selected, 31), (.star, 130),
    (.error, 124), (.warning, 130), (.quote, 240), (.heading1, 88), (.heading2, 88),
  ])

  private func colored(_ colors: [(role: Roles, number: UInt8)]) -> Theme {
    Theme(
      styles: styles.map { item in
        guard let color = colors.first(where: { $0.role == item.role }) else { return item }
        var style = item.style
        style.foreground = .indexed(color.number)
        return (item.role, style)
      })
  }

  /// Attributes only, for `NO_COLOR` and terminals without colours.
  public static let mono = Theme(styles: [
    (.meta, Style(.dim)), (.date, Style(.dim)), (.feedName, Style(.dim)), (.hint, Style(.dim)),
    (.separator, Style(.dim)), (.paneTitle, Style(.bold)), (.equationNumber, Style(.dim)),
    (.title, Style(.bold)), (.unread, Style(.bold)), (.count, Style(.bold)),
    (.paneTitleFocused, Style(.bold)), (.hintKey, Style(.bold)),
    (.heading1, Style([.bold, .underline])), (.heading2, Style(.bold)),
    (.heading3, Style(.underline)), (.emphasis, Style(.italic)), (.strong, Style(.bold)),
    (.deleted, Style(.dim)), (.link, Style(.underline)), (.linkNumber, Style(.dim)),
    (.selected, Style(.bold)), (.error, Style(.bold)), (.match, Style(.reverse)),
    (.matchCurrent, Style([.reverse, .underline])), (.target, Style(.reverse)),
    (.label, Style([.reverse, .bold])), (.qrLight, Style(.reverse)),
  ])
}

extension Theme {
  /// The roles by the names that settings use.
  public static let roleNames: [(name: String, role: Roles)] = [
    ("quote", .quote), ("meta", .meta), ("date", .date), ("feed-name", .feedName), ("hint", .hint),
    ("separator", .separator), ("pane-title", .paneTitle), ("equation-number", .equationNumber),
    ("table-rule", .tableRule), ("status", .status), ("prompt", .prompt), ("title", .title),
    ("unread", .unread), ("count", .count), ("pane-title-focused", .paneTitleFocused),
    ("hint-key", .hintKey), ("heading1", .heading1), ("heading2", .heading2),
    ("heading3", .heading3), ("emphasis", .emphasis), ("strong", .strong), ("deleted", .deleted),
    ("link-number", .linkNumber), ("link", .link), ("code-block", .codeBlock), ("code", .code),
    ("formula", .formula), ("selected", .selected), ("star", .star), ("error", .error),
    ("warning", .warning), ("match", .match), ("match-current", .matchCurrent),
    ("target", .target), ("label", .label), ("qr-code", .qrCode), ("qr-light", .qrLight),
    ("math-delimiter", .mathDelimiter),
    ("math-command", .mathCommand),
    ("math-environment", .mathEnvironment),
    ("math-brace", .mathBrace),
    ("math-lone-brace", .mathLoneBrace),
    ("math-operator", .mathOperator),
    ("math-number", .mathNumber),
    ("math-text", .mathText),
    ("math-comment", .mathComment),
    ("math-reference", .mathReference),
  ]

  /// Gives the role of a name another look; false when there is no such role.
  @discardableResult
  public mutating func setStyle(_ style: Style, ofRole name: String) -> Bool {
    guard let role = Theme.roleNames.first(where: { $0.name == name })?.role else { return false }
    if let place = styles.firstIndex(where: { $0.role == role }) {
      styles[place].style = style
    } else {
      styles.append((role, style))
    }
    return true
  }
}
