/// The bytes of a keymap file and the name it has in messages.
public struct KeymapFile: Sendable {
  /// With its extension: `my.keymap`.
  public var name: String
  public var bytes: [UInt8]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  public init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }
}

/// Reads keymap files: one binding per line, keys first, in sections of contexts.
///
/// Every fault is reported with its place; what is not at fault works.
public struct KeymapReader {
  /// How deep files may include each other.
  static let deepestInclude = 8

  /// The commands there are.
  var rules: [String: CommandRule]
  /// The file an `include` means; the second argument is the name of the file that asks, so that
  /// inside `default.keymap` the name `default` can mean the built-in one.
  var include: (_ name: String, _ asking: String) -> KeymapFile?

  public init(
    rules: [CommandRule],
    include: @escaping (_ name: String, _ asking: String) -> KeymapFile? = { name, _ in
      BuiltInKeymaps.file(name)
    }
  ) {
    self.rules = Dictionary(rules.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.include = include
  }

  /// The keymap of a file, and everything that is wrong with the file and those it includes.
  ///
  /// - Parameter keymap: what the file changes; an empty map when it stands for itself.
  public func read(
    _ file: KeymapFile, over keymap: Keymap = Keymap()
  ) -> (keymap: Keymap, diagnostics: [Diagnostic]) {
    var result = Reading(keymap: keymap)
    read(file, including: [], into: &result)
    return (result.keymap, result.diagnostics)
  }
}

extension KeymapReader {
  /// What is wrong with a sequence of keys that stands alone, as on a command line.
  public static func faults(inKeys text: String) -> [Diagnostic] {
    let scalars = Array(text.unicodeScalars)
    let place = Place(file: "keys", line: 1, scalars: scalars)
    return KeySequence(scalars).faults.map { range, fault in
      place.diagnostic(range, sentence(fault, string(scalars[range])))
    }
  }

  private struct Reading {
    var keymap = Keymap()
    var diagnostics: [Diagnostic] = []
  }

  /// Where we are: file, line, and what the line says.
  private struct Place {
    var file: String
    var line: Int
    var scalars: [Unicode.Scalar]

    func diagnostic(_ range: Range<Int>, _ message: String, isWarning: Bool = false) -> Diagnostic {
      Diagnostic(
        isWarning: isWarning, file: file, line: line, column: range.lowerBound + 1,
        count: range.count, message: message, lineText: KeymapReader.string(scalars[...]))
    }
  }

  private func read(
    _ file: KeymapFile, including: [String], into result: inout Reading
  ) {
    var contexts: [KeyContext] = [.global]
    var sawHeader = false
    // Bindings of this file with where they stand, for conflicts that show only at its end.
    var own: [(place: Place, keys: [Key], range: Range<Int>, context: KeyContext)] = []
    for (number, line) in KeymapReader.lines(file.bytes).enumerated() {
      let scalars: [Unicode.Scalar]
      guard let text = String(validating: line, as: UTF8.self) else {
        let place = Place(
          file: file.name, line: number + 1,
          scalars: Array(String(decoding: line, as: UTF8.self).unicodeScalars))
        let fault = place.scalars.firstIndex(of: "\u{FFFD}") ?? 0
        result.diagnostics.append(
          place.diagnostic(fault..<fault + 1, "not UTF-8: save the file in UTF-8"))
        continue
      }
      scalars = Array(text.unicodeScalars)
      let place = Place(file: file.name, line: number + 1, scalars: scalars)
      switch KeymapReader.kind(scalars) {
      case .empty: break
      case .header(let words):
        sawHeader = true
        contexts = []
        for (word, range) in words {
          if let context = KeyContext(rawValue: word) {
            if !contexts.contains(context) { contexts.append(context) }
          } else {
            let names = KeyContext.allCases.map(\.rawValue)
            let hint =
              nearest(to: word, among: names).map { " (did you mean \"\($0)\"?)" }
              ?? ": the contexts are \(names.joined(separator: " "))"
            // The whole header is at fault when it names one context: the section is skipped.
            let shown = words.count == 1 ? 0..<range.upperBound + 1 : range
            result.diagnostics.append(
              place.diagnostic(shown, "unknown context \"\(word)\"\(hint)"))
          }
        }
        if words.isEmpty {
          result.diagnostics.append(place.diagnostic(0..<scalars.count, "a header without context"))
        }
      case .include(let name, let range):
        read(
          name, at: range, place, sawHeader: sawHeader, including: including + [file.name],
          into: &result)
      case .binding(let keys, let commands):
        bind(keys, commands, place, contexts, own: &own, into: &result)
      case .noCommand(let range):
        result.diagnostics.append(
          place.diagnostic(
            range, "no command: two blanks or a tab must stand between the keys and the command"))
      }
    }
    dropConflicts(own.map { ($0.place, $0.keys, $0.range, $0.context) }, into: &result)
  }

