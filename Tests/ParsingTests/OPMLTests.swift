import Feeds
import Foundation
import Testing

@testable import Parsing

/// Lists of subscriptions: what is read from OPML and what is written.
struct OPMLTests {
  private static func read(_ text: String, allowsFiles: Bool = false) throws -> Subscriptions {
    try OPML.read(Array(text.utf8), allowsFiles: allowsFiles)
  }

  /// One line per item, indented by folder: `url | shown title`, folders with a slash.
  private static func picture(_ list: Subscriptions) -> [String] {
    func lines(_ items: [Subscriptions.Item], _ indent: String) -> [String] {
      items.flatMap { item -> [String] in
        switch item {
        case .feed(let feed): [indent + "\(feed.url) | \(feed.shownTitle)"]
        case .folder(let folder):
          [indent + folder.name + "/"] + lines(folder.items, indent + "  ")
        }
      }
    }
    return lines(list.items, "")
  }

  private static func reasons(_ list: Subscriptions) -> [String] {
    list.refusals.map { "line \($0.line): \($0.reason)" }
  }

  @Test func foldersFeedsAndTitlesAreReadInTheirOrder() throws {
    let list = try Self.read(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <opml version="1.0"><head><title>订阅</title></head>
      <body>
        <outline text="数学">
          <outline text="科学空间" title="科学空间|Scientific Spaces" type="rss"
            xmlUrl="https://kexue.fm/feed" htmlUrl="https://kexue.fm/" description="苏剑林"/>
          <outline TEXT="几何" ><outline text="a" XMLURL="https://example.org/a?x=1&amp;y=2"/></outline>
        </outline>
        <outline title="无字" type="atom" xmlUrl="https://example.org/b?x=1&y=2"/>
        <outline xmlUrl="https://example.org/c"/>
      </body></opml>
      """)
    #expect(
      Self.picture(list) == [
        "数学/", "  https://kexue.fm/feed | 科学空间", "  几何/",
        "    https://example.org/a?x=1&y=2 | a", "https://example.org/b?x=1&y=2 | 无字",
        "https://example.org/c | https://example.org/c",
      ])
    let feed = try #require(list.placements.first?.feed)
    #expect(feed.title == "科学空间|Scientific Spaces")
    #expect(feed.customTitle == "科学空间")
    #expect(feed.link == "https://kexue.fm/")
    #expect(feed.description == "苏剑林")
    #expect(list.refusals.isEmpty)
  }

  @Test func aCategoryWithSlashesAddsFolders() throws {
    let list = try Self.read(
      """
      <opml version="2.0"><body>
      <outline text="x" xmlUrl="https://example.org/x" category="/数学/代数,/待读,标签"/>
      <outline text="代数"><outline text="y" xmlUrl="https://example.org/y" category="/待读"/></outline>
      </body></opml>
      """)
    #expect(
      Self.picture(list) == [
        "数学/", "  代数/", "    https://example.org/x | x", "待读/", "  https://example.org/x | x",
        "  https://example.org/y | y", "代数/", "  https://example.org/y | y",
      ])
    #expect(
      list.placements == [
        Placement(
          feed: Subscription(url: "https://example.org/x", title: "x"),
          folders: [["数学", "代数"], ["待读"]]),
        Placement(
          feed: Subscription(url: "https://example.org/y", title: "y"),
          folders: [["待读"], ["代数"]]),
      ])
  }

  @Test func whatCannotBeSubscribedToIsNamedWithItsLine() throws {
    let list = try Self.read(
      """
      <opml version="2.0"><body>
      <!-- <outline xmlUrl="exec:never"/>
      -->
      <outline text="a" xmlUrl="exec:touch /tmp/x"/>
      <outline text="b" xmlUrl="|touch /tmp/x"/>
      <outline
         text="c" xmlUrl="filter:sed:https://example.org/"/>
      <outline text="d" xmlUrl="JavaScript:alert(1)"/>
      <outline text="e" xmlUrl="file:///etc/passwd"/>
      <outline text="f" type="include" url="https://u:geheim@example.org/more.opml"/>
      <outline text="g" xmlUrl="example.org/feed"/>
      <outline text="h" xmlUrl="https:///feed"/>
      <outline text="ok" xmlUrl="HTTPS://example.org/feed"/>
      </body></opml>
      """)
    #expect(Self.picture(list) == ["HTTPS://example.org/feed | ok"])
    #expect(
      Self.reasons(list) == [
        "line 4: exec: is not supported", "line 5: commands are not run",
        "line 6: filter: is not supported", "line 8: javascript: is not supported",
        "line 9: files are read only with --allow-files",
        "line 10: outlines of type include are not followed",
        "line 11: this is no address of a feed", "line 12: this is no address of a feed",
      ])
    #expect(!list.refusals.contains { $0.subject.contains("geheim") })
  }

  @Test func filesAreTakenWhenAskedFor() throws {
    let text = "<opml><body><outline text='x' xmlUrl='file:///home/x.xml'/></body></opml>"
    #expect(try Self.picture(Self.read(text, allowsFiles: true)) == ["file:///home/x.xml | x"])
  }

  @Test func userAndPasswordAreKeptApart() throws {
    let list = try Self.read(
      "<opml><body><outline text='x' xmlUrl='https://li:p%40ss@example.org/feed'/></body></opml>")
    let feed = try #require(list.placements.first?.feed)
    #expect(feed.url == "https://example.org/feed")
    #expect(feed.userInfo == "li:p@ss")
    #expect(!OPML.text(of: list).contains("p@ss"))
  }

  @Test func deepNestingIsFlattenedAndCutOffListsAreRead() throws {
    let deep =
      "<opml><body>"
      + (0..<3000).map { "<outline text='n\($0)'>" }.joined()
      + "<outline text='x' xmlUrl='https://example.org/x'/>"
    let list = try Self.read(deep)
    #expect(list.placements.count == 1)
    #expect(list.placements.first?.folders.first?.count == 32)
    #expect(list.placements.first?.folders.first?.last == "n31")
  }

  @Test func outlinesInsideAFeedAreItsNeighbours() throws {
    let list = try Self.read(
      """
      <opml><body><outline text="F"><outline text="a" xmlUrl="https://example.org/a">
      <outline text="b" xmlUrl="https://example.org/b"></outline></outline></outline></body></opml>
      """)
    #expect(
      Self.picture(list) == ["F/", "  https://example.org/a | a", "  https://example.org/b | b"])
  }

  @Test func aNoteWithoutFeedsMakesNoFolder() throws {
    let list = try Self.read(
      "<opml><body><outline text='note'><outline text='more'/></outline></body></opml>")
    #expect(list == Subscriptions())
  }

  @Test func anEncodingOtherThanUTF8IsRead() throws {
    var bytes = Array("<?xml version='1.0' encoding='gb2312'?><opml><body><outline text='".utf8)
    bytes += [0xCA, 0xFD, 0xD1, 0xA7]  // 数学
    bytes += Array("' xmlUrl='https://example.org/x'/></body></opml>".utf8)
    #expect(Self.picture(try OPML.read(bytes)) == ["https://example.org/x | 数学"])
  }

  @Test func whatIsNoOPMLIsToldByItsRoot() {
    #expect(throws: NotOPML(root: "rss")) { try Self.read("<rss version='2.0'></rss>") }
    #expect(throws: NotOPML(root: nil)) { try Self.read("https://example.org/feed tag") }
    #expect(throws: NotOPML(root: nil)) { try Self.read("") }
  }

  @Test func theWrittenListIsOPML2() {
    var tree = Subscriptions.Builder()
    tree.add(
      Subscription(
        url: "https://kexue.fm/feed", userInfo: "a:b", title: "科学空间", customTitle: "苏 & <剑林>",
        link: "https://kexue.fm/"), to: ["数学"])
    tree.add(Subscription(url: "https://example.org/x", isHidden: true), to: [])
    let text = OPML.text(
      of: Subscriptions(items: tree.items), title: "订阅",
      createdAt: Timestamp(year: 2026, month: 11, day: 24, hour: 8, minute: 5, second: 9))
    #expect(
      text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <opml version="2.0" xmlns:yue="https://yue.invalid/opml">
          <head>
            <title>订阅</title>
            <dateCreated>Tue, 24 Nov 2026 08:05:09 GMT</dateCreated>
          </head>
          <body>
            <outline text="数学">
              <outline text="苏 &amp; &lt;剑林&gt;" title="科学空间" type="rss" \
        xmlUrl="https://kexue.fm/feed" htmlUrl="https://kexue.fm/" yue:title="苏 &amp; &lt;剑林&gt;"/>
            </outline>
            <outline text="https://example.org/x" type="rss" xmlUrl="https://example.org/x" \
        yue:hidden="true"/>
          </body>
        </opml>

        """)
  }

