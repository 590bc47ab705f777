/// TeX in the addresses of services that draw formulas as images (docs/math.md).
enum FormulaURLs {
  /// The TeX an address holds; nil when it is not one of those services.
  static func tex(of address: String) -> [UInt8]? {
    guard let parts = References.Parts(address), var query = parts.query else { return nil }
    let host = (parts.authority ?? "").lowercased()
    if let fragment = parts.fragment { query += "#" + fragment }
    // Separators are decoded once too few in some feeds.
    query = query.replacing("&amp;", with: "&").replacing("&#038;", with: "&")
    if host.hasSuffix("wp.com") || host == "l.wordpress.com", parts.path.hasSuffix("latex.php") {
      return value("latex", query).map { formDecoded($0) }
    }
    if host.hasSuffix("zhihu.com"), parts.path.hasSuffix("equation") {
      return value("tex", query).map { text in
        text.contains("%") ? formDecoded(text) : Array(text.utf8)
      }
    }
    if host.hasSuffix("codecogs.com") {
      return codecogs(query)
    }
    if host == "chart.apis.google.com" || host == "chart.googleapis.com"
      || host == "www.google.com",
      value("cht", query)?.hasPrefix("tx") ?? false
    {
      return value("chl", query).map { formDecoded($0) }
    }
    if host == "render.githubusercontent.com", parts.path.hasSuffix("render/math") {
      return value("math", query).map { formDecoded($0) }
    }
    return nil
  }

  private static func value(_ name: String, _ query: String) -> String? {
    for pair in query.split(separator: "&") where pair.hasPrefix(name + "=") {
      return String(pair.dropFirst(name.count + 1))
    }
    return nil
  }

  private static func formDecoded(_ text: String) -> [UInt8] {
    References.percentDecoded(text.utf8.map { $0 == 0x2B ? 0x20 : $0 })
  }

  /// Everything behind the question mark, without the settings of the image.
  private static func codecogs(_ query: String) -> [UInt8] {
    var text = query.replacing("&space;", with: " ").replacing("&plus;", with: "+").replacing(
      "&hash;", with: "#")
    text = String(decoding: References.percentDecoded(Array(text.utf8)), as: UTF8.self)
    var rest = Substring(text)
    while true {
      while rest.first == " " { rest.removeFirst() }
      if let match = rest.prefixMatch(of: #/\\(dpi|fn|bg|fg)(\{[^}]*\}|_[A-Za-z0-9]+)/#) {
        rest = rest[match.range.upperBound...]
      } else if let match = rest.prefixMatch(
        of: #/\\(inline|large|small|tiny|huge|LARGE)(?![A-Za-z])/#)
      {
        rest = rest[match.range.upperBound...]
      } else {
        break
      }
    }
    return Array(rest.utf8)
  }
}
