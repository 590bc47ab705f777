public import Keymaps

/// Turns the bytes of a keyboard into keys.
///
/// A pure state machine: a sequence may be split anywhere between two reads, as happens over ssh.
/// Replies of the terminal (`ESC ] … ST`, `ESC [ … c` and so on) are swallowed as a unit at any
/// time; ncurses would hand them over as loose letters (CVE-2022-46663).
public struct InputDecoder: Sendable {
  /// What one byte can finish.
  public enum Event: Equatable, Sendable {
    case key(Key)
    case pasted(String)
    case answered(Reply)
  }

  /// What the terminal says when it is asked; other replies are swallowed.
  public enum Reply: Equatable, Sendable {
    /// `ESC [ row ; column R`: where the cursor stands, counted from 1.
    case cursor(row: Int, column: Int)
    /// `ESC [ ? mode ; state $ y` (DECRPM): 1 and 2 mean that the mode is known and can be changed.
    case mode(Int, state: Int)
    /// `ESC [ ? … c` (DA1), which every terminal sends.
    case attributes
    /// `ESC ] 11 ; rgb:… ST`: the colour of the background, each part from 0 to 1.
    case background(red: Double, green: Double, blue: Double)
  }

  /// A paste beyond this is cut; a reply beyond its limit is skipped to its end.
  static let pasteByteLimit = 1 << 20
  static let replyByteLimit = 4_096

  private enum State {
    case ground
    case escape
    case control
    case singleShift
    /// OSC, DCS, APC, PM, SOS: up to ST, and for OSC up to BEL. The introducer is known as long as
    /// nothing has followed it.
    case string(endsWithBell: Bool, sawEscape: Bool, introducer: UInt8?)
    case utf8(needed: Int)
    case paste
  }

  private var state = State.ground
  private var buffer: [UInt8] = []
  private var pasted: [UInt8] = []
  /// The key that is being decoded came after an ESC.
  private var hasAlt = false

  public init() {}

  /// Whether a lone ESC, or an ESC and one letter, waits for what may follow.
  public var isWaiting: Bool { keyIfNothingFollows != nil }

  /// `ESC O` is the start of an arrow key, but also Alt and O: only time tells.
  private var keyIfNothingFollows: Key? {
    switch state {
    case .escape: Key(.escape)
    case .singleShift: Key(.character("O"), .alt)
    case .control where buffer.isEmpty: Key(.character("["), .alt)
    case .string(_, _, let introducer?):
      Key(.character(Unicode.Scalar(introducer)), .alt)
    default: nil
    }
  }

  /// Reads bytes.
  public mutating func decode(_ bytes: some Sequence<UInt8>) -> [Event] {
    var events: [Event] = []
    for byte in bytes { take(byte, &events) }
    return events
  }

  /// Nothing more has come: a lone ESC is the Escape key, an ESC and a letter that letter with Alt.
  public mutating func timeOut() -> [Event] {
    guard let key = keyIfNothingFollows else { return [] }
    state = .ground
    return [.key(key)]
  }
}

extension InputDecoder {
  private mutating func take(_ byte: UInt8, _ events: inout [Event]) {
    switch state {
    case .ground:
      hasAlt = false
      ground(byte, &events)
    case .escape:
      escape(byte, &events)
    case .control:
      control(byte, &events)
    case .singleShift:
      state = byte == 0x1B ? .escape : .ground
      if let base = Self.singleShiftKeys[byte] { emit(base, [], &events) }
    case .string(let endsWithBell, let sawEscape, _):
      if (byte == 0x07 && endsWithBell) || (sawEscape && byte == 0x5C) || byte == 0x9C {
        state = .ground
        if endsWithBell, let reply = Self.background(in: buffer) { events.append(.answered(reply)) }
      } else {
        if buffer.count < Self.backgroundByteLimit { buffer.append(byte) }
        state = .string(endsWithBell: endsWithBell, sawEscape: byte == 0x1B, introducer: nil)
      }
    case .utf8(let needed):
      utf8(byte, needed, &events)
    case .paste:
      paste(byte, &events)
    }
  }

