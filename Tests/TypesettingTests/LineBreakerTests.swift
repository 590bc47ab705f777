import Foundation
import Testing

@testable import Typesetting

/// The official test of UAX #14, and each tailoring by an example.
@Suite struct LineBreakerTests {
  /// The text with `÷` where a line may end.
  static func breaks(_ text: String, _ set: (inout LineBreakOptions) -> Void = { _ in }) -> String {
    var breaker = LineBreaker()
    set(&breaker.options)
    let bytes = Array(text.utf8)
    bytes.withUnsafeBufferPointer { breaker.read($0, 0..<bytes.count, inserts: []) }
    var result = ""
    for unit in breaker.units {
      result += String(decoding: bytes[Int(unit.start)..<Int(unit.end)], as: UTF8.self)
      if unit.opportunity != .no, Int(unit.end) < bytes.count { result += "÷" }
    }
    return result
  }

  struct OfficialCase {
    var number: Int
    var text: [UInt8]
    /// Byte offsets at which a line may end.
    var breaks: Set<Int>
    var source: String
  }

  static let officialCases: [OfficialCase] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/LineBreakTest.txt")
    let lines = ((try? String(contentsOf: path, encoding: .utf8)) ?? "").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    return lines.enumerated().map { number, line in
      var text: [UInt8] = []
      var breaks: Set<Int> = []
      for word in line.split(separator: " ") {
        if word == "/" {
          breaks.insert(text.count)
        } else if word != "x", let scalar = UInt32(word, radix: 16).flatMap(Unicode.Scalar.init) {
          text += Array(String(Character(scalar)).utf8)
        }
      }
      return OfficialCase(number: number + 1, text: text, breaks: breaks, source: String(line))
    }
  }()

  /// The numbers of the official lines whose breaks differ from what the breaker says.
  static func differingLines(_ set: (inout LineBreakOptions) -> Void) -> [Int] {
    var breaker = LineBreaker()
    set(&breaker.options)
    return officialCases.filter { line in
      line.text.withUnsafeBufferPointer { breaker.read($0, 0..<line.text.count, inserts: []) }
      var found: Set<Int> = []
      for unit in breaker.units where unit.opportunity != .no { found.insert(Int(unit.end)) }
      // Clusters are never cut, so a break the standard allows inside one is not offered.
      let starts = Set(breaker.units.map { Int($0.end) })
      return found != line.breaks.filter { starts.contains($0) }
    }.map(\.number)
  }

  @Test func everyLineOfTheOfficialTestIsMet() {
    #expect(Self.officialCases.count == 19_338)
    let differing = Self.differingLines { $0.tailoring = .root }
    #expect(
      differing.isEmpty,
      "\(differing.count): \(differing.prefix(20).map { Self.officialCases[$0 - 1].source })")
  }

  @Test func chineseQuotesChangeThreeLinesOfTheOfficialTest() {
    let differing = Self.differingLines {
      $0.tailoring = .root
      $0.quotes = .zh
    }
    #expect(differing == [19308, 19326, 19328])
  }
}
