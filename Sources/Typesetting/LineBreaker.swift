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
      /// Not in the text; glued to what precedes and to what follows, class GL.
      case joint(Int, columns: Int)
    }
    var kind: Kind
    /// Empty for ornaments.
    var range: Range<Int>
  }

  struct Unit {
    enum Kind: UInt8 { case cluster, space, lineEnd, object, ornament, softHyphen }
    var kind = Kind.cluster
    var opportunity = Opportunity.no
    /// May not begin a line in an emergency: CL CP EX NS IS IN.
    var isClosing = false
    /// May not end a line in an emergency: OP.
    var isOpening = false
    /// The columns drawn; 0 for an object, whose width is the caller's to know.
    var columns: Int32 = 0
    /// Bytes of the text.
    var start: Int32 = 0
    var end: Int32 = 0
    /// The caller's value for objects and ornaments.
    var value: Int32 = 0
    /// Line_Break class and facts of the first character.
    var lineBreak: UInt8 = 0
    var isHanOrKana = false
  }

  /// The units of the paragraph; behind `unitCount` stands what is left of longer ones.
  private(set) var storedUnits: [Unit] = []
  private(set) var unitCount = 0
  private var items: [Item] = []
  private var itemCount = 0
  /// The items, by position, whose own character some tailoring is about.
  private var remarkable: [Int32] = []
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
    makeRoom(range.count + inserts.count + 1)
    let hasHan = scan(text, range, inserts)
    tailorClasses(hasHan: hasHan)
    findOpportunities()
    if options.tailoring == .yue || options.units == .glue { tailorOpportunities() }
  }

  var units: ArraySlice<Unit> { storedUnits[..<unitCount] }

  /// Room for so many units and items; more there cannot be, since each takes a byte or an insert.
  private mutating func makeRoom(_ count: Int) {
    unitCount = 0
    itemCount = 0
    remarkable.removeAll(keepingCapacity: true)
    guard storedUnits.count < count else { return }
    let room = max(count, 2 * storedUnits.count, 1_024)
    storedUnits = Array(repeating: Unit(), count: room)
    items = Array(repeating: Item(), count: room)
  }
}

extension LineBreaker {
  /// What the rules of UAX #14 look at: a character with the combining marks behind it (LB9), an
  /// object or an ornament.
  struct Item {
    var kind: UInt8 = 0
    var isEastAsian = false
    var isInitialQuote = false
    var isFinalQuote = false
    var isUnassignedPictograph = false
    /// Its last character is a ZWJ (LB8a).
    var endsWithJoiner = false
    var endsInsideUnit = false
    var point: UInt32 = 0
    /// The last unit of the item: its opportunity is the one behind the item.
    var lastUnit: Int32 = 0
  }

