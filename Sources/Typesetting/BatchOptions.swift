import Cells
public import Documents

/// The options of one case of `yue typeset --batch`, by their names (docs/typesetting.md).
public struct BatchOptions: Equatable, Sendable {
  /// How the text of a case is read.
  public enum TextMode: String, Sendable { case text, flow, pre }

  public private(set) var page: PageSettings
  public private(set) var textMode = TextMode.text

  /// Reads options; `mode` is allowed for text only.
  public init(
    _ options: [String: String], columns: Int, ambiguousColumns: Int, isText: Bool
  ) throws(BatchError) {
    page = PageSettings(
      columns: columns, profile: WidthProfile(ambiguousColumns: ambiguousColumns))
    page.presentation = .bare
    page.repair = .none
    page.tables = .stack
    page.links = .plain
    // `tailor` first: what the same object sets explicitly wins over it.
    let keys =
      options.keys.filter { $0 == "tailor" } + options.keys.filter { $0 != "tailor" }.sorted()
    for key in keys {
      let value = options[key] ?? ""
      guard key != "mode" || isText else {
        throw BatchError("option \"mode\" is for text, not for html")
      }
      guard let isSet = set(key, value) else { throw BatchError("unknown option \"\(key)\"") }
      guard isSet else { throw BatchError("option \"\(key)\" cannot be \"\(value)\"") }
    }
    if textMode == .pre { page.codeGutterColumns = 0 }
  }

  /// The lines of a document; one empty line for an empty one.
  public func lines(of document: Document) -> [String] {
    let lines = layoutLines(document, page)
    return lines.isEmpty ? [""] : lines
  }
}

/// Why a case of a batch cannot be laid out.
public struct BatchError: Error, Equatable, Sendable {
  public var sentence: String

  public init(_ sentence: String) {
    self.sentence = sentence
  }
}

extension BatchOptions {
  /// Whether a value is one of an option's; nil for an unknown option.
  private mutating func set(_ key: String, _ value: String) -> Bool? {
    switch key {
    case "mode":
      guard let mode = TextMode(rawValue: value) else { return false }
      textMode = mode
      return true
    case "tailor":
      switch value {
      case "root": setRoot()
      case "zh": page.breaking.quotes = .zh
      case "auto", "han-is": break
      default: return false
      }
      return true
    case "quotes":
      return choose(value, ["auto": .auto, "zh": .zh, "root": .root], \.page.breaking.quotes)
    case "han-stops": return choose(value, Self.onOff, \.page.breaking.hanStops)
    case "short-slash": return choose(value, Self.onOff, \.page.breaking.shortSlash)
    case "sign-runs": return choose(value, Self.onOff, \.page.breaking.signRuns)
    case "urls": return choose(value, ["object": true, "text": false], \.page.breaking.urls)
    case "math": return choose(value, ["atomic": true, "text": false], \.page.breaking.math)
    case "emoji":
      return choose(value, ["safe": .safe, "cluster": .cluster], \.page.profile.emoji)
    case "line-break":
      return choose(
        value, ["strict": .strict, "normal": .normal, "loose": .loose], \.page.breaking.level)
    case "kinsoku", "clreq":
      return choose(
        value, ["basic": .basic, "gb": .gb, "strict": .strict], \.page.breaking.kinsoku)
    case "word-break", "wordBreak":
      return choose(
        value,
        ["auto": .auto, "normal": .normal, "keep-all": .keepAll, "keepall": .keepAll],
        \.page.breaking.wordBreak)
    case "units": return choose(value, ["root": .root, "glue": .glue], \.page.breaking.units)
    case "hang": return choose(value, Self.trueFalse, \.page.breaking.hang)
    case "autospace": return choose(value, Self.trueFalse, \.page.breaking.autospace)
    case "wrap":
      return choose(value, ["greedy": .greedy, "optimal": .optimal], \.page.breaking.wrap)
    case "hyphenate":
      return choose(value, ["soft": true, "off": false], \.page.breaking.softHyphens)
    case "repair":
      return choose(value, ["none": .none, "orphans": .orphans, "all": .all], \.page.repair)
    case "presentation":
      let isKnown = choose(value, ["bare": .bare, "full": .full], \.page.presentation)
      if value == "full" {
        page.links = .numbers
        page.marks = .characters
      }
      return isKnown
    default: return nil
    }
  }

  private static let onOff = ["on": true, "off": false]
  private static let trueFalse = ["true": true, "false": false]

  private mutating func choose<Value>(
    _ word: String, _ values: [String: Value], _ path: WritableKeyPath<BatchOptions, Value>
  ) -> Bool {
    guard let value = values[word] else { return false }
    self[keyPath: path] = value
    return true
  }

  /// T1 to T12 off; conformance mode.
  private mutating func setRoot() {
    page.breaking.tailoring = .root
    page.breaking.quotes = .root
    page.breaking.urls = false
    page.breaking.math = false
  }
}
