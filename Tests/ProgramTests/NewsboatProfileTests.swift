import Foundation
import Testing

/// A profile that Debian's newsboat itself has written is taken over with what was read and flagged.
struct NewsboatProfileTests {
  private static let programs = ["/usr/bin/newsboat", "/usr/bin/script", "/usr/bin/python3"]
  private static let areThere = programs.allSatisfy {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static let feed = """
    <rss version="2.0"><channel><title>数学</title><link>http://127.0.0.1/</link>
    <item><title>甲</title><guid>g1</guid><link>http://127.0.0.1/1</link>
    <pubDate>Tue, 24 Nov 2020 08:30:00 GMT</pubDate><description>文</description></item>
    <item><title>乙</title><guid>g2</guid><link>http://127.0.0.1/2</link>
    <pubDate>Mon, 23 Nov 2020 08:30:00 GMT</pubDate><description>文</description></item>
    </channel></rss>
    """

  private let yue: Runs

  init() throws { yue = try Runs() }

  private func process(_ program: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = Program.environment(home: yue.folder.url, ["TERM": "xterm"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return process
  }

  /// Signals that ask are blocked in what is started from a worker thread.
  private static func end(_ server: Process) {
    kill(server.processIdentifier, SIGKILL)
    server.waitUntilExit()
  }

  /// A server of the folder on this machine, and its port.
  private func server() throws -> (Process, port: Int) {
    let server = process(
      Self.programs[2],
      [
        "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", yue.folder.url.path, "0",
      ])
    let pipe = Pipe()
    server.standardOutput = pipe
    try server.run()
    // Serving HTTP on 127.0.0.1 port 41234 (http://127.0.0.1:41234/) ...
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    let words = line.split(separator: " ")
    guard let place = words.firstIndex(of: "port"), place + 1 < words.count,
      let port = Int(words[place + 1])
    else {
      Self.end(server)
      throw SetupError("the server said \(line)")
    }
    return (server, port)
  }

  @Test(.enabled(if: areThere, "newsboat, script or python3 is not installed"))
  func whatWasReadAndFlaggedThereIsSoHere() throws {
    _ = try yue.folder.file("f.xml", Self.feed)
    let (server, port) = try server()
    defer { Self.end(server) }
    let address = "http://127.0.0.1:\(port)/f.xml"
    let urls = try yue.folder.file("urls", "\(address) 几何 \"~我的题\"\n")
    let settings = try yue.folder.file("nb-config", "")
    let cache = yue.folder.url.appending(path: "cache.db").path
    let places = ["-u", urls, "-c", cache, "-C", settings]
    let reload = process(Self.programs[0], places + ["-x", "reload"])
    try reload.run()
    reload.waitUntilExit()
    #expect(reload.terminationStatus == 0)
    // Open the feed and its first article, flag it, and quit.
    let command = (["newsboat"] + places).joined(separator: " ")
    let reading = process(Self.programs[1], ["-qfc", command, "/dev/null"])
    let keys = try yue.folder.file("keys", "\n\n\u{5}s\nqqq")
    reading.standardInput = FileHandle(forReadingAtPath: keys)
    try reading.run()
    reading.waitUntilExit()

    let outcome = try yue("import", "newsboat", "--urls", urls, "--cache", cache)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines == ["added 1 · already there 0 · marks 1 · skipped 0"])
    #expect(try yue("refresh").status == 0)
    func rows() throws -> [String] {
      try yue("list", "--plain").lines.map {
        let fields = $0.split(separator: "\t", omittingEmptySubsequences: false)
        return fields.count > 4 ? "\(fields[4]) \(fields[1]) \(fields[3])" : $0
      }
    }
    #expect(try rows() == ["甲 read,starred 我的题", "乙 unread 我的题"])
    #expect(try yue("list", "feeds", "--plain").text.contains("几何"))
    // With the articles nothing has to be fetched.
    let other = yue.folder.url.appending(path: "other").path
    let whole = try yue(
      "import", "newsboat", "--urls", urls, "--cache", cache, "--articles", home: other)
    #expect(whole.lines == ["added 1 · already there 0 · marks 1 · articles 2 · skipped 0"])
    let kept = try yue("list", "--plain", home: other).text
    #expect(kept.contains("read,starred") && kept.contains("乙"))
  }
}
