/// Addresses of feeds, as they are compared.
enum Address {
  /// What two addresses of one feed have in common: no scheme, no final slash, no default port.
  static func comparable(_ url: String) -> String {
    var text = url[...]
    if let hash = text.firstIndex(of: "#") { text = text[..<hash] }
    var port = ""
    for (scheme, standard) in [("https://", ":443"), ("http://", ":80")]
    where text.lowercased().hasPrefix(scheme) {
      text = text.dropFirst(scheme.count)
      port = standard
      break
    }
    let end = text.firstIndex { $0 == "/" || $0 == "?" } ?? text.endIndex
    var host = text[..<end].lowercased()
    if !port.isEmpty, host.hasSuffix(port) { host.removeLast(port.count) }
    var rest = text[end...]
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    return host + rest
  }

  /// The host with its port, lower case.
  static func host(of url: String) -> String {
    guard let start = url.firstRange(of: "://")?.upperBound else { return "" }
    let rest = url[start...]
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    let authority = rest[..<end]
    let first = authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex
    return authority[first...].lowercased()
  }
}
