internal import GRDB

/// The tables of the library, a named step for every version; a step is never edited once released.
enum Schema {
  /// `PRAGMA user_version` of a library this program has written.
  static let version = 1
  /// `PRAGMA application_id`: "yue1".
  static let applicationID = 0x7975_6531

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: the library") { database in
      try database.execute(sql: first)
    }
    return migrator
  }

  // Times are seconds since 1970, flags 0 or 1. Statuses are a table of their own: marks touch small
  // rows, outlive the body, and every list is driven from them. `status.feed_id` and
  // `status.sort_date` are copies that never change after insertion.
  private static let first = """
    CREATE TABLE account (
      id INTEGER PRIMARY KEY, kind TEXT NOT NULL, base_url TEXT NOT NULL, user TEXT NOT NULL,
      profile TEXT NOT NULL DEFAULT '{}', last_sync_at INTEGER) STRICT;
    CREATE TABLE feed (
      id INTEGER PRIMARY KEY, url TEXT NOT NULL, added_url TEXT NOT NULL, userinfo TEXT,
      account_id INTEGER REFERENCES account(id), remote_id TEXT, title TEXT, custom_title TEXT,
      link TEXT, description TEXT, language TEXT, image TEXT, format TEXT,
      state INTEGER NOT NULL DEFAULT 0, is_hidden INTEGER NOT NULL DEFAULT 0,
      guids_unreliable INTEGER NOT NULL DEFAULT 0, added_at INTEGER NOT NULL,
      position INTEGER NOT NULL DEFAULT 0, interval_seconds INTEGER,
      unsubscribed_at INTEGER, settings TEXT NOT NULL DEFAULT '{}') STRICT;
    CREATE INDEX feed_unsubscribed ON feed(id) WHERE state = 4;
    CREATE UNIQUE INDEX feed_url ON feed(url, coalesce(account_id, 0)) WHERE state <> 4;
    CREATE TABLE fetch_state (
      feed_id INTEGER PRIMARY KEY REFERENCES feed(id) ON DELETE CASCADE,
      etag BLOB, last_modified BLOB, validator_url TEXT, body_hash INTEGER,
      last_attempt_at INTEGER, last_success_at INTEGER, last_new_at INTEGER, next_poll_at INTEGER,
      blocked_until INTEGER, error_count INTEGER NOT NULL DEFAULT 0, error_kind TEXT,
      error_text TEXT, http_status INTEGER, max_age_seconds INTEGER, ttl_minutes INTEGER,
      update_period_seconds INTEGER, skip_hours INTEGER, skip_days INTEGER, permanent_seen TEXT,
      lease_owner TEXT, lease_until INTEGER) STRICT;
    CREATE TABLE host_state (
      host TEXT PRIMARY KEY, blocked_until INTEGER, throttle_count INTEGER NOT NULL DEFAULT 0,
      throttled_at INTEGER) STRICT;
    CREATE TABLE fetch_log (
      id INTEGER PRIMARY KEY, feed_id INTEGER NOT NULL, at INTEGER NOT NULL, status INTEGER,
      bytes INTEGER, new_entries INTEGER, milliseconds INTEGER, message TEXT) STRICT;
    CREATE INDEX fetch_log_by_feed ON fetch_log(feed_id, id);
    CREATE TABLE folder (
      id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES folder(id), name TEXT NOT NULL,
      position INTEGER NOT NULL, account_id INTEGER) STRICT;
    CREATE TABLE folder_feed (
      folder_id INTEGER NOT NULL REFERENCES folder(id) ON DELETE CASCADE,
      feed_id INTEGER NOT NULL REFERENCES feed(id) ON DELETE CASCADE,
      position INTEGER NOT NULL, PRIMARY KEY (folder_id, feed_id)) STRICT, WITHOUT ROWID;
    CREATE INDEX folder_feed_by_feed ON folder_feed(feed_id);

    CREATE TABLE entry (
      id INTEGER PRIMARY KEY, feed_id INTEGER NOT NULL REFERENCES feed(id), key TEXT NOT NULL,
      title TEXT, link TEXT, author TEXT, excerpt TEXT,
      published INTEGER, updated INTEGER, sort_date INTEGER NOT NULL, first_seen INTEGER NOT NULL,
      last_seen INTEGER NOT NULL, content_hash INTEGER NOT NULL,
      revision INTEGER NOT NULL DEFAULT 1, is_truncated INTEGER NOT NULL DEFAULT 0,
      character_count INTEGER, features INTEGER NOT NULL DEFAULT 0, comments_count INTEGER,
      remote_id TEXT, search_rowid INTEGER, purged_at INTEGER, UNIQUE (feed_id, key)) STRICT;
    CREATE INDEX entry_by_search ON entry(search_rowid) WHERE search_rowid IS NOT NULL;
    CREATE INDEX entry_by_remote ON entry(remote_id) WHERE remote_id IS NOT NULL;
    CREATE INDEX entry_by_link ON entry(link, feed_id);
    CREATE TABLE entry_alias (
      feed_id INTEGER NOT NULL, key TEXT NOT NULL,
      entry_id INTEGER NOT NULL REFERENCES entry(id) ON DELETE CASCADE,
      PRIMARY KEY (feed_id, key)) STRICT, WITHOUT ROWID;
    CREATE INDEX entry_alias_by_entry ON entry_alias(entry_id);
    CREATE TABLE body (
      entry_id INTEGER PRIMARY KEY REFERENCES entry(id) ON DELETE CASCADE,
      base_url TEXT, content TEXT, summary TEXT, details TEXT NOT NULL DEFAULT '{}') STRICT;
    CREATE TABLE body_revision (
      entry_id INTEGER NOT NULL REFERENCES entry(id) ON DELETE CASCADE,
      revision INTEGER NOT NULL, replaced_at INTEGER NOT NULL, title TEXT, content TEXT,
      summary TEXT, PRIMARY KEY (entry_id, revision)) STRICT, WITHOUT ROWID;

    CREATE TABLE status (
      entry_id INTEGER PRIMARY KEY REFERENCES entry(id) ON DELETE CASCADE,
      feed_id INTEGER NOT NULL, sort_date INTEGER NOT NULL,
      is_listed INTEGER NOT NULL DEFAULT 1, is_read INTEGER NOT NULL DEFAULT 0,
      is_starred INTEGER NOT NULL DEFAULT 0, has_update INTEGER NOT NULL DEFAULT 0,
      read_at INTEGER, starred_at INTEGER, opened_at INTEGER, position INTEGER,
      position_percent INTEGER, position_text TEXT, position_at INTEGER, changed_at INTEGER) STRICT;
    CREATE INDEX status_by_feed ON status(feed_id, sort_date DESC, entry_id DESC)
      WHERE is_listed = 1;
    CREATE INDEX status_by_date ON status(sort_date DESC, entry_id DESC, feed_id)
      WHERE is_listed = 1;
    CREATE INDEX status_unread_by_feed ON status(feed_id, sort_date DESC, entry_id DESC)
      WHERE is_listed = 1 AND is_read = 0;
    CREATE INDEX status_unread_by_date ON status(sort_date DESC, entry_id DESC, feed_id)
      WHERE is_listed = 1 AND is_read = 0;
    CREATE INDEX status_starred ON status(sort_date DESC, entry_id DESC)
      WHERE is_listed = 1 AND is_starred = 1;
    CREATE INDEX status_reading ON status(sort_date DESC, entry_id DESC)
      WHERE is_listed = 1 AND position_percent BETWEEN 1 AND 94;
    CREATE INDEX status_opened ON status(opened_at DESC) WHERE opened_at IS NOT NULL;
    CREATE TABLE tally (
      feed_id INTEGER PRIMARY KEY REFERENCES feed(id) ON DELETE CASCADE,
      entries INTEGER NOT NULL DEFAULT 0, unread INTEGER NOT NULL DEFAULT 0,
      starred INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TRIGGER tally_add AFTER INSERT ON status BEGIN
      INSERT INTO tally VALUES (new.feed_id, new.is_listed, new.is_listed * (1 - new.is_read),
          new.is_listed * new.is_starred)
        ON CONFLICT(feed_id) DO UPDATE SET entries = entries + excluded.entries,
          unread = unread + excluded.unread, starred = starred + excluded.starred; END;
    CREATE TRIGGER tally_mark AFTER UPDATE OF is_listed, is_read, is_starred ON status BEGIN
      UPDATE tally SET entries = entries + new.is_listed - old.is_listed,
        unread = unread + new.is_listed * (1 - new.is_read) - old.is_listed * (1 - old.is_read),
        starred = starred + new.is_listed * new.is_starred - old.is_listed * old.is_starred
        WHERE feed_id = new.feed_id; END;
    CREATE TRIGGER tally_remove AFTER DELETE ON status BEGIN
      UPDATE tally SET entries = entries - old.is_listed,
        unread = unread - old.is_listed * (1 - old.is_read),
        starred = starred - old.is_listed * old.is_starred WHERE feed_id = old.feed_id; END;
    CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, color TEXT) STRICT;
    CREATE TABLE entry_tag (
      tag_id INTEGER NOT NULL REFERENCES tag(id) ON DELETE CASCADE,
      entry_id INTEGER NOT NULL REFERENCES entry(id) ON DELETE CASCADE,
      PRIMARY KEY (tag_id, entry_id)) STRICT, WITHOUT ROWID;
    CREATE INDEX entry_tag_by_entry ON entry_tag(entry_id);
    CREATE TABLE smart_feed (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, query TEXT NOT NULL,
      position INTEGER NOT NULL) STRICT;
    CREATE TABLE imported_mark (
      feed_id INTEGER NOT NULL, key TEXT NOT NULL, is_read INTEGER NOT NULL,
      is_starred INTEGER NOT NULL, PRIMARY KEY (feed_id, key)) STRICT, WITHOUT ROWID;

    CREATE VIRTUAL TABLE search USING fts5(
      title, body, formulas, details, content='', tokenize='unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE pairs USING fts5(
      text, content='', detail=none, columnsize=0, tokenize='ascii');
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY,
      account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE, target TEXT NOT NULL,
      kind TEXT NOT NULL, value TEXT, made_at INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0, sending_until INTEGER,
      UNIQUE (account_id, target, kind)) STRICT;
    CREATE TABLE undo_step (
      id INTEGER PRIMARY KEY, made_at INTEGER NOT NULL, label TEXT NOT NULL,
      instance TEXT NOT NULL, undone_at INTEGER) STRICT;
    CREATE TABLE undo_change (
      step_id INTEGER NOT NULL REFERENCES undo_step(id) ON DELETE CASCADE,
      field TEXT NOT NULL, before TEXT, after TEXT, targets BLOB NOT NULL) STRICT;
    CREATE INDEX undo_change_by_step ON undo_change(step_id);
    CREATE TABLE session (
      name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_at INTEGER NOT NULL) STRICT;
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT) STRICT;
    PRAGMA application_id = 2037736753;
    PRAGMA user_version = 1;
    """
}
