import Dispatch
import Glibc
import Synchronization

/// Fast searches in bytes: nearly all of a feed is text that needs nothing, and what skips it
/// decides how fast feeds are read.
enum ByteScan {
  /// The first place of a byte in a range; nil when it is not in it.
  static func first(_ byte: UInt8, in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    bytes.withUnsafeBytes { buffer in
      let range = range.clamped(to: 0..<buffer.count)
      guard !range.isEmpty, let start = buffer.baseAddress,
        let found = memchr(start + range.lowerBound, Int32(byte), range.count)
      else { return nil }
      return UnsafeRawPointer(found) - start
    }
  }

  /// The first place of a word from a place on; nil when it does not follow.
  static func first(_ word: StaticString, in bytes: [UInt8], from start: Int) -> Int? {
    word.withUTF8Buffer { word in
      bytes.withUnsafeBytes { buffer in
        var place = start
        while place + word.count <= buffer.count, let base = buffer.baseAddress,
          let wanted = word.baseAddress,
          let found = memchr(
            base + place, Int32(word[0]), buffer.count - place - word.count + 1)
        {
          place = UnsafeRawPointer(found) - base
          if memcmp(base + place, wanted, word.count) == 0 { return place }
          place += 1
        }
        return nil
      }
    }
  }

  /// The first place in a range whose byte belongs to a class; the end of the range when none does.
  static func first(_ set: ByteSet, in bytes: [UInt8], _ range: Range<Int>) -> Int {
    let range = range.clamped(to: 0..<bytes.count)
    return bytes.withUnsafeBufferPointer {
      first(set, in: UnsafeBufferPointer(rebasing: $0[..<range.upperBound]), from: range.lowerBound)
    }
  }

  /// The first place from a place on whose byte belongs to a class; the length when none does.
  static func first(
    _ set: ByteSet, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    let text = UnsafeRawBufferPointer(bytes)
    var place = start
    while place + ByteSet.vectorByteCount <= bytes.count {
      let candidate = set.firstCandidate(
        in: text.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self))
      place += candidate
      guard candidate < ByteSet.vectorByteCount else { continue }
      if set.contains(bytes[place]) { return place }
      place += 1
    }
    while place < bytes.count, !set.contains(bytes[place]) { place += 1 }
    return place
  }

  /// The place of the first byte that is not ASCII; the length when all are.
  static func firstNonASCII(in slice: ArraySlice<UInt8>) -> Int {
    slice.withUnsafeBytes { bytes in
      var place = 0
      while place + 8 <= bytes.count,
        bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        place += 8
      }
      while place < bytes.count, bytes[place] < 0x80 { place += 1 }
      return slice.startIndex + place
    }
  }

  /// The length of the longest well-formed UTF-8 at the beginning, in bytes (RFC 3629), and whether
  /// all of that is ASCII.
  static func validUTF8Prefix(of bytes: [UInt8]) -> (byteCount: Int, isASCII: Bool) {
    bytes.withUnsafeBytes { bytes in
      // Two cores share a large document.
      guard bytes.count >= 1 << 20,
        let middle = (bytes.count / 2..<bytes.count / 2 + 4).first(where: {
          bytes[$0] & 0xC0 != 0x80
        })
      else { return validUTF8Prefix(of: bytes) }
      nonisolated(unsafe) let parts = [bytes[..<middle], bytes[middle...]]
      let found = Mutex([(byteCount: 0, isASCII: true), (byteCount: 0, isASCII: true)])
      DispatchQueue.concurrentPerform(iterations: 2) { part in
        let result = validUTF8Prefix(of: UnsafeRawBufferPointer(rebasing: parts[part]))
        found.withLock { $0[part] = result }
      }
      let (first, second) = found.withLock { ($0[0], $0[1]) }
      guard first.byteCount == middle else { return first }
      return (middle + second.byteCount, first.isASCII && second.isASCII)
    }
  }

  private static func validUTF8Prefix(
    of bytes: UnsafeRawBufferPointer
  ) -> (byteCount: Int, isASCII: Bool) {
    var place = 0
    var isASCII = true
    let count = bytes.count
    func continues(_ place: Int) -> Bool { place < count && bytes[place] & 0xC0 == 0x80 }
    while place < count {
      if place + 8 <= count,
        bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        place += 8
        continue
      }
      let byte = bytes[place]
      if byte < 0x80 {
        place += 1
        continue
      }
      isASCII = false
      let length: Int
      switch byte {
      case 0xE1...0xEC, 0xEE, 0xEF:
        // Nearly every ideograph; the loop stays among them.
        if place + 4 <= count {
          let four = UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
          guard four & 0x00C0_C000 == 0x0080_8000 else { return (place, false) }
        } else {
          guard continues(place + 1), continues(place + 2) else { return (place, false) }
        }
        place += 3
        continue
      case 0xC2...0xDF:
        guard continues(place + 1) else { return (place, false) }
        length = 2
      case 0xE0:
        guard continues(place + 1), bytes[place + 1] >= 0xA0, continues(place + 2) else {
          return (place, false)
        }
        length = 3
      case 0xED:
        guard continues(place + 1), bytes[place + 1] < 0xA0, continues(place + 2) else {
          return (place, false)
        }
        length = 3
      case 0xF0...0xF4:
        guard continues(place + 1), byte != 0xF0 || bytes[place + 1] >= 0x90,
          byte != 0xF4 || bytes[place + 1] < 0x90, continues(place + 2), continues(place + 3)
        else { return (place, false) }
        length = 4
      default: return (place, false)
      }
      place += length
    }
    return (place, isASCII)
  }

  static func isValidUTF8(_ bytes: [UInt8]) -> Bool {
    validUTF8Prefix(of: bytes).byteCount == bytes.count
  }
}

