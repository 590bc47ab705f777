import Feeds
import Testing

@testable import Parsing

/// Small feeds of every format, and what is wrong with feeds in the wild.
struct FeedParserTests {
  private func parse(_ text: String, at url: String? = nil) throws -> ParsedFeed {
    try FeedParser(documentURL: url).parse(Array(text.utf8))
  }

  private func rss(_ items: String, channel: String = "") throws -> ParsedFeed {
    try parse(
      """
      <?xml version="1.0" encoding="utf-8"?>
      <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" \
      xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>频道</title>\
      <link>https://example.org/</link>\(channel)\(items)</channel></rss>
      """)
  }

  // MARK: - Formats

  @Test func rss20IsRead() throws {
    let feed = try rss(
      """
      <item><title>第一篇</title><link>/a/1</link><guid isPermaLink="false">甲</guid>
      <pubDate>Tue, 24 Nov 2020 08:30:00 +0800</pubDate><dc:creator>某人</dc:creator>
      <category>数学</category><category>诗</category><comments>/a/1#c</comments>
      <enclosure url="/v.mp3" length="123" type="audio/mpeg"/>
      <description>&lt;p&gt;摘要&lt;/p&gt;</description>
      <content:encoded><![CDATA[<p>正文</p>]]></content:encoded></item>
      <item><title>第二篇</title></item>
      """, channel: "<ttl>60</ttl><language>zh-CN</language><description>说明</description>")
    #expect(feed.format == .rss && feed.version == "rss20")
    #expect(feed.title == "频道" && feed.language == "zh-CN" && feed.ttlMinutes == 60)
    #expect(feed.entries.map(\.title) == ["第一篇", "第二篇"])
    let first = try #require(feed.entries.first)
    #expect(first.id == "甲")
    #expect(first.link == "https://example.org/a/1")
    #expect(first.published?.iso8601 == "2020-11-24T00:30:00Z")
    #expect(first.authors.map(\.name) == ["某人"])
    #expect(first.categories == ["数学", "诗"])
    #expect(first.summaryHTML == "<p>摘要</p>")
    #expect(first.contentHTML == "<p>正文</p>")
    #expect(first.enclosures.map(\.url) == ["https://example.org/v.mp3"])
    #expect(first.enclosures.first?.byteCount == 123)
    #expect(feed.problems.filter { $0.kind != .missingID }.isEmpty)
  }

  @Test func rss10KeepsItsItemsBesideTheChannel() throws {
    let feed = try parse(
      """
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="https://example.org/"><title>旧式</title><link>https://example.org/</link>
      </channel>
      <item rdf:about="https://example.org/1"><title>一</title><link>https://example.org/1</link>
      <dc:date>2003-12-13T18:30:02+08:00</dc:date><dc:creator>乙</dc:creator></item>
      <item rdf:about="https://example.org/2"><title>二</title></item>
      </rdf:RDF>
      """)
    #expect(feed.format == .rss && feed.version == "rss10")
    #expect(feed.title == "旧式")
    #expect(feed.entries.map(\.title) == ["一", "二"])
    #expect(feed.entries.first?.published?.iso8601 == "2003-12-13T10:30:02Z")
    #expect(feed.entries.map(\.id) == ["https://example.org/1", "https://example.org/2"])
  }

  @Test func atomIsReadWithItsKindsOfText() throws {
    let feed = try parse(
      """
      <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh" xml:base="https://example.org/b/">
      <title type="html">甲 &amp;amp; 乙</title><id>tag:1</id><updated>2020-01-02T03:04:05Z</updated>
      <link rel="self" href="atom.xml"/><link href="/"/>
      <author><name>某人</name><uri>https://example.org/me</uri></author>
      <entry><id>e1</id><title>若a&lt;b</title><link href="1.html"/>
      <published>2020-01-01T00:00:00+08:00</published><updated>2020-01-02T00:00:00+08:00</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>正<em>文</em></p></div>\
      </content></entry>
      <entry><id>e2</id><title/><summary type="text">1 &lt; 2</summary></entry>
      </feed>
      """)
    #expect(feed.format == .atom && feed.version == "atom10")
    #expect(feed.title == "甲 & 乙")
    #expect(feed.link == "https://example.org/")
    #expect(feed.selfLink == "https://example.org/b/atom.xml")
    let first = try #require(feed.entries.first)
    #expect(first.title == "若a<b")
    #expect(first.link == "https://example.org/b/1.html")
    #expect(first.published?.iso8601 == "2019-12-31T16:00:00Z")
    #expect(first.updated?.iso8601 == "2020-01-01T16:00:00Z")
    let body = try #require(first.contentHTML)
    #expect(body.contains("<p>正<em>文</em></p>"))
    #expect(feed.entries[1].title == "")
    #expect(feed.entries[1].summaryHTML == "1 &lt; 2")
    #expect(feed.entries[1].isSummaryPlainText)
  }

