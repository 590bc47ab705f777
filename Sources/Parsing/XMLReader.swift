import CLibXML2

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
  private let texts: SetAsideTexts
  private(set) var hasTextsCutOff = false
  /// Text that was UTF-8 taken for Latin-1 once too often.
  private(set) var hasTextsEncodedTwice = false
  /// The namespace of the root element when it is none of those we know.
  private var rootNamespace: UnsafePointer<xmlChar>?
  private var names = NameTable()
  private var spaces = NameTable()
  /// Depth of elements that are not kept because they are nested too deeply.
  private var skippedDepth = 0

  static let depthLimit = 512

  init(
    _ texts: SetAsideTexts, base: String?,
    isUnit: @escaping (_ element: XMLElement, _ parent: XMLElement?) -> Bool,
    unit: @escaping (XMLElement) -> Void
  ) {
    self.texts = texts
    documentBase = base
    self.isUnit = isUnit
    self.unit = unit
  }

  /// Parses a whole document; what is not well-formed is read as far as it can be.
  func parse(_ preclean: inout Preclean) {
    var handler = xmlSAXHandler()
    handler.startElementNs = { context, name, prefix, uri, _, _, count, _, attributes in
      XMLReader.from(context)?.start(name, prefix, uri, Int(count), attributes)
    }
    handler.endElementNs = { context, _, _, _ in XMLReader.from(context)?.end() }
    handler.processingInstruction = { context, _, data in XMLReader.from(context)?.text(data) }
    // White space between elements.
    handler.characters = { context, text, count in
      XMLReader.from(context)?.characters(text, Int(count))
    }
    // Setting it silences the variadic handlers.
    handler.serror = { context, _ in XMLReader.from(context)?.hasErrors = true }
    let context = Unmanaged.passUnretained(self).toOpaque()
    guard let push = XMLPush(handler, context: context, options: XML_PARSE_NOCDATA) else { return }
    preclean.run { push.feed($0) }
    push.finish()
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
        attributes.append((self.space(fields[1], fields[2]), localName(fields[0]), value))
      }
    }
    let name = localName(name)
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
      parent?.append(element)
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
      stack[place].space == space, !holdsEntriesOfOthers(stack[(place + 1)...])
    else { return }
    units.removeLast()
    for element in stack[place...] { finish(element) }
    unit(stack[place])
    endedEarly.formUnion(place..<stack.count)
  }

  /// Atom's `source` and extensions like FeedSync's conflicts hold entries that are none of the
  /// feed's.
  private func holdsEntriesOfOthers(_ elements: ArraySlice<XMLElement>) -> Bool {
    elements.contains {
      ($0.name == "source" && $0.space == "atom") || $0.space.hasPrefix("?")
    }
  }

  private func finish(_ element: XMLElement) {
    element.mendTexts { text in
      if let once = DoubleEncoding.decodedOnce(text) {
        hasTextsEncodedTwice = true
        return texts.holdsC1Controls ? C1Controls.replaced(once[...]) ?? once : once
      }
      return texts.holdsC1Controls ? C1Controls.replaced(text) : nil
    }
  }

  private func end() {
    if skippedDepth > 0 {
      skippedDepth -= 1
      return
    }
    guard let element = stack.popLast() else { return }
    if endedEarly.isEmpty || endedEarly.remove(stack.count) == nil { finish(element) }
    if units.last == stack.count {
      units.removeLast()
      unit(element)
    }
  }

  private func characters(_ text: UnsafePointer<xmlChar>?, _ count: Int) {
    guard let text, count > 0, let element = innermost else { return }
    _ = element.append(Array(UnsafeBufferPointer(start: text, count: count))[...])
  }

  /// A text that was set aside.
  private func text(_ data: UnsafePointer<xmlChar>?) {
    guard skippedDepth == 0, let data, let element = innermost,
      let text = texts.take(Self.number(data))
    else { return }
    if !element.append(text) { hasTextsCutOff = true }
  }

  /// The decimal number a text is.
  private static func number(_ digits: UnsafePointer<xmlChar>) -> Int {
    var number = 0
    var digit = digits
    while (0x30...0x39).contains(digit.pointee), number < 1 << 48 {
      number = number * 10 + Int(digit.pointee - 0x30)
      digit += 1
    }
    return number
  }

  private static func string(_ text: UnsafePointer<xmlChar>?) -> String {
    text.map { String(cString: $0) } ?? ""
  }

  /// With an undeclared prefix libxml2 hands over the whole name.
  private func localName(_ text: UnsafePointer<xmlChar>?) -> String {
    names.value(of: text) { name in
      let name = name.lowercased()
      return name.split(separator: ":").last.map(String.init) ?? name
    }
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
    let known = spaces.value(of: uri, Namespaces.canonicalPrefix)
    guard known.hasPrefix("?") else { return known }
    // Whatever namespace a feed's own elements are said to be in is the feed's own: early drafts of
    // Atom and RSS had others.
    if stack.isEmpty, root == nil { rootNamespace = uri }
    return uri == rootNamespace ? "" : known
  }
}

/// What was made of the names of a document: libxml2 keeps each of them once, so that its place in
/// memory tells it.
private struct NameTable {
  private var fewKeys: [UnsafePointer<xmlChar>] = []
  /// Side by side with the keys.
  private var fewValues: [String] = []
  private var others: [UnsafePointer<xmlChar>: String] = [:]

  mutating func value(
    of key: UnsafePointer<xmlChar>?, _ make: (String) -> String
  ) -> String {
    guard let key else { return make("") }
    if let place = fewKeys.firstIndex(of: key) { return fewValues[place] }
    if let value = others[key] { return value }
    let value = make(String(cString: key))
    if fewKeys.count < 32 {
      fewKeys.append(key)
      fewValues.append(value)
    } else {
      others[key] = value
    }
    return value
  }
}
