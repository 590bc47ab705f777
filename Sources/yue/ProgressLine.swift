import Feeds
import Glibc
import Synchronization

/// A line on a terminal that says how far a refresh is: from half a second on, gone at the end.
final class ProgressLine: Sendable {
  private struct State {
    var isShown = false
    var lastDrawn: ContinuousClock.Instant?
    var isEnded = false
  }

  private let state = Mutex(State())
  private let start = ContinuousClock.now
  private let isTerminal = isatty(STDERR_FILENO) == 1

  /// Draws the line anew, at most ten times a second.
  func show(_ progress: RefreshProgress) {
    guard isTerminal else { return }
    let now = ContinuousClock.now
    state.withLock { state in
      guard !state.isEnded, now - start > .milliseconds(500) else { return }
      if let last = state.lastDrawn, now - last < .milliseconds(100) { return }
      state.lastDrawn = now
      state.isShown = true
      var text = "\r\u{1B}[K\(progress.doneCount)/\(progress.totalCount) feeds"
      if progress.newEntryCount > 0 { text += ", \(progress.newEntryCount) new" }
      if progress.failedCount > 0 { text += ", \(progress.failedCount) failed" }
      StandardError.writeRaw(text)
    }
  }

  /// Erases the line.
  func erase() {
    state.withLock { state in
      if state.isShown { StandardError.writeRaw("\r\u{1B}[K") }
      state.isShown = false
      state.isEnded = true
    }
  }
}
