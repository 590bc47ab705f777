/// Reads HTML into tags and text.
///
/// Markup is read as browsers read it, with one exception that every HTML5 parser gets wrong for
/// mathematics: a `<` or `&` inside an open formula is markup only if it can be nothing else
/// (docs/math.md), because `$a<b$且$c>d$` holds no tag. So the tokenizer keeps track of formula
/// delimiters while it reads. libxml2's HTML parser is not used here: a pass before it would have
/// to do all of this anyway, and would then have to be told to lose nothing.
struct HTMLTokenizer {
  enum Token {
    case start(name: String, attributes: [(name: String, value: String)])
    case end(name: String)
    /// Character references decoded.
    case text([UInt8])
  }

  private let bytes: [UInt8]
  private var place = 0
  private var text: [UInt8] = []
  private var candidate = Candidate.none
  /// Depth of elements in which no formula can begin.
  private var opaqueDepth = 0
  private var pending: [Token] = []
  /// `script`, `style` …: the name whose end tag ends the raw text.
  private var rawElement: String?
  /// Raw elements that nothing ends in what is left.
  private var endless: Set<String> = []
  /// Where the last search for a closing `>` ended in vain: everything behind is text.
  private var hasNoTagEndFrom = Int.max
  /// The same for the end of a comment.
  private var hasNoCommentEndFrom = Int.max

  /// The same for the end of a CDATA section.
  private var hasNoSectionEndFrom = Int.max

  /// What kind of formula is open.
  private enum Candidate: Equatable {
    case none, dollar, doubleDollar, paren, bracket
    case environment(String, depth: Int)

    var isOpen: Bool { self != .none }
    var isDisplay: Bool {
      switch self {
      case .none, .dollar, .paren: false
      case .doubleDollar, .bracket, .environment: true
      }
    }
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next token; nil at the end.
  mutating func next() -> Token? {
    while pending.isEmpty {
      guard place < bytes.count else {
        guard !text.isEmpty else { return nil }
        flushText()
        break
      }
      readOne()
    }
    return pending.isEmpty ? nil : pending.removeFirst()
  }
}

extension HTMLTokenizer {
  private mutating func flushText() {
    guard !text.isEmpty else { return }
    pending.append(.text(text))
    text = []
  }

  private mutating func readOne() {
    if let name = rawElement {
      readRawText(name)
      return
    }
    switch bytes[place] {
    case 0x3C: readLessThan()
    case 0x26: readAmpersand()
    default: readText()
    }
  }

