import Feeds

/// RSS 0.9x, 1.0 and 2.0 with the extensions found in the wild (docs/feeds.md §2).
enum RSSParser {
  static func feed(_ root: XMLElement, _ builder: FeedBuilder) -> ParsedFeed {
    var feed = ParsedFeed(format: .rss, version: version(root), encoding: "utf-8")
    let channel =
      root.name == "channel" ? root : root.elements.first { $0.name == "channel" } ?? root
    feed.title =
      builder.text(channel.first("", "title")) ?? builder.text(channel.first("dc", "title"))
    feed.title = feed.title.map(PlainText.title)
    let links = atomLinks(channel)
    feed.links = links
    feed.link = link(of: channel) ?? links.first { $0.rel == "alternate" }?.href
    // Microsoft's channel definition format has attributes for these.
    if feed.link == nil, let address = channel["href"] {
      feed.link = address
      feed.links.append(ParsedLink(href: address, rel: "alternate"))
    }
    feed.selfLink = links.first { $0.rel == "self" }?.href
    if root.name == "rdf" { feed.id = channel.attribute("rdf", "about") }
    feed.descriptionHTML =
      markup(channel.first("", "description")) ?? markup(channel.first("itunes", "summary"))
      ?? markup(channel.first("itunes", "subtitle")) ?? markup(channel.first("dc", "description"))
      ?? markup(channel.first("", "tagline")) ?? markup(channel.first("", "abstract"))
    feed.language =
      builder.firstText(channel.first("", "language"), channel.first("dc", "language"))
      ?? channel.language
    let language = feed.language
    feed.updated = builder.firstDate(
      channel.first("", "lastbuilddate"), channel.first("dcterms", "modified"),
      channel.first("dc", "date"), channel.first("atom", "updated"), channel.first("", "pubdate"),
      language: language)
    if feed.updated == nil, let text = channel["lastmod"] {
      feed.updated = builder.date(text, language: language)
    }
    feed.published = builder.firstDate(
      channel.first("", "pubdate"), channel.first("dcterms", "issued"), channel.first("dc", "date"),
      language: language)
    feed.authors = people(
      channel,
      [
        ("", "managingeditor"), ("", "author"), ("dc", "creator"), ("dc", "author"),
        ("itunes", "author"), ("", "webmaster"),
      ])
    if feed.authors.count == 1, feed.authors[0].email == nil,
      let owner = channel.first("itunes", "owner"),
      let email = builder.text(owner.first("itunes", "email"))
    {
      feed.authors[0].email = email
    }
    feed.contributors = channel.all("dc", "contributor").map { Names.person($0.text) }
    feed.categories = categories(channel)
    let images = channel.all("", "image") + (channel === root ? [] : root.all("", "image"))
    feed.image = image(of: channel, images, builder)
    feed.icon = builder.firstText(channel.first("webfeeds", "icon"))
    feed.copyright = builder.firstText(
      channel.first("", "copyright"), channel.first("dc", "rights"),
      channel.first("media", "copyright"))
    feed.generator =
      builder.firstText(channel.first("", "generator"))
      ?? channel.first("admin", "generatoragent")?.attribute("rdf", "resource")
    if let minutes = builder.count(builder.text(channel.first("", "ttl"))),
      (1...525_600).contains(minutes)
    {
      feed.ttlMinutes = minutes
    }
    feed.updatePeriodSeconds = updatePeriod(channel, builder)
    feed.skipHours =
      (channel.first("", "skiphours")?.all("", "hour") ?? []).compactMap { builder.count($0.text) }
      .filter { $0 <= 24 }
    feed.skipDays = (channel.first("", "skipdays")?.all("", "day") ?? []).map {
      $0.text.trimmingWhiteSpace
    }
    return feed
  }

  static func entry(_ item: XMLElement, _ builder: FeedBuilder) -> ParsedEntry {
    var entry = ParsedEntry()
    entry.baseURL = item.base
    let guid = item.first("", "guid")
    entry.id =
      literal(guid) ?? item.attribute("rdf", "about")
      ?? builder.firstText(item.first("dc", "identifier"))
    entry.title =
      (builder.text(item.first("", "title")) ?? builder.text(item.first("dc", "title"))
      ?? builder.text(media(item).first { $0.name == "title" })).map(PlainText.title)
    readLinks(of: item, guid, into: &entry, builder)
    let language = builder.firstText(item.first("dc", "language")) ?? item.language
    entry.language = language ?? item.first("content", "encoded")?.language
    readDates(of: item, language: language, into: &entry, builder)
    readPeople(of: item, into: &entry)
    readTexts(of: item, into: &entry)
    entry.enclosures = enclosures(item, builder)
    entry.image = image(of: item, builder)
    entry.categories = categories(item)
    readComments(of: item, into: &entry, builder)
    if let source = item.first("", "source") {
      entry.source = ParsedSource(
        title: builder.text(source).map(PlainText.title), link: source["url"])
    }
    entry.copyright = builder.firstText(
      item.first("dc", "rights"), item.first("media", "copyright"))
    entry.duration = builder.firstText(item.first("itunes", "duration"))
    return entry
  }

