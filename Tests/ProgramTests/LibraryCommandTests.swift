import Foundation
import Glibc
import Testing

/// The commands that read and change the library, through the real program.
struct LibraryCommandTests {
  private let yue: Runs

  init() throws { yue = try Runs() }

  private static let list = """
    <?xml version="1.0" encoding="UTF-8"?>
    <opml version="2.0"><head><title>我的订阅</title></head><body>
    <outline text="数学"><outline text="几何">
    <outline type="rss" text="科学空间" title="科学空间" xmlUrl="https://kexue.example/feed"\
     htmlUrl="https://kexue.example/"/></outline>
    <outline type="rss" text="Terry &amp; Tao" xmlUrl="https://tao.example/feed?a=1&amp;b=2"/></outline>
    <outline type="rss" text="无夹" xmlUrl="http://plain.example/rss"/>
    </body></opml>
    """

  /// Two entries with marks and a tag, in the form of `yue export json`.
  private static let everything = """
    {"schema":1,"kind":"feed","url":"https://kexue.example/feed","title":"科学空间","folders":[["数学"]]}
    {"schema":1,"kind":"search","name":"公式","query":"has:formula"}
    {"schema":1,"kind":"entry","feed":"https://kexue.example/feed","key":"g:1","id":"1","title":"层归一化",\
    "link":"https://kexue.example/1","published":"2020-01-02T03:04:05Z","content_html":"<p>设$a<b$。</p>",\
    "categories":[],"enclosures":[],"read":true,"starred":false,"tags":["线性代数"]}
    {"schema":1,"kind":"entry","feed":"https://kexue.example/feed","key":"t:x","title":"夹角",\
    "published":"2021-01-02T03:04:05Z","content_html":"<p>\\\\boldsymbol</p>",\
    "categories":[],"enclosures":[],"read":false,"starred":true,"tags":[]}

    """