  @Test func jsonFeedIsRead() throws {
    let feed = try parse(
      """
      {"version":"https://jsonfeed.org/version/1.1","title":"甲","home_page_url":"https://e.org/",
      "feed_url":"https://e.org/f.json","language":"zh","items":[
      {"id":"1","url":"https://e.org/1","title":"一","content_html":"<p>文</p>",
      "date_published":"2020-01-01T00:00:00+08:00","authors":[{"name":"乙"}],"tags":["丙"]},
      {"id":2,"content_text":"a < b"}]}
      """)
    #expect(feed.format == .json && feed.version == "json11")
    #expect(feed.title == "甲" && feed.link == "https://e.org/")
    #expect(feed.entries.map(\.id) == ["1", "2"])
    #expect(feed.entries[0].published?.iso8601 == "2019-12-31T16:00:00Z")
    #expect(feed.entries[0].authors.map(\.name) == ["乙"])
    #expect(feed.entries[0].categories == ["丙"])
    #expect(feed.entries[1].contentHTML == "a &lt; b")
    #expect(feed.entries[1].isContentPlainText)
  }

  // MARK: - What is no feed

  @Test func whatIsNoFeedSaysWhatItIs() {
    func error(_ text: String) -> ParsingError? {
      do throws(ParsingError) {
        _ = try FeedParser().parse(Array(text.utf8))
        return nil
      } catch {
        return error
      }
    }
    #expect(error("") == .empty)
    #expect(error(" \n\t ") == .empty)
    #expect(error("<!DOCTYPE html><html><body><p>好</p></body></html>") == .notAFeed(root: "html"))
    #expect(error("<opml version=\"2.0\"><body/></opml>") == .notAFeed(root: "opml"))
    #expect(error("只是文字") == .notAFeed(root: nil))
    #expect(error("[1,2,3]") != nil && error("{\"a\":1}") != nil)
    #expect(error("\u{0}\u{1}\u{2}") != nil)
  }

  // MARK: - Repairs

  @Test func aBareAmpersandIsText() throws {
    let feed = try rss("<item><title>A & B &c; &</title><link>https://e.org/?a=1&b=2</link></item>")
    #expect(feed.entries.first?.title?.hasPrefix("A & B") == true)
    #expect(feed.entries.first?.link == "https://e.org/?a=1&b=2")
    #expect(feed.problems.contains { $0.kind == .strayAmpersand })
  }

  @Test func namedEntitiesOfHTMLAreKnown() throws {
    let feed = try rss(
      "<item><title>caf&eacute;&nbsp;&mdash;&hellip;&#8212;&#x4e2d;</title></item>")
    #expect(feed.entries.first?.title?.contains("café") == true)
    #expect(feed.entries.first?.title?.hasSuffix("—…—中") == true)
  }

  @Test func controlCharactersAreLeftOutAndTheRestIsRead() throws {
    let feed = try rss(
      "<item><title>数\u{0}学\u{8}之\u{1B}美</title></item><item><title>二</title></item>")
    #expect(feed.entries.count == 2)
    let title = try #require(feed.entries.first?.title)
    #expect(title.filter { "数学之美".contains($0) } == "数学之美")
    #expect(!title.unicodeScalars.contains { $0.value < 0x20 })
    #expect(feed.problems.contains { $0.kind == .controlCharacter })
  }

  @Test func aTruncatedFeedGivesItsEntriesSoFar() throws {
    let whole = """
      <rss version="2.0"><channel><title>甲</title>
      <item><title>一</title><description>&lt;p&gt;文&lt;/p&gt;</description></item>
      <item><title>二</title><description>&lt;p&gt;半句
      """
    let feed = try parse(whole)
    #expect(feed.entries.map(\.title) == ["一", "二"])
    #expect(feed.problems.contains { $0.kind == .truncated || $0.kind == .notWellFormed })
    // Cut anywhere, it is read or refused, and never more than there is.
    let bytes = Array(whole.utf8)
    for count in stride(from: 0, through: bytes.count, by: 3) {
      let part = try? FeedParser().parse(Array(bytes[..<count]))
      #expect((part?.entries.count ?? 0) <= 2)
    }
  }

