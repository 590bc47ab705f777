import Feeds

/// Repairs a feed's text before libxml2 reads it (docs/feeds.md).
///
/// libxml2 silently drops a bare `&` and with it TeX's alignment marks, loses named HTML entities,
/// and stops at a control character. One pass over the text mends what feeds get wrong; it knows
/// just enough XML for that: text, tags, CDATA sections, comments, processing instructions.
struct Preclean {
  private let source: [UInt8]
  private(set) var text: [UInt8] = []
  private(set) var problems: [Problem] = []
  private var entities: [String: [UInt8]] = [:]
  private var expandedByteCount = 0
  private var place = 0
  private var noted: Set<Problem.Kind> = []

  init(_ source: [UInt8]) {
    self.source = source
  }

  mutating func run() {
    text.reserveCapacity(source.count + source.count / 16)
    skipJunk()
    while place < source.count {
      switch source[place] {
      case 0x3C: readMarkup()
      case 0x26: readReference(inTag: false)
      default: readText()
      }
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

  private mutating func appendClean(_ range: Range<Int>) {
    var start = range.lowerBound
    for position in range where Self.isControl(source[position]) {
      text += source[start..<position]
      start = position + 1
      note(.controlCharacter, "Control characters were left out.")
    }
    text += source[start..<range.upperBound]
  }

  private mutating func readText() {
    var end = place
    while end < source.count, source[end] != 0x3C, source[end] != 0x26 { end += 1 }
    appendClean(place..<end)
    place = end
  }

  private func find(_ word: StaticString, from start: Int) -> Int? {
    word.withUTF8Buffer { word in
      guard source.count >= word.count else { return nil }
      var place = start
      while place + word.count <= source.count {
        if source[place] == word[0], source[place..<place + word.count].elementsEqual(word) {
          return place
        }
        place += 1
      }
      return nil
    }
  }

  private mutating func readMarkup() {
    let rest = source[place...]
    if rest.starts(with: "<![CDATA[".utf8) {
      let start = place
      let end = find("]]>", from: place + 9)
      appendClean(start..<(end.map { $0 + 3 } ?? source.count))
      if end == nil {
        text += Array("]]>".utf8)
        note(.truncated, "A CDATA section does not end; the end of the feed ended it.")
      }
      place = end.map { $0 + 3 } ?? source.count
    } else if rest.starts(with: "<!--".utf8) {
      place = find("-->", from: place + 4).map { $0 + 3 } ?? source.count
    } else if rest.starts(with: "<!".utf8) {
      readDoctype()
    } else if rest.starts(with: "<?".utf8) {
      place = find("?>", from: place + 2).map { $0 + 2 } ?? source.count
    } else if place + 1 < source.count,
      Self.beginsName(source[place + 1]) || source[place + 1] == 0x2F
    {
      readTag()
    } else {
      text += Array("&lt;".utf8)
      place += 1
      note(.notWellFormed, "A < that begins no tag was read as text.")
    }
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

  /// A tag with its attributes quoted, their first occurrences only, references mended.
  private mutating func writeTag(_ start: Int, _ end: Int) {
    var position = start + 1
    while position < end, !WhiteSpace.isBlank(source[position]), source[position] != 0x3E,
      !(source[position] == 0x2F && position > start + 1)
    {
      position += 1
    }
    text += source[start..<position]
    var names: Set<ArraySlice<UInt8>> = []
    while position < end - 1 {
      let byte = source[position]
      if WhiteSpace.isBlank(byte) {
        position += 1
        continue
      }
      if byte == 0x2F {
        if position == end - 2 { text.append(0x2F) }
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
      text.append(0x20)
      text += name
      text += [0x3D, 0x22]
      writeValue(value)
      text.append(0x22)
    }
    text.append(0x3E)
  }

  private mutating func writeValue(_ range: Range<Int>) {
    let outer = place
    place = range.lowerBound
    while place < range.upperBound {
      let byte = source[place]
      if byte == 0x26 {
        readReference(inTag: true)
      } else {
        switch byte {
        case 0x22: text += Array("&quot;".utf8)
        case 0x3C: text += Array("&lt;".utf8)
        case _ where Self.isControl(byte): break
        default: text.append(byte)
        }
        place += 1
      }
    }
    place = outer
  }

  private mutating func readReference(inTag: Bool) {
    var end = place + 1
    if end < source.count, source[end] == 0x23 {
      var next = end + 1
      while next < source.count, next - place < 24, source[next] != 0x3B,
        HTMLHexadecimal.isDigitOrX(source[next])
      {
        next += 1
      }
      if next < source.count, source[next] == 0x3B,
        let found = HTMLReference.read(source, at: place, isInAttribute: false, isStrict: true)
      {
        let character = String(decoding: found.characters, as: UTF8.self).unicodeScalars.first
        let value = character.map { Self.isAllowed($0) ? $0.value : 0xFFFD } ?? 0xFFFD
        text += Array("&#\(value);".utf8)
        place = next + 1
        return
      }
    } else {
      while end < source.count, end - place < 40,
        (source[end] | 0x20) >= 0x61 && (source[end] | 0x20) <= 0x7A
          || (source[end] >= 0x30 && source[end] <= 0x39)
      {
        end += 1
      }
      if end < source.count, source[end] == 0x3B, end > place + 1 {
        let name = String(decoding: source[(place + 1)..<end], as: UTF8.self)
        switch name {
        case "amp", "lt", "gt", "quot", "apos":
          text += source[place...end]
          place = end + 1
          return
        default: break
        }
        if let value = entities[name], expandedByteCount + value.count <= 64 << 10 {
          expandedByteCount += value.count
          text += value
          place = end + 1
          return
        }
        if let characters = HTMLEntities.characters(named: name) {
          for scalar in String(decoding: characters, as: UTF8.self).unicodeScalars {
            text += Array("&#\(scalar.value);".utf8)
          }
          place = end + 1
          return
        }
      }
    }
    text += Array("&amp;".utf8)
    place += 1
    note(.strayAmpersand, "A & that begins no reference was read as text.")
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
