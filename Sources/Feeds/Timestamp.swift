/// A moment: seconds since 1970-01-01T00:00:00Z.
///
/// Time zones are a matter of reading and showing.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var secondsSince1970: Int64

  public init(secondsSince1970: Int64) {
    self.secondsSince1970 = secondsSince1970
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.secondsSince1970 < right.secondsSince1970
  }

  /// A moment of the proleptic Gregorian calendar, UTC.
  ///
  /// Out-of-range parts simply carry over.
  public init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
    offsetSeconds: Int = 0
  ) {
    // Days from civil, by Howard Hinnant: eras of 400 years that begin on 1 March.
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    secondsSince1970 = Int64(days * 86_400 + hour * 3_600 + minute * 60 + second - offsetSeconds)
  }

  /// A moment taken apart in the calendar; `weekday` 0 is Sunday.
  public struct Parts: Equatable, Sendable {
    public var year: Int, month: Int, day: Int
    public var hour: Int, minute: Int, second: Int
    public var weekday: Int
  }

  /// The calendar parts at an offset east of Greenwich.
  public func parts(offsetSeconds: Int = 0) -> Parts {
    let (local, overflow) = secondsSince1970.addingReportingOverflow(Int64(offsetSeconds))
    let seconds = overflow ? secondsSince1970 : local
    var days = Int(seconds / 86_400)
    var secondOfDay = Int(seconds % 86_400)
    if secondOfDay < 0 {
      secondOfDay += 86_400
      days -= 1
    }
    let weekday = ((days % 7) + 11) % 7
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return Parts(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, hour: secondOfDay / 3_600,
      minute: secondOfDay / 60 % 60, second: secondOfDay % 60, weekday: weekday)
  }

  /// `2020-01-16T07:10:00Z`.
  public var iso8601: String {
    let parts = parts()
    var text: [UInt8] = []
    text.reserveCapacity(24)
    func append(_ number: Int, _ digits: Int, then separator: Character) {
      let digitsOfNumber = String(number).utf8
      for _ in digitsOfNumber.count..<max(digits, digitsOfNumber.count) { text.append(0x30) }
      text += digitsOfNumber
      text += separator.utf8
    }
    append(parts.year, 4, then: "-")
    append(parts.month, 2, then: "-")
    append(parts.day, 2, then: "T")
    append(parts.hour, 2, then: ":")
    append(parts.minute, 2, then: ":")
    append(parts.second, 2, then: "Z")
    return String(decoding: text, as: UTF8.self)
  }
}
