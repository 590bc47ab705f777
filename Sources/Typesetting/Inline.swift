import Cells
import Documents

/// The inline content of one block: what the breaker has to treat as a unit, and what is drawn
/// beside the text.
struct Inline {
  /// A range of the text with break rules of its own.
  struct Object {
    enum Kind { case formula(Int), url, code, image }
    var kind: Kind
    var range: Range<Int>
    var columns: Int

    var isImage: Bool { if case .image = kind { true } else { false } }
  }

  var inserts: [LineBreaker.Insert] = []
  var objects: [Object] = []
  var ornaments: [(ornament: Ornament, columns: Int)] = []
  /// Display formulas inside the block, positions in `Document.formulas`.
  var displayFormulas: [Int] = []

  mutating func removeAll() {
    inserts.removeAll(keepingCapacity: true)
    objects.removeAll(keepingCapacity: true)
    ornaments.removeAll(keepingCapacity: true)
    displayFormulas.removeAll(keepingCapacity: true)
  }
}

/// Collects the inline content of blocks from a document's spans.
struct InlineReader {
  let document: Document
  let page: PageSettings
  private let isChinese: Bool
  private let hasLinkNumbers: Bool

  init(_ document: Document, _ page: PageSettings) {
    self.document = document
    self.page = page
    isChinese = document.language?.lowercased().hasPrefix("zh") ?? false
    hasLinkNumbers = page.presentation == .full && page.links == .numbers
  }

  /// What is drawn before and after a span of text, if anything.
  private enum Edge {
    case opening(Ornament)
    /// One that is glued to the text before it: scripts, readings, notes.
    case joint(Ornament)
    case closing(Ornament)
    case object(Inline.Object)
  }

  /// Reads the spans `spans` that lie in `range`; they are in order of their starts.
  func read(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ spans: ArraySlice<Span>,
    into inline: inout Inline
  ) {
    inline.removeAll()
    var edges: [(place: Int, order: Int, edge: Edge)] = []
    var covered = range.lowerBound
    for (number, span) in spans.enumerated() {
      let part = span.range.clamped(to: range)
      switch span.role {
      case .formula(let position):
        guard page.breaking.math, document.formulas.indices.contains(position),
          part.lowerBound >= covered
        else { continue }
        if document.formulas[position].isDisplay {
          inline.displayFormulas.append(position)
        } else if !part.isEmpty {
          edges.append((part.lowerBound, Int.max, .object(object(.formula(position), part, text))))
        }
        covered = max(covered, part.upperBound)
      case .code, .key:
        guard page.breaking.tailoring == .yue else { continue }
        for word in words(text, part) where word.lowerBound >= covered {
          edges.append((word.lowerBound, Int.max, .object(object(.code, word, text))))
        }
        covered = max(covered, part.upperBound)
      case .image(let position):
        add(imageFrame(position), around: part, number, to: &edges)
        let label = object(.image, part, text)
        if part.lowerBound >= covered, !part.isEmpty, label.columns <= max(24, page.columns / 2) {
          edges.append((part.lowerBound, Int.max, .object(label)))
          covered = max(covered, part.upperBound)
        }
      case .link(let position):
        if document.links.indices.contains(position), document.links[position].isNumbered,
          hasLinkNumbers, !part.isEmpty
        {
          let mark = Ornament(.linkNumber(position), "[\(position + 1)]")
          edges.append((part.upperBound, -number - 1, .closing(mark)))
        }
      case .footnoteReference:
        add(("[^", "]", .script), around: part, number, isJoint: true, to: &edges)
      case .superscript:
        // A reference to a note is raised in print; its own marks say as much.
        let isNote = spans[(spans.startIndex + number)...].prefix(4).contains { inner in
          if case .footnoteReference = inner.role { inner.range == span.range } else { false }
        }
        if !isNote, let marks = script("^", part, text, range) {
          add(marks, around: part, number, isJoint: true, to: &edges)
        }
      case .subscript:
        if let marks = script("_", part, text, range) {
          add(marks, around: part, number, isJoint: true, to: &edges)
        }
      case .rubyReading:
        add(("(", ")", .script), around: part, number, isJoint: true, to: &edges)
      case .deleted:
        if page.presentation == .full && page.marks == .characters {
          add(("~~", "~~", .mark), around: part, number, to: &edges)
        }
      case .emphasis, .strong, .inserted, .mark, .small: break
      }
    }
    if page.breaking.urls && page.breaking.tailoring == .yue {
      findURLs(text, range, &edges)
    }
    // At one place the inner spans close first, then the outer ones open.
    edges.sort { ($0.place, $0.order) < ($1.place, $1.order) }
    for (place, _, edge) in edges {
      switch edge {
      case .opening(let ornament):
        add(ornament, to: &inline, place) { .opening($0, columns: $1) }
      case .joint(let ornament):
        add(ornament, to: &inline, place) { .joint($0, columns: $1) }
      case .closing(let ornament):
        add(ornament, to: &inline, place) { .ornament($0, columns: $1) }
      case .object(let object):
        if let last = inline.inserts.last, last.range.upperBound > object.range.lowerBound {
          continue
        }
        inline.inserts.append(.init(kind: .object(inline.objects.count), range: object.range))
        inline.objects.append(object)
      }
    }
  }
}

