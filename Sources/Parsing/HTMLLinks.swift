/// Addresses in the attributes of HTML.
enum HTMLLinks {
  private static let attributes = [
    "href", "src", "cite", "data", "longdesc", "poster", "background", "action", "usemap",
  ]

  /// Tags that load or embed something, or steer the page they stand in; what is in them stays.
  private static let embedding: Set<String> = [
    "object", "embed", "applet", "iframe", "frame", "frameset", "link", "base", "meta",
  ]

  /// HTML with its relative addresses made absolute, without tags that embed; everything else stays
  /// as received.
  static func resolved(_ html: String, against base: String?) -> String {
    guard html.utf8.contains(0x3C) else { return html }
    let bytes = Array(html.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      guard bytes[place] == 0x3C, let tag = HTMLTag(bytes, at: place), let end = tag.end else {
        result.append(bytes[place])
        place += 1
        continue
      }
      if embedding.contains(tag.name) {
        place = end
        continue
      }
      guard let base, !tag.isEnd,
        tag.rawAttributes.contains(where: { attributes.contains($0.name) })
      else {
        result.append(bytes[place])
        place += 1
        continue
      }
      result += Array("<\(tag.name)".utf8)
      for attribute in tag.rawAttributes {
        result += Array(" \(attribute.name)".utf8)
        guard attribute.hasValue else { continue }
        let value =
          attributes.contains(attribute.name)
          ? References.resolve(attribute.value, against: base) : attribute.value
        result += Array("=\"\(escaped(value))\"".utf8)
      }
      result += Array((tag.isSelfClosing ? " />" : ">").utf8)
      place = end
    }
    return String(decoding: result, as: UTF8.self)
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
