import Dispatch
import Feeds
import Foundation
import Synchronization
import Testing

@testable import Storing

/// Several programs and one library: connections of their own, as programs have.
@Suite struct SharingTests {
  @Test(.timeLimit(.minutes(2)))
  func programsThatWriteAtTheSameTimeLoseNothing() throws {
    let path = FileTests.path()
    defer {
      try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }
    let rounds = ProcessInfo.processInfo.environment["YUE_FULL_TESTS"] == nil ? 30 : 1_000
    let fixture = Fixture(store: try Store(path: path))
    let feed = try fixture.feed("https://a.example/")
    try fixture.save((1...60).map { Fixture.entry("\($0)", "\($0)", day: 1) }, to: feed)
    let faults = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 3) { program in
      do {
        let own = Fixture(store: try Store(path: path))
        for round in 0..<rounds {
          switch program {
          // Two readers mark, each its own half; the third program refreshes.
          case 0: try own.store.set(.read, of: [EntryID(Int64(1 + round % 30))], at: Fixture.now)
          case 1:
            try own.store.set(.starred, of: [EntryID(Int64(31 + round % 30))], at: Fixture.now)
          default:
            try own.save([Fixture.entry("n\(round)", "新\(round)", day: 2)], to: feed)
          }
          _ = try own.store.entries(EntryQuery(scope: .all), limit: 10, at: Fixture.now)
        }
        own.store.close()
      } catch {
        faults.withLock { $0.append("\(program): \(error)") }
      }
    }
    #expect(faults.withLock { $0 } == [])
    let row = try fixture.store.feedRows()[0]
    #expect(row.starredCount == 30)
    #expect(row.entryCount == 60 + rounds && row.unreadCount == 30 + rounds)
    #expect(try fixture.store.check().isEmpty)
  }
}

/// A real library of any size, for measuring: `YUE_TEST_LIBRARY` names it.
@Suite struct ScaleTests {
  static let path = ProcessInfo.processInfo.environment["YUE_TEST_LIBRARY"]

  @Test(.enabled(if: path != nil))
  func listsAndSearchesOfALargeLibraryAreQuick() throws {
    let store = try Store(path: try #require(Self.path))
    let now = Fixture.now
    func measure(_ name: String, _ body: () throws -> Int) rethrows {
      var times: [Double] = []
      var count = 0
      for _ in 0..<7 {
        let start = DispatchTime.now().uptimeNanoseconds
        count = try body()
        times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
      }
      times.sort()
      print("\(name): \(count) rows, median \(times[3]) ms, fastest \(times[0]) ms")
    }
    try measure("library") { try store.library(today: now, at: now).feeds.count }
    for (name, query) in [
      ("all", EntryQuery(scope: .all)), ("unread", EntryQuery(scope: .all, filter: .unread)),
      ("starred", EntryQuery(scope: .all, filter: .starred)),
      ("feed", EntryQuery(scope: .feed(FeedID(7)))), ("folder", EntryQuery(scope: .folder(["夹3"]))),
      ("two characters", EntryQuery(scope: .search("数学"))),
      ("two rare characters", EntryQuery(scope: .search("霍奇"))),
      ("phrase", EntryQuery(scope: .search("\"拓扑几何\""))),
      ("\\boldsymbol", EntryQuery(scope: .search("\\boldsymbol"))),
      ("has:formula is:unread", EntryQuery(scope: .search("has:formula is:unread"))),
    ] {
      try measure(name) { try store.entries(query, limit: 50, at: now).entries.count }
    }
    try measure("all, last page") {
      try store.entries(EntryQuery(scope: .all), .last, limit: 50, at: now).entries.count
    }
  }
}