  private mutating func emit(_ base: Key.Base, _ modifiers: Key.Modifiers, _ events: inout [Event])
  {
    events.append(.key(Key(base, hasAlt ? modifiers.union(.alt) : modifiers)))
    hasAlt = false
  }

  private mutating func ground(_ byte: UInt8, _ events: inout [Event]) {
    state = .ground
    switch byte {
    case 0x1B: state = .escape
    case 0x0D, 0x0A: emit(.enter, [], &events)
    case 0x09: emit(.tab, [], &events)
    case 0x08, 0x7F: emit(.backspace, [], &events)
    case 0x20: emit(.space, [], &events)
    case 0x00: emit(.space, .control, &events)
    case 0x01...0x1A:
      emit(.character(Unicode.Scalar(byte + 0x60)), .control, &events)
    case 0x1C...0x1F:
      emit(.character(Unicode.Scalar(byte + 0x40)), .control, &events)
    case 0x21...0x7E: emit(.character(Unicode.Scalar(byte)), [], &events)
    case 0xC2...0xDF: begin(byte, needed: 1)
    case 0xE0...0xEF: begin(byte, needed: 2)
    case 0xF0...0xF4: begin(byte, needed: 3)
    default: break
    }
  }

  private mutating func begin(_ byte: UInt8, needed: Int) {
    buffer = [byte]
    state = .utf8(needed: needed)
  }

  private mutating func utf8(_ byte: UInt8, _ needed: Int, _ events: inout [Event]) {
    guard byte & 0xC0 == 0x80 else {
      // Malformed: no key, and the byte is looked at by itself.
      ground(byte, &events)
      return
    }
    buffer.append(byte)
    guard needed == 1 else {
      state = .utf8(needed: needed - 1)
      return
    }
    state = .ground
    guard let text = String(validating: buffer, as: UTF8.self),
      let scalar = text.unicodeScalars.first,
      scalar.value >= 0xA0
    else { return }
    emit(.character(scalar), [], &events)
  }

  private mutating func escape(_ byte: UInt8, _ events: inout [Event]) {
    switch byte {
    case 0x5B:
      buffer.removeAll(keepingCapacity: true)
      state = .control
    case 0x4F: state = .singleShift
    case 0x5D, 0x50, 0x5F, 0x5E, 0x58:
      buffer.removeAll(keepingCapacity: true)
      state = .string(endsWithBell: byte == 0x5D, sawEscape: false, introducer: byte)
    case 0x1B:
      // Two in a row: the first was the key.
      events.append(.key(Key(.escape)))
    default:
      hasAlt = true
      ground(byte, &events)
    }
  }

  private mutating func control(_ byte: UInt8, _ events: inout [Event]) {
    switch byte {
    case 0x20...0x3F:
      if buffer.count < Self.replyByteLimit { buffer.append(byte) }
    case 0x40...0x7E:
      state = .ground
      // The Linux console sends function keys as `ESC [ [ A`.
      if byte == 0x5B, buffer.isEmpty {
        buffer = [0x5B]
        state = .control
        return
      }
      finishControl(byte, &events)
    case 0x1B:
      state = .escape
    default:
      state = .ground
    }
  }

  private mutating func finishControl(_ final: UInt8, _ events: inout [Event]) {
    if buffer == [0x5B] {
      if (0x41...0x45).contains(final) { emit(.function(Int(final) - 0x40), [], &events) }
      return
    }
    // Private parameters mark replies: `? … c`, `> … c`, `? … $ y`, `? … u`.
    if let first = buffer.first, first >= 0x3C {
      if first == 0x3F { finishReply(final, &events) }
      return
    }
    let numbers = Self.numbers(buffer[...])
    let first = numbers.first ?? 0
    let modifiers = Self.modifiers(numbers.count > 1 ? numbers[1] : 1)
    switch final {
    case 0x7E:
      switch first {
      case 200:
        pasted.removeAll(keepingCapacity: true)
        state = .paste
      case 201: break
      case 1, 7: emit(.home, modifiers, &events)
      case 2: emit(.insert, modifiers, &events)
      case 3: emit(.delete, modifiers, &events)
      case 4, 8: emit(.end, modifiers, &events)
      case 5: emit(.pageUp, modifiers, &events)
      case 6: emit(.pageDown, modifiers, &events)
      case 11...15: emit(.function(first - 10), modifiers, &events)
      case 17...21: emit(.function(first - 11), modifiers, &events)
      case 23, 24: emit(.function(first - 12), modifiers, &events)
      default: break
      }
    case 0x5A: emit(.tab, .shift, &events)
    // `R` with parameters is a cursor report, `c` `n` `t` `y` `u` are replies, `I` `O` focus.
    case 0x52 where !buffer.isEmpty:
      if numbers.count == 2 {
        events.append(.answered(.cursor(row: numbers[0], column: numbers[1])))
      }
    default:
      if let base = Self.controlKeys[final] { emit(base, modifiers, &events) }
    }
  }

