/// A key as the terminal sends it: a base and its modifiers.
///
/// `Shift` is part of the character for printable characters (`G`, not `<S-g>`); it is a modifier
/// for named keys only. `<C-i>` is Tab, `<C-m>` Enter, `<C-[>` Esc, `<C-h>` and byte 7F both
/// Backspace, because terminals send the same byte for them.
public struct Key: Hashable, Sendable {
  public enum Base: Hashable, Sendable {
    /// A printable character. With `control` it is lower case.
    case character(Unicode.Scalar)
    case enter, escape, tab, space, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// 1…12.
    case function(Int)
  }

  public struct Modifiers: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let control = Modifiers(rawValue: 1)
    public static let alt = Modifiers(rawValue: 2)
    public static let shift = Modifiers(rawValue: 4)
  }

  public var base: Base
  public var modifiers: Modifiers

  public init(_ base: Base, _ modifiers: Modifiers = []) {
    self.base = base
    self.modifiers = modifiers
  }
}
