/// How willingly a formula is broken behind each of its tokens.
///
/// TeX itself breaks a formula only after a relation or a binary operator outside braces; the
/// levels continue from there (docs/math.md): 1 after a relation, 2 after an operator, 3 after a
/// comma or space, 4 those inside parentheses, 5 those inside braces, 6 any other boundary, 8 the
/// last resort. `never` is for the place before a blank: the blank takes over the level.
enum FormulaBreaks {
  static let never: UInt8 = 255
  static let lastResort: UInt8 = 8

  /// One level per token: that of the boundary behind it.
  ///
  /// Linear, without recursion.
  static func levels(
    of tokens: [TeXToken], in text: UnsafeBufferPointer<UInt8>, into levels: inout [UInt8]
  ) {
    levels.removeAll(keepingCapacity: true)
    var braces = 0
    /// Environments whose rows are not cut count as braces.
    var closedEnvironments = 0
    var parentheses = 0
    var atom = Atom.start
    /// What the token before a blank would have allowed.
    var levelBeforeBlank: UInt8 = never
    guard let first = tokens.first else { return }
    var following = Facts(first, text)
    for position in tokens.indices {
      let token = tokens[position]
      let facts = following
      switch token.kind {
      case .begin(let isRow) where !isRow: closedEnvironments += 1
      case .end(let isRow) where !isRow: closedEnvironments = max(0, closedEnvironments - 1)
      default: break
      }
      switch facts.bracket {
      case .openBrace: braces += 1
      case .closeBrace: braces = max(0, braces - 1)
      case .open: parentheses += 1
      case .close: parentheses = max(0, parentheses - 1)
      case .none: break
      }
      let depth = braces + closedEnvironments
      let next = position + 1 < tokens.count ? tokens[position + 1] : nil
      if let next { following = Facts(next, text) }
      let nextFacts = next == nil ? nil : following
      let level = level(
        token, facts, next, nextFacts, after: atom, depth: depth, parentheses: parentheses,
        beforeBlank: levelBeforeBlank)
      if next?.kind == .blank {
        levelBeforeBlank = level
        levels.append(never)
      } else {
        levels.append(level)
      }
      if token.kind != .blank { atom = facts.atom }
    }
  }
}

extension FormulaBreaks {
  /// What stands before an operator decides whether it is a sign.
  enum Atom { case start, relation, operatorSign, opening, ordinary }

  struct Facts {
    enum Bracket { case none, openBrace, closeBrace, open, close }

    var bracket = Bracket.none
    var atom = Atom.ordinary
    var isRelation = false
    var isOperator = false
    var isComma = false
    var isSpace = false
    /// Level 8 behind it.
    var holdsNext = false
    /// No break of levels 1 to 5 before it.
    var refusesBefore = false
    /// Level 8 before it.
    var resistsBefore = false
    var isControlWord = false
    var isBrace = false
    /// `{`, `^`, `_`, `}` or a blank: no level 5 between `}` and it.
    var followsBrace = false

    init(_ token: TeXToken, _ text: UnsafeBufferPointer<UInt8>) {
      switch token.kind {
      case .opening:
        holdsNext = true
        atom = .start
      case .closing:
        refusesBefore = true
        resistsBefore = true
      case .begin:
        holdsNext = true
        atom = .opening
      case .end:
        break
      case .row:
        atom = .opening
        refusesBefore = true
      case .blank:
        followsBrace = true
      case .number, .comment:
        break
      case .word:
        isControlWord = true
        setWord(
          FormulaBreaks.meaning(
            of: UnsafeBufferPointer(rebasing: text[token.start + 1..<token.end])))
      case .symbol:
        setSymbol(text[token.start + 1])
      case .character:
        let byte = text[token.start]
        if token.end - token.start == 1, byte < 0x80 {
          self = FormulaBreaks.characters[Int(byte)]
        } else {
          setCharacter(byte, isAssignment: token.end - token.start == 2)
        }
      }
    }

    /// A character by itself.
    init(character byte: UInt8) { setCharacter(byte, isAssignment: false) }

