internal import GRDB

/// The columns of a query that has many rows, read by their places.
///
/// Looked up by name, GRDB compares the name with that of each column in every row, in small
/// letters, which takes longer than all else.
protocol ColumnList: CaseIterable, RawRepresentable<Int> {
  var sql: String { get }
}

extension ColumnList {
  /// What stands behind SELECT.
  static var sql: String { allCases.map(\.sql).joined(separator: ", ") }
}

extension Row {
  /// The value of a column, which is optional where it may be NULL.
  subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ column: some ColumnList
  ) -> Value { self[column.rawValue] }
}
