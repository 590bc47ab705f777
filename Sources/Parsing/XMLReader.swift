import CLibXML2

/// An element of a feed with what is in it.
final class XMLElement {
  enum Child {
    case element(XMLElement)
    case text([UInt8])
  }

  /// The canonical prefix of its namespace: `dc`, `content`, `media`, empty for the feed's own.
  let space: String
  /// Local, lower case.
  let name: String
  let attributes: [(space: String, name: String, value: String)]
  var children: [Child] = []
  /// The base of relative addresses in it, by `xml:base`; nil when none is in scope.
  let base: String?
  let language: String?

  init(
    space: String, name: String, attributes: [(space: String, name: String, value: String)],
    base: String?, language: String?
  ) {
    self.space = space
    self.name = name
    self.attributes = attributes
    self.base = base
    self.language = language
  }

  subscript(_ attribute: String) -> String? {
    attributes.first { $0.name == attribute && ($0.space.isEmpty || $0.space == space) }?.value
  }

  func attribute(_ space: String, _ name: String) -> String? {
    attributes.first { $0.space == space && $0.name == name }?.value
  }

  var elements: [XMLElement] {
    children.compactMap { if case .element(let element) = $0 { element } else { nil } }
  }

  func first(_ space: String, _ name: String) -> XMLElement? {
    for case .element(let element) in children where element.name == name && element.space == space
    {
      return element
    }
    return nil
  }

  func all(_ space: String, _ name: String) -> [XMLElement] {
    elements.filter { $0.name == name && $0.space == space }
  }

