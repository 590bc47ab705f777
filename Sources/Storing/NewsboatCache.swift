internal import GRDB

/// The database of newsboat, `cache.db`, opened for reading only.
///
/// newsboat may be running meanwhile; it is the one that writes.
public struct NewsboatCache: Sendable {
  /// What a reader did with an article in newsboat.
  public struct Mark: Hashable, Sendable {
    /// The address of the feed as it stands in the `urls` file, with user and password if it has
    /// them.
    public var feedURL: String
    /// newsboat takes the address of the article when the feed gives no id.
    public var guid: String
    public var url: String
    /// Read, or deleted.
    public var isRead: Bool
    /// It has a flag, whichever.
    public var isStarred: Bool

    public init(feedURL: String, guid: String, url: String, isRead: Bool, isStarred: Bool) {
      self.feedURL = feedURL
      self.guid = guid
      self.url = url
      self.isRead = isRead
      self.isStarred = isStarred
    }
  }

  /// An article as newsboat kept it.
  public struct Article: Hashable, Sendable {
    public var mark: Mark
    public var title: String
    public var author: String
    public var secondsSince1970: Int64
    /// HTML as it came with the feed.
    public var content: String
  }

  /// Why a cache cannot be read.
  public enum Fault: Error, Hashable, Sendable {
    case missing
    /// No database, or one without newsboat's table.
    case notACache
    case busy
    case other(String)
  }

  private let database: DatabaseQueue
  private let columns: Set<String>

  public init(path: String) throws(Fault) {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(2)
    configuration.label = "newsboat"
    do {
      let database = try DatabaseQueue(path: path, configuration: configuration)
      let names = try database.read { database in
        try String.fetchAll(
          database, sql: "SELECT CAST(lower(name) AS TEXT) FROM pragma_table_info('rss_item')")
      }
      self.database = database
      columns = Set(names)
    } catch {
      throw Self.fault(error)
    }
    guard columns.isSuperset(of: ["guid", "url", "feedurl", "unread"]) else { throw .notACache }
  }

  /// What was read, deleted or flagged; articles without any mark are left out.
  public func marks() throws(Fault) -> [Mark] {
    // Casts, because SQLite lets any value stand in any column.
    let sql = """
      SELECT \(markColumns) FROM rss_item
      WHERE \(isRead) OR \(isStarred) ORDER BY rowid
      """
    do {
      return try database.read { database in
        try Row.fetchAll(database, sql: sql).map(Self.mark)
      }
    } catch {
      throw Self.fault(error)
    }
  }

  /// Hands over every article that was not deleted, one after another.
  public func forEachArticle(_ body: (Article) -> Void) throws(Fault) {
    func column(_ name: String, _ type: String, _ none: String) -> String {
      columns.contains(name) ? "CAST(coalesce(\(name), \(none)) AS \(type))" : none
    }
    let sql = """
      SELECT \(markColumns), \(column("title", "TEXT", "''")), \(column("author", "TEXT", "''")),
      \(column("pubdate", "INTEGER", "0")), \(column("content", "TEXT", "''")) FROM rss_item
      WHERE \(column("deleted", "INTEGER", "0")) = 0 ORDER BY rowid
      """
    do {
      try database.read { database in
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() {
          body(
            Article(
              mark: Self.mark(row), title: row[5], author: row[6], secondsSince1970: row[7],
              content: row[8]))
        }
      }
    } catch {
      throw Self.fault(error)
    }
  }
}

extension NewsboatCache {
  private var isRead: String {
    let deleted = columns.contains("deleted") ? " OR CAST(coalesce(deleted, 0) AS INTEGER) = 1" : ""
    return "(CAST(coalesce(unread, 1) AS INTEGER) = 0\(deleted))"
  }

  private var isStarred: String {
    columns.contains("flags") ? "(CAST(coalesce(flags, '') AS TEXT) <> '')" : "0"
  }

  private var markColumns: String {
    "CAST(coalesce(feedurl, '') AS TEXT), CAST(coalesce(guid, '') AS TEXT), "
      + "CAST(coalesce(url, '') AS TEXT), \(isRead), \(isStarred)"
  }

  private static func mark(_ row: Row) -> Mark {
    Mark(feedURL: row[0], guid: row[1], url: row[2], isRead: row[3], isStarred: row[4])
  }

  private static func fault(_ error: any Error) -> Fault {
    guard let error = error as? DatabaseError else { return .other("\(error)") }
    return switch error.resultCode {
    case .SQLITE_CANTOPEN: .missing
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: .notACache
    case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
    default: .other(error.message ?? "SQLite \(error.resultCode.rawValue)")
    }
  }
}
