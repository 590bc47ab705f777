import Foundation

/// A value of the configuration file, as far as a setting can have one.
enum ConfigValue: Equatable {
  case text(String)
  case integer(Int)
  case boolean(Bool)
  case texts([String])
  /// A number with a fraction, a date, a list of something else.
  case other(String)
}

/// One setting of `config.toml`: what it is called, what it may be, and what it changes.
///
/// Checking, showing, the commented file of defaults and yue.5 are all made from these.
struct Setting: Sendable {
  /// `reader.columns`.
  var name: String
  /// What a value may be, in words: `a number from 0 to 500`.
  var kind: String
  /// One sentence.
  var help: String
  /// The words of a choice, for completion and suggestions.
  var words: [String] = []
  /// Takes a value over; what is wrong with it when it cannot be.
  var write: @Sendable (ConfigValue, inout Configuration) -> String?
  /// The value in force, in the notation of TOML.
  var read: @Sendable (Configuration) -> String

  /// The table of the file it stands in, and its name there.
  var parts: (table: String, key: String) {
    guard let dot = name.lastIndex(of: ".") else { return ("", name) }
    return (String(name[..<dot]), String(name[name.index(after: dot)...]))
  }
}

extension Setting {
  typealias Place<Value> = any WritableKeyPath<Configuration, Value> & Sendable

  static func boolean(_ name: String, _ place: Place<Bool>, _ help: String) -> Setting {
    Setting(
      name: name, kind: "true or false", help: help,
      write: { value, configuration in
        guard case .boolean(let value) = value else { return "" }
        configuration[keyPath: place] = value
        return nil
      }, read: { $0[keyPath: place] ? "true" : "false" })
  }

  static func integer(
    _ name: String, _ range: ClosedRange<Int>, _ place: Place<Int>, _ help: String
  ) -> Setting {
    Setting(
      name: name, kind: "a number from \(range.lowerBound) to \(range.upperBound)", help: help,
      write: { value, configuration in
        guard case .integer(let value) = value, range.contains(value) else { return "" }
        configuration[keyPath: place] = value
        return nil
      }, read: { String($0[keyPath: place]) })
  }

  static func text(_ name: String, _ place: Place<String>, _ help: String) -> Setting {
    Setting(
      name: name, kind: "a text in quotes", help: help,
      write: { value, configuration in
        guard case .text(let value) = value else { return "" }
        if value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
          return "control characters have no place in it"
        }
        configuration[keyPath: place] = value
        return nil
      }, read: { quoted($0[keyPath: place]) })
  }

  static func choice<Value: Equatable & Sendable>(
    _ name: String, _ choices: [(word: String, value: Value)], _ place: Place<Value>,
    _ help: String
  ) -> Setting {
    let words = choices.map(\.word)
    return Setting(
      name: name, kind: words.map(quoted).joined(separator: ", "), help: help, words: words,
      write: { value, configuration in
        let word: String
        switch value {
        case .text(let text): word = text
        // width.ambiguous = 1 is what one would write.
        case .integer(let number): word = String(number)
        default: return ""
        }
        guard let choice = choices.first(where: { $0.word == word }) else { return "" }
        configuration[keyPath: place] = choice.value
        return nil
      },
      read: { configuration in
        let value = configuration[keyPath: place]
        return quoted(choices.first { $0.value == value }?.word ?? "")
      })
  }

  /// Milliseconds, written as `"200ms"`, `"30s"`, `"45m"`, `"2h"`, `"7d"`.
  static func duration(
    _ name: String, _ range: ClosedRange<Int64>, _ place: Place<Int64>, _ help: String
  ) -> Setting {
    Setting(
      name: name,
      kind:
        "a duration from \(durationText(range.lowerBound)) to \(durationText(range.upperBound))",
      help: help,
      write: { value, configuration in
        guard case .text(let text) = value, let milliseconds = milliseconds(text) else {
          return "write it as \"500ms\", \"30s\", \"45m\", \"2h\" or \"7d\""
        }
        guard range.contains(milliseconds) else { return "" }
        configuration[keyPath: place] = milliseconds
        return nil
      }, read: { quoted(durationText($0[keyPath: place])) })
  }

  /// Bytes, written as `"512KiB"`, `"32MiB"`, `"1GiB"`.
  static func size(
    _ name: String, _ range: ClosedRange<Int>, _ place: Place<Int>, _ help: String
  ) -> Setting {
    Setting(
      name: name,
      kind: "a size from \(sizeText(range.lowerBound)) to \(sizeText(range.upperBound))",
      help: help,
      write: { value, configuration in
        guard case .text(let text) = value, let bytes = bytes(text) else {
          return "write it as \"512KiB\", \"32MiB\" or \"1GiB\""
        }
        guard range.contains(bytes) else { return "" }
        configuration[keyPath: place] = bytes
        return nil
      }, read: { quoted(sizeText($0[keyPath: place])) })
  }

  // MARK: Notations

  /// A basic string of TOML.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  private static let durations: [(unit: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
  ]

  static func milliseconds(_ text: String) -> Int64? {
    measured(text, durations.map { ($0.unit, $0.milliseconds) })
  }

  static func durationText(_ milliseconds: Int64) -> String {
    let unit = durations.first {
      milliseconds >= $0.milliseconds && milliseconds % $0.milliseconds == 0
    }
    guard let unit else { return "0s" }
    return "\(milliseconds / unit.milliseconds)\(unit.unit)"
  }

  private static let sizes: [(unit: String, bytes: Int)] = [
    ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
  ]

  static func bytes(_ text: String) -> Int? {
    measured(text, sizes.map { ($0.unit, Int64($0.bytes)) }).map(Int.init)
  }

  static func sizeText(_ bytes: Int) -> String {
    let unit = sizes.first { bytes >= $0.bytes && bytes % $0.bytes == 0 }
    guard let unit else { return "0B" }
    return "\(bytes / unit.bytes)\(unit.unit)"
  }

  private static func measured(_ text: String, _ units: [(unit: String, factor: Int64)]) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let word = text.dropFirst(digits.count).drop { $0 == " " }
    guard let number = Int64(digits),
      let unit = units.first(where: { $0.unit.lowercased() == word.lowercased() })
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit.factor)
    return overflow ? nil : product
  }
}
