/// When a feed is asked again: pure arithmetic on times.
///
/// A feed's own wishes (`max-age`, `ttl`, `sy:`, `skipHours`) lengthen the interval and never
/// shorten it; failures back off.
public struct Schedule: Equatable, Sendable {
  /// Seconds between two requests when nothing speaks for more; 15 minutes to 7 days.
  public var intervalSeconds: Int64
  /// Whether feeds that rarely have something new are asked more rarely.
  public var isAdaptive: Bool

  public init(intervalSeconds: Int64 = 3_600, isAdaptive: Bool = true) {
    self.intervalSeconds = max(900, min(intervalSeconds, 7 * Self.day))
    self.isAdaptive = isAdaptive
  }

  static let hour: Int64 = 3_600
  static let day: Int64 = 86_400

  /// What the feed and its server said about when to come again.
  public struct Hints: Equatable, Sendable {
    /// `max-age`, or the time to `Expires`.
    public var freshnessSeconds: Int64?
    public var ttlMinutes: Int?
    /// `sy:updatePeriod` divided by `sy:updateFrequency`.
    public var updatePeriodSeconds: Int?
    /// Hours of the day, GMT, as bits 0 to 23.
    public var skipHours: Int
    /// Days of the week, Sunday first, as bits 0 to 6.
    public var skipDays: Int

    public init(
      freshnessSeconds: Int64? = nil, ttlMinutes: Int? = nil, updatePeriodSeconds: Int? = nil,
      skipHours: Int = 0, skipDays: Int = 0
    ) {
      self.freshnessSeconds = freshnessSeconds
      self.ttlMinutes = ttlMinutes
      self.updatePeriodSeconds = updatePeriodSeconds
      self.skipHours = skipHours
      self.skipDays = skipDays
    }
  }

  /// After an answer: a feed, or "not modified".
  ///
  /// - Parameter lastNew: when the feed had something new the last time.
  public func next(
    for feed: FeedID, at now: Timestamp, hints: Hints, lastNew: Timestamp?,
    blockedUntil: Timestamp? = nil
  ) -> Timestamp {
    let base = intervalSeconds
    var quiet: Int64 = 1
    if isAdaptive, let lastNew {
      switch (now.secondsSince1970 - lastNew.secondsSince1970) / Self.day {
      case ..<30: quiet = 1
      case ..<90: quiet = 2
      case ..<180: quiet = 4
      case ..<365: quiet = 8
      default: quiet = 8
      }
    }
    let freshness = max(0, min(hints.freshnessSeconds ?? 0, Self.day))
    let ttl = Int64(max(0, min(hints.ttlMinutes ?? 0, 525_600))) * 60
    let period = Int64(max(0, hints.updatePeriodSeconds ?? 0))
    let wish = max(freshness, min(max(ttl, period), 7 * Self.day))
    let interval = max(min(base * quiet, Self.day), base, wish)
    var next = now.secondsSince1970 + jittered(interval, for: feed)
    // A wish is a minimum: the jitter must not undercut it.
    next = max(next, now.secondsSince1970 + wish)
    next = beyondSkipped(next, hints)
    if let blockedUntil { next = max(next, blockedUntil.secondsSince1970) }
    return Timestamp(secondsSince1970: next)
  }

  /// After a failure, the `count`th in a row: 1 h, 2 h, 4 h … 24 h.
  public func next(
    for feed: FeedID, afterFailure count: Int, at now: Timestamp, isHopeless: Bool = false,
    isUnauthorized: Bool = false
  ) -> Timestamp {
    let doubled = Self.hour << Int64(max(0, min(count - 1, 5)))
    let wait = isHopeless ? 7 * Self.day : isUnauthorized ? Self.day : min(doubled, Self.day)
    return Timestamp(secondsSince1970: now.secondsSince1970 + jittered(wait, for: feed, per: 5))
  }

  /// Between 0.9 and 1.1 times the interval (0.8 to 1.2 with `per` 5), always the same for a feed,
  /// so that not all are asked at one moment.
  private func jittered(_ seconds: Int64, for feed: FeedID, per part: Int64 = 10) -> Int64 {
    var hash = UInt64(bitPattern: feed.number) &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 32
    let thousandths = Int64(hash % 2_001) - 1_000
    return seconds + seconds / part * thousandths / 1_000
  }

  private func beyondSkipped(_ moment: Int64, _ hints: Hints) -> Int64 {
    let allHours = hints.skipHours & 0xFF_FFFF == 0xFF_FFFF
    let allDays = hints.skipDays & 0x7F == 0x7F
    guard hints.skipHours != 0 || hints.skipDays != 0 else { return moment }
    // Everything skipped cannot be meant: once a day.
    if allHours || allDays { return moment + Self.day }
    var moment = moment
    for _ in 0..<24 * 8 {
      let parts = Timestamp(secondsSince1970: moment).parts()
      let isSkipped =
        hints.skipHours >> parts.hour & 1 == 1 || hints.skipDays >> parts.weekday & 1 == 1
      guard isSkipped else { return moment }
      moment += Self.hour - moment % Self.hour
    }
    return moment
  }
}
