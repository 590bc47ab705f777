import Documents

/// Links, images and media.
extension DocumentBuilder {
  func linkRole(_ attributes: [(name: String, value: String)]) -> InlineRun.Role? {
    guard let href = self[attributes, "href"], !href.isEmpty else { return nil }
    let target = href.hasPrefix("#") ? href : References.resolve(href, against: baseURL)
    guard target.hasPrefix("#") || References.isOpenable(target) else { return nil }
    let classes = (self[attributes, "class"] ?? "").split(separator: " ")
    let isFootnote =
      target.hasPrefix("#")
      && (self[attributes, "role"] == "doc-noteref"
        || classes.contains { $0 == "footnote-ref" || $0 == "footnote" || $0 == "fn" }
        || (self[attributes, "id"] ?? "").hasPrefix("fnref")
        || stack.last?.name == "sup")
    let isBack =
      classes.contains { $0 == "footnote-backref" || $0 == "reversefootnote" }
      || self[attributes, "role"] == "doc-backlink"
    return isBack
      ? .link(target, isNumbered: false, isFootnote: false)
      : .link(target, isNumbered: !isFootnote, isFootnote: isFootnote)
  }

  mutating func addImage(_ name: String, _ attributes: [(name: String, value: String)]) {
    let alt = self[attributes, "alt"]
    if name == "input" {
      if self[attributes, "type"]?.lowercased() == "checkbox" {
        setTask(isDone: self[attributes, "checked"] != nil)
      } else if self[attributes, "type"]?.lowercased() == "image", let alt {
        run.append(Array(alt.utf8))
      }
      return
    }
    let classes = (self[attributes, "class"] ?? "").split(separator: " ")
    if let alt, !alt.isEmpty, classes.contains(where: { $0 == "emoji" || $0 == "wp-smiley" }) {
      run.append(Array(alt.utf8))
      return
    }
    let width = Self.number(self[attributes, "width"])
    let height = Self.number(self[attributes, "height"])
    if let width, let height, width <= 2, height <= 2 { return }
    if alt == "", run.hasText { return }
    guard let source = imageSource(attributes) else { return }
    let title = self[attributes, "title"]
    var label =
      alt.flatMap { $0.isEmpty ? nil : $0 } ?? title.flatMap { $0.isEmpty ? nil : $0 }
      ?? References.fileName(of: source)
    if let title, !title.isEmpty, title != label, alt?.isEmpty == false { label += " — " + title }
    addAtom(.image(Image(source: source), label: Array(label.utf8)))
  }

  private func imageSource(_ attributes: [(name: String, value: String)]) -> String? {
    for name in ["src", "data-src", "data-original", "data-lazy-src", "data-actualsrc"] {
      if let value = self[attributes, name], !value.isEmpty, !value.hasPrefix("data:") {
        return References.resolve(value, against: baseURL)
      }
    }
    // The last candidate of a srcset is by custom the largest.
    if let set = self[attributes, "srcset"],
      let last = set.split(separator: ",").last?.split(separator: " ").first
    {
      return References.resolve(String(last), against: baseURL)
    }
    return self[attributes, "src"].map { _ in "data:" }
  }

  mutating func addMedium(_ name: String, _ attributes: [(name: String, value: String)]) {
    let kind: Image.Kind = name == "video" ? .video : name == "audio" ? .audio : .embed
    if let source = self[attributes, "src"], !source.isEmpty {
      let target = References.resolve(source, against: baseURL)
      let label =
        self[attributes, "title"] ?? self[attributes, "aria-label"]
        ?? (kind == .embed ? References.host(of: target) : References.fileName(of: target))
      addAtom(.image(Image(kind: kind, source: target), label: Array(label.utf8)))
      guard !HTMLElements.isVoid(name) else { return }
      hiddenDepth = 1
      push(Element(name: name, kind: .hidden))
    } else if !HTMLElements.isVoid(name) {
      push(Element(name: name, kind: .inline))
    }
  }

  /// `[ ]` and `[x]` at the start of a list item.
  private mutating func setTask(isDone: Bool) {
    guard !run.hasText, let item = containerStack.last,
      case .item(let number, _) = document.containers[item].kind
    else { return }
    document.containers[item].kind = .item(number: number, isDone: isDone)
  }

  var quotes: (outer: (String, String), inner: (String, String)) {
    switch (language ?? "").lowercased().prefix(2) {
    case "ja": (("「", "」"), ("『", "』"))
    case "de": (("„", "“"), ("‚", "‘"))
    case "fr": (("« ", " »"), ("“", "”"))
    default: (("“", "”"), ("‘", "’"))
    }
  }
}