  private func read(
    _ name: String, at range: Range<Int>, _ place: Place, sawHeader: Bool, including: [String],
    into result: inout Reading
  ) {
    func report(_ message: String) {
      result.diagnostics.append(place.diagnostic(range, message))
    }
    guard !sawHeader else {
      return report("include \"\(name)\" must stand before the first header")
    }
    guard let file = include(name, place.file) else {
      let known = BuiltInKeymaps.names
      return report(
        "include \"\(name)\": no such keymap (built in: \(known.joined(separator: " ")))")
    }
    guard !including.contains(file.name) else {
      return report("include \"\(name)\" goes round in a circle")
    }
    guard including.count <= KeymapReader.deepestInclude else {
      return report(
        "include \"\(name)\": files include each other more than "
          + "\(KeymapReader.deepestInclude) deep")
    }
    read(file, including: including, into: &result)
  }

  private func bind(
    _ keys: Range<Int>, _ commands: Range<Int>, _ place: Place, _ contexts: [KeyContext],
    own: inout [(place: Place, keys: [Key], range: Range<Int>, context: KeyContext)],
    into result: inout Reading
  ) {
    let sequence = KeySequence(Array(place.scalars[keys]))
    for (range, fault) in sequence.faults {
      let range = range.lowerBound + keys.lowerBound..<range.upperBound + keys.lowerBound
      result.diagnostics.append(
        place.diagnostic(
          range, KeymapReader.sentence(fault, KeymapReader.string(place.scalars[range]))))
    }
    let line = CommandLine(place.scalars, commands)
    for fault in line.faults {
      result.diagnostics.append(place.diagnostic(fault.range, fault.message))
    }
    guard let first = line.calls.first else {
      if line.faults.isEmpty {
        result.diagnostics.append(
          place.diagnostic(
            keys, "no command: two blanks or a tab must stand between the keys and the command"))
      }
      return
    }
    if line.calls.count == 1, first.words.count == 1, first.words[0].text == "none" {
      guard sequence.faults.isEmpty else { return }
      unbind(sequence.keys, keys, place, contexts, own: &own, into: &result)
      return
    }
    var invocations: [Invocation] = []
    var isGood = sequence.faults.isEmpty && line.faults.isEmpty
    var contexts = contexts
    for call in line.calls {
      guard let name = call.words.first else { continue }
      guard let rule = rules[name.text] else {
        isGood = false
        let message =
          name.text == "none"
          ? "none stands alone: it unbinds the keys"
          : "unknown command \"\(name.text)\""
            + (nearest(to: name.text, among: rules.keys.sorted())
              .map { " (did you mean \"\($0)\"?)" } ?? "")
        result.diagnostics.append(place.diagnostic(name.range, message))
        continue
      }
      let arguments = call.words.dropFirst().map(\.text)
      if line.faults.isEmpty, let fault = rule.fault(in: arguments) {
        isGood = false
        let at =
          fault.argument + 1 < call.words.count ? call.words[fault.argument + 1].range : name.range
        result.diagnostics.append(place.diagnostic(at, fault.message))
      }
      for context in contexts where !rule.works(in: context) {
        let list = rule.contexts.map(\.rawValue)
        let places =
          list.count < 2
          ? list.joined()
          : list.dropLast().joined(separator: ", ") + " and " + (list.last ?? "")
        result.diagnostics.append(
          place.diagnostic(
            name.range, "\(rule.name) works in \(places) only, not in [\(context.rawValue)]"))
      }
      contexts.removeAll { !rule.works(in: $0) }
      invocations.append(Invocation(name.text, arguments))
    }
    guard isGood, !sequence.keys.isEmpty else { return }
    let binding = Binding(
      keys: sequence.keys, invocations: invocations, description: line.description,
      file: place.file, line: place.line)
    for context in contexts {
      // Read from this very file a moment ago; its name alone does not say so.
      if let other = result.keymap.binding(binding.keys, in: context), other.file == place.file,
        own.contains(where: { $0.context == context && $0.keys == binding.keys })
      {
        let message: String
        if let alias = sequence.aliases.first {
          message =
            "\(alias.written) is the same byte as \(alias.key.notation), bound in line \(other.line)"
        } else {
          message =
            "\"\(Key.notation(of: binding.keys))\" is bound twice in [\(context.rawValue)] "
            + "(line \(other.line))"
        }
        result.diagnostics.append(place.diagnostic(keys, message))
        continue
      }
      result.keymap.bind(binding, in: context)
      own.append((place, binding.keys, keys, context))
    }
  }

