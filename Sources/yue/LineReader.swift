import Glibc

/// Reads a file or standard input line by line, or as a whole, when its first byte is known.
struct LineReader {
  /// Longer lines are cut: nothing that is read so has a line of 64 MiB.
  static let lineByteLimit = 64 << 20
  private static let pieceByteCount = 1 << 16

  private let descriptor: Int32
  private let name: String
  private var bytes: [UInt8] = []
  private var place = 0
  private var isAtEnd = false

  /// - Parameter descriptor: stays open and belongs to the caller; -1 for the given bytes alone.
  init(_ descriptor: Int32, named name: String, startingWith bytes: [UInt8] = []) {
    self.descriptor = descriptor
    self.name = name
    self.bytes = bytes
    isAtEnd = descriptor < 0
  }

  /// The first byte that is no blank and no control; nil when there is none in the first piece.
  mutating func firstByte() throws(InputError) -> UInt8? {
    if place == bytes.count { try fill() }
    return bytes[place...].first { $0 > 0x20 }
  }

  /// The next line without its end; nil behind the last one.
  mutating func nextLine() throws(InputError) -> ArraySlice<UInt8>? {
    var searched = place
    while true {
      if let end = bytes[searched...].firstIndex(of: 0x0A) {
        defer { place = end + 1 }
        return bytes[place..<end]
      }
      searched = bytes.count
      if isAtEnd || bytes.count - place > Self.lineByteLimit {
        guard place < bytes.count else { return nil }
        defer { place = bytes.count }
        return bytes[place...]
      }
      searched -= place
      try fill()
      searched = min(searched, bytes.count)
    }
  }

  /// Everything that is left, at most as much as any file is read of.
  mutating func rest() throws(InputError) -> [UInt8] {
    while !isAtEnd {
      try fill()
      guard bytes.count <= InputFile.byteLimit else {
        throw InputError(name: name, fact: .tooLarge)
      }
    }
    return Array(bytes[place...])
  }

  /// Reads on; what was returned before is forgotten, and the rest begins at 0.
  private mutating func fill() throws(InputError) {
    bytes.removeSubrange(..<place)
    place = 0
    while !isAtEnd {
      let before = bytes.count
      bytes += [UInt8](repeating: 0, count: max(Self.pieceByteCount, before))
      let room = bytes.count - before
      let count = bytes.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress?.advanced(by: before), room)
      }
      bytes.removeLast(room - max(0, count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw InputError(name: name, fact: .unreadable) }
      isAtEnd = count == 0
      return
    }
  }
}
