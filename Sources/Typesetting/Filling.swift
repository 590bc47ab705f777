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
  var fragments: [Fragment] = []
  var fragmentCount = 0
  var parts: [Part] = []
  var filler = FormulaFiller()

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