extension InlineReader {
  private func add(
    _ ornament: Ornament, to inline: inout Inline, _ place: Int,
    _ kind: (_ position: Int, _ columns: Int) -> LineBreaker.Insert.Kind
  ) {
    let columns = columns(of: ornament.text, profile: page.profile)
    inline.inserts.append(.init(kind: kind(inline.ornaments.count, columns), range: place..<place))
    inline.ornaments.append((ornament, columns))
  }

  private func object(
    _ kind: Inline.Object.Kind, _ range: Range<Int>, _ text: UnsafeBufferPointer<UInt8>
  ) -> Inline.Object {
    let columns = Cells.columns(of: range, in: text, profile: page.profile)
    return Inline.Object(kind: kind, range: range, columns: columns)
  }

  private func add(
    _ marks: (String, String, Ornament.Kind), around part: Range<Int>, _ number: Int,
    isJoint: Bool = false, to edges: inout [(place: Int, order: Int, edge: Edge)]
  ) {
    let mark = Ornament(marks.2, marks.0)
    edges.append((part.lowerBound, number + 1, isJoint ? .joint(mark) : .opening(mark)))
    guard !marks.1.isEmpty else { return }
    edges.append((part.upperBound, -number - 1, .closing(Ornament(marks.2, marks.1))))
  }

  /// `[image 3: ` and `]`.
  func imageFrame(_ position: Int) -> (String, String, Ornament.Kind) {
    guard page.presentation == .full else { return ("[", "]", .imageFrame(position)) }
    let kind = document.images.indices.contains(position) ? document.images[position].kind : .image
    let word =
      switch kind {
      case .image: isChinese ? "图" : "image "
      case .video: isChinese ? "视频" : "video "
      case .audio: isChinese ? "音频" : "audio "
      case .embed: isChinese ? "嵌入" : "embed "
      }
    return ("[\(word)\(position + 1): ", "]", .imageFrame(position))
  }

  /// The marks of a sub- or superscript in TeX notation; braces when it would be misread without.
  private func script(
    _ mark: String, _ part: Range<Int>, _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> (String, String, Ornament.Kind)? {
    guard !part.isEmpty else { return nil }
    let content = String(decoding: text[part], as: UTF8.self)
    if mark == "^" {
      let before = part.lowerBound > range.lowerBound ? text[part.lowerBound - 1] : 0
      let isOrdinal =
        (0x30...0x39).contains(before)
        && content.unicodeScalars.allSatisfy(\.properties.isAlphabetic)
      if isOrdinal || content == "TM" { return nil }
    }
    let next = part.upperBound < range.upperBound ? text[part.upperBound] : 0
    let last = text[part.upperBound - 1]
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80 }
    let isContinued = (isDigit(last) && isDigit(next)) || (isLetter(last) && isLetter(next))
    let hasBraces = content.count > 1 || isContinued
    return (hasBraces ? mark + "{" : mark, hasBraces ? "}" : "", .script)
  }

  /// The runs between blanks: inline code breaks at its blanks only (T7).
  private func words(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var start = range.lowerBound
    for place in range.lowerBound...range.upperBound {
      let isEnd = place == range.upperBound || text[place] == 0x20 || text[place] == 0x0A
      if isEnd {
        if start < place { words.append(start..<place) }
        start = place + 1
      }
    }
    return words
  }

  /// The next `:` from a place on, eight bytes at a time where that is possible.
  private static func nextColon(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> Int? {
    let raw = UnsafeRawBufferPointer(text)
    let ones: UInt64 = 0x0101_0101_0101_0101
    var place = start
    while place < end {
      if place + 8 <= end {
        let difference = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self) ^ (ones &* 0x3A)
        // Where the word has a colon, its byte of the difference is zero.
        if (difference &- ones) & ~difference & (ones &* 0x80) == 0 {
          place += 8
          continue
        }
      }
      let wordEnd = min(end, place + 8)
      while place < wordEnd {
        if text[place] == 0x3A { return place }
        place += 1
      }
    }
    return nil
  }

  /// `scheme://` and the printable ASCII behind it (T6), cut at its U1 points.
  private func findURLs(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
    _ edges: inout [(place: Int, order: Int, edge: Edge)]
  ) {
    let taken = edges.compactMap { edge -> Range<Int>? in
      if case .object(let object) = edge.edge { return object.range }
      return nil
    }
    var nextTaken = 0
    var place = range.lowerBound
    while let colon = Self.nextColon(text, place, range.upperBound - 2) {
      place = colon
      guard text[place + 1] == 0x2F, text[place + 2] == 0x2F else {
        place += 1
        continue
      }
      guard let url = URLBreaks.url(around: place, in: text, range) else {
        place += 3
        continue
      }
      while nextTaken < taken.count, taken[nextTaken].upperBound <= url.lowerBound {
        nextTaken += 1
      }
      if nextTaken >= taken.count || taken[nextTaken].lowerBound >= url.upperBound {
        var start = url.lowerBound
        for cut in URLBreaks.firstLevel(text, url) + [url.upperBound] {
          edges.append((start, Int.max, .object(object(.url, start..<cut, text))))
          start = cut
        }
      }
      place = max(url.upperBound, place + 3)
    }
  }
}
