import Feeds
import Foundation

/// Month and weekday names of the languages feeds are written in.
enum DateWords {
  /// 1 to 12; words of three letters and more are matched by their beginning in English.
  static func month(_ word: String) -> Int? {
    let word = folded(word)
    if let month = months[word] { return month }
    guard word.count >= 3 else { return nil }
    let english = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september",
      "october", "november", "december",
    ]
    return english.firstIndex { $0.hasPrefix(word) }.map { $0 + 1 }
  }

  /// Weekdays, ordinal suffixes, particles: words of a date that say nothing.
  static func isKnown(_ word: String) -> Bool { fillers.contains(folded(word)) || weekday(word) }

  private static func weekday(_ word: String) -> Bool {
    let word = folded(word)
    guard word.count >= 2 else { return false }
    return [
      "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ].contains { $0.hasPrefix(word) } || weekdays.contains(word)
  }

  private static func folded(_ word: String) -> String {
    word.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil).lowercased()
  }

  private static let fillers: Set<String> = [
    "st", "nd", "rd", "th", "at", "de", "of", "le", "t", "um", "uhr", "den", "the",
  ]

  private static let weekdays: Set<String> = Set(
    """
    mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag lun mar mer \
    jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles \
    jueves viernes sabado domingo mie jue vie sab dom lunedi martedi mercoledi giovedi venerdi \
    domenica gio seg ter qua qui sex segunda terca quarta quinta sexta maandag dinsdag woensdag \
    donderdag vrijdag zaterdag zondag man tir ons tor fre lor son pon wto sro czw pia nie pn wt sr \
    cz pt sob po ut st ct pa ne пн вт ср чт пт сб вс κυρ δευ τρι τετ πεμ παρ σαβ hetfo kedd szerda \
    csutortok pentek szombat vasarnap pzt sal car per cum cmt paz
    """.split(separator: " ").map(String.init))

  private static let months: [String: Int] = {
    let rows = [
      "jan janv janvier januar enero ene gennaio gen janeiro januari januar sty styczen leden янв января январь ιαν januar ocak oca jan",
      "feb fevr fevrier februar febrero febbraio fevereiro fev februari lut luty unor фев февраля февраль φεβ februar subat sub",
      "mar mars marz marzo mrt maart marca marzec brezen мар марта март μαρ μαρτ marcius mart marz mrz",
      "apr avril avr abril abr aprile april kwi kwiecien duben апр апреля апрель απρ aprilis nisan nis",
      "may mai mayo maggio mag maio mei maj kveten мая май μαι μαιου majus mayis",
      "jun juin juni junio giugno giu junho cze czerwiec cerven июн июня июнь ιουν junius haziran haz",
      "jul juil juillet juli julio luglio lug julho lip lipiec cervenec июл июля июль ιουλ julius temmuz tem",
      "aug aout august agosto ago augustus sie sierpien srpen авг августа август αυγ augusztus agustos agu",
      "sep sept septembre september septiembre settembre set setembro wrz wrzesien zari сен сентября сентябрь σεπ σεπτ szeptember eylul eyl",
      "oct octobre okt oktober octubre ottobre ott outubro out paz pazdziernik rijen окт октября октябрь οκτ oktober ekim eki",
      "nov novembre november noviembre novembro lis listopad listopad ноя ноября ноябрь νοε november kasim kas",
      "dec decembre dez dezember diciembre dic dicembre dezembro december des desember gru grudzien prosinec дек декабря декабрь δεκ december aralik ara",
    ]
    var table: [String: Int] = [:]
    for (position, row) in rows.enumerated() {
      for name in row.split(separator: " ") {
        if table[String(name)] == nil { table[String(name)] = position + 1 }
      }
    }
    return table
  }()
}

/// Time zones by the names that dates give them.
enum TimeZones {
  static func offsetSeconds(named name: String, language: String?) -> Int? {
    let name = name.lowercased()
    if name == "cst", language?.hasPrefix("zh") ?? false { return 8 * 3_600 }
    if let hours = hours[name] { return Int(hours * 3_600) }
    if name.count == 1, let letter = name.first, letter.isASCII, letter.isLetter, letter != "t" {
      return 0
    }
    return nil
  }

  /// The offset of a place of the zone database at a moment of its own clocks, daylight saving
  /// included; nil for a place that is not in it.
  static func offsetSeconds(inZone name: String?, at local: Timestamp?) -> Int? {
    guard let name, let local, let identifier = identifiers[name.lowercased()],
      let zone = TimeZone(identifier: identifier)
    else { return nil }
    func offset(_ guess: Int) -> Int {
      let moment = Double(local.secondsSince1970) - Double(guess)
      return zone.secondsFromGMT(for: Date(timeIntervalSince1970: moment))
    }
    return offset(offset(0))
  }

  static func isKnown(_ zone: String) -> Bool { identifiers[zone.lowercased()] != nil }

  private static let identifiers = Dictionary(
    TimeZone.knownTimeZoneIdentifiers.map { ($0.lowercased(), $0) }, uniquingKeysWith: { $1 })

  private static let hours: [String: Double] = [
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "etc/gmt": 0, "etc/utc": 0, "est": -5, "edt": -4,
    "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8,
    "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "at": -4, "et": -5, "ct": -6, "mt": -7,
    "pt": -8, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "eet": 2,
    "eest": 3, "msk": 3, "ist": 5.5, "hkt": 8, "sgt": 8, "jst": 9, "kst": 9, "awst": 8,
    "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
  ]
}