  private static func readLinks(
    of item: XMLElement, _ guid: XMLElement?, into entry: inout ParsedEntry, _ builder: FeedBuilder
  ) {
    entry.links = atomLinks(item)
    entry.link = link(of: item) ?? entry.links.first { $0.rel == "alternate" }?.href
    if entry.link == nil, let guid, guid["ispermalink"]?.lowercased() != "false", let id = entry.id
    {
      let scheme = References.Parts(id)?.scheme?.lowercased()
      if scheme == "http" || scheme == "https" || id.hasPrefix("/") { entry.link = id }
    }
    if entry.link == nil { entry.link = item.first("media", "player")?["url"] }
    if entry.link == nil, let address = item["href"] {
      entry.link = address
      entry.links.append(ParsedLink(href: address, rel: "alternate"))
    }
    entry.originalLink = builder.firstText(item.first("feedburner", "origlink"))
    for enclosure in item.all("", "enclosure") {
      guard let address = enclosure["url"] ?? enclosure["href"] else { continue }
      entry.links.append(
        ParsedLink(
          href: address, rel: "enclosure", type: enclosure["type"],
          length: builder.byteCount(enclosure["length"])))
    }
  }

  private static func readDates(
    of item: XMLElement, language: String?, into entry: inout ParsedEntry, _ builder: FeedBuilder
  ) {
    // An unknown language: without any `1/2/2003` would be American.
    let language = language ?? ""
    entry.published = builder.firstDate(
      item.first("", "pubdate"), item.first("dcterms", "issued"), item.first("dcterms", "created"),
      item.first("dc", "date"), item.first("atom", "published"), language: language)
    entry.updated = builder.firstDate(
      item.first("atom", "updated"), item.first("dcterms", "modified"), item.first("dc", "date"),
      language: language)
    if entry.updated == nil { entry.updated = builder.date(item["lastmod"], language: language) }
  }

  private static func readPeople(of item: XMLElement, into entry: inout ParsedEntry) {
    // Whichever of the names for an author the feed has first.
    let names = [("", "author"), ("dc", "creator"), ("dc", "author")]
    let first = item.elements.lazy.compactMap { child in
      names.first { child.name == $0.1 && child.space == $0.0 }
    }.first
    entry.authors = people(item, (first.map { [$0] } ?? []) + names + [("itunes", "author")])
    if entry.authors.isEmpty { entry.authors = AtomParser.people(item, "author") }
    entry.contributors = item.all("dc", "contributor").map { Names.person($0.text) }
  }

  /// The body and the summary, which have many names.
  private static func readTexts(of item: XMLElement, into entry: inout ParsedEntry) {
    entry.contentHTML =
      markup(item.first("content", "encoded")) ?? markup(item.first("xhtml", "body"))
      ?? markup(item.first("xhtml", "div")) ?? markup(item.first("", "body"))
      ?? markup(item.first("", "fullitem"))
      ?? AtomParser.content(item)
    let summaries = [
      item.first("", "description"), item.first("itunes", "summary"),
      item.first("itunes", "subtitle"), media(item).first { $0.name == "description" },
      item.first("dc", "description"), item.first("", "abstract"),
    ].compactMap { $0 }
    entry.summaryHTML = summaries.first.flatMap { markup($0) }
    if entry.summaryHTML?.isEmpty ?? true,
      let later = summaries.dropFirst().lazy.compactMap({ markup($0) }).first(where: { !$0.isEmpty }
      )
    {
      entry.summaryHTML = later
    }
    guard let summary = item.first("", "summary") else { return }
    // Two bodies without a name for the longer one: the first is the summary.
    if entry.contentHTML == nil, let description = item.first("", "description") {
      let isSummaryFirst = item.elements.first { $0 === summary || $0 === description } === summary
      entry.summaryHTML = markup(isSummaryFirst ? summary : description)
      entry.contentHTML = markup(isSummaryFirst ? description : summary)
    } else if entry.summaryHTML == nil {
      entry.summaryHTML = markup(summary)
    }
  }

  private static func image(of item: XMLElement, _ builder: FeedBuilder) -> String? {
    item.first("itunes", "image")?["href"]
      ?? media(item).first { $0.name == "thumbnail" }?["url"]
      ?? media(item).first { $0.name == "content" && isImage($0) }?["url"]
      ?? item.all("", "enclosure").first { isImage($0) }?["url"]
      ?? builder.firstText(item.first("", "image")?.first("", "url"))
  }

