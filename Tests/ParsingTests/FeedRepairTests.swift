import Documents
import Feeds
import Foundation
import Testing

@testable import Parsing

/// What is mended before a feed is read, and where the mending ends.
struct FeedRepairTests {
  private func feed(_ xml: String) throws -> ParsedFeed { try FeedParser().parse(Array(xml.utf8)) }

  private func titles(_ xml: String) throws -> [String?] { try feed(xml).entries.map(\.title) }

  private func item(_ content: String) throws -> ParsedEntry {
    let feed = try feed("<rss><channel><item>\(content)</item></channel></rss>")
    return try #require(feed.entries.first)
  }

  @Test func textThatWasEncodedTwiceIsDecodedTwice() throws {
    #expect(try item("<title>KÃ¤ltewelle</title>").title == "Kältewelle")
    #expect(try item("<title>Ã\u{9C}berblick</title>").title == "Überblick")
    #expect(try item("<description>æ\u{95}°å\u{AD}¦</description>").summaryHTML == "数学")
  }

  @Test(arguments: ["Kälte", "Ã", "naïve Ärzte", "Ã¤ 数学", "5 × 3", "«ça»", "Â"])
  func textThatWasEncodedOnceStays(_ title: String) throws {
    #expect(try item("<title>\(title)</title>").title == title)
  }

  /// Two cores share the search for broken bytes, and a third of the ways to halve Chinese text end
  /// between two characters.
  @Test(arguments: 0..<3)
  func aBrokenByteIsFoundAnywhereInALargeDocument(_ shift: Int) throws {
    let start = "<rss><channel><item><title>" + String(repeating: "x", count: shift)
    let end = "</title></item></channel></rss>"
    let whole = Array((start + String(repeating: "数学之美", count: 100_000) + end).utf8)
    #expect(try FeedParser().parse(whole).problems.allSatisfy { $0.kind != .encodingReplaced })
    let middle = whole.count / 2
    for place in [start.utf8.count, middle - 1, middle, middle + 3, whole.count - 40] {
      var broken = whole
      broken[place] = 0xFF
      #expect(try FeedParser().parse(broken).problems.contains { $0.kind == .encodingReplaced })
    }
  }

  @Test func entriesOfALargeFeedKeepTheirOrder() throws {
    let items = (0..<3_000).map {
      "<item><guid>\($0 % 2_900)</guid><title>第 \($0) 篇</title></item>"
    }
    let feed = try feed("<rss><channel>\(items.joined())</channel></rss>")
    #expect(feed.entries.map(\.title) == (0..<3_000).map { "第 \($0) 篇" })
    #expect(feed.entries.map(\.isDuplicate) == (0..<3_000).map { $0 >= 2_900 })
  }

  @Test func aC1ControlIsTheCharacterThatWasMeant() throws {
    #expect(try item("<title>don\u{92}t \u{85}</title>").title == "don’t …")
    #expect(try item("<title><![CDATA[\u{93}数\u{94}]]></title>").title == "“数”")
  }

  @Test func controlsAndNoncharactersDoNotStay() throws {
    #expect(try item("<title>a\u{0}b\u{1B}[1m\u{7F}c</title>").title == "ab[1mc")
    #expect(try item("<title>a\u{FFFE}b&#xFFFF;c</title>").title == "a\u{FFFD}b\u{FFFD}c")
    #expect(try item("<title>全角，！ＡＺ￥</title>").title == "全角，！ＡＺ￥")
  }

  @Test func lineEndsAreLineFeeds() throws {
    #expect(try item("<description>a\r\nb\rc&#13;</description>").summaryHTML == "a\nb\nc")
    #expect(try item("<description><![CDATA[a\r\nb]]></description>").summaryHTML == "a\nb")
  }

