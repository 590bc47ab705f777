/// What is known of elements by their names alone.
enum HTMLElements {
  static func isBlock(_ name: String) -> Bool { blocks.contains(name) }
  /// No formula can begin in them or go on through them.
  static func isOpaque(_ name: String) -> Bool { opaque.contains(name) }
  static func isRaw(_ name: String) -> Bool { raw.contains(name) }
  static func isKnown(_ name: String) -> Bool { known.contains(name) }
  static func isVoid(_ name: String) -> Bool { void.contains(name) }
  static func isForeign(_ name: String) -> Bool { foreign.contains(name) }
  static func isBoolean(_ name: String) -> Bool { boolean.contains(name) }

  private static func names(_ list: String) -> Set<String> {
    Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  private static let blocks = names(
    """
    address article aside blockquote body caption center col colgroup dd details dialog dir div dl
    dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend
    li listing main menu nav ol optgroup option p plaintext pre search section summary table tbody
    td tfoot th thead tr ul xmp
    """)
  private static let opaque = names("script style textarea pre code kbd samp tt")
  private static let raw = names("script style textarea title xmp noembed noframes iframe")
  static let void = names(
    "area base br col embed hr img input link meta param source track wbr frame basefont")
  private static let foreign = names(
    """
    math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom mfenced
    msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd
    mlabeledtr menclose maction semantics annotation annotation-xml svg path g rect circle line
    polyline polygon ellipse text tspan defs use symbol clippath image lineargradient
    radialgradient stop marker mask pattern foreignobject desc
    """)
  private static let known =
    blocks.union(opaque).union(raw).union(void).union(foreign).union(
      names(
        """
        a abbr acronym applet audio b bdi bdo big blink button canvas cite data datalist del dfn em
        font frameset i ins label map mark marquee meter nobr noscript object output picture
        progress q rb rp rt rtc ruby s select slot small span strike strong sub sup svg template
        time u var video portal spacer tex-math
        """))
  private static let boolean = names(
    """
    allowfullscreen async autofocus autoplay checked compact controls default defer disabled
    download formnovalidate hidden inert ismap itemscope loop multiple muted nomodule noshade
    novalidate nowrap open playsinline readonly required reversed selected
    """)
}
