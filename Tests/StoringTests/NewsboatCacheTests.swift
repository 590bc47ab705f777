import Foundation
import GRDB
import Testing

@testable import Storing

/// The database of newsboat, made as version 2.21 makes it.
struct NewsboatCacheTests {
  private static let schema = """
    CREATE TABLE rss_feed (rssurl VARCHAR(1024) PRIMARY KEY NOT NULL, url VARCHAR(1024) NOT NULL,
      title VARCHAR(1024) NOT NULL, lastmodified INTEGER(11) NOT NULL DEFAULT 0);
    CREATE TABLE rss_item (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, guid VARCHAR(64) NOT NULL,
      title VARCHAR(1024) NOT NULL, author VARCHAR(1024) NOT NULL, url VARCHAR(1024) NOT NULL,
      feedurl VARCHAR(1024) NOT NULL, pubDate INTEGER NOT NULL, content VARCHAR(65535) NOT NULL,
      unread INTEGER(1) NOT NULL, enclosure_url VARCHAR(1024), enclosure_type VARCHAR(1024),
      enqueued INTEGER(1) NOT NULL DEFAULT 0, flags VARCHAR(52),
      deleted INTEGER(1) NOT NULL DEFAULT 0, base VARCHAR(128) NOT NULL DEFAULT "");
    """

  private let path = FileManager.default.temporaryDirectory
    .appending(path: "newsboat-\(UUID().uuidString).db").path

  private func make(_ statements: String) throws {
    let database = try DatabaseQueue(path: path)
    try database.write { try $0.execute(sql: statements) }
    try database.close()
  }

  private func item(
    _ guid: String, unread: Int = 1, flags: String = "NULL", deleted: Int = 0
  ) -> String {
    """
    INSERT INTO rss_item (guid, title, author, url, feedurl, pubDate, content, unread, flags, deleted)
    VALUES ('\(guid)', '题\(guid)', '苏', 'https://example.org/\(guid)', 'https://example.org/feed',
      1600000000, '<p>文</p>', \(unread), \(flags), \(deleted));
    """
  }

  @Test func marksAreReadDeletedAndFlagged() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try make(
      Self.schema + item("未") + item("读", unread: 0) + item("删", deleted: 1)
        + item("星", flags: "'s'") + item("空", flags: "''"))
    let cache = try NewsboatCache(path: path)
    #expect(
      try cache.marks().map { "\($0.guid) \($0.isRead) \($0.isStarred)" } == [
        "读 true false", "删 true false", "星 false true",
      ])
    #expect(try cache.marks().first?.feedURL == "https://example.org/feed")
    #expect(try cache.marks().first?.url == "https://example.org/读")
    var titles: [String] = []
    try cache.forEachArticle { titles.append("\($0.title) \($0.author) \($0.secondsSince1970)") }
    #expect(titles == ["未", "读", "星", "空"].map { "题\($0) 苏 1600000000" })
  }

  @Test func aCacheOfAnOldVersionHasNoFlags() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try make(
      """
      CREATE TABLE rss_item (guid TEXT, url TEXT, feedurl TEXT, unread INTEGER);
      INSERT INTO rss_item VALUES ('a', 'b', 'c', 0);
      """)
    let cache = try NewsboatCache(path: path)
    #expect(
      try cache.marks() == [
        NewsboatCache.Mark(feedURL: "c", guid: "a", url: "b", isRead: true, isStarred: false)
      ])
    var count = 0
    try cache.forEachArticle { _ in count += 1 }
    #expect(count == 1)
  }

  @Test func valuesOfTheWrongTypeDoNoHarm() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try make(
      """
      CREATE TABLE rss_item (guid, url, feedurl, unread, flags, deleted, pubDate, content, title);
      INSERT INTO rss_item VALUES (x'ff00fe', 17, NULL, 'yes', x'80', 'x', 'soon', 1.5, NULL);
      INSERT INTO rss_item VALUES (NULL, NULL, NULL, NULL, NULL, NULL, 1e300, x'ff', x'00');
      """)
    let cache = try NewsboatCache(path: path)
    #expect(try cache.marks().count == 1)
    var count = 0
    try cache.forEachArticle { _ in count += 1 }
    #expect(count == 2)
  }

  @Test func theFileIsNotChangedWhileAnotherProgramWrites() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try make(Self.schema + item("读", unread: 0))
    let before = try Data(contentsOf: URL(filePath: path))
    let other = try DatabaseQueue(path: path)
    try other.inDatabase { database in
      try database.execute(sql: "BEGIN IMMEDIATE; UPDATE rss_item SET unread = 1")
      #expect(try NewsboatCache(path: path).marks().count == 1)
      try database.execute(sql: "ROLLBACK")
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  @Test func whatIsNoCacheIsToldApart() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: NewsboatCache.Fault.missing) { try NewsboatCache(path: path) }
    try Data(String(repeating: "not a database, ", count: 100).utf8).write(
      to: URL(filePath: path))
    #expect(throws: NewsboatCache.Fault.notACache) { try NewsboatCache(path: path) }
    try FileManager.default.removeItem(atPath: path)
    try make("CREATE TABLE other (x);")
    #expect(throws: NewsboatCache.Fault.notACache) { try NewsboatCache(path: path) }
  }

  /// A database that a real newsboat wrote, when `YUE_NEWSBOAT_CACHE` names one.
  @Test func aRealCacheIsRead() throws {
    guard let path = ProcessInfo.processInfo.environment["YUE_NEWSBOAT_CACHE"] else {
      print("skipped: YUE_NEWSBOAT_CACHE is not set")
      return
    }
    let cache = try NewsboatCache(path: path)
    var articles: [NewsboatCache.Article] = []
    try cache.forEachArticle { articles.append($0) }
    #expect(!articles.isEmpty)
    print(try cache.marks())
  }
}