  @Test func referencesMeanWhatADocumentTypeForXMLSays() throws {
    #expect(
      try item("<title>&lang;x&rang; &eacute;&#128;&hellip;</title>").title
        == "\u{2329}x\u{232A} é€…")
    #expect(try item("<title>a &amp;amp; b</title>").title == "a & b")
    #expect(
      try item("<title>A & B &nonsense; ?x=1&y=2</title>").title == "A & B &nonsense; ?x=1&y=2")
  }

  @Test func aSignThatBeginsNoTagIsText() throws {
    #expect(try item("<title>1 < 2 <3</title>").title == "1 < 2 <3")
  }

  @Test func sectionsAndTextAroundThemAreOneText() throws {
    #expect(
      try item("<description>一<![CDATA[<b>二</b>]]>三&lt;i&gt;<!-- 四 -->五</description>").summaryHTML
        == "一<b>二</b>三<i>五")
  }

  @Test func attributesAreMended() throws {
    let entry = try item(
      "<enclosure url=https://e.example/?a=1&b=2 length='5' type=\"a\"b length=\"9\"/>")
    #expect(entry.enclosures.first?.url == "https://e.example/?a=1&b=2")
    #expect(entry.enclosures.first?.byteCount == 5)
  }

  @Test func aTextHasItsLimitAndSaysSo() throws {
    let long = String(repeating: "学", count: 3_000_000)
    let feed = try feed(
      "<rss><channel><item><description>\(long)</description></item></channel></rss>")
    let body = try #require(feed.entries.first?.summaryHTML)
    #expect((8 << 20) - 2...8 << 20 ~= body.utf8.count)
    #expect(body.allSatisfy { $0 == "学" })
    #expect(feed.problems.contains { $0.kind == .textTruncated })
  }

  @Test func aTextOfManyPiecesIsReadInLinearTime() throws {
    let pieces = String(repeating: "a<![CDATA[b]]>", count: 100_000)
    let start = ContinuousClock.now
    #expect(try item("<description>\(pieces)</description>").summaryHTML?.utf8.count == 200_000)
    #expect(start.duration(to: .now) < .seconds(20))
  }

  @Test func entriesOfASourceAreNoneOfTheFeed() throws {
    let atom = """
      <feed xmlns="http://www.w3.org/2005/Atom" xmlns:sx="http://feedsync.org/2007/feedsync"><entry>
      <source><title>别处</title><entry><title>他人的</title></entry></source><title>自己的</title>
      <sx:conflicts><entry><title>旧的</title></entry></sx:conflicts></entry></feed>
      """
    #expect(try titles(atom) == ["自己的"])
  }

  @Test func anItemInsideAnOpenOneEndsIt() throws {
    #expect(
      try titles(
        "<rss><channel><item><title>一</title><description><p>x</description><item><title>二</title></item></channel></rss>"
      ) == ["一", "二"])
  }

  @Test func theLastLinkCountsAndMayBeAnAttribute() throws {
    #expect(
      try item("<link>https://a.example</link><link href=\"https://b.example\"/>").link
        == "https://b.example")
    #expect(
      try item("<link href=\"https://b.example\"/><link>https://a.example</link>").link
        == "https://a.example")
  }

  @Test func theAuthorThatStandsFirstIsTheAuthor() throws {
    #expect(
      try item("<dc:creator>苏剑林：kexue</dc:creator><author>苏</author>").authors
        == [Person(name: "苏剑林：kexue")])
    #expect(
      try item("<author>苏</author><dc:creator>苏剑林</dc:creator>").authors == [Person(name: "苏")])
    #expect(try item("<author><name>Ross</name></author>").authors == [Person(name: "Ross")])
    #expect(
      try item("<dc:creator>Don (mailto:&amp;#100;&amp;#64;e.example)</dc:creator>").authors
        == [Person(name: "Don", email: "d@e.example")])
  }

  @Test func markupInANameIsWrittenBack() throws {
    let entry = try item("<guid><p>1</p></guid><category><b>学</b></category>")
    #expect(entry.id == "<p>1</p>")
    #expect(entry.categories == ["<b>学</b>"])
  }

  @Test func aPersonIsNamedOnce() throws {
    let feed = try feed(
      """
      <feed xmlns="http://www.w3.org/2005/Atom"><author><name>甲</name></author>
      <author><name>乙</name></author><author><name>乙</name></author></feed>
      """)
    #expect(feed.authors.map(\.name) == ["甲", "乙"])
  }

  @Test func textOfHTMLTypeIsHTMLInsideOfElementsToo() throws {
    let feed = try feed(
      """
      <feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="html">
      <div xmlns="http://www.w3.org/1999/xhtml">&lt;p&gt;正文&lt;/p&gt;</div></content></entry></feed>
      """)
    #expect(feed.entries.first?.contentHTML == "<div><p>正文</p></div>")
  }

  @Test func aBlockIsHTMLThoughItHasNoType() throws {
    func body(_ content: String) throws -> String? {
      try feed("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry>\(content)</entry></feed>")
        .entries
        .first?.contentHTML
    }
    #expect(try body("<content><![CDATA[<p>正文</p>]]></content>") == "<p>正文</p>")
    #expect(try body("<content>&lt;b&gt; is bold</content>") == "&lt;b&gt; is bold")
    #expect(try body("<content type='text'>&lt;p>x&lt;/p></content>") == "&lt;p&gt;x&lt;/p&gt;")
  }

  @Test func aFeedInAPageIsAFeed() throws {
    let feed = try feed(
      """
      <html xmlns="http://www.w3.org/1999/xhtml"><body><feed xmlns="http://www.w3.org/2005/Atom">
      <title>月</title><entry><title>一</title></entry></feed></body></html>
      """)
    #expect(feed.title == "月")
    #expect(feed.entries.map(\.title) == ["一"])
  }

  @Test func anImageHasTheBaseOfItsElement() throws {
    let feed = try feed(
      """
      <rss xml:base="https://e.example/feeds/"><channel><image><url>logo.png</url></image>
      <item><link>1</link></item></channel></rss>
      """)
    #expect(feed.image == "https://e.example/feeds/logo.png")
  }

  @Test func anAddressWithABlankIsNoPlaceForComments() throws {
    let feed = try FeedParser(documentURL: "https://e.example/").parse(
      Array(
        """
        <feed xmlns="http://www.w3.org/2005/Atom"><entry>
        <link rel="replies" type="text/html" href="no address"/></entry></feed>
        """.utf8))
    #expect(feed.entries.first?.commentsLink == nil)
  }

  @Test func anObjectThatSaysLittleOfItselfIsAFeedIfItHoldsText() throws {
    let feed = try feed(#"{"version": "1.0", "items": [{"content_text": "正文"}]}"#)
    #expect(feed.entries.first?.contentHTML == "正文")
    #expect(throws: ParsingError.self) {
      try self.feed(#"{"version": "1.0", "items": [{"a": 1}]}"#)
    }
  }

  @Test func anExclamationThatDeclaresNothingIsText() {
    func resolved(_ html: String) -> String {
      HTMLLinks.resolved(Array(html.utf8), against: nil).map { String(decoding: $0, as: UTF8.self) }
        ?? html
    }
    #expect(resolved("<!' <a href=\"x\">") == "&lt;!' <a href=\"x\">")
    #expect(resolved("<![CDATA[a]]&gt;") == "&lt;![CDATA[a]]&gt;")
    #expect(resolved("<![CDATA[a]]>") == "<![CDATA[a]]>")
    #expect(resolved("<!-- a --><!DOCTYPE html>") == "<!-- a --><!DOCTYPE html>")
    #expect(resolved("<p>甲<iframe src=\"x\">乙</iframe>") == "<p>甲乙")
    #expect(bodyText("好<!' 坏") == "好<!' 坏")
    #expect(bodyText("<![CDATA[好]]&gt;") == "<![CDATA[好]]>")
  }
}

/// The text of a body, without its structure.
private func bodyText(_ html: String) -> String {
  String(decoding: DocumentReader().document(html: Array(html.utf8)).text, as: UTF8.self)
}
