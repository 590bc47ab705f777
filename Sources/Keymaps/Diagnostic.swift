/// Something wrong with a keymap file, with its place.
public struct Diagnostic: Equatable, Sendable {
  /// A warning leaves the file good: it has no effect on what the keys do.
  public var isWarning = false
  /// The name of the file.
  public var file: String
  /// Counted from 1.
  public var line: Int
  /// In characters, counted from 1.
  public var column: Int
  /// How many characters are at fault; 0: the line is not shown below the message.
  public var count: Int
  public var message: String
  /// The line as it stands in the file.
  public var lineText: String

  /// `my.keymap:14:6: unknown command "nxt-unread" (did you mean "next-unread"?)`.
  public var summary: String {
    "\(file):\(line):\(column): \(isWarning ? "warning: " : "")\(message)"
  }

  /// The summary, the line, and carets below what is at fault.
  public var text: String {
    let number = String(line)
    let pad = String(repeating: " ", count: max(0, 5 - number.count))
    let scalars = Array(lineText.unicodeScalars)
    let before = scalars.prefix(column - 1)
    let fault = scalars.dropFirst(column - 1).prefix(max(1, count))
    var carets = ""
    for scalar in before {
      carets += scalar == "\t" ? "\t" : Diagnostic.isWide(scalar) ? "  " : " "
    }
    for scalar in fault { carets += Diagnostic.isWide(scalar) ? "^^" : "^" }
    if fault.isEmpty { carets += "^" }
    // No control character of the file reaches a terminal.
    let shown = String(
      String.UnicodeScalarView(
        scalars.map {
          $0 == "\t" || $0.properties.generalCategory != .control ? $0 : "\u{FFFD}"
        }))
    return """
      \(summary)
      \(pad)\(number) | \(shown)
            | \(carets)
      """
  }

  /// Two columns, roughly: enough to put carets below Chinese descriptions.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
