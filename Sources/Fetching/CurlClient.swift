import CCurl
public import Feeds
import Glibc
import Synchronization

/// libcurl, loaded when it is needed for the first time.
public enum CurlLibrary {
  /// Whether the library is on this machine.
  public static var isThere: Bool { ycurl_load() }

  /// `7.88.1`; empty when there is none.
  public static var version: String { String(cString: ycurl_version()) }

  /// Scheme, host and port of an address, as libcurl reads it, lower case; nil when it is none.
  ///
  /// Asked of the library that will connect: two readers of one address might differ.
  static func origin(of url: String) -> String? {
    guard ycurl_load() else { return nil }
    return taken(ycurl_url_origin(url))?.lowercased()
  }

  /// An address without user, password and fragment; nil when it is none.
  static func plain(_ url: String) -> String? {
    guard ycurl_load() else { return nil }
    return taken(ycurl_url_plain(url))
  }

  private static func taken(_ text: UnsafeMutablePointer<CChar>?) -> String? {
    guard let text else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}

/// Many transfers at once on one thread, which is started by the first request and ends with
/// `close`.
///
/// At most two transfers run to one host; others wait without a clock running.
public final class CurlClient: Sendable {
  /// Patience and room.
  public struct Limits: Equatable, Sendable {
    public var transfers = 16
    public var transfersPerHost = 2
    public var connectMilliseconds = 10_000
    public var totalMilliseconds = 120_000
    /// Slower than `slowBytesPerSecond` for this long ends a transfer.
    public var slowSeconds = 20
    public var slowBytesPerSecond = 100
    /// Instead of the environment's proxy; nil leaves that to the environment.
    public var proxy: String?
    /// Whether `~/.netrc` is read for passwords.
    public var usesNetrc = false

    public init() {}
  }

  private let worker: Worker

  public init(_ limits: Limits = Limits()) {
    worker = Worker(limits)
  }

  deinit { worker.post(.stop) }

  /// Ends the thread; what still runs is cancelled.
  public func close() { worker.post(.stop) }

  /// Sends a request; cancelling the task ends the transfer at once.
  public func send(_ request: HTTPRequest) async -> Result<HTTPResponse, FetchFault> {
    let transfer = Transfer(request)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        transfer.answer = continuation
        worker.post(.start(transfer))
      }
    } onCancel: {
      transfer.isCancelled.store(true, ordering: .relaxed)
      worker.post(.cancel(transfer))
    }
  }

  /// The client as the rest knows it.
  public var client: HTTPClient {
    HTTPClient(send: { await self.send($0) }, origin: { CurlLibrary.origin(of: $0) })
  }
}

/// One transfer.
///
/// Unchecked because only the network's thread touches it once it is posted; `isCancelled` alone is
/// set from elsewhere.
final class Transfer: @unchecked Sendable {
  let request: HTTPRequest
  let isCancelled = Atomic(false)
  var answer: CheckedContinuation<Result<HTTPResponse, FetchFault>, Never>?

