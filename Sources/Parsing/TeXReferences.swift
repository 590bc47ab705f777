import Documents

/// `\label{…}`, `\ref{…}` and `\eqref{…}`: what leads where in an article (docs/math.md).
enum TeXReferences {
  /// Adds the labels and references of a document to it.
  static func index(_ document: inout Document) {
    let text = document.text
    var known = Set<String>()
    var formula = 0
    var place = 0
    while let backslash = text[place...].firstIndex(of: 0x5C) {
      place = backslash + 1
      while formula < document.formulas.count,
        document.formulas[formula].range.upperBound <= backslash
      {
        formula += 1
      }
      guard let (command, name, end) = argument(in: text, at: backslash) else { continue }
      let isInside =
        formula < document.formulas.count && document.formulas[formula].range.contains(backslash)
      switch command {
      case "label" where isInside:
        // The first definition wins.
        if known.insert(name).inserted {
          document.labels.append(Label(name: name, byteOffset: backslash, formula: formula))
        }
      case "ref", "eqref":
        document.references.append(Reference(name: name, range: backslash..<end))
      default: break
      }
      place = end
    }
  }

  private static let commands = ["label", "eqref", "ref"].map { ($0, Array($0.utf8)) }

  /// The command and its argument at a backslash, if it is one of the three.
  private static func argument(
    in text: [UInt8], at backslash: Int
  ) -> (command: String, name: String, end: Int)? {
    for (command, word) in commands where text[(backslash + 1)...].first == word[0] {
      let open = backslash + 1 + word.count
      guard open < text.count, text[backslash + 1..<open].elementsEqual(word), text[open] == 0x7B,
        let close = text[open...].prefix(200).firstIndex(of: 0x7D)
      else { continue }
      return (command, String(decoding: text[(open + 1)..<close], as: UTF8.self), close + 1)
    }
    return nil
  }
}
