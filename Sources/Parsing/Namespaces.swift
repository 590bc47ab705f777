/// The namespaces of feeds.
enum Namespaces {
  static let knownPrefixes: Set<String> = [
    "content", "dc", "dcterms", "sy", "slash", "wfw", "media", "itunes", "googleplay", "thr",
    "feedburner", "atom", "xhtml", "rdf", "admin", "creativecommons", "cc", "podcast", "webfeeds",
    "xml",
  ]

  /// The usual prefix of a namespace; "" for those of feeds themselves, `?` for unknown ones.
  ///
  /// Compared without case, scheme and trailing slash: feeds write all variants.
  static func canonicalPrefix(of uri: String) -> String {
    if let known = cache[uri] { return known }
    var name = uri.lowercased().filter { !$0.isWhitespace }
    for scheme in ["http://", "https://"] where name.hasPrefix(scheme) {
      name = String(name.dropFirst(scheme.count))
    }
    while name.hasSuffix("/") { name.removeLast() }
    if let known = table[name] { return known }
    if name.hasSuffix("dtds/podcast-1.0.dtd") { return "itunes" }
    return name.isEmpty ? "" : "?" + name
  }

  private static let cache = [
    "http://www.w3.org/2005/Atom": "atom", "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc", "http://www.w3.org/XML/1998/namespace": "xml",
  ]

  private static let table = [
    "purl.org/rss/1.0/modules/content": "content", "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/elements/1.0": "dc", "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/syndication": "sy", "purl.org/rss/1.0/modules/slash": "slash",
    "wellformedweb.org/commentapi": "wfw", "search.yahoo.com/mrss": "media",
    "www.rssboard.org/media-rss": "media", "www.google.com/schemas/play-podcasts/1.0": "googleplay",
    "purl.org/syndication/thread/1.0": "thr", "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "www.w3.org/2005/atom": "atom", "purl.org/atom/ns#": "atom", "www.w3.org/1999/xhtml": "xhtml",
    "www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf", "webns.net/mvcb": "admin",
    "purl.org/rss/1.0": "", "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "", "backend.userland.com/rss2": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "backend.userland.com/creativecommonsrssmodule":
      "creativecommons", "web.resource.org/cc": "cc", "podcastindex.org/namespace/1.0": "podcast",
    "webfeeds.org/rss/1.0": "webfeeds", "www.w3.org/xml/1998/namespace": "xml",
    "backend.userland.com/rss": "", "purl.org/net/rss1.1#": "",
  ]
}
