/// The likeliest encoding of bytes without a label that are no UTF-8.
///
/// Limitations: a score by common characters, made for feeds of some length; a few words in an
/// 8-bit encoding can be mistaken.
enum CharsetGuess {
  static func encoding(of bytes: [UInt8]) -> String? {
    let sample = Array(bytes.prefix(1 << 16))
    var best: (label: String, score: Int)?
    for label in multibyte {
      guard let text = Charset.decode(sample, as: label) else { continue }
      let score = score(text.bytes)
      if score > (best?.score ?? 0) { best = (label, score) }
    }
    if let best, best.score > 0 { return best.label }
    return EightBitGuess.encoding(of: sample)
  }

  /// Whether a character of an encoding may take several bytes, so that not every text could be in
  /// it.
  static func isMultibyte(_ label: String) -> Bool { multibyte.contains(label) }

  private static let multibyte = ["gb18030", "big5", "euc-jp", "shift_jis", "euc-kr"]

  /// Three for a common character, two for kana, less than nothing for what text seldom holds.
  private static func score(_ text: [UInt8]) -> Int {
    var score = 0
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars where scalar.value >= 0x80 {
      if scalar.value == 0xFFFD {
        score -= 10
      } else if common.contains(scalar) {
        score += 3
      } else if (0x4E00...0x9FFF).contains(scalar.value) || (0xAC00...0xD7A3).contains(scalar.value)
      {
        // Almost any two bytes are some ideograph or some syllable: only common ones tell.
        score += 0
      } else if (0x3041...0x30FF).contains(scalar.value) {
        score += 2
      } else if !(0x3000...0x303F).contains(scalar.value)
        && !(0xFF00...0xFF60).contains(scalar.value)
      {
        score -= 3
      }
    }
    return score
  }

  private static let common = Set(
    """
    的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方\
    后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开\
    這個國時來們對會發動過說產種後學經進電裡與為長門見關還點兩從業東車書話樂機實應當變讓\
    日本語年月時分人今の生見出行\
    이다는의가을에고를지한하은도사로기그리어인대있정자시해수나보들과스서아일전으라제상부장원주동구학
    """.unicodeScalars)
}
