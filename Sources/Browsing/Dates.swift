import Feeds

/// What time it is where the reader sits; dates are shown by it.
struct Clock: Equatable, Sendable {
  /// Nil until the first tick: then every date is shown in full.
  var now: Timestamp?
  var offsetSeconds = 0
  /// For intervals; never goes back.
  var uptime: Duration = .zero

  /// Midnight, where the reader sits.
  var startOfToday: Timestamp {
    guard let now else { return Timestamp(secondsSince1970: 0) }
    let local = now.secondsSince1970 + Int64(offsetSeconds)
    let intoDay = (local % 86_400 + 86_400) % 86_400
    return Timestamp(secondsSince1970: now.secondsSince1970 - intoDay)
  }

  /// A date as a list shows it, at most 5 columns.
  ///
  /// Today `15:10`, this year `01-16`, older `2020`. With `isLong` at most 10: `2026-11-20`, today `15:10`.
  func listDate(_ date: Timestamp?, isLong: Bool) -> String {
    guard let date else { return "" }
    let parts = date.parts(offsetSeconds: offsetSeconds)
    let day = "\(padded(parts.month))-\(padded(parts.day))"
    let today = now?.parts(offsetSeconds: offsetSeconds)
    if let today, today.year == parts.year, today.month == parts.month, today.day == parts.day {
      return "\(padded(parts.hour)):\(padded(parts.minute))"
    }
    if isLong { return "\(padded(parts.year, 4))-\(day)" }
    return today?.year == parts.year ? day : padded(parts.year, 4)
  }

  /// `2026-11-20`.
  func day(_ date: Timestamp) -> String {
    let parts = date.parts(offsetSeconds: offsetSeconds)
    return "\(padded(parts.year, 4))-\(padded(parts.month))-\(padded(parts.day))"
  }

  /// `15:10`.
  func time(_ date: Timestamp) -> String {
    let parts = date.parts(offsetSeconds: offsetSeconds)
    return "\(padded(parts.hour)):\(padded(parts.minute))"
  }

  private func padded(_ number: Int, _ digits: Int = 2) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
