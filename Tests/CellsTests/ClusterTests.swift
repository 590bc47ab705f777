import CUnicode
import Foundation
import Testing

@testable import Cells

/// Grapheme clusters against the official tests.
@Suite struct ClusterTests {
  static func fixture(_ name: String) -> [String] {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(name)")
    return ((try? String(contentsOf: path, encoding: .utf8)) ?? "").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map(String.init)
  }

  static func utf8(_ hexadecimal: Substring) -> [UInt8] {
    hexadecimal.split(separator: " ").compactMap {
      UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
    }
    .flatMap { Array(String(Character($0)).utf8) }
  }

  static func clusters(_ text: [UInt8]) -> [Range<Int>] {
    text.withUnsafeBufferPointer { text in
      var place = 0
      var ranges: [Range<Int>] = []
      while place < text.count {
        let end = cluster(in: text, at: place, profile: WidthProfile()).end
        ranges.append(place..<end)
        place = end
      }
      return ranges
    }
  }

  @Test func everyLineOfTheOfficialTestIsMet() {
    let lines = Self.fixture("GraphemeBreakTest.txt")
    #expect(lines.count == 766)
    for line in lines {
      var text: [UInt8] = []
      var expected: [Int] = []
      for word in line.split(separator: " ") {
        if word == "/" {
          expected.append(text.count)
        } else if word != "x" {
          text += Self.utf8(word)
        }
      }
      let found = Self.clusters(text).map(\.lowerBound) + [text.count]
      #expect(found == expected, "\(line)")
    }
  }

  @Test func everyEmojiIsOneCluster() {
    let lines = Self.fixture("emoji-test.txt")
    #expect(lines.count == 3_944)
    for line in lines {
      #expect(Self.clusters(Self.utf8(line[...])).count == 1, "\(line)")
    }
  }

  @Test func everyEmojiIsTwoColumnsInTheClusterProfile() {
    let profile = WidthProfile(emoji: .cluster)
    for line in Self.fixture("emoji-test.txt") {
      #expect(columns(of: Self.utf8(line[...])[...], profile: profile) == 2, "\(line)")
    }
  }
}
