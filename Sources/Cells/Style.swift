/// How a cell looks: colours and attributes.
///
/// A style never carries a size or a position.
public struct Style: Hashable, Sendable {
  public enum Color: Hashable, Sendable {
    /// The terminal's own colour.
    case `default`
    /// 0…255; 0…15 are the terminal's ANSI colours.
    case indexed(UInt8)
    /// Used when the terminal has direct colour, else the nearest of the 256.
    case rgb(UInt8, UInt8, UInt8)
  }

  public struct Attributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let bold = Attributes(rawValue: 1)
    public static let dim = Attributes(rawValue: 2)
    public static let italic = Attributes(rawValue: 4)
    public static let underline = Attributes(rawValue: 8)
    public static let reverse = Attributes(rawValue: 16)
  }

  public var foreground: Color
  public var background: Color
  public var attributes: Attributes

  public init(
    _ attributes: Attributes = [], foreground: Color = .default, background: Color = .default
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  public static let plain = Style()
}
