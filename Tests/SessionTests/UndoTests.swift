import Browsing
import Cells
import Feeds
import Foundation
import Keymaps
import Storing
import Testing

/// Every command that loses something, in the browser with a library on the disk: `u` brings it
/// back, also after the program has ended.
@Suite struct UndoTests {
  /// A browser on a library in a file, which ends and begins again.
  private final class Program {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("yue-undo-\(UUID().uuidString)")
    private var library: FixtureLibrary
    private var browser: Browser

    private var path: String { folder.appendingPathComponent("yue.db").path }

    init() throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      library = FixtureLibrary(try Store(path: folder.appendingPathComponent("yue.db").path))
      browser = Browser(size: Size(rows: 24, columns: 80))
      library.addFeed("数学小站 https://math.example/")
      library.describe("folder 数学")
      library.addEntry("2026-11-20T15:10:00 starred #待读 方差从哪里来")
      library.addEntry("2026-11-14T09:00:00 当 $a<b$ 时会发生什么")
      library.addEntry("2026-10-30T09:00:00 read 矩阵的“夹角”")
      library.addFeed("天文日历 https://sky.example/")
      library.addEntry("2026-11-21T15:10:00 今晚的月全食")
      library.addWeb("https://new.example/feed 新站")
      try library.commit()
      try library.store.save(SmartFeed(name: "夹角", query: "title:夹角"))
      start()
    }

    deinit {
      library.store.close()
      try? FileManager.default.removeItem(at: folder)
    }

    private func start() {
      var settings = Settings()
      settings.smartFeeds = [.all]
      browser = Browser(settings: settings, size: Size(rows: 24, columns: 80))
      let first = browser.start()
      send(.ticked(library.now, offsetSeconds: library.offsetSeconds, uptime: .zero))
      for effect in first { for event in library.answers(to: effect) { send(event) } }
    }

    func restart() throws {
      send(.terminated(signal: 15))
      library.store.close()
      library = FixtureLibrary(try Store(path: path))
      start()
    }

    private func send(_ event: Event) {
      var events = [event]
      while !events.isEmpty {
        for effect in browser.receive(events.removeFirst()) {
          events += library.answers(to: effect)
        }
      }
    }

    /// Keys, and in «» a text that is typed.
    func press(_ keys: String) {
      for part in keys.split(separator: "»") {
        let pieces = part.split(separator: "«", omittingEmptySubsequences: false)
        for key in Key.sequence(String(pieces[0])) ?? [] { send(.key(key)) }
        for text in pieces.dropFirst() {
          for scalar in text.unicodeScalars { send(.key(Key(.character(scalar)))) }
        }
      }
    }

    var screen: String { browser.frame().text }

    /// Everything the reader could have lost, in words.
    func contents() throws -> [String] {
      let store = library.store
      let now = library.now
      let shown = try store.library(today: now, at: now)
      var lines = shown.feeds.map {
        "\($0.title) \($0.url) \($0.folder) \($0.intervalSeconds ?? 0)"
      }
      lines += shown.folders.map { "folder \($0)" }
      lines += shown.smartFeeds.map { "\($0.smartFeed)" }
      for row in try store.entries(EntryQuery(scope: .all), at: now).entries {
        lines.append("\(row.title ?? "") \(row.status) \(row.tags)")
      }
      return lines
    }
  }

  @Test(arguments: [
    // The list of a feed: 数学小站 is the fourth row.
    ("mark one read", "4G<Enter>m"), ("star", "4G<Enter>js"), ("unstar", "4G<Enter>s"),
    ("tag", "4G<Enter>t«+几何 -待读»<Enter>"), ("all read", "4G<Enter>Ma"),
    ("all unread", "4G<Enter>Mu"), ("above read", "4G<Enter>jMk"),
    ("below read", "4G<Enter>jMj"), ("several read", "4G<Enter>vvm"),
    ("feed read", "4GMf"), ("folder read", "3GMf"),
    ("library read", ":«mark read library»<Enter>"),
    ("older read", "ga:«mark read older 5d»<Enter>"),
    ("found unread", "ga:«mark unread matching 夹角»<Enter>"), ("delete", "4G<Enter>dd"),
    ("delete several", "4G<Enter>3dd"), ("delete the open entry", "4G<Enter><Enter>dd"),
    ("subscribe", "a«https://new.example/feed»<Enter>"), ("unsubscribe", "4GEd"),
    ("remove a folder", "3GEd"), ("remove a search", "2GEd"),
    ("rename", "4GEr<C-u>«数学大站»<Enter>"), ("rename a folder", "3GEr<C-u>«几何»<Enter>"),
    ("address", "4GEu<C-u>«https://moved.example/feed»<Enter>"),
    ("move", "4GEm«天文»<Enter>"), ("new folder", "En«稍后»<Enter>"),
    ("interval", "4GEi<C-u>«2h»<Enter>"),
    ("save a search", "g/«月全食»<Enter>:«save-search 月»<Enter>"),
  ])
  func isUndoneAfterARestartAndDoneAgain(_ name: String, _ keys: String) throws {
    let program = try Program()
    let before = try program.contents()
    program.press(keys)
    let after = try program.contents()
    #expect(before != after, "\(name) changed nothing: \(program.screen)")
    try program.restart()
    #expect(try program.contents() == after, "\(name) was lost with the program")
    program.press("u")
    #expect(program.screen.contains("Undone: "), "\(program.screen)")
    // What opening an entry marks is no step, and stays.
    let undone = try program.contents()
    if name == "delete the open entry" {
      #expect(undone.count == before.count)
    } else {
      #expect(undone.sorted() == before.sorted(), "\(name)")
    }
    try program.restart()
    program.press("<C-r>")
    #expect(try program.contents().sorted() == after.sorted(), "\(name)")
  }
}
