import Feeds

/// Repairs a feed's text and gives libxml2 its markup (docs/feeds.md).
///
/// libxml2 silently drops a bare `&` and with it TeX's alignment marks, loses named HTML entities,
/// and stops at a control character. One pass over the text mends what feeds get wrong; it knows
/// just enough XML for that: text, tags, CDATA sections, comments, processing instructions.
///
/// Text does not go through libxml2, which would hand a body over in hundreds of pieces: it is set
/// aside, and a processing instruction stands for it.
struct Preclean {
  private let source: [UInt8]
  /// Where text goes; nil when only markup is wanted.
  private let texts: SetAsideTexts?
  private var output: [UInt8] = []
  private(set) var problems: [Problem] = []
  private var entities: [String: [UInt8]] = [:]
  private var expandedByteCount = 0
  private var place = 0
  private var noted: Set<Problem.Kind> = []

  static let pieceByteCount = 1 << 15

  init(_ source: [UInt8], settingAside texts: SetAsideTexts? = nil) {
    self.source = source
    self.texts = texts
  }

  /// Reads the whole text.
  ///
  /// - Parameter take: gets well-formed markup, piece by piece.
  mutating func run(_ take: (_ markup: [UInt8]) -> Void) {
    output.reserveCapacity(Self.pieceByteCount * 2)
    skipJunk()
    while place < source.count {
      if source[place] == 0x3C { readMarkup() } else { readText() }
      if output.count >= Self.pieceByteCount {
        take(output)
        output.removeAll(keepingCapacity: true)
      }
    }
    take(output)
  }
}

/// The text of a document while libxml2 reads its markup.
///
/// A class, since what reads and what writes it take turns.
final class SetAsideTexts {
  private enum Text {
    /// Needs no repair: it stands in the source like this.
    case source(Range<Int>)
    case repaired([UInt8])
  }

  /// The beginning of the processing instructions that stand for texts; a number follows.
  ///
  /// No other gets to libxml2.
  static let instruction: StaticString = "<?t "

  private let source: [UInt8]
  private var texts: [Text?] = []
  /// C1 controls stand in it, which no document means.
  fileprivate(set) var holdsC1Controls = false

  init(of source: [UInt8]) {
    self.source = source
  }

  fileprivate func add(_ range: Range<Int>) -> Int {
    texts.append(.source(range))
    return texts.count - 1
  }

  fileprivate func add(_ text: [UInt8]) -> Int {
    texts.append(.repaired(text))
    return texts.count - 1
  }

  /// Hands a text over, once.
  func take(_ number: Int) -> ArraySlice<UInt8>? {
    guard texts.indices.contains(number), let text = texts[number] else { return nil }
    texts[number] = nil
    switch text {
    case .source(let range): return source[range]
    case .repaired(let text): return text[...]
    }
  }
}

extension Preclean {
  private mutating func note(_ kind: Problem.Kind, _ message: String) {
    guard noted.insert(kind).inserted else { return }
    // Counting lines up to the first problem of each kind costs one pass at most per kind.
    let line = source[..<min(place, source.count)].count { $0 == 0x0A } + 1
    problems.append(Problem(kind: kind, line: line, message: message))
  }

  /// Everything before the first tag that can begin a feed.
  private mutating func skipJunk() {
    var start = 0
    while start < source.count {
      if source[start] == 0x3C, start + 1 < source.count {
        let next = source[start + 1]
        if next == 0x3F || next == 0x21 || (next | 0x20 >= 0x61 && next | 0x20 <= 0x7A) { break }
      }
      start += 1
    }
    if source[..<start].contains(where: { !WhiteSpace.isBlank($0) }) {
      note(.junkBeforeProlog, "There was something before the feed; it was skipped.")
    }
    place = start
  }

  private static func isControl(_ byte: UInt8) -> Bool {
    (byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D) || byte == 0x7F
  }

  /// What may need a repair in text: references, controls, CR, C1 controls, noncharacters.
  private static let odd = ByteSet(
    controls: { isControl($0) || $0 == 0x0D }, others: [0x26, 0x7F, 0xC2, 0xEF])

  private mutating func readText() {
    let end = ByteScan.first(0x3C, in: source, place..<source.count) ?? source.count
    setAside(place..<end, readsReferences: true)
    place = end
  }

