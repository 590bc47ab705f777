import Feeds
import Foundation
import Glibc
import Storing
import Testing

/// The real binary and the library it leaves behind.
///
/// `YUE_FULL_TESTS` asks for a hundred rounds where three are run otherwise.
@Suite(.serialized) struct ReliabilityTests {
  private static let isFull = ProcessInfo.processInfo.environment["YUE_FULL_TESTS"] != nil
  private let folder: TemporaryFolder
  private var library: String { folder.url.appending(path: "home/yue.db").path }

  init() throws { folder = try TemporaryFolder() }

  private func start(_ arguments: [String], output: String, limit: String? = nil) throws -> Process
  {
    guard let program = Program.url else { throw SetupError("yue is not built") }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let prefix = limit.map { "\($0); " } ?? ""
    process.arguments = ["-c", prefix + "exec \"$0\" \"$@\"", program.path] + arguments
    process.environment = Program.environment(
      home: folder.url, ["YUE_HOME": folder.url.appending(path: "home").path])
    process.standardInput = FileHandle.nullDevice
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
