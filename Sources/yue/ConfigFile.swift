import Foundation
import Keymaps
import TOMLKit

/// Something wrong in the configuration file, with its place.
struct ConfigDiagnostic: Equatable {
  var file: String
  /// Counted from 1, as the column.
  var line: Int
  var column: Int
  var message: String

  /// `config.toml:12:1: unknown setting "reader.colums" (did you mean "reader.columns"?)`.
  var text: String { Sentences.shown("\(file):\(line):\(column): \(message)") }
}

/// A configuration file that was read: what holds, where it stands, and what is wrong.
struct ConfigFile {
  var configuration = Configuration()
  /// The lines of the settings that stand in the file.
  var lines: [String: Int] = [:]
  var diagnostics: [ConfigDiagnostic] = []
  var name: String

  /// Reads the file of settings, if there is one; without one the parser is not even asked.
  init(path: String) throws(InputError) {
    name = path.split(separator: "/").last.map(String.init) ?? path
    guard FileManager.default.fileExists(atPath: path) else { return }
    read(try InputFile(reading: path).bytes)
  }

  init(_ bytes: [UInt8], named name: String) {
    self.name = name
    read(bytes)
  }

  private mutating func read(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let places = KeyPlaces(text)
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      return report(error.description, (error.source.begin.line, error.source.begin.column))
    } catch {
      return report("this is no TOML", (1, 1))
    }
    read(table, [], places)
    diagnostics.sort { ($0.line, $0.column) < ($1.line, $1.column) }
  }

  private mutating func report(_ message: String, _ place: (line: Int, column: Int)) {
    diagnostics.append(
      ConfigDiagnostic(
        file: name, line: max(1, place.line), column: max(1, place.column), message: message))
  }

  private mutating func read(_ table: TOMLTable, _ path: [String], _ places: KeyPlaces) {
    for key in table.keys.sorted() {
      let here = path + [key]
      guard let value = table[key] else { continue }
      if let inner = value.table {
        if here.count == 2, here[0] == "feed" {
          readFeed(inner, here, places)
        } else if here == ["feed"] || isTable(here) {
          read(inner, here, places)
        } else {
          unknown(here, places.key(of: here))
        }
        continue
      }
      take(Self.value(value), here, places)
    }
  }

  /// `-` and `_` mean the same in the names of settings.
  private static func name(_ path: [String]) -> String {
    path.joined(separator: ".").replacing("_", with: "-")
  }

  private func isTable(_ path: [String]) -> Bool {
    let prefix = Self.name(path) + "."
    return Setting.all.contains { $0.name.hasPrefix(prefix) }
  }

  private mutating func unknown(_ path: [String], _ place: (line: Int, column: Int)) {
    let name = Self.name(path)
    let tables = Set(Setting.all.map(\.parts.table)).filter { !$0.isEmpty }
    if tables.contains(name) {
      return report("\"\(name)\" is a table of settings: write [\(name)], once", place)
    }
    let meant = nearest(to: name, among: Setting.all.map(\.name) + tables.sorted())
    report(
      "unknown setting \"\(path.joined(separator: "."))\""
        + (meant.map { " (did you mean \"\($0)\"?)" } ?? ""), place)
  }

  private mutating func take(_ value: ConfigValue, _ path: [String], _ places: KeyPlaces) {
    let name = Self.name(path)
    guard let setting = Setting.all.first(where: { $0.name == name }) else {
      return unknown(path, places.key(of: path))
    }
    if let fault = setting.write(value, &configuration) {
      var message = "\"\(name)\" must be \(setting.kind)"
      if !fault.isEmpty { message += "; \(fault)" }
      if case .text(let word) = value, let meant = nearest(to: word, among: setting.words) {
        message += " (did you mean \"\(meant)\"?)"
      }
      report(message, places.value(of: path))
    } else {
      lines[name] = places.key(of: path).line
    }
  }

  private mutating func readFeed(_ table: TOMLTable, _ path: [String], _ places: KeyPlaces) {
    let address = path[1]
    for key in table.keys.sorted() {
      let here = path + [key]
      let name = key.replacing("_", with: "-")
      guard let known = Setting.ofFeeds.first(where: { $0.name == name }) else {
        let meant = nearest(to: name, among: Setting.ofFeeds.map(\.name))
        report(
          "unknown setting \"\(key)\" of a feed"
            + (meant.map { " (did you mean \"\($0)\"?)" } ?? ""), places.key(of: here))
        continue
      }
      guard let value = table[key] else { continue }
      if let fault = Setting.writeOfFeed(name, Self.value(value), address, &configuration) {
        report(
          "\"\(name)\" must be \(known.kind)" + (fault.isEmpty ? "" : "; \(fault)"),
          places.value(of: here))
      }
    }
  }

  private static func value(_ value: any TOMLValueConvertible) -> ConfigValue {
    switch value.type {
    case .string: return value.string.map(ConfigValue.text) ?? .other("text")
    case .int: return value.int.map(ConfigValue.integer) ?? .other("number")
    case .bool: return value.bool.map(ConfigValue.boolean) ?? .other("boolean")
    case .array:
      guard let array = value.array else { return .other("list") }
      let texts = array.compactMap(\.string)
      return texts.count == array.count ? .texts(texts) : .other("list")
    default: return .other("\(value.type)")
    }
  }
}

