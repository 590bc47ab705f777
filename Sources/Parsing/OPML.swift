import CLibXML2
public import Feeds

/// Lists of subscriptions in OPML: 1.0, 1.1 and 2.0 are read, 2.0 is written
/// (http://opml.org/spec2.opml).
public enum OPML {
  /// Outlines beyond this are not read.
  static let outlineLimit = 100_000

  /// Reads a list; what cannot be subscribed to is among its refusals.
  ///
  /// - Parameter allowsFiles: whether feeds may be files.
  public static func read(
    _ bytes: [UInt8], contentType: String? = nil, allowsFiles: Bool = false
  ) throws(NotOPML) -> Subscriptions {
    let source = Charset.decode(bytes, contentType: contentType).bytes
    var preclean = Preclean(source)
    let reader = OutlineReader(lines: outlineLines(source), allowsFiles: allowsFiles)
    reader.parse(&preclean)
    guard reader.root == "opml" else { throw NotOPML(root: reader.root) }
    var list = reader.list
    list.items = reader.tree.items
    return list
  }

  /// The lines on which outlines begin, in order; comments and the like are skipped.
  ///
  /// They are counted before repairs, which take out comments with their line ends.
  private static func outlineLines(_ source: [UInt8]) -> [Int] {
    var lines: [Int] = []
    var line = 1
    var place = 0
    func isAt(_ word: StaticString) -> Bool {
      word.withUTF8Buffer { word in
        place + word.count <= source.count
          && zip(source[place..<place + word.count], word).allSatisfy { byte, other in
            (0x41...0x5A).contains(byte) ? byte | 0x20 == other : byte == other
          }
      }
    }
    func skip(to end: StaticString) {
      while place < source.count, !isAt(end) {
        if source[place] == 0x0A { line += 1 }
        place += 1
      }
    }
    while place < source.count {
      switch source[place] {
      case 0x0A: line += 1
      case 0x3C:
        if isAt("<!--") {
          skip(to: "-->")
        } else if isAt("<![cdata[") {
          skip(to: "]]>")
        } else if isAt("<?") {
          skip(to: "?>")
        } else if isAt("<outline") {
          lines.append(line)
        }
      default: break
      }
      place += 1
    }
    return lines
  }
}

/// That bytes are no OPML.
public struct NotOPML: Error, Equatable, Sendable {
  /// The name of the root element; nil when there is none.
  public var root: String?
}

/// Takes outlines from libxml2 one after another, so that depth costs nothing.
private final class OutlineReader {
  private(set) var list = Subscriptions()
  private(set) var tree = Subscriptions.Builder()
  private(set) var root: String?
  private let lines: [Int]
  private let allowsFiles: Bool
  private var outlineCount = 0
  /// One for each outline that is open: what it adds to the path of folders, if anything.
  private var open: [String?] = []
  /// The names of the folders we are in, none deeper than the limit.
  private var path: [String] = []

  init(lines: [Int], allowsFiles: Bool) {
    self.lines = lines
    self.allowsFiles = allowsFiles
  }

  func parse(_ preclean: inout Preclean) {
    var handler = xmlSAXHandler()
    handler.startElementNs = { context, name, prefix, _, _, _, count, _, attributes in
      OutlineReader.from(context)?.start(name, prefix, Int(count), attributes)
    }
    handler.endElementNs = { context, name, _, _ in OutlineReader.from(context)?.end(name) }
    // Setting it silences the variadic handlers.
    handler.serror = { _, _ in }
    // HUGE lifts the limit of depth: nothing here grows with it but one list.
    let context = Unmanaged.passUnretained(self).toOpaque()
    guard let push = XMLPush(handler, context: context, options: XML_PARSE_HUGE) else { return }
    preclean.run { push.feed($0) }
    push.finish()
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> OutlineReader? {
    context.map { Unmanaged<OutlineReader>.fromOpaque($0).takeUnretainedValue() }
  }
}

extension OutlineReader {
  private static func string(_ text: UnsafePointer<xmlChar>?) -> String {
    text.map { String(cString: $0) } ?? ""
  }

