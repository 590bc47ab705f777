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
  /// A signal that ends the program, or the end of input (reported as SIGHUP).
  case terminated(signal: Int32)
}
