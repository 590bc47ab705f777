import Browsing
import CMemory

/// Memory that has been used and is not needed any more.
///
/// The start and a refresh run through much code that nothing else needs, and its pages would stay
/// with the program: three quarters of its size.
struct SpareMemory {
  private var isThere = false
  private var hasStarted = false

  /// Notices what leaves such memory behind.
  mutating func notice(_ event: Event) {
    switch event {
    case .libraryLoaded where !hasStarted: (hasStarted, isThere) = (true, true)
    case .refreshFinished: isThere = true
    default: break
    }
  }

  /// Gives it back to the system; for when there is nothing else to do.
  mutating func giveBack() {
    guard isThere else { return }
    isThere = false
    ym_give_back()
  }
}
