extension Array {
  /// The first place whose element satisfies a condition that holds from somewhere on.
  func partitioningIndex(where isLate: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isLate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