  private func unbind(
    _ keys: [Key], _ range: Range<Int>, _ place: Place, _ contexts: [KeyContext],
    own: inout [(place: Place, keys: [Key], range: Range<Int>, context: KeyContext)],
    into result: inout Reading
  ) {
    for context in contexts {
      let removed = result.keymap.unbind(keys, in: context)
      own.removeAll { entry in
        entry.context == context && removed.contains { $0.keys == entry.keys }
      }
      guard removed.isEmpty else { continue }
      var message = "\"\(Key.notation(of: keys))\" is not bound in [\(context.rawValue)]"
      // A reader who wants a key of an outer context gone should be told where it is.
      let keymap = result.keymap
      let outer = KeyContext.stacks.compactMap { stack -> Binding? in
        guard let place = stack.firstIndex(of: context) else { return nil }
        return stack[(place + 1)...].compactMap { keymap.binding(keys, in: $0) }.first
      }.first
      if let outer {
        let origin = outer.file == place.file ? "line \(outer.line)" : "\(outer.file):\(outer.line)"
        message += "; it comes from an outer context (\(origin))"
      }
      result.diagnostics.append(place.diagnostic(range, message, isWarning: true))
    }
  }

  /// Within one context no sequence may be both complete and a prefix: the later line gives way.
  private func dropConflicts(
    _ own: [(place: Place, keys: [Key], range: Range<Int>, context: KeyContext)],
    into result: inout Reading
  ) {
    for entry in own.reversed() {
      guard let mine = result.keymap.binding(entry.keys, in: entry.context),
        mine.file == entry.place.file, mine.line == entry.place.line
      else { continue }
      let other = result.keymap.conflict(of: entry.keys, in: entry.context)
      guard let other else { continue }
      let written = Key.notation(of: entry.keys)
      let origin =
        other.file == entry.place.file ? "line \(other.line)" : "\(other.file):\(other.line)"
      let message =
        other.keys.count > entry.keys.count
        ? "\"\(written)\" is complete here and also begins \"\(Key.notation(of: other.keys))\" "
          + "(\(origin)); unbind one with none"
        : "\"\(written)\" begins with \"\(Key.notation(of: other.keys))\", which is complete "
          + "(\(origin)); unbind one with none"
      result.diagnostics.append(entry.place.diagnostic(entry.range, message))
      let others = result.keymap.bindings(in: entry.context).filter { $0.keys != entry.keys }
      result.keymap.unbind(entry.keys, in: entry.context)
      for binding in others where binding.keys.starts(with: entry.keys) {
        result.keymap.bind(binding, in: entry.context)
      }
    }
    result.diagnostics.sort { left, right in
      left.file == right.file && left.line < right.line
    }
  }
}

extension KeymapReader {
  private enum Kind {
    case empty
    case header([(word: String, range: Range<Int>)])
    case include(String, Range<Int>)
    /// The keys, and what follows the gap.
    case binding(Range<Int>, Range<Int>)
    case noCommand(Range<Int>)
  }

  private static func kind(_ line: [Unicode.Scalar]) -> Kind {
    guard let first = line.firstIndex(where: { !isBlank($0) }), line[first] != "#" else {
      return .empty
    }
    // A comment begins at a `#` after a blank.
    let comment =
      line.indices.dropFirst(first + 1).first { line[$0] == "#" && isBlank(line[$0 - 1]) }
      ?? line.count
    let last = line[..<comment].lastIndex { !isBlank($0) } ?? first
    if line[first] == "[", line[last] == "]", last > first,
      !line[first + 1..<last].contains(where: { $0 == "[" || $0 == "]" })
    {
      return .header(words(line, first + 1..<last))
    }
    let keyword = Array("include".unicodeScalars)
    if line[first...].starts(with: keyword), first + keyword.count < line.count,
      isBlank(line[first + keyword.count])
    {
      let words = words(line, first + keyword.count..<last + 1)
      guard let name = words.first else { return .noCommand(first..<last + 1) }
      return .include(name.word, name.range)
    }
    var place = first
    while place <= last {
      if line[place] == "\t" || line[place] == " " && place < last && isBlank(line[place + 1]) {
        return .binding(first..<place, place..<line.count)
      }
      place += 1
    }
    // A comment right after the keys still leaves them without a command.
    return .noCommand(first..<last + 1)
  }

