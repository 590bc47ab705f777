/// Labels over the visible links or formulas; typing one chooses it.
struct Labels: Equatable, Sendable {
  enum Purpose: Equatable, Sendable {
    case follow, browser, copyFormula, copyBareFormula, copyCode, copyParagraph

    var sentence: String {
      switch self {
      case .follow: "Follow a link: type its label or its number"
      case .browser: "Open a link in the browser: type its label or its number"
      case .copyFormula, .copyBareFormula: "Copy a formula: type its label"
      case .copyCode: "Copy a code block: type its label"
      case .copyParagraph: "Copy a paragraph: type its label"
      }
    }

    /// What the letters on the screen are, for the hint row.
    var explanation: String {
      switch self {
      case .follow, .browser: "choose a link"
      case .copyFormula, .copyBareFormula: "covers the first cell of a formula"
      case .copyCode: "covers the first cell of a code block"
      case .copyParagraph: "covers the first cell of a paragraph"
      }
    }
  }

  struct Candidate: Equatable, Sendable {
    var label: String
    var target: Reader.Target
  }

  static let letters = Array("asdfghjkl;qwertyuiopzxcvbnm")

  var purpose: Purpose
  var candidates: [Candidate]
  var typed = ""

  /// Gives the shortest labels to the targets nearest to the middle of the screen.
  ///
  /// `targets` are in reading order, with the row each begins on.
  init(_ purpose: Purpose, targets: [(target: Reader.Target, row: Int)], middleRow: Int) {
    self.purpose = purpose
    let letters = Labels.letters
    let order = targets.indices.sorted {
      let left = abs(targets[$0].row - middleRow)
      let right = abs(targets[$1].row - middleRow)
      return left == right ? $0 < $1 : left < right
    }
    var labels = [String](repeating: "", count: targets.count)
    for (rank, place) in order.enumerated().prefix(letters.count * letters.count) {
      labels[place] =
        targets.count <= letters.count
        ? String(letters[rank])
        : String([letters[rank / letters.count], letters[rank % letters.count]])
    }
    candidates = zip(labels, targets).filter { !$0.0.isEmpty }.map {
      Candidate(label: $0, target: $1.target)
    }
  }

  /// The candidates that what was typed may still mean.
  var remaining: [Candidate] {
    candidates.filter { $0.label.hasPrefix(typed) }
  }

  /// The link number that was typed, if digits were.
  var number: Int? { typed.isEmpty ? nil : Int(typed) }
}