  /// All text in it, in order.
  var text: String {
    var bytes: [UInt8] = []
    var work: [Child] = [.element(self)]
    while let child = work.popLast() {
      switch child {
      case .text(let text): bytes += text
      case .element(let element): work += element.children.reversed()
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Reads clean XML by libxml2's SAX2 push parser and hands over one element after another.
///
/// Elements for which `isUnit` holds are handed to `unit` when they end and are not kept; so a
/// feed of any size needs the memory of one entry.
final class XMLReader {
  private let isUnit: (_ element: XMLElement, _ parent: XMLElement?) -> Bool
  private let unit: (XMLElement) -> Void
  private var stack: [XMLElement] = []
  private var units: [Int] = []
  /// Places in `stack` of elements that were ended before libxml2 says so; their late end is no
  /// end of anything else.
  private var endedEarly: Set<Int> = []
  private(set) var root: XMLElement?
  private(set) var hasErrors = false
  private(set) var undeclaredPrefixes: Set<String> = []
  private let documentBase: String?
  /// The namespace of the root element when it is none of those we know.
  private var rootNamespace: String?
  /// Depth of elements that are not kept because they are nested too deeply.
  private var skippedDepth = 0

  static let depthLimit = 512

  init(
    base: String?, isUnit: @escaping (_ element: XMLElement, _ parent: XMLElement?) -> Bool,
    unit: @escaping (XMLElement) -> Void
  ) {
    documentBase = base
    self.isUnit = isUnit
    self.unit = unit
  }

  /// Parses a whole document; what is not well-formed is read as far as it can be.
  func parse(_ bytes: [UInt8]) {
    var handler = xmlSAXHandler()
    handler.startElementNs = { context, name, prefix, uri, _, _, count, _, attributes in
      XMLReader.from(context)?.start(name, prefix, uri, Int(count), attributes)
    }
    handler.endElementNs = { context, _, _, _ in XMLReader.from(context)?.end() }
    handler.characters = { context, text, count in
      XMLReader.from(context)?.characters(text, Int(count))
    }
    handler.cdataBlock = handler.characters
    // Setting it silences the variadic handlers.
    handler.serror = { context, _ in XMLReader.from(context)?.hasErrors = true }
    XMLPush.parse(
      bytes, handler, context: Unmanaged.passUnretained(self).toOpaque(),
      options: XML_PARSE_NOCDATA)
    // A document that is cut off never ends its elements.
    while !stack.isEmpty { end() }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> XMLReader? {
    context.map { Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
  }
}

extension XMLReader {
  private func start(
    _ name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?,
    _ uri: UnsafePointer<xmlChar>?, _ count: Int,
    _ values: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  ) {
    guard stack.count - endedEarly.count < Self.depthLimit, skippedDepth == 0 else {
      skippedDepth += 1
      return
    }
    var attributes: [(space: String, name: String, value: String)] = []
    if let values {
      for position in 0..<count {
        let fields = values.advanced(by: position * 5)
        guard let start = fields[3], let end = fields[4], end >= start else { continue }
        let value = String(
          decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        attributes.append(
          (self.space(fields[1], fields[2]), Self.string(fields[0]).lowercased(), value))
      }
    }
    let name = Self.localName(name)
    let space = space(prefix, uri)
    endUnitThatSwallows(name, space)
    let parent = innermost
    var base = parent?.base
    if let own = attributes.first(where: { $0.space == "xml" && $0.name == "base" })?.value {
      base = References.resolve(own, against: base ?? documentBase)
    }
    let language =
      attributes.first { $0.space == "xml" && $0.name == "lang" }?.value ?? parent?.language
    let element = XMLElement(
      space: space, name: name, attributes: attributes, base: base, language: language)
    if isUnit(element, parent) {
      units.append(stack.count)
    } else {
      parent?.children.append(.element(element))
    }
    if stack.isEmpty, root == nil { root = element }
    stack.append(element)
  }

  /// The innermost element that has not ended.
  private var innermost: XMLElement? {
    guard !endedEarly.isEmpty else { return stack.last }
    return stack.indices.last { !endedEarly.contains($0) }.map { stack[$0] }
  }

  /// An entry that begins inside another one ends it and everything that was left open in it:
  /// `<item><description><p>…</description></item><item>`.
  private func endUnitThatSwallows(_ name: String, _ space: String) {
    guard let place = units.last, stack.indices.contains(place), stack[place].name == name,
      stack[place].space == space
    else { return }
    units.removeLast()
    unit(stack[place])
    endedEarly.formUnion(place..<stack.count)
  }

  private func end() {
    if skippedDepth > 0 {
      skippedDepth -= 1
      return
    }
    guard let element = stack.popLast() else { return }
    endedEarly.remove(stack.count)
    if units.last == stack.count {
      units.removeLast()
      unit(element)
    }
  }

  private func characters(_ text: UnsafePointer<xmlChar>?, _ count: Int) {
    guard let text, count > 0, let element = innermost else { return }
    let bytes = UnsafeBufferPointer(start: text, count: count)
    if let last = element.children.indices.last, case .text(var before) = element.children[last] {
      element.children[last] = .text([])
      before.append(contentsOf: bytes)
      element.children[last] = .text(before)
    } else {
      element.children.append(.text(Array(bytes)))
    }
  }

  private static func string(_ text: UnsafePointer<xmlChar>?) -> String {
    text.map { String(cString: $0) } ?? ""
  }

  /// With an undeclared prefix libxml2 hands over the whole name.
  private static func localName(_ text: UnsafePointer<xmlChar>?) -> String {
    let name = string(text).lowercased()
    return name.split(separator: ":").last.map(String.init) ?? name
  }

  private func space(
    _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?
  ) -> String {
    guard let uri else {
      let name = Self.string(prefix).lowercased()
      guard !name.isEmpty else { return "" }
      undeclaredPrefixes.insert(name)
      return Namespaces.knownPrefixes.contains(name) ? name : "?" + name
    }
    let name = Self.string(uri)
    let known = Namespaces.canonicalPrefix(of: name)
    // Whatever namespace a feed's own elements are said to be in is the feed's own: early drafts of
    // Atom and RSS had others.
    if stack.isEmpty, root == nil, known.hasPrefix("?") { rootNamespace = name }
    return known.hasPrefix("?") && name == rootNamespace ? "" : known
  }
}

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
