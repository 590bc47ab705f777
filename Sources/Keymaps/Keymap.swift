/// Which keys mean which commands, in which context.
public struct Keymap: Sendable {
  public static let builtIn = Keymap()
  public init() {}
}
