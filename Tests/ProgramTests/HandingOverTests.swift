import Foundation
import Glibc
import Loopback
import Testing

/// What goes out of the running browser: downloads, entries read aloud, HTML and JSON.
@Suite(.serialized) struct HandingOverTests {
  /// A session on one feed, whose settings and downloads lie in a folder of their own.
  private struct Reading {
    let folder: TemporaryFolder
    let session: PtySession

    init(_ items: String, settings: String = "") throws {
      folder = try TemporaryFolder()
      let settings = "[files]\ndownload = \"\(folder.url.path)/neu/下载\"\n" + settings
      _ = try folder.file("config.toml", settings)
      let feed = try folder.file(
        "feed.xml",
        "<rss version=\"2.0\"><channel><title>数学小站</title><link>https://math.example/</link>"
          + items + "</channel></rss>")
      session = try PtySession(
        [feed], environment: ["YUE_HOME": folder.url.path, "YUE_NO_QUERY": "1"])
    }

    func shows(_ text: String) -> Bool {
      session.isTrue {
        var picture = ScreenPicture(rows: 24, columns: 80)
        picture.show(session.output)
        return picture.lines.contains { $0.contains(text) }
      }
    }

    var downloads: [String: Int] {
      let place = folder.url.appending(path: "neu/下载")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
      return Dictionary(
        uniqueKeysWithValues: names.map { name in
          (name, (try? Data(contentsOf: place.appending(path: name)).count) ?? -1)
        })
    }

    func text(_ name: String) -> String? {
      try? String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    }

    func end() {
      session.type("Q")
      #expect(session.exitStatus() == 0)
      #expect(session.errors.isEmpty)
    }
  }

  private static func item(_ title: String, _ rest: String) -> String {
    "<item><title>\(title)</title><guid>\(title)</guid>"
      + "<link>https://math.example/\(title.count)</link>\(rest)</item>"
  }

