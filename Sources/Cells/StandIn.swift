import CUnicode

/// What is drawn for a grapheme cluster: itself, or a stand-in that all terminals draw alike.
///
/// Layers A (sanitise) and B (substitute) of the width policy (docs/typesetting.md). The text of
/// a document is never changed; only cells hold stand-ins.
enum StandIn {
  struct Cell: Equatable {
    var scalars: [UInt32]
    var columns: Int
  }

  /// U+3013 GETA MARK, two columns everywhere: "a wide character that cannot be shown".
  static let wide = Cell(scalars: [0x3013], columns: 2)

  /// The cells of one cluster, left to right; none for what is never sent to a terminal.
  static func cells(of cluster: [UInt32], _ profile: WidthProfile) -> [Cell] {
    if profile.emoji == .cluster, let cell = wholeCluster(cluster, profile) { return [cell] }
    if let cells = emoji(cluster, profile) { return cells }
    return drawn(composed(sanitised(cluster, profile)), profile)
  }
}

extension StandIn {
  private static let variationSelectors: ClosedRange<UInt32> = 0xFE00...0xFE0F
  private static let skinTones: ClosedRange<UInt32> = 0x1F3FB...0x1F3FF
  private static let regionalIndicators: ClosedRange<UInt32> = 0x1F1E6...0x1F1FF
  private static let tags: ClosedRange<UInt32> = 0xE0020...0xE007F

  /// Format characters with a glyph of their own (Prepended_Concatenation_Mark).
  private static func isVisibleFormat(_ point: UInt32) -> Bool {
    switch point {
    case 0x600...0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD: true
    default: false
    }
  }

  private static func replacement(_ profile: WidthProfile) -> UInt32 {
    profile.ambiguousColumns == 2 ? 0x3F : 0xFFFD
  }

  /// Flags, keycaps, families, skin tones and variation selectors; nil for anything else.
  private static func emoji(_ cluster: [UInt32], _ profile: WidthProfile) -> [Cell]? {
    guard let first = cluster.first else { return [] }
    if regionalIndicators.contains(first) {
      return cluster.filter(regionalIndicators.contains).map {
        Cell(scalars: [$0 - 0x1F1E6 + 0x41], columns: 1)
      }
    }
    if cluster.contains(0x20E3), first == 0x23 || first == 0x2A || (0x30...0x39).contains(first) {
      return [Cell(scalars: [first], columns: 1)]
    }
    if skinTones.contains(first), cluster.count == 1 { return [wide] }
    guard yu_is_pictographic(yu_properties(first)) else { return nil }
    // A tag flag, a ZWJ sequence and a modified emoji are drawn as their first emoji.
    return single(first, profile).map { [$0] } ?? []
  }

  /// One character by itself: the character, or what stands for it.
  private static func single(_ point: UInt32, _ profile: WidthProfile) -> Cell? {
    let properties = yu_properties(point)
    let columns = Int(yu_columns(properties, Int32(profile.ambiguousColumns)))
    switch point {
    // Wide only since Unicode 16: terminals disagree.
    case 0x2630...0x2637, 0x268A...0x268F, 0x4DC0...0x4DFF, 0x1D300...0x1D376: return wide
    case 0x115F, 0x1160, 0x3164, 0xFFA0, 0xFF9E, 0xFF9F: return wide
    case skinTones: return wide
    // Noncharacters: some terminals draw a box, tmux draws nothing at all.
    case _ where isNoncharacter(point): return Cell(scalars: [replacement(profile)], columns: 1)
    default: break
    }
    guard isKnown(properties, profile) else {
      if yu_mark(properties) == Int32(YU_MARK_NONSPACING) { return nil }
      return yu_width_class(properties) == 2
        ? wide : Cell(scalars: [replacement(profile)], columns: 1)
    }
    return Cell(scalars: [point], columns: columns)
  }

  /// Code points that will never be characters (Unicode 17, section 23.7).
  static func isNoncharacter(_ point: UInt32) -> Bool {
    point & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(point)
  }

  private static func isKnown(_ properties: UInt32, _ profile: WidthProfile) -> Bool {
    switch Int(yu_age(properties)) {
    case Int(YU_AGE_14): true
    case Int(YU_AGE_15), Int(YU_AGE_15_1): profile.newestUnicode >= 15
    case Int(YU_AGE_16): profile.newestUnicode >= 16
    case Int(YU_AGE_17): profile.newestUnicode >= 17
    default: false
    }
  }

