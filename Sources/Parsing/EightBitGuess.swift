/// Which alphabet the upper half of an eight-bit encoding holds, by the frequency of letters.
///
/// Limitations: it knows Cyrillic, Greek, Hebrew and Thai; any other text is left to
/// windows-1252, the default of the web.
enum EightBitGuess {
  /// Nil for a text in Latin letters and for one that is like none of the alphabets.
  static func encoding(of bytes: [UInt8]) -> String? {
    guard holdsWordsWithoutLatinLetters(bytes) else { return nil }
    var best: (label: String, likeness: Double)?
    for alphabet in alphabets {
      for label in alphabet.labels {
        guard let text = Charset.decode(bytes, as: label) else { continue }
        let likeness = alphabet.likeness(of: text.bytes)
        if likeness > (best?.likeness ?? 0.5) { best = (label, likeness) }
      }
    }
    return best?.label
  }

  /// In French or German a letter of the upper half stands between Latin ones (`größten`); in
  /// Russian or Thai it stands beside others of its kind.
  private static func holdsWordsWithoutLatinLetters(_ bytes: [UInt8]) -> Bool {
    var besideLatin = 0
    var besideOwn = 0
    for place in bytes.indices where bytes[place] > 0xA0 {
      let before = place > 0 ? bytes[place - 1] : 0x20
      let after = place + 1 < bytes.count ? bytes[place + 1] : 0x20
      if isLatinLetter(before) || isLatinLetter(after) {
        besideLatin += 1
      } else if before > 0xA0 || after > 0xA0 {
        besideOwn += 1
      }
    }
    return besideOwn > 1 && besideOwn > besideLatin * 2
  }

  private static func isLatinLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) && byte < 0x80
  }

  private static let alphabets = [
    Alphabet(
      ["windows-1251", "koi8-r"],
      """
      о110 е85 а80 и74 н67 т63 с55 р47 в45 л44 к35 м32 д30 п28 у26 я20 ы19 ь17 г17 з16 б16 ч14 \
      й12 х10 ж9 ш7 ю6 ц5 щ4 э3 ф3 ё1 ъ1 і20 ї5 є5
      """),
    Alphabet(
      ["windows-1253"],
      """
      α95 ο85 τ78 ι75 ε75 ν63 η50 ς45 ρ42 υ40 κ40 π38 σ38 μ34 λ30 ί30 ά21 ό21 ω20 έ20 γ17 δ17 \
      ή13 ύ13 θ12 χ12 ώ9 φ8 β7 ξ5 ζ4 ψ2
      """),
    Alphabet(
      ["windows-1255"],
      """
      י111 ו104 ה100 ל73 א63 ר56 ת51 ב47 ש44 מ43 ם33 ע32 נ29 ד26 ח25 כ22 ק21 פ17 ס15 ג13 ז13 \
      ט12 צ12 ן11 ך8 ף3 ץ2
      """),
    Alphabet(
      ["windows-874"],
      """
      า75 น65 ร62 อ52 ก50 เ48 \u{0E48}45 ง43 ม37 ย33 ว33 \u{0E49}33 \u{0E31}33 \u{0E35}32 ล31 \
      ด28 \u{0E34}28 ท27 ส25 ต24 ค23 ห21 ป20 บ20 ะ19 แ15 \u{0E38}15 พ14 ไ13 ช13 ข13 จ12 \
      \u{0E39}12 ใ11 \u{0E37}11 ำ10 \u{0E4C}9 โ8 \u{0E47}8 \u{0E36}7 ถ6 ผ6 ซ5 ธ5 ศ5 ณ4 ญ4 ษ3 ภ3 \
      ฟ3 ฐ2 ๆ2 ฝ1
      """),
  ]
}

/// The letters of a language with how often they come, in thousandths of its running text.
private struct Alphabet {
  let labels: [String]
  private let frequencies: [Unicode.Scalar: Double]
  /// What the mean frequency of the letters of a true text is.
  private let meanOfTrueText: Double

  /// - Parameter table: a letter and its frequency, separated by blanks.
  init(_ labels: [String], _ table: String) {
    self.labels = labels
    var frequencies: [Unicode.Scalar: Double] = [:]
    // By scalars: a blank and a Thai tone mark behind it are one character.
    for entry in table.unicodeScalars.split(separator: " ") {
      let digits = String(String.UnicodeScalarView(entry.dropFirst()))
      guard let letter = entry.first, let frequency = Double(digits) else { continue }
      frequencies[letter] = frequency
    }
    self.frequencies = frequencies
    meanOfTrueText =
      frequencies.values.reduce(0) { $0 + $1 * $1 } / frequencies.values.reduce(0, +)
  }

  /// About 1 for a text of this alphabet, near or below 0 for one that only looks like it.
  func likeness(of text: [UInt8]) -> Double {
    var sum = 0.0
    var letters = 0.0
    var isBehindSmallLetter = false
    var isBehindFinalForm = false
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      let small = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
      let isCapital = small != scalar
      defer {
        isBehindSmallLetter = !isCapital && scalar.properties.isLowercase
        isBehindFinalForm = Self.finalForms.contains(scalar)
      }
      guard scalar.value >= 0x80, !Self.isPunctuation(scalar) else { continue }
      letters += 1
      sum += frequencies[small] ?? -50
      // `пРИВЕТ` is what the other Cyrillic encoding makes of `Привет`.
      if isCapital, isBehindSmallLetter { sum -= 50 }
      if isBehindFinalForm { sum -= 50 }
    }
    return letters == 0 ? 0 : sum / letters / meanOfTrueText
  }

  /// Letters that stand only at the end of a word.
  private static let finalForms = Set("ςךםןףץ".unicodeScalars)

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    (0xA0...0xBF).contains(scalar.value) || (0x2010...0x203A).contains(scalar.value)
      || scalar.value == 0x20AC || scalar.value == 0x2116
  }
}
