import Feeds

/// The two forms that nearly all dates of feeds have, read byte by byte: RFC 822 as RSS wants it,
/// and RFC 3339 as Atom does.
///
/// Everything else is left to `Dates`.
enum PlainDates {
  /// - Returns: nil for any other form.
  static func timestamp(_ text: String) -> Timestamp? {
    guard (20...40).contains(text.utf8.count) else { return nil }
    var text = text
    return text.withUTF8 { bytes in
      var reader = Reader(bytes: bytes)
      return bytes[4] == 0x2D ? reader.rfc3339() : reader.rfc822()
    }
  }

  private struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var place = 0

    /// `2004-07-13T14:15:00Z`, `2004-07-13T14:15:00.5+08:00`.
    mutating func rfc3339() -> Timestamp? {
      guard let year = number(4), skip(0x2D), let month = number(2), skip(0x2D),
        let day = number(2), skip(0x54), let clock = clock()
      else { return nil }
      if skip(0x2E) {
        while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
      }
      var offset = 0
      if !skip(0x5A) {
        let isNegative = place < bytes.count && bytes[place] == 0x2D
        guard skip(0x2B) || skip(0x2D), let hours = number(2), skip(0x3A),
          let minutes = number(2), hours <= 18, minutes < 60
        else { return nil }
        offset = (hours * 60 + minutes) * (isNegative ? -60 : 60)
      }
      return moment(year, month, day, clock, offset)
    }

    /// `Tue, 13 Jul 2004 14:15:00 +0800`, `… GMT`.
    mutating func rfc822() -> Timestamp? {
      guard bytes[3] == 0x2C, bytes[4] == 0x20 else { return nil }
      place = 5
      guard let day = number(2) ?? number(1), skip(0x20), let month = month(), skip(0x20),
        let year = number(4), skip(0x20), let clock = clock(), skip(0x20)
      else { return nil }
      var offset = 0
      if bytes.count - place == 3, bytes[place] == 0x47, bytes[place + 1] == 0x4D,
        bytes[place + 2] == 0x54
      {
        place += 3
      } else {
        let isNegative = place < bytes.count && bytes[place] == 0x2D
        guard skip(0x2B) || skip(0x2D), let hours = number(2), let minutes = number(2),
          hours <= 18, minutes < 60
        else { return nil }
        offset = (hours * 60 + minutes) * (isNegative ? -60 : 60)
      }
      return moment(year, month, day, clock, offset)
    }

    private func moment(
      _ year: Int, _ month: Int, _ day: Int, _ clock: (Int, Int, Int), _ offsetSeconds: Int
    ) -> Timestamp? {
      // Days beyond 28 are worth a look at the calendar, which `Dates` takes.
      guard place == bytes.count, (1_900...2_200).contains(year), (1...12).contains(month),
        (1...(month == 2 ? 28 : 30)).contains(day), clock.0 < 24, clock.1 < 60, clock.2 < 60
      else { return nil }
      return Timestamp(
        year: year, month: month, day: day, hour: clock.0, minute: clock.1, second: clock.2,
        offsetSeconds: offsetSeconds)
    }

    private mutating func clock() -> (Int, Int, Int)? {
      guard let hour = number(2), skip(0x3A), let minute = number(2), skip(0x3A),
        let second = number(2)
      else { return nil }
      return (hour, minute, second)
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
      guard place < bytes.count, bytes[place] == byte else { return false }
      place += 1
      return true
    }

    /// Exactly so many digits, none behind them.
    private mutating func number(_ count: Int) -> Int? {
      guard place + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[place..<place + count] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      place += count
      return value
    }

    private mutating func month() -> Int? {
      guard place + 3 <= bytes.count else { return nil }
      let names: StaticString = "janfebmaraprmayjunjulaugsepoctnovdec"
      let found = names.withUTF8Buffer { names in
        (0..<12).first { month in
          (0..<3).allSatisfy { bytes[place + $0] | 0x20 == names[month * 3 + $0] }
        }
      }
      guard let found else { return nil }
      place += 3
      return found + 1
    }
  }
}
