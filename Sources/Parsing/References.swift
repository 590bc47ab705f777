/// References to other places and the base they are relative to (RFC 3986 §5).
public enum References {
  /// A reference made absolute, or as it is when there is no base to make it so.
  ///
  /// With the usual repairs: line ends and tabs inside are removed, blanks around are trimmed and
  /// blanks inside become `%20`.
  public static func resolve(_ reference: String, against base: String?) -> String {
    // Nearly all references of feeds are absolute.
    if isPlainlyAbsolute(reference) { return reference }
    let reference = repaired(reference)
    if reference.hasPrefix("https://") || reference.hasPrefix("http://") { return reference }
    guard let base, let parts = Parts(repaired(base)), parts.scheme != nil else {
      return reference
    }
    guard let own = Parts(reference) else { return reference }
    if own.scheme != nil { return reference }
    var result = parts
    if own.authority != nil {
      result.authority = own.authority
      result.path = withoutDots(own.path)
      result.query = own.query
    } else if own.path.isEmpty {
      if own.query != nil { result.query = own.query }
    } else {
      result.path =
        own.path.hasPrefix("/")
        ? withoutDots(own.path) : withoutDots(merged(parts, own.path))
      result.query = own.query
    }
    result.fragment = own.fragment
    return result.text
  }

  /// Whether a link to it may be opened: http, https, gemini, gopher, mailto.
  public static func isOpenable(_ target: String) -> Bool {
    guard let scheme = Parts(target)?.scheme?.lowercased() else { return true }
    return ["http", "https", "gemini", "gopher", "mailto"].contains(scheme)
  }

  /// The last part of an address's path; the host when there is none.
  static func fileName(of address: String) -> String {
    guard let parts = Parts(address) else { return address }
    if parts.scheme == "data" { return "image" }
    let name = parts.path.split(separator: "/").last.map(String.init) ?? host(of: address)
    return String(decoding: percentDecoded(Array(name.utf8)), as: UTF8.self)
  }

  static func host(of address: String) -> String {
    Parts(address)?.authority.map { authority in
      String(authority.split(separator: "@").last ?? Substring(authority))
    } ?? address
  }

  static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
    func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x46: byte - 0x37
      case 0x61...0x66: byte - 0x57
      default: nil
      }
    }
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == 0x25, place + 2 < bytes.count, let high = digit(bytes[place + 1]),
        let low = digit(bytes[place + 2])
      {
        result.append(high << 4 | low)
        place += 3
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return result
  }

  /// Whether a reference begins with `http://` or `https://` and has no blank in it.
  private static func isPlainlyAbsolute(_ reference: String) -> Bool {
    var reference = reference
    return reference.withUTF8 { bytes in
      guard bytes.count > 7, bytes[0] == 0x68, bytes[1] == 0x74, bytes[2] == 0x74, bytes[3] == 0x70
      else { return false }
      let colon = bytes[4] == 0x73 ? 5 : 4
      return bytes[colon] == 0x3A && bytes[colon + 1] == 0x2F && bytes.count > colon + 2
        && bytes[colon + 2] == 0x2F && bytes.allSatisfy { $0 > 0x20 }
    }
  }

  private static func repaired(_ reference: String) -> String {
    guard reference.utf8.contains(where: { $0 <= 0x20 }) else { return reference }
    var bytes = Array(reference.utf8)
    bytes.removeAll { $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.count
    var result: [UInt8] = []
    for byte in bytes[start...] {
      if byte == 0x20 { result += Array("%20".utf8) } else { result.append(byte) }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The five parts of a reference (RFC 3986, appendix B).
  struct Parts {
    var scheme: String?
    var authority: String?
    var path: String
    var query: String?
    var fragment: String?

    init?(_ reference: String) {
      var rest = Substring(reference)
      if let hash = rest.firstIndex(of: "#") {
        fragment = String(rest[rest.index(after: hash)...])
        rest = rest[..<hash]
      }
      if let mark = rest.firstIndex(of: "?") {
        query = String(rest[rest.index(after: mark)...])
        rest = rest[..<mark]
      }
      if let colon = rest.firstIndex(of: ":") {
        let name = rest[..<colon]
        let isScheme =
          name.first.map { $0.isASCII && $0.isLetter } ?? false
          && name.utf8.allSatisfy {
            ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || ($0 >= 0x30 && $0 <= 0x39)
              || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
          }
        if isScheme {
          scheme = String(name)
          rest = rest[rest.index(after: colon)...]
        }
      }
      if rest.hasPrefix("//") {
        rest = rest.dropFirst(2)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        authority = String(rest[..<end])
        rest = rest[end...]
      }
      path = String(rest)
    }

    var text: String {
      var text = ""
      if let scheme { text += scheme + ":" }
      if let authority { text += "//" + authority }
      text += path
      if let query { text += "?" + query }
      if let fragment { text += "#" + fragment }
      return text
    }
  }

  private static func merged(_ base: Parts, _ path: String) -> String {
    if base.authority != nil, base.path.isEmpty { return "/" + path }
    guard let slash = base.path.lastIndex(of: "/") else { return path }
    return base.path[...slash] + path
  }

  private static func withoutDots(_ path: String) -> String {
    guard path.contains(".") else { return path }
    var kept: [Substring] = []
    let isAbsolute = path.hasPrefix("/")
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    for (position, part) in parts.enumerated() {
      let isLast = position == parts.count - 1
      if part == "." {
        if isLast { kept.append("") }
      } else if part == ".." {
        if kept.count > (isAbsolute ? 1 : 0) { kept.removeLast() }
        if isLast { kept.append("") }
      } else {
        kept.append(part)
      }
    }
    return kept.joined(separator: "/")
  }
}
