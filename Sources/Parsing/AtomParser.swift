import Feeds

/// Atom 1.0 (RFC 4287) and 0.3.
enum AtomParser {
  static func feed(_ root: XMLElement, _ builder: FeedBuilder) -> ParsedFeed {
    var feed = ParsedFeed(
      format: .atom, version: root["version"] == "0.3" ? "atom03" : "atom10", encoding: "utf-8")
    feed.title = plain(child(root, "title"))
    feed.links = links(root)
    feed.link = alternate(feed.links)
    feed.selfLink = feed.links.first { $0.rel == "self" && !$0.href.isEmpty }?.href
    feed.id = builder.text(child(root, "id"))
    feed.descriptionHTML = html(child(root, "subtitle") ?? child(root, "tagline"))?.text
    feed.language = root.language ?? builder.firstText(root.first("dc", "language"))
    func date(_ names: String...) -> Timestamp? {
      names.lazy.compactMap { builder.date(builder.text(child(root, $0)), language: feed.language) }
        .first
    }
    feed.updated = date("updated", "modified")
    feed.published = date("published", "created")
    feed.authors = people(root, "author")
    feed.contributors = people(root, "contributor")
    feed.categories = categories(root)
    feed.image = address(child(root, "logo")) ?? address(child(root, "icon"))
    feed.icon = address(child(root, "icon"))
    feed.copyright = plain(child(root, "rights") ?? child(root, "copyright"))
    feed.generator = builder.text(child(root, "generator"))
    return feed
  }

  static func entry(_ element: XMLElement, _ builder: FeedBuilder) -> ParsedEntry {
    var entry = ParsedEntry()
    entry.id = builder.text(child(element, "id"))
    entry.title = plain(child(element, "title"))
    entry.links = links(element)
    entry.link = alternate(entry.links)
    if entry.link == nil, let id = entry.id,
      let scheme = References.Parts(id)?.scheme?.lowercased(),
      scheme == "http" || scheme == "https"
    {
      entry.link = id
    }
    entry.originalLink = builder.firstText(element.first("feedburner", "origlink"))
    entry.language = element.language
    // Of several elements of a name the last one counts: generators append the newer date.
    func date(_ names: String...) -> Timestamp? {
      names.lazy.flatMap { children(element, $0).reversed() }
        .compactMap { builder.date(builder.text($0), language: entry.language) }.first
    }
    entry.published = date("published", "issued", "created")
    entry.updated = date("updated", "modified")
    entry.authors = people(element, "author")
    let source = child(element, "source")
    if entry.authors.isEmpty, let source { entry.authors = people(source, "author") }
    entry.contributors = people(element, "contributor")
    if let content = child(element, "content") {
      entry.baseURL = content.base ?? element.base
      if let body = html(content) {
        entry.contentHTML = body.text
        entry.isContentPlainText = body.isPlain
        entry.language = content.language ?? entry.language
      }
    } else {
      entry.baseURL = element.base
    }
    let media =
      element.first("media", "group")?.first("media", "description")
      ?? element.first("media", "description")
    if let body = html(child(element, "summary")) {
      entry.summaryHTML = body.text
      entry.isSummaryPlainText = body.isPlain
      entry.summaryBaseURL = child(element, "summary")?.base
    } else if let media {
      entry.summaryHTML = Markup.escaped(media.text.trimmingWhiteSpace)
      entry.isSummaryPlainText = true
    }
    entry.enclosures = RSSParser.enclosures(element, builder)
    entry.image =
      element.first("media", "thumbnail")?["url"]
      ?? element.first("media", "group")?.first("media", "thumbnail")?["url"]
    entry.categories = categories(element)
    // An address with a blank in it is none.
    entry.commentsLink =
      children(element, "link").first {
        $0["rel"] == "replies" && ($0["type"] ?? "").contains("html")
          && !($0["href"] ?? "").trimmingWhiteSpace.contains(" ")
      }.flatMap(address(of:))
    let replies = child(element, "link", where: { $0["rel"] == "replies" })
    entry.commentsFeed =
      builder.firstText(element.first("wfw", "commentrss"))
      ?? entry.links.first { $0.rel == "replies" && !($0.type ?? "").contains("html") }?.href
    entry.commentsCount =
      builder.count(builder.text(element.first("slash", "comments")))
      ?? builder.count(builder.text(element.first("thr", "total")))
      ?? builder.count(replies?.attribute("thr", "count"))
    if let source {
      entry.source = ParsedSource(
        title: plain(child(source, "title")), link: alternate(links(source)),
        id: builder.text(child(source, "id")))
    }
    entry.copyright = plain(child(element, "rights") ?? child(element, "copyright"))
    return entry
  }

