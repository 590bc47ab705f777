import Feeds
import Synchronization

/// Dates and numbers of a feed that say nothing, collected while its entries are made.
///
/// A class, since entries are made on another core than the feed itself.
final class FieldNotes: Sendable {
  private struct Unread {
    var count = 0
    /// The first of them.
    var example = ""
  }

  private let dates = Mutex(Unread())
  private let numbers = Mutex(Unread())

  func noteDate(_ text: String) { Self.note(text, in: dates) }

  func noteNumber(_ text: String) { Self.note(text, in: numbers) }

  private static func note(_ text: String, in unread: borrowing Mutex<Unread>) {
    guard !text.isEmpty else { return }
    unread.withLock { unread in
      if unread.count == 0 { unread.example = String(text.prefix(40)) }
      unread.count += 1
    }
  }

  /// At most one problem of each kind.
  var problems: [Problem] {
    var problems: [Problem] = []
    func add(_ kind: Problem.Kind, _ what: String, _ unread: borrowing Mutex<Unread>) {
      let (count, example) = unread.withLock { ($0.count, $0.example) }
      guard count > 0 else { return }
      let more = count > 1 ? ", and \(count - 1) more like it" : ""
      problems.append(
        Problem(kind: kind, message: "“\(example)” is no \(what) that can be read\(more)."))
    }
    add(.invalidDate, "date", dates)
    add(.invalidNumber, "number", numbers)
    return problems
  }
}
