import Testing

@testable import Browsing

@Suite struct QRCodeTests {
  /// Decoded by another implementation (segno 1.6) to the same modules with the same mask.
  @Test func aShortAddressIsVersionTwo() throws {
    let code = try #require(QRCode(Array("https://arxiv.org/abs/1502.01852".utf8)))
    #expect(code.side == 25)
    #expect(
      code.rows(.halfBlocks).joined(separator: "\n") == """
        █████████████████████████████
        ██ ▄▄▄▄▄ █ ▄▄▄▄█▄▄▀█ ▄▄▄▄▄ ██
        ██ █   █ █ ▄  ▀▀ ▀▀█ █   █ ██
        ██ █▄▄▄█ █▀█ ▄   ▄▄█ █▄▄▄█ ██
        ██▄▄▄▄▄▄▄█▄▀▄▀▄█ █ █▄▄▄▄▄▄▄██
        ██ ▄██▄ ▄▀█▄▀▀▀▀▀▀ ▀█▄▀ ▄ ▄██
        ██ ▀▄  ▀▄█▄▀ ▄▀▄█▄█ ▀▄█▄ ▀███
        ██▀█▄▀▄▀▄ ▀▀█  ▀█ ▀ ▄▄▀▄▄ ▄██
        █████ ▀ ▄▄▀▀▄▄█▄▀▄▄ ▄  ▄ ▀███
        ██▄▄▄▄█▄▄█ ██▀▀█ ▄ ▄▄▄ ▄▄████
        ██ ▄▄▄▄▄ █▀ ▀ █▄ ▀ █▄█ ▀▀▀███
        ██ █   █ █▄▄ ▀▀▀▄█    ▄▄ █▄██
        ██ █▄▄▄█ █▀▄▀  █▀█▄  ▀▀ ▀ ███
        ██▄▄▄▄▄▄▄█▄█▄███▄▄█▄▄███▄▄▄██
        ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
        """)
  }

  /// Reads a code as a camera would: the mask from the format, then the bytes, column by column.
  private func decoded(_ code: QRCode) -> [UInt8] {
    let side = code.side
    func isDark(_ row: Int, _ column: Int) -> Bool { code.isDark(row: row, column: column) }
    var format = 0
    for bit in 0...5 { if isDark(bit, 8) { format |= 1 << bit } }
    if isDark(7, 8) { format |= 1 << 6 }
    if isDark(8, 8) { format |= 1 << 7 }
    if isDark(8, 7) { format |= 1 << 8 }
    for bit in 9..<15 where isDark(8, 14 - bit) { format |= 1 << bit }
    let mask = (format ^ 0x5412) >> 10 & 7
    // Versions 1 to 5 have one block, so the bytes stand in their order.
    let aligned = side == 21 ? -10 : side - 7
    func isFixed(_ row: Int, _ column: Int) -> Bool {
      (row < 9 && column < 9) || (row < 9 && column >= side - 8) || (row >= side - 8 && column < 9)
        || row == 6 || column == 6 || (abs(row - aligned) <= 2 && abs(column - aligned) <= 2)
    }
    func isFlipped(_ row: Int, _ column: Int) -> Bool {
      switch mask {
      case 0: (row + column) % 2 == 0
      case 1: row % 2 == 0
      case 2: column % 3 == 0
      case 3: (row + column) % 3 == 0
      case 4: (row / 2 + column / 3) % 2 == 0
      case 5: row * column % 2 + row * column % 3 == 0
      case 6: (row * column % 2 + row * column % 3) % 2 == 0
      default: ((row + column) % 2 + row * column % 3) % 2 == 0
      }
    }
    var bits: [Int] = []
    var isUpwards = true
    var right = side - 1
    while right > 0 {
      if right == 6 { right -= 1 }
      for step in 0..<side {
        let row = isUpwards ? side - 1 - step : step
        for column in [right, right - 1] where !isFixed(row, column) {
          bits.append(isDark(row, column) != isFlipped(row, column) ? 1 : 0)
        }
      }
      isUpwards.toggle()
      right -= 2
    }
    func number(_ range: Range<Int>) -> Int { bits[range].reduce(0) { $0 << 1 | $1 } }
    guard number(0..<4) == 0b0100 else { return [] }
    return (0..<number(4..<12)).map { UInt8(number(12 + $0 * 8..<20 + $0 * 8)) }
  }

  @Test(arguments: [
    "a", "https://例子.测试/文章/7180?页=1", "https://kexue.fm/archives/10958",
    String(repeating: "https://example.org/", count: 5),
  ])
  func whatIsShownReadsBack(_ text: String) throws {
    let code = try #require(QRCode(Array(text.utf8)))
    #expect(String(decoding: decoded(code), as: UTF8.self) == text)
  }

  @Test func theSmallestVersionThatHoldsTheBytesIsTaken() {
    for version in 1...QRCode.largestVersion {
      let capacity = QRCode.capacityBytes(version: version)
      #expect(QRCode(Array(repeating: 0x61, count: capacity))?.side == 17 + 4 * version)
    }
    let most = QRCode.capacityBytes(version: QRCode.largestVersion)
    #expect(most == 858)
    #expect(QRCode(Array(repeating: 0x61, count: most + 1)) == nil)
  }

  @Test func withoutHalfBlocksAModuleIsTwoColumns() throws {
    let code = try #require(QRCode(Array("a".utf8)))
    let rows = code.rows(.pairs)
    #expect(rows.count == 25)
    #expect(rows.allSatisfy { $0.count == 50 && $0.allSatisfy { $0 == "#" || $0 == " " } })
    #expect(rows[2].hasPrefix("####              ##"))
  }
}
