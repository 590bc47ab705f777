import Dispatch
import Feeds

/// Makes entries of their elements, on another core while the rest of a large document is read.
///
/// One thread calls `add` and at last `finish`.
final class EntryMaker: @unchecked Sendable {
  /// Elements that nothing else holds any more, so that another thread may have them.
  private struct Batch: @unchecked Sendable {
    var elements: [XMLElement] = []
  }

  private let builder: FeedBuilder
  private let queue = DispatchQueue(label: "yue.entries")
  /// Of the thread that reads.
  private var waiting = Batch()
  private(set) var entryCount = 0
  /// Of the queue.
  private var entries: [ParsedEntry] = []

  private static let batchCount = 128

  init(_ builder: FeedBuilder) {
    self.builder = builder
  }

  func add(_ element: XMLElement) {
    entryCount += 1
    waiting.elements.append(element)
    guard waiting.elements.count == Self.batchCount else { return }
    let batch = waiting
    waiting = Batch()
    waiting.elements.reserveCapacity(Self.batchCount)
    queue.async { self.make(batch) }
  }

  /// The entries in the order they were added in; they are handed over once.
  func finish() -> [ParsedEntry] {
    queue.sync {
      make(waiting)
      waiting = Batch()
      let made = entries
      entries = []
      return made
    }
  }

  private func make(_ batch: Batch) {
    for element in batch.elements {
      entries.append(
        element.name == "entry"
          ? AtomParser.entry(element, builder) : RSSParser.entry(element, builder))
    }
  }
}
