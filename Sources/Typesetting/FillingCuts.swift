import CUnicode
import Cells
import Documents

/// Cuts inside a fragment that no line holds.
extension Filling {
  /// Where a fragment is cut: a unit, and for an object a byte inside it.
  struct Cut {
    var unit: Int
    var byte: Int
    /// The columns before the cut.
    var columns: Int
  }

  mutating func appendCut(
    _ input: FillingInput, _ fragment: Fragment, _ cut: Cut
  ) {
    appendUnits(input, fragment.firstUnit, cut.unit, fragment.firstByte)
    guard cut.unit < fragment.endUnit else { return }
    let unit = input.units[cut.unit]
    let isFirst = cut.unit == fragment.firstUnit
    let start = isFirst ? max(fragment.firstByte, Int(unit.start)) : Int(unit.start)
    if unit.kind != .ornament, cut.byte > start {
      let range = start..<cut.byte
      appendText(range, columns(of: range, input))
    }
  }

  /// What is left of a fragment behind a cut.
  func remainder(
    _ input: FillingInput, _ fragment: Fragment, _ cut: Cut
  ) -> Fragment {
    var rest = fragment
    rest.firstUnit = cut.unit
    rest.firstByte = cut.unit < fragment.endUnit ? cut.byte : -1
    rest.columns = max(0, fragment.columns - cut.columns)
    // Spaces at the start of a line are not drawn.
    while rest.firstUnit < rest.endUnit, input.units[rest.firstUnit].kind == .space {
      rest.columns = max(0, rest.columns - Int(input.units[rest.firstUnit].columns))
      rest.firstUnit += 1
      rest.firstByte = -1
    }
    if fragment.objectUnit >= 0, fragment.objectUnit < cut.unit {
      rest.objectUnit =
        (cut.unit..<max(cut.unit, fragment.endUnit)).first { input.units[$0].kind == .object } ?? -1
    }
    rest.hasGapBefore = false
    rest.isText = rest.isText && rest.firstByte < 0
    return rest
  }

  /// Visits the cluster boundaries of a fragment in order until `visit` returns false.
  private func visitBoundaries(
    _ input: FillingInput, _ fragment: Fragment,
    _ visit: (_ cut: Cut, _ kind: Inline.Object.Kind?, _ isBadStart: Bool, _ isBadEnd: Bool) -> Bool
  ) {
    var columns = 0
    var isPreviousOpening = false
    for position in fragment.firstUnit..<fragment.endUnit {
      let unit = input.units[position]
      let isFirst = position == fragment.firstUnit
      if unit.kind == .object {
        let object = input.inline.objects[Int(unit.value)]
        var place =
          isFirst ? max(fragment.firstByte, object.range.lowerBound) : object.range.lowerBound
        while place < object.range.upperBound {
          if columns > 0 {
            let cut = Cut(unit: position, byte: place, columns: columns)
            let isInside = place > object.range.lowerBound
            // Addresses and code have levels of their own; where those do not help, they break like
            // any text.
            let isBadStart = LineBreaker.isClosing(input.text, place)
            guard visit(cut, isInside ? object.kind : nil, isBadStart, isPreviousOpening) else {
              return
            }
          }
          let measure = cluster(
            in: UnsafeBufferPointer(rebasing: input.text[..<object.range.upperBound]), at: place,
            profile: input.page.profile)
          columns += measure.columns
          isPreviousOpening = object.isImage && LineBreaker.isOpening(input.text, place)
          place = measure.end
        }
      } else {
        if columns > 0, unit.kind != .ornament || !unit.isClosing {
          let cut = Cut(unit: position, byte: Int(unit.start), columns: columns)
          // Spaces at a cut are not drawn: what follows them begins the line.
          var next = position
          while next + 1 < fragment.endUnit, input.units[next].kind == .space { next += 1 }
          guard visit(cut, nil, input.units[next].isClosing, isPreviousOpening) else { return }
        }
        columns += Int(unit.columns)
        isPreviousOpening = unit.isOpening
      }
    }
    _ = visit(Cut(unit: fragment.endUnit, byte: -1, columns: columns), nil, false, false)
  }

  /// The emergency break inside a fragment that is wider than a whole line.
  func emergencyCut(
    _ input: FillingInput, _ fragment: Fragment, room: Int
  ) -> Cut {
    var second: Cut?
    var third: Cut?
    var afterMark: Cut?
    var clean: Cut?
    var any: Cut?
    visitBoundaries(input, fragment) { cut, kind, isBadStart, isBadEnd in
      guard cut.columns <= room else {
        if any == nil { any = cut }
        return false
      }
      any = cut
      if !isBadStart && !isBadEnd { clean = cut }
      guard cut.byte > 0, cut.unit < fragment.endUnit else { return true }
      if cut.columns * 3 > room {
        switch kind {
        case .url:
          if URLBreaks.isSecondLevel(input.text, cut.byte) {
            second = cut
          } else if URLBreaks.isThirdLevel(input.text, cut.byte) {
            third = cut
          }
        case .code:
          if URLBreaks.isCodeLevel(input.text, cut.byte) { second = cut }
        default: break
        }
      }
      if cut.columns * 3 >= room * 2, !isBadStart, !isBadEnd {
        switch input.text[cut.byte - 1] {
        case 0x2F, 0x2E, 0x2D, 0x5F, 0x3D, 0x26, 0x25: afterMark = cut
        default: break
        }
      }
      return true
    }
    return second ?? third ?? afterMark ?? clean ?? any
      ?? Cut(unit: fragment.endUnit, byte: -1, columns: fragment.columns)
  }

  /// Gap repair (4.3): a URL at U2, wide inline code at C2, if it fills half of the slack.
  func secondLevelCut(
    _ input: FillingInput, _ fragment: Fragment, room: Int, slack: Int
  ) -> Cut? {
    guard fragment.objectUnit >= 0, room > 0 else { return nil }
    let object = input.inline.objects[Int(input.units[fragment.objectUnit].value)]
    switch object.kind {
    case .url: break
    case .code where object.columns > max(24, input.columns / 2): break
    default: return nil
    }
    var best: Cut?
    visitBoundaries(input, fragment) { cut, kind, _, _ in
      guard cut.columns <= room else { return false }
      switch kind {
      case .url where URLBreaks.isSecondLevel(input.text, cut.byte): best = cut
      case .code where URLBreaks.isCodeLevel(input.text, cut.byte): best = cut
      default: break
      }
      return true
    }
    guard let best, best.columns * 2 >= slack else { return nil }
    return best
  }
}