  /// Reading what was written gives the same list, whatever the titles hold.
  @Test(arguments: 0..<200) func readingWhatWasWrittenGivesTheSameList(_ seed: Int) throws {
    var random = Numbers(state: UInt64(seed) &+ 1)
    let titles = [
      "数学", "$a<b$ & \"c\"", "'引号'", "]]>", "&amp;", "&#65;", "a/b,c", "𝔸 x", "<!-- -->", "ﬁ", "é",
      "?>", "—", "\u{202E}x", "https://example.org/1",
    ]
    var tree = Subscriptions.Builder()
    for _ in 0..<random.below(24) {
      let path = (0..<random.below(4)).map { _ in titles[random.below(5)] }
      if random.below(8) == 0 {
        tree.addFolder(path)
        continue
      }
      let number = random.below(12)
      // A feed says the same of itself wherever it stands.
      tree.add(
        Subscription(
          url: "https://example.org/\(number)?a=1&b=<\(number)>",
          title: number % 3 == 0 ? nil : titles[number],
          customTitle: number % 2 == 0 ? nil : titles[titles.count - 1 - number],
          link: number % 4 == 0 ? "https://example.org/?\(number)&x" : nil,
          description: number % 5 == 0 ? titles[number % 7] : nil, isHidden: number == 7), to: path)
    }
    let list = Subscriptions(items: tree.items)
    #expect(try Self.read(OPML.text(of: list)) == list)
  }