  private func finishReply(_ final: UInt8, _ events: inout [Event]) {
    let numbers = Self.numbers(buffer.dropFirst())
    if final == 0x63 {
      events.append(.answered(.attributes))
    } else if final == 0x79, buffer.last == 0x24, numbers.count == 2 {
      events.append(.answered(.mode(numbers[0], state: numbers[1])))
    }
  }

  /// More than any description of a colour takes.
  private static let backgroundByteLimit = 64

  /// `11;rgb:RRRR/GGGG/BBBB`, with one to four digits for each part.
  private static func background(in bytes: [UInt8]) -> Reply? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix("11;rgb:") || text.hasPrefix("11;rgba:"),
      let colon = text.firstIndex(of: ":")
    else { return nil }
    let digits = text[text.index(after: colon)...].prefix { $0.isHexDigit || $0 == "/" }
    let parts = digits.split(separator: "/").compactMap { part -> Double? in
      guard (1...4).contains(part.count), let value = Int(part, radix: 16) else { return nil }
      return Double(value) / Double((1 << (4 * part.count)) - 1)
    }
    guard parts.count >= 3 else { return nil }
    return .background(red: parts[0], green: parts[1], blue: parts[2])
  }

  /// Numbers between semicolons; what is no digit is passed over.
  private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int] {
    bytes.split(separator: 0x3B, omittingEmptySubsequences: false).map { part in
      part.reduce(0) { ($1 >= 0x30 && $1 <= 0x39) ? min(9_999, $0 * 10 + Int($1 - 0x30)) : $0 }
    }
  }

  private static func modifiers(_ number: Int) -> Key.Modifiers {
    let bits = max(0, number - 1)
    var modifiers: Key.Modifiers = []
    if bits & 1 != 0 { modifiers.insert(.shift) }
    if bits & 2 != 0 { modifiers.insert(.alt) }
    if bits & 4 != 0 { modifiers.insert(.control) }
    return modifiers
  }

  private static let controlKeys: [UInt8: Key.Base] = [
    0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x46: .end, 0x48: .home, 0x50: .function(1),
    0x51: .function(2), 0x52: .function(3), 0x53: .function(4),
  ]
  private static let singleShiftKeys: [UInt8: Key.Base] = [
    0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x46: .end, 0x48: .home, 0x4D: .enter,
    0x50: .function(1), 0x51: .function(2), 0x52: .function(3), 0x53: .function(4),
  ]

  private mutating func paste(_ byte: UInt8, _ events: inout [Event]) {
    pasted.append(byte)
    let end: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]
    guard byte == 0x7E, pasted.count >= end.count, pasted.suffix(end.count).elementsEqual(end)
    else {
      // Beyond the limit only the end is still looked for.
      if pasted.count > Self.pasteByteLimit + 4_096 {
        pasted.removeSubrange(Self.pasteByteLimit..<pasted.count - end.count)
      }
      return
    }
    pasted.removeLast(end.count)
    state = .ground
    let kept = pasted.prefix(Self.pasteByteLimit).filter { byte in
      byte >= 0x20 && byte != 0x7F || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }
    events.append(.pasted(String(decoding: kept, as: UTF8.self)))
    pasted.removeAll(keepingCapacity: true)
  }
}
