import CUnicode

/// The rules of UAX #14, version 17, each under its name, in the order of the standard.
struct LineBreakRules {
  let items: UnsafeBufferPointer<LineBreaker.Item>
  let itemCount: Int
}

extension LineBreakRules {
  typealias Opportunity = LineBreaker.Opportunity

  /// What follows a character of one class without a look at anything else: sets of classes, one
  /// bit each.
  struct Followers {
    /// No line may break before these.
    var no: UInt64 = 0
    /// A line may break before these; before all others the rules below decide.
    var may: UInt64 = 0
  }

  /// By class of the left character: the commonest classes, for which the rules below come to one
  /// result whatever stands around.
  static let ordinaryFollowers: [Followers] = {
    var followers = Array(repeating: Followers(), count: 64)
    // LB7, LB13, LB15d, LB21, LB22
    let never = set(
      YU_SP, YU_ZW, YU_CL, YU_CP, YU_EX, YU_SY, YU_IS, YU_NS, YU_IN, YU_BA, YU_HH, YU_HY)
    let always = set(YU_ID, YU_H2, YU_H3)
    let letters = set(YU_AL, YU_HL)
    // LB23a
    followers[YU_ID] = Followers(
      no: never | set(YU_PO), may: always | letters | set(YU_NU, YU_OP))
    // LB23, LB24, LB25, LB28
    for kind in [YU_AL, YU_NU] {
      followers[kind] = Followers(no: never | letters | set(YU_PR, YU_PO, YU_NU), may: always)
    }
    for kind in [YU_CL, YU_EX, YU_NS] {
      followers[kind] = Followers(no: never, may: always | letters | set(YU_OP))
    }
    // LB25, LB29
    followers[YU_IS] = Followers(no: never | letters | set(YU_NU), may: always | set(YU_OP))
    return followers
  }()

  private static func set(_ kinds: Int...) -> UInt64 {
    kinds.reduce(0) { $0 | 1 << UInt64($1 & 63) }
  }

  func opportunity(
    after position: Int, solid: Int, beforeSolid: Int, number: Int, hasOddIndicators: Bool
  ) -> Opportunity {
    let left = items[position]
    let right = items[position + 1]
    let a = Int(left.kind)
    let b = Int(right.kind)
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
    let after = position + 2 < itemCount ? Int(items[position + 2].kind) : -1
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
      if position + 2 >= itemCount || !items[position + 2].isEastAsian { return .no }
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
    _ left: LineBreaker.Item, _ right: LineBreaker.Item, _ after: Int, _ number: Int,
    _ hasOddIndicators: Bool,
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
      if after == YU_IS, position + 3 < itemCount, Int(items[position + 3].kind) == YU_NU {
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

  private func isAksara(_ item: LineBreaker.Item) -> Bool {
    Int(item.kind) == YU_AK || Int(item.kind) == YU_AS || item.point == 0x25CC
  }
}