  /// Layer A: what may never be sent is left out.
  private static func sanitised(_ cluster: [UInt32], _ profile: WidthProfile) -> [UInt32] {
    var kept: [UInt32] = []
    for point in cluster {
      switch point {
      case 0x09, 0x0A, 0x0D:
        // A line end or tab that reaches a cell separates words.
        if kept.last != 0x20 { kept.append(0x20) }
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: break
      case 0xD800...0xDFFF: break
      case variationSelectors:
        // VS16 and VS15 ask for widths that terminals disagree on.
        if point < 0xFE0E, !kept.isEmpty { kept.append(point) }
      default:
        if yu_mark(yu_properties(point)) == Int32(YU_MARK_FORMAT) {
          if isVisibleFormat(point) { kept.append(replacement(profile)) }
        } else {
          kept.append(point)
        }
      }
    }
    return kept
  }

  /// Canonical composition in the scripts where terminals draw the parts differently, and Jamo.
  private static func composed(_ points: [UInt32]) -> [UInt32] {
    guard points.count > 1 else { return points }
    var result: [UInt32] = []
    for point in points {
      guard let last = result.last else {
        result.append(point)
        continue
      }
      if let one = compose(last, point) {
        result[result.count - 1] = one
      } else {
        result.append(point)
      }
    }
    return result
  }

  private static func compose(_ base: UInt32, _ mark: UInt32) -> UInt32? {
    let found = yu_composition(base, mark)
    if found != 0 { return found }
    if (0x1100...0x1112).contains(base), (0x1161...0x1175).contains(mark) {
      return 0xAC00 + ((base - 0x1100) * 21 + mark - 0x1161) * 28
    }
    if (0xAC00...0xD7A3).contains(base), (base - 0xAC00) % 28 == 0,
      (0x11A8...0x11C2).contains(mark)
    {
      return base + mark - 0x11A7
    }
    if mark == 0xFF9E || mark == 0xFF9F, let full = fullWidthKana(base) {
      let composed = yu_composition(full, mark == 0xFF9E ? 0x3099 : 0x309A)
      return composed == 0 ? nil : composed
    }
    return nil
  }

  /// The full-width form of a half-width katakana letter.
  private static func fullWidthKana(_ point: UInt32) -> UInt32? {
    let letters: [UInt32] = [
      0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3, 0x30E5, 0x30E7, 0x30C3, 0x30FC,
      0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB, 0x30AD, 0x30AF, 0x30B1, 0x30B3, 0x30B5,
      0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1, 0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB,
      0x30CC, 0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5, 0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0,
      0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8, 0x30E9, 0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF,
      0x30F3,
    ]
    guard (0xFF66...0xFF9D).contains(point) else { return nil }
    return letters[Int(point - 0xFF66)]
  }

  /// One cell per spacing character, at most four marks on each (ncurses holds no more).
  private static func drawn(_ points: [UInt32], _ profile: WidthProfile) -> [Cell] {
    var cells: [Cell] = []
    var marks = 0
    for point in points {
      guard let cell = single(point, profile) else { continue }
      if cell.columns > 0 {
        cells.append(cell)
        marks = 0
      } else if cells.isEmpty {
        // A mark without a base is drawn on a space.
        cells.append(Cell(scalars: [0x20] + cell.scalars, columns: 1))
        marks = 1
      } else if marks < 4 {
        cells[cells.count - 1].scalars += cell.scalars
        marks += 1
      }
    }
    return cells
  }

  /// Profile `cluster`: the whole cluster, as wide as its first character, VS15 and VS16 applied.
  private static func wholeCluster(_ cluster: [UInt32], _ profile: WidthProfile) -> Cell? {
    guard let first = cluster.first, cluster.count > 1 else { return nil }
    let properties = yu_properties(first)
    let isIndicator = regionalIndicators.contains(first)
    guard yu_is_pictographic(properties) || isIndicator || cluster.contains(0xFE0F) else {
      return nil
    }
    var columns = Int(yu_columns(properties, Int32(profile.ambiguousColumns)))
    if cluster.contains(0xFE0F) || isIndicator || cluster.contains(where: skinTones.contains) {
      columns = 2
    }
    if cluster.contains(0xFE0E) { columns = 1 }
    return Cell(scalars: cluster, columns: min(2, max(1, columns)))
  }
}
