import Cells

/// The characters the interface itself draws, in two sets.
struct Furniture: Equatable, Sendable {
  var isASCII: Bool

  /// Half of the Unicode set is East Asian ambiguous, so a terminal that draws those in two columns
  /// gets the ASCII forms.
  init(_ settings: Settings) {
    isASCII = settings.glyphs == .ascii || settings.profile.ambiguousColumns == 2
  }

  /// The selected row, in the pane that has the focus.
  var marker: String { isASCII ? ">" : "▌" }
  /// The selected row of another pane.
  var otherMarker: String { isASCII ? "-" : "▏" }
  var separator: String { isASCII ? "|" : "│" }
  var unread: String { isASCII ? "N" : "●" }
  var star: String { isASCII ? "*" : "★" }
  var open: String { isASCII ? "v" : "▾" }
  var closed: String { isASCII ? "+" : "▸" }
  var check: String { isASCII ? "x" : "✓" }
  var progress: String { isASCII ? "@" : "↻" }
  var ellipsis: String { isASCII ? "~" : "…" }
  /// At the edges of a block that is panned: it goes on there.
  var moreLeft: String { isASCII ? "<" : "‹" }
  var moreRight: String { isASCII ? ">" : "›" }
  /// Between facts: `feed · author`.
  var dot: String { isASCII ? " | " : " · " }
  /// Between the levels of a breadcrumb.
  var crumb: String { isASCII ? " > " : " › " }
  var rule: String { isASCII ? "-" : "─" }
  var dash: String { isASCII ? "-" : "—" }
  func quoted(_ text: String) -> String { isASCII ? "\"\(text)\"" : "«\(text)»" }
}
