import CUnicode

/// Finds the boundaries of extended grapheme clusters (UAX #29, version 17).
///
/// Fed with the packed properties of one character after another, it says whether a boundary
/// stands before it. It keeps no text, so that a caller can run it beside its own scan.
public struct ClusterBoundaries: Sendable {
  private var previous = Int32(YU_GCB_CONTROL)
  /// GB12, GB13: an odd number of regional indicators stands before.
  private var hasOddIndicators = false
  /// GB11: 1 after a pictographic and its extenders, 2 after a ZWJ that follows those.
  private var pictograph = 0
  /// GB9c: 1 after a consonant, 2 after a consonant and a linker.
  private var conjunct = 0

  public init() {}

  /// Behind a character that is a cluster of its own and joins nothing that follows but marks.
  public init(afterPlain: Void) {
    previous = Int32(YU_GCB_OTHER)
    isPlain = true
  }

  /// True when the characters so far have no effect on what follows, marks aside.
  public var hasJoinedNothing: Bool { isPlain }

  /// Whether a cluster begins with the character whose packed properties (`CUnicode`) these are.
  public mutating func isBoundary(before properties: UInt32) -> Bool {
    let next = yu_cluster_break(properties)
    if next == 0, isPlain {  // Other × Other, by far the commonest: GB999.
      return isBoundaryAfterPlain(properties)
    }
    return isBoundaryByRules(properties)
  }

  /// True while nothing but characters of class Other has been seen since the last rule applied.
  var isPlain = false

  mutating func isBoundaryAfterPlain(_ properties: UInt32) -> Bool {
    isPlain = !yu_is_pictographic(properties) && yu_conjunct_break(properties) == 0
    if !isPlain {
      pictograph = yu_is_pictographic(properties) ? 1 : 0
      conjunct = yu_conjunct_break(properties) == Int32(YU_INCB_CONSONANT) ? 1 : 0
    }
    previous = 0
    return true
  }

  mutating func isBoundaryByRules(_ properties: UInt32) -> Bool {
    let next = yu_cluster_break(properties)
    let isBoundary = hasBoundary(before: next, properties)
    hasOddIndicators = next == Int32(YU_GCB_RI) && !(hasOddIndicators && !isBoundary)
    if yu_is_pictographic(properties) {
      pictograph = 1
    } else if next == Int32(YU_GCB_ZWJ) && pictograph == 1 {
      pictograph = 2
    } else if next != Int32(YU_GCB_EXTEND) {
      pictograph = 0
    }
    switch yu_conjunct_break(properties) {
    case Int32(YU_INCB_CONSONANT): conjunct = 1
    case Int32(YU_INCB_LINKER): conjunct = conjunct > 0 ? 2 : 0
    case Int32(YU_INCB_EXTEND): break
    default: conjunct = 0
    }
    previous = next
    isPlain = next == 0 && pictograph == 0 && conjunct == 0
    return isBoundary
  }

  private func hasBoundary(before next: Int32, _ properties: UInt32) -> Bool {
    func isControl(_ value: Int32) -> Bool {
      value == Int32(YU_GCB_CONTROL) || value == Int32(YU_GCB_CR) || value == Int32(YU_GCB_LF)
    }
    if previous == Int32(YU_GCB_CR) && next == Int32(YU_GCB_LF) { return false }  // GB3
    if isControl(previous) || isControl(next) { return true }  // GB4, GB5
    switch previous {  // GB6, GB7, GB8
    case Int32(YU_GCB_L):
      if next == Int32(YU_GCB_L) || next == Int32(YU_GCB_V) || next == Int32(YU_GCB_LV)
        || next == Int32(YU_GCB_LVT)
      {
        return false
      }
    case Int32(YU_GCB_LV), Int32(YU_GCB_V):
      if next == Int32(YU_GCB_V) || next == Int32(YU_GCB_T) { return false }
    case Int32(YU_GCB_LVT), Int32(YU_GCB_T):
      if next == Int32(YU_GCB_T) { return false }
    default: break
    }
    if next == Int32(YU_GCB_EXTEND) || next == Int32(YU_GCB_ZWJ)  // GB9
      || next == Int32(YU_GCB_SPACING_MARK)  // GB9a
      || previous == Int32(YU_GCB_PREPEND)  // GB9b
    {
      return false
    }
    if conjunct == 2 && yu_conjunct_break(properties) == Int32(YU_INCB_CONSONANT) {  // GB9c
      return false
    }
    if pictograph == 2 && yu_is_pictographic(properties) { return false }  // GB11
    if hasOddIndicators && next == Int32(YU_GCB_RI) { return false }  // GB12, GB13
    return true  // GB999
  }
}

