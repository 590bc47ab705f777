import Glibc

/// How long a piece of work takes: the least processor time of several runs, for the least is what
/// the work costs and the rest is what the machine was doing beside it.
struct Measurement {
  var bytes: Int
  var seconds: Double
  /// So that no work is left out because nobody looks at its result.
  private(set) var sum = 0

  var megabytesPerSecond: Double { Double(bytes) / seconds / 1e6 }

  init(bytes: Int, runs: Int = 25, _ work: () -> Int) {
    self.bytes = bytes
    var least = Double.infinity
    for _ in 0..<runs {
      let start = Self.processorSeconds
      sum &+= work()
      least = min(least, Self.processorSeconds - start)
    }
    seconds = least
  }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
