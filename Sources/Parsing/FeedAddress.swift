public import Feeds

/// An address that may be subscribed to, taken from what a reader typed or a list holds.
public struct FeedAddress: Hashable, Sendable {
  /// `http` or `https`, or `file` when that was allowed; without user and password.
  public var url: String
  /// `user:password` that stood before the host, percent-decoded.
  public var userInfo: String?

  /// Longer addresses are refused.
  static let byteLimit = 8192

  /// Reads an address (RFC 3986); what it is wrapped in by feed handlers is taken off: `feed:`.
  ///
  /// Only http and https are fetched. Commands, scripts and other schemes are refused by name.
  ///
  /// - Parameter allowsCommands: `exec:` addresses are taken as they are.
  public static func read(
    _ text: String, allowsFiles: Bool = false, allowsCommands: Bool = false
  ) -> Result<FeedAddress, AddressRefusal> {
    if allowsCommands, text.hasPrefix("exec:") {
      guard text.utf8.count <= byteLimit, !text.unicodeScalars.contains(where: { $0.value < 0x20 })
      else { return .failure(AddressRefusal(.noAddress)) }
      return .success(FeedAddress(url: text, userInfo: nil))
    }
    var text = References.resolve(text, against: nil)
    guard !text.isEmpty, text.utf8.count <= byteLimit else {
      return .failure(AddressRefusal(.noAddress))
    }
    if text.hasPrefix("|") { return .failure(AddressRefusal(.command)) }
    if text.lowercased().hasPrefix("feed://") {
      text = "http://" + text.dropFirst(7)
    } else if text.lowercased().hasPrefix("feed:") {
      text = String(text.dropFirst(5))
    }
    guard var parts = References.Parts(text), let scheme = parts.scheme?.lowercased() else {
      return .failure(AddressRefusal(.noAddress))
    }
    if scheme == "file" {
      guard allowsFiles else { return .failure(AddressRefusal(.file)) }
      return .success(FeedAddress(url: text, userInfo: nil))
    }
    guard scheme == "http" || scheme == "https" else {
      // `example.org:8080/feed` has no scheme but a port.
      return .failure(AddressRefusal(scheme.contains(".") ? .noAddress : .scheme(scheme)))
    }
    var userInfo: String?
    if let authority = parts.authority, let at = authority.lastIndex(of: "@") {
      let before = authority[..<at]
      userInfo = String(
        decoding: References.percentDecoded(Array(before.utf8)), as: UTF8.self)
      if before.isEmpty { userInfo = nil }
      parts.authority = String(authority[authority.index(after: at)...])
    }
    guard let host = parts.authority, host.first.map({ $0 != ":" }) ?? false,
      !parts.text.unicodeScalars.contains(where: isUnsafe)
    else { return .failure(AddressRefusal(.noAddress)) }
    return .success(FeedAddress(url: parts.text, userInfo: userInfo))
  }

  /// Equal for addresses that name the same feed.
  ///
  /// The case of scheme and host, a default port, a slash at the end and the fragment do not count.
  public static func key(of url: String) -> String {
    guard var parts = References.Parts(url) else { return url }
    parts.scheme = parts.scheme?.lowercased()
    if var authority = parts.authority?.lowercased() {
      let port = parts.scheme == "https" ? ":443" : ":80"
      if authority.hasSuffix(port) { authority.removeLast(port.count) }
      parts.authority = authority
    }
    parts.fragment = nil
    if parts.query == nil {
      while parts.path.hasSuffix("/") { parts.path.removeLast() }
    }
    return parts.text
  }

  /// The address as it may be shown: without user and password.
  static func shown(_ text: String) -> String {
    guard var parts = References.Parts(text), let authority = parts.authority,
      let at = authority.lastIndex(of: "@")
    else { return text }
    parts.authority = String(authority[authority.index(after: at)...])
    return parts.text
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: true
    default: false
    }
  }
}

/// Why an address cannot be subscribed to.
public struct AddressRefusal: Error, Hashable, Sendable {
  public var reason: Refusal.Reason
  init(_ reason: Refusal.Reason) { self.reason = reason }
}