  private func start(
    _ name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?, _ count: Int,
    _ values: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  ) {
    let name = Self.string(name).lowercased()
    if root == nil { root = name }
    guard name == "outline" else { return }
    var attributes: [String: String] = [:]
    if let values {
      for position in 0..<count {
        let fields = values.advanced(by: position * 5)
        guard let start = fields[3], let end = fields[4], end >= start else { continue }
        var name = Self.string(fields[0]).lowercased()
        let prefix = Self.string(fields[1]).lowercased()
        if !prefix.isEmpty { name = prefix + ":" + name }
        let value = String(
          decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        if attributes[name] == nil { attributes[name] = value }
      }
    }
    outlineCount += 1
    open.append(outline(attributes))
  }

  private func end(_ name: UnsafePointer<xmlChar>?) {
    guard Self.string(name).lowercased() == "outline", let folder = open.popLast() else { return }
    if folder != nil { path.removeLast() }
  }

  private var line: Int {
    lines.indices.contains(outlineCount - 1) ? lines[outlineCount - 1] : lines.last ?? 1
  }

  private func refuse(_ reason: Refusal.Reason, _ subject: String) {
    list.refusals.append(Refusal(line: line, reason: reason, subject: subject))
  }

  /// Takes one outline in; returns the name of the folder it opens, if it opens one.
  private func outline(_ attributes: [String: String]) -> String? {
    func value(_ name: String) -> String? {
      attributes[name].flatMap { value in
        let text = WhiteSpace.collapsed(value)
        return text.isEmpty ? nil : text
      }
    }
    guard outlineCount <= OPML.outlineLimit else {
      if outlineCount == OPML.outlineLimit + 1 { refuse(.tooMany, value("text") ?? "") }
      return nil
    }
    let text = value("text")
    if let address = value("xmlurl") {
      addFeed(address, text, value)
      return nil
    }
    let type = value("type")?.lowercased() ?? ""
    if type == "include" || type == "link" {
      refuse(.reference(type), FeedAddress.shown(value("url") ?? text ?? ""))
      return nil
    }
    guard let name = text ?? value("title"), path.count < Subscriptions.deepestFolder else {
      return nil
    }
    path.append(name)
    if value("yue:folder") != nil { tree.addFolder(path) }
    return name
  }

  private func addFeed(_ address: String, _ text: String?, _ value: (String) -> String?) {
    let found: FeedAddress
    switch FeedAddress.read(address, allowsFiles: allowsFiles) {
    case .success(let address): found = address
    case .failure(let refusal): return refuse(refusal.reason, FeedAddress.shown(address))
    }
    var feed = Subscription(url: found.url, userInfo: found.userInfo)
    feed.customTitle = value("yue:title")
    feed.title = value("title")
    if let text, feed.customTitle == nil, text != address, text != found.url {
      if feed.title == nil {
        feed.title = text
      } else if text != feed.title {
        feed.customTitle = text
      }
    }
    feed.link = value("htmlurl")
    feed.description = value("description")
    feed.isHidden = value("yue:hidden") == "true"
    // A category with a slash is a path; one without is a tag (OPML 2.0, "category").
    let categories = (value("category") ?? "").split(separator: ",").prefix(64).compactMap {
      $0.contains("/")
        ? $0.split(separator: "/").map { WhiteSpace.collapsed(String($0)) }.filter { !$0.isEmpty }
        : nil
    }.filter { !$0.isEmpty }
    if !path.isEmpty || categories.isEmpty { tree.add(feed, to: path) }
    for names in categories { tree.add(feed, to: names) }
  }
}

extension OPML {
  /// Writes a list as OPML 2.0; users and passwords stay here.
  ///
  /// - Parameter createdAt: for the head, when it is to have a date.
  public static func text(
    of list: Subscriptions, title: String = "Subscriptions", createdAt: Timestamp? = nil
  ) -> String {
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <opml version="2.0" xmlns:yue="https://yue.invalid/opml">
        <head>
          <title>\(escaped(title))</title>

      """
    if let createdAt { text += "    <dateCreated>\(rfc822(createdAt))</dateCreated>\n" }
    text += "  </head>\n  <body>\n"
    write(list.items, indent: "    ", to: &text)
    return text + "  </body>\n</opml>\n"
  }

  private static func write(_ items: [Subscriptions.Item], indent: String, to text: inout String) {
    for item in items {
      switch item {
      case .feed(let feed):
        var attributes = [("text", feed.shownTitle)]
        if let title = feed.title { attributes.append(("title", title)) }
        attributes += [("type", "rss"), ("xmlUrl", FeedAddress.shown(feed.url))]
        if let link = feed.link { attributes.append(("htmlUrl", link)) }
        if let description = feed.description { attributes.append(("description", description)) }
        if let title = feed.customTitle { attributes.append(("yue:title", title)) }
        if feed.isHidden { attributes.append(("yue:hidden", "true")) }
        text += indent + "<outline"
        for (name, value) in attributes { text += " \(name)=\"\(escaped(value))\"" }
        text += "/>\n"
      case .folder(let folder):
        text += indent + "<outline text=\"\(escaped(folder.name))\""
        if folder.items.isEmpty {
          text += " yue:folder=\"true\"/>\n"
        } else {
          text += ">\n"
          write(folder.items, indent: indent + "  ", to: &text)
          text += indent + "</outline>\n"
        }
      }
    }
  }

  /// Text as it may stand in an attribute (XML 1.0 §2.2, §3.3.3).
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\r", "\t": result += "&#\(scalar.value);"
      case "\u{0}"..."\u{1F}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// `Tue, 24 Nov 2026 15:29:00 GMT` (RFC 822 with four digits, as OPML 2.0 asks).
  static func rfc822(_ time: Timestamp) -> String {
    let parts = time.parts()
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func name(_ position: Int, _ names: [String]) -> String {
      names.indices.contains(position) ? names[position] : ""
    }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(name(parts.weekday, days)), \(two(parts.day)) \(name(parts.month - 1, months)) "
      + "\(parts.year) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) GMT"
  }
}
