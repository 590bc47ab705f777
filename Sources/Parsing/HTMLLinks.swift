import Glibc

/// Addresses in the attributes of HTML.
enum HTMLLinks {
  private static let attributes = [
    "href", "src", "cite", "data", "longdesc", "poster", "background", "action", "usemap",
  ]

  /// Tags that load or embed something, or steer the page they stand in; what is in them stays.
  private static let embedding: Set<String> = [
    "object", "embed", "applet", "iframe", "frame", "frameset", "link", "base", "meta",
  ]

  /// HTML with its relative addresses made absolute, without tags that embed; a `<!` that begins
  /// nothing is written as the text it is.
  ///
  /// Everything else stays as received.
  ///
  /// - Returns: nil when all of it stays.
  static func resolved(_ bytes: [UInt8], against base: String?) -> [UInt8]? {
    var result: [UInt8] = []
    /// Everything before it is in the result.
    var clean = 0
    var place = 0
    var hasNoCDATAEnd = false
    while let start = ByteScan.first(0x3C, in: bytes, place..<bytes.count) {
      place = start + 1
      if place < bytes.count, bytes[place] == 0x21 {
        let rest = bytes[start...]
        var isText = !HTMLDeclaration.canBegin(bytes, at: start)
        if rest.starts(with: "<![CDATA[".utf8) {
          if !hasNoCDATAEnd { hasNoCDATAEnd = ByteScan.first("]]>", in: bytes, from: start) == nil }
          isText = hasNoCDATAEnd
        }
        guard isText else { continue }
        result += bytes[clean..<start]
        result += "&lt;".utf8
        clean = place
        continue
      }
      // Most tags have no attributes, and most of the others none of ours.
      guard mayMatter(bytes, at: place), let tag = HTMLTag(bytes, at: start), let end = tag.end
      else { continue }
      if embedding.contains(tag.name) {
        result += bytes[clean..<start]
        clean = end
        place = end
        continue
      }
      guard let base, !tag.isEnd,
        tag.rawAttributes.contains(where: { attributes.contains($0.name) })
      else { continue }
      result += bytes[clean..<start]
      result += "<\(tag.name)".utf8
      for attribute in tag.rawAttributes {
        result += " \(attribute.name)".utf8
        guard attribute.hasValue else { continue }
        let value =
          attributes.contains(attribute.name)
          ? References.resolve(attribute.value, against: base) : attribute.value
        result += "=\"\(escaped(value))\"".utf8
      }
      result += (tag.isSelfClosing ? " />" : ">").utf8
      clean = end
      place = end
    }
    guard clean > 0 else { return nil }
    return result + bytes[clean...]
  }

  /// Whether there is anything in HTML that could be changed: no tag with attributes, no `<!`.
  static func mayChange(_ html: String, base: String?) -> Bool {
    var html = html
    return html.withUTF8 { bytes in
      var place = 0
      while place < bytes.count, let start = bytes.baseAddress,
        let found = memchr(start + place, 0x3C, bytes.count - place)
      {
        place = UnsafeRawPointer(found) - UnsafeRawPointer(start) + 1
        guard place < bytes.count else { return false }
        if bytes[place] == 0x21 || mayEmbed(bytes[place]) { return true }
        guard base != nil, bytes[place] != 0x2F else { continue }
        while place < bytes.count, bytes[place] != 0x3E, !WhiteSpace.isBlank(bytes[place]) {
          place += 1
        }
        if place < bytes.count, bytes[place] != 0x3E { return true }
      }
      return false
    }
  }

  /// Whether the name of an embedding element may begin like this, or an end tag.
  private static func mayEmbed(_ byte: UInt8) -> Bool {
    switch byte | 0x20 {
    // object, embed, applet, iframe, frame, link, base, meta
    case 0x6F, 0x65, 0x61, 0x69, 0x66, 0x6C, 0x62, 0x6D: true
    default: false
    }
  }

  /// Whether a tag has attributes or may embed something, told by the bytes behind its `<`.
  private static func mayMatter(_ bytes: [UInt8], at place: Int) -> Bool {
    guard place < bytes.count else { return false }
    if mayEmbed(bytes[place]) || bytes[place] == 0x2F { return true }
    var end = place
    while end < bytes.count, bytes[end] != 0x3E, !WhiteSpace.isBlank(bytes[end]), bytes[end] != 0x2F
    {
      end += 1
    }
    return end < bytes.count && bytes[end] != 0x3E
  }

  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x22 || $0 == 0x3C }) else { return text }
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "<": result += "&lt;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}

/// What begins with `<!`.
enum HTMLDeclaration {
  /// Whether a comment, a document type, a CDATA section or a conditional comment can begin at a
  /// `<!`; else it is text.
  static func canBegin(_ bytes: [UInt8], at place: Int) -> Bool {
    guard place + 2 < bytes.count else { return false }
    switch bytes[place + 2] {
    case 0x2D, 0x3E, 0x5B, 0x41...0x5A, 0x61...0x7A: return true
    default: return false
    }
  }
}
