import Feeds
import Fetching
import Glibc

/// How feeds are asked for; the defaults are those of an absent configuration.
struct RefreshSettings: Sendable {
  /// What one feed's section of the configuration says.
  struct Own: Sendable, Equatable {
    /// `Name: value`.
    var headers: [String] = []
    var userAgent: String?
    var intervalSeconds: Int64?
  }

  static let version = "0.1.0"

  var fetching = Fetcher.Settings(userAgent: "yue/\(version) (+https://github.com/yue-reader/yue)")
  var limits = CurlClient.Limits()
  var schedule = Schedule()
  /// Feeds that are parsed and stored at a time.
  var parsers = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1)
  /// By the address of the feed.
  var own: [String: Own] = [:]

  /// Bytes that may lie between the network and the library.
  static let pendingLimitBytes = 64 << 20

  /// A ticket with what the configuration says of its feed.
  func applied(to ticket: FetchTicket) -> FetchTicket {
    guard let own = own[ticket.url] else { return ticket }
    var ticket = ticket
    ticket.headers += own.headers
    ticket.userAgent = own.userAgent ?? ticket.userAgent
    return ticket
  }

  func schedule(for ticket: FetchTicket) -> Schedule {
    guard let seconds = own[ticket.url]?.intervalSeconds else { return schedule }
    return Schedule(intervalSeconds: seconds, isAdaptive: schedule.isAdaptive)
  }
}
