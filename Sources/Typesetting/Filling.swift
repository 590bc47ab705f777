import CUnicode
import Cells
import Documents

/// Fills lines with the units of a paragraph: greedily, with two repairs (docs/typesetting.md).
struct Filling {
  /// A part of a filled line.
  struct Part {
    enum Content {
      case text(Range<Int>)
      /// A position in `Inline.ornaments`.
      case ornament(Int)
      case hyphen, gap
    }
    var content: Content
    var columns: Int
  }

  /// A run of units without an opportunity inside, with the spaces behind it.
  ///
  /// There is one for nearly every Chinese character, so the numbers are kept in four bytes each.
  struct Fragment {
    @Narrow var firstUnit = 0
    /// Behind the last unit that is no space.
    @Narrow var endUnit = 0
    /// Where its first unit begins, when a part of it stands on the line before.
    @Narrow var firstByte = -1
    @Narrow var columns = 0
    @Narrow var spaceColumns = 0
    /// The unit of its first object; -1 when it has none.
    @Narrow var objectUnit = -1
    /// The line must end behind it.
    var isMust = false
    /// A line that ends here shows a hyphen.
    var endsWithSoftHyphen = false
    /// A drawn gap stands before it when it is not the first of its line.
    var hasGapBefore = false
    /// The rest of a fragment whose beginning stands on the same line.
    var followsDirectly = false
    /// Nothing but clusters and spaces: one range of the text.
    var isText = false
    /// No object, no hyphen to draw, no end of a line: it stands on the line if it fits, and no
    /// more need be asked.
    var isPlain = false
  }

  /// A number of units, bytes or columns of one document, which holds less than 2 GB.
  @propertyWrapper struct Narrow {
    private var stored: Int32

    init(wrappedValue: Int) { stored = Int32(truncatingIfNeeded: wrappedValue) }

    var wrappedValue: Int {
      get { Int(stored) }
      set { stored = Int32(truncatingIfNeeded: newValue) }
    }
  }

  /// The fragments of the stretch; behind `fragmentCount` stands what is left of longer ones.
  private var fragments: [Fragment] = []
  private var fragmentCount = 0
  private(set) var parts: [Part] = []
  private var filler = FormulaFiller()

  init() {}
}

/// What the filler needs to know of one stretch of text.
struct FillingInput {
  var text: UnsafeBufferPointer<UInt8>
  /// The units of the paragraph, and behind them what is of no account.
  var units: [LineBreaker.Unit]
  var inline: Inline
  /// Those of the whole document.
  var formulas: [Formula]
  var columns: Int
  var page: PageSettings
}