/// A cluster of a text: its bytes, its columns, and whether its width is disputed.
public struct ClusterMeasure: Equatable, Sendable {
  /// The place behind its last byte.
  public var end: Int
  /// The columns that are drawn for it, 0 for what is never sent to a terminal.
  public var columns: Int
}

/// Reads the cluster that begins at a byte of UTF-8 text.
///
/// - Precondition: `start` is a place of `text`.
public func cluster(
  in text: UnsafeBufferPointer<UInt8>, at start: Int, profile: WidthProfile
) -> ClusterMeasure {
  guard let base = text.baseAddress, start < text.count else {
    return ClusterMeasure(end: start, columns: 0)
  }
  var point: UInt32 = 0
  var end = start + Int(yu_decode(base, text.count, start, &point))
  let first = yu_properties(point)
  var boundaries = ClusterBoundaries()
  _ = boundaries.isBoundary(before: first)
  let firstPoint = point
  var isSingle = true
  while end < text.count {
    // ASCII after ASCII is the one boundary that needs no table (CR LF apart).
    if firstPoint < 0x80, isSingle, text[end] < 0x80, firstPoint != 0x0D { break }
    let next = Int(yu_decode(base, text.count, end, &point))
    if boundaries.isBoundary(before: yu_properties(point)) { break }
    end += next
    isSingle = false
  }
  if isSingle, let columns = columnsOfLoneCharacter(firstPoint, first, profile) {
    return ClusterMeasure(end: end, columns: columns)
  }
  let scalars = String(decoding: text[start..<end], as: UTF8.self).unicodeScalars.map(\.value)
  let columns = StandIn.cells(of: scalars, profile).reduce(0) { $0 + $1.columns }
  return ClusterMeasure(end: end, columns: columns)
}

/// The columns of a cluster of one ordinary character, with its packed properties (`CUnicode`); nil
/// when it takes a closer look: `cluster(in:at:profile:)`.
public func columnsOfLoneCharacter(
  _ point: UInt32, _ properties: UInt32, _ profile: WidthProfile
) -> Int? {
  if point < 0x7F {
    return point >= 0x20 ? 1 : nil
  }
  guard yu_mark(properties) == 0, yu_age(properties) == 0, !yu_is_pictographic(properties) else {
    return nil
  }
  switch Int(yu_cluster_break(properties)) {
  case Int(YU_GCB_OTHER):
    // Half-width fillers, trigrams and other characters of disputed width need a closer look.
    if point >= 0x2630, point <= 0x4DFF,
      point <= 0x268F || (point >= 0x3164 && point <= 0x3164) || point >= 0x4DC0
    {
      return nil
    }
    if point == 0xFFA0 || (point >= 0x1D300 && point <= 0x1D376) { return nil }
    if StandIn.isNoncharacter(point) { return nil }
    return Int(yu_columns(properties, Int32(profile.ambiguousColumns)))
  case Int(YU_GCB_LV), Int(YU_GCB_LVT): return 2
  default: return nil
  }
}

/// The columns of a range of UTF-8 text that begins and ends between clusters.
public func columns(
  of range: Range<Int>, in text: UnsafeBufferPointer<UInt8>, profile: WidthProfile
) -> Int {
  let text = UnsafeBufferPointer(rebasing: text[..<range.upperBound])
  var columns = 0
  var place = range.lowerBound
  while place < range.upperBound {
    let byte = text[place]
    // ASCII before ASCII is a cluster of one column.
    if byte >= 0x20, byte < 0x7F, place + 1 >= range.upperBound || text[place + 1] < 0x80 {
      columns += 1
      place += 1
    } else {
      let measure = cluster(in: text, at: place, profile: profile)
      columns += measure.columns
      place = measure.end
    }
  }
  return columns
}