  /// Sets text aside, repaired where that is needed.
  private mutating func setAside(_ range: Range<Int>, readsReferences: Bool) {
    guard let texts, !range.isEmpty else { return }
    var clean = range.lowerBound
    var repaired: [UInt8] = []
    var position = range.lowerBound
    while true {
      position = ByteScan.first(Self.odd, in: source, position..<range.upperBound)
      guard position < range.upperBound else { break }
      let byte = source[position]
      let next = position + 1 < range.upperBound ? source[position + 1] : 0
      switch byte {
      case 0xC2:
        if (0x80..<0xA0).contains(next) { texts.holdsC1Controls = true }
        position = min(position + 2, range.upperBound)
      case 0xEF:
        let last = position + 2 < range.upperBound ? source[position + 2] : 0
        if next == 0xBF, last >= 0xBE {
          repaired += source[clean..<position]
          repaired += [0xEF, 0xBF, 0xBD]
          clean = position + 3
        }
        position = min(position + 3, range.upperBound)
      case 0x26:
        guard readsReferences else {
          position += 1
          continue
        }
        repaired += source[clean..<position]
        place = position
        if let reference = reference(before: range.upperBound) {
          repaired += reference.characters
          position = reference.end
        } else {
          repaired.append(0x26)
          position += 1
        }
        clean = position
      case 0x0D:
        // Line ends are line feeds (XML 1.0 §2.11).
        repaired += source[clean..<position]
        if next != 0x0A { repaired.append(0x0A) }
        position += 1
        clean = position
      default:
        repaired += source[clean..<position]
        place = position
        note(.controlCharacter, "Control characters were left out.")
        position += 1
        clean = position
      }
    }
    if clean > range.lowerBound {
      if clean < range.upperBound { repaired += source[clean..<range.upperBound] }
      write(texts.add(repaired))
    } else if range.count < 64, source[range].allSatisfy(WhiteSpace.isBlank) {
      // What stands between elements.
      output += source[range]
    } else {
      write(texts.add(range))
    }
  }

  /// The instruction that stands for a text.
  private mutating func write(_ number: Int) {
    SetAsideTexts.instruction.withUTF8Buffer { output += $0 }
    output += String(number).utf8
    output.append(0x3F)
    output.append(0x3E)
  }

  private mutating func readMarkup() {
    let next = place + 1 < source.count ? source[place + 1] : 0
    switch next {
    case 0x21:
      if holds("<![CDATA[") {
        let start = place + 9
        let end = ByteScan.first("]]>", in: source, from: start)
        setAside(start..<(end ?? source.count), readsReferences: false)
        if end == nil {
          note(.truncated, "A CDATA section does not end; the end of the feed ended it.")
        }
        place = end.map { $0 + 3 } ?? source.count
      } else if holds("<!--") {
        place = ByteScan.first("-->", in: source, from: place + 4).map { $0 + 3 } ?? source.count
      } else {
        readDoctype()
      }
    case 0x3F:
      place = ByteScan.first("?>", in: source, from: place + 2).map { $0 + 2 } ?? source.count
    case _ where Self.beginsName(next) || next == 0x2F:
      readTag()
    default:
      note(.notWellFormed, "A < that begins no tag was read as text.")
      if let texts { write(texts.add(place..<place + 1)) }
      place += 1
    }
  }

  /// Whether a word stands at the place.
  private func holds(_ word: StaticString) -> Bool {
    word.withUTF8Buffer { word in
      source.withUnsafeBufferPointer { source in
        place + word.count <= source.count
          && word.elementsEqual(
            UnsafeBufferPointer(rebasing: source[place..<place + word.count]))
      }
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    beginsName(byte) || (byte >= 0x30 && byte <= 0x39) || byte == 0x2D || byte == 0x2E
  }

  private static func beginsName(_ byte: UInt8) -> Bool {
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A) || byte == 0x5F || byte == 0x3A || byte >= 0x80
  }

  /// The document type with its internal subset; harmless entities of it are remembered.
  private mutating func readDoctype() {
    var depth = 0
    var position = place + 2
    while position < source.count {
      let byte = source[position]
      if byte == 0x22 || byte == 0x27 {
        guard let close = source[(position + 1)...].prefix(1 << 16).firstIndex(of: byte) else {
          position += 1
          continue
        }
        position = close
      } else if byte == 0x5B {
        depth += 1
      } else if byte == 0x5D {
        depth -= 1
      } else if byte == 0x3E, depth <= 0 {
        break
      } else if byte == 0x3C, source[position...].starts(with: "<!ENTITY".utf8) {
        readEntity(at: position + 8)
      }
      position += 1
    }
    place = min(source.count, position + 1)
  }