  /// Text up to the next `<` or `&`, keeping track of formula delimiters.
  private mutating func readText() {
    while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case 0x3C, 0x26: return
      case 0x5C where opaqueDepth == 0: readBackslash()
      case 0x24 where opaqueDepth == 0: readDollar()
      case 0, 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F: place += 1
      default:
        text.append(byte)
        place += 1
      }
    }
  }

  private mutating func readDollar() {
    let isPair = place + 1 < bytes.count && bytes[place + 1] == 0x24
    switch candidate {
    case .none:
      candidate = isPair ? .doubleDollar : .dollar
      take(isPair ? 2 : 1)
    case .dollar:
      candidate = .none
      take(1)
    case .doubleDollar:
      if isPair { candidate = .none }
      take(isPair ? 2 : 1)
    case .paren, .bracket, .environment: take(1)
    }
  }

  private mutating func readBackslash() {
    guard place + 1 < bytes.count else {
      take(1)
      return
    }
    let next = bytes[place + 1]
    switch (candidate, next) {
    case (.none, 0x28): candidate = .paren
    case (.none, 0x5B): candidate = .bracket
    case (.paren, 0x29), (.bracket, 0x5D): candidate = .none
    default:
      if next == 0x62 || next == 0x65,
        let environment = MathScanner.environment(in: bytes, at: place)
      {
        switch candidate {
        case .none where environment.isBegin:
          candidate = .environment(environment.name, depth: 1)
        case .environment(let name, let depth) where name == environment.name:
          let left = depth + (environment.isBegin ? 1 : -1)
          candidate = left == 0 ? .none : .environment(name, depth: left)
        default: break
        }
        take(environment.end - place)
        return
      }
      // A backslash takes the next character with it, unless that is `<` or `&`: those are
      // looked at by themselves.
      if next == 0x3C || next == 0x26 {
        take(1)
        return
      }
    }
    take(2)
  }

  private mutating func take(_ count: Int) {
    let end = min(bytes.count, place + count)
    text += bytes[place..<end]
    place = end
  }

  // MARK: References

  private mutating func readAmpersand() {
    if let (characters, end) = HTMLReference.read(
      bytes, at: place, isInAttribute: false, isStrict: candidate.isOpen)
    {
      place = end
      for byte in characters { readDecoded(byte) }
    } else {
      take(1)
    }
  }

  /// A decoded character may be a delimiter as well (`&#36;`), but never markup.
  private mutating func readDecoded(_ byte: UInt8) {
    if byte == 0x24, opaqueDepth == 0 {
      switch candidate {
      case .none: candidate = .dollar
      case .dollar: candidate = .none
      default: break
      }
    }
    text.append(byte)
  }

  // MARK: Markup

  private mutating func readLessThan() {
    guard place + 1 < bytes.count else {
      take(1)
      return
    }
    switch bytes[place + 1] {
    case 0x21: readDeclaration()
    case 0x3F:
      guard let end = bytes[place...].firstIndex(of: 0x3E), !candidate.isOpen else {
        take(1)
        return
      }
      place = end + 1
    default:
      guard place < hasNoTagEndFrom else {
        take(1)
        return
      }
      readTag()
    }
  }

  /// Comments, CDATA sections, doctypes.
  private mutating func readDeclaration() {
    let rest = bytes[place...]
    if rest.starts(with: "<!-->".utf8) {
      place += 5
    } else if rest.starts(with: "<!--->".utf8) {
      place += 6
    } else if rest.starts(with: "<!--".utf8) {
      // An unterminated comment would swallow the rest of the article.
      let end = place < hasNoCommentEndFrom ? commentEnd(from: place + 4) : nil
      if end == nil { hasNoCommentEndFrom = min(hasNoCommentEndFrom, place) }
      place = end ?? place + 4
    } else if rest.starts(with: "<![CDATA[".utf8) {
      let start = place + 9
      guard place < hasNoSectionEndFrom, let end = ByteScan.first("]]>", in: bytes, from: start)
      else {
        hasNoSectionEndFrom = min(hasNoSectionEndFrom, place)
        take(9)
        return
      }
      for byte in bytes[start..<end] { readDecoded(byte) }
      place = end + 3
    } else if !HTMLDeclaration.canBegin(bytes, at: place) {
      take(2)
    } else if !candidate.isOpen, let end = rest.firstIndex(of: 0x3E) {
      place = end + 1
    } else {
      take(1)
    }
  }

  private func commentEnd(from start: Int) -> Int? {
    var place = start
    while place + 2 < bytes.count {
      if bytes[place] == 0x2D, bytes[place + 1] == 0x2D {
        if bytes[place + 2] == 0x3E { return place + 3 }
        if bytes[place + 2] == 0x21, place + 3 < bytes.count, bytes[place + 3] == 0x3E {
          return place + 4
        }
      }
      place += 1
    }
    return nil
  }

  private mutating func readTag() {
    guard let tag = HTMLTag(bytes, at: place) else {
      take(1)
      return
    }
    if tag.end == nil {
      // No `>` anywhere behind: the same holds for every later `<`.
      hasNoTagEndFrom = place
      take(1)
      return
    }
    guard let end = tag.end, isMarkup(tag) else {
      take(1)
      return
    }
    flushText()
    place = end
    follow(tag)
    if tag.isEnd {
      pending.append(.end(name: tag.name))
      return
    }
    pending.append(.start(name: tag.name, attributes: tag.attributes))
    if tag.isSelfClosing && (HTMLElements.isForeign(tag.name) || tag.name == "iframe") {
      // XHTML habits: `<iframe … />` would swallow the rest of the article.
      pending.append(.end(name: tag.name))
    } else if HTMLElements.isRaw(tag.name), !endless.contains(tag.name) {
      rawElement = tag.name
    }
  }

  /// Whether a `<` that could begin a tag does.
  private func isMarkup(_ tag: HTMLTag) -> Bool {
    let isKnown = HTMLElements.isKnown(tag.name) || tag.name.contains { $0 == "-" || $0 == ":" }
    if !candidate.isOpen {
      return isKnown || tag.rawAttributes.allSatisfy(\.hasValue)
    }
    guard isKnown, !tag.holdsMathematics,
      tag.rawAttributes.allSatisfy({ $0.hasValue || HTMLElements.isBoolean($0.name) })
    else { return false }
    if !tag.isEnd, tag.rawAttributes.isEmpty, tag.name.count == 1, "abiqsu".contains(tag.name) {
      return hasEndTag(tag.name, from: tag.end ?? bytes.count)
    }
    return true
  }

  /// Whether `</name>` follows in the same block; looked for in the next 4,096 bytes only.
  private func hasEndTag(_ name: String, from start: Int) -> Bool {
    var place = start
    let limit = min(bytes.count, start + 4_096)
    while place < limit {
      guard bytes[place] == 0x3C, let tag = HTMLTag(bytes, at: place), tag.end != nil else {
        place += 1
        continue
      }
      if tag.isEnd, tag.name == name { return true }
      if HTMLElements.isBlock(tag.name) { return false }
      place += 1
    }
    return false
  }

  /// What a tag does to an open formula candidate.
  private mutating func follow(_ tag: HTMLTag) {
    if HTMLElements.isOpaque(tag.name) {
      opaqueDepth = max(0, opaqueDepth + (tag.isEnd ? -1 : 1))
      candidate = .none
    } else if HTMLElements.isBlock(tag.name) {
      if !candidate.isDisplay || (tag.name != "p" && tag.name != "div") { candidate = .none }
    }
  }

  /// Everything up to the end tag of a raw element is its text.
  private mutating func readRawText(_ name: String) {
    var end = place
    let wanted = Array("</\(name)".utf8)
    while end < bytes.count {
      if bytes[end] == 0x3C, end + wanted.count <= bytes.count,
        bytes[end..<end + wanted.count].elementsEqual(wanted, by: { $0 == $1 || $0 | 0x20 == $1 })
      {
        break
      }
      end += 1
    }
    if end >= bytes.count, name != "script", name != "style" {
      // Without an end tag it is not raw text but the rest of the article; the search need not
      // be made again.
      endless.insert(name)
      pending.append(.end(name: name))
      rawElement = nil
      return
    }
    let content = Array(bytes[place..<end])
    if !content.isEmpty {
      let isText = name == "textarea" || name == "title"
      pending.append(.text(isText ? HTMLReference.decoded(content) : content))
    }
    place = end
    rawElement = nil
    if end >= bytes.count { pending.append(.end(name: name)) }
  }
}
