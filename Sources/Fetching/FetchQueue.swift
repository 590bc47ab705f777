public import Feeds

/// Which feed is asked next: hosts take turns, and none is asked for more than it bears.
public struct FetchQueue: Sendable {
  private var waiting: [String: [FetchTicket]] = [:]
  /// Hosts with waiting feeds, the one whose turn it is first.
  private var turns: [String] = []
  private var running: [String: Int] = [:]
  private let perHost: Int
  public private(set) var count = 0

  /// - Parameters:
  ///   - tickets: in the order in which they are asked, host by host.
  ///   - origin: scheme, host and port of a ticket.
  public init(
    _ tickets: [FetchTicket], perHost: Int = 2, origin: (FetchTicket) -> String
  ) {
    self.perHost = max(1, perHost)
    for ticket in tickets.reversed() {
      let origin = origin(ticket)
      if waiting[origin] == nil { turns.append(origin) }
      waiting[origin, default: []].append(ticket)
    }
    turns.reverse()
    count = tickets.count
  }

  /// Takes the next feed whose host has room, with the host to be given back to `ended`.
  public mutating func next() -> (ticket: FetchTicket, origin: String)? {
    for (place, origin) in turns.enumerated() where running[origin, default: 0] < perHost {
      guard let ticket = waiting[origin]?.popLast() else { continue }
      turns.remove(at: place)
      if waiting[origin]?.isEmpty ?? true { waiting[origin] = nil } else { turns.append(origin) }
      running[origin, default: 0] += 1
      count -= 1
      return (ticket, origin)
    }
    return nil
  }

  /// A request to a host has ended.
  public mutating func ended(_ origin: String) {
    let left = running[origin, default: 1] - 1
    running[origin] = left > 0 ? left : nil
  }

  /// Takes out all that have not been asked.
  public mutating func removeAll() -> [FetchTicket] {
    defer {
      waiting = [:]
      turns = []
      count = 0
    }
    return turns.flatMap { waiting[$0] ?? [] }
  }

  /// Feeds that have not been asked yet.
  public var remaining: [FeedID] { waiting.values.joined().map(\.feed) }
}
