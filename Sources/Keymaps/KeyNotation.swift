/// How keys are written in keymap files: `g`, `<C-d>`, `<S-Tab>`, `<Lt>`.
extension Key {
  /// The names of keys that are no printable character, as they are printed.
  static let names: [(name: String, base: Base)] =
    [
      ("Enter", .enter), ("Esc", .escape), ("Space", .space), ("Tab", .tab), ("BS", .backspace),
      ("Del", .delete), ("Ins", .insert), ("Up", .up), ("Down", .down), ("Left", .left),
      ("Right", .right), ("Home", .home), ("End", .end), ("PgUp", .pageUp), ("PgDn", .pageDown),
    ] + (1...12).map { ("F\($0)", Base.function($0)) }

  /// Printable characters that have a name because the grammar needs them otherwise.
  static let characterNames: [(name: String, scalar: Unicode.Scalar)] = [
    ("Lt", "<"), ("Gt", ">"), ("Hash", "#"), ("Bar", "|"), ("Minus", "-"),
  ]

  /// Both kinds of names in small letters, as keys are looked up by them.
  private static let basesByName: [String: Base] = Dictionary(
    names.map { ($0.name.lowercased(), $0.base) }
      + characterNames.map { ($0.name.lowercased(), .character($0.scalar)) },
    uniquingKeysWith: { first, _ in first })

  /// The key in the notation of keymap files.
  public var notation: String {
    var name: String
    var isPlain = false
    switch base {
    case .character("<"): name = "Lt"
    case .character("#"): name = "Hash"
    case .character("-") where !modifiers.isEmpty: name = "Minus"
    case .character(let scalar):
      name = String(Character(scalar))
      isPlain = modifiers.isEmpty
    default: name = Key.names.first { $0.base == base }?.name ?? "?"
    }
    guard !isPlain else { return name }
    if modifiers.contains(.shift) { name = "S-" + name }
    if modifiers.contains(.alt) { name = "A-" + name }
    if modifiers.contains(.control) { name = "C-" + name }
    return "<" + name + ">"
  }

  /// The key as help and hints show it: `Ctrl-R`, `Space`, `↓`.
  public var label: String {
    var name: String
    switch base {
    case .character(let scalar):
      name = String(Character(scalar))
      if modifiers.contains(.control) { name = name.uppercased() }
    case .backspace: name = "Backspace"
    case .up: name = "↑"
    case .down: name = "↓"
    case .left: name = "←"
    case .right: name = "→"
    default: name = Key.names.first { $0.base == base }?.name ?? "?"
    }
    if modifiers.contains(.shift) { name = "Shift-" + name }
    if modifiers.contains(.alt) { name = "Alt-" + name }
    if modifiers.contains(.control) { name = "Ctrl-" + name }
    return name
  }

  /// Whether the label is one plain character, so that it may touch its neighbours: `gg`.
  var isPlainCharacter: Bool {
    guard case .character = base else { return false }
    return modifiers.isEmpty
  }

  /// Why a key cannot be written.
  enum NotationFault: Error, Equatable {
    case unknownName(String)
    case unclosed
    /// Terminals send no byte of their own for it.
    case cannotBeSent
    case notPrintable
    /// A bare `#` or the like: what to write instead.
    case writeInstead(String)
  }

  /// Reads what stands between `<` and `>`.
  static func named(_ text: [Unicode.Scalar]) throws(NotationFault) -> Key {
    var rest = text[...]
    var modifiers: Modifiers = []
    while rest.count > 2, rest[rest.startIndex + 1] == "-" {
      switch rest[rest.startIndex] {
      case "C", "c": modifiers.insert(.control)
      case "A", "a": modifiers.insert(.alt)
      case "S", "s": modifiers.insert(.shift)
      default: throw .unknownName(string(text))
      }
      rest = rest.dropFirst(2)
    }
    let name = string(Array(rest)).lowercased()
    if let base = basesByName[name] { return try Key(base, modifiers).canonical() }
    guard rest.count == 1, let scalar = rest.first, !modifiers.isEmpty else {
      throw .unknownName(string(text))
    }
    guard isPrintable(scalar) else { throw .notPrintable }
    return try Key(scalar == " " ? .space : .character(scalar), modifiers).canonical()
  }

