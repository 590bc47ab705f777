import CUnicode
import Cells
import Documents

/// What a line is made of, once it is known which fragments it holds.
extension Filling {
  /// Ends a line behind the fragments of a range.
  mutating func flush(
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

  mutating func appendParts(_ input: FillingInput, _ range: Range<Int>) {
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
  mutating func appendSpaces(before fragment: Int, _ input: FillingInput) {
    guard fragment > 0 else { return }
    let first = fragments[fragment - 1].endUnit
    for position in first..<max(first, fragments[fragment].firstUnit) {
      let unit = input.units[position]
      appendText(Int(unit.start)..<Int(unit.end), Int(unit.columns))
    }
  }

  mutating func appendUnits(
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

  func columns(of range: Range<Int>, _ input: FillingInput) -> Int {
    Cells.columns(of: range, in: input.text, profile: input.page.profile)
  }

  /// Adds text to the line; text that follows directly joins the part before.
  mutating func appendText(_ range: Range<Int>, _ columns: Int) {
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
