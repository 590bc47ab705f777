import Cells

/// Fills lines with the tokens of a formula by break levels (docs/math.md L2, L6).
///
/// Pieces are taken while they fit; a piece that fits a whole line starts a new one; a wider one
/// is cut at the next level, beginning on the current line if its first part fits there. The
/// depth of this recursion is the number of levels.
struct FormulaFiller {
  struct Line {
    /// Bytes of the document's text, blanks at the break left out.
    ///
    /// Empty when the line holds nothing but what stood on it before the formula.
    var range: Range<Int>
    /// The columns of the line with what stood on it before.
    var columns: Int
    /// How far the line had to move left of its indent for a token that would not fit.
    var outdent: Int
  }

  private(set) var tokens: [TeXToken] = []
  private(set) var levels: [UInt8] = []
  /// Columns of all tokens before a position.
  private var sums: [Int] = []
  private var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  private var profile = WidthProfile()

  // The line being filled.
  private var lineStartByte = 0
  private var lineStartToken = 0
  private var lineEndToken = 0
  private var lineBaseColumns = 0
  private var room = 0
  private var nextRoom = 0
  private var spareColumns = 0
  /// Columns glued to the last token.
  private var suffixColumns = 0
  private(set) var lines: [Line] = []

  init() {}

  /// Reads a formula, or formulas with the text that glues them together.
  mutating func read(
    _ text: UnsafeBufferPointer<UInt8>, _ parts: [(range: Range<Int>, tex: Range<Int>?)],
    _ profile: WidthProfile
  ) {
    self.text = text
    self.profile = profile
    tokens.removeAll(keepingCapacity: true)
    levels.removeAll(keepingCapacity: true)
    if parts.count == 1, let tex = parts[0].tex {
      TeXTokenizer(text, parts[0].range, tex: tex, profile).read(into: &tokens)
      FormulaBreaks.levels(of: tokens, in: text, into: &levels)
    } else {
      readGlued(text, parts)
    }
    sums.removeAll(keepingCapacity: true)
    var sum = 0
    for token in tokens {
      sums.append(sum)
      sum += token.columns
    }
    sums.append(sum)
  }

  private mutating func readGlued(
    _ text: UnsafeBufferPointer<UInt8>, _ parts: [(range: Range<Int>, tex: Range<Int>?)]
  ) {
    var partTokens: [TeXToken] = []
    var partLevels: [UInt8] = []
    for (range, tex) in parts {
      partTokens.removeAll(keepingCapacity: true)
      let tokenizer = TeXTokenizer(text, range, tex: tex ?? range, profile)
      if tex == nil {
        // Text between formulas is never cut at a level.
        partTokens.append(
          TeXToken(
            kind: .character, start: range.lowerBound, end: range.upperBound,
            columns: tokenizer.columns(range)))
        partLevels = [FormulaBreaks.never]
      } else {
        tokenizer.read(into: &partTokens)
        FormulaBreaks.levels(of: partTokens, in: text, into: &partLevels)
      }
      tokens += partTokens
      levels += partLevels
    }
  }

  var columns: Int { sums.last ?? 0 }

  /// A comment swallows what is joined to it, so a formula that holds one keeps its line ends.
  var holdsComment: Bool { tokens.contains { $0.kind == .comment } }

  /// The columns of tokens, a blank at the end left out.
  func columns(_ first: Int, _ end: Int) -> Int {
    var end = end
    while end > first, tokens[end - 1].kind == .blank { end -= 1 }
    return sums[end] - sums[first]
  }

  /// The columns of the first token, with the delimiter before it: no line ends between them.
  var columnsOfHead: Int {
    columns(0, min(tokens.first?.kind == .opening ? 2 : 1, tokens.count))
  }

  /// The columns of the first piece at a level.
  func columnsOfFirstPiece(level: UInt8) -> Int {
    let end = levels.firstIndex { $0 <= level }.map { $0 + 1 } ?? tokens.count
    return columns(0, end)
  }

  /// Fills lines with the tokens `first..<end`.
  ///
  /// - Parameters:
  ///   - baseColumns: what stands on the first line already.
  ///   - room: the columns of the first line.
  ///   - nextRoom: the columns of the following lines.
  ///   - spareColumns: how far a line may move to the left for a token that does not fit.
  ///   - suffixColumns: what is glued to the last token.
  mutating func fill(
    _ first: Int, _ end: Int, baseColumns: Int, room: Int, nextRoom: Int, spareColumns: Int = 0,
    suffixColumns: Int = 0
  ) {
    lines.removeAll(keepingCapacity: true)
    guard first < end else { return }
    lineStartByte = tokens[first].start
    lineStartToken = first
    lineEndToken = first
    lineBaseColumns = baseColumns
    self.room = room
    self.nextRoom = nextRoom
    self.spareColumns = spareColumns
    self.suffixColumns = suffixColumns
    var start = first
    while start < end {
      // A comment ends its line: the tokens behind it would become part of it when pasted.
      var stop = start
      while stop < end, tokens[stop].kind != .comment { stop += 1 }
      let hasComment = stop < end
      stop = min(end, stop + 1)
      if stop < end, tokens[stop].kind == .blank { stop += 1 }
      fill(start, stop, end, level: 1)
      if hasComment, stop < end { startLine(at: stop) }
      start = stop
    }
    endLine(isLast: true, end)
  }
}

