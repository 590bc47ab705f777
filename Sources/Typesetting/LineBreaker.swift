import CUnicode
import Cells

/// Finds where the lines of a paragraph may break: UAX #14, version 17, with the tailorings of
/// docs/typesetting.md.
///
/// A paragraph is read into *units*: grapheme clusters, objects (formulas, URLs, inline code) and
/// ornaments (link numbers), each with its columns and the opportunity behind it. The filler sees
/// nothing but units. The buffers are kept, so that one breaker can serve a whole document.
struct LineBreaker {
  /// Whether a line may or must end behind a unit.
  enum Opportunity: UInt8 { case no, may, must }

  /// A range of the text that is treated as one unit of class AL, or an ornament.
  struct Insert {
    enum Kind {
      /// Text that breaks by rules of its own; the value is the caller's.
      case object(Int)
      /// Not in the text; glued to what precedes, class CP on its right (T8).
      case ornament(Int, columns: Int)
      /// Not in the text; glued to what follows, class OP.
      case opening(Int, columns: Int)
    }
    var kind: Kind
    /// Empty for ornaments.
    var range: Range<Int>
  }

  struct Unit {
    enum Kind: UInt8 { case cluster, space, lineEnd, object, ornament, softHyphen }
    var kind: Kind
    var opportunity: Opportunity
    /// May not begin a line in an emergency: CL CP EX NS IS IN.
    var isClosing: Bool
    /// May not end a line in an emergency: OP.
    var isOpening: Bool
    /// The columns drawn; 0 for an object, whose width is the caller's to know.
    var columns: Int32
    /// Bytes of the text.
    var start: Int32
    var end: Int32
    /// The caller's value for objects and ornaments.
    var value: Int32
    /// Line_Break class and facts of the first character.
    var lineBreak: UInt8
    var isHanOrKana: Bool
  }

  private(set) var units: [Unit] = []
  private var items: [Item] = []
  var options = LineBreakOptions()
  var profile = WidthProfile()
  /// The language of the article, lower case; decides T10 and T11.
  var language = ""

  init() {}

  /// Reads a paragraph.
  ///
  /// - Parameter inserts: in order of their places, not overlapping.
  mutating func read(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, inserts: [Insert]
  ) {
    units.removeAll(keepingCapacity: true)
    items.removeAll(keepingCapacity: true)
    var hasHan = false
    scan(text, range, inserts, &hasHan)
    tailorClasses(text, hasHan: hasHan)
    findOpportunities()
    if options.tailoring == .yue || options.units == .glue { tailorOpportunities(text) }
  }
}

extension LineBreaker {
  /// What the rules of UAX #14 look at: a character with the combining marks behind it (LB9), an
  /// object or an ornament.
  private struct Item {
    var kind: UInt8
    var isEastAsian: Bool
    var isInitialQuote: Bool
    var isFinalQuote: Bool
    var isUnassignedPictograph: Bool
    /// Its last character is a ZWJ (LB8a).
    var endsWithJoiner: Bool
    var endsInsideUnit: Bool
    var point: UInt32
    /// The last unit of the item: its opportunity is the one behind the item.
    var lastUnit: Int32
  }

  /// One pass over the text: clusters with columns, items with classes.
  private mutating func scan(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ inserts: [Insert],
    _ hasHan: inout Bool
  ) {
    guard let base = text.baseAddress else { return }
    var place = range.lowerBound
    var nextInsert = 0
    var isClusterStart = true
    var boundaries = ClusterBoundaries()
    while true {
      while nextInsert < inserts.count, inserts[nextInsert].range.lowerBound <= place {
        let insert = inserts[nextInsert]
        nextInsert += 1
        append(insert)
        place = max(place, insert.range.upperBound)
        boundaries = ClusterBoundaries()
        isClusterStart = true
      }
      guard place < range.upperBound else { break }
      let limit =
        nextInsert < inserts.count
        ? min(range.upperBound, inserts[nextInsert].range.lowerBound) : range.upperBound
      var point: UInt32 = 0
      let bytes = Int(yu_decode(base, limit, place, &point))
      let properties = yu_properties(point)
      if boundaries.isBoundary(before: properties) { isClusterStart = true }
      let lineBreak = yu_line_break(properties)
      if yu_script(properties) == Int32(YU_SCRIPT_HAN_KANA) { hasHan = true }
      if isClusterStart {
        appendUnit(text, place, bytes, limit, point, properties)
      } else {
        units[units.count - 1].end = Int32(place + bytes)
        if units[units.count - 1].kind == .space {
          // A space that carries a mark is to be seen, and so never hangs.
          units[units.count - 1].kind = .cluster
        }
      }
      let isIgnoredHyphen = point == 0xAD && !options.softHyphens && options.tailoring == .yue
      appendItem(
        isIgnoredHyphen ? UInt8(YU_AL) : UInt8(lineBreak), point, properties,
        isClusterStart: isClusterStart)
      isClusterStart = false
      place += bytes
    }
  }