  var origin = ""
  var headerList: UnsafeMutablePointer<curl_slist>?
  var status = 0
  var fields: [HTTPResponse.Field] = []
  var headerBytes = 0
  var body: [UInt8] = []
  /// Of the body, wherever it goes.
  private var bodyByteCount = 0
  var isTooLarge = false
  /// Why the body could not be written to its file.
  var fileFault: String?
  var hasEnough = false
  let reason = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE) + 1)

  init(_ request: HTTPRequest) {
    self.request = request
    reason[0] = 0
  }

  deinit { reason.deallocate() }

  /// Header fields together; more is nothing a feed needs.
  static let headerLimitBytes = 256 << 10
  /// What is read, and thrown away, of the page that comes with an error.
  static let errorPageLimitBytes = 256 << 10

  var wantsBody: Bool { status == 200 || status == 226 }

  /// A header line, a status line, or the empty line at the end; false ends the transfer.
  func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= Self.headerLimitBytes else {
      isTooLarge = true
      return false
    }
    if bytes.count > 5, bytes.prefix(5).elementsEqual("HTTP/".utf8) {
      // Another answer begins: what came with a 100 does not count.
      let words = bytes.split(separator: 0x20, maxSplits: 2)
      status = words.count > 1 ? Int(String(decoding: words[1].prefix(3), as: UTF8.self)) ?? 0 : 0
      fields = []
      body = []
      bodyByteCount = 0
      if let file = request.bodyFile { emptyFile(file) }
      return true
    }
    guard let colon = bytes.firstIndex(of: 0x3A) else { return true }
    let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
    guard Self.wantedFields.contains(name) else { return true }
    var value = bytes[(colon + 1)...]
    while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
    while let last = value.last, last <= 0x20 { value.removeLast() }
    fields.append(HTTPResponse.Field(name: name, value: Array(value)))
    return true
  }

  private static let wantedFields: Set<String> = [
    "etag", "last-modified", "cache-control", "expires", "date", "retry-after", "content-type",
    "content-language", "content-location", "link",
  ]

  /// Decompressed bytes of the body; false ends the transfer.
  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard wantsBody else {
      headerBytes += bytes.count
      hasEnough = headerBytes > Self.headerLimitBytes + Self.errorPageLimitBytes
      return !hasEnough
    }
    guard bodyByteCount + bytes.count <= request.bodyLimitBytes else {
      isTooLarge = true
      body = []
      return false
    }
    bodyByteCount += bytes.count
    if let file = request.bodyFile { return write(bytes, to: file) }
    body.append(contentsOf: bytes)
    return true
  }

  private func emptyFile(_ file: Int32) {
    if ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0 {
      fileFault = String(cString: strerror(errno))
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
    var start = 0
    while start < bytes.count, fileFault == nil {
      let count = Glibc.write(file, bytes.baseAddress?.advanced(by: start), bytes.count - start)
      if count > 0 {
        start += count
      } else if errno != EINTR {
        fileFault = String(cString: strerror(errno))
      }
    }
    return fileFault == nil
  }

  func finish(_ result: Result<HTTPResponse, FetchFault>) {
    answer?.resume(returning: result)
    answer = nil
  }
}

/// The thread with the multi handle; everything but `post` and the inbox belongs to that thread.
private final class Worker: Sendable {
  enum Message: Sendable {
    case start(Transfer)
    case cancel(Transfer)
    case stop
  }

  private struct Inbox {
    var messages: [Message] = []
    var isRunning = false
    var multi: MultiHandle?
  }

  /// Unchecked because `curl_multi_wakeup` may be called from any thread as long as the handle
  /// lives, and it is taken out of the inbox, under its lock, before it is freed.
  private struct MultiHandle: @unchecked Sendable {
    var pointer: UnsafeMutableRawPointer
  }

  private let inbox = Mutex(Inbox())
  private let limits: CurlClient.Limits

  init(_ limits: CurlClient.Limits) {
    self.limits = limits
  }

  /// Leaves a message for the thread, and starts it with the first request.
  func post(_ message: Message) {
    let mustStart = inbox.withLock { inbox in
      if !inbox.isRunning {
        // Without a thread there is nothing to stop and nothing to cancel.
        guard case .start = message else { return false }
      }
      inbox.messages.append(message)
      if let multi = inbox.multi { ycurl_multi_wake(multi.pointer) }
      defer { inbox.isRunning = true }
      return !inbox.isRunning
    }
    guard mustStart else { return }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(self).toOpaque()
    let failure = pthread_create(
      &thread, nil,
      { box in
        guard let box else { return nil }
        Unmanaged<Worker>.fromOpaque(box).takeRetainedValue().run()
        return nil
      }, box)
    if failure == 0 {
      pthread_detach(thread)
    } else {
      Unmanaged<Worker>.fromOpaque(box).release()
      refuseAll(.other("the system gives no thread"))
    }
  }

  private func take() -> [Message] {
    inbox.withLock { inbox in
      defer { inbox.messages.removeAll(keepingCapacity: true) }
      return inbox.messages
    }
  }

