import CTerminal

/// Wakes the loop from another thread: an eventfd that lives as long as the program.
public struct WakeUp: Sendable {
  let descriptor: Int32

  /// Nil when the system gives no descriptor.
  public init?() {
    descriptor = yt_event_create()
    guard descriptor >= 0 else { return nil }
  }

  /// Sleeps until somebody wakes.
  public func wait() {
    _ = yt_wait(-1, descriptor, false, -1)
    yt_event_clear(descriptor)
  }

  public func callAsFunction() { yt_wake(descriptor) }
}
