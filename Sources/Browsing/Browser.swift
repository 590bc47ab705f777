public import Cells

/// The whole interface as one value: `receive` changes it, `frame` draws it.
public struct Browser: Sendable {
  public private(set) var size: Size
  public private(set) var isFinished = false
  /// How long until it wants to be told the time; nil: sleep until something happens.
  public var nextTick: Duration? { nil }

  public init(settings: Settings = Settings(), size: Size) {
    self.size = size
  }

  public mutating func start() -> [Effect] { [.loadFeeds] }
  public mutating func receive(_ event: Event) -> [Effect] { [] }
  public func frame() -> Frame { Frame(size: size) }
}