  /// Answers what has come, and lets the next request start the thread again.
  private func refuseAll(_ fault: FetchFault) {
    let messages = inbox.withLock { inbox in
      inbox.isRunning = false
      inbox.multi = nil
      defer { inbox.messages = [] }
      return inbox.messages
    }
    for case .start(let transfer) in messages { transfer.finish(.failure(fault)) }
  }

  private func run() {
    // Signals are the main thread's; a TLS library that writes to a closed socket raises SIGPIPE.
    var signals = sigset_t()
    sigfillset(&signals)
    for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] {
      sigdelset(&signals, signal)
    }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    guard ycurl_load() else {
      return refuseAll(.libraryMissing(String(cString: ycurl_load_problem())))
    }
    guard let multi = ycurl_multi_new(Int(limits.transfersPerHost), Int(limits.transfers)) else {
      return refuseAll(.libraryMissing("libcurl gives no handle"))
    }
    inbox.withLock { $0.multi = MultiHandle(pointer: multi) }
    var board = Board(multi: multi, limits: limits)
    var isStopped = false
    while !isStopped {
      for message in take() {
        switch message {
        case .start(let transfer): board.enqueue(transfer)
        case .cancel(let transfer): board.cancel(transfer)
        case .stop: isStopped = true
        }
      }
      if isStopped { break }
      board.startWaiting()
      ycurl_multi_perform(multi)
      let hasEnded = board.finishEnded()
      // What has ended made room for others: start them before waiting.
      if hasEnded, board.hasWaiting { continue }
      ycurl_multi_wait(multi, board.isIdle ? 3_600_000 : 1_000)
    }
    // First out of the inbox: nobody may wake a handle that is freed.
    refuseAll(.cancelled)
    board.close()
    ycurl_multi_free(multi)
  }
}

/// What runs, what waits, and the handles that are used again.
struct Board {
  let multi: UnsafeMutableRawPointer
  let limits: CurlClient.Limits
  private var waiting: [Transfer] = []
  private var running: [UnsafeMutableRawPointer: Transfer] = [:]
  private var runningOfOrigin: [String: Int] = [:]
  private var spare: [UnsafeMutableRawPointer] = []

  init(multi: UnsafeMutableRawPointer, limits: CurlClient.Limits) {
    self.multi = multi
    self.limits = limits
  }

  var isIdle: Bool { running.isEmpty && waiting.isEmpty }
  var hasWaiting: Bool { !waiting.isEmpty }

  mutating func enqueue(_ transfer: Transfer) {
    if transfer.isCancelled.load(ordering: .relaxed) {
      return transfer.finish(.failure(.cancelled))
    }
    guard let origin = CurlLibrary.origin(of: transfer.request.url),
      origin.hasPrefix("http://") || origin.hasPrefix("https://")
    else { return transfer.finish(.failure(.badAddress)) }
    transfer.origin = origin
    waiting.append(transfer)
  }

  /// Starts, in their order, those whose hosts have room.
  mutating func startWaiting() {
    var place = 0
    while place < waiting.count, running.count < limits.transfers {
      let origin = waiting[place].origin
      guard runningOfOrigin[origin, default: 0] < limits.transfersPerHost else {
        place += 1
        continue
      }
      start(waiting.remove(at: place))
    }
  }

  private mutating func start(_ transfer: Transfer) {
    guard let easy = spare.popLast() ?? ycurl_easy_new() else {
      return transfer.finish(.failure(.other("memory is short")))
    }
    ycurl_easy_reset(easy)
    guard configure(easy, transfer), ycurl_multi_add(multi, easy) else {
      ycurl_list_free(transfer.headerList)
      transfer.headerList = nil
      spare.append(easy)
      return transfer.finish(.failure(.badAddress))
    }
    running[easy] = transfer
    runningOfOrigin[transfer.origin, default: 0] += 1
  }

