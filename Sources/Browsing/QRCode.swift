/// A text as a QR code (ISO/IEC 18004, byte mode, error correction level L), for a phone to read
/// off the screen.
///
/// Versions 1 to 20 only: what is larger does not fit on a terminal.
struct QRCode: Equatable, Sendable {
  /// Modules on each side.
  let side: Int
  private var isDark: [Bool]
  /// What belongs to the patterns that every code has, and holds no data.
  private var isFixed: [Bool]

  static let largestVersion = 20

  /// Codewords for error correction in each block, and the number of blocks, by version from 1.
  private static let correctionWords = [
    7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
  ]
  private static let blockCounts = [
    1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
  ]

  /// The bytes that a version holds.
  static func capacityBytes(version: Int) -> Int {
    dataWords(version) - (version < 10 ? 2 : 3)
  }

  /// The smallest code that holds the bytes; nil when they are too many.
  init?(_ bytes: [UInt8]) {
    guard
      let version = (1...Self.largestVersion).first(where: {
        Self.capacityBytes(version: $0) >= bytes.count
      })
    else { return nil }
    side = 17 + 4 * version
    isDark = Array(repeating: false, count: side * side)
    isFixed = isDark
    drawFixedPatterns(version)
    place(Self.words(bytes, version))
    chooseMask()
  }

  /// Applies the mask that makes the code easiest to read.
  private mutating func chooseMask() {
    var best: (penalty: Int, modules: [Bool])?
    for mask in 0..<8 {
      var code = self
      code.apply(mask: mask)
      code.drawFormat(mask)
      let penalty = code.penalty
      if best.map({ penalty < $0.penalty }) ?? true { best = (penalty, code.isDark) }
    }
    if let best { isDark = best.modules }
  }

  /// Whether a module is dark; outside of the code none is.
  func isDark(row: Int, column: Int) -> Bool {
    guard (0..<side).contains(row), (0..<side).contains(column) else { return false }
    return isDark[row * side + column]
  }

  // MARK: Codewords

  /// All modules that hold codewords, in bits.
  private static func rawBits(_ version: Int) -> Int {
    var bits = (16 * version + 128) * version + 64
    if version >= 2 {
      let patterns = version / 7 + 2
      bits -= (25 * patterns - 10) * patterns - 55
      if version >= 7 { bits -= 36 }
    }
    return bits
  }

  private static func dataWords(_ version: Int) -> Int {
    rawBits(version) / 8 - correctionWords[version - 1] * blockCounts[version - 1]
  }

