public import Feeds

/// One question to a server.
///
/// Only GET is ever asked.
public struct HTTPRequest: Equatable, Sendable {
  /// http or https, without user and password.
  public var url: String
  /// Whole lines, `Name: value`, without line ends; bytes, because validators go back as they came.
  public var headerLines: [[UInt8]]
  public var userAgent: String
  /// `user:password` for basic authentication.
  public var userInfo: String?
  /// Bytes of a body after decompression; a body that is longer is a fault.
  public var bodyLimitBytes: Int
  /// An open, empty file that the body goes to instead of the answer; nil for memory.
  public var bodyFile: Int32?

  public init(
    url: String, headerLines: [[UInt8]] = [], userAgent: String, userInfo: String? = nil,
    bodyLimitBytes: Int, bodyFile: Int32? = nil
  ) {
    self.url = url
    self.headerLines = headerLines
    self.userAgent = userAgent
    self.userInfo = userInfo
    self.bodyLimitBytes = bodyLimitBytes
    self.bodyFile = bodyFile
  }
}

/// What a server answered, redirects included: they are not followed here.
public struct HTTPResponse: Equatable, Sendable {
  public struct Field: Equatable, Sendable {
    /// Lower case.
    public var name: String
    /// Without white space around it.
    public var value: [UInt8]

    public init(name: String, value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  public var status: Int
  public var fields: [Field]
  /// Decompressed; empty unless the status is 200 or 226, and when it went to a file.
  public var body: [UInt8]
  /// Where a redirect leads, absolute, without user, password and fragment.
  public var redirectTarget: String?

  public init(
    status: Int, fields: [Field] = [], body: [UInt8] = [], redirectTarget: String? = nil
  ) {
    self.status = status
    self.fields = fields
    self.body = body
    self.redirectTarget = redirectTarget
  }

  /// The value of a field; the last one when there are several, empty ones aside.
  public func bytes(_ name: String) -> [UInt8]? {
    fields.last { $0.name == name && !$0.value.isEmpty }?.value
  }

  public func text(_ name: String) -> String? {
    bytes(name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The values of all fields of a name.
  public func texts(_ name: String) -> [String] {
    fields.filter { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
  }
}

/// The network, as far as the rest knows it: one call, replaceable in tests.
public struct HTTPClient: Sendable {
  public var send: @Sendable (HTTPRequest) async -> Result<HTTPResponse, FetchFault>
  /// Scheme, host and port of an address; nil when it is none.
  public var origin: @Sendable (String) -> String?

  public init(
    send: @escaping @Sendable (HTTPRequest) async -> Result<HTTPResponse, FetchFault>,
    origin: @escaping @Sendable (String) -> String?
  ) {
    self.send = send
    self.origin = origin
  }
}