  /// One pass over the text: clusters with columns, items with classes.
  ///
  /// Returns whether there is Han or kana.
  private mutating func scan(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ inserts: [Insert]
  ) -> Bool {
    guard let base = text.baseAddress else { return false }
    var place = range.lowerBound
    var hasHan = false
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
      let run = UnsafeBufferPointer(start: base, count: limit)
      if isClusterStart || boundaries.hasJoinedNothing {
        let start = place
        readOrdinary(run, &place, &hasHan)
        if place > start {
          boundaries = ClusterBoundaries(afterPlain: ())
          isClusterStart = false
          if place == limit { continue }
        }
      }
      var point: UInt32 = 0
      let bytes = Int(yu_decode(base, limit, place, &point))
      let properties = yu_properties(point)
      if boundaries.isBoundary(before: properties) { isClusterStart = true }
      let lineBreak = yu_line_break(properties)
      if yu_script(properties) == Int32(YU_SCRIPT_HAN_KANA) { hasHan = true }
      if isClusterStart {
        appendUnit(run, place, bytes, point, properties)
      } else {
        storedUnits[unitCount - 1].end = Int32(truncatingIfNeeded: place + bytes)
        if storedUnits[unitCount - 1].kind == .space {
          // A space that carries a mark is to be seen, and so never hangs.
          storedUnits[unitCount - 1].kind = .cluster
        }
      }
      let isIgnoredHyphen = point == 0xAD && !options.softHyphens && options.tailoring == .yue
      appendItem(
        isIgnoredHyphen ? UInt8(YU_AL) : UInt8(truncatingIfNeeded: lineBreak), point, properties,
        isClusterStart: isClusterStart)
      isClusterStart = false
      place += bytes
    }
    return hasHan
  }

  /// A run of ordinary characters, of which every one is a cluster and an item of its own: nearly
  /// all of any text.
  ///
  /// The unified ideographs U+4E00 to U+9FFF need no table: all are class ID and two columns wide.
  private mutating func readOrdinary(
    _ text: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ hasHan: inout Bool
  ) {
    var unit = unitCount
    var item = itemCount
    var remarkable = self.remarkable
    self.remarkable = []
    let profile = profile
    let ascii = Self.ascii
    storedUnits.withUnsafeMutableBufferPointer { storedUnits in
      items.withUnsafeMutableBufferPointer { items in
        while place < text.count {
          precondition(unit < storedUnits.count && item < items.count)
          let first = text[place]
          if first >= 0xE4, first <= 0xE9 {
            guard place + 2 < text.count, text[place + 1] & 0xC0 == 0x80,
              text[place + 2] & 0xC0 == 0x80, first > 0xE4 || text[place + 1] >= 0xB8,
              place + 3 == text.count || Self.joinsNothing(text, place + 3)
            else { break }
            hasHan = true
            storedUnits[unit] = Unit(
              columns: 2, start: Int32(truncatingIfNeeded: place),
              end: Int32(truncatingIfNeeded: place + 3), lineBreak: UInt8(YU_ID), isHanOrKana: true)
            items[item] = Item(
              kind: UInt8(YU_ID), isEastAsian: true,
              point: UInt32(first & 15) << 12 | UInt32(text[place + 1] & 63) << 6
                | UInt32(text[place + 2] & 63), lastUnit: Int32(truncatingIfNeeded: unit))
            place += 3
          } else if first >= 0x20, first < 0x7F {
            guard place + 1 == text.count || Self.joinsNothing(text, place + 1) else { break }
            let template = ascii[Int(first)]
            storedUnits[unit] = template.unit
            storedUnits[unit].start = Int32(truncatingIfNeeded: place)
            storedUnits[unit].end = Int32(truncatingIfNeeded: place + 1)
            items[item] = template.item
            items[item].lastUnit = Int32(truncatingIfNeeded: unit)
            if template.isRemarkable { remarkable.append(Int32(truncatingIfNeeded: item)) }
            place += 1
          } else {
            guard let base = text.baseAddress else { break }
            var point: UInt32 = 0
            let bytes = Int(yu_decode(base, text.count, place, &point))
            guard point > 0x7F,
              place + bytes == text.count || Self.joinsNothing(text, place + bytes)
            else { break }
            let properties = yu_properties(point)
            // Class Other, without a part in conjuncts: it joins nothing that stands before it.
            guard yu_cluster_break(properties) == 0, yu_conjunct_break(properties) == 0,
              let columns = columnsOfLoneCharacter(point, properties, profile)
            else { break }
            let lineBreak = Int(yu_line_break(properties))
            guard lineBreak != YU_CM else { break }
            let isHan = yu_script(properties) == Int32(YU_SCRIPT_HAN_KANA)
            if isHan { hasHan = true }
            if Self.isRemarkable(point, lineBreak) {
              remarkable.append(Int32(truncatingIfNeeded: item))
            }
            storedUnits[unit] = Unit(
              isClosing: Self.closingClasses & (1 << UInt64(lineBreak)) != 0,
              isOpening: lineBreak == YU_OP, columns: Int32(truncatingIfNeeded: columns),
              start: Int32(truncatingIfNeeded: place),
              end: Int32(truncatingIfNeeded: place + bytes),
              lineBreak: UInt8(truncatingIfNeeded: lineBreak), isHanOrKana: isHan)
            items[item] = Item(
              kind: UInt8(truncatingIfNeeded: lineBreak),
              isEastAsian: yu_is_east_asian(properties),
              isInitialQuote: lineBreak == YU_QU && yu_is_initial_quote(properties),
              isFinalQuote: lineBreak == YU_QU && yu_is_final_quote(properties),
              point: point, lastUnit: Int32(truncatingIfNeeded: unit))
            place += bytes
          }
          unit += 1
          item += 1
        }
      }
    }
    self.remarkable = remarkable
    unitCount = unit
    itemCount = item
  }

  /// Unit and item of each printable ASCII character, but for their places.
  private static let ascii: [(unit: Unit, item: Item, isRemarkable: Bool)] =
    (UInt32(0)..<0x7F).map { point in
      let properties = yu_properties(point)
      let lineBreak = Int(yu_line_break(properties))
      let unit = Unit(
        kind: point == 0x20 ? .space : .cluster,
        isClosing: closingClasses & (1 << UInt64(lineBreak)) != 0,
        isOpening: lineBreak == YU_OP, columns: 1,
        lineBreak: UInt8(truncatingIfNeeded: lineBreak))
      let item = Item(
        kind: UInt8(truncatingIfNeeded: lineBreak), isEastAsian: yu_is_east_asian(properties),
        point: point)
      return (unit, item, isRemarkable(point, lineBreak))
    }

  /// Whether some tailoring is about a character.
  private static func isRemarkable(_ point: UInt32, _ lineBreak: Int) -> Bool {
    switch point {
    case 0x2B, 0x2C, 0x2D, 0x2F, 0x3A, 0x3B, 0xFF1A, 0xFF1B: true
    default: lineBreak == YU_CJ || lineBreak == YU_QU
    }
  }

  /// Whether the character at a place surely begins a cluster, whatever ordinary character stands
  /// before it: ASCII, an ideograph, or the punctuation of Chinese.
  private static func joinsNothing(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    switch text[place] {
    case 0x20...0x7F, 0xE4...0xE9: return true
    case 0xE3:
      // U+3000 to U+303F but the tone marks; hiragana and katakana but their voicing marks.
      guard place + 2 < text.count else { return false }
      switch text[place + 1] {
      case 0x80: return text[place + 2] < 0xAA || text[place + 2] > 0xAF
      case 0x82: return text[place + 2] != 0x99 && text[place + 2] != 0x9A
      default: return true
      }
    // U+FF00 to U+FF3F.
    case 0xEF: return place + 1 < text.count && text[place + 1] == 0xBC
    default: return false
    }
  }

  private mutating func append(_ insert: Insert) {
    var unit = Unit(
      kind: .object, start: Int32(insert.range.lowerBound), end: Int32(insert.range.upperBound),
      lineBreak: UInt8(YU_AL))
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
    case .joint(let value, let columns):
      unit.kind = .ornament
      unit.value = Int32(value)
      unit.columns = Int32(columns)
      unit.isOpening = true
      unit.isClosing = true
      kind = UInt8(YU_GL)
    }
    unit.lineBreak = kind
    storedUnits[unitCount] = unit
    remarkable.append(Int32(truncatingIfNeeded: itemCount))
    items[itemCount] = Item(
      kind: kind, point: Self.objectPoint, lastUnit: Int32(truncatingIfNeeded: unitCount))
    unitCount += 1
    itemCount += 1
  }

  /// Stands for an object or ornament among code points.
  private static let objectPoint: UInt32 = 0xFFFF_FFFF

  private mutating func appendUnit(
    _ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ bytes: Int, _ point: UInt32,
    _ properties: UInt32
  ) {
    var kind = Unit.Kind.cluster
    let columns: Int
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
      if place + bytes == text.count || Self.joinsNothing(text, place + bytes) {
        columns =
          point >= 0x20 && point < 0x7F
          ? 1
          : columnsOfLoneCharacter(point, properties, profile)
            ?? cluster(in: text, at: place, profile: profile).columns
      } else {
        columns = cluster(in: text, at: place, profile: profile).columns
      }
    }
    let lineBreak = Int(yu_line_break(properties))
    let isClosing = Self.closingClasses & (1 << UInt64(lineBreak)) != 0
    storedUnits[unitCount] = Unit(
      kind: kind, isClosing: isClosing, isOpening: lineBreak == YU_OP,
      columns: Int32(truncatingIfNeeded: columns), start: Int32(truncatingIfNeeded: place),
      end: Int32(truncatingIfNeeded: place + bytes),
      lineBreak: UInt8(truncatingIfNeeded: lineBreak),
      isHanOrKana: yu_script(properties) == Int32(YU_SCRIPT_HAN_KANA))
    unitCount += 1
  }

  /// CL, CP, EX, NS, IS, IN, CJ: a set of line break classes has one bit for each.
  private static var closingClasses: UInt64 {
    bit(YU_CL) | bit(YU_CP) | bit(YU_EX) | bit(YU_NS) | bit(YU_IS) | bit(YU_IN) | bit(YU_CJ)
  }

  /// Whether the character at a place may not begin a line in an emergency.
  static func isClosing(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    closingClasses & (1 << UInt64(lineBreak(text, place))) != 0
  }

  /// Whether the character at a place may not end a line in an emergency.
  static func isOpening(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    lineBreak(text, place) == YU_OP
  }

  private static func lineBreak(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
    guard let base = text.baseAddress, place < text.count else { return Int(YU_AL) }
    var point: UInt32 = 0
    _ = yu_decode(base, text.count, place, &point)
    return Int(yu_line_break(yu_properties(point)))
  }

  @inline(__always) private static func bit(_ kind: Int) -> UInt64 { 1 << UInt64(kind & 63) }

  private mutating func appendItem(
    _ lineBreak: UInt8, _ point: UInt32, _ properties: UInt32, isClusterStart: Bool
  ) {
    let kind = Int(lineBreak)
    let isMark = kind == YU_CM || kind == YU_ZWJ
    if itemCount > 0 {
      if isMark {
        // LB9: X (CM | ZWJ)* behaves as X, unless X ends a line or is a space.
        let before = Int(items[itemCount - 1].kind)
        if before != YU_BK && before != YU_CR && before != YU_LF && before != YU_NL
          && before != YU_SP && before != YU_ZW
        {
          items[itemCount - 1].endsWithJoiner = kind == YU_ZWJ
          items[itemCount - 1].lastUnit = Int32(truncatingIfNeeded: unitCount - 1)
          return
        }
      }
      // Where an item ends inside a cluster, no line may: clusters are never cut.
      if !isClusterStart { items[itemCount - 1].endsInsideUnit = true }
    }
    if Self.isRemarkable(point, kind) { remarkable.append(Int32(truncatingIfNeeded: itemCount)) }
    items[itemCount] = Item(
      kind: isMark ? UInt8(YU_AL) : lineBreak,  // LB10
      isEastAsian: yu_is_east_asian(properties),
      isInitialQuote: kind == YU_QU && yu_is_initial_quote(properties),
      isFinalQuote: kind == YU_QU && yu_is_final_quote(properties),
      isUnassignedPictograph: yu_is_pictographic(properties)
        && yu_age(properties) == Int32(YU_AGE_UNASSIGNED),
      endsWithJoiner: kind == YU_ZWJ, endsInsideUnit: false, point: point,
      lastUnit: Int32(truncatingIfNeeded: unitCount - 1))
    itemCount += 1
  }

  /// LB1 for CJ, and the tailorings that are classes: T1 quotes, T11 levels.
  private mutating func tailorClasses(hasHan: Bool) {
    let mapsQuotes =
      options.quotes == .zh || (options.quotes == .auto && options.tailoring == .yue && hasHan)
    let isChineseOrJapanese =
      language.hasPrefix("zh") || language.hasPrefix("ja") || (language.isEmpty && hasHan)
    for number in 0..<(options.level == .strict ? remarkable.count : itemCount) {
      let position = options.level == .strict ? Int(remarkable[number]) : number
      let item = items[position]
      switch Int(item.kind) {
      case YU_CJ:
        items[position].kind = UInt8(options.level == .strict ? YU_NS : YU_ID)
        if options.level != .strict { storedUnits[Int(item.lastUnit)].isClosing = false }
      case YU_QU where mapsQuotes && item.point == 0x201C:
        items[position].kind = UInt8(YU_OP)
        items[position].isInitialQuote = false
        storedUnits[Int(item.lastUnit)].isOpening = true
      case YU_QU where mapsQuotes && item.point == 0x201D:
        items[position].kind = UInt8(YU_CL)
        items[position].isFinalQuote = false
        storedUnits[Int(item.lastUnit)].isClosing = true
      default:
        if options.level != .strict {
          if let kind = loosened(item, isChineseOrJapanese) {
            items[position].kind = UInt8(kind)
            storedUnits[Int(item.lastUnit)].isClosing = false
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
  /// Writes the opportunity behind every item to its last unit.
  ///
  /// LB14, LB15a, LB16 and LB17 look back over spaces and LB25 over a number; both are kept as
  /// state, so the pass is linear on any text.
  private mutating func findOpportunities() {
    guard itemCount > 0 else { return }
    let count = itemCount
    storedUnits.withUnsafeMutableBufferPointer { storedUnits in
      items.withUnsafeBufferPointer { items in
        let rules = LineBreakRules(items: items, itemCount: count)
        let ordinary = LineBreakRules.ordinaryFollowers
        /// The last item that is no space, and the one before it.
        var solid = -1
        var beforeSolid = -1
        /// LB25: 1 behind NU (SY | IS)*, 2 behind the closing bracket of such a number.
        var number = 0
        var indicators = 0
        for position in 0..<count - 1 {
          let kind = Int(items[position].kind)
          if kind != YU_SP {
            beforeSolid = position > 0 ? position - 1 : -1
            solid = position
          }
          if kind == YU_ID || kind == YU_AL {
            number = 0
            indicators = 0
          } else {
            switch kind {
            case YU_NU: number = 1
            case YU_SY, YU_IS: number = number == 1 ? 1 : 0
            case YU_CL, YU_CP: number = number == 1 ? 2 : 0
            default: number = 0
            }
            indicators = kind == YU_RI ? indicators + 1 : 0
          }
          let next: UInt64 = 1 << UInt64(items[position + 1].kind & 63)
          let followers = ordinary[kind & 63]
          let opportunity: Opportunity
          if !items[position].endsWithJoiner, followers.no & next != 0 {
            opportunity = .no
          } else if !items[position].endsWithJoiner, followers.may & next != 0 {
            opportunity = .may
          } else {
            opportunity = rules.opportunity(
              after: position, solid: solid, beforeSolid: beforeSolid, number: number,
              hasOddIndicators: indicators % 2 == 1)
          }
          if !items[position].endsInsideUnit {
            storedUnits[Int(items[position].lastUnit)].opportunity = opportunity
          }
        }
      }
    }
    // LB3: the end of the text is the filler's business, but a final line end must break.
    let last = Int(items[itemCount - 1].kind)
    storedUnits[unitCount - 1].opportunity =
      last == YU_BK || last == YU_LF || last == YU_CR || last == YU_NL ? .must : .may
  }
}

extension LineBreaker {
  /// The tailorings that overwrite single opportunities: T2 to T5, T9, T10, T12.
  private mutating func tailorOpportunities() {
    let keepsWords =
      options.wordBreak == .keepAll || (options.wordBreak == .auto && language.hasPrefix("ko"))
    let isTailored = options.tailoring == .yue
    // All tailorings but these are about the character before the opportunity.
    let visitsAll = options.units == .glue || options.kinsoku == .strict || keepsWords
    for number in 0..<(visitsAll ? itemCount : remarkable.count) {
      let position = visitsAll ? number : Int(remarkable[number])
      let left = items[position]
      // T13: ： and ； begin no line, not even behind a blank that should not be there.
      if isTailored, position > 0, left.point == 0xFF1A || left.point == 0xFF1B,
        Int(items[position - 1].kind) == YU_SP, options.level != .loose
      {
        let before = Int(items[position - 1].lastUnit)
        if storedUnits[before].opportunity == .may { storedUnits[before].opportunity = .no }
      }
      guard position + 1 < itemCount else { break }
      let place = Int(left.lastUnit)
      let right = items[position + 1]
      switch storedUnits[place].opportunity {
      case .must: continue
      case .no:
        guard isTailored else { continue }
        // T2: a Latin word or a formula may begin a line after `,` `:` `;` that follow Han.
        if options.hanStops, left.point == 0x2C || left.point == 0x3A || left.point == 0x3B,
          position > 0, isHanOrKana(items[position - 1].point),
          Int(right.kind) == YU_AL || Int(right.kind) == YU_HL
        {
          storedUnits[place].opportunity = .may
        }
        // T5: between two formulas that touch.
        if left.point == Self.objectPoint, right.point == Self.objectPoint,
          storedUnits[place].kind == .object, Int(right.kind) == YU_AL
        {
          storedUnits[place].opportunity = .may
        }
      case .may:
        if mayNotBreak(after: position, keepsWords: keepsWords, isTailored: isTailored) {
          storedUnits[place].opportunity = .no
        }
      }
    }
  }

  private func isHanOrKana(_ point: UInt32) -> Bool {
    yu_script(yu_properties(point)) == Int32(YU_SCRIPT_HAN_KANA)
  }

  private func mayNotBreak(
    after position: Int, keepsWords: Bool, isTailored: Bool
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
    guard position >= 0, position < itemCount else { return false }
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
