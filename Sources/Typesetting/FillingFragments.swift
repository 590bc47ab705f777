import CUnicode
import Cells
import Documents

/// Fragments: what stands between two line break opportunities.
extension Filling {
  /// Takes fragments as long as they are plain and fit.
  func takePlain(_ next: inout Int, _ used: inout Int, _ owed: inout Int, _ width: Int) {
    let count = fragmentCount
    fragments.withUnsafeBufferPointer { fragments in
      while next < count, fragments[next].isPlain,
        used + owed + fragments[next].columns <= width
      {
        used += owed + fragments[next].columns
        owed = fragments[next].spaceColumns
        next += 1
      }
    }
  }

  mutating func makeFragments(_ input: FillingInput, _ first: Int, _ last: Int) {
    if fragments.count < last - first {
      fragments = Array(repeating: Fragment(), count: max(last - first, 2 * fragments.count, 1_024))
    }
    var count = 0
    let autospace = input.page.breaking.autospace
    input.units.withUnsafeBufferPointer { units in
      fragments.withUnsafeMutableBufferPointer { fragments in
        var fragment = Fragment(firstUnit: first, endUnit: first, isText: true, isPlain: true)
        var isEmpty = true
        for position in first..<last {
          let unit = units[position]
          if isEmpty, unit.kind == .cluster, unit.opportunity == .may, !autospace {
            // A character by itself, as nearly all of Chinese.
            fragments[count] = Fragment(
              firstUnit: position, endUnit: position + 1, columns: Int(unit.columns), isText: true,
              isPlain: true)
            count += 1
            continue
          }
          if isEmpty {
            fragment = Fragment(
              firstUnit: position, endUnit: position, isText: true, isPlain: true)
            isEmpty = false
          }
          switch unit.kind {
          case .cluster:
            fragment.columns += fragment.spaceColumns + Int(unit.columns)
            fragment.spaceColumns = 0
            fragment.endUnit = position + 1
          case .space:
            if fragment.columns == 0, fragment.isText, count == 0 || fragments[count - 1].isMust,
              unit.opportunity != .must
            {
              // Spaces at the start of a line are not drawn, nor what is invisible before them.
              isEmpty = true
              continue
            }
            fragment.spaceColumns += Int(unit.columns)
          case .lineEnd:
            fragment.isText = false
            fragment.isPlain = false
          case .object:
            fragment.columns +=
              fragment.spaceColumns + input.inline.objects[Int(unit.value)].columns
            fragment.spaceColumns = 0
            if fragment.objectUnit < 0 { fragment.objectUnit = position }
            fragment.endUnit = position + 1
            fragment.isText = false
            fragment.isPlain = false
          case .ornament, .softHyphen:
            fragment.columns += fragment.spaceColumns + Int(unit.columns)
            fragment.spaceColumns = 0
            fragment.endUnit = position + 1
            fragment.isText = false
            fragment.isPlain = false
          }
          let isLast = position == last - 1
          guard unit.opportunity != .no || isLast else { continue }
          if !fragment.isPlain || unit.opportunity == .must {
            let isSoftHyphen =
              unit.kind == .softHyphen
              || (fragment.endUnit > fragment.firstUnit
                && units[fragment.endUnit - 1].kind == .softHyphen && fragment.spaceColumns == 0)
            fragment.endsWithSoftHyphen = isSoftHyphen && !isLast
            fragment.isMust = unit.opportunity == .must && unit.kind == .lineEnd
            fragment.isPlain =
              !fragment.isMust && !fragment.endsWithSoftHyphen && fragment.objectUnit < 0
          }
          if autospace {
            fragment.hasGapBefore = Self.hasGap(input, before: fragment.firstUnit, first)
            if fragment.hasGapBefore { fragment.isPlain = false }
          }
          fragments[count] = fragment
          count += 1
          isEmpty = true
        }
      }
    }
    fragmentCount = count
  }

  private static func hasGap(_ input: FillingInput, before position: Int, _ first: Int) -> Bool {
    guard position > first else { return false }
    let left = input.units[position - 1]
    let right = input.units[position]
    func isLatin(_ unit: LineBreaker.Unit) -> Bool {
      guard unit.kind == .cluster else { return false }
      switch input.text[Int(unit.start)] {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
      default: return false
      }
    }
    return (left.isHanOrKana && isLatin(right)) || (isLatin(left) && right.isHanOrKana)
  }

  func gapColumns(before position: Int, isLineStart: Bool) -> Int {
    fragments[position].hasGapBefore && !isLineStart ? 1 : 0
  }

  func formula(
    of fragment: Fragment, _ input: FillingInput
  ) -> (position: Int, range: Range<Int>)? {
    guard fragment.objectUnit >= 0 else { return nil }
    let object = input.inline.objects[Int(input.units[fragment.objectUnit].value)]
    guard case .formula(let position) = object.kind else { return nil }
    return (position, object.range)
  }

  func holdsComment(_ fragment: Fragment, _ input: FillingInput) -> Bool {
    guard let formula = formula(of: fragment, input) else { return false }
    let source = input.text[formula.range]
    guard source.contains(0x0A), source.contains(0x25) else { return false }
    var isEscaped = false
    for byte in source {
      if byte == 0x25, !isEscaped { return true }
      isEscaped = byte == 0x5C && !isEscaped
    }
    return false
  }