  @Test func anEnclosureIsSavedUnderANameOfOurOwnMakingAndNothingIsOverwritten() throws {
    let server = try LoopbackServer { request in
      if request.target.hasPrefix("/none") { return .answer(404) }
      if request.target.hasPrefix("/large") {
        return .answer(200, [], Array(repeating: 0x61, count: 70_000))
      }
      return .answer(200, [("Content-Type", "audio/mpeg")], Array(repeating: 0x41, count: 3_000))
    }
    defer { server.stop() }
    let places = [
      "/talk.mp3?token=1", "/x/..%2F..%2F.profile", "/a/%1B%5D2;x%07", "/none.mp3", "/large.bin",
    ]
    let enclosures = places.map { "<enclosure url=\"\(server.url($0))\" type=\"audio/mpeg\"/>" }
    let file = "<enclosure url=\"file:///etc/passwd\" type=\"text/plain\"/>"
    let yue = try Reading(
      Self.item("听", enclosures.joined() + file + "<description>正文</description>"),
      settings: "[refresh]\nmax-body = \"64KiB\"\n")
    #expect(yue.shows("听"))
    for (number, answer) in [
      (1, "Saved talk.mp3, 2 KiB, in '/"), (1, "Saved talk-2.mp3"), (2, "Saved _.._.profile"),
      (3, "Saved ]2;x.mp3"), (4, "(404)"),
      // The limit of feeds is none of recordings.
      (5, "Saved large.bin, 68 KiB"), (6, "this is no address of the web"),
    ] {
      yue.session.type(":download \(number)\r")
      #expect(yue.shows(answer), "enclosure \(number)")
    }
    #expect(
      yue.downloads
        == [
          "talk.mp3": 3_000, "talk-2.mp3": 3_000, "_.._.profile": 3_000, "]2;x.mp3": 3_000,
          "large.bin": 70_000,
        ])
    yue.end()
  }

  @Test func anEntryIsReadAloudUntilItIsAskedForAgain() throws {
    let item = Self.item("夹角", "<description>设$x$与$y$正交。</description>")
    let place = try TemporaryFolder()
    let (spoken, ended) = (place.url.path + "/spoken", place.url.path + "/ended")
    let yue = try Reading(
      item,
      settings:
        "[hooks]\nspeak = \"trap 'echo $YUE_TITLE > \(ended); exit' TERM; cat > \(spoken); sleep 60 & wait\"\n"
    )
    #expect(yue.shows("夹角"))
    yue.session.type(":speak\r")
    #expect(yue.shows("Reading '夹角' aloud; :speak stops it"))
    #expect(
      yue.session.isTrue {
        (try? String(contentsOfFile: spoken, encoding: .utf8))?.hasSuffix("设$x$与$y$正交。\n") ?? false
      })
    // The keys are answered meanwhile.
    yue.session.type("s")
    #expect(yue.shows("★"))
    yue.session.type(":speak\r")
    #expect(yue.shows("Stopped reading aloud"))
    #expect(
      yue.session.isTrue { (try? String(contentsOfFile: ended, encoding: .utf8)) == "夹角\n" })
    yue.end()
  }

  @Test func withoutAProgramThatSpeaksTheRemedyIsNamed() throws {
    let yue = try Reading(Self.item("夹角", "<description>正文</description>"))
    #expect(yue.shows("夹角"))
    yue.session.type(":speak\r")
    #expect(yue.shows("! Nothing reads aloud here: name a program in config.toml, [hooks] speak"))
    yue.session.type(":set hooks.speak exec-nothing-there\r")
    #expect(yue.shows("Now hooks.speak"))
    yue.session.type(":speak\r")
    #expect(yue.shows("(hooks.speak) did not read: there is no such program."))
    yue.end()
  }

  @Test func theReadersOwnProgramCopies() throws {
    let yue = try Reading(
      Self.item("夹角", "<description>正文</description>"),
      settings: "[clipboard]\nmethod = \"command\"\n")
    #expect(yue.shows("夹角"))
    yue.session.type("yy")
    #expect(yue.shows("! Nothing was copied: clipboard.method is \"command\""))
    yue.session.type(":set clipboard.command cat > \(yue.folder.url.path)/copied\r")
    #expect(yue.shows("Now clipboard.command"))
    yue.session.type("yy")
    #expect(yue.shows("given to cat"))
    #expect(yue.session.isTrue { yue.text("copied") == "https://math.example/2" })
    yue.session.type(":set clipboard.method off\ryt")
    #expect(yue.shows("! Nothing was copied: copying is switched off"))
    yue.end()
  }

  @Test func htmlIsWrittenAnewAndJSONIsWhatImportReads() throws {
    let body = """
      <description>&lt;p onclick="evil()"&gt;设$a&amp;lt;b$，见&lt;a href="https://a.example/?x=1&amp;amp;y=2"&gt;\
      论文&lt;/a&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;a href="javascript:alert(2)"&gt;此处&lt;/a&gt;。&lt;/p&gt;</description>
      """
    let yue = try Reading(Self.item("夹角", body))
    #expect(yue.shows("夹角"))
    let page = yue.folder.url.path + "/page.html"
    yue.session.type("|--html cat > \(page)\r")
    #expect(yue.session.isTrue { yue.text("page.html")?.hasSuffix("</html>\n") ?? false })
    let html = try #require(yue.text("page.html"))
    #expect(html.contains("<title>夹角</title>"))
    #expect(html.contains("设$a&lt;b$，见<a href=\"https://a.example/?x=1&amp;y=2\">论文</a>"))
    #expect(!html.contains("script") && !html.contains("evil"))
    yue.session.type(":pipe --json cat > \(yue.folder.url.path)/entry.json\r")
    #expect(yue.session.isTrue { yue.text("entry.json")?.hasSuffix("}\n") ?? false })
    let line = try #require(yue.text("entry.json"))
    #expect(line.contains("\"kind\":\"entry\"") && line.contains("\"title\":\"夹角\""))
    yue.end()
    // With its feed before it, the line comes back as an entry.
    let feed = "{\"schema\":1,\"kind\":\"feed\",\"url\":\"https://a.example/\",\"folders\":[]}\n"
    let runs = try Runs()
    let moved = line.replacing(/"feed":"[^"]*"/, with: "\"feed\":\"https://a.example/\"")
    #expect(try runs("import", "-", input: feed + moved).status == 0)
    #expect(try runs("list", "--plain").text.contains("夹角"))
  }

  @Test func theBrowserImportsWhatWasExportedAndUndoesIt() throws {
    let folder = try TemporaryFolder()
    let export = try folder.file(
      "alles.json",
      """
      {"schema":1,"kind":"feed","url":"https://kexue.example/feed","title":"科学空间","folders":[["数学"]]}
      {"schema":1,"kind":"entry","feed":"https://kexue.example/feed","key":"g:1","title":"层归一化",\
      "content_html":"<p>设$a<b$。</p>","categories":[],"enclosures":[],"read":false,"starred":true,"tags":[]}

      """)
    let session = try PtySession(
      [], environment: ["YUE_HOME": folder.url.path, "YUE_NO_QUERY": "1"])
    func shown() -> [String] {
      var picture = ScreenPicture(rows: 24, columns: 80)
      picture.show(session.output)
      return picture.lines
    }
    func shows(_ text: String) -> Bool {
      session.isTrue { shown().contains { $0.contains(text) } }
    }
    #expect(shows("Your library is empty"))
    session.type(":import \(export)\r")
    #expect(shows("Added 1 feed, 1 entry — u undoes"))
    #expect(shows("科学空间"))
    session.type("u")
    // The folder that was made for it stays.
    #expect(session.isTrue { !shown().contains { $0.contains("科学空间") } })
    #expect(shows("数学"))
    session.type("Q")
    #expect(session.exitStatus() == 0)
  }

  @Test func theManualOpensAgainAndTheDoctorAnswersInsideTheBrowser() throws {
    let folder = try TemporaryFolder()
    let session = try PtySession(
      [], environment: ["YUE_HOME": folder.url.path, "YUE_NO_QUERY": "1"])
    func shows(_ text: String) -> Bool {
      session.isTrue {
        var picture = ScreenPicture(rows: 24, columns: 80)
        picture.show(session.output)
        return picture.lines.contains { $0.contains(text) }
      }
    }
    #expect(shows("Your library is empty"))
    session.type("\r")
    #expect(shows("You are reading an entry of a feed that is built into the program"))
    session.type("u")
    #expect(shows("Nothing to undo"))
    session.type("qq:tutorial\r")
    #expect(shows("2/14"))
    session.type(":doctor\r")
    #expect(shows("Doctor · no fault"))
    #expect(shows("ok library"))
    session.type("q:version\r")
    #expect(shows("Version and licences"))
    #expect(shows("MIT licence"))
    session.type("qQ")
    #expect(session.exitStatus() == 0)
  }
}
