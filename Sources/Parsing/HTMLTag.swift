/// A tag as it stands in the source.
struct HTMLTag {
  struct Attribute {
    var name: String
    var value: String
    var hasValue: Bool
    var isQuoted: Bool
  }

  static let attributeLimit = 256

  var name: String
  var isEnd: Bool
  var isSelfClosing = false
  var rawAttributes: [Attribute] = []
  /// Behind the `>`; nil when there is none in the rest of the text.
  var end: Int?

  var attributes: [(name: String, value: String)] {
    rawAttributes.map { ($0.name, $0.value) }
  }

  /// `$` or `\` in a name or an unquoted value.
  var holdsMathematics: Bool {
    rawAttributes.contains { attribute in
      attribute.name.utf8.contains { $0 == 0x24 || $0 == 0x5C }
        || (!attribute.isQuoted && attribute.value.utf8.contains { $0 == 0x24 || $0 == 0x5C })
    }
  }

  /// Nil when no tag name stands behind the `<`.
  init?(_ bytes: [UInt8], at start: Int) {
    var place = start + 1
    isEnd = place < bytes.count && bytes[place] == 0x2F
    if isEnd { place += 1 }
    let nameStart = place
    guard place < bytes.count, Self.isLetter(bytes[place]) else { return nil }
    while place < bytes.count, Self.isNameByte(bytes[place]) { place += 1 }
    name = String(decoding: bytes[nameStart..<place], as: UTF8.self).lowercased()
    guard place < bytes.count else { return }
    guard Self.isBlank(bytes[place]) || bytes[place] == 0x2F || bytes[place] == 0x3E else {
      return nil
    }
    let attributesStart = place
    if let end = readAttributes(bytes, from: place) {
      self.end = end
      return
    }
    // Without a `>` under quote rules the tag ends at the first one.
    rawAttributes = []
    end = bytes[attributesStart...].firstIndex(of: 0x3E).map { $0 + 1 }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || (byte >= 0x30 && byte <= 0x39) || byte == 0x3A || byte == 0x5F
      || byte == 0x2D
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D || byte == 0x0C
  }

  private mutating func readAttributes(_ bytes: [UInt8], from start: Int) -> Int? {
    var place = start
    // A tag longer than this is no tag; the limit keeps hostile input linear.
    let limit = min(bytes.count, start + (1 << 18))
    while place < limit {
      let byte = bytes[place]
      if byte == 0x3E { return place + 1 }
      if byte == 0x2F {
        isSelfClosing = place + 1 < limit && bytes[place + 1] == 0x3E
        place += 1
        continue
      }
      if Self.isBlank(byte) {
        place += 1
        continue
      }
      let nameStart = place
      while place < limit, !Self.isBlank(bytes[place]), bytes[place] != 0x3D,
        bytes[place] != 0x3E, bytes[place] != 0x2F
      {
        place += 1
      }
      if place == nameStart {
        place += 1
        continue
      }
      let name = String(decoding: bytes[nameStart..<place], as: UTF8.self).lowercased()
      var next = place
      while next < limit, Self.isBlank(bytes[next]) { next += 1 }
      var attribute = Attribute(name: name, value: "", hasValue: false, isQuoted: false)
      if next < limit, bytes[next] == 0x3D {
        next += 1
        while next < limit, Self.isBlank(bytes[next]) { next += 1 }
        guard next < limit else { return nil }
        attribute.hasValue = true
        let quote = bytes[next]
        if quote == 0x22 || quote == 0x27 {
          guard let close = bytes[(next + 1)..<limit].firstIndex(of: quote) else { return nil }
          attribute.isQuoted = true
          attribute.value = Self.value(bytes[(next + 1)..<close])
          place = close + 1
        } else {
          let valueStart = next
          while next < limit, !Self.isBlank(bytes[next]), bytes[next] != 0x3E { next += 1 }
          attribute.value = Self.value(bytes[valueStart..<next])
          place = next
        }
      }
      if rawAttributes.count < Self.attributeLimit,
        !rawAttributes.contains(where: { $0.name == name })
      {
        rawAttributes.append(attribute)
      }
    }
    return nil
  }

  private static func value(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: HTMLReference.decoded(Array(bytes), isInAttribute: true), as: UTF8.self)
  }
}