  private static func readComments(
    of item: XMLElement, into entry: inout ParsedEntry, _ builder: FeedBuilder
  ) {
    func replies(arePages: Bool) -> String? {
      entry.links.first {
        $0.rel == "replies" && ($0.type ?? "html").contains("html") == arePages
      }?.href
    }
    // An address with a blank in it is none.
    if let comments = builder.firstText(item.first("", "comments")), !comments.contains(" ") {
      entry.commentsLink = comments
    } else {
      entry.commentsLink = replies(arePages: true)
    }
    entry.commentsFeed =
      builder.firstText(item.first("wfw", "commentrss")) ?? replies(arePages: false)
    entry.commentsCount =
      builder.count(builder.text(item.first("slash", "comments")))
      ?? builder.count(builder.text(item.first("thr", "total")))
  }
}

extension RSSParser {
  private static func version(_ root: XMLElement) -> String {
    switch root.name {
    case "rdf": return "rss10"
    case "rss":
      switch root["version"]?.trimmingWhiteSpace {
      case "0.91": return "rss091u"
      case "0.92": return "rss092"
      case "0.93": return "rss093"
      case "0.94": return "rss094"
      case let version? where version.hasPrefix("2"): return "rss20"
      default: return "rss"
      }
    default: return "rss"
    }
  }

  /// The picture of a channel, by the element that most says so.
  private static func image(
    of channel: XMLElement, _ images: [XMLElement], _ builder: FeedBuilder
  ) -> String? {
    for image in images {
      if let url = address(image.first("", "url")) { return url }
    }
    for image in images {
      if let url = image.attribute("rdf", "resource") { return url }
    }
    let others = [
      channel.first("itunes", "image")?["href"], channel.first("googleplay", "image")?["href"],
      channel.first("media", "thumbnail")?["url"],
      media(channel).first { $0.name == "content" && isImage($0) }?["url"],
      channel.all("itunes", "link").first { $0["rel"] == "image" }?["href"],
    ]
    return others.lazy.compactMap { $0 }.first
  }

  /// The page of a channel or an item.
  ///
  /// Of several links the last one counts; the ones before it are a generator's defaults. Some write
  /// Atom's attribute.
  private static func link(of element: XMLElement) -> String? {
    for link in element.elements.reversed() where link.name == "link" && link.space.isEmpty {
      let text = link.text.trimmingWhiteSpace
      let address = text.isEmpty ? link["href"] ?? "" : text
      guard !address.isEmpty, (link["rel"] ?? "alternate") == "alternate" else { continue }
      return link.base.map { References.resolve(address, against: $0) } ?? address
    }
    return nil
  }

  /// The text of an address, by the base of its element.
  private static func address(_ element: XMLElement?) -> String? {
    guard let element else { return nil }
    let text = element.text.trimmingWhiteSpace
    guard !text.isEmpty else { return nil }
    return element.base.map { References.resolve(text, against: $0) } ?? text
  }

  /// A text that is what it is, whatever it looks like: markup in it is written back.
  private static func literal(_ element: XMLElement?) -> String? {
    guard let element else { return nil }
    return element.elements.isEmpty
      ? element.text.trimmingWhiteSpace : Markup.html(of: element).trimmingWhiteSpace
  }

  static func atomLinks(_ element: XMLElement) -> [ParsedLink] {
    element.all("atom", "link").compactMap { link in
      guard let href = link["href"] else { return nil }
      let base = link.base
      return ParsedLink(
        href: base.map { References.resolve(href, against: $0) } ?? href,
        rel: link["rel"] ?? "alternate", type: link["type"], title: link["title"],
        hreflang: link["hreflang"], length: link["length"].flatMap { Int64($0) })
    }
  }

  /// The content of a text element as HTML: its text, or its child elements written back.
  static func markup(_ element: XMLElement?) -> String? {
    guard let element else { return nil }
    if element.elements.isEmpty {
      if element["encoding"]?.lowercased() == "base64" || element["mode"]?.lowercased() == "base64",
        let decoded = Base64.decoded(element.text)
      {
        return String(decoding: decoded, as: UTF8.self)
      }
      return element.text.trimmingWhiteSpace
    }
    return Markup.html(of: element).trimmingWhiteSpace
  }

  private static func people(_ element: XMLElement, _ names: [(String, String)]) -> [Person] {
    for (space, name) in names {
      let found = element.all(space, name).map(person)
        .filter { $0.name != nil || $0.email != nil }
      if !found.isEmpty { return found.withoutRepetitions() }
    }
    return []
  }

  private static func person(_ element: XMLElement) -> Person {
    // As in Atom: `<author><name>Ross</name></author>`.
    if let name = element.elements.first(where: { $0.name == "name" }) {
      return Names.person(name.text)
    }
    return Names.person(literal(element) ?? "")
  }

