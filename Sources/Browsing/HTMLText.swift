import Documents
import Feeds

/// A document as HTML: what `pipe --html` gives.
///
/// It is written anew from what was understood of the feed's own HTML, so that no script, no form
/// and no invisible picture of it reaches another program. Formulas keep their bytes.
struct HTMLText {
  private let document: Document
  /// What stands in each container, in reading order; the last one is the article itself.
  private var contents: [[Part]]
  private var result = ""

  private enum Part {
    case block(Int)
    case container(Int)
  }

  /// A whole page: head, title, where it comes from, and the text.
  static func page(of article: Article) -> String {
    let title = escaped(article.title)
    var page = "<!DOCTYPE html>\n<html"
    if let language = article.document.language { page += " lang=\"\(escaped(language))\"" }
    page += ">\n<head>\n<meta charset=\"utf-8\">\n<title>\(title)</title>\n</head>\n<body>\n"
    page += "<h1>\(title)</h1>\n"
    if let address = article.entry.address {
      page += "<p>\(anchor(address, escaped(address)))</p>\n"
    }
    return page + text(of: article.document) + "</body>\n</html>\n"
  }

  static func text(of document: Document) -> String {
    var html = HTMLText(document)
    html.write(html.contents.count - 1)
    return html.result
  }

  private init(_ document: Document) {
    self.document = document
    let count = document.containers.count
    // A container begins where the first block in it does; one without blocks, behind the one
    // before it.
    var starts = [Int](repeating: .max, count: count)
    for (place, block) in document.blocks.enumerated() {
      var container = block.container
      while let current = container, starts.indices.contains(current) {
        starts[current] = min(starts[current], place)
        container = document.containers[current].parent.flatMap { $0 < current ? $0 : nil }
      }
    }
    var parts = [[(start: Int, part: Part)]](repeating: [], count: count + 1)
    for (place, container) in document.containers.enumerated() {
      let parent = container.parent.flatMap { $0 < place ? $0 : nil } ?? count
      let start = starts[place] == .max ? parts[parent].last?.start ?? 0 : starts[place]
      parts[parent].append((start, .container(place)))
    }
    for (place, block) in document.blocks.enumerated() {
      let parent = block.container.flatMap { $0 < count ? $0 : nil } ?? count
      parts[parent].append((place, .block(place)))
    }
    contents = parts.map { inside in
      inside.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
        .map(\.element.part)
    }
  }

  // MARK: Blocks

  private mutating func write(_ container: Int) {
    for part in contents[container] {
      switch part {
      case .block(let block): write(document.blocks[block])
      case .container(let inner):
        let (opening, closing) = tags(of: document.containers[inner].kind)
        result += opening
        write(inner)
        result += closing + "\n"
      }
    }
  }

  private func tags(of kind: Container.Kind) -> (opening: String, closing: String) {
    func pair(_ name: String, _ attributes: String = "") -> (String, String) {
      ("<\(name)\(attributes)>\n", "</\(name)>")
    }
    switch kind {
    case .quote: return pair("blockquote")
    case .list(let numbering): return pair(numbering == nil ? "ul" : "ol")
    case .item(let number, let isDone):
      var (opening, closing) = pair("li", number.map { " value=\"\($0)\"" } ?? "")
      if let isDone { opening += isDone ? "☑ " : "☐ " }
      return (opening, closing)
    case .term: return pair("dt")
    case .definition: return pair("dd")
    case .details: return pair("details")
    case .figure: return pair("figure")
    case .caption: return pair("figcaption")
    case .table: return pair("table")
    case .row: return pair("tr")
    case .cell(let columns, let rows, let isHeader, _):
      return pair(
        isHeader ? "th" : "td",
        (columns > 1 ? " colspan=\"\(columns)\"" : "") + (rows > 1 ? " rowspan=\"\(rows)\"" : ""))
    }
  }

