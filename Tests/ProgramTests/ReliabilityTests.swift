import Feeds
import Foundation
import Glibc
import Loopback
import Storing
import Synchronization
import Testing

/// The real binary and the library it leaves behind.
///
/// `YUE_FULL_TESTS` asks for a hundred rounds where three are run otherwise.
@Suite(.serialized) struct ReliabilityTests {
  private static let isFull = ProcessInfo.processInfo.environment["YUE_FULL_TESTS"] != nil
  private let folder: TemporaryFolder
  private var library: String { folder.url.appending(path: "home/yue.db").path }

  init() throws { folder = try TemporaryFolder() }

  private func start(
    _ arguments: [String], output: String, input: String? = nil, limit: String? = nil
  ) throws -> Process {
    guard let program = Program.url else { throw SetupError("yue is not built") }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let prefix = limit.map { "\($0); " } ?? ""
    process.arguments = ["-c", prefix + "exec \"$0\" \"$@\"", program.path] + arguments
    process.environment = Program.environment(
      home: folder.url, ["YUE_HOME": folder.url.appending(path: "home").path])
    process.standardInput =
      try input.flatMap { FileHandle(forReadingAtPath: try folder.file(output + ".in", $0)) }
      ?? FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: try folder.file(output, ""))
    process.standardError = FileHandle(forWritingAtPath: try folder.file("stderr", ""))
    try process.run()
    return process
  }

  private func lines(_ name: String) throws -> [Substring] {
    let text = try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    // A line without its end was not printed to its end.
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }

  private var errors: String {
    (try? String(contentsOf: folder.url.appending(path: "stderr"), encoding: .utf8)) ?? ""
  }

  @Test(.timeLimit(.minutes(10)))
  func whatWasAcknowledgedSurvivesBeingKilled() throws {
    var acknowledged: Set<String> = []
    for round in 0..<(Self.isFull ? 100 : 3) {
      let urls = (0..<200).map { "https://r\(round)-\($0).example/feed" }
      let process = try start(["add", "--no-fetch"] + urls, output: "out")
      let wanted = Int.random(in: 1...60)
      while process.isRunning, try lines("out").count < wanted { usleep(500) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      for line in try lines("out") {
        acknowledged.insert(String(line.split(separator: "\t")[1]))
      }
      let store = try Store(path: library)
      let present = Set(try store.feedRows().map(\.url))
      #expect(acknowledged.subtracting(present).isEmpty)
      #expect(try store.check().isEmpty)
      store.close()
    }
    #expect(!acknowledged.isEmpty)
  }

  /// A library of 300 entries in 10 feeds that have two new ones at every request.
  private func marked(_ body: (_ server: LoopbackServer) throws -> Void) throws {
    let requests = Mutex<[String: Int]>([:])
    let server = try LoopbackServer { request in
      let count = requests.withLock { counts in
        counts[request.target, default: 28] += 2
        return counts[request.target] ?? 0
      }
      return .answer(200, [], RefreshTests.feed("源\(request.target)", count))
    }
    defer { server.stop() }
    let urls = (0..<10).map { server.url("/\($0)") }
    let add = try start(["add", "--no-fetch"] + urls, output: "out")
    add.waitUntilExit()
    let refresh = try start(["refresh", "--all"], output: "out")
    refresh.waitUntilExit()
    #expect(refresh.terminationStatus == 0, "\(errors)")
    try body(server)
  }

  @Test(.timeLimit(.minutes(20)))
  func aRefreshAndMarksThatAreKilledLoseNothingThatWasAcknowledged() throws {
    try marked { _ in
      var starred: [Int64: Bool] = [:]
      for round in 0..<(Self.isFull ? 100 : 5) {
        let ids = (1...300).shuffled()
        let change = round % 2 == 0 ? "star" : "unstar"
        let refresh = try start(["refresh", "--all"], output: "refresh")
        let mark = try start(
          ["mark", change, "--ack", "-"], output: "marks",
          input: ids.map { "\($0)\n" }.joined())
        let wanted = Int.random(in: 1...250)
        while mark.isRunning, try lines("marks").count < wanted { usleep(300) }
        for process in Bool.random() ? [refresh, mark] : [mark, refresh] {
          kill(process.processIdentifier, SIGKILL)
        }
        mark.waitUntilExit()
        refresh.waitUntilExit()
        // What was given and not acknowledged may be either.
        for id in ids { starred[Int64(id)] = nil }
        for line in try lines("marks") {
          if let id = Int64(line) { starred[id] = change == "star" }
        }
        #expect(!starred.isEmpty)
        let store = try Store(path: library)
        for (id, isStarred) in starred {
          let entry = try #require(try store.entry(EntryID(id)))
          #expect(entry.status.isStarred == isStarred, "round \(round), entry \(id)")
        }
        #expect(try store.check().isEmpty)
        let count = try store.library(today: LocalMoment.now, at: LocalMoment.now).entryCount
        #expect(count >= 300)
        store.close()
      }
    }
  }

  /// Two browsers, a refresh again and again as cron does it, and marks from the command line.
  @Test(.timeLimit(.minutes(5)))
  func severalProgramsOnOneLibraryDoNotGetInEachOthersWay() throws {
    try marked { _ in
      let place = ["YUE_HOME": folder.url.appending(path: "home").path]
      let browsers = try (0..<2).map { _ in try PtySession([], environment: place) }
      for (number, browser) in browsers.enumerated() {
        #expect(browser.shows("源/9"))
        // Feeds 0 and 1, each its own: the newest entry is the first row.
        browser.type("gg" + String(repeating: "j", count: 2 + number))
      }
      let clock = ContinuousClock()
      let end = clock.now + .seconds(Self.isFull ? 60 : 3)
      var round = 0
      var expected: [Int64: Bool] = [:]
      while clock.now < end || round < 2 {
        let change = round % 2 == 0 ? "star" : "unstar"
        let refresh = try start(["refresh", "--all"], output: "refresh")
        let mark = try start(
          ["mark", change, "--ack", "-"], output: "marks",
          input: (61...160).map { "\($0)\n" }.joined())
        for browser in browsers {
          browser.type("\rsjsjsq")
          browser.drain()
        }
        mark.waitUntilExit()
        refresh.waitUntilExit()
        #expect(mark.terminationStatus == 0 && refresh.terminationStatus == 0, "\(errors)")
        #expect(try lines("marks").count == 100)
        for line in try lines("marks") {
          if let id = Int64(line) { expected[id] = change == "star" }
        }
        round += 1
      }
      for browser in browsers {
        browser.type("\u{1B}qqq")
        #expect(browser.exitStatus() == 0)
        for word in ["another program", "locked", "busy"] {
          #expect(!browser.text.contains(word), "\(word)")
        }
      }
      let store = try Store(path: library)
      for (id, isStarred) in expected {
        #expect(try store.entry(EntryID(id))?.status.isStarred == isStarred, "entry \(id)")
      }
      #expect(try store.check().isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aLibraryThatAnotherProgramHoldsIsWaitedForAndThenNamed() throws {
    let add = try start(["add", "--no-fetch", "https://a.example/"], output: "out")
    add.waitUntilExit()
    let holder = Process()
    holder.executableURL = URL(filePath: "/usr/bin/python3")
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return }
    let (input, output) = (Pipe(), Pipe())
    holder.arguments = [
      "-c",
      """
      import sqlite3, sys
      held = sqlite3.connect(sys.argv[1], isolation_level=None)
      held.execute("BEGIN IMMEDIATE")
      print("held", flush=True)
      sys.stdin.read()
      """, library,
    ]
    holder.standardInput = input
    holder.standardOutput = output
    try holder.run()
    _ = output.fileHandleForReading.availableData
    let second = try start(["add", "--no-fetch", "https://b.example/"], output: "out")
    let list = try start(["list", "feeds"], output: "list")
    list.waitUntilExit()
    #expect(try list.terminationStatus == 0 && lines("list").count == 1, "reading goes on")
    second.waitUntilExit()
    #expect(second.terminationStatus == 75)
    try input.fileHandleForWriting.close()
    holder.waitUntilExit()
    let store = try Store(path: library)
    #expect(try store.feedRows().map(\.url) == ["https://a.example/"])
  }

  /// A home that cannot be written is read; what would change it says so.
  @Test(.timeLimit(.minutes(1)))
  func aReadOnlyHomeIsReadAndNamed() throws {
    let add = try start(["add", "--no-fetch", "https://a.example/"], output: "out")
    add.waitUntilExit()
    let home = folder.url.appending(path: "home").path
    let before = try Data(contentsOf: URL(filePath: library))
    // The administrator may write anywhere, so somebody else looks.
    let isRoot = geteuid() == 0
    if isRoot {
      for place in [folder.url.path, home] { chmod(place, 0o755) }
      for suffix in ["", "-wal", "-shm"] { chmod(library + suffix, 0o644) }
    } else {
      chmod(library, 0o400)
      chmod(home, 0o500)
    }
    defer { chmod(home, 0o700) }
    let other =
      isRoot ? "exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$0\" \"$@\"" : nil
    let list = try start(["list", "feeds"], output: "list", limit: other)
    list.waitUntilExit()
    #expect(list.terminationStatus == 0, "\(errors)")
    #expect(try lines("list").count == 1)
    let second = try start(
      ["add", "--no-fetch", "https://b.example/"], output: "out", limit: other)
    second.waitUntilExit()
    #expect(second.terminationStatus != 0 && second.terminationReason == .exit)
    #expect(errors.contains("can only be read"), "\(errors)")
    #expect(try Data(contentsOf: URL(filePath: library)) == before)
  }

  @Test(.timeLimit(.minutes(1)))
  func aFullDiskIsToldAndWhatWasStoredStays() throws {
    let first = try start(["add", "--no-fetch", "https://a.example/"], output: "out")
    first.waitUntilExit()
    #expect(first.terminationStatus == 0)
    let long = String(repeating: "x", count: 3_000)
    let urls = (0..<400).map { "https://b.example/\($0)/\(long)" }
    // Blocks of 512 bytes: 400 KiB, which such addresses fill.
    let second = try start(["add", "--no-fetch"] + urls, output: "out", limit: "ulimit -f 800")
    second.waitUntilExit()
    #expect(second.terminationReason == .exit && second.terminationStatus == 74)
    #expect(errors.contains("disk is full"))
    let acknowledged = try lines("out").count
    let store = try Store(path: library)
    #expect(try store.feedRows().count == 1 + acknowledged)
    #expect(try store.check().isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func aLibraryThatCannotBeUsedIsNamedAndLeftAsItIs() throws {
    let home = folder.url.appending(path: "home")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    let damaged = Data((0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    try damaged.write(to: URL(filePath: library))
    let process = try start(["add", "--no-fetch", "https://a.example/"], output: "out")
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus != 0)
    #expect(errors.contains("damaged"))
    #expect(try Data(contentsOf: URL(filePath: library)) == damaged)
  }
}

private enum LocalMoment {
  static var now: Timestamp { Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970)) }
}