  private mutating func append(_ insert: Insert) {
    var unit = Unit(
      kind: .object, opportunity: .no, isClosing: false, isOpening: false, columns: 0,
      start: Int32(insert.range.lowerBound), end: Int32(insert.range.upperBound), value: 0,
      lineBreak: UInt8(YU_AL), isHanOrKana: false)
    var kind = UInt8(YU_AL)
    switch insert.kind {
    case .object(let value):
      unit.value = Int32(value)
    case .ornament(let value, let columns):
      unit.kind = .ornament
      unit.value = Int32(value)
      unit.columns = Int32(columns)
      unit.isClosing = true
      kind = UInt8(YU_CP)
    case .opening(let value, let columns):
      unit.kind = .ornament
      unit.value = Int32(value)
      unit.columns = Int32(columns)
      unit.isOpening = true
      kind = UInt8(YU_OP)
    }
    unit.lineBreak = kind
    units.append(unit)
    items.append(
      Item(
        kind: kind, isEastAsian: false, isInitialQuote: false, isFinalQuote: false,
        isUnassignedPictograph: false, endsWithJoiner: false, endsInsideUnit: false,
        point: Self.objectPoint, lastUnit: Int32(units.count - 1)))
  }

  /// Stands for an object or ornament among code points.
  private static let objectPoint: UInt32 = 0xFFFF_FFFF

  private mutating func appendUnit(
    _ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ bytes: Int, _ limit: Int, _ point: UInt32,
    _ properties: UInt32
  ) {
    var kind = Unit.Kind.cluster
    var columns: Int
    switch point {
    case 0x20:
      kind = .space
      columns = 1
    case 0x0A:
      kind = .lineEnd
      columns = 0
    case 0xAD:
      kind = options.softHyphens ? .softHyphen : .cluster
      columns = 0
    case 0x09:
      // In flow text a tab that is left is one space.
      kind = .space
      columns = 1
    default:
      // The commonest case by far: one character of its own, followed by one that joins nothing.
      columns =
        point >= 0x20 && point < 0x7F
        ? (place + bytes < limit && text[place + bytes] >= 0x80 ? -1 : 1)
        : -1
      if columns < 0 {
        let part = UnsafeBufferPointer(rebasing: text[..<limit])
        columns = cluster(in: part, at: place, profile: profile).columns
      }
    }
    let lineBreak = Int(yu_line_break(properties))
    let isClosing =
      lineBreak == YU_CL || lineBreak == YU_CP || lineBreak == YU_EX || lineBreak == YU_NS
      || lineBreak == YU_IS || lineBreak == YU_IN || lineBreak == YU_CJ
    units.append(
      Unit(
        kind: kind, opportunity: .no, isClosing: isClosing, isOpening: lineBreak == YU_OP,
        columns: Int32(columns), start: Int32(place), end: Int32(place + bytes), value: 0,
        lineBreak: UInt8(lineBreak),
        isHanOrKana: yu_script(properties) == Int32(YU_SCRIPT_HAN_KANA)))
  }

