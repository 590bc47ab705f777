/// How long a piece of work takes: the least of several runs, for the least is what the work costs
/// and the rest is what the machine was doing beside it.
struct Measurement {
  var name: String
  var bytes: Int
  var seconds: Double

  var megabytesPerSecond: Double { Double(bytes) / seconds / 1e6 }

  init(_ name: String, bytes: Int, runs: Int = 7, _ work: () -> Int) {
    self.name = name
    self.bytes = bytes
    var least = Double.infinity
    for _ in 0..<runs {
      let clock = ContinuousClock()
      let start = clock.now
      sink &+= work()
      let duration = clock.now - start
      let seconds =
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
      least = min(least, seconds)
    }
    seconds = least
  }

  // So that no work is left out because nobody looks at its result.
  private(set) var sink = 0
}