  /// All options of a request; whether libcurl took those that matter.
  private func configure(_ easy: UnsafeMutableRawPointer, _ transfer: Transfer) -> Bool {
    let request = transfer.request
    func number(_ option: CURLoption, _ value: Int) -> Bool {
      ycurl_set_long(easy, option, value) == CURLE_OK
    }
    func text(_ option: CURLoption, _ value: String) -> Bool {
      ycurl_set_text(easy, option, value) == CURLE_OK
    }
    var isDone = text(CURLOPT_URL, Self.encoded(request.url))
    // libcurl before 7.85 knows the protocols as bits only.
    if !text(CURLOPT_PROTOCOLS_STR, "http,https") {
      isDone = number(CURLoption(rawValue: 181), 1 | 2) && isDone
    }
    isDone = number(CURLOPT_HTTPGET, 1) && isDone
    isDone = number(CURLOPT_NOSIGNAL, 1) && isDone
    isDone = number(CURLOPT_FOLLOWLOCATION, 0) && isDone
    isDone = number(CURLOPT_UNRESTRICTED_AUTH, 0) && isDone
    // Every coding the library knows: gzip, deflate, br, zstd.
    isDone = text(CURLOPT_ACCEPT_ENCODING, "") && isDone
    isDone = text(CURLOPT_USERAGENT, request.userAgent) && isDone
    isDone = number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)) && isDone
    isDone = number(CURLOPT_CONNECTTIMEOUT_MS, limits.connectMilliseconds) && isDone
    isDone = number(CURLOPT_TIMEOUT_MS, limits.totalMilliseconds) && isDone
    isDone = number(CURLOPT_LOW_SPEED_LIMIT, limits.slowBytesPerSecond) && isDone
    isDone = number(CURLOPT_LOW_SPEED_TIME, limits.slowSeconds) && isDone
    isDone =
      ycurl_set_size(easy, CURLOPT_MAXFILESIZE_LARGE, request.bodyLimitBytes) == CURLE_OK
      && isDone
    isDone = ycurl_set_pointer(easy, CURLOPT_ERRORBUFFER, transfer.reason) == CURLE_OK && isDone
    let context = Unmanaged.passUnretained(transfer).toOpaque()
    isDone =
      ycurl_set_receivers(
        easy,
        { bytes, size, count, context in
          guard let context, let bytes else { return 0 }
          let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
          let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
          return transfer.takeHeader(buffer) ? buffer.count : 0
        },
        { bytes, size, count, context in
          guard let context, let bytes else { return 0 }
          let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
          let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
          return transfer.takeBody(buffer) ? buffer.count : 0
        }, context) == CURLE_OK && isDone
    // Not every build has HTTP/2; then it is 1.1.
    _ = number(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    if let proxy = limits.proxy { isDone = text(CURLOPT_PROXY, proxy) && isDone }
    if limits.usesNetrc {
      isDone = number(CURLOPT_NETRC, Int(CURL_NETRC_OPTIONAL.rawValue)) && isDone
    }
    if let userInfo = request.userInfo {
      isDone = number(CURLOPT_HTTPAUTH, 1) && text(CURLOPT_USERPWD, userInfo) && isDone
    }
    for line in request.headerLines {
      let longer = (line + [0]).withUnsafeBytes { buffer -> UnsafeMutablePointer<curl_slist>? in
        let text = buffer.bindMemory(to: CChar.self).baseAddress
        return ycurl_list_append(transfer.headerList, text)
      }
      guard let longer else { return false }
      transfer.headerList = longer
    }
    isDone = ycurl_set_pointer(easy, CURLOPT_HTTPHEADER, transfer.headerList) == CURLE_OK && isDone
    return isDone
  }

  /// An address with blanks and bytes beyond ASCII percent-encoded behind its host.
  static func encoded(_ url: String) -> String {
    guard url.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }),
      let start = url.firstRange(of: "://")?.upperBound,
      let slash = url[start...].firstIndex(where: { $0 == "/" || $0 == "?" })
    else { return url }
    var result = String(url[..<slash])
    let digits = Array("0123456789ABCDEF")
    for byte in url[slash...].utf8 {
      if byte <= 0x20 || byte >= 0x7F {
        result += "%" + String(digits[Int(byte >> 4)]) + String(digits[Int(byte & 15)])
      } else {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return result
  }

  mutating func finishEnded() -> Bool {
    var hasEnded = false
    var code = CURLE_OK
    while let easy = ycurl_multi_ended(multi, &code) {
      hasEnded = true
      guard let transfer = running[easy] else { continue }
      let result = Self.result(of: transfer, easy, code)
      remove(easy, transfer)
      transfer.finish(result)
    }
    return hasEnded
  }

  mutating func cancel(_ transfer: Transfer) {
    // Answered first: taking a transfer away may wait for its look-up of a name.
    transfer.finish(.failure(.cancelled))
    if let place = waiting.firstIndex(where: { $0 === transfer }) {
      waiting.remove(at: place)
    } else if let easy = running.first(where: { $0.value === transfer })?.key {
      remove(easy, transfer)
    }
  }

  private mutating func remove(_ easy: UnsafeMutableRawPointer, _ transfer: Transfer) {
    ycurl_multi_remove(multi, easy)
    running[easy] = nil
    let left = runningOfOrigin[transfer.origin, default: 1] - 1
    runningOfOrigin[transfer.origin] = left > 0 ? left : nil
    ycurl_list_free(transfer.headerList)
    transfer.headerList = nil
    spare.append(easy)
  }

  mutating func close() {
    for transfer in waiting { transfer.finish(.failure(.cancelled)) }
    waiting = []
    for (easy, transfer) in running {
      transfer.finish(.failure(.cancelled))
      remove(easy, transfer)
    }
    for easy in spare { ycurl_easy_free(easy) }
    spare = []
  }

  private static func result(
    of transfer: Transfer, _ easy: UnsafeMutableRawPointer, _ code: CURLcode
  ) -> Result<HTTPResponse, FetchFault> {
    if let fault = transfer.fileFault { return .failure(.other("it cannot be saved: \(fault)")) }
    // The page that comes with an error may be of any size: it is not read.
    let isUnwanted = code == CURLE_FILESIZE_EXCEEDED && transfer.status != 0 && !transfer.wantsBody
    if transfer.isTooLarge || code == CURLE_FILESIZE_EXCEEDED && !isUnwanted {
      return .failure(.tooLarge(limitBytes: transfer.request.bodyLimitBytes))
    }
    guard code == CURLE_OK || transfer.hasEnough || isUnwanted else {
      return .failure(fault(code, easy, transfer))
    }
    let redirect = ycurl_info_text(easy, CURLINFO_REDIRECT_URL).map { String(cString: $0) }
    return .success(
      HTTPResponse(
        status: transfer.status, fields: transfer.fields, body: transfer.body,
        redirectTarget: redirect.flatMap { CurlLibrary.plain($0) }))
  }

  private static func fault(
    _ code: CURLcode, _ easy: UnsafeMutableRawPointer, _ transfer: Transfer
  ) -> FetchFault {
    let own = String(cString: transfer.reason)
    let reason = own.isEmpty ? String(cString: ycurl_reason(code)) : own
    let host = host(transfer.origin)
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: return .nameNotFound(host: host)
    case CURLE_COULDNT_RESOLVE_PROXY: return .other("the proxy was not found: \(reason)")
    case CURLE_COULDNT_CONNECT:
      let number = Int32(clamping: ycurl_info_long(easy, CURLINFO_OS_ERRNO))
      return number == ENETUNREACH || number == ENETDOWN ? .offline : .refused(host: host)
    case CURLE_OPERATION_TIMEDOUT:
      let seconds = Int(clamping: ycurl_info_size(easy, CURLINFO_TOTAL_TIME_T) / 1_000_000)
      return .timedOut(seconds: max(1, seconds))
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED:
      return .tls(reason: reason)
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
      CURLE_HTTP2_STREAM, CURLE_HTTP2:
      return .truncated
    case CURLE_URL_MALFORMAT: return .badAddress
    case CURLE_BAD_CONTENT_ENCODING:
      return .other("what it sent could not be decompressed")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
      return .other("what it sent is not HTTP")
    default: return .other(reason)
    }
  }

  /// `https://example.org:443` -> `example.org`.
  private static func host(_ origin: String) -> String {
    let rest = origin.firstRange(of: "://").map { origin[$0.upperBound...] } ?? origin[...]
    return String(rest.lastIndex(of: ":").map { rest[..<$0] } ?? rest)
  }
}