  private mutating func appendItem(
    _ lineBreak: UInt8, _ point: UInt32, _ properties: UInt32, isClusterStart: Bool
  ) {
    let kind = Int(lineBreak)
    if kind == YU_CM || kind == YU_ZWJ, let last = items.indices.last {
      // LB9: X (CM | ZWJ)* behaves as X, unless X ends a line or is a space.
      let before = Int(items[last].kind)
      if before != YU_BK && before != YU_CR && before != YU_LF && before != YU_NL
        && before != YU_SP && before != YU_ZW
      {
        items[last].endsWithJoiner = kind == YU_ZWJ
        items[last].lastUnit = Int32(units.count - 1)
        return
      }
    }
    // Where an item ends inside a cluster, no line may: clusters are never cut.
    if !isClusterStart, let last = items.indices.last { items[last].endsInsideUnit = true }
    let isLoneMark = kind == YU_CM || kind == YU_ZWJ  // LB10
    items.append(
      Item(
        kind: isLoneMark ? UInt8(YU_AL) : lineBreak,
        isEastAsian: yu_is_east_asian(properties),
        isInitialQuote: kind == YU_QU && yu_is_initial_quote(properties),
        isFinalQuote: kind == YU_QU && yu_is_final_quote(properties),
        isUnassignedPictograph: yu_is_pictographic(properties)
          && yu_age(properties) == Int32(YU_AGE_UNASSIGNED),
        endsWithJoiner: kind == YU_ZWJ, endsInsideUnit: false, point: point,
        lastUnit: Int32(units.count - 1)))
  }

  /// LB1 for CJ, and the tailorings that are classes: T1 quotes, T11 levels.
  private mutating func tailorClasses(_ text: UnsafeBufferPointer<UInt8>, hasHan: Bool) {
    let mapsQuotes =
      options.quotes == .zh || (options.quotes == .auto && options.tailoring == .yue && hasHan)
    let isChineseOrJapanese =
      language.hasPrefix("zh") || language.hasPrefix("ja") || (language.isEmpty && hasHan)
    for position in items.indices {
      let item = items[position]
      switch Int(item.kind) {
      case YU_CJ:
        items[position].kind = UInt8(options.level == .strict ? YU_NS : YU_ID)
        if options.level != .strict { units[Int(item.lastUnit)].isClosing = false }
      case YU_QU where mapsQuotes && item.point == 0x201C:
        items[position].kind = UInt8(YU_OP)
        items[position].isInitialQuote = false
        units[Int(item.lastUnit)].isOpening = true
      case YU_QU where mapsQuotes && item.point == 0x201D:
        items[position].kind = UInt8(YU_CL)
        items[position].isFinalQuote = false
        units[Int(item.lastUnit)].isClosing = true
      default:
        if options.level != .strict {
          if let kind = loosened(item, isChineseOrJapanese) {
            items[position].kind = UInt8(kind)
            units[Int(item.lastUnit)].isClosing = false
          }
        }
      }
    }
  }

  /// T11 (CSS Text `line-break`): classes of `normal` and `loose`.
  private func loosened(_ item: Item, _ isChineseOrJapanese: Bool) -> Int? {
    switch item.point {
    case 0x2010, 0x2013, 0x301C, 0x30A0:
      return isChineseOrJapanese ? YU_ID : nil
    case 0x3005, 0x303B, 0x309D, 0x309E, 0x30FD, 0x30FE:
      return options.level == .loose ? YU_ID : nil
    case 0x30FB, 0xFF1A, 0xFF1B, 0xFF65, 0xFF01, 0xFF1F, 0x203C, 0x2047, 0x2048, 0x2049:
      return options.level == .loose && isChineseOrJapanese ? YU_ID : nil
    default: break
    }
    guard options.level == .loose else { return nil }
    if Int(item.kind) == YU_IN { return YU_ID }
    let kind = Int(item.kind)
    if (kind == YU_PO || kind == YU_PR), isChineseOrJapanese, item.point >= 0x80 {
      let width = yu_width_class(yu_properties(item.point))
      return width >= 2 ? YU_ID : nil
    }
    return nil
  }
}

