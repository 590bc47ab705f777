/// How long a piece of work takes: the least of several runs, for the least is what the work costs
/// and the rest is what the machine was doing beside it.
struct Measurement {
  var bytes: Int
  var seconds: Double
  /// So that no work is left out because nobody looks at its result.
  private(set) var sum = 0

  var megabytesPerSecond: Double { Double(bytes) / seconds / 1e6 }

  init(bytes: Int, runs: Int = 25, _ work: () -> Int) {
    self.bytes = bytes
    var least = Double.infinity
    let clock = ContinuousClock()
    for _ in 0..<runs {
      let start = clock.now
      sum &+= work()
      let duration = (clock.now - start).components
      least = min(least, Double(duration.seconds) + Double(duration.attoseconds) / 1e18)
    }
    seconds = least
  }
}
