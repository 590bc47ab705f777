/// The encoding that an HTML page names in a `meta` element: the prescan of the HTML standard
/// (§13.2.3.2).
///
/// Browsers look at 1,024 bytes and go back when a `meta` follows later; here all of the head is
/// looked at once.
struct MetaPrescan {
  private let bytes: [UInt8]
  private var place = 0
  /// The bytes end within a tag.
  private var isCutOff = false

  static let byteLimit = 1 << 14

  /// The label of the first `meta` that names an encoding we know; nil when there is none.
  static func label(in bytes: [UInt8]) -> String? {
    var scan = MetaPrescan(bytes: Array(bytes.prefix(byteLimit)))
    return scan.run()
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func run() -> String? {
    while let start = ByteScan.first(0x3C, in: bytes, place..<bytes.count) {
      place = start + 1
      if bytes[start...].starts(with: "<!--".utf8) {
        // The hyphens that begin a comment may end it.
        place = ByteScan.first("-->", in: bytes, from: start + 2).map { $0 + 3 } ?? bytes.count
      } else if isTag("meta", at: place), let label = metaLabel() {
        return label
      } else if place < bytes.count, Self.isLetter(bytes[place]) || bytes[place] == 0x2F {
        skipTagName()
        while attribute() != nil {}
      } else if place < bytes.count, [0x21, 0x2F, 0x3F].contains(bytes[place]) {
        place = ByteScan.first(0x3E, in: bytes, place..<bytes.count) ?? bytes.count
      }
    }
    return nil
  }

  private func isTag(_ name: String, at place: Int) -> Bool {
    let end = place + name.utf8.count
    guard end < bytes.count else { return false }
    return zip(bytes[place..<end], name.utf8).allSatisfy { $0 | 0x20 == $1 }
      && (WhiteSpace.isBlank(bytes[end]) || bytes[end] == 0x2F)
  }

  private mutating func skipTagName() {
    while place < bytes.count, !WhiteSpace.isBlank(bytes[place]), bytes[place] != 0x3E {
      place += 1
    }
  }

  /// Reads the attributes of a `meta`; leaves the place behind them.
  private mutating func metaLabel() -> String? {
    place += 4
    var names: Set<String> = []
    var isPragma = false
    var needsPragma: Bool?
    var label: String?
    while let (name, value) = attribute() {
      guard names.insert(name).inserted else { continue }
      switch name {
      case "http-equiv": isPragma = isPragma || value == "content-type"
      case "content":
        if label == nil, let found = Self.charset(inContent: value) {
          label = found
          needsPragma = true
        }
      case "charset":
        label = value
        needsPragma = false
      default: break
      }
    }
    guard !isCutOff, let needsPragma, !needsPragma || isPragma, let label,
      let encoding = Charset.known(label)
    else { return nil }
    // A page whose ASCII could be read is in no encoding of wide units.
    return encoding.hasPrefix("utf-16") || encoding.hasPrefix("utf-32") ? "utf-8" : label
  }

  /// The next attribute of the tag we are in, name and value in lower case.
  private mutating func attribute() -> (name: String, value: String)? {
    defer { if place >= bytes.count { isCutOff = true } }
    while place < bytes.count, WhiteSpace.isBlank(bytes[place]) || bytes[place] == 0x2F {
      place += 1
    }
    guard place < bytes.count, bytes[place] != 0x3E else { return nil }
    let nameStart = place
    while place < bytes.count, !WhiteSpace.isBlank(bytes[place]), bytes[place] != 0x2F,
      bytes[place] != 0x3E, bytes[place] != 0x3D || place == nameStart
    {
      place += 1
    }
    let name = lowercased(nameStart..<place)
    var next = place
    while next < bytes.count, WhiteSpace.isBlank(bytes[next]) { next += 1 }
    guard next < bytes.count, bytes[next] == 0x3D else { return (name, "") }
    place = next + 1
    while place < bytes.count, WhiteSpace.isBlank(bytes[place]) { place += 1 }
    guard place < bytes.count else { return nil }
    let quote = bytes[place]
    if quote == 0x22 || quote == 0x27 {
      guard let end = ByteScan.first(quote, in: bytes, (place + 1)..<bytes.count) else {
        place = bytes.count
        return nil
      }
      defer { place = end + 1 }
      return (name, lowercased((place + 1)..<end))
    }
    let start = place
    while place < bytes.count, !WhiteSpace.isBlank(bytes[place]), bytes[place] != 0x3E {
      place += 1
    }
    return (name, lowercased(start..<place))
  }

  private func lowercased(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self).lowercased()
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte < 0x80 && (0x61...0x7A).contains(byte | 0x20)
  }

  /// The label in `text/html; charset=…`, lower case (HTML standard §2.4.6).
  static func charset(inContent content: String) -> String? {
    let bytes = Array(content.utf8)
    var place = 0
    while let found = ByteScan.first("charset", in: bytes, from: place) {
      place = found + 7
      var next = place
      while next < bytes.count, WhiteSpace.isBlank(bytes[next]) { next += 1 }
      guard next < bytes.count, bytes[next] == 0x3D else { continue }
      next += 1
      while next < bytes.count, WhiteSpace.isBlank(bytes[next]) { next += 1 }
      guard next < bytes.count else { return nil }
      let quote = bytes[next]
      let end: Int
      if quote == 0x22 || quote == 0x27 {
        next += 1
        guard let close = ByteScan.first(quote, in: bytes, next..<bytes.count) else { return nil }
        end = close
      } else {
        end =
          bytes[next...].firstIndex { WhiteSpace.isBlank($0) || $0 == 0x3B } ?? bytes.count
      }
      return end > next ? String(decoding: bytes[next..<end], as: UTF8.self) : nil
    }
    return nil
  }
}