  @Test func aTagThatIsNeverClosedDoesNotSwallowTheNextItem() throws {
    let feed = try rss(
      """
      <item><title>一</title><description><p>没有关<br>文</description></item>
      <item><title>二</title></item>
      """)
    #expect(feed.entries.map(\.title) == ["一", "二"])
  }

  @Test func manyDamagedItemsAreAllRead() throws {
    let damaged = "<item><title>题</title><description><div><p>文</description></item>"
    let feed = try rss(
      (0..<400).map { damaged.replacing("题", with: "第\($0)题") }.joined()
        + "<language>zh</language>")
    #expect(feed.entries.count == 400)
    #expect(feed.entries.last?.title == "第399题")
    #expect(feed.title == "频道")
  }

  @Test func anItemInsideAnItemIsAnEntryOfItsOwn() throws {
    let feed = try rss(
      "<item><title>外</title><item><title>内</title></item></item><item><title>三</title></item>"
        + "<language>zh</language>")
    #expect(feed.entries.map(\.title) == ["外", "内", "三"])
    #expect(feed.language == "zh", "what follows is still the channel's")
  }

  @Test(arguments: ["99999999999999999999999", "-5", "0x10", "一", "", "1e400", "3.5", "4294967296"])
  func numbersThatAreNoneDoNotStopIt(_ number: String) throws {
    let feed = try rss(
      """
      <item><title>一</title><enclosure url="/a" length="\(number)" type="x"/></item>
      """, channel: "<ttl>\(number)</ttl><skipHours><hour>\(number)</hour></skipHours>")
    #expect(feed.entries.count == 1)
    #expect((feed.ttlMinutes ?? 0) >= 0)
    #expect((feed.entries.first?.enclosures.first?.byteCount ?? 0) >= 0)
    #expect(feed.skipHours.allSatisfy { (0...24).contains($0) })
  }

  @Test func aPrefixThatIsNotDeclaredIsUnderstood() throws {
    let feed = try parse(
      """
      <rss version="2.0"><channel><title>甲</title><item><title>一</title>
      <content:encoded>&lt;p&gt;正文&lt;/p&gt;</content:encoded><dc:creator>乙</dc:creator></item>
      </channel></rss>
      """)
    #expect(feed.entries.first?.contentHTML == "<p>正文</p>")
    #expect(feed.entries.first?.authors.map(\.name) == ["乙"])
  }

  @Test func whatStandsBeforeTheDeclarationIsSkipped() throws {
    for junk in ["\n\n  ", "\u{FEFF}\n", "Warning: mysql_connect() in x.php\n", "<!-- 好 -->\n"] {
      let feed = try parse(
        junk + "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>甲</title>"
          + "<item><title>一</title></item></channel></rss>")
      #expect(feed.entries.map(\.title) == ["一"], "after \(junk.debugDescription)")
    }
  }

  @Test func entitiesThatMultiplyAreNotExpanded() throws {
    var declarations = "<!ENTITY a0 \"ha\">"
    for level in 1...30 {
      declarations += "<!ENTITY a\(level) \"&a\(level - 1);&a\(level - 1);\">"
    }
    let feed = try? parse(
      "<?xml version=\"1.0\"?><!DOCTYPE rss [\(declarations)<!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
        + "<rss version=\"2.0\"><channel><title>&a30;&f;</title><item><title>一</title></item>"
        + "</channel></rss>")
    #expect((feed?.title?.utf8.count ?? 0) < 100_000)
    #expect(feed?.title?.contains("root:") != true)
  }

  @Test func everyEntryButARepeatedOneHasAKeyOfItsOwn() throws {
    let feed = try rss(
      """
      <item><title>同</title></item><item><title>同</title></item>
      <item><guid>x</guid><title>甲</title></item><item><guid>x</guid><title>乙</title></item>
      <item/><item/><item><guid>x</guid><link>/1</link></item>
      <item><guid>x</guid><link>/2</link></item><item><guid>x</guid><link>/2</link></item>
      <item><title>同</title><description>别的</description></item>
      """)
    #expect(feed.entries.count == 10)
    let kept = feed.entries.filter { !$0.isDuplicate }
    #expect(kept.count == 8)
    #expect(feed.problems.contains { $0.kind == .duplicateID })
    #expect(feed.entries.allSatisfy { !$0.key.isEmpty })
    #expect(Set(kept.map(\.key)).count == kept.count)
    #expect(Set(feed.entries.map(\.key)).count == kept.count)
  }

