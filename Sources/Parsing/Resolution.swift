import Feeds

/// Relative addresses are resolved when the whole feed is read: an RSS channel's link, their base,
/// may follow the items.
enum Resolution {
  static func resolve(_ feed: inout ParsedFeed, documentURL: String?) {
    let isRSS = feed.format == .rss
    func isAbsolute(_ text: String?) -> Bool {
      let scheme = text.flatMap(References.Parts.init)?.scheme?.lowercased()
      return scheme == "http" || scheme == "https"
    }
    // RSS has no base of its own and is served by proxies, hence the channel's link first.
    let base = isRSS && isAbsolute(feed.link) ? feed.link : documentURL
    func full(_ text: String?) -> String? { text.map { References.resolve($0, against: base) } }
    feed.link = full(feed.link)
    // Addresses of people are links; those of an RSS feed are seldom more than a name.
    if !isRSS {
      for position in feed.authors.indices {
        feed.authors[position].uri = full(feed.authors[position].uri)
      }
      for position in feed.contributors.indices {
        feed.contributors[position].uri = full(feed.contributors[position].uri)
      }
    }
    feed.selfLink = full(feed.selfLink)
    feed.image = full(feed.image)
    feed.icon = full(feed.icon)
    for position in feed.links.indices where !feed.links[position].href.isEmpty {
      feed.links[position].href = References.resolve(feed.links[position].href, against: base)
    }
    feed.baseURL = base ?? feed.selfLink ?? (feed.format == .atom ? feed.link : nil)
    let people = isRSS ? [] : feed.authors
    let language = isRSS ? nil : feed.language
    feed.entries.mutateEach { entry in
      // Bases by xml:base are in the entry already.
      let own = entry.baseURL ?? base
      entry.statedBaseURL = entry.baseURL ?? documentURL
      entry.baseURL = own
      resolve(&entry, against: own, isRSS: isRSS)
      if entry.authors.isEmpty { entry.authors = people }
      if entry.language == nil { entry.language = language }
    }
  }

  private static func resolve(_ entry: inout ParsedEntry, against base: String?, isRSS: Bool) {
    func resolve(_ reference: inout String?) {
      if let relative = reference { reference = References.resolve(relative, against: base) }
    }
    resolve(&entry.link)
    resolve(&entry.originalLink)
    resolve(&entry.commentsLink)
    resolve(&entry.commentsFeed)
    resolve(&entry.image)
    for number in entry.enclosures.indices {
      entry.enclosures[number].url = References.resolve(entry.enclosures[number].url, against: base)
    }
    for number in entry.authors.indices where !isRSS { resolve(&entry.authors[number].uri) }
    for number in entry.links.indices where !entry.links[number].href.isEmpty {
      entry.links[number].href = References.resolve(entry.links[number].href, against: base)
    }
  }
}