extension FormulaFiller {
  private mutating func fill(_ first: Int, _ end: Int, _ last: Int, level: UInt8) {
    var start = first
    while start < end {
      var stop = start
      while stop < end - 1, levels[stop] > level { stop += 1 }
      stop += 1
      place(start, stop, last, level: level)
      start = stop
    }
  }

  private mutating func place(_ first: Int, _ end: Int, _ last: Int, level: UInt8) {
    let suffix = end == last ? suffixColumns : 0
    if lineBaseColumns + columns(lineStartToken, end) + suffix <= room {
      lineEndToken = end
      return
    }
    let fitsNextLine = columns(first, end) + suffix <= nextRoom
    if fitsNextLine, lineEndToken > lineStartToken || lineStartToken > 0 || lineBaseColumns == 0 {
      startLine(at: first)
      lineEndToken = end
      return
    }
    if end - first > 1 {
      fill(first, end, last, level: Self.next(level))
      return
    }
    placeToken(first, suffix: suffix)
  }

  /// At the level behind the last one every token stands by itself.
  private static func next(_ level: UInt8) -> UInt8 {
    switch level {
    case 6: FormulaBreaks.lastResort
    case FormulaBreaks.lastResort...: FormulaBreaks.never
    default: level + 1
    }
  }

  /// One token that fits neither the current line nor, perhaps, any.
  private mutating func placeToken(_ position: Int, suffix: Int) {
    let token = tokens[position]
    let wanted = token.columns + suffix
    if lineEndToken > lineStartToken || lineBaseColumns > 0 { startLine(at: position) }
    if wanted <= nextRoom {
      lineEndToken = position + 1
      return
    }
    if wanted <= nextRoom + spareColumns {
      lineEndToken = position + 1
      room = nextRoom + spareColumns
      endLine(outdent: wanted - nextRoom)
      lineStartToken = position + 1
      lineEndToken = position + 1
      lineStartByte = position + 1 < tokens.count ? tokens[position + 1].start : token.end
      lineBaseColumns = 0
      room = nextRoom
      return
    }
    splitToken(position, suffix: suffix)
  }

  /// L0: `\begin{E}` may break before its arguments, a comment at its blanks, anything else
  /// between clusters when it is wider than a whole line.
  private mutating func splitToken(_ position: Int, suffix: Int) {
    let token = tokens[position]
    let whole = max(1, nextRoom + spareColumns)
    var start = token.start
    var used = 0
    var lastGood: (place: Int, columns: Int)?
    var place = token.start
    while place < token.end {
      let measure = cluster(
        in: UnsafeBufferPointer(rebasing: text[..<token.end]), at: place, profile: profile)
      let isArgument: Bool
      if case .begin = token.kind {
        isArgument =
          place > token.start + 6
          && (text[place] == 0x5B || (text[place] == 0x7B && text[place - 1] == 0x7D))
      } else {
        isArgument = token.kind == .comment && place > token.start && text[place - 1] == 0x20
      }
      if isArgument { lastGood = (place, used) }
      if used + measure.columns > whole, place > start {
        let cut = lastGood ?? (place, used)
        lines.append(
          Line(
            range: start..<cut.place, columns: cut.columns, outdent: max(0, cut.columns - nextRoom))
        )
        used -= cut.columns
        start = cut.place
        lastGood = nil
      }
      used += measure.columns
      place = measure.end
    }
    lineStartByte = start
    lineStartToken = position + 1
    lineEndToken = position + 1
    lineBaseColumns = used
    room = max(nextRoom, min(used, whole))
  }

  private mutating func startLine(at position: Int) {
    endLine()
    var position = position
    while position < tokens.count, tokens[position].kind == .blank { position += 1 }
    lineStartToken = position
    lineEndToken = position
    lineStartByte = position < tokens.count ? tokens[position].start : lineStartByte
    lineBaseColumns = 0
    room = nextRoom
  }

  private mutating func endLine(isLast: Bool = false, _ end: Int = 0, outdent: Int = 0) {
    var last = lineEndToken
    if !isLast || last < end {
      while last > lineStartToken, tokens[last - 1].kind == .blank { last -= 1 }
    }
    let endByte = last > lineStartToken ? tokens[last - 1].end : lineStartByte
    let splitEnd =
      lineStartToken > 0 && last == lineStartToken ? tokens[lineStartToken - 1].end : endByte
    let range = lineStartByte..<max(lineStartByte, last > lineStartToken ? endByte : splitEnd)
    let columns = lineBaseColumns + sums[last] - sums[lineStartToken]
    if isLast, range.isEmpty, !lines.isEmpty, columns == 0 { return }
    lines.append(
      Line(range: range, columns: columns, outdent: max(outdent, max(0, columns - room))))
  }
}
