import Foundation
import Glibc
import Synchronization

/// A small HTTP server on 127.0.0.1 for tests: says what it was asked, and answers well or badly.
///
/// Every connection carries one request and has a thread of its own.
public final class LoopbackServer: Sendable {
  public struct Request: Sendable {
    public var method: String
    /// As it stood in the request line: a path, or a whole address when we are a proxy.
    public var target: String
    /// Names in lower case.
    public var headers: [(name: String, value: String)]

    public func value(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  public enum Reply: Sendable {
    /// A whole answer; length and `Connection: close` are added.
    case answer(Int, [(String, String)], [UInt8])
    /// These bytes and the end of the connection.
    case raw([UInt8])
    /// These bytes, then nothing until the client goes away.
    case silence([UInt8])
    /// These bytes, then others again and again until the client goes away.
    case endless([UInt8], [UInt8])

    public static func answer(
      _ status: Int = 200, _ headers: [(String, String)] = [], _ body: String = ""
    ) -> Reply {
      .answer(status, headers, Array(body.utf8))
    }
  }

  private struct State {
    var requests: [Request] = []
    var sentBytes = 0
    var active = 0
    var mostActive = 0
  }

  public let port: Int
  private let listener: Int32
  private let state = Mutex(State())
  private let handler: @Sendable (Request) -> Reply

  public init(_ handler: @escaping @Sendable (Request) -> Reply) throws {
    self.handler = handler
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(socket, pointer, length) == 0 && listen(socket, 128) == 0
          && getsockname(socket, pointer, &length) == 0
      }
    }
    guard isBound else { throw CocoaError(.fileNoSuchFile) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(socket, nil, nil)
        if connection < 0 { break }
        Thread.detachNewThread { [self] in serve(connection) }
      }
      // Closed here: closed elsewhere, its number might be another server's when it is used again.
      close(socket)
    }
  }

  public func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  public func url(_ path: String, host: String = "127.0.0.1") -> String {
    "http://\(host):\(port)\(path)"
  }

  public var requests: [Request] { state.withLock { $0.requests } }
  /// Bytes that the system has taken from us.
  public var sentBytes: Int { state.withLock { $0.sentBytes } }
  /// Requests that were in work at one moment.
  public var active: Int { state.withLock { $0.active } }
  public var mostActive: Int { state.withLock { $0.mostActive } }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    guard let request = read(from: connection) else { return }
    state.withLock { state in
      state.requests.append(request)
      state.active += 1
      state.mostActive = max(state.mostActive, state.active)
    }
    let reply = handler(request)
    // Before the last byte: the client may ask again as soon as it has it.
    state.withLock { $0.active -= 1 }
    switch reply {
    case .answer(let status, let headers, let body):
      var head = "HTTP/1.1 \(status) Answer\r\nConnection: close\r\n"
      for (name, value) in headers { head += "\(name): \(value)\r\n" }
      if status != 304 { head += "Content-Length: \(body.count)\r\n" }
      _ = send(Array((head + "\r\n").utf8) + (status == 304 ? [] : body), to: connection)
    case .raw(let bytes): _ = send(bytes, to: connection)
    case .silence(let bytes):
      _ = send(bytes, to: connection)
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
    case .endless(let head, let part):
      guard send(head, to: connection) else { return }
      while send(part, to: connection) {}
    }
  }

  private func read(from connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard bytes.count < 65_536, recv(connection, &byte, 1, 0) == 1 else { return nil }
      bytes.append(byte)
    }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    guard words.count >= 2 else { return nil }
    return Request(
      method: words[0], target: words[1],
      headers: lines.dropFirst().compactMap { line in
        guard let colon = line.firstIndex(of: ":") else { return nil }
        return (
          line[..<colon].lowercased(),
          line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        )
      })
  }

  private func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          connection, buffer.baseAddress?.advanced(by: start), buffer.count - start,
          Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      start += count
      state.withLock { $0.sentBytes += count }
    }
    return true
  }
}

/// Compressed bytes that grow enormously.
public enum GzipBomb {
  /// A gzip stream of blanks: one literal, then "258 times the last byte" again and again, in
  /// deflate's fixed codes (RFC 1951 §3.2.6); it ends without a checksum.
  public static func blanks(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var held = 0
    var heldBits = 0
    func flush() {
      while heldBits >= 8 {
        bytes.append(UInt8(held & 0xFF))
        held >>= 8
        heldBits -= 8
      }
    }
    /// Numbers go in from their lowest bit on, codes from their highest.
    func put(_ value: Int, bits: Int) {
      held |= value << heldBits
      heldBits += bits
      flush()
    }
    func putCode(_ code: Int, bits: Int) {
      for place in (0..<bits).reversed() { put(code >> place & 1, bits: 1) }
    }
    put(1, bits: 1)
    put(1, bits: 2)
    putCode(0x30 + 0x20, bits: 8)
    for _ in 0..<(count / 258) {
      putCode(0b1100_0101, bits: 8)
      putCode(0, bits: 5)
    }
    putCode(0, bits: 7)
    put(0, bits: 7)
    return bytes
  }
}
