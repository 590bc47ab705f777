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

/// A tag as it stands in the source.
struct HTMLTag {
  struct Attribute {
    var name: String
    var value: String
    var hasValue: Bool
    var isQuoted: Bool
  }

  static let attributeLimit = 256

  var name: String
  var isEnd: Bool
  var isSelfClosing = false
  var rawAttributes: [Attribute] = []
  /// Behind the `>`; nil when there is none in the rest of the text.
  var end: Int?

  var attributes: [(name: String, value: String)] {
    rawAttributes.map { ($0.name, $0.value) }
  }

  /// `$` or `\` in a name or an unquoted value.
  var holdsMathematics: Bool {
    rawAttributes.contains { attribute in
      attribute.name.utf8.contains { $0 == 0x24 || $0 == 0x5C }
        || (!attribute.isQuoted && attribute.value.utf8.contains { $0 == 0x24 || $0 == 0x5C })
    }
  }

  /// Nil when no tag name stands behind the `<`.
  init?(_ bytes: [UInt8], at start: Int) {
    var place = start + 1
    isEnd = place < bytes.count && bytes[place] == 0x2F
    if isEnd { place += 1 }
    let nameStart = place
    guard place < bytes.count, Self.isLetter(bytes[place]) else { return nil }
    while place < bytes.count, Self.isNameByte(bytes[place]) { place += 1 }
    name = String(decoding: bytes[nameStart..<place], as: UTF8.self).lowercased()
    guard place < bytes.count else { return }
    guard Self.isBlank(bytes[place]) || bytes[place] == 0x2F || bytes[place] == 0x3E else {
      return nil
    }
    let attributesStart = place
    if let end = readAttributes(bytes, from: place) {
      self.end = end
      return
    }
    // Without a `>` under quote rules the tag ends at the first one.
    rawAttributes = []
    end = bytes[attributesStart...].firstIndex(of: 0x3E).map { $0 + 1 }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || (byte >= 0x30 && byte <= 0x39) || byte == 0x3A || byte == 0x5F
      || byte == 0x2D
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D || byte == 0x0C
  }

  private mutating func readAttributes(_ bytes: [UInt8], from start: Int) -> Int? {
    var place = start
    // A tag longer than this is no tag; the limit keeps hostile input linear.
    let limit = min(bytes.count, start + (1 << 18))
    while place < limit {
      let byte = bytes[place]
      if byte == 0x3E { return place + 1 }
      if byte == 0x2F {
        isSelfClosing = place + 1 < limit && bytes[place + 1] == 0x3E
        place += 1
        continue
      }
      if Self.isBlank(byte) {
        place += 1
        continue
      }
      let nameStart = place
      while place < limit, !Self.isBlank(bytes[place]), bytes[place] != 0x3D,
        bytes[place] != 0x3E, bytes[place] != 0x2F
      {
        place += 1
      }
      if place == nameStart {
        place += 1
        continue
      }
      let name = String(decoding: bytes[nameStart..<place], as: UTF8.self).lowercased()
      var next = place
      while next < limit, Self.isBlank(bytes[next]) { next += 1 }
      var attribute = Attribute(name: name, value: "", hasValue: false, isQuoted: false)
      if next < limit, bytes[next] == 0x3D {
        next += 1
        while next < limit, Self.isBlank(bytes[next]) { next += 1 }
        guard next < limit else { return nil }
        attribute.hasValue = true
        let quote = bytes[next]
        if quote == 0x22 || quote == 0x27 {
          guard let close = bytes[(next + 1)..<limit].firstIndex(of: quote) else { return nil }
          attribute.isQuoted = true
          attribute.value = Self.value(bytes[(next + 1)..<close])
          place = close + 1
        } else {
          let valueStart = next
          while next < limit, !Self.isBlank(bytes[next]), bytes[next] != 0x3E { next += 1 }
          attribute.value = Self.value(bytes[valueStart..<next])
          place = next
        }
      }
      if rawAttributes.count < Self.attributeLimit,
        !rawAttributes.contains(where: { $0.name == name })
      {
        rawAttributes.append(attribute)
      }
    }
    return nil
  }

  private static func value(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: HTMLReference.decoded(Array(bytes), isInAttribute: true), as: UTF8.self)
  }
}

