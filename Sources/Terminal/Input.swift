public import Cells
public import Keymaps

/// What can come in from the terminal.
public enum Input: Equatable, Sendable {
  case key(Key)
  /// Text between the marks of a bracketed paste, controls left out.
  case pasted(String)
  case resized(Size)
  /// Back from a suspension.
  case resumed
  /// The terminal has said how many columns it gives ambiguous characters, other than believed so
  /// far: everything has to be laid out anew.
  case measured(ambiguousColumns: Int)
  /// The terminal has said whether its background is dark (`Screen.isDark`).
  case foundBackground
  /// SIGUSR1: the settings are to be read again.
  case reloadRequested
  /// A signal that ends the program, or the end of input (reported as SIGHUP).
  case terminated(signal: Int32)
}