extension LineBreaker {
  /// The rules of UAX #14, each under its name, in the order of the standard.
  ///
  /// LB14, LB15a, LB16 and LB17 look back over spaces and LB25 over a number; both are kept as
  /// state, so the pass is linear on any text.
  private mutating func findOpportunities() {
    guard !items.isEmpty else { return }
    /// The last item that is no space, and the one before it.
    var solid = -1
    var beforeSolid = -1
    /// LB25: 1 behind NU (SY | IS)*, 2 behind the closing bracket of such a number.
    var number = 0
    var indicators = 0
    for position in 0..<items.count {
      let kind = Int(items[position].kind)
      if kind != YU_SP {
        beforeSolid = position > 0 ? position - 1 : -1
        solid = position
      }
      switch kind {
      case YU_NU: number = 1
      case YU_SY, YU_IS: number = number == 1 ? 1 : 0
      case YU_CL, YU_CP: number = number == 1 ? 2 : 0
      default: number = 0
      }
      indicators = kind == YU_RI ? indicators + 1 : 0
      guard position + 1 < items.count else { break }
      let opportunity = opportunity(
        after: position, solid: solid, beforeSolid: beforeSolid, number: number,
        hasOddIndicators: indicators % 2 == 1)
      if !items[position].endsInsideUnit {
        units[Int(items[position].lastUnit)].opportunity = opportunity
      }
    }
    // LB3: the end of the text is the filler's business, but a final line end must break.
    let last = Int(items[items.count - 1].kind)
    units[units.count - 1].opportunity =
      last == YU_BK || last == YU_LF || last == YU_CR || last == YU_NL ? .must : .may
  }

  private func opportunity(
    after position: Int, solid: Int, beforeSolid: Int, number: Int, hasOddIndicators: Bool
  ) -> Opportunity {
    let left = items[position]
    let right = items[position + 1]
    let a = Int(left.kind)
    let b = Int(right.kind)
    // Between two ideographs: LB31, and no rule before it applies.
    if a == YU_ID && b == YU_ID && !left.endsWithJoiner { return .may }

    // LB4, LB5, LB6
    if a == YU_BK || a == YU_LF || a == YU_NL { return .must }
    if a == YU_CR { return b == YU_LF ? .no : .must }
    if b == YU_BK || b == YU_CR || b == YU_LF || b == YU_NL { return .no }
    // LB7
    if b == YU_SP || b == YU_ZW { return .no }
    // LB8, LB8a
    let s = solid >= 0 ? Int(items[solid].kind) : -1
    if s == YU_ZW { return .may }
    if left.endsWithJoiner { return .no }
    // LB11, LB12, LB12a
    if a == YU_WJ || b == YU_WJ { return .no }
    if a == YU_GL { return .no }
    if b == YU_GL && a != YU_SP && a != YU_BA && a != YU_HY && a != YU_HH { return .no }
    // LB13
    if b == YU_CL || b == YU_CP || b == YU_EX || b == YU_SY { return .no }
    // LB14
    if s == YU_OP { return .no }
    // LB15a
    if s == YU_QU, items[solid].isInitialQuote {
      let before = beforeSolid >= 0 ? Int(items[beforeSolid].kind) : YU_BK
      if before == YU_BK || before == YU_CR || before == YU_LF || before == YU_NL
        || before == YU_OP || before == YU_QU || before == YU_GL || before == YU_SP
        || before == YU_ZW
      {
        return .no
      }
    }
    let after = position + 2 < items.count ? Int(items[position + 2].kind) : -1
    // LB15b
    if b == YU_QU, right.isFinalQuote, after == -1 || isAfterFinalQuote(after) { return .no }
    // LB15c, LB15d
    if a == YU_SP && b == YU_IS && after == YU_NU { return .may }
    if b == YU_IS { return .no }
    // LB16, LB17
    if (s == YU_CL || s == YU_CP) && b == YU_NS { return .no }
    if s == YU_B2 && b == YU_B2 { return .no }
    // LB18
    if a == YU_SP { return .may }
    // LB19, LB19a
    if b == YU_QU && !right.isInitialQuote { return .no }
    if a == YU_QU && !left.isFinalQuote { return .no }
    if b == YU_QU {
      if !left.isEastAsian { return .no }
      if position + 2 >= items.count || !items[position + 2].isEastAsian { return .no }
    }
    if a == YU_QU {
      if !right.isEastAsian { return .no }
      if position == 0 || !items[position - 1].isEastAsian { return .no }
    }
    // LB20, LB20a
    if a == YU_CB || b == YU_CB { return .may }
    let before = position > 0 ? Int(items[position - 1].kind) : -1
    if a == YU_HY || a == YU_HH, b == YU_AL || b == YU_HL, before == -1 || startsWord(before) {
      return .no
    }
    // LB21, LB21a, LB21b
    if b == YU_BA || b == YU_HH || b == YU_HY || b == YU_NS || a == YU_BB { return .no }
    if before == YU_HL, a == YU_HY || a == YU_HH, b != YU_HL { return .no }
    if a == YU_SY && b == YU_HL { return .no }
    // LB22
    if b == YU_IN { return .no }
    return laterOpportunity(left, right, after, number, hasOddIndicators, before, position)
  }