/// Character references, `&lt;` and `&#60;`.
enum HTMLReference {
  /// The characters of the reference at an ampersand and the place behind it; nil if it is text.
  ///
  /// - Parameter isStrict: inside a formula only a known name with its semicolon is a reference.
  static func read(
    _ bytes: [UInt8], at start: Int, isInAttribute: Bool, isStrict: Bool
  ) -> (characters: [UInt8], end: Int)? {
    var place = start + 1
    guard place < bytes.count else { return nil }
    if bytes[place] == 0x23 { return number(bytes, place + 1) }
    let nameStart = place
    while place < bytes.count, place - nameStart < 40, isNameByte(bytes[place]) { place += 1 }
    guard place > nameStart else { return nil }
    if place < bytes.count, bytes[place] == 0x3B,
      let found = HTMLEntities.characters(
        named: String(decoding: bytes[nameStart..<place], as: UTF8.self))
    {
      return (found, place + 1)
    }
    guard !isStrict, let legacy = HTMLEntities.legacyPrefix(of: bytes[nameStart..<place]) else {
      return nil
    }
    let end = nameStart + legacy.byteCount
    if isInAttribute, end < bytes.count, bytes[end] == 0x3D || isNameByte(bytes[end]) { return nil }
    return (legacy.characters, end)
  }

  /// A text with its references decoded once.
  static func decoded(_ bytes: [UInt8], isInAttribute: Bool = false) -> [UInt8] {
    guard bytes.contains(0x26) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if bytes[place] == 0x26,
        let (characters, end) = read(
          bytes, at: place, isInAttribute: isInAttribute, isStrict: false)
      {
        result += characters
        place = end
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return result
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
  }

  private static func number(_ bytes: [UInt8], _ start: Int) -> ([UInt8], Int)? {
    var place = start
    var radix: UInt32 = 10
    if place < bytes.count, bytes[place] | 0x20 == 0x78 {
      radix = 16
      place += 1
    }
    let digitsStart = place
    var value: UInt32 = 0
    while place < bytes.count {
      let byte = bytes[place]
      let digit: UInt32
      switch byte {
      case 0x30...0x39: digit = UInt32(byte - 0x30)
      case 0x41...0x46 where radix == 16: digit = UInt32(byte - 0x37)
      case 0x61...0x66 where radix == 16: digit = UInt32(byte - 0x57)
      default: digit = 99
      }
      guard digit < radix else { break }
      // Saturates: anything beyond U+10FFFF is the replacement character anyway.
      value = min(0x110000, value * radix + digit)
      place += 1
    }
    guard place > digitsStart else { return nil }
    if place < bytes.count, bytes[place] == 0x3B { place += 1 }
    return (utf8(character(value)), place)
  }

  /// The character a number means: windows-1252 for 128 to 159, U+FFFD for what is none.
  static func character(_ value: UInt32) -> Unicode.Scalar {
    let windows: [UInt32] = [
      0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
      0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
      0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
    ]
    if value == 0 { return "\u{FFFD}" }
    if (128..<160).contains(value), let scalar = Unicode.Scalar(windows[Int(value - 128)]) {
      return scalar
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  static func utf8(_ scalar: Unicode.Scalar) -> [UInt8] { Array(String(Character(scalar)).utf8) }
}

/// What is known of elements by their names alone.
enum HTMLElements {
  static func isBlock(_ name: String) -> Bool { blocks.contains(name) }
  /// No formula can begin in them or go on through them.
  static func isOpaque(_ name: String) -> Bool { opaque.contains(name) }
  static func isRaw(_ name: String) -> Bool { raw.contains(name) }
  static func isKnown(_ name: String) -> Bool { known.contains(name) }
  static func isVoid(_ name: String) -> Bool { void.contains(name) }
  static func isForeign(_ name: String) -> Bool { foreign.contains(name) }
  static func isBoolean(_ name: String) -> Bool { boolean.contains(name) }

  private static func names(_ list: String) -> Set<String> {
    Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  private static let blocks = names(
    """
    address article aside blockquote body caption center col colgroup dd details dialog dir div dl
    dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend
    li listing main menu nav ol optgroup option p plaintext pre search section summary table tbody
    td tfoot th thead tr ul xmp
    """)
  private static let opaque = names("script style textarea pre code kbd samp tt")
  private static let raw = names("script style textarea title xmp noembed noframes iframe")
  static let void = names(
    "area base br col embed hr img input link meta param source track wbr frame basefont")
  private static let foreign = names(
    """
    math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom mfenced
    msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd
    mlabeledtr menclose maction semantics annotation annotation-xml svg path g rect circle line
    polyline polygon ellipse text tspan defs use symbol clippath image lineargradient
    radialgradient stop marker mask pattern foreignobject desc
    """)
  private static let known =
    blocks.union(opaque).union(raw).union(void).union(foreign).union(
      names(
        """
        a abbr acronym applet audio b bdi bdo big blink button canvas cite data datalist del dfn em
        font frameset i ins label map mark marquee meter nobr noscript object output picture
        progress q rb rp rt rtc ruby s select slot small span strike strong sub sup svg template
        time u var video portal spacer tex-math
        """))
  private static let boolean = names(
    """
    allowfullscreen async autofocus autoplay checked compact controls default defer disabled
    download formnovalidate hidden inert ismap itemscope loop multiple muted nomodule noshade
    novalidate nowrap open playsinline readonly required reversed selected
    """)
}
