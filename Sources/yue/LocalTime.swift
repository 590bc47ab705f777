import Feeds
import Glibc

/// The clock and the zone of this machine; the one place that asks for either.
enum LocalTime {
  static var now: Timestamp { Timestamp(secondsSince1970: Int64(time(nil))) }

  /// Seconds east of Greenwich at a moment, daylight saving included.
  static func offsetSeconds(at moment: Timestamp) -> Int {
    var seconds = time_t(moment.secondsSince1970)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return 0 }
    return parts.tm_gmtoff
  }

  /// When today began here.
  static var startOfToday: Timestamp {
    let moment = now
    let offset = offsetSeconds(at: moment)
    let parts = moment.parts(offsetSeconds: offset)
    return Timestamp(
      year: parts.year, month: parts.month, day: parts.day, offsetSeconds: offset)
  }

  /// `2020-01-16 15:10`.
  static func dateAndTime(_ moment: Timestamp) -> String {
    let local = Timestamp(
      secondsSince1970: moment.secondsSince1970
        &+ Int64(offsetSeconds(at: moment)))
    let text = local.iso8601
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
  }
}
