import CUnicode
import Foundation
import Testing

/// The tables from Unicode are what the generator writes, and small.
@Suite struct GeneratedTablesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let generator = root.appending(path: "Sources/CUnicode/generator/generate.py")

  /// The Unicode Character Database, where there is one: `YUE_UCD`, else `shared/data/ucd` beside a
  /// parent folder.
  private static let database: URL? = {
    if let path = ProcessInfo.processInfo.environment["YUE_UCD"] { return URL(filePath: path) }
    var place = root
    for _ in 0..<4 {
      place = place.deletingLastPathComponent()
      let candidate = place.appending(path: "shared/data/ucd")
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    return nil
  }()

  @Test func theTablesAreWhatTheGeneratorWrites() throws {
    guard let database = Self.database else {
      print("skipped: the Unicode Character Database is not here, the tables were not compared")
      return
    }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", Self.generator.path, "--ucd", database.path, "--check"]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let said = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 127 {
      print("skipped: python3 is not here, the tables were not compared")
      return
    }
    #expect(process.terminationStatus == 0, "\(said)")
  }

  @Test func theTablesTakeNoMoreThan64KB() throws {
    // The sizes stand in the declarations, which the compiler checks against what is in them.
    let source = try String(
      contentsOf: Self.generator.deletingLastPathComponent().appending(path: "../tables.c"),
      encoding: .utf8)
    var bytes = 0
    var tables = 0
    for match in source.matches(of: #/const uint(8|16|32)_t yu_\w+\[(\d+)\](?:\[(\d+)\])? = /#) {
      let bits = try #require(Int(match.1))
      let count = try #require(Int(match.2))
      bytes += bits / 8 * count * (match.3.flatMap { Int($0) } ?? 1)
      tables += 1
    }
    #expect(tables == 4)
    #expect(bytes <= 64 * 1_024)
    #expect(source.contains("// \(bytes) bytes of tables."))
  }
}