/// Where the keys of a TOML file stand; the parser itself tells places of syntax errors only.
///
/// It knows as much of TOML as is needed to find the keys of a file that the parser has accepted.
struct KeyPlaces {
  private var keys: [[String]: (line: Int, column: Int, valueColumn: Int)] = [:]

  init(_ text: String) {
    var table: [String] = []
    var depth = 0
    var fence: String?
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let characters = Array(line)
      var place = 0
      // Lines inside a text of several lines, or a list.
      if let mark = fence {
        guard String(line).contains(mark) else { continue }
        fence = nil
        continue
      }
      if depth > 0 {
        depth += Self.openBrackets(characters[...])
        continue
      }
      Self.skipBlanks(characters, &place)
      guard place < characters.count, characters[place] != "#" else { continue }
      let column = place + 1
      if characters[place] == "[" {
        place += 1
        if place < characters.count, characters[place] == "[" { place += 1 }
        table = Self.path(characters, &place)
        keys[table] = (number + 1, column, column)
        continue
      }
      let path = table + Self.path(characters, &place)
      Self.skipBlanks(characters, &place)
      guard place < characters.count, characters[place] == "=" else { continue }
      place += 1
      Self.skipBlanks(characters, &place)
      keys[path] = (number + 1, column, place + 1)
      let rest = String(characters[min(place, characters.count)...])
      for mark in ["\"\"\"", "'''"] where rest.hasPrefix(mark) {
        if !rest.dropFirst(3).contains(mark) { fence = mark }
      }
      if rest.hasPrefix("[") { depth = Self.openBrackets(characters[place...]) }
    }
  }

  /// The line and column of a key, or of the table or inline table it stands in.
  func key(of path: [String]) -> (line: Int, column: Int) {
    var path = path[...]
    while !path.isEmpty {
      if let place = keys[Array(path)] { return (place.line, place.column) }
      path = path.dropLast()
    }
    return (1, 1)
  }

  func value(of path: [String]) -> (line: Int, column: Int) {
    keys[path].map { ($0.line, $0.valueColumn) } ?? key(of: path)
  }

  private static func skipBlanks(_ characters: [Character], _ place: inout Int) {
    while place < characters.count, characters[place] == " " || characters[place] == "\t" {
      place += 1
    }
  }

  /// A dotted key.
  private static func path(_ characters: [Character], _ place: inout Int) -> [String] {
    var path: [String] = []
    while place < characters.count {
      skipBlanks(characters, &place)
      guard place < characters.count else { break }
      var part = ""
      if characters[place] == "\"" || characters[place] == "'" {
        let quote = characters[place]
        place += 1
        while place < characters.count, characters[place] != quote {
          if quote == "\"", characters[place] == "\\", place + 1 < characters.count { place += 1 }
          part.append(characters[place])
          place += 1
        }
        place += 1
      } else {
        while place < characters.count, !" \t.=]\r".contains(characters[place]) {
          part.append(characters[place])
          place += 1
        }
      }
      path.append(part)
      skipBlanks(characters, &place)
      guard place < characters.count, characters[place] == "." else { break }
      place += 1
    }
    return path
  }

  /// Brackets that are opened and not closed, outside texts and comments.
  private static func openBrackets(_ characters: ArraySlice<Character>) -> Int {
    var depth = 0
    var quote: Character?
    var isEscaped = false
    for character in characters {
      if let mark = quote {
        if isEscaped {
          isEscaped = false
        } else if character == "\\", mark == "\"" {
          isEscaped = true
        } else if character == mark {
          quote = nil
        }
        continue
      }
      switch character {
      case "\"", "'": quote = character
      case "#": return depth
      case "[": depth += 1
      case "]": depth -= 1
      default: break
      }
    }
    return depth
  }
}
