/// A text made comparable for finding: case and width folded, soft hyphens left out.
///
/// `\theta` and `x_{k+1}` are what readers look for, so a pattern is literal text. One that begins
/// with `\` or holds `_{` or `^{` is compared as TeX: blanks do not count, case does.
struct FoldedText: Equatable, Sendable {
  struct Rules: Equatable, Sendable {
    var isCaseSensitive: Bool
    var skipsBlanks: Bool

    init(pattern: String) {
      let scalars = pattern.unicodeScalars
      var previous: Unicode.Scalar = " "
      var hasScript = false
      for scalar in scalars {
        if scalar == "{", previous == "_" || previous == "^" { hasScript = true }
        previous = scalar
      }
      skipsBlanks = scalars.first == "\\" || hasScript
      isCaseSensitive = skipsBlanks || scalars.contains { $0.properties.isUppercase }
    }
  }

  private var scalars: [UInt32] = []
  /// The byte each scalar begins at, and the byte after it.
  private var starts: [Int] = []
  private var ends: [Int] = []

  init(_ bytes: some Collection<UInt8>, _ rules: Rules) {
    scalars.reserveCapacity(bytes.count / 2)
    starts.reserveCapacity(bytes.count / 2)
    ends.reserveCapacity(bytes.count / 2)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    var lastWasBlank = false
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      let start = offset
      offset += UTF8.width(scalar)
      var value = scalar.value
      switch value {
      case 0xAD, 0x200B, 0x2060, 0xFEFF: continue
      case 0x3000: value = 0x20
      case 0x09, 0x0A, 0x0D, 0xA0: value = 0x20
      case 0xFF01...0xFF5E: value -= 0xFEE0
      default: break
      }
      if value == 0x20 {
        // A line end in the source is as good as a blank, and several are one.
        guard !rules.skipsBlanks, !lastWasBlank else { continue }
        lastWasBlank = true
      } else {
        lastWasBlank = false
      }
      if !rules.isCaseSensitive { value = FoldedText.lowercased(value) }
      scalars.append(value)
      starts.append(start)
      ends.append(offset)
    }
  }

  var isEmpty: Bool { scalars.isEmpty }

  /// The byte ranges where `pattern` occurs, left to right, not overlapping.
  func ranges(of pattern: FoldedText, limit: Int = .max) -> [Range<Int>] {
    let wanted = pattern.scalars
    guard let first = wanted.first, wanted.count <= scalars.count else { return [] }
    var found: [Range<Int>] = []
    var place = 0
    let last = scalars.count - wanted.count
    while place <= last, found.count < limit {
      if scalars[place] == first, scalars[place..<place + wanted.count].elementsEqual(wanted) {
        found.append(starts[place]..<ends[place + wanted.count - 1])
        place += wanted.count
      } else {
        place += 1
      }
    }
    return found
  }

  private static func lowercased(_ value: UInt32) -> UInt32 {
    switch value {
    case 0x41...0x5A: return value | 0x20
    case 0..<0xC0, 0x2E80...0xA63F, 0xAC00...0xFAFF: return value
    default:
      let mapped = Unicode.Scalar(value)?.properties.lowercaseMapping.unicodeScalars
      guard let mapped, mapped.count == 1, let scalar = mapped.first else { return value }
      return scalar.value
    }
  }
}