  private static func words(
    _ line: [Unicode.Scalar], _ range: Range<Int>
  ) -> [(word: String, range: Range<Int>)] {
    line[range].indices.split { isBlank(line[$0]) }.compactMap { run in
      guard let start = run.first, let end = run.last else { return nil }
      return (string(line[start...end]), start..<end + 1)
    }
  }

  fileprivate static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t"
  }

  fileprivate static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    // Keymaps are ASCII but for descriptions.
    if scalars.allSatisfy(\.isASCII) {
      return String(unsafeUninitializedCapacity: scalars.count) { bytes in
        for (place, scalar) in scalars.enumerated() { bytes[place] = UInt8(scalar.value) }
        return scalars.count
      }
    }
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }

  /// The lines of a file, without their ends and without a byte order mark.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    return text.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      $0.last == 0x0D ? $0.dropLast() : $0
    }
  }

  private static func sentence(_ fault: Key.NotationFault, _ written: String) -> String {
    switch fault {
    case .unknownName(let name):
      let names = Key.names.map(\.name) + Key.characterNames.map(\.name)
      let base = name.unicodeScalars.count == 1 ? nil : name
      let hint = base.flatMap { nearest(to: $0, among: names) }
      return "unknown key \(written)" + (hint.map { " (did you mean <\($0)>?)" } ?? "")
    case .unclosed: return "\"\(written)\" lacks its \">\"; the key < itself is written <Lt>"
    case .cannotBeSent:
      return "\(written) cannot be sent by terminals without the kitty keyboard protocol"
    case .notPrintable: return "a character that no key sends"
    case .writeInstead(let form): return "write \(form) for this key"
    }
  }
}

/// The commands of a binding, or a line of the prompt, taken apart.
public struct CommandLine: Sendable {
  public struct Word: Equatable, Sendable {
    public var text: String
    /// In scalars of the line.
    public var range: Range<Int>
  }
  public struct Call: Equatable, Sendable {
    public var words: [Word]
  }

  public private(set) var calls: [Call] = []
  public private(set) var description: String?
  public private(set) var faults: [(range: Range<Int>, message: String)] = []

  /// Takes a line of the prompt apart.
  public init(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    self.init(scalars, 0..<scalars.count)
  }

  init(_ line: [Unicode.Scalar], _ range: Range<Int>) {
    var words: [Word] = []
    var place = range.lowerBound
    let end = range.upperBound
    func isCommentStart(_ place: Int) -> Bool {
      line[place] == "#" && place > 0 && KeymapReader.isBlank(line[place - 1])
    }
    scan: while place < end {
      let start = place
      if KeymapReader.isBlank(line[place]) {
        place += 1
      } else if isCommentStart(place) {
        break
      } else if line[place] == ";" {
        if words.isEmpty { faults.append((place..<place + 1, "no command before \";\"")) }
        if !words.isEmpty { calls.append(Call(words: words)) }
        words = []
        place += 1
      } else if line[place] == "\"" {
        var text = ""
        place += 1
        while place < end, line[place] != "\"" {
          if line[place] == "\\", place + 1 < end { place += 1 }
          text.unicodeScalars.append(line[place])
          place += 1
        }
        guard place < end else {
          faults.append((start..<end, "the quotation mark is not closed"))
          break scan
        }
        place += 1
        words.append(Word(text: text, range: start..<place))
      } else {
        while place < end, !KeymapReader.isBlank(line[place]), line[place] != ";" { place += 1 }
        let text = KeymapReader.string(line[start..<place])
        guard text == "--" else {
          words.append(Word(text: text, range: start..<place))
          continue
        }
        var last = place
        while last < end, !isCommentStart(last) { last += 1 }
        let words = line[place..<last]
        let trimmed = words.drop { KeymapReader.isBlank($0) }
        let final = trimmed.lastIndex { !KeymapReader.isBlank($0) } ?? trimmed.startIndex
        if !trimmed.isEmpty { description = KeymapReader.string(trimmed[...final]) }
        place = end
      }
    }
    if !words.isEmpty { calls.append(Call(words: words)) }
  }
}
