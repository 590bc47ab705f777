public import Feeds

/// Reads the dates of feeds, in all the forms that are found in the wild (docs/feeds.md).
///
/// A tokenising parser on bytes: numbers, words and signs, recognised by what they look like. Never
/// a guess from the clock; what is not understood is nil.
public struct Dates: Sendable {
  /// Decides `CST` (China or America) and the order of `10/11/12`.
  var language: String?

  public init(language: String? = nil) {
    self.language = language?.lowercased()
  }

  /// The moment a date names; nil when it is not understood or its year is not in 1900…2200.
  public func timestamp(_ text: String) -> Timestamp? {
    if let found = PlainDates.timestamp(text) { return found }
    let text = Self.normalised(text)
    guard !text.isEmpty, text.utf8.count <= 200 else { return nil }
    let found = iso8601(text) ?? eastAsian(text) ?? words(text)
    guard let found, (1_900...2_200).contains(found.parts().year) else { return nil }
    return found
  }
}

extension Dates {
  private enum Token: Equatable {
    case number(Int, digits: Int)
    case word(String)
    case sign(Character)
  }

  private static func normalised(_ text: String) -> String {
    var result = ""
    var isSpaceOwed = false
    for scalar in text.unicodeScalars {
      if scalar == "\u{A0}" || scalar == "\u{3000}" || scalar.properties.isWhitespace {
        isSpaceOwed = !result.isEmpty
      } else {
        if isSpaceOwed { result += " " }
        isSpaceOwed = false
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func tokens(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var number = 0
    var digits = 0
    var word = ""
    func close() {
      if digits > 0 { tokens.append(.number(number, digits: digits)) }
      if !word.isEmpty { tokens.append(.word(word.lowercased())) }
      number = 0
      digits = 0
      word = ""
    }
    for character in text {
      if let digit = character.wholeNumberValue, character.isNumber, digit < 10 {
        if !word.isEmpty { close() }
        // More digits than any date has: the number saturates and fails later.
        number = min(number * 10 + digit, 100_000_000_000_000)
        digits += 1
      } else if character.isLetter {
        if digits > 0 { close() }
        word.append(character)
      } else {
        close()
        if character != " " { tokens.append(.sign(character)) } else { tokens.append(.sign(" ")) }
      }
    }
    close()
    return tokens
  }

  private static func make(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0,
    offsetSeconds: Int = 0
  ) -> Timestamp? {
    guard (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day),
      (0...24).contains(hour), (0...59).contains(minute), (0...61).contains(second)
    else { return nil }
    let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= lengths[month - 1] else { return nil }
    return Timestamp(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second,
      offsetSeconds: offsetSeconds)
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func fullYear(_ year: Int, digits: Int) -> Int {
    digits > 2 ? year : year < 90 ? 2_000 + year : 1_900 + year
  }

  // MARK: ISO 8601

  /// `2020-11-08T16:20:00-05:00` and its reduced and sloppy forms.
  private func iso8601(_ text: String) -> Timestamp? {
    var reader = ByteReader(text)
    guard let (year, month, day) = isoDate(&reader) else { return nil }
    if reader.isAtEnd { return Self.make(year, month, day) }
    guard reader.skip("T") || reader.skip("t") || reader.skip(" ") else { return nil }
    while reader.skip(" ") {}
    guard let (hour, minute, second) = isoTime(&reader) else { return nil }
    while reader.skip(" ") {}
    let local = Self.make(year, month, day, hour, minute, second)
    guard let offset = zone(&reader, local) else { return nil }
    return Self.make(year, month, day, hour, minute, second, offsetSeconds: offset)
  }

  private func isoDate(_ reader: inout ByteReader) -> (Int, Int, Int)? {
    let start = reader.place
    let isNegative = reader.skip("-")
    if isNegative {
      // `-0312` and `-03-12`: a year of this century and a month.
      guard let digits = reader.digits(2, 4) else { return nil }
      if digits.count == 4 { return (2_000 + digits.value / 100, digits.value % 100, 1) }
      guard digits.count == 2, reader.skip("-"), let month = reader.digits(2, 2) else { return nil }
      return (2_000 + digits.value, month.value, 1)
    }
    guard let first = reader.digits(2, 8) else { return nil }
    switch first.count {
    case 8: return (first.value / 10_000, first.value / 100 % 100, first.value % 100)
    case 6:
      return (
        Self.fullYear(first.value / 10_000, digits: 2), first.value / 100 % 100, first.value % 100
      )
    case 5:
      return Self.dayOfYear(Self.fullYear(first.value / 1_000, digits: 2), first.value % 1_000)
    case 7: return Self.dayOfYear(first.value / 1_000, first.value % 1_000)
    case 4: break
    default:
      reader.place = start
      return nil
    }
    let year = first.value
    if reader.isAtEnd { return (year, 1, 1) }
    guard reader.skip("-") else { return nil }
    if reader.skip("W"), let week = reader.digits(2, 2) {
      var weekday = 1
      if reader.skip("-"), let day = reader.digits(1, 1) { weekday = day.value }
      return Self.weekDate(year, week.value, weekday)
    }
    guard let second = reader.digits(1, 3) else { return nil }
    if second.count == 3 {
      // `2003-335` is a day of the year; `2003-012-31` has a month too long.
      if reader.skip("-"), let day = reader.digits(1, 2) { return (year, second.value, day.value) }
      return Self.dayOfYear(year, second.value)
    }
    guard reader.skip("-") else { return (year, second.value, 1) }
    guard let day = reader.digits(1, 2) else { return nil }
    return (year, second.value, day.value)
  }

  private static func dayOfYear(_ year: Int, _ day: Int) -> (Int, Int, Int)? {
    guard (1...366).contains(day), (1...9_999).contains(year) else { return nil }
    let parts = Timestamp(year: year, month: 1, day: day).parts()
    return (parts.year, parts.month, parts.day)
  }

  private static func weekDate(_ year: Int, _ week: Int, _ weekday: Int) -> (Int, Int, Int)? {
    guard (1...53).contains(week), (1...7).contains(weekday), (1...9_999).contains(year) else {
      return nil
    }
    // ISO 8601: the week with the fourth of January is the first.
    let fourth = Timestamp(year: year, month: 1, day: 4).parts()
    let monday = 4 - (fourth.weekday + 6) % 7
    let parts = Timestamp(year: year, month: 1, day: monday + (week - 1) * 7 + weekday - 1).parts()
    return (parts.year, parts.month, parts.day)
  }

  private func isoTime(_ reader: inout ByteReader) -> (Int, Int, Int)? {
    guard let hour = reader.digits(1, 2) else { return nil }
    var minute = 0
    var second = 0
    if reader.skip(":") {
      guard let found = reader.digits(1, 2) else { return nil }
      minute = found.value
      if reader.skip(":") {
        guard let found = reader.digits(1, 2) else { return nil }
        second = found.value
        if reader.peek == ":" { return nil }
      }
    } else if let found = reader.digits(2, 2) {
      minute = found.value
      second = reader.digits(2, 2)?.value ?? 0
    }
    if reader.skip(".") || reader.skip(",") { _ = reader.digits(1, 30) }
    return (hour.value, minute, second)
  }

  /// A zone behind a clock: `Z`, `+08:00`, `+0800`, `+8`, a name; an offset followed by `Z`.
  ///
  /// None is UTC.
  private func zone(_ reader: inout ByteReader, _ local: Timestamp?) -> Int? {
    if reader.isAtEnd { return 0 }
    if let offset = offset(&reader) {
      _ = reader.skip("Z")
      return offset
    }
    let name = reader.rest
    let word = name.prefix { $0.isLetter || $0 == "/" || $0 == "_" }
    guard !word.isEmpty else { return nil }
    return TimeZones.offsetSeconds(named: String(word), language: language)
      ?? TimeZones.offsetSeconds(inZone: String(word), at: local) ?? 0
  }

  private func offset(_ reader: inout ByteReader) -> Int? {
    let isNegative = reader.peek == "-"
    guard reader.skip("+") || reader.skip("-") else { return nil }
    guard let hours = reader.digits(1, 4) else { return nil }
    var minutes = 0
    var hour = hours.value
    if hours.count > 2 {
      hour = hours.value / 100
      minutes = hours.value % 100
    } else if reader.skip(":") {
      minutes = reader.digits(1, 2)?.value ?? 0
    }
    guard hour <= 18, minutes < 60 else { return nil }
    let seconds = hour * 3_600 + minutes * 60
    return isNegative ? -seconds : seconds
  }

  // MARK: East Asian dates

  /// `2004년 05월 28일 01:31:15`, `2020年1月16日 15:10`.
  private func eastAsian(_ text: String) -> Timestamp? {
    guard text.contains(where: { "年년".contains($0) }) else { return nil }
    var numbers: [String: Int] = [:]
    var clock: [Int] = []
    var isAfternoon: Bool?
    let tokens = Self.tokens(text)
    for (position, token) in tokens.enumerated() {
      switch token {
      case .number(let value, _):
        if position + 1 < tokens.count, case .word(let unit) = tokens[position + 1],
          let first = unit.first, "年년月월日일号時时시点分분秒초".contains(first)
        {
          numbers[String(first)] = value
        } else {
          clock.append(value)
        }
      case .word(let word):
        if word.contains("下午") || word.contains("오후") || word.contains("午後") || word == "pm" {
          isAfternoon = true
        }
        if word.contains("上午") || word.contains("오전") || word.contains("午前") || word == "am" {
          isAfternoon = false
        }
      case .sign: break
      }
    }
    guard let year = numbers["年"] ?? numbers["년"] else { return nil }
    let isKorean = numbers["년"] != nil
    let month = numbers["月"] ?? numbers["월"] ?? 1
    let day = numbers["日"] ?? numbers["일"] ?? numbers["号"] ?? 1
    var hour = numbers["時"] ?? numbers["时"] ?? numbers["시"] ?? numbers["点"] ?? clock.first ?? 0
    let minute = numbers["分"] ?? numbers["분"] ?? (clock.count > 1 ? clock[1] : 0)
    let second = numbers["秒"] ?? numbers["초"] ?? (clock.count > 2 ? clock[2] : 0)
    if isAfternoon == true, hour < 12 { hour += 12 }
    if isAfternoon == false, hour == 12 { hour = 0 }
    let isJapanese = language?.hasPrefix("ja") ?? false
    return Self.make(
      year, month, day, hour, minute, second,
      offsetSeconds: (isKorean || isJapanese ? 9 : 8) * 3_600)
  }

  // MARK: Words and numbers

  /// RFC 822 with any defect, asctime, slashes and dots, month names of many languages.
  private func words(_ text: String) -> Timestamp? {
    // A comment and what stands behind a literal `\\n` are rubbish.
    var text = text
    if let cut = text.firstRange(of: "\\n") { text = String(text[..<cut.lowerBound]) }
    var parts = DateParts()
    let tokens = Self.tokens(text)
    var position = 0
    var plain: [(value: Int, digits: Int, separator: Character)] = []
    while position < tokens.count {
      let token = tokens[position]
      func sign(_ offset: Int) -> Character? {
        guard tokens.indices.contains(position + offset),
          case .sign(let sign) = tokens[position + offset]
        else { return nil }
        return sign
      }
      func number(_ offset: Int) -> (value: Int, digits: Int)? {
        guard tokens.indices.contains(position + offset),
          case .number(let value, let digits) = tokens[position + offset]
        else { return nil }
        return (value, digits)
      }
      switch token {
      case .number(let value, let digits):
        if sign(1) == ":", let minute = number(2), parts.hour == nil {
          parts.hour = value
          parts.minute = minute.value
          position += 2
          if sign(1) == ":", let second = number(2) {
            parts.second = second.value
            position += 2
            if sign(1) == ":" { return nil }
            if sign(1) == ".", number(2) != nil { position += 2 }
          }
        } else {
          plain.append((value, digits, sign(1) ?? " "))
        }
      case .word(let word):
        if word == "am" || word == "pm" {
          parts.isAfternoon = word == "pm"
        } else if word == "a" || word == "p", sign(1) == ".", tokens.indices.contains(position + 2),
          tokens[position + 2] == .word("m")
        {
          parts.isAfternoon = word == "p"
          position += 2
        } else if let month = DateWords.month(word), parts.month == nil {
          parts.month = month
        } else if word == "at", parts.hour == nil {
          // `at 01:11 PM`; only behind the clock it can be Atlantic Time.
          break
        } else if parts.hour != nil || plain.count > 2, let zone = zoneName(tokens, &position) {
          if parts.offsetSeconds == nil, parts.zone == nil {
            switch zone {
            case .offset(let seconds): parts.offsetSeconds = seconds
            case .place(let name): parts.zone = name
            }
          }
        } else if DateWords.isKnown(word) {
          break
        } else if parts.hour == nil, plain.count == (parts.month == nil ? 1 : 0) {
          // An unknown word where the month or the day must stand.
          return nil
        }
      case .sign(let character):
        if character == "(" {
          // A comment ends with its bracket.
          while position < tokens.count, tokens[position] != .sign(")") { position += 1 }
        } else if character == "+" || character == "-", parts.hour != nil, let hours = number(1),
          sign(-1) == " " || position == 0 || isZoneBefore(tokens, position) || hours.digits == 4
            || (hours.digits == 2 && sign(2) == ":" && number(3) != nil),
          !(character == "-" && sign(1) == " ")
        {
          let isNegative = character == "-"
          var seconds =
            hours.digits > 2
            ? hours.value / 100 * 3_600 + hours.value % 100 * 60 : hours.value * 3_600
          position += 1
          if hours.digits <= 2, sign(1) == ":", let minutes = number(2) {
            seconds += minutes.value * 60
            position += 2
          }
          if seconds <= 18 * 3_600 { parts.offsetSeconds = isNegative ? -seconds : seconds }
        } else if character == "+", parts.hour != nil, tokens.indices.contains(position + 1),
          case .word = tokens[position + 1]
        {
          // `+zz:00` is no offset, and without one nobody knows the moment.
          return nil
        }
      }
      position += 1
    }
    return assemble(parts, plain)
  }

  private struct DateParts {
    var month: Int?
    var hour: Int?
    var minute = 0
    var second = 0
    var isAfternoon: Bool?
    var offsetSeconds: Int?
    /// `america/los_angeles`.
    var zone: String?
  }

  private enum Zone {
    case offset(Int)
    case place(String)
  }

  private func isZoneBefore(_ tokens: [Token], _ position: Int) -> Bool {
    guard position > 0, case .word(let word) = tokens[position - 1] else { return false }
    return word == "gmt" || word == "utc" || word == "ut" || word == "z"
  }

  /// A zone at a place, names with slashes included; moves the place to its last token.
  private func zoneName(_ tokens: [Token], _ position: inout Int) -> Zone? {
    guard case .word(var name) = tokens[position] else { return nil }
    var end = position
    while end + 2 < tokens.count, case .sign(let sign) = tokens[end + 1],
      sign == "/" || sign == "_",
      case .word(let next) = tokens[end + 2]
    {
      name += String(sign) + next
      end += 2
    }
    guard let offset = TimeZones.offsetSeconds(named: name, language: language) else {
      guard name.contains("/"), TimeZones.isKnown(name) else { return nil }
      position = end
      return .place(name)
    }
    position = end
    // `GMT+0800`: the number decides.
    if end + 1 < tokens.count, case .sign(let sign) = tokens[end + 1], sign == "+" || sign == "-" {
      return nil
    }
    return .offset(offset)
  }

  private func assemble(
    _ parts: DateParts, _ plain: [(value: Int, digits: Int, separator: Character)]
  ) -> Timestamp? {
    var year: Int?
    var month = parts.month
    var day: Int?
    if month != nil {
      // A day and a year, in either order; a number of four digits is the year.
      let numbers = plain.prefix(2)
      if numbers.count == 1 {
        if numbers[0].digits >= 4 { year = numbers[0].value } else { day = numbers[0].value }
      } else if numbers.count == 2 {
        if numbers[0].digits >= 4 || numbers[0].value > 31 {
          (year, day) = (
            Self.fullYear(numbers[0].value, digits: numbers[0].digits), numbers[1].value
          )
        } else {
          (day, year) = (
            numbers[0].value, Self.fullYear(numbers[1].value, digits: numbers[1].digits)
          )
        }
      }
    } else if plain.count >= 3 {
      let (a, b, c) = (plain[0], plain[1], plain[2])
      if a.digits >= 4 || a.value > 31 {
        (year, month, day) = (Self.fullYear(a.value, digits: a.digits), b.value, c.value)
      } else {
        year = Self.fullYear(c.value, digits: c.digits)
        let isAmerican =
          a.separator == "/" && (language == nil || language == "en-us" || language == "en")
        if a.value > 12 {
          (day, month) = (a.value, b.value)
        } else if b.value > 12 || isAmerican {
          (month, day) = (a.value, b.value)
        } else {
          (day, month) = (a.value, b.value)
        }
      }
    } else if plain.count == 1, plain[0].digits == 4, parts.hour == nil {
      year = plain[0].value
    }
    guard let year, let month = month ?? (plain.count == 1 ? 1 : nil) else { return nil }
    var hour = parts.hour ?? 0
    if parts.isAfternoon == true, hour < 12 { hour += 12 }
    if parts.isAfternoon == false, hour == 12 { hour = 0 }
    let local = Self.make(year, month, day ?? 1, hour, parts.minute, parts.second)
    let offset = parts.offsetSeconds ?? TimeZones.offsetSeconds(inZone: parts.zone, at: local) ?? 0
    return Self.make(
      year, month, day ?? 1, hour, parts.minute, parts.second, offsetSeconds: offset)
  }
}

/// Reads the bytes of a date from left to right.
private struct ByteReader {
  let text: [Character]
  var place = 0

  init(_ text: String) {
    self.text = Array(text)
  }

  var isAtEnd: Bool { place >= text.count }
  var peek: Character? { place < text.count ? text[place] : nil }
  var rest: String { String(text[min(place, text.count)...]) }

  mutating func skip(_ character: Character) -> Bool {
    guard peek == character else { return false }
    place += 1
    return true
  }

  /// A number of at least and at most so many digits.
  mutating func digits(_ fewest: Int, _ most: Int) -> (value: Int, count: Int)? {
    var value = 0
    var count = 0
    while count < most, place + count < text.count,
      let digit = text[place + count].wholeNumberValue, text[place + count].isASCII
    {
      value = count < 17 ? value * 10 + digit : value
      count += 1
    }
    guard count >= fewest else { return nil }
    place += count
    return (value, count)
  }
}