  private mutating func write(_ block: Block) {
    switch block.kind {
    case .rule: result += "<hr>\n"
    case .heading(let level):
      let name = "h\(max(1, min(level, 6)))"
      result += "<\(name)>\(inline(block.range))</\(name)>\n"
    case .code(let language):
      let attribute = language.map { " class=\"language-\(Self.escaped($0))\"" } ?? ""
      let text = Self.escaped(document.string(block.range))
      result += "<pre><code\(attribute)>\(text)</code></pre>\n"
    case .paragraph, .formula: result += "<p>\(inline(block.range))</p>\n"
    case .image(let image):
      let text = inline(block.range)
      let isShown = text.contains("<img ")
      result += "<p>\(isShown ? text : picture(image, document.string(block.range)))</p>\n"
    }
  }

  // MARK: Inside a block

  /// The text of a range with its spans, which are nested and sorted, the outer one first.
  private func inline(_ range: Range<Int>) -> String {
    let spans = document.spans(in: range).filter {
      $0.range.upperBound <= range.upperBound && !$0.range.isEmpty
    }
    var next = 0
    return inline(range, spans, &next)
  }

  private func inline(
    _ range: Range<Int>, _ spans: [Documents.Span], _ next: inout Int
  ) -> String {
    var text = ""
    var place = range.lowerBound
    while next < spans.count, spans[next].range.lowerBound < range.upperBound {
      let span = spans[next]
      next += 1
      // What crosses the one before it is left out; there should be none.
      guard span.range.lowerBound >= place, span.range.upperBound <= range.upperBound else {
        continue
      }
      text += plain(place..<span.range.lowerBound)
      let inside = inline(span.range, spans, &next)
      text += element(span, inside)
      place = span.range.upperBound
    }
    return text + plain(place..<max(place, range.upperBound))
  }

  private func element(_ span: Documents.Span, _ inside: String) -> String {
    switch span.role {
    case .emphasis: "<em>\(inside)</em>"
    case .strong: "<strong>\(inside)</strong>"
    case .code: "<code>\(inside)</code>"
    case .key: "<kbd>\(inside)</kbd>"
    case .deleted: "<del>\(inside)</del>"
    case .inserted: "<ins>\(inside)</ins>"
    case .mark: "<mark>\(inside)</mark>"
    case .small: "<small>\(inside)</small>"
    case .superscript, .footnoteReference: "<sup>\(inside)</sup>"
    case .subscript: "<sub>\(inside)</sub>"
    case .rubyReading: "（\(inside)）"
    case .formula: Self.escaped(document.string(span.range))
    case .image(let image): picture(image, document.string(span.range))
    case .link(let link):
      document.links.indices.contains(link)
        ? Self.anchor(document.links[link].target, inside) : inside
    }
  }

  private func picture(_ image: Int, _ label: String) -> String {
    guard document.images.indices.contains(image) else { return Self.escaped(label) }
    let source = document.images[image].source
    guard Self.isHarmless(source) else { return Self.escaped(label) }
    return "<img src=\"\(Self.escaped(source))\" alt=\"\(Self.escaped(label))\">"
  }

  private func plain(_ range: Range<Int>) -> String {
    range.isEmpty ? "" : Self.escaped(document.string(range)).replacing("\n", with: "<br>\n")
  }

  private static func anchor(_ address: String, _ inside: String) -> String {
    isHarmless(address) ? "<a href=\"\(escaped(address))\">\(inside)</a>" : inside
  }

  /// Whether a program may be handed an address: not one that is itself a program.
  private static func isHarmless(_ address: String) -> Bool {
    // Browsers leave blanks and controls out before they look for the scheme.
    let visible = address.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }
    let text = String(String.UnicodeScalarView(visible))
    guard let colon = text.firstIndex(of: ":") else { return true }
    let scheme = text[..<colon].lowercased()
    guard !scheme.contains(where: { "/?#".contains($0) }) else { return true }
    return ["http", "https", "mailto", "gemini", "gopher"].contains(scheme)
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default:
        // Control characters have no place in a page.
        if scalar.value >= 0x20 || scalar == "\n" || scalar == "\t", scalar.value != 0x7F {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }
}