  /// The content of an RSS item that has Atom's element for it.
  static func content(_ item: XMLElement) -> String? { html(item.first("atom", "content"))?.text }

  static func people(_ element: XMLElement, _ name: String) -> [Person] {
    children(element, name).map { person in
      func text(_ names: String...) -> String? {
        for name in names {
          if let found = child(person, name)?.text.trimmingWhiteSpace, !found.isEmpty {
            return found
          }
        }
        return nil
      }
      guard !person.elements.isEmpty else { return Names.person(person.text) }
      return Person(
        name: text("name"), email: text("email"),
        uri: text("uri", "url", "homepage").map { uri in
          person.base.map { References.resolve(uri, against: $0) } ?? uri
        })
    }.filter { $0.name != nil || $0.email != nil || $0.uri != nil }.withoutRepetitions()
  }
}

extension AtomParser {
  /// A child in the namespace of Atom, or in none.
  private static func child(
    _ element: XMLElement, _ name: String, where accepts: (XMLElement) -> Bool = { _ in true }
  ) -> XMLElement? {
    children(element, name).first(where: accepts)
  }

  private static func children(_ element: XMLElement, _ name: String) -> [XMLElement] {
    element.elements.filter { $0.name == name && ($0.space == "atom" || $0.space.isEmpty) }
  }

  /// Where a link leads, by the base of its element.
  private static func address(of link: XMLElement) -> String? {
    link["href"].map { href in
      href.isEmpty || link.base == nil ? href : References.resolve(href, against: link.base)
    }
  }

  private static func links(_ element: XMLElement) -> [ParsedLink] {
    children(element, "link").map { link in
      let rel = link["rel"] ?? "alternate"
      return ParsedLink(
        href: address(of: link) ?? "", rel: rel,
        type: link["type"] ?? (rel == "self" ? "application/atom+xml" : nil), title: link["title"],
        hreflang: link["hreflang"], length: link["length"].flatMap { Int64($0) })
    }
  }

  /// The page of a feed or entry, by the best type.
  private static func alternate(_ links: [ParsedLink]) -> String? {
    let candidates = links.filter { $0.rel == "alternate" && !$0.href.isEmpty }
    for type in ["text/html", "application/xhtml+xml"] {
      if let link = candidates.first(where: { $0.type == type }) { return link.href }
    }
    return (candidates.first { $0.type == nil } ?? candidates.first)?.href
  }

  private static func categories(_ element: XMLElement) -> [String] {
    var found: [String] = []
    for category in children(element, "category") {
      let term = (category["term"] ?? category.text).trimmingWhiteSpace
      if !term.isEmpty, !found.contains(term), found.count < 64 { found.append(term) }
    }
    for subject in element.all("dc", "subject") {
      let text = subject.text.trimmingWhiteSpace
      if !text.isEmpty, !found.contains(text) { found.append(text) }
    }
    return found
  }

  private static func address(_ element: XMLElement?) -> String? {
    guard let element else { return nil }
    let text = element.text.trimmingWhiteSpace
    guard !text.isEmpty else { return nil }
    return element.base.map { References.resolve(text, against: $0) } ?? text
  }

