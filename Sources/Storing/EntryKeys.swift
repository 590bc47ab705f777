public import Feeds
internal import GRDB

extension Store {
  /// The entries of a feed that have these keys.
  public func entries(
    of feed: FeedID, withKeys keys: [String]
  ) throws(StoringError) -> [String: EntryID] {
    try read { database in
      let byKey = try database.cachedStatement(
        sql: "SELECT id FROM entry WHERE feed_id = ? AND key = ?")
      var found: [String: EntryID] = [:]
      for key in keys {
        if let id = try Int64.fetchOne(byKey, arguments: [feed.number, key]) {
          found[key] = EntryID(id)
        }
      }
      return found
    }
  }
}
