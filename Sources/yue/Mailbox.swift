import Browsing
import Synchronization
import Terminal

/// Where background work leaves its answers for the loop: the one piece of shared mutable state.
final class Mailbox: Sendable {
  private let events = Mutex<[Event]>([])
  private let wakeUp: WakeUp

  init(_ wakeUp: WakeUp) {
    self.wakeUp = wakeUp
  }

  /// Leaves an answer; callable from anywhere.
  func post(_ event: Event) {
    events.withLock { $0.append(event) }
    wakeUp()
  }

  var isNotEmpty: Bool { events.withLock { !$0.isEmpty } }

  /// Takes everything that has come, in order.
  func take() -> [Event] {
    events.withLock { events in
      defer { events.removeAll() }
      return events
    }
  }
}