  @Test func anITunesCategoryThatIsLeftOpenHidesNoItem() throws {
    let feed = try parse(
      "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel>"
        + "<itunes:category text='科学'><itunes:category text='数学'/>"
        + "<item><title>一</title></item><item><title>二</title></item></channel></rss>")
    #expect(feed.entries.map(\.title) == ["一", "二"])
  }

  @Test func anItemOfAnotherVocabularyIsNoEntry() throws {
    let feed = try parse(
      "<rss><channel><item><title>一</title><content:items><content:item>x</content:item>"
        + "</content:items></item></channel></rss>")
    #expect(feed.entries.map(\.title) == ["一"])
  }

  @Test func elementsOfADraftNamespaceAreTheFeedsOwn() throws {
    let feed = try parse(
      "<feed version=\"0.3\" xmlns=\"http://draft.example/echo\"><title>回声</title></feed>")
    #expect(feed.title == "回声")
  }

  @Test func aWesternLabelOnUTF8WithABrokenCharacterIsNotBelieved() throws {
    let text = "<rss><channel><title>é à ü “谱范数” ö é ñ ç à ü</title><item><title>x"
    var bytes = Array(("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>" + text).utf8)
    bytes += [0xC3, 0x3F] + Array("</title></item></channel></rss>".utf8)
    let feed = try FeedParser().parse(bytes)
    #expect(feed.title == "é à ü “谱范数” ö é ñ ç à ü")
    #expect(feed.encoding == "utf-8")
  }

  @Test func tagsThatEmbedAreNotInTheJSON() throws {
    let feed = try rss(
      "<item><description>&lt;iframe src='https://ad.example/'&gt;看&lt;/iframe&gt;</description></item>"
    )
    #expect(!NeutralJSON.text(of: feed).contains("iframe"))
    #expect(NeutralJSON.text(of: feed).contains("看"))
  }

  @Test func deepNestingDoesNotExhaustTheStack() throws {
    let deep = String(repeating: "<b>", count: 100_000)
    _ = try? rss("<item><title>一</title><description>\(deep)</description></item>")
    let feed = try? parse(
      "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":"
        + String(repeating: "[", count: 100_000))
    #expect((feed?.entries.count ?? 0) == 0)
  }

  @Test func aDateOrANumberThatSaysNothingIsAProblem() throws {
    let feed = try rss(
      """
      <item><title>一</title><pubDate>昨天晚上</pubDate></item>
      <item><title>二</title><pubDate>soon</pubDate><enclosure url="/a" length="big"/></item>
      <item><title>三</title><pubDate></pubDate><enclosure url="/b" length=""/></item>
      """)
    #expect(
      feed.problems.filter { $0.kind == .invalidDate }.map(\.message)
        == ["“昨天晚上” is no date that can be read, and 1 more like it."])
    let numbers = feed.problems.filter { $0.kind == .invalidNumber }.map(\.message)
    #expect(numbers.count == 1)
    #expect(numbers.first?.hasPrefix("“big” is no number that can be read") ?? false)
    #expect(
      try rss("<item><pubDate>2020-01-02</pubDate></item>").problems.allSatisfy {
        $0.kind != .invalidDate && $0.kind != .invalidNumber
      })
  }

  @Test func randomDamageNeverStopsIt() throws {
    let whole = Array(
      """
      <?xml version="1.0"?><rss version="2.0"><channel><title>甲&amp;乙</title><item><title>
      <![CDATA[一]]></title><link>https://e.org/?a=1</link><pubDate>Tue, 24 Nov 2020 08:30:00 GMT
      </pubDate><enclosure url="/a" length="5"/></item></channel></rss>
      """.utf8)
    var state: UInt64 = 11
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let pieces = Array("<>&;\"'/![]\0\u{1B}9".utf8) + [0xFF, 0xC0, 0xE4]
    for _ in 0..<500 {
      var bytes = whole
      for _ in 0..<4 { bytes[random(bytes.count)] = pieces[random(pieces.count)] }
      if let feed = try? FeedParser().parse(bytes) { #expect(feed.entries.count <= 2) }
    }
  }
}
