import Feeds

/// Dates of HTTP headers (RFC 9110 §5.6.7), all three forms.
enum HTTPDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
  ///
  /// - Parameter now: years of two digits are taken for those at most 50 years ahead of it.
  static func read(_ text: String, now: Timestamp) -> Timestamp? {
    let words = text.lowercased().prefix(64).split { " ,-".contains($0) }.map(String.init)
    guard words.count >= 5 else { return nil }
    let day: String
    let month: String
    let year: String
    let time: String
    if months.contains(words[1]) {
      (month, day, time, year) = (words[1], words[2], words[3], words[4])
    } else {
      (day, month, year, time) = (words[1], words[2], words[3], words[4])
    }
    let clock = time.split(separator: ":").map { Int($0) ?? -1 }
    guard let day = Int(day), (1...31).contains(day), let month = months.firstIndex(of: month),
      var number = Int(year), (0...9999).contains(number), clock.count == 3,
      (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    if year.count == 2 {
      let current = now.parts().year
      number += current / 100 * 100
      if number > current + 50 { number -= 100 }
    }
    return Timestamp(
      year: number, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: clock[2])
  }
}