  /// `name "value"`: kept when short and free of references.
  private mutating func readEntity(at start: Int) {
    var position = start
    while position < source.count, WhiteSpace.isBlank(source[position]) { position += 1 }
    let nameStart = position
    while position < source.count, !WhiteSpace.isBlank(source[position]), source[position] != 0x3E {
      position += 1
    }
    let name = String(decoding: source[nameStart..<position], as: UTF8.self)
    while position < source.count, WhiteSpace.isBlank(source[position]) { position += 1 }
    guard name != "%", position < source.count,
      source[position] == 0x22 || source[position] == 0x27,
      let close = source[(position + 1)...].prefix(258).firstIndex(of: source[position])
    else { return }
    let value = source[(position + 1)..<close]
    note(.entityDeclared, "The feed declares entities of its own.")
    guard !value.contains(0x26), !value.contains(0x25), !value.contains(0x3C), entities.count < 64
    else { return }
    if entities[name] == nil { entities[name] = Array(value) }
  }

  private mutating func readTag() {
    let start = place
    var position = place + 1
    var quote: UInt8 = 0
    // A tag without an end is text cut off; the limit keeps hostile input linear.
    let limit = min(source.count, start + (1 << 20))
    while position < limit {
      let byte = source[position]
      if quote != 0 {
        if byte == quote { quote = 0 }
        // A quote that is not closed before the next tag was never meant.
        if byte == 0x3C, position - start > (1 << 16) { break }
      } else if byte == 0x22 || byte == 0x27 {
        quote = byte
      } else if byte == 0x3E {
        break
      } else if byte == 0x3C {
        break
      }
      position += 1
    }
    guard position < limit, source[position] == 0x3E else {
      if position < source.count, source[position] == 0x3C {
        // Another tag begins: this one is dropped.
        place = position
      } else if let close = source[start...].prefix(1 << 20).firstIndex(of: 0x3E) {
        place = close + 1
      } else {
        place = source.count
      }
      note(.truncated, "A tag does not end.")
      return
    }
    writeTag(start, position + 1)
    place = position + 1
  }

  /// Whether a tag is well-formed, with few attributes and nothing in them to repair: nearly all
  /// are.
  private func isPlainTag(_ start: Int, _ end: Int) -> Bool {
    source.withUnsafeBufferPointer { source in
      let last = end - 1
      var position = start + 1
      if source[position] == 0x2F { position += 1 }
      while position < last, Self.isNameByte(source[position]) { position += 1 }
      var names: [Range<Int>] = []
      while position < last {
        let nameStart = position + 1
        guard WhiteSpace.isBlank(source[position]), nameStart < last else {
          return source[position] == 0x2F && position == last - 1
        }
        if WhiteSpace.isBlank(source[nameStart]) || source[nameStart] == 0x2F {
          position += 1
          continue
        }
        position = nameStart
        guard Self.beginsName(source[position]), names.count < 8 else { return false }
        while position < last, Self.isNameByte(source[position]) { position += 1 }
        let name = nameStart..<position
        guard position + 2 < last, source[position] == 0x3D,
          source[position + 1] == 0x22 || source[position + 1] == 0x27,
          !names.contains(where: { source[$0].elementsEqual(source[name]) })
        else { return false }
        names.append(name)
        let quote = source[position + 1]
        position += 2
        while position < last, source[position] != quote {
          let byte = source[position]
          guard byte != 0x26, byte != 0x3C, byte != 0x3E, byte != 0xC2, byte != 0xEF,
            !Self.isControl(byte)
          else { return false }
          position += 1
        }
        position += 1
      }
      return position == last
    }
  }

