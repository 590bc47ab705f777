/// An element of a feed with what is in it.
final class XMLElement {
  enum Child {
    case element(XMLElement)
    /// Well-formed UTF-8.
    case text(ArraySlice<UInt8>)
  }

  /// The canonical prefix of its namespace: `dc`, `content`, `media`, empty for the feed's own.
  let space: String
  /// Local, lower case.
  let name: String
  let attributes: [(space: String, name: String, value: String)]
  private(set) var children: [Child] = []
  /// Its child elements, in order.
  private(set) var elements: [XMLElement] = []
  /// A bit for each name among them: an entry is asked for some sixty names and has eight.
  private var childNames: UInt64 = 0
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

  func first(_ space: String, _ name: String) -> XMLElement? {
    guard mayHold(space, name) else { return nil }
    return elements.first { $0.isNamed(space, name) }
  }

  func all(_ space: String, _ name: String) -> [XMLElement] {
    guard mayHold(space, name) else { return [] }
    return elements.filter { $0.isNamed(space, name) }
  }

  /// False when no child element has this name; true says nothing.
  private func mayHold(_ space: String, _ name: String) -> Bool {
    childNames & Self.bit(of: space, name) != 0
  }

  private static func bit(of space: String, _ name: String) -> UInt64 {
    1 << ((name.utf8.count &* 5 &+ space.utf8.count &* 11 &+ Int(name.utf8.first ?? 0)) & 63)
  }

  /// The lengths tell most names apart, and are told apart fastest.
  private func isNamed(_ space: String, _ name: String) -> Bool {
    self.name.utf8.count == name.utf8.count && self.space.utf8.count == space.utf8.count
      && self.name == name && self.space == space
  }

  /// All text in it, in order.
  var text: String {
    if children.count == 1, case .text(let bytes) = children[0] { return String(utf8: bytes) }
    var bytes: [UInt8] = []
    var work: [Child] = children.reversed()
    while let child = work.popLast() {
      switch child {
      case .text(let text): bytes += text
      case .element(let element): work += element.children.reversed()
      }
    }
    return String(utf8: bytes[...])
  }
}

extension XMLElement {
  /// Text beyond this is dropped: 8 MiB.
  static let textByteLimit = 8 << 20

  func append(_ element: XMLElement) {
    children.append(.element(element))
    elements.append(element)
    childNames |= Self.bit(of: element.space, element.name)
  }

  /// Adds text to what stands last; false when there is too much of it.
  func append(_ text: ArraySlice<UInt8>) -> Bool {
    // Taken out, so that nothing else holds it and it grows in place.
    switch children.isEmpty ? nil : children.popLast() {
    case .text(var before)?:
      let room = Self.textByteLimit - before.count
      if room > 0 { before += text.count > room ? Self.wholeCharacters(text.prefix(room)) : text }
      children.append(.text(before))
      return text.count <= room
    case let other?: children.append(other)
    case nil: break
    }
    let isShort = text.count <= Self.textByteLimit
    children.append(
      .text(isShort ? text : Self.wholeCharacters(text.prefix(Self.textByteLimit))))
    return isShort
  }

  /// UTF-8 without the beginning of a character at its end.
  private static func wholeCharacters(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text
    while let last = text.last, last & 0xC0 == 0x80 { text.removeLast() }
    if let last = text.last, last >= 0xC0 { text.removeLast() }
    return text
  }

  /// Replaces every text by what it was meant to be.
  func mendTexts(_ mend: (ArraySlice<UInt8>) -> [UInt8]?) {
    for position in children.indices {
      if case .text(let bytes) = children[position], let mended = mend(bytes) {
        children[position] = .text(mended[...])
      }
    }
  }
}

extension String {
  /// Bytes that are known to be well-formed UTF-8, as all text of a document is once it is decoded:
  /// they are not looked at again.
  init(utf8 bytes: ArraySlice<UInt8>) {
    self.init(copying: UTF8Span(unchecked: bytes.span))
  }
}
