import Foundation
import Testing

@testable import Parsing

/// Which feeds a page offers, and in which order.
struct FeedDiscoveryTests {
  /// `rank url | title` for each candidate of a page at https://example.org/blog/.
  private static func found(_ html: String, links: [String] = []) -> [String] {
    FeedDiscovery(html: Array(html.utf8), url: "https://example.org/blog/", links: links)
      .candidates.map { "\($0.rank) \($0.url)" + ($0.title.map { " | \($0)" } ?? "") }
  }

  @Test(arguments: [
    (
      "<link rel=alternate type=application/rss+xml href=/feed title='科学空间'>",
      ["link https://example.org/feed | 科学空间"]
    ),
    (
      "<LINK REL='home ALTERNATE' TYPE='Application/Atom+XML; charset=utf-8' HREF='atom.xml'>",
      ["link https://example.org/blog/atom.xml"]
    ),
    ("<link rel=feed href=x.json>", ["link https://example.org/blog/x.json"]),
    (
      "<base href='https://cdn.example.net/a/'><link rel=alternate type=application/feed+json href=f.json>",
      ["link https://cdn.example.net/a/f.json"]
    ),
    (
      "<link rel=alternate type=text/xml href=/x.xml><link rel=alternate type=text/xml href=/y title='RSS 2.0'>",
      ["link https://example.org/y | RSS 2.0"]
    ),
    ("<link rel=alternate type=application/json href=/wp-json/1>", []),
    ("<link rel=alternate hreflang=en href=/en>", []),
    ("<link rel='alternate stylesheet' type=text/css href=/feed.css>", []),
    ("<link rel=alternate type=application/rss+xml href=''>", []),
    ("<!-- <link rel=alternate type=application/rss+xml href=/feed> -->", []),
    ("<script>'<link rel=alternate type=application/rss+xml href=/feed>'</script>", []),
    ("<link rel=alternate type=application/rss+xml href='javascript:alert(1)'>", []),
    ("<link rel=alternate type=application/rss+xml href='file:///etc/passwd'>", []),
    (
      "<link rel=alternate type=application/rss+xml href='//u:p@other.org/f'>",
      ["link https://other.org/f"]
    ),
    // Links for readers: of this host, by their end.
    (
      "<a href=/atom.xml>订阅 <b>本站</b></a><a href=feed/ title=T>x</a><a href=/feed.html>no</a>",
      ["anchor https://example.org/atom.xml | 订阅 本站", "anchor https://example.org/blog/feed/ | T"]
    ),
    ("<a href=https://other.org/feed>x</a><a href=/sitemap.xml>map</a>", []),
    // Comments go last, and a page does not offer itself.
    (
      """
      <a href=/index.rss>rss</a><link rel=alternate type=application/rss+xml href=/comments/feed>
      <link rel=alternate type=application/rss+xml href=/zh title='评论Feed'>
      <link rel=alternate type=application/rss+xml href=/feed><link rel=feed href='/blog#x'>
      """,
      [
        "link https://example.org/feed", "anchor https://example.org/index.rss | rss",
        "comments https://example.org/comments/feed", "comments https://example.org/zh | 评论Feed",
      ]
    ),
    // The same feed is offered once.
    (
      "<link rel=feed href=/feed><link rel=feed href='/feed/' title=T><a href=/feed>x</a>",
      ["link https://example.org/feed | T"]
    ),
    ("<p>设$a<b$，见<link rel=feed href=/f>$c>d$", ["link https://example.org/f"]),
  ])
  func aPageOffers(_ html: String, _ expected: [String]) {
    #expect(Self.found(html) == expected)
  }

  @Test(arguments: [
    (
      "</feed>; rel=\"alternate\"; type=\"application/rss+xml\"; title=\"a, \\\"b\\\"; c\"",
      ["header https://example.org/feed | a, \"b\"; c"]
    ),
    (
      "<https://example.org/css>; rel=preload, <f.xml>;rel=alternate;type=application/atom+xml",
      ["header https://example.org/blog/f.xml"]
    ),
    ("<x>; rel=alternate; type=application/rss+xml; anchor=\"/other\"", []),
    ("<file:///etc/passwd>; rel=feed", []), ("<unclosed; rel=feed", []), ("; rel=feed", []),
    ("<a,b>; rel=feed", ["header https://example.org/blog/a,b"]),
  ])
  func aServerOffers(_ value: String, _ expected: [String]) {
    #expect(Self.found("", links: [value]) == expected)
  }

  @Test func theServersWordComesFirstAndIsNotTakenTwice() {
    #expect(
      Self.found(
        "<link rel=feed href=/b><link rel=feed href=/a title='甲'>",
        links: ["</a>; rel=feed"]) == [
          "header https://example.org/a | 甲", "link https://example.org/b",
        ])
  }

  @Test func theOnlyDeclaredFeedNeedsNoChoice() {
    func only(_ html: String) -> String? {
      FeedDiscovery(html: Array(html.utf8), url: "https://example.org/").onlyDeclared?.url
    }
    #expect(
      only("<link rel=feed href=/a><link rel=feed href=/comments/a><a href=/x.rss>")
        == "https://example.org/a")
    #expect(only("<link rel=feed href=/a><link rel=feed href=/b>") == nil)
    #expect(only("<a href=/x.rss>") == nil)
  }

  @Test func titleAndEncodingOfThePageAreRead() {
    var bytes = Array("<meta charset=gbk><title> ".utf8)
    bytes += [0xCA, 0xFD, 0xD1, 0xA7]  // 数学
    bytes +=
      Array("\n </title><link rel=feed href=/a title='".utf8) + [
        0xCA, 0xFD, 0xD1, 0xA7, 0x27, 0x3E,
      ]
    let found = FeedDiscovery(html: bytes, url: "https://example.org/")
    #expect(found.title == "数学")
    #expect(found.candidates.first?.title == "数学")
  }

  @Test func nothingBehindAMebibyteIsRead() {
    let html = String(repeating: " ", count: 1 << 20) + "<link rel=feed href=/a>"
    #expect(Self.found(html).isEmpty)
  }

  @Test func aPageOfLinksIsBounded() {
    let html = (0..<5000).map { "<link rel=feed href=/\($0)>" }.joined()
    #expect(Self.found(html).count == FeedDiscovery.candidateLimit)
  }

  @Test func theHostilePageOffersNothing() throws {
    guard let file = SharedFiles.hostile("meta_refresh.html") else { return }
    let found = FeedDiscovery(
      html: Array(try Data(contentsOf: file)), url: "https://example.org/")
    #expect(found.candidates.isEmpty)
    #expect(found.title == "x")
  }
}