  /// A tag with its attributes quoted, their first occurrences only, references mended.
  private mutating func writeTag(_ start: Int, _ end: Int) {
    if isPlainTag(start, end) {
      output += source[start..<end]
      return
    }
    var position = start + 1
    while position < end, !WhiteSpace.isBlank(source[position]), source[position] != 0x3E,
      !(source[position] == 0x2F && position > start + 1)
    {
      position += 1
    }
    output += source[start..<position]
    var names: Set<ArraySlice<UInt8>> = []
    while position < end - 1 {
      let byte = source[position]
      if WhiteSpace.isBlank(byte) {
        position += 1
        continue
      }
      if byte == 0x2F {
        if position == end - 2 { output.append(0x2F) }
        position += 1
        continue
      }
      let nameStart = position
      while position < end - 1, !WhiteSpace.isBlank(source[position]), source[position] != 0x3D,
        source[position] != 0x2F || position == nameStart
      {
        position += 1
      }
      let name = source[nameStart..<position]
      var next = position
      while next < end - 1, WhiteSpace.isBlank(source[next]) { next += 1 }
      var value = position..<position
      if next < end - 1, source[next] == 0x3D {
        next += 1
        while next < end - 1, WhiteSpace.isBlank(source[next]) { next += 1 }
        let quote = source[next]
        if quote == 0x22 || quote == 0x27,
          let close = source[(next + 1)..<(end - 1)].firstIndex(of: quote)
        {
          value = (next + 1)..<close
          position = close + 1
        } else {
          var valueEnd = next
          while valueEnd < end - 1, !WhiteSpace.isBlank(source[valueEnd]) { valueEnd += 1 }
          if valueEnd > next, source[valueEnd - 1] == 0x2F, valueEnd == end - 1 { valueEnd -= 1 }
          value = next..<valueEnd
          position = valueEnd
        }
      }
      guard names.count < 256, value.count <= 256 << 10,
        name.allSatisfy({ Self.beginsName($0) || ($0 >= 0x2D && $0 <= 0x39 && $0 != 0x2F) }),
        name.first.map(Self.beginsName) ?? false, names.insert(name).inserted
      else { continue }
      output.append(0x20)
      output += name
      output += [0x3D, 0x22]
      writeValue(value)
      output.append(0x22)
    }
    output.append(0x3E)
  }

  private mutating func writeValue(_ range: Range<Int>) {
    let outer = place
    var position = range.lowerBound
    while position < range.upperBound {
      let byte = source[position]
      place = position
      position += 1
      switch byte {
      case 0x26:
        if let reference = reference(before: range.upperBound) {
          for byte in reference.characters { writeEscaped(byte) }
          position = reference.end
        } else {
          writeEscaped(0x26)
        }
      case 0x22, 0x3C: writeEscaped(byte)
      case _ where Self.isControl(byte): break
      case 0xEF
      where position + 1 < range.upperBound && source[position] == 0xBF
        && source[position + 1] >= 0xBE:
        output += [0xEF, 0xBF, 0xBD]
        position += 2
      default: output.append(byte)
      }
    }
    place = outer
  }

  /// A byte of an attribute's value, as a reference where it would be something else.
  private mutating func writeEscaped(_ byte: UInt8) {
    switch byte {
    case 0x22, 0x26, 0x3C, 0x09, 0x0A, 0x0D: output += Array("&#\(byte);".utf8)
    default: output.append(byte)
    }
  }

  /// What the reference at this place means, and the place behind it; nil for text.
  private mutating func reference(before limit: Int) -> (characters: [UInt8], end: Int)? {
    let start = place
    var end = start + 1
    if end < limit, source[end] == 0x23 {
      end += 1
      while end < limit, end - start < 24, HTMLHexadecimal.isDigitOrX(source[end]) { end += 1 }
      if end < limit, source[end] == 0x3B,
        let found = HTMLReference.read(source, at: start, isInAttribute: false, isStrict: true)
      {
        let character = String(decoding: found.characters, as: UTF8.self).unicodeScalars.first
        return (
          HTMLReference.utf8(character.flatMap { Self.isAllowed($0) ? $0 : nil } ?? "\u{FFFD}"),
          end + 1
        )
      }
    } else {
      while end < limit, end - start < 40, Self.isLetterOrDigit(source[end]) { end += 1 }
      if end < limit, source[end] == 0x3B, end > start + 1 {
        let name = String(decoding: source[(start + 1)..<end], as: UTF8.self)
        if let found = characters(named: name) { return (found, end + 1) }
      }
    }
    note(.strayAmpersand, "A & that begins no reference was read as text.")
    return nil
  }

  private mutating func characters(named name: String) -> [UInt8]? {
    switch name {
    case "amp": return [0x26]
    case "lt": return [0x3C]
    case "gt": return [0x3E]
    case "quot": return [0x22]
    case "apos": return [0x27]
    default: break
    }
    if let value = entities[name], expandedByteCount + value.count <= 64 << 10 {
      expandedByteCount += value.count
      return value
    }
    return Self.documentTypeNames[name] ?? HTMLEntities.characters(named: name)
  }

  /// Two names that a document type for XML (XHTML 1.0, RSS 0.91) gives another meaning than
  /// HTML 5 does.
  private static let documentTypeNames: [String: [UInt8]] = [
    "lang": Array("\u{2329}".utf8), "rang": Array("\u{232A}".utf8),
  ]

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: scalar.value != 0x7F
    default: false
    }
  }
}

private enum HTMLHexadecimal {
  static func isDigitOrX(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
      || byte | 0x20 == 0x78
  }
}