    private mutating func setSymbol(_ byte: UInt8) {
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: ">"), 0x20:
        isSpace = true
      case UInt8(ascii: "{"):
        bracket = .open
        atom = .opening
      case UInt8(ascii: "}"):
        bracket = .close
        refusesBefore = true
      default: break
      }
    }

    private mutating func setCharacter(_ byte: UInt8, isAssignment: Bool) {
      if isAssignment {
        isRelation = byte == UInt8(ascii: ":")
        if isRelation { atom = .relation }
        return
      }
      switch byte {
      case UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"):
        isRelation = true
        atom = .relation
      case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"):
        isOperator = true
        atom = .operatorSign
      case UInt8(ascii: ","), UInt8(ascii: ";"):
        isComma = true
        atom = .opening
        refusesBefore = true
        resistsBefore = byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
      case UInt8(ascii: "("), UInt8(ascii: "["):
        bracket = .open
        atom = .opening
        holdsNext = true
      case UInt8(ascii: ")"), UInt8(ascii: "]"):
        bracket = .close
        refusesBefore = true
        resistsBefore = true
      case UInt8(ascii: "{"):
        bracket = .openBrace
        atom = .opening
        holdsNext = true
        resistsBefore = true
        isBrace = true
        followsBrace = true
      case UInt8(ascii: "}"):
        bracket = .closeBrace
        refusesBefore = true
        resistsBefore = true
        followsBrace = true
      case UInt8(ascii: "^"), UInt8(ascii: "_"):
        atom = .opening
        holdsNext = true
        refusesBefore = true
        resistsBefore = true
        followsBrace = true
      case UInt8(ascii: "&"):
        atom = .opening
        holdsNext = true
        refusesBefore = true
      case UInt8(ascii: "'"), UInt8(ascii: "."):
        refusesBefore = true
        resistsBefore = true
      case UInt8(ascii: "!"):
        refusesBefore = true
      default: break
      }
    }

    private mutating func setWord(_ meaning: Meaning) {
      switch meaning {
      case .ordinary: break
      case .relation:
        isRelation = true
        atom = .relation
      case .operatorSign:
        isOperator = true
        atom = .operatorSign
      case .space: isSpace = true
      case .opening:
        bracket = .open
        atom = .opening
      case .closing: bracket = .close
      case .left:
        bracket = .open
        atom = .opening
        holdsNext = true
      case .right:
        bracket = .close
        holdsNext = true
        refusesBefore = true
      case .sizing: holdsNext = true
      }
    }
  }

  private static func level(
    _ token: TeXToken, _ facts: Facts, _ next: TeXToken?, _ nextFacts: Facts?, after atom: Atom,
    depth: Int, parentheses: Int, beforeBlank: UInt8
  ) -> UInt8 {
    guard let next, let nextFacts else { return never }
    var level: UInt8 = 6
    let nested: UInt8? = depth > 0 ? 5 : parentheses > 0 ? 4 : nil
    if token.kind == .comment { return 1 }
    if facts.isRelation {
      level = nested ?? 1
    } else if facts.isOperator {
      if atom == .ordinary { level = nested ?? 2 }
    } else if facts.isComma {
      // The space command behind a comma has the break.
      level = nextFacts.isSpace ? never : nested ?? 3
    } else if token.kind == .blank {
      level = beforeBlank <= 5 ? beforeBlank : nested ?? 3
    } else if facts.isSpace {
      level = nested ?? 3
    } else if facts.bracket == .closeBrace, depth == 0, !nextFacts.followsBrace {
      level = 5
    }
    if level == never { return never }
    if level <= 5, nextFacts.refusesBefore || next.kind == .row {
      level = 6
    }
    if level == 6 {
      if facts.holdsNext || nextFacts.resistsBefore { level = lastResort }
    }
    if facts.isControlWord && nextFacts.isBrace { level = lastResort }
    if facts.holdsNext { level = lastResort }
    return level
  }

  /// What is known of every ASCII character that stands by itself.
  private static let characters = (UInt8(0)..<0x80).map(Facts.init(character:))

  /// What a control word means for breaking.
  enum Meaning {
    case ordinary, relation, operatorSign, space, opening, closing, left, right, sizing
  }

  /// The name of a control word, without its backslash: at most 16 bytes, longer ones are not known.
  private struct Name: Comparable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0

    init?(_ bytes: some Collection<UInt8>) {
      guard bytes.count <= 16 else { return nil }
      for (number, byte) in bytes.enumerated() {
        if number < 8 {
          first |= UInt64(byte) << UInt64(number * 8)
        } else {
          second |= UInt64(byte) << UInt64((number - 8) * 8)
        }
      }
    }

    static func < (left: Name, right: Name) -> Bool {
      left.first != right.first ? left.first < right.first : left.second < right.second
    }
  }

  private static func meaning(of name: UnsafeBufferPointer<UInt8>) -> Meaning {
    // \big, \Bigl … and with them \bigcup, which is as close to what follows.
    if name.count >= 3, name[0] | 0x20 == UInt8(ascii: "b"), name[1] | 0x20 == UInt8(ascii: "i"),
      name[2] | 0x20 == UInt8(ascii: "g")
    {
      return .sizing
    }
    guard let name = Name(name) else { return .ordinary }
    let meanings = meanings
    var low = 0
    var high = meanings.count
    while low < high {
      let middle = (low + high) / 2
      if meanings[middle].name < name {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < meanings.count && meanings[low].name == name ? meanings[low].meaning : .ordinary
  }

  /// In the order of the names.
  private static let meanings: [(name: Name, meaning: Meaning)] = {
    var meanings: [(name: Name, meaning: Meaning)] = []
    let words: [(Meaning, String)] = [
      (
        .relation,
        """
        le leq ge geq ne neq approx sim simeq cong equiv propto in notin ni subset subseteq supset \
        supseteq to gets rightarrow leftarrow Rightarrow Leftarrow Leftrightarrow leftrightarrow iff \
        implies impliedby mapsto longmapsto longrightarrow xrightarrow triangleq coloneqq doteq ll \
        gg mid parallel perp models vdash prec succ leqslant geqslant colon
        """
      ),
      (
        .operatorSign,
        """
        cdot times pm mp div cup cap sqcup uplus wedge vee land lor oplus ominus otimes odot circ \
        ast star bullet setminus bmod amalg dagger
        """
      ),
      (.space, "quad qquad enspace enskip"),
      (.opening, "langle lfloor lceil"),
      (.closing, "rangle rfloor rceil"),
      (.left, "left"), (.right, "right"),
      (.sizing, "operatorname mathrm"),
    ]
    for (meaning, names) in words {
      for name in names.split(separator: " ") {
        if let name = Name(name.utf8) { meanings.append((name, meaning)) }
      }
    }
    return meanings.sorted { $0.name < $1.name }
  }()
}