  private static func categories(_ element: XMLElement) -> [String] {
    var found: [String] = []
    func add(_ text: String) {
      let text = text.trimmingWhiteSpace
      if !text.isEmpty, !found.contains(text), found.count < 64 { found.append(text) }
    }
    for child in element.elements {
      switch (child.space, child.name) {
      case ("", "category"), ("dc", "subject"), ("media", "category"): add(literal(child) ?? "")
      case ("", "tags"): child.text.split(separator: ",").forEach { add(String($0)) }
      case ("atom", "category"): if let term = child["term"] { add(term) }
      case ("itunes", "keywords"): child.text.split(separator: ",").forEach { add(String($0)) }
      case ("itunes", "category"):
        if let text = child["text"] { add(text) }
        for inner in child.all("itunes", "category") { if let text = inner["text"] { add(text) } }
      default: break
      }
    }
    return found
  }

  /// Elements of Media RSS, those in groups included.
  private static func media(_ element: XMLElement) -> [XMLElement] {
    guard element.elements.contains(where: { $0.space == "media" }) else { return [] }
    return element.elements.flatMap { child -> [XMLElement] in
      guard child.space == "media" else { return [] }
      return child.name == "group" || child.name == "content" ? [child] + media(child) : [child]
    }
  }

  private static func isImage(_ element: XMLElement) -> Bool {
    element["medium"] == "image" || (element["type"] ?? "").hasPrefix("image/")
  }

  static func enclosures(_ item: XMLElement, _ builder: FeedBuilder) -> [Enclosure] {
    var found: [Enclosure] = []
    func add(_ url: String?, _ type: String?, _ length: String?, _ title: String?) {
      guard let url = url?.trimmingWhiteSpace, !url.isEmpty, found.count < 64,
        !found.contains(where: { $0.url == url })
      else { return }
      found.append(
        Enclosure(
          url: url, type: type.flatMap { $0.isEmpty ? nil : $0 },
          byteCount: builder.byteCount(length), title: title))
    }
    let original = builder.firstText(item.first("feedburner", "origenclosurelink"))
    for element in item.all("", "enclosure") {
      add(
        original ?? element["url"] ?? element["href"], element["type"], element["length"],
        element["title"])
    }
    for link in item.all("atom", "link") where link["rel"] == "enclosure" {
      add(link["href"], link["type"], link["length"], link["title"])
    }
    for content in media(item) where content.name == "content" && !isImage(content) {
      add(content["url"], content["type"], content["filesize"], nil)
    }
    return found
  }

  private static func updatePeriod(_ channel: XMLElement, _ builder: FeedBuilder) -> Int? {
    let period: Int
    switch builder.text(channel.first("sy", "updateperiod"))?.lowercased() {
    case "hourly": period = 3_600
    case "daily": period = 86_400
    case "weekly": period = 604_800
    case "monthly": period = 2_592_000
    case "yearly": period = 31_536_000
    default: return nil
    }
    let frequency = builder.count(builder.text(channel.first("sy", "updatefrequency"))) ?? 1
    return frequency > 0 ? period / frequency : period
  }
}

/// Names of people as feeds write them.
enum Names {
  /// `a@b (Name)`, `Name (a@b)`, `Name <a@b>`, `a@b`, or just a name.
  static func person(_ text: String) -> Person {
    var text = text.trimmingWhiteSpace
    guard !text.isEmpty else { return Person() }
    // Most are a name and nothing else.
    guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x28 || $0 == 0x3C || $0 == 0x40 }) else {
      return Person(name: text)
    }
    // Addresses are hidden from robots by references.
    if text.contains("&#") {
      text =
        String(decoding: HTMLReference.decoded(Array(text.utf8)), as: UTF8.self).trimmingWhiteSpace
    }
    for (open, close) in [("(", ")"), ("<", ">")] {
      guard text.hasSuffix(close), let start = text.lastIndex(of: Character(open)) else { continue }
      let outer = String(text[..<start]).trimmingWhiteSpace
      var inner = String(text[text.index(after: start)...].dropLast()).trimmingWhiteSpace
      if inner.hasPrefix("mailto:") { inner = String(inner.dropFirst("mailto:".count)) }
      if isEmail(outer) { return Person(name: inner.isEmpty ? nil : inner, email: outer) }
      if isEmail(inner) { return Person(name: outer.isEmpty ? nil : outer, email: inner) }
    }
    return isEmail(text) ? Person(name: nil, email: text) : Person(name: text)
  }

  private static func isEmail(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".")
      && !text.contains(where: \.isWhitespace)
  }
}

extension [Person] {
  /// The people, each of them once, at most 32.
  func withoutRepetitions() -> [Person] {
    var found: [Person] = []
    for person in self where found.count < 32 && !found.contains(person) { found.append(person) }
    return found
  }
}