extension Filling {
  /// Fills lines of at most `input.columns` columns and hands each to `emit` with its columns.
  ///
  /// - Parameter last: the last unit that belongs to the stretch, plus one.
  mutating func fill(
    _ input: FillingInput, first: Int, last: Int,
    emit: (_ parts: [Part], _ columns: Int) -> Void
  ) {
    makeFragments(input, first, last)
    let width = max(1, input.columns)
    // The line being filled: `parts` begins it, then come fragments[lineStart..<next].
    parts.removeAll(keepingCapacity: true)
    var headColumns = 0
    var lineStart = 0
    var next = 0
    /// Columns of the line with everything up to `next`, without the spaces at its end.
    var used = 0
    var owed = 0

    func isEmpty() -> Bool { lineStart == next && headColumns == 0 }

    if let optimal = optimalBreaks(input, width) {
      for end in optimal {
        flush(input, lineStart..<end, emit)
        lineStart = end
      }
      return
    }

    while next < fragmentCount {
      takePlain(&next, &used, &owed, width)
      guard next < fragmentCount else { break }
      let fragment = fragments[next]
      let gap = gapColumns(before: next, isLineStart: isEmpty())
      let formula = formula(of: fragment, input)
      let mustCut = formula != nil && holdsComment(fragment, input)
      if !mustCut, used + owed + gap + fragment.columns <= width,
        hyphenFits(next, used + owed + gap, width)
      {
        used += owed + gap + fragment.columns
        owed = fragment.spaceColumns
        next += 1
        if fragment.isMust {
          flush(input, lineStart..<next, emit)
          (lineStart, headColumns, used, owed) = (next, 0, 0, 0)
        }
        continue
      }
      if hangs(next, used + owed + gap, width, input) {
        next += 1
        flush(input, lineStart..<next, emit)
        (lineStart, headColumns, used, owed) = (next, 0, 0, 0)
        continue
      }
      let keep = min(width, max(24, width / 2))
      if formula != nil, mustCut || fragment.columns > keep {
        let glued = gluedColumns(fragment, input, lineColumns: width)
        filler.read(input.text, formulaParts(fragment, input), input.page.profile)
        let firstPiece = glued.before + filler.columnsOfFirstPiece(level: 1)
        if isEmpty(), glued.before > 0, glued.before + filler.columnsOfHead > width {
          // Not even the text before the formula and its first command fit: an emergency, in which
          // brackets stay with the formula as long as there is something before them.
          let word = glued.before - openingColumns(before: fragment.objectUnit, fragment, input)
          let hasWord = word > 0
          if hasWord || glued.before >= width {
            cutEmptyLine(input, &next, room: min(width, hasWord ? word : glued.before), emit)
            lineStart = next
            continue
          }
        }
        let room = width - used - owed - gap
        let startsHere =
          isEmpty() || (firstPiece <= room && !mustCut) || (mustCut && firstPiece <= room)
        if !startsHere {
          flush(input, lineStart..<next, emit)
          (lineStart, headColumns, used, owed) = (next, 0, 0, 0)
          continue
        }
        // What stands on the line, then the text glued to the formula, then its first piece.
        appendParts(input, lineStart..<next)
        if owed > 0, !parts.isEmpty { appendSpaces(before: next, input) }
        if gap > 0, !parts.isEmpty { parts.append(Part(content: .gap, columns: gap)) }
        appendUnits(input, fragment.firstUnit, fragment.objectUnit, fragment.firstByte)
        let base =
          used + (isEmptyLine(lineStart, next, headColumns) ? 0 : owed + gap) + glued.before
        filler.fill(
          0, filler.tokens.count, baseColumns: base, room: width, nextRoom: width,
          suffixColumns: glued.after)
        for (number, line) in filler.lines.enumerated() {
          if number > 0 {
            emit(parts, parts.reduce(0) { $0 + $1.columns })
            parts.removeAll(keepingCapacity: true)
          }
          appendText(line.range, line.columns - (number == 0 ? base : 0))
          headColumns = line.columns
        }
        appendUnits(input, lastObject(of: fragment, input) + 1, glued.end, nil)
        used = parts.reduce(0) { $0 + $1.columns }
        headColumns = max(1, used)
        if glued.end < fragment.endUnit {
          fragments[next] = rest(of: fragment, from: glued.end, input)
          owed = 0
          lineStart = next
          continue
        }
        owed = fragment.spaceColumns
        next += 1
        lineStart = next
        if fragment.isMust {
          flush(input, lineStart..<next, emit)
          (lineStart, headColumns, used, owed) = (next, 0, 0, 0)
        }
        continue
      }
      if isEmpty() {
        // Wider than a whole line.
        cutEmptyLine(input, &next, room: width, emit)
        lineStart = next
        continue
      }
      let room = width - used - owed - gap
      if input.page.repair == .all, (width - used) * 4 >= width,
        let cut = secondLevelCut(input, fragment, room: room, slack: width - used)
      {
        appendParts(input, lineStart..<next)
        if owed > 0 { appendSpaces(before: next, input) }
        if gap > 0 { parts.append(Part(content: .gap, columns: gap)) }
        appendCut(input, fragment, cut)
        emit(parts, parts.reduce(0) { $0 + $1.columns })
        parts.removeAll(keepingCapacity: true)
        fragments[next] = remainder(input, fragment, cut)
        (lineStart, headColumns, used, owed) = (next, 0, 0, 0)
        continue
      }
      var end = next
      if input.page.repair != .none, let earlier = orphanRepair(input, lineStart, next, used, width)
      {
        end = earlier
      }
      flush(input, lineStart..<end, emit)
      (lineStart, next, headColumns, used, owed) = (end, end, 0, 0, 0)
    }
    if lineStart < fragmentCount || !parts.isEmpty || fragmentCount == 0 {
      flush(input, lineStart..<fragmentCount, emit)
    }
  }