  /// The key a terminal sends for this one: several notations stand for one byte.
  func canonical() throws(NotationFault) -> Key {
    var key = self
    switch base {
    case .character(let scalar):
      if modifiers.contains(.shift) {
        guard !modifiers.contains(.control) else { throw .cannotBeSent }
        // Shift is part of a printable character.
        let upper = String(Character(scalar)).uppercased().unicodeScalars
        guard scalar.properties.isAlphabetic, upper.count == 1, let letter = upper.first else {
          throw .cannotBeSent
        }
        key = Key(.character(letter), modifiers.subtracting(.shift))
      }
      guard modifiers.contains(.control) else { return key }
      let rest = key.modifiers.subtracting(.control)
      switch scalar {
      case "i", "I": return Key(.tab, rest)
      case "m", "M": return Key(.enter, rest)
      case "h", "H", "?": return Key(.backspace, rest)
      case "[": return Key(.escape, rest)
      case "@": return Key(.space, key.modifiers)
      case "A"..."Z", "a"..."z":
        let lower = Unicode.Scalar(scalar.value | 0x20) ?? scalar
        return Key(.character(lower), key.modifiers)
      case "\\", "]", "^", "_": return key
      default: throw .cannotBeSent
      }
    case .enter, .escape, .backspace:
      guard modifiers.subtracting(.alt).isEmpty else { throw .cannotBeSent }
    case .tab:
      guard !modifiers.contains(.control) else { throw .cannotBeSent }
    case .space:
      guard !modifiers.contains(.shift) else { throw .cannotBeSent }
    default: break
    }
    return key
  }

  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }

  private static func string(_ scalars: [Unicode.Scalar]) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }
}

extension Key {
  /// A sequence in the notation of keymap files: `gg`, `<C-w>o`.
  public static func notation(of keys: [Key]) -> String {
    keys.map(\.notation).joined()
  }

  /// A sequence as help and hints show it: `gg`, `Ctrl-W o`.
  public static func label(of keys: [Key]) -> String {
    var text = ""
    var touches = true
    for key in keys {
      if !text.isEmpty, !touches || !key.isPlainCharacter { text += " " }
      text += key.label
      touches = key.isPlainCharacter
    }
    return text
  }

  /// Reads a sequence written as in keymap files, for example `gg` or `<C-w>o`; nil when it is none.
  public static func sequence(_ text: String) -> [Key]? {
    let read = KeySequence(Array(text.unicodeScalars))
    return read.faults.isEmpty && !read.keys.isEmpty ? read.keys : nil
  }

  /// The ASCII key that a full-width character of an input method stands for; nil for others.
  ///
  /// With a Chinese or Japanese input method active, `ｊ` arrives instead of `j`.
  public var foldedFromFullWidth: Key? {
    guard case .character(let scalar) = base else { return nil }
    let folded: Unicode.Scalar
    switch scalar.value {
    case 0xFF01...0xFF5E: folded = Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    case 0x3000: return Key(.space, modifiers)
    default:
      switch scalar {
      case "。": folded = "."
      case "、": folded = "/"
      case "《": folded = "<"
      case "》": folded = ">"
      case "【", "「": folded = "["
      case "】", "」": folded = "]"
      case "『": folded = "{"
      case "』": folded = "}"
      case "￥", "¥": folded = "$"
      case "…": folded = "^"
      case "—": folded = "_"
      default: return nil
      }
    }
    return Key(.character(folded), modifiers)
  }
}

/// A sequence of keys as it was written, with what was wrong.
struct KeySequence {
  var keys: [Key] = []
  /// Notations that stand for another key: `<C-i>` and the Tab it is.
  var aliases: [(written: String, key: Key)] = []
  /// Positions are scalars of the text.
  var faults: [(range: Range<Int>, fault: Key.NotationFault)] = []

  init(_ text: [Unicode.Scalar]) {
    var place = 0
    while place < text.count {
      let scalar = text[place]
      if scalar == " " {
        place += 1
        continue
      }
      guard scalar == "<" else {
        if scalar == "#" {
          faults.append((place..<place + 1, .writeInstead("<Hash>")))
        } else if !Key.isPrintable(scalar) {
          faults.append((place..<place + 1, .notPrintable))
        } else {
          keys.append(Key(.character(scalar)))
        }
        place += 1
        continue
      }
      // `<C->>` names the key `>`: the name has at least one character.
      var end = place + 2
      while end < text.count,
        text[end] != ">"
          || text[end - 1] == "-" && end + 1 < text.count
            && text[end + 1] == ">"
      {
        end += 1
      }
      guard end < text.count else {
        let isAlone = text.count == place + 1
        faults.append((place..<text.count, isAlone ? .writeInstead("<Lt>") : .unclosed))
        return
      }
      do throws(Key.NotationFault) {
        let key = try Key.named(Array(text[place + 1..<end]))
        keys.append(key)
        var written = ""
        written.unicodeScalars.append(contentsOf: text[place...end])
        if written.lowercased() != key.notation.lowercased() { aliases.append((written, key)) }
      } catch {
        faults.append((place..<end + 1, error))
      }
      place = end + 1
    }
  }
}
