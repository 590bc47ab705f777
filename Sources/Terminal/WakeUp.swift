import CTerminal

/// Wakes the loop from another thread: an eventfd that lives as long as the program.
public struct WakeUp: Sendable {
  let descriptor: Int32

  /// Nil when the system gives no descriptor.
  public init?() {
    descriptor = yt_event_create()
    guard descriptor >= 0 else { return nil }
  }

  public func callAsFunction() { yt_wake(descriptor) }
}