  /// LB23 to LB31.
  private func laterOpportunity(
    _ left: Item, _ right: Item, _ after: Int, _ number: Int, _ hasOddIndicators: Bool,
    _ before: Int, _ position: Int
  ) -> Opportunity {
    let a = Int(left.kind)
    let b = Int(right.kind)
    let isLetterLeft = a == YU_AL || a == YU_HL
    let isLetterRight = b == YU_AL || b == YU_HL
    // LB23, LB23a
    if (isLetterLeft && b == YU_NU) || (a == YU_NU && isLetterRight) { return .no }
    if a == YU_PR && (b == YU_ID || b == YU_EB || b == YU_EM) { return .no }
    if (a == YU_ID || a == YU_EB || a == YU_EM) && b == YU_PO { return .no }
    // LB24
    if (a == YU_PR || a == YU_PO) && isLetterRight { return .no }
    if isLetterLeft && (b == YU_PR || b == YU_PO) { return .no }
    // LB25
    if number > 0 && (b == YU_PO || b == YU_PR) { return .no }
    if a == YU_PR || a == YU_PO, b == YU_OP {
      if after == YU_NU { return .no }
      if after == YU_IS, position + 3 < items.count, Int(items[position + 3].kind) == YU_NU {
        return .no
      }
    }
    if b == YU_NU {
      if a == YU_PR || a == YU_PO || a == YU_HY || a == YU_IS { return .no }
      if number == 1 { return .no }
    }
    // LB26, LB27
    if a == YU_JL && (b == YU_JL || b == YU_JV || b == YU_H2 || b == YU_H3) { return .no }
    if (a == YU_JV || a == YU_H2) && (b == YU_JV || b == YU_JT) { return .no }
    if (a == YU_JT || a == YU_H3) && b == YU_JT { return .no }
    if isHangul(a) && b == YU_PO { return .no }
    if a == YU_PR && isHangul(b) { return .no }
    // LB28
    if isLetterLeft && isLetterRight { return .no }
    // LB28a
    let isAksaraLeft = isAksara(left)
    let isAksaraRight = isAksara(right)
    if a == YU_AP && isAksaraRight { return .no }
    if isAksaraLeft && (b == YU_VF || b == YU_VI) { return .no }
    if a == YU_VI, position > 0, isAksara(items[position - 1]), b == YU_AK || right.point == 0x25CC
    {
      return .no
    }
    if isAksaraLeft && isAksaraRight && after == YU_VF { return .no }
    // LB29
    if a == YU_IS && isLetterRight { return .no }
    // LB30
    if isLetterLeft || a == YU_NU, b == YU_OP, !right.isEastAsian { return .no }
    if a == YU_CP, !left.isEastAsian, isLetterRight || b == YU_NU { return .no }
    // LB30a, LB30b
    if a == YU_RI && b == YU_RI && hasOddIndicators { return .no }
    if b == YU_EM && (a == YU_EB || left.isUnassignedPictograph) { return .no }
    return .may  // LB31
  }

  private func isAfterFinalQuote(_ kind: Int) -> Bool {
    kind == YU_SP || kind == YU_GL || kind == YU_WJ || kind == YU_CL || kind == YU_QU
      || kind == YU_CP || kind == YU_EX || kind == YU_IS || kind == YU_SY || kind == YU_BK
      || kind == YU_CR || kind == YU_LF || kind == YU_NL || kind == YU_ZW
  }

  private func startsWord(_ kind: Int) -> Bool {
    kind == YU_BK || kind == YU_CR || kind == YU_LF || kind == YU_NL || kind == YU_SP
      || kind == YU_ZW || kind == YU_CB || kind == YU_GL
  }

  private func isHangul(_ kind: Int) -> Bool {
    kind == YU_JL || kind == YU_JV || kind == YU_JT || kind == YU_H2 || kind == YU_H3
  }

  private func isAksara(_ item: Item) -> Bool {
    Int(item.kind) == YU_AK || Int(item.kind) == YU_AS || item.point == 0x25CC
  }
}