  @Test func theHostileListIsSafe() throws {
    guard let url = SharedFiles.hostile("opml_evil.opml") else { return }
    let list = try OPML.read(Array(Data(contentsOf: url)))
    #expect(list.items.isEmpty)
    #expect(
      list.refusals.map(\.reason) == [.file, .scheme("exec"), .command])
  }

  @Test func anythingAtAllCanBeRead() {
    var random = Numbers(state: 42)
    let pieces = [
      "<opml>", "<body>", "<outline ", "text=", "'", "\"", "xmlUrl=", "https://a.b/", "/>", ">",
      "</outline>",
      "<!--", "-->", "<![CDATA[", "]]>", "&", "&#x0;", "\u{0}", "category='/a/b'",
      "<!DOCTYPE opml [",
      "<!ENTITY x 'y'>", "]>", "数", "yue:folder='1'", "<?x", "?>",
    ]
    for _ in 0..<2000 {
      let text = (0..<random.below(40)).map { _ in pieces[random.below(pieces.count)] }.joined()
      _ = try? OPML.read(Array(text.utf8))
    }
  }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Numbers {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
}

/// Files that may not be copied into the checkout; tests over them are skipped without them.
enum SharedFiles {
  static func hostile(_ name: String) -> URL? {
    let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let set = ProcessInfo.processInfo.environment["YUE_SHARED_DATA"].map { URL(filePath: $0) }
    let folders = [set, checkout.deletingLastPathComponent().appending(path: "shared/data")]
    for folder in folders.compactMap({ $0 }) {
      let file = folder.appending(path: "hostile/\(name)")
      if FileManager.default.fileExists(atPath: file.path) { return file }
    }
    print("skipped: no shared data with hostile/\(name)")
    return nil
  }
}
