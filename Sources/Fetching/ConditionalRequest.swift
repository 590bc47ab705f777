import Feeds

/// Validators and wishes on their way into a request, and an answer on its way into an outcome: no
/// clock, no network.
enum ConditionalRequest {
  static let accept =
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    + "text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"

  /// The header lines of a request for a feed.
  ///
  /// - Parameters:
  ///   - url: the address that is asked; validators go only to the one that gave them.
  ///   - sendsOwnHeaders: whether the feed's own headers may be seen by that server.
  static func headerLines(
    for ticket: FetchTicket, url: String, sendsOwnHeaders: Bool
  ) -> [[UInt8]] {
    var lines = [Array("Accept: \(accept)".utf8)]
    if let validators = ticket.validators, validators.url == url {
      if let etag = validators.etag, isClean(etag) {
        lines.append(Array("If-None-Match: ".utf8) + etag)
        // RFC 3229: only what is new would do, if the server can tell.
        lines.append(Array("A-IM: feed".utf8))
      }
      if let lastModified = validators.lastModified, isClean(lastModified) {
        lines.append(Array("If-Modified-Since: ".utf8) + lastModified)
      }
    }
    if sendsOwnHeaders {
      for header in ticket.headers where header.contains(":") && isClean(Array(header.utf8)) {
        lines.append(Array(header.utf8))
      }
    }
    return lines
  }

  /// Whether bytes can stand in a header line: they came from one, or from a file of settings.
  private static func isClean(_ bytes: [UInt8]) -> Bool {
    !bytes.isEmpty && bytes.count <= 8_192 && !bytes.contains { $0 < 0x20 && $0 != 0x09 }
  }

  /// What an answer that is no redirect means.
  ///
  /// - Parameter url: the address that answered at last.
  static func outcome(
    _ response: HTTPResponse, to ticket: FetchTicket, url: String, at now: Timestamp
  ) -> FetchOutcome {
    let validators = validators(of: response, url: url)
    switch response.status {
    case 304:
      // "As you have it", said to somebody who has nothing.
      guard ticket.validators?.url == url else { return .failed(.status(304)) }
      return .notModified(validators)
    case 200, 226:
      let hash = hash(response.body)
      if response.status == 200, hash == ticket.bodyHash { return .unchanged(validators) }
      return .received(
        FetchedBody(
          bytes: response.body, bodyHash: hash, contentType: response.text("content-type"),
          contentLanguage: response.text("content-language"),
          contentLocation: response.text("content-location"), links: response.texts("link"),
          url: url, validators: validators))
    case 410: return .gone
    case 429:
      let until =
        retryAfter(response, at: now)
        ?? now.secondsSince1970 + min(86_400, 3_600 << Int64(max(0, min(ticket.failureCount, 5))))
      return .blocked(until: Timestamp(secondsSince1970: until), isThrottled: true)
    case 503:
      guard let until = retryAfter(response, at: now) else { return .failed(.status(503)) }
      return .blocked(until: Timestamp(secondsSince1970: until), isThrottled: false)
    case 401, 407: return .failed(.unauthorized)
    case 403, 451: return .failed(.forbidden)
    case 404: return .failed(.notFound)
    default: return .failed(.status(response.status))
    }
  }

  /// The validators of an answer, as received; nil when it has none.
  static func validators(of response: HTTPResponse, url: String) -> Validators? {
    let etag = response.bytes("etag")
    let lastModified = response.bytes("last-modified")
    guard etag != nil || lastModified != nil else { return nil }
    return Validators(etag: etag, lastModified: lastModified, url: url)
  }

  /// The moment in seconds before which a server wants no request; nil when it says none that lies
  /// in the future.
  ///
  /// A date is read by the server's own clock, which may go wrong.
  static func retryAfter(_ response: HTTPResponse, at now: Timestamp) -> Int64? {
    guard let text = response.text("retry-after") else { return nil }
    let longest: Int64 = 30 * 86_400
    var wait: Int64
    if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      wait = Int64(text) ?? longest
    } else {
      guard let date = HTTPDate.read(text, now: now) else { return nil }
      let serverNow = response.text("date").flatMap { HTTPDate.read($0, now: now) } ?? now
      wait = date.secondsSince1970 - serverNow.secondsSince1970
    }
    wait = min(wait, longest)
    return wait > 0 ? now.secondsSince1970 + wait : nil
  }

  /// `max-age`, else the time from `Date` to `Expires` (RFC 9111 §4.2.1), in seconds.
  static func freshness(_ response: HTTPResponse, at now: Timestamp) -> Int64? {
    for value in response.texts("cache-control") {
      for directive in value.lowercased().split(separator: ",") {
        let parts = directive.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          .map {
            $0.filter { !" \t\"".contains($0) }
          }
        guard parts.count == 2, parts[0] == "max-age" else { continue }
        // As many digits as one likes, and nothing below 0.
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), !parts[1].isEmpty else {
          return 0
        }
        return Int64(parts[1]) ?? Int64(Int32.max)
      }
    }
    guard let text = response.text("expires") else { return nil }
    guard let expires = HTTPDate.read(text, now: now) else { return 0 }
    let serverNow = response.text("date").flatMap { HTTPDate.read($0, now: now) } ?? now
    return max(0, expires.secondsSince1970 - serverNow.secondsSince1970)
  }

  /// FNV-1a over words of eight bytes: whether a body is that of last time.
  static func hash(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    bytes.withUnsafeBytes { buffer in
      var place = 0
      while place + 8 <= buffer.count {
        let word = buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        hash = (hash ^ UInt64(littleEndian: word)) &* 0x100_0000_01B3
        hash ^= hash >> 29
        place += 8
      }
      while place < buffer.count {
        hash = (hash ^ UInt64(buffer[place])) &* 0x100_0000_01B3
        place += 1
      }
    }
    return hash ^ UInt64(bytes.count)
  }
}
