/// The types a terminal is tried as.
enum TerminalType {
  /// The type itself, then what modern terminals whose description is missing are alike.
  ///
  /// Debian's ncurses packages miss kitty, ghostty, foot, wezterm, rio and contour.
  static func candidates(for type: String) -> [String] {
    if type == "dumb" { return [type] }
    let modern = ["ghostty", "foot", "wezterm", "rio", "contour", "alacritty", "kitty"]
    if type.isEmpty { return ["vt100"] }
    if type.hasPrefix("xterm-")
      || modern.contains(where: { type == $0 || type.hasPrefix($0 + "-") })
    {
      return [type, "xterm-256color", "xterm", "vt100"]
    }
    return [type, "vt100"]
  }
}
