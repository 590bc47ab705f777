import Browsing
import CMemory

/// Memory that has been used and is not needed any more.
///
/// The start and the beginning of a refresh run through much code that nothing else needs, and its
/// pages would stay with the program: three quarters of its size.
struct SpareMemory {
  private var hasStarted = false
  /// When it is to be given back.
  private var time: ContinuousClock.Instant?

  /// How long until then; nil when there is none.
  var delay: Duration? { time.map { $0 - .now } }

  /// Notices what leaves such memory behind.
  mutating func notice(_ event: Event) {
    switch event {
    case .libraryLoaded where !hasStarted: (hasStarted, time) = (true, .now)
    case .refreshProgressed where time == nil: time = .now + .seconds(1)
    case .refreshFinished: time = .now
    default: break
    }
  }

  /// Gives it back to the system when it is time; for when there is nothing else to do.
  mutating func giveBack() {
    guard let time, time <= .now else { return }
    self.time = nil
    ym_give_back()
  }
}
