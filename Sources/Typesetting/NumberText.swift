import Documents

/// Numbers of list items as letters and Roman numerals.
enum NumberText {
  static func text(_ number: Int, _ style: Container.NumberStyle) -> String {
    switch style {
    case .decimal: String(number)
    case .lowerLetters: letters(number)?.lowercased() ?? String(number)
    case .upperLetters: letters(number) ?? String(number)
    case .lowerRoman: roman(number)?.lowercased() ?? String(number)
    case .upperRoman: roman(number) ?? String(number)
    }
  }

  private static func letters(_ number: Int) -> String? {
    guard number > 0 else { return nil }
    var rest = number
    var text = ""
    while rest > 0 {
      rest -= 1
      text = String(UnicodeScalar(UInt8(65 + rest % 26))) + text
      rest /= 26
    }
    return text
  }

  private static func roman(_ number: Int) -> String? {
    guard (1..<4_000).contains(number) else { return nil }
    let values = [
      (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
      (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ]
    var rest = number
    var text = ""
    for (value, letters) in values {
      while rest >= value {
        text += letters
        rest -= value
      }
    }
    return text
  }
}
