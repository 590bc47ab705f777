import Feeds
import Testing

@testable import Parsing

struct NewsboatFilesTests {
  private static func read(_ text: String) -> Subscriptions {
    NewsboatFiles.readURLs(Array(text.utf8))
  }

  @Test func tagsAreFoldersAndTildesAreTitles() {
    let list = Self.read(
      #"""
      # my feeds
      https://kexue.fm/feed 数学 "~苏剑林 \"的\" 空间" 待读

      https://li:p%40ss@example.org/b	"a tag"  !
      "https://example.org/c?x=1"  !hidden 数学 # not a tag
      https://example.org/d
      """#)
    #expect(
      list.placements == [
        Placement(
          feed: Subscription(url: "https://kexue.fm/feed", customTitle: "苏剑林 \"的\" 空间"),
          folders: [["数学"], ["待读"]]),
        Placement(
          feed: Subscription(url: "https://example.org/c?x=1", isHidden: true), folders: [["数学"]]),
        Placement(
          feed: Subscription(
            url: "https://example.org/b", userInfo: "li:p@ss", isHidden: true),
          folders: [["a tag"]]),
        Placement(feed: Subscription(url: "https://example.org/d"), folders: []),
      ])
    #expect(list.refusals.isEmpty)
  }

  @Test func commandsFiltersAndFilesAreRefusedWithTheirLine() {
    let list = Self.read(
      """
      "exec:~/bin/feed --all"
      filter:~/bin/clean:https://example.org/
      # comment
      file:///home/x.xml  tag
      """)
    #expect(list.items.isEmpty)
    #expect(
      list.refusals.map { "\($0.line) \($0.reason)" } == [
        "1 exec: is not supported", "2 filter: is not supported",
        "4 files are read only with --allow-files",
      ])
  }

  @Test(arguments: [
    (#"unread = "yes""#, "is:unread"), (#"unread != "yes""#, "is:read"),
    (#"unread = "yes" and age between 0:7"#, "is:unread age:<8d"),
    (#"title =~ "矩阵|夹角""#, #"(title:"矩阵" or title:"夹角")"#),
    (
      #"title !~ "广告" and (tags # "数学" or feedtitle = "kexue")"#,
      #"-title:"广告" (folder:"数学" or feed:"kexue")"#
    ),
    (#"content=~"SVD""#, #"body:"SVD""#), (#"flags # "a""#, "is:starred"),
    ("age <= 3", "age:<4d"), (#"author !~ "a|b""#, #"-author:"a" -author:"b""#),
    (#"(unread = "yes") or (flags != "")"#, "is:unread or is:starred"),
  ])
  func aQueryThatMeansTheSameIsTranslated(_ filter: String, _ query: String) {
    #expect(NewsboatQuery.translated(filter) == .success(query))
  }

  @Test(arguments: [
    (#"rssurl =~ "x""#, "\"rssurl\""), (#"title =~ "^a.*""#, "the regular expression \"^a.*\""),
    (
      #"unread = "yes" and title =~ "a" or title =~ "b""#,
      "\"and\" beside \"or\" without parentheses"
    ),
    (#"title = "x""#, "\"title =\""), ("unread =", "an expression that ends too early"),
    (#"unread = "yes")"#, "\")\""), ("", "an expression that ends too early"),
    ("age = 3", "\"age =\""),
  ])
  func aQueryWithoutCounterpartIsRefused(_ filter: String, _ what: String) {
    #expect(NewsboatQuery.translated(filter) == .failure(NewsboatQuery.Fault(what: what)))
  }

  @Test func queryFeedsBecomeSmartFeeds() {
    let list = Self.read(
      #"""
      "query:新的:unread = \"yes\""
      "query:Odd:rssurl =~ \"x\""
      query:empty
      """#)
    #expect(list.smartFeeds == [SmartFeed(name: "新的", query: "is:unread")])
    #expect(
      list.refusals == [
        Refusal(line: 2, reason: .query("\"rssurl\""), subject: "Odd"),
        Refusal(
          line: 3, reason: .query("a query without name or expression"), subject: "empty"),
      ])
  }

  @Test func theWrittenFileReadsBackTheSame() {
    var tree = Subscriptions.Builder()
    tree.add(
      Subscription(url: "https://example.org/a#x", customTitle: "~a \"b\" \\ `c`"), to: ["数学 A"])
    tree.add(Subscription(url: "https://example.org/b", isHidden: true), to: ["#1"])
    tree.add(Subscription(url: "https://example.org/c", userInfo: "u:geheim"), to: [])
    let list = Subscriptions(items: tree.items)
    let text = NewsboatFiles.urls(of: list)
    #expect(!text.contains("geheim"))
    let read = Self.read(text)
    #expect(read.refusals.isEmpty)
    #expect(
      read.placements.map(\.folders) == list.placements.map(\.folders))
    #expect(read.placements.map(\.feed.customTitle) == list.placements.map(\.feed.customTitle))
    #expect(read.placements.map(\.feed.url) == list.placements.map(\.feed.url))
  }

  @Test func anythingAtAllCanBeRead() {
    var random = Numbers(state: 7)
    let pieces = [
      "\"", "\\", " ", "\t", "#", "~", "!", "https://a.b", "query:a:", "(", ")", "unread", "=",
      "and",
      "or", "age between 0:", "9999999999999999999999", "数", "\n", "\r",
    ]
    for _ in 0..<2000 {
      _ = Self.read((0..<random.below(30)).map { _ in pieces[random.below(pieces.count)] }.joined())
    }
  }
}