  /// Fills an empty line with as much of a fragment as an emergency break allows.
  private mutating func cutEmptyLine(
    _ input: FillingInput, _ next: inout Int, room: Int,
    _ emit: (_ parts: [Part], _ columns: Int) -> Void
  ) {
    let fragment = fragments[next]
    let cut = emergencyCut(input, fragment, room: room)
    appendCut(input, fragment, cut)
    emit(parts, parts.reduce(0) { $0 + $1.columns })
    parts.removeAll(keepingCapacity: true)
    fragments[next] = remainder(input, fragment, cut)
    if fragments[next].firstUnit >= fragments[next].endUnit { next += 1 }
  }

  private func isEmptyLine(_ lineStart: Int, _ next: Int, _ headColumns: Int) -> Bool {
    lineStart == next && headColumns == 0
  }
}

extension Filling {
  /// Takes fragments as long as they are plain and fit.
  private func takePlain(_ next: inout Int, _ used: inout Int, _ owed: inout Int, _ width: Int) {
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

  private mutating func makeFragments(_ input: FillingInput, _ first: Int, _ last: Int) {
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

  private func gapColumns(before position: Int, isLineStart: Bool) -> Int {
    fragments[position].hasGapBefore && !isLineStart ? 1 : 0
  }

  private func formula(
    of fragment: Fragment, _ input: FillingInput
  ) -> (position: Int, range: Range<Int>)? {
    guard fragment.objectUnit >= 0 else { return nil }
    let object = input.inline.objects[Int(input.units[fragment.objectUnit].value)]
    guard case .formula(let position) = object.kind else { return nil }
    return (position, object.range)
  }

  private func holdsComment(_ fragment: Fragment, _ input: FillingInput) -> Bool {
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
  private func gluedColumns(
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
  private func openingColumns(
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
  private func lastObject(of fragment: Fragment, _ input: FillingInput) -> Int {
    var last = fragment.objectUnit
    for position in fragment.objectUnit..<max(fragment.objectUnit + 1, fragment.endUnit) {
      if input.units[position].kind == .ornament { break }
      if input.units[position].kind == .object { last = position }
    }
    return last
  }

  /// What is left of a fragment from a unit on.
  private func rest(of fragment: Fragment, from unit: Int, _ input: FillingInput) -> Fragment {
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
  private func formulaParts(
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
  private func hyphenFits(_ position: Int, _ used: Int, _ width: Int) -> Bool {
    let fragment = fragments[position]
    guard fragment.endsWithSoftHyphen, used + fragment.columns + 1 > width else { return true }
    // It does not: it stays only if the line can go on behind it.
    guard position + 1 < fragmentCount else { return true }
    let next = fragments[position + 1]
    return used + fragment.columns + next.columns + (next.endsWithSoftHyphen ? 1 : 0) <= width
  }

  /// `hang`: one mark that just does not fit stands in two columns right of the text.
  private func hangs(
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

extension Filling {
  /// Ends a line behind the fragments of a range.
  private mutating func flush(
    _ input: FillingInput, _ range: Range<Int>,
    _ emit: (_ parts: [Part], _ columns: Int) -> Void
  ) {
    appendParts(input, range)
    if let last = range.last, fragments[last].endsWithSoftHyphen, !fragments[last].isMust {
      parts.append(Part(content: .hyphen, columns: 1))
    }
    emit(parts, parts.reduce(0) { $0 + $1.columns })
    parts.removeAll(keepingCapacity: true)
  }

  private mutating func appendParts(_ input: FillingInput, _ range: Range<Int>) {
    var position = range.lowerBound
    while position < range.upperBound {
      let fragment = fragments[position]
      if !parts.isEmpty {
        if position > 0, !fragment.followsDirectly, fragments[position - 1].spaceColumns > 0 {
          appendSpaces(before: position, input)
        }
        if fragment.hasGapBefore { parts.append(Part(content: .gap, columns: 1)) }
      }
      if fragment.isText, fragment.firstByte < 0, fragment.endUnit > fragment.firstUnit {
        appendTextRun(input, &position, range.upperBound)
      } else {
        appendUnits(input, fragment.firstUnit, fragment.endUnit, fragment.firstByte)
        position += 1
      }
    }
  }

  /// Adds the fragments from `position` on that are text, with the spaces between them.
  private mutating func appendTextRun(_ input: FillingInput, _ position: inout Int, _ end: Int) {
    let start = input.units[fragments[position].firstUnit].start
    var columns = fragments[position].columns
    var last = position
    while last + 1 < end, fragments[last + 1].isText, !fragments[last + 1].hasGapBefore,
      fragments[last + 1].endUnit > fragments[last + 1].firstUnit
    {
      columns += fragments[last].spaceColumns + fragments[last + 1].columns
      last += 1
    }
    appendText(Int(start)..<Int(input.units[fragments[last].endUnit - 1].end), columns)
    position = last + 1
  }

  /// The spaces between a fragment and the one before it.
  private mutating func appendSpaces(before fragment: Int, _ input: FillingInput) {
    guard fragment > 0 else { return }
    let first = fragments[fragment - 1].endUnit
    for position in first..<max(first, fragments[fragment].firstUnit) {
      let unit = input.units[position]
      appendText(Int(unit.start)..<Int(unit.end), Int(unit.columns))
    }
  }

  private mutating func appendUnits(
    _ input: FillingInput, _ first: Int, _ end: Int, _ firstByte: Int?
  ) {
    for position in first..<max(first, end) {
      let unit = input.units[position]
      switch unit.kind {
      case .ornament:
        parts.append(Part(content: .ornament(Int(unit.value)), columns: Int(unit.columns)))
      case .object:
        let object = input.inline.objects[Int(unit.value)]
        if position == first, let firstByte, firstByte > object.range.lowerBound {
          let range = firstByte..<object.range.upperBound
          appendText(range, columns(of: range, input))
        } else {
          appendText(object.range, object.columns)
        }
      case .lineEnd: break
      case .cluster, .space, .softHyphen:
        var start = Int(unit.start)
        if position == first, let firstByte, firstByte > start { start = firstByte }
        appendText(start..<Int(unit.end), Int(unit.columns))
      }
    }
  }

  private func columns(of range: Range<Int>, _ input: FillingInput) -> Int {
    Cells.columns(of: range, in: input.text, profile: input.page.profile)
  }

  /// Adds text to the line; text that follows directly joins the part before.
  private mutating func appendText(_ range: Range<Int>, _ columns: Int) {
    guard !range.isEmpty else { return }
    if let last = parts.indices.last, case .text(let before) = parts[last].content,
      before.upperBound == range.lowerBound
    {
      parts[last].content = .text(before.lowerBound..<range.upperBound)
      parts[last].columns += columns
    } else {
      parts.append(Part(content: .text(range), columns: columns))
    }
  }
}

extension Filling {
  /// Where a fragment is cut: a unit, and for an object a byte inside it.
  struct Cut {
    var unit: Int
    var byte: Int
    /// The columns before the cut.
    var columns: Int
  }

  private mutating func appendCut(
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
  private func remainder(
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
  private func emergencyCut(
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
  private func secondLevelCut(
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

  /// Orphan repair (4.2): the break before the last line moves to the previous opportunity when the
  /// last line would be one cluster; so does the break before a line that would be one cluster
  /// because the formula behind it needs lines of its own.
  ///
  /// Returns the fragment that is to begin the line.
  private mutating func orphanRepair(
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
  private mutating func fits(
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
  private func optimalBreaks(_ input: FillingInput, _ width: Int) -> [Int]? {
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