  private func withEntries() throws {
    let outcome = try yue("import", "-", input: Self.everything)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func whatIsImportedIsExportedAndImportedTheSame() throws {
    let first = try yue("import", yue.folder.file("a.opml", Self.list))
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.lines == ["added 3 · already there 0 · skipped 0"])
    let exported = try yue("export")
    #expect(exported.text.contains("text=\"几何\""))
    let other = yue.folder.url.appending(path: "other").path
    let second = try yue("import", "-", input: exported.text, home: other)
    #expect(second.lines == ["added 3 · already there 0 · skipped 0"])
    func content(_ text: String) -> [String] {
      text.split(separator: "\n").map(String.init).filter { !$0.contains("dateCreated") }
    }
    #expect(try content(yue("export", home: other).text) == content(exported.text))
    #expect(
      try yue("list", "feeds", "--plain", home: other).lines
        == yue("list", "feeds", "--plain").lines)
    let again = try yue("import", "-", input: exported.text)
    #expect(again.lines == ["added 0 · already there 3 · skipped 0"])
  }

  @Test func tagsOfNewsboatAreFoldersAndComeBackAsTags() throws {
    let urls = """
      https://a.example/feed 数学 "pure maths" "~阿"
      https://b.example/feed !
      exec:~/bin/x
      "query:Unread:unread = \\"yes\\""
      """
    let path = try yue.folder.file("urls", urls)
    let outcome = try yue("import", "newsboat", "--urls", path)
    #expect(outcome.status == 2, "one line cannot be taken over")
    #expect(outcome.errors.contains("line 3: exec: is not supported"))
    #expect(outcome.lines == ["added 2 · already there 0 · searches 1 · skipped 1"])
    let exported = try yue("export", "newsboat").text
    let other = yue.folder.url.appending(path: "other").path
    let copy = try yue.folder.file("urls2", exported)
    #expect(try yue("import", "newsboat", "--urls", copy, home: other).status == 0)
    #expect(try yue("export", "newsboat", home: other).text == exported)
    #expect(exported.contains("\"pure maths\"") && exported.contains("~阿"))
  }

  @Test func everythingIsExportedAndReadBack() throws {
    try withEntries()
    let exported = try yue("export", "json")
    let other = yue.folder.url.appending(path: "other").path
    #expect(try yue("import", "-", input: exported.text, home: other).status == 0)
    #expect(try yue("export", "json", home: other).text == exported.text)
    #expect(exported.lines.count == 4)
    #expect(exported.text.contains("线性代数"))
  }

  @Test func anExportOfManyEntriesIsReadBackInParts() throws {
    let entries = (1...1_300).map { number in
      """
      {"schema":1,"kind":"entry","feed":"https://\(number % 2).example/f","key":"g:\(number)",\
      "title":"第 \(number) 篇","read":\(number % 3 == 0)}
      """
    }
    let feeds = (0...1).map {
      "{\"schema\":1,\"kind\":\"feed\",\"url\":\"https://\($0).example/f\",\"folders\":[]}"
    }
    let lines = (feeds + entries + ["这不是一行", entries[0]]).joined(separator: "\n")
    let outcome = try yue("import", "-", input: lines)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("line 1303: this is no line"))
    #expect(outcome.lines == ["added 2 · already there 0 · articles 1301 · skipped 1"])
    let exported = try yue("export", "json")
    #expect(exported.lines.count == 1_302)
    #expect(exported.lines.count { $0.contains("\"read\":true") } == 433)
    let other = yue.folder.url.appending(path: "other").path
    #expect(try yue("import", "-", input: exported.text, home: other).status == 0)
    #expect(try yue("export", "json", home: other).text == exported.text)
  }

  @Test func aDryRunChangesNothing() throws {
    let outcome = try yue("import", "--dry-run", "-", input: Self.list)
    #expect(outcome.lines == ["would be added 3 · already there 0 · skipped 0"])
    #expect(try yue("list", "feeds").lines.isEmpty)
  }

  @Test func whatIsNoListIsStatus65() throws {
    #expect(try yue("import", "-", input: "<rss/>").status == 65)
    #expect(try yue("import", "-", input: "只是文字").status == 65)
    #expect(try yue("import", "-", input: "{\"a\":1}").status == 65)
    #expect(try yue("import", "/nowhere.opml").status == 66)
  }

  @Test func marksArePrintedCountedAndTakenBack() throws {
    try withEntries()
    #expect(try yue("list", "--unread", "--plain").lines.count == 1)
    let id = try #require(
      yue("list", "--unread", "--plain").lines.first?.split(separator: "\t").first.map(String.init))
    #expect(try yue("mark", "read", id, "--dry-run").lines == ["1"])
    let marked = try yue("mark", "read", id)
    #expect(marked.lines == ["1"])
    #expect(marked.errors.contains("yue undo"))
    #expect(try yue("list", "--unread", "--plain").lines.isEmpty)
    #expect(try yue("mark", "read", id).lines == ["0"], "there was nothing to change")
    #expect(try yue("undo").status == 0)
    #expect(try yue("list", "--unread", "--plain").lines.count == 1)
    #expect(try yue("undo", "--redo").status == 0)
    #expect(try yue("list", "--unread", "--plain").lines.isEmpty)
    #expect(try yue("mark", "unread", "--ack", "--query", "夹角").lines == [id])
    #expect(try yue("mark", "read", "999").status == 1)
    #expect(try yue("mark", "raed", id).status == 64)
  }

  @Test func searchFindsTwoCharactersAndTeX() throws {
    try withEntries()
    #expect(try yue("search", "夹角", "--plain").lines.count == 1)
    #expect(try yue("search", "归一", "--json").text.contains("\"title\":\"层归一化\""))
    #expect(try yue("search", "tag:线性代数", "--plain").lines.count == 1)
    let wrong = try yue("search", "titel:x")
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("title"))
  }

  @Test func removedFeedsComeBackWithTheirEntries() throws {
    try withEntries()
    let removed = try yue("remove", "科学空间")
    #expect(removed.status == 0)
    #expect(removed.text.contains("https://kexue.example/feed"))
    #expect(try yue("list").lines.isEmpty)
    #expect(try yue("undo").status == 0)
    #expect(try yue("list").lines.count == 2)
    #expect(try yue("remove", "没有").status == 1)
  }

  @Test func anExportReplacesAFileOnlyWhenAsked() throws {
    let path = try yue.folder.file("old", "alt")
    let refused = try yue("export", "-o", path)
    #expect(refused.status == 73)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "alt")
    #expect(try yue("export", "-o", path, "--force").status == 0)
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("<opml"))
  }

  @Test func optionsOfEveryCommandMayStandBeforeIt() throws {
    let other = yue.folder.url.appending(path: "elsewhere").path
    let before = try yue("--home", other, "paths")
    #expect(before.text.contains("\(other)/yue.db"))
    #expect(try yue("paths", "--home", other).text == before.text)
    let database = try yue("--database=/tmp/x/y.db", "paths", "--json")
    #expect(database.text.contains("\"library\":\"/tmp/x/y.db\""))
  }

  @Test func aMistypedOptionIsToldItsRightName() throws {
    #expect(try yue("lsit", "--unread").errors.contains("Did you mean `yue list`?"))
    #expect(try yue("list", "--unraed").errors.contains("--unread"))
    #expect(try yue("list", "--unraed").status == 64)
  }

  @Test func damagedAndNewerLibrariesAreSaidToBe() throws {
    try withEntries()
    let database = yue.home + "/yue.db"
    let good = try Data(contentsOf: URL(filePath: database))
    var newer = good
    newer.replaceSubrange(60..<64, with: [0, 0, 0x27, 0x0F])
    let folder = try TemporaryFolder()
    try newer.write(to: folder.url.appending(path: "yue.db"))
    let refused = try yue("list", home: folder.url.path)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("newer yue"), "\(refused.errors)")
    #expect(
      try Data(contentsOf: folder.url.appending(path: "yue.db")) == newer, "not a byte is changed")
    let broken = try TemporaryFolder()
    try Data("kein SQLite, sondern etwas anderes, das lang genug ist".utf8).write(
      to: broken.url.appending(path: "yue.db"))
    let damaged = try yue("list", home: broken.url.path)
    #expect(damaged.status == 1)
    #expect(damaged.errors.contains("damaged"), "\(damaged.errors)")
    let nowhere = try yue("list", "--database", "/proc/none/yue.db")
    #expect(nowhere.status == 73)
  }

  @Test func twoCommandsAtOnceBothSucceed() throws {
    try withEntries()
    let processes = try (0..<8).map { number in
      let process = try yue.process(["mark", "tag=t\(number)", "1", "2"])
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      return process
    }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    for number in 0..<8 {
      #expect(try yue("list", "--query", "tag:t\(number)", "--plain").lines.count == 2)
    }
  }

  @Test func everyCommandHasHelpWithExamples() throws {
    let help = try yue("--help").text
    for command in [
      "add", "remove", "list", "search", "mark", "undo", "refresh", "import", "export", "paths",
    ] {
      #expect(help.contains("  \(command) "))
      #expect(try yue(command, "--help").text.contains("Examples:"), "\(command)")
    }
  }
}
