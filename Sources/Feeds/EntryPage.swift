/// A place in a list of entries: a sort key, so that a page is found at once however long the list
/// is; in orders other than by date, the number of the row.
public struct EntryPosition: Hashable, Sendable {
  public var date: Timestamp
  public var id: EntryID
  /// How many rows of the list stand before it; only orders other than by date go by it.
  public var rowsBefore: Int

  public init(date: Timestamp, id: EntryID, rowsBefore: Int = 0) {
    self.date = date
    self.id = id
    self.rowsBefore = rowsBefore
  }
}

/// Which part of a list is asked for.
public enum PageRequest: Hashable, Sendable {
  case first, last
  case after(EntryPosition)
  case before(EntryPosition)
  /// The entry with as many rows before it as behind; the first page when it is not in the list.
  case around(EntryID)
  /// The row with this number, from 0, likewise.
  case atRow(Int)
}

/// A part of a list of entries, in the order of the list.
public struct EntryPage: Equatable, Sendable {
  public var entries: [EntrySummary]
  /// The first row, when there are rows before it.
  public var earlier: EntryPosition?
  /// The last row, when there are rows behind it.
  public var later: EntryPosition?
  /// How many entries of the list are in the library, and how many of them are unread; nil when
  /// counting them would take longer than the page.
  public var totalCount: Int?
  public var unreadCount: Int?
  /// The newest entry of the library when this was read: what arrives later is not in the list.
  public var newest: EntryID

  public init(
    entries: [EntrySummary], earlier: EntryPosition? = nil, later: EntryPosition? = nil,
    totalCount: Int? = nil, unreadCount: Int? = nil, newest: EntryID = EntryID(.max)
  ) {
    self.entries = entries
    self.earlier = earlier
    self.later = later
    self.totalCount = totalCount
    self.unreadCount = unreadCount
    self.newest = newest
  }
}

/// What search and lists need of an entry's text; made of its document by whoever stores it.
public struct EntryText: Equatable, Sendable {
  /// The plain text of the body.
  public var body: String
  /// The sources of its formulas, one after another.
  public var formulas: String
  /// What the body holds.
  public var features: EntryFeatures
  public var characterCount: Int

  public init(
    body: String, formulas: String = "", features: EntryFeatures = [], characterCount: Int = 0
  ) {
    self.body = body
    self.formulas = formulas
    self.features = features
    self.characterCount = characterCount
  }
}

/// What `has:` asks for.
public struct EntryFeatures: OptionSet, Hashable, Sendable {
  public var rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let formula = EntryFeatures(rawValue: 1)
  public static let code = EntryFeatures(rawValue: 2)
  public static let table = EntryFeatures(rawValue: 4)
  public static let image = EntryFeatures(rawValue: 8)
  public static let enclosure = EntryFeatures(rawValue: 16)
  public static let comments = EntryFeatures(rawValue: 32)
  public static let text = EntryFeatures(rawValue: 64)

  public static let named: [(name: String, feature: EntryFeatures)] = [
    ("formula", .formula), ("code", .code), ("table", .table), ("image", .image),
    ("enclosure", .enclosure), ("comments", .comments), ("text", .text),
  ]
}
