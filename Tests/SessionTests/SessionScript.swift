import Browsing
import Cells
import Documents
import Feeds
import Foundation
import Keymaps
import Parsing
import Storing

/// A `*.session` file: a library, keys, and the screens that follow.
///
///     include design                       the lines of design.library
///     size 24x80                           rows × columns
///     time 2026-11-21T10:00:00 +08:00      what the clock says, and the offset
///     glyphs ascii                         or: ambiguous 2
///     smart unread today starred           smart feeds that are shown
///     feed 数学小站 https://math.example/
///       folder 数学/几何
///     entry 2026-11-20T15:10:00 starred #待读 方差从哪里来
///       by 苏木
///       link https://math.example/archives/7180
///       comments 12
///       <p>Any other indented line is HTML of the body.</p>
///     many 500 第N篇                        500 entries an hour apart, the newest first
///     search 夹角 title:夹角                a saved search: name, query
///     fails 数学小站 17 the server did not answer
///     ends 周报
///     waits 周报 2026-11-21T15:32 answered 429
///     answers 数学小站                      it was asked, and all is well
///     web https://new.example/feed 新站     what a subscription finds; entries follow
///     page https://blog.example/            a page; indented: the feeds it offers
///     browser none w3m lynx                 no browser here, but these programs
///     start
///     press jj<Enter>
///     type 拓扑
///     paste https://…
///     resize 20x40
///     wait 300                             milliseconds
///     progress 9/15 failed 1 new 2 running 数学小站
///     more 数学小站                          entries that follow arrive with `arrive`
///     arrive                               something else has changed the library
///     refreshed 15 failed 1 new 2
///     restart                              the program ends and begins again
///     copied $x$                           the newest text on the clipboard; ⏎ for a line end
///     done open https://…                  the newest thing done outside of the library
///     finished
///     screen
///     …rows, until a line that says
///     end
///
/// Lines that begin with `#` are comments. `YUE_RECORD=1` rewrites the screens.
struct SessionScript {
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  let url: URL
  var lines: [String]

