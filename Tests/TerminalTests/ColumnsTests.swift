import CTerminal
import CUnicode
import Cells
import Foundation
import Glibc
import Testing

/// Layout and ncurses count the same columns: everything that may be drawn is drawn on a pad of a
/// real terminal description, and the cursor is asked where it stands.
@Suite(.serialized) struct ColumnsTests {
  /// A screen on a pseudo-terminal nobody looks at.
  static func withScreen(_ body: () throws -> Void) throws {
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    try #require(master >= 0)
    // What grantpt, unlockpt and ptsname do; the Glibc module does not have them.
    var lock: Int32 = 0
    var number: Int32 = -1
    try #require(ioctl(master, 0x4004_5431, &lock) == 0)
    try #require(ioctl(master, 0x8004_5430, &number) == 0)
    let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    try #require(slave >= 0)
    // Whatever is written has to be read, or the writer waits for ever.
    let reader = Thread {
      var buffer = [UInt8](repeating: 0, count: 4_096)
      while read(master, &buffer, buffer.count) > 0 {}
    }
    reader.start()
    _ = yt_use_utf8()
    try #require(Int(yt_open("xterm-256color", slave, slave, -1)) == YT_OPENED)
    defer {
      yt_close()
      yu_set_ambiguous_columns(1)
      close(slave)
    }
    try body()
  }

  /// Every one of the 1.1 million code points, which takes a minute without optimisation.
  private static let isThorough = ProcessInfo.processInfo.environment["YUE_THOROUGH"] != nil

  static func counted(_ text: String) -> Int {
    let bytes = Array(text.utf8).map { CChar(bitPattern: $0) }
    return bytes.withUnsafeBufferPointer {
      Int(yt_columns_counted($0.baseAddress, Int32($0.count)))
    }
  }

  @Test(arguments: [1, 2])
  func ncursesMovesTheCursorByTheColumnsOfTheLayout(ambiguous: Int) throws {
    try Self.withScreen {
      yu_set_ambiguous_columns(Int32(ambiguous))
      let profile = WidthProfile(ambiguousColumns: ambiguous)
      var wrong: [String] = []
      for point in UInt32(0)...0x10FFFF {
        // Planes 4 to 16 hold nothing but unassigned and private characters, all alike.
        guard point < 0x40000 || point % 257 == 0 || Self.isThorough,
          let scalar = Unicode.Scalar(point)
        else { continue }
        let text = CellText(String(Character(scalar)), profile: profile)
        guard text.columns > 0 else { continue }
        if Self.counted(text.text) != text.columns {
          wrong.append(
            "U+\(String(point, radix: 16)): \(Self.counted(text.text)), not \(text.columns)")
        }
      }
      #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(10))")
    }
  }

  static func emojiSequences() throws -> [String] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "CellsTests/Fixtures/emoji-test.txt")
    return try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
      .map { line in
        String(
          String.UnicodeScalarView(
            line.split(separator: " ").compactMap {
              UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
            }))
      }
  }

  @Test(arguments: [1, 2])
  func ncursesMovesTheCursorByTheColumnsOfEveryEmoji(ambiguous: Int) throws {
    let sequences = try Self.emojiSequences()
    #expect(sequences.count == 3_944)
    try Self.withScreen {
      yu_set_ambiguous_columns(Int32(ambiguous))
      let profile = WidthProfile(ambiguousColumns: ambiguous)
      for sequence in sequences {
        let text = CellText(sequence, profile: profile)
        #expect(Self.counted(text.text) == text.columns, "\(sequence)")
      }
    }
  }
}
