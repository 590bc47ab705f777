import Foundation

/// A run of the program without a terminal, in a home of its own.
struct Runs {
  struct Outcome {
    var status: Int32
    var output: Data
    var errors: String
    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
  }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The library and all else of these runs.
  var home: String { folder.url.appending(path: "home").path }

  func callAsFunction(
    _ arguments: String..., input: String = "", home: String? = nil
  ) throws -> Outcome {
    let process = try process(arguments, home: home)
    // Files, not pipes: no output is too long for them.
    let name = UUID().uuidString
    process.standardInput = FileHandle(forReadingAtPath: try folder.file("\(name).in", input))
    let output = try folder.file("\(name).out", "")
    let errors = try folder.file("\(name).err", "")
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    let status = process.terminationStatus
    return Outcome(
      status: process.terminationReason == .exit ? status : 128 + status,
      output: try Data(contentsOf: URL(filePath: output)),
      errors: try String(contentsOf: URL(filePath: errors), encoding: .utf8))
  }

  /// A run that is not started yet.
  func process(_ arguments: [String], home: String? = nil) throws -> Process {
    let process = Process()
    guard let program = Program.url else { throw SetupError("yue is not built") }
    process.executableURL = program
    process.arguments = arguments
    process.environment = Program.environment(
      home: folder.url, ["YUE_HOME": home ?? self.home, "YUE_TEST_NO_FSYNC": "1"])
    return process
  }
}
