import CUnicode
import Cells
import Documents

/// Where greedy filling is not the best: a last line of one cluster, and `wrap = optimal`.
extension Filling {
  /// Orphan repair (4.2): the break before the last line moves to the previous opportunity when the
  /// last line would be one cluster; so does the break before a line that would be one cluster
  /// because the formula behind it needs lines of its own.
  ///
  /// Returns the fragment that is to begin the line.
  mutating func orphanRepair(
    _ input: FillingInput, _ lineStart: Int, _ next: Int, _ used: Int, _ width: Int
  ) -> Int? {
    guard next - 1 > lineStart, let end = endOfLoneCluster(input, from: next, width) else {
      return nil
    }
    let moved = fragments[next - 1]
    guard moved.objectUnit < 0, !moved.isMust else { return nil }
    let before = fragments[next - 2]
    let left = used - moved.columns - before.spaceColumns
    guard left * 4 >= width * 3 else { return nil }
    var last = moved.columns
    for position in next..<end {
      last += fragments[position - 1].spaceColumns + fragments[position].columns
    }
    return last <= width ? next - 1 : nil
  }

  /// The end of the line that begins with a fragment, if that line would be one cluster and closing
  /// marks: the end of the stretch, or a formula that cannot begin on it.
  private mutating func endOfLoneCluster(
    _ input: FillingInput, from position: Int, _ width: Int
  ) -> Int? {
    var end = position
    var columns = 0
    while end < fragmentCount {
      let fragment = fragments[end]
      guard fragment.endUnit - fragments[position].firstUnit <= 12 || fragment.objectUnit >= 0
      else { return nil }
      if fragment.objectUnit >= 0 {
        guard end > position, formula(of: fragment, input) != nil,
          !fits(fragment, input, room: width - columns - fragments[end - 1].spaceColumns, width)
        else { return nil }
        break
      }
      columns += (end > position ? fragments[end - 1].spaceColumns : 0) + fragment.columns
      end += 1
    }
    return isLoneCluster(input, position..<end) ? end : nil
  }

  /// Whether a formula, or its first piece, fits what is left of a line.
  mutating func fits(
    _ fragment: Fragment, _ input: FillingInput, room: Int, _ width: Int
  ) -> Bool {
    if fragment.columns <= room { return true }
    guard fragment.columns > min(width, max(24, width / 2)) else { return false }
    filler.read(input.text, formulaParts(fragment, input), input.page.profile)
    let glued = gluedColumns(fragment, input, lineColumns: width)
    return glued.before + filler.columnsOfFirstPiece(level: 1) <= room
  }

  private func isLoneCluster(_ input: FillingInput, _ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    var isFirst = true
    for place in fragments[range.lowerBound].firstUnit..<fragments[range.upperBound - 1].endUnit {
      let unit = input.units[place]
      switch unit.kind {
      case .space, .lineEnd, .softHyphen: continue
      case .object: return false
      case .ornament: if isFirst { return false }
      case .cluster:
        if isFirst {
          isFirst = false
        } else if !unit.isClosing && Int(unit.lineBreak) != YU_QU {
          return false
        }
      }
    }
    return !isFirst
  }

  /// `wrap = optimal`: the least sum of squared slack over greedy's number of lines, for stretches
  /// of text without Han, kana, Hangul or objects; nil where greedy is to be used.
  func optimalBreaks(_ input: FillingInput, _ width: Int) -> [Int]? {
    guard input.page.breaking.wrap == .optimal, fragmentCount > 1, fragmentCount < 20_000,
      !fragments[..<fragmentCount].contains(where: {
        $0.objectUnit >= 0 || $0.columns > width || $0.isMust
      }),
      !input.units[..<fragments[fragmentCount - 1].endUnit].contains(where: {
        $0.isHanOrKana || Int($0.lineBreak) == YU_H2 || Int($0.lineBreak) == YU_H3
      })
    else { return nil }
    // best[n]: lines and cost of setting fragments[n...].
    let count = fragmentCount
    var best = [(lines: Int, cost: Int, end: Int)](repeating: (0, 0, count), count: count + 1)
    for start in stride(from: count - 1, through: 0, by: -1) {
      best[start] = (Int.max, Int.max, start + 1)
      var columns = 0
      for end in start + 1...count {
        columns +=
          fragments[end - 1].columns + (end - 1 > start ? fragments[end - 2].spaceColumns : 0)
        let hyphen = fragments[end - 1].endsWithSoftHyphen ? 1 : 0
        guard columns <= width else { break }
        guard columns + hyphen <= width else { continue }
        let slack = end == count ? 0 : width - columns
        let lines = best[end].lines + 1
        let cost = best[end].cost + slack * slack
        if (lines, cost) < (best[start].lines, best[start].cost) {
          best[start] = (lines, cost, end)
        }
      }
    }
    var ends: [Int] = []
    var place = 0
    while place < count {
      guard best[place].lines < Int.max else { return nil }
      place = best[place].end
      ends.append(place)
    }
    return ends
  }
}
