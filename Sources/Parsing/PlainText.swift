/// Plain-text fields, of which one never knows whether they are HTML (docs/feeds.md §3).
enum PlainText {
  static let characterLimit = 2_000

  /// A title: tags of known elements are dropped, references decoded once, formulas kept.
  static func title(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.contains(0x3C) || bytes.contains(0x26) else { return collapsed(text) }
    var result: [UInt8] = []
    var formulas = MathFinder.formulas(in: TextRun(bytes: bytes, emphases: [], isPlainText: true))[
      ...]
    var place = 0
    while place < bytes.count {
      while let formula = formulas.first, formula.range.upperBound <= place {
        formulas.removeFirst()
      }
      let isInFormula = formulas.first?.range.contains(place) ?? false
      switch bytes[place] {
      case 0x3C where !isInFormula && bytes[place...].starts(with: "<!--".utf8):
        place = text.utf8Range(of: "-->", from: place + 4).map { $0 + 3 } ?? bytes.count
      case 0x3C where !isInFormula:
        if let tag = HTMLTag(bytes, at: place), let end = tag.end, HTMLElements.isKnown(tag.name) {
          if !tag.isEnd, tag.name == "script" || tag.name == "style",
            let close = text.utf8Range(of: "</\(tag.name)", from: end)
          {
            place = close
          } else {
            if ["br", "p", "div", "li", "td"].contains(tag.name) { result.append(0x20) }
            place = end
          }
          continue
        }
        result.append(0x3C)
        place += 1
      case 0x26:
        if let (characters, end) = HTMLReference.read(
          bytes, at: place, isInAttribute: false, isStrict: true)
        {
          result += characters
          place = end
        } else {
          result.append(0x26)
          place += 1
        }
      default:
        result.append(bytes[place])
        place += 1
      }
    }
    return collapsed(String(decoding: result, as: UTF8.self))
  }

  /// White space collapsed and trimmed, cut at the limit.
  static func collapsed(_ text: String) -> String {
    let plain = String(decoding: WhiteSpace.collapsed(Array(text.utf8)), as: UTF8.self)
    return plain.utf8.count > characterLimit && plain.count > characterLimit
      ? String(plain.prefix(characterLimit)) : plain
  }
}

extension String {
  /// The byte at which a word begins, from a byte on.
  fileprivate func utf8Range(of word: String, from start: Int) -> Int? {
    let bytes = Array(utf8)
    let wanted = Array(word.utf8)
    var place = start
    while place + wanted.count <= bytes.count {
      if bytes[place..<place + wanted.count].elementsEqual(wanted) { return place }
      place += 1
    }
    return nil
  }
}
