import Feeds
import Testing

@testable import Parsing

struct XMLReaderTests {
  @Test func anAmpersandInAnAttributeIsAnAmpersand() throws {
    let feed = try FeedParser().parse(
      Array(
        """
        <feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title>t</title>
        <link href="https://example.org/?a=1&amp;b=2&#38;c=3&d=4"/></entry></feed>
        """.utf8))
    #expect(feed.entries.first?.link == "https://example.org/?a=1&b=2&c=3&d=4")
  }

  @Test func noEntityOfADocumentTypeIsExpandedOutsideTheLimits() throws {
    let feed = try FeedParser().parse(
      Array(
        """
        <!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY a "&b;&b;"><!ENTITY b "&a;">]>
        <rss><channel><title>t&x;&a;</title><link href="&x;"/></channel></rss>
        """.utf8))
    #expect(feed.title?.contains("root:") != true)
  }
}
