internal import GRDB

/// The library on disk: feeds, entries, and what the reader did with them.
public struct Store: Sendable {
  private let writer: any DatabaseWriter

  init(writer: any DatabaseWriter) {
    self.writer = writer
  }
}