  /// A text construct as HTML (RFC 4287 §3.1, §4.1.3); `isPlain` when it was text.
  private static func html(_ element: XMLElement?) -> (text: String, isPlain: Bool)? {
    guard let element else { return nil }
    let type = (element["type"] ?? "text").lowercased().trimmingWhiteSpace
    let mode = element["mode"]?.lowercased()
    if mode == "base64", let decoded = Base64.decoded(element.text) {
      return (String(decoding: decoded, as: UTF8.self), false)
    }
    if mode == "escaped" { return (element.text.trimmingWhiteSpace, type.hasPrefix("text/plain")) }
    switch type {
    case "xhtml", "application/xhtml+xml":
      let inner =
        element.elements.count == 1 && element.elements[0].name == "div"
        ? element.elements[0] : element
      return (Markup.html(of: inner).trimmingWhiteSpace, false)
    case "html", "text/html":
      // The type says that the text is HTML, and that goes for the text inside of elements too.
      if !element.elements.isEmpty {
        return (Markup.html(of: element, textIsHTML: true).trimmingWhiteSpace, false)
      }
      return (element.text.trimmingWhiteSpace, false)
    case "text"
    where element["type"] == nil && element.elements.isEmpty && holdsBlocks(element.text):
      return (element.text.trimmingWhiteSpace, false)
    case "text", "text/plain":
      if !element.elements.isEmpty { return (Markup.html(of: element).trimmingWhiteSpace, false) }
      return (Markup.escaped(element.text.trimmingWhiteSpace), true)
    default:
      if type.hasSuffix("+xml") || type.hasSuffix("/xml") || mode == "xml" {
        return (Markup.html(of: element).trimmingWhiteSpace, false)
      }
      if type.hasPrefix("text/") { return (Markup.escaped(element.text.trimmingWhiteSpace), true) }
      if type.contains("/"), let decoded = Base64.decoded(element.text), !decoded.isEmpty {
        return (String(decoding: decoded, as: UTF8.self), false)
      }
      return (element.text.trimmingWhiteSpace, false)
    }
  }

  /// Whether a text that has no type is HTML all the same: it begins with a block of it, and has an
  /// end tag.
  ///
  /// Generators forget the attribute, and nobody means to show tags.
  private static func holdsBlocks(_ text: String) -> Bool {
    let bytes = Array(text.trimmingWhiteSpace.utf8)
    guard bytes.first == 0x3C, let tag = HTMLTag(bytes, at: 0), tag.end != nil, !tag.isEnd,
      HTMLElements.isBlock(tag.name)
    else { return false }
    return ByteScan.first("</", in: bytes, from: 0) != nil
  }

  /// A text construct as plain text.
  private static func plain(_ element: XMLElement?) -> String? {
    guard let element, let body = html(element) else { return nil }
    if element["mode"]?.lowercased() == "base64", let decoded = Base64.decoded(element.text) {
      return PlainText.collapsed(String(decoding: decoded, as: UTF8.self))
    }
    let isPlain = body.isPlain || (element["type"] ?? "text") == "text"
    return isPlain && element.elements.isEmpty
      ? PlainText.collapsed(element.text) : PlainText.title(body.text)
  }
}

/// XML written back as HTML.
enum Markup {
  static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x3C || $0 == 0x3E }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The children of an element, void elements the HTML way.
  ///
  /// - Parameter textIsHTML: text is written as it is, not escaped.
  static func html(of element: XMLElement, textIsHTML: Bool = false) -> String {
    enum Step { case child(XMLElement.Child), text(String) }
    var result = ""
    var work: [Step] = element.children.reversed().map(Step.child)
    while let step = work.popLast() {
      switch step {
      case .text(let text): result += text
      case .child(.text(let bytes)):
        let text = String(utf8: bytes)
        result += textIsHTML ? text : escaped(text)
      case .child(.element(let child)):
        result += "<" + child.name
        for attribute in child.attributes where attribute.space != "xml" {
          let value = escaped(attribute.value).replacing("\"", with: "&quot;")
          result += " \(attribute.name)=\"\(value)\""
        }
        if HTMLElements.isVoid(child.name) {
          result += ">"
        } else {
          result += ">"
          work.append(.text("</\(child.name)>"))
          work += child.children.reversed().map(Step.child)
        }
      }
    }
    return result
  }
}

/// Base64 with white space in it (RFC 4648).
enum Base64 {
  static func decoded(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.utf8 {
      let value: UInt32
      switch byte {
      case 0x41...0x5A: value = UInt32(byte - 0x41)
      case 0x61...0x7A: value = UInt32(byte - 0x61) + 26
      case 0x30...0x39: value = UInt32(byte - 0x30) + 52
      case 0x2B: value = 62
      case 0x2F: value = 63
      case 0x3D: continue
      case _ where WhiteSpace.isBlank(byte): continue
      default: return nil
      }
      bits = bits << 6 | value
      count += 1
      if count == 4 {
        result += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        bits = 0
        count = 0
      }
    }
    if count == 3 { result += [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)] }
    if count == 2 { result.append(UInt8(bits >> 4 & 255)) }
    return count == 1 ? nil : result
  }
}