  /// Data and error correction, interleaved block by block.
  private static func words(_ bytes: [UInt8], _ version: Int) -> [UInt8] {
    var bits: [Bool] = []
    func add(_ value: Int, _ count: Int) {
      for bit in stride(from: count - 1, through: 0, by: -1) { bits.append(value >> bit & 1 == 1) }
    }
    add(0b0100, 4)
    add(bytes.count, version < 10 ? 8 : 16)
    for byte in bytes { add(Int(byte), 8) }
    let capacity = dataWords(version) * 8
    add(0, min(4, capacity - bits.count))
    add(0, (8 - bits.count % 8) % 8)
    var words: [UInt8] = stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
    }
    var pad: UInt8 = 0xEC
    while words.count < dataWords(version) {
      words.append(pad)
      pad ^= 0xEC ^ 0x11
    }
    let blockCount = blockCounts[version - 1]
    let correctionCount = correctionWords[version - 1]
    let allWords = rawBits(version) / 8
    let shortCount = blockCount - allWords % blockCount
    let shortLength = allWords / blockCount - correctionCount
    let divisor = generator(correctionCount)
    var data: [[UInt8]] = []
    var corrections: [[UInt8]] = []
    var start = 0
    for block in 0..<blockCount {
      let length = shortLength + (block < shortCount ? 0 : 1)
      let part = Array(words[start..<start + length])
      start += length
      data.append(part)
      corrections.append(remainder(of: part, by: divisor))
    }
    var result: [UInt8] = []
    for place in 0...shortLength {
      for block in data where place < block.count { result.append(block[place]) }
    }
    for place in 0..<correctionCount {
      for block in corrections { result.append(block[place]) }
    }
    return result
  }

  /// The product of two elements of GF(256) modulo x⁸ + x⁴ + x³ + x² + 1.
  static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
    var result = 0
    for bit in stride(from: 7, through: 0, by: -1) {
      result = result << 1 ^ (result >> 7) * 0x11D
      result ^= Int(right >> UInt8(bit) & 1) * Int(left)
    }
    return UInt8(result & 0xFF)
  }

  private static func generator(_ degree: Int) -> [UInt8] {
    var result = Array(repeating: UInt8(0), count: degree - 1) + [1]
    var root: UInt8 = 1
    for _ in 0..<degree {
      for place in result.indices {
        result[place] = product(result[place], root)
        if place + 1 < degree { result[place] ^= result[place + 1] }
      }
      root = product(root, 2)
    }
    return result
  }

  private static func remainder(of data: [UInt8], by divisor: [UInt8]) -> [UInt8] {
    var result = Array(repeating: UInt8(0), count: divisor.count)
    for byte in data {
      let factor = byte ^ result.removeFirst()
      result.append(0)
      for place in result.indices { result[place] ^= product(divisor[place], factor) }
    }
    return result
  }

  // MARK: Patterns

  private mutating func fix(_ row: Int, _ column: Int, _ value: Bool) {
    guard (0..<side).contains(row), (0..<side).contains(column) else { return }
    isDark[row * side + column] = value
    isFixed[row * side + column] = true
  }

  private static func alignmentPlaces(_ version: Int) -> [Int] {
    guard version > 1 else { return [] }
    let count = version / 7 + 2
    let step = (version * 8 + count * 3 + 5) / (count * 4 - 4) * 2
    var places = [6]
    for number in 0..<count - 1 { places.insert(17 + 4 * version - 7 - number * step, at: 1) }
    return places
  }

  private mutating func drawFixedPatterns(_ version: Int) {
    for place in 0..<side {
      fix(6, place, place % 2 == 0)
      fix(place, 6, place % 2 == 0)
    }
    for (row, column) in [(3, 3), (3, side - 4), (side - 4, 3)] {
      for down in -4...4 {
        for right in -4...4 {
          let distance = max(abs(down), abs(right))
          fix(row + down, column + right, distance != 2 && distance != 4)
        }
      }
    }
    let places = Self.alignmentPlaces(version)
    for row in places {
      for column in places {
        let isCorner =
          (row == 6 && (column == 6 || column == side - 7)) || (row == side - 7 && column == 6)
        guard !isCorner else { continue }
        for down in -2...2 {
          for right in -2...2 { fix(row + down, column + right, max(abs(down), abs(right)) != 1) }
        }
      }
    }
    drawFormat(0)
    guard version >= 7 else { return }
    var rest = version
    for _ in 0..<12 { rest = rest << 1 ^ (rest >> 11) * 0x1F25 }
    let bits = version << 12 | rest
    for bit in 0..<18 {
      let isSet = bits >> bit & 1 == 1
      fix(side - 11 + bit % 3, bit / 3, isSet)
      fix(bit / 3, side - 11 + bit % 3, isSet)
    }
  }

  /// Level L and the number of the mask, twice.
  private mutating func drawFormat(_ mask: Int) {
    let data = 0b01 << 3 | mask
    var rest = data
    for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9) * 0x537 }
    let bits = (data << 10 | rest) ^ 0x5412
    func isSet(_ bit: Int) -> Bool { bits >> bit & 1 == 1 }
    for bit in 0...5 { fix(bit, 8, isSet(bit)) }
    fix(7, 8, isSet(6))
    fix(8, 8, isSet(7))
    fix(8, 7, isSet(8))
    for bit in 9..<15 { fix(8, 14 - bit, isSet(bit)) }
    for bit in 0..<8 { fix(8, side - 1 - bit, isSet(bit)) }
    for bit in 8..<15 { fix(side - 15 + bit, 8, isSet(bit)) }
    fix(side - 8, 8, true)
  }

  /// Puts the codewords into the free modules, two columns at a time, up and down in turns.
  private mutating func place(_ words: [UInt8]) {
    var bit = 0
    for right in stride(from: side - 1, through: 1, by: -2) {
      // The column of the timing pattern is left out.
      let right = right <= 6 ? right - 1 : right
      for step in 0..<side {
        for column in [right, right - 1] {
          let isUpwards = (right + 1) & 2 == 0
          let row = isUpwards ? side - 1 - step : step
          guard !isFixed[row * side + column], bit < words.count * 8 else { continue }
          isDark[row * side + column] = words[bit >> 3] >> UInt8(7 - bit & 7) & 1 == 1
          bit += 1
        }
      }
    }
  }

  private mutating func apply(mask: Int) {
    for row in 0..<side {
      for column in 0..<side where !isFixed[row * side + column] {
        let isFlipped =
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
        if isFlipped { isDark[row * side + column].toggle() }
      }
    }
  }

  /// How hard the code is to read: runs, squares, what looks like a corner, and imbalance.
  private var penalty: Int {
    var total = 0
    for isTransposed in [false, true] {
      for line in 0..<side {
        let modules = (0..<side).map {
          isTransposed ? isDark[$0 * side + line] : isDark[line * side + $0]
        }
        var run = 0
        for place in modules.indices {
          run = place > 0 && modules[place] == modules[place - 1] ? run + 1 : 1
          if run == 5 { total += 3 } else if run > 5 { total += 1 }
        }
        let corner = [true, false, true, true, true, false, true]
        let margin = [false, false, false, false]
        for place in 0...(side - 11) {
          let part = Array(modules[place..<place + 11])
          if part == corner + margin || part == margin + corner { total += 40 }
        }
      }
    }
    for row in 0..<side - 1 {
      for column in 0..<side - 1 {
        let first = isDark[row * side + column]
        if first == isDark[row * side + column + 1], first == isDark[(row + 1) * side + column],
          first == isDark[(row + 1) * side + column + 1]
        {
          total += 3
        }
      }
    }
    let dark = isDark.count { $0 }
    return total + abs(dark * 20 - isDark.count * 10) / isDark.count * 10
  }
}

extension QRCode {
  /// How modules are drawn.
  enum Form {
    /// Two rows of modules in a row of the screen: the light ones are drawn.
    case halfBlocks
    /// Two columns of the screen a module; needs no character but the blank and `#`.
    case pairs
  }

  /// The modules of the margin; four are the standard's, readers are content with two.
  static let marginModules = 2

  /// Rows of text; light modules are full, dark ones empty, for light text on a dark ground.
  func rows(_ form: Form) -> [String] {
    let margin = Self.marginModules
    let range = -margin..<side + margin
    func isLight(_ row: Int, _ column: Int) -> Bool {
      row < side + margin && !isDark(row: row, column: column)
    }
    switch form {
    case .halfBlocks:
      return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { row in
        range.map { column in
          switch (isLight(row, column), isLight(row + 1, column)) {
          case (true, true): "█"
          case (true, false): "▀"
          case (false, true): "▄"
          case (false, false): " "
          }
        }.joined()
      }
    case .pairs:
      return range.map { row in range.map { isLight(row, $0) ? "##" : "  " }.joined() }
    }
  }
}