  /// The columns glued before and behind the formulas of a fragment that are filled as one, and the
  /// unit behind all that.
  ///
  /// Text behind them that fills half a line is not held by the formula: only its first marks that
  /// may begin no line are, and the rest goes on as text.
  func gluedColumns(
    _ fragment: Fragment, _ input: FillingInput, lineColumns: Int
  ) -> (before: Int, after: Int, end: Int) {
    var before = 0
    for position in fragment.firstUnit..<fragment.objectUnit {
      before += unitColumns(position, input)
    }
    var after = 0
    var end = lastObject(of: fragment, input) + 1
    // An object behind an ornament begins a fragment of its own.
    while end < fragment.endUnit, input.units[end].kind != .object {
      after += unitColumns(end, input)
      end += 1
    }
    if after > lineColumns / 2 {
      after = 0
      end = lastObject(of: fragment, input) + 1
      while end < fragment.endUnit, input.units[end].isClosing, after < lineColumns / 2 {
        after += unitColumns(end, input)
        end += 1
      }
    }
    return (before, after, end)
  }

  /// The columns of the opening marks directly before an object of a fragment.
  func openingColumns(
    before object: Int, _ fragment: Fragment, _ input: FillingInput
  ) -> Int {
    var columns = 0
    var position = object
    while position > fragment.firstUnit, input.units[position - 1].isOpening {
      position -= 1
      columns += unitColumns(position, input)
    }
    return columns
  }

  /// The last object of a fragment that has one, up to an ornament: formulas that touch are filled
  /// as one, but what stands beside the text has no place in a formula's lines.
  func lastObject(of fragment: Fragment, _ input: FillingInput) -> Int {
    var last = fragment.objectUnit
    for position in fragment.objectUnit..<max(fragment.objectUnit + 1, fragment.endUnit) {
      if input.units[position].kind == .ornament { break }
      if input.units[position].kind == .object { last = position }
    }
    return last
  }

  /// What is left of a fragment from a unit on.
  func rest(of fragment: Fragment, from unit: Int, _ input: FillingInput) -> Fragment {
    var rest = fragment
    rest.firstUnit = unit
    rest.firstByte = -1
    rest.columns = (unit..<fragment.endUnit).reduce(0) { $0 + unitColumns($1, input) }
    rest.objectUnit =
      (unit..<fragment.endUnit).first { input.units[$0].kind == .object } ?? -1
    rest.hasGapBefore = false
    rest.isText = false
    rest.followsDirectly = true
    return rest
  }

  /// From the first object of a fragment to its last: formulas, and the text that glues them.
  func formulaParts(
    _ fragment: Fragment, _ input: FillingInput
  ) -> [(range: Range<Int>, tex: Range<Int>?)] {
    var parts: [(range: Range<Int>, tex: Range<Int>?)] = []
    for position in fragment.objectUnit...lastObject(of: fragment, input) {
      let unit = input.units[position]
      switch unit.kind {
      case .object:
        let object = input.inline.objects[Int(unit.value)]
        if case .formula(let formula) = object.kind {
          parts.append((object.range, input.formulas[formula].tex))
        } else {
          parts.append((object.range, nil))
        }
      case .ornament: break
      case .cluster, .space, .lineEnd, .softHyphen:
        parts.append((Int(unit.start)..<Int(unit.end), nil))
      }
    }
    return parts
  }

  private func unitColumns(_ position: Int, _ input: FillingInput) -> Int {
    let unit = input.units[position]
    return unit.kind == .object
      ? input.inline.objects[Int(unit.value)].columns : Int(unit.columns)
  }

  /// A fragment that ends with a soft hyphen may end a line only if the hyphen fits.
  func hyphenFits(_ position: Int, _ used: Int, _ width: Int) -> Bool {
    let fragment = fragments[position]
    guard fragment.endsWithSoftHyphen, used + fragment.columns + 1 > width else { return true }
    // It does not: it stays only if the line can go on behind it.
    guard position + 1 < fragmentCount else { return true }
    let next = fragments[position + 1]
    return used + fragment.columns + next.columns + (next.endsWithSoftHyphen ? 1 : 0) <= width
  }

  /// `hang`: one mark that just does not fit stands in two columns right of the text.
  func hangs(
    _ position: Int, _ used: Int, _ width: Int, _ input: FillingInput
  ) -> Bool {
    let fragment = fragments[position]
    guard input.page.breaking.hang, fragment.endUnit > fragment.firstUnit + 1,
      used + fragment.columns - 2 <= width
    else { return false }
    let last = input.units[fragment.endUnit - 1]
    let before = input.units[fragment.endUnit - 2]
    guard last.kind == .cluster, last.columns == 2, !before.isClosing else { return false }
    // Not in a succession of marks.
    if position + 1 < fragmentCount {
      let next = input.units[fragments[position + 1].firstUnit]
      if next.isOpening || next.isClosing { return false }
    }
    switch String(decoding: input.text[Int(last.start)..<Int(last.end)], as: UTF8.self) {
    case "，", "。", "、", "；", "：", "？", "！": return true
    default: return false
    }
  }
}
