import Dispatch

extension Array where Element: Sendable {
  /// Fewer elements are not worth waking another core for.
  private static var fewestForTwoCores: Int { 512 }

  /// Changes every element on its own; those of a long array on all cores.
  mutating func mutateEach(_ change: @Sendable (inout Element) -> Void) {
    guard count >= Self.fewestForTwoCores else {
      for position in indices { change(&self[position]) }
      return
    }
    let parts = 16
    withUnsafeMutableBufferPointer { buffer in
      // Each part touches elements of its own.
      nonisolated(unsafe) let elements = buffer
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        let end = elements.count * (part + 1) / parts
        for position in (elements.count * part / parts)..<end { change(&elements[position]) }
      }
    }
  }
}