  init(_ url: URL) throws {
    self.url = url
    lines = try String(contentsOf: url, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  static var all: [URL] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Sessions")
    let files =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil))
      ?? []
    return files.filter { $0.pathExtension == "session" }.sorted { $0.path < $1.path }
  }

  /// What a session came to.
  struct Outcome {
    var differences: [String] = []
    /// The file with the screens that were seen.
    var recorded = ""
    /// Every command that was performed.
    var performed: Set<Invocation> = []
  }

  /// Plays the file.
  func play() throws -> Outcome {
    var size = Size(rows: 24, columns: 80)
    var settings = Settings()
    settings.smartFeeds = [.unread, .all]
    var library = try FixtureLibrary()
    var uptime = Duration.zero
    var browser: Browser?
    var outcome = Outcome()
    var recorded: [String] = []

    func send(_ event: Event) {
      var events = [event]
      while !events.isEmpty {
        for effect in browser?.receive(events.removeFirst()) ?? [] {
          events += library.answers(to: effect)
        }
      }
    }
    func sendTick() {
      send(.ticked(library.now, offsetSeconds: library.offsetSeconds, uptime: uptime))
    }
    func start(after session: Session? = nil) throws {
      try library.commit()
      library.settings = settings
      var fresh = Browser(settings: settings, size: size)
      fresh.trace = []
      let first = fresh.start()
      browser = fresh
      sendTick()
      if let session { send(.sessionFound(session)) }
      for effect in first { for event in library.answers(to: effect) { send(event) } }
    }
    func end() {
      outcome.performed.formUnion(browser?.trace ?? [])
      browser = nil
    }
    func expect(_ isTrue: Bool, _ line: Int, _ message: @autoclosure () -> String) {
      if !isTrue {
        outcome.differences.append("\(url.lastPathComponent):\(line + 1): \(message())")
      }
    }

    /// Lines of other files that are played before the next one of this.
    var included: [String] = []
    var place = 0
    while place < lines.count || !included.isEmpty {
      let number = place
      let line: String
      if included.isEmpty {
        line = lines[place]
        place += 1
        recorded.append(line)
      } else {
        line = included.removeFirst()
      }
      if line.hasPrefix("  ") {
        library.describe(String(line.dropFirst(2)))
        continue
      }
      let (word, rest) = line.splitOnce()
      switch word {
      case "", "#", "needs": break
      case "include":
        let other = url.deletingLastPathComponent().appendingPathComponent(rest + ".library")
        included = try String(contentsOf: other, encoding: .utf8)
          .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      case "size", "resize":
        let numbers = rest.split(separator: "x").compactMap { Int($0) }
        guard numbers.count == 2 else { throw Fault(description: "size? \(line)") }
        size = Size(rows: numbers[0], columns: numbers[1])
        if browser != nil { send(.resized(size)) }
      case "time":
        let (time, offset) = rest.splitOnce()
        library.offsetSeconds = FixtureLibrary.offset(offset)
        library.now = FixtureLibrary.time(time, offsetSeconds: library.offsetSeconds)
      case "glyphs": settings.glyphs = rest == "ascii" ? .ascii : .unicode
      case "ambiguous": settings.profile = WidthProfile(ambiguousColumns: Int(rest) ?? 1)
      case "smart":
        settings.smartFeeds = rest.split(separator: " ").compactMap {
          Settings.BuiltInSmartFeed(rawValue: String($0))
        }
      case "feed": library.addFeed(rest)
      case "entry": library.addEntry(rest)
      case "many": library.addEntries(rest)
      case "web": library.addWeb(rest)
      case "page": library.addPage(rest)
      case "more": library.continueFeed(rest)
      case "search":
        try library.commit()
        let (name, query) = rest.splitOnce()
        try library.store.save(SmartFeed(name: name, query: query))
      case "fails", "ends", "waits", "answers":
        try library.commit()
        try library.fetched(word, rest)
      case "browser":
        library.programs =
          rest.hasPrefix("none") ? rest.split(separator: " ").dropFirst().map(String.init) : nil
      case "start": try start()
      case "restart":
        end()
        let text = try library.store.sessionValue("browser")
        let session = text.flatMap {
          try? JSONDecoder().decode(Session.self, from: Data($0.utf8))
        }
        try start(after: session)
      case "press":
        guard let keys = Key.sequence(rest) else { throw Fault(description: "keys? \(line)") }
        for key in keys {
          sendTick()
          send(.key(key))
        }
      case "type": for scalar in rest.unicodeScalars { send(.key(Key(.character(scalar)))) }
      case "paste": send(.pasted(rest))
      case "wait":
        uptime += .milliseconds(Int(rest) ?? 0)
        sendTick()
      case "progress": send(.refreshProgressed(try library.progress(rest)))
      case "refreshed": send(.refreshFinished(try library.progress(rest)))
      case "arrive":
        try library.commit()
        send(.libraryChanged)
      case "copied":
        let copied = library.copied?.replacing("\n", with: "⏎") ?? "nothing"
        expect(copied == rest, number, "copied \(copied)")
      case "done": expect(library.done == rest, number, "done: \(library.done)")
      case "finished": expect(browser?.isFinished == true, number, "still running")
      case "screen":
        guard let browser else { throw Fault(description: "screen before start") }
        var expected: [String] = []
        while place < lines.count, lines[place] != "end" {
          expected.append(lines[place])
          place += 1
        }
        place += 1
        let actual = browser.frame().text.split(
          separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        if actual != expected {
          let rows = zip(expected, actual).enumerated().filter { $0.element.0 != $0.element.1 }
          let first = rows.first.map {
            "row \($0.offset):\n  expected |\($0.element.0)|\n  shown    |\($0.element.1)|"
          }
          let counts =
            expected.isEmpty
            ? "no screen is recorded: run with YUE_RECORD=1 and review the file"
            : "\(expected.count) rows expected, \(actual.count) shown"
          expect(false, number, expected.isEmpty ? counts : first ?? counts)
        }
        recorded += actual + ["end"]
      default: throw Fault(description: "unknown line: \(line)")
      }
    }
    end()
    outcome.recorded = recorded.joined(separator: "\n")
    return outcome
  }
}

extension String {
  /// The first word and what follows it.
  func splitOnce() -> (String, String) {
    guard let blank = firstIndex(of: " ") else { return (self, "") }
    return (String(self[..<blank]), String(self[blank...].drop { $0 == " " }))
  }
}