extension LineBreaker {
  /// The tailorings that overwrite single opportunities: T2 to T5, T9, T10, T12.
  private mutating func tailorOpportunities(_ text: UnsafeBufferPointer<UInt8>) {
    let keepsWords =
      options.wordBreak == .keepAll || (options.wordBreak == .auto && language.hasPrefix("ko"))
    let isTailored = options.tailoring == .yue
    for position in 0..<max(0, items.count - 1) {
      let place = Int(items[position].lastUnit)
      let left = items[position]
      let right = items[position + 1]
      switch units[place].opportunity {
      case .must: continue
      case .no:
        guard isTailored else { continue }
        // T2: a Latin word or a formula may begin a line after `,` `:` `;` that follow Han.
        if options.hanStops, left.point == 0x2C || left.point == 0x3A || left.point == 0x3B,
          position > 0, isHanOrKana(items[position - 1].point),
          Int(right.kind) == YU_AL || Int(right.kind) == YU_HL
        {
          units[place].opportunity = .may
        }
        // T5: between two formulas that touch.
        if left.point == Self.objectPoint, right.point == Self.objectPoint,
          units[place].kind == .object, Int(right.kind) == YU_AL
        {
          units[place].opportunity = .may
        }
      case .may:
        if mayNotBreak(after: position, text, keepsWords: keepsWords, isTailored: isTailored) {
          units[place].opportunity = .no
        }
      }
    }
  }

  private func isHanOrKana(_ point: UInt32) -> Bool {
    yu_script(yu_properties(point)) == Int32(YU_SCRIPT_HAN_KANA)
  }

  private func mayNotBreak(
    after position: Int, _ text: UnsafeBufferPointer<UInt8>, keepsWords: Bool, isTailored: Bool
  ) -> Bool {
    let left = items[position]
    let right = items[position + 1]
    // T9: a number and the unit behind it, 第 and a number.
    if options.units == .glue {
      let units: Set<UInt32> = [
        0x5E74, 0x6708, 0x65E5, 0x65F6, 0x5206, 0x79D2, 0x4E2A, 0x9875, 0x7AE0, 0x8282, 0x6761,
        0x6B21, 0x500D, 0x5143,
      ]
      if Int(left.kind) == YU_NU, units.contains(right.point) { return true }
      if left.point == 0x7B2C, Int(right.kind) == YU_NU { return true }
    }
    guard isTailored else { return false }
    // T10: Korean words stay whole.
    if keepsWords, isKorean(left), isKorean(right) { return true }
    // T4: C++, --dry-run.
    if options.signRuns {
      if left.point == 0x2B && right.point == 0x2B { return true }
      if left.point == 0x2D, position > 0, items[position - 1].point == 0x2D,
        beginsWord(runEndingAt: position)
      {
        return true
      }
    }
    // T3: km/h, A/B, 1/2.
    if options.shortSlash, left.point == 0x2F, isShortSlash(position) { return true }
    // T12
    if options.kinsoku != .basic, left.point == 0x2F { return true }
    if options.kinsoku == .strict, Int(right.kind) == YU_B2 || Int(right.kind) == YU_IN {
      return Int(left.kind) != YU_SP
    }
    return false
  }

  private func isKorean(_ item: Item) -> Bool {
    item.point != Self.objectPoint
      && yu_script(yu_properties(item.point)) == Int32(YU_SCRIPT_HANGUL)
  }

  private func isWordCharacter(_ position: Int) -> Bool {
    guard items.indices.contains(position) else { return false }
    switch items[position].point {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
    default: return false
    }
  }

  /// Whether the run of hyphens that ends here stands at the beginning of a word.
  private func beginsWord(runEndingAt end: Int) -> Bool {
    var start = end
    // A run longer than this is a rule, not an option.
    while start > 0, items[start - 1].point == 0x2D, end - start < 8 { start -= 1 }
    return !isWordCharacter(start - 1) && isWordCharacter(end + 1)
  }

  /// Runs of one to four letters or digits on both sides of a slash.
  private func isShortSlash(_ position: Int) -> Bool {
    var before = 0
    while before < 5, isWordCharacter(position - 1 - before) { before += 1 }
    var after = 0
    while after < 5, isWordCharacter(position + 1 + after) { after += 1 }
    return (1...4).contains(before) && (1...4).contains(after)
  }
}