/// A set of bytes: some of the controls below 0x20 and at most six others.
///
/// Sixteen bytes are looked at together. In Chinese text with formulas one of twenty is of the sets
/// that matter here, and looking at each byte by itself was a fifth of the time a feed takes.
struct ByteSet: Sendable {
  static let vectorByteCount = 16

  private let members: SIMD4<UInt64>
  private let others:
    (
      SIMD16<UInt8>, SIMD16<UInt8>, SIMD16<UInt8>, SIMD16<UInt8>, SIMD16<UInt8>, SIMD16<UInt8>
    )

  init(controls: (UInt8) -> Bool, others: [UInt8]) {
    precondition((1...6).contains(others.count))
    var members = SIMD4<UInt64>()
    for byte in (0..<0x20).filter(controls) + others {
      members[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }
    self.members = members
    func vector(_ number: Int) -> SIMD16<UInt8> {
      SIMD16(repeating: others[min(number, others.count - 1)])
    }
    self.others = (vector(0), vector(1), vector(2), vector(3), vector(4), vector(5))
  }

  func contains(_ byte: UInt8) -> Bool {
    members[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0
  }

  /// The place of the first byte that may be a member, and is one unless it is a control; 16 when
  /// there is none.
  @inline(__always)
  func firstCandidate(in bytes: SIMD16<UInt8>) -> Int {
    // With their types written out: else the compiler takes comparisons that are loops.
    typealias Vector = SIMD16<UInt8>
    let withoutLowBits: Vector = bytes & Vector(repeating: 0xE0)
    let controls = withoutLowBits .== Vector(repeating: 0)
    let first = (bytes .== others.0) .| (bytes .== others.1) .| (bytes .== others.2)
    let second = (bytes .== others.3) .| (bytes .== others.4) .| (bytes .== others.5)
    let found = controls .| first .| second
    // All bits of a byte are set or none, so that the first bit tells the byte.
    let halves = unsafeBitCast(found, to: SIMD2<UInt64>.self)
    if halves[0] != 0 { return UInt64(littleEndian: halves[0]).trailingZeroBitCount >> 3 }
    if halves[1] != 0 { return 8 + UInt64(littleEndian: halves[1]).trailingZeroBitCount >> 3 }
    return Self.vectorByteCount
  }
}

extension String {
  /// Whether a word stands anywhere in the text.
  ///
  /// `contains` of the standard library makes a table of the word at every call, which costs more
  /// than the search in the short texts that attributes are.
  func holds(_ word: StaticString) -> Bool {
    var text = self
    return text.withUTF8 { text in
      word.withUTF8Buffer { word in
        guard !word.isEmpty else { return true }
        var place = 0
        while place + word.count <= text.count {
          if text[place] == word[0],
            word.elementsEqual(UnsafeBufferPointer(rebasing: text[place..<place + word.count]))
          {
            return true
          }
          place += 1
        }
        return false
      }
    }
  }
}
