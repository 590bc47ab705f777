/// What the terminal at hand is believed to do with characters whose width is disputed.
///
/// One value used by layout, by `CellText` and, through `CUnicode`, by ncurses' own `wcwidth`, so
/// that the three cannot disagree.
public struct WidthProfile: Hashable, Sendable {
  public enum EmojiPolicy: Hashable, Sendable {
    /// Only what all terminals agree on is drawn, the rest is replaced by stand-ins.
    case safe
    /// Cluster widths as kitty counts them; for output that does not go through ncurses.
    case cluster
  }

  /// The columns of East Asian ambiguous characters (UAX #11), 1 or 2.
  public var ambiguousColumns: Int
  public var emoji: EmojiPolicy
  /// The newest Unicode version that is drawn as it is, 14…17.
  public var newestUnicode: Int

  public init(ambiguousColumns: Int = 1, emoji: EmojiPolicy = .safe, newestUnicode: Int = 17) {
    self.ambiguousColumns = ambiguousColumns == 2 ? 2 : 1
    self.emoji = emoji
    self.newestUnicode = newestUnicode
  }
}
