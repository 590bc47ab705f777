/// Where a binding holds.
///
/// Contexts lie over each other in stacks; the innermost is asked first.
public enum KeyContext: String, CaseIterable, Hashable, Sendable {
  case global
  /// Any list: feeds, entries, sheets.
  case list
  case feeds, entries, reader
  /// Above the focused pane while found matches are highlighted.
  case matches
  case sheet
  /// While labels of links or formulas are shown.
  case hints
  case prompt

  /// The stacks that exist, innermost first.
  public static let stacks: [[KeyContext]] = [
    [.matches, .feeds, .list, .global], [.matches, .entries, .list, .global],
    [.matches, .reader, .global], [.matches, .sheet, .list, .global], [.hints], [.prompt],
  ]
}

/// A command with its arguments: `mark read above`.
public struct Invocation: Hashable, Sendable {
  public var command: String
  public var arguments: [String]

  public init(_ command: String, _ arguments: [String] = []) {
    self.command = command
    self.arguments = arguments
  }

  /// As it is written in keymap files and at the prompt.
  public var text: String {
    ([command] + arguments.map(Invocation.quoted)).joined(separator: " ")
  }

  private static func quoted(_ argument: String) -> String {
    let needsQuotes =
      argument.isEmpty || argument == "--"
      || argument.unicodeScalars.contains { " \t;\"\\#[]".unicodeScalars.contains($0) }
    guard needsQuotes else { return argument }
    var text = "\""
    for character in argument.unicodeScalars {
      if character == "\"" || character == "\\" { text += "\\" }
      text.unicodeScalars.append(character)
    }
    return text + "\""
  }
}

/// What a sequence of keys does.
public struct Binding: Hashable, Sendable {
  public var keys: [Key]
  /// At least one, performed in order.
  public var invocations: [Invocation]
  public var description: String?
  /// Where it was read: the name of the file and the line, counted from 1.
  public var file: String
  public var line: Int

  public init(
    keys: [Key], invocations: [Invocation], description: String? = nil, file: String = "",
    line: Int = 0
  ) {
    self.keys = keys
    self.invocations = invocations
    self.description = description
    self.file = file
    self.line = line
  }
}

/// Which keys mean which commands, in which context.
///
/// There are no timeouts: within one context no sequence is both complete and the beginning of
/// another.
public struct Keymap: Sendable {
  public enum Lookup: Equatable, Sendable {
    case bound(Binding)
    /// The keys begin these bindings: what a which-key row lists.
    case pending([Binding])
    case unbound
  }

  private var sections: [KeyContext: Section] = [:]

  private struct Section: Sendable {
    /// In the order in which they were added.
    var bindings: [Binding] = []
    var places: [[Key]: Int] = [:]
    /// How many bindings begin with these keys and go on.
    var prefixes: [[Key]: Int] = [:]

    mutating func bind(_ binding: Binding) {
      if let place = places[binding.keys] { return bindings[place] = binding }
      places[binding.keys] = bindings.count
      bindings.append(binding)
      for count in 1..<max(1, binding.keys.count) {
        prefixes[Array(binding.keys.prefix(count)), default: 0] += 1
      }
    }
  }

  public init() {}

  /// What `keys` mean in a stack of contexts, innermost first.
  ///
  /// An inner context shadows both equal keys and longer sequences of an outer one.
  public func lookup(_ keys: [Key], in stack: [KeyContext]) -> Lookup {
    for (depth, context) in stack.enumerated() {
      guard let section = sections[context] else { continue }
      if let place = section.places[keys] { return .bound(section.bindings[place]) }
      if section.prefixes[keys] != nil {
        return .pending(continuations(of: keys, in: Array(stack[depth...])))
      }
    }
    return .unbound
  }

  /// All bindings of one context, in the order in which they were made.
  public func bindings(in context: KeyContext) -> [Binding] {
    sections[context]?.bindings ?? []
  }

  /// The bindings that hold in a stack of contexts, innermost first, without those shadowed.
  public func bindings(in stack: [KeyContext]) -> [(context: KeyContext, binding: Binding)] {
    var result: [(context: KeyContext, binding: Binding)] = []
    for (depth, context) in stack.enumerated() {
      for binding in bindings(in: context)
      where shadow(of: binding.keys, by: stack[..<depth]) == nil {
        result.append((context, binding))
      }
    }
    return result
  }

  /// The binding of a context in `inner` that hides `keys` of an outer context.
  public func shadow(of keys: [Key], by inner: ArraySlice<KeyContext>) -> Binding? {
    for context in inner {
      guard let section = sections[context] else { continue }
      for count in 1...max(1, keys.count) {
        if let place = section.places[Array(keys.prefix(count))] {
          return section.bindings[place]
        }
      }
      if section.prefixes[keys] != nil {
        return section.bindings.first { $0.keys.starts(with: keys) }
      }
    }
    return nil
  }

  /// Which bindings of outer contexts are hidden by bindings that a file makes, one line each.
  public func shadows(madeIn file: String) -> [String] {
    var notes: [String] = []
    for stack in KeyContext.stacks {
      for (depth, context) in stack.enumerated() {
        for hidden in bindings(in: context) {
          guard let inner = shadow(of: hidden.keys, by: stack[..<depth]), inner.file == file,
            let place = stack[..<depth].first(where: { binding(inner.keys, in: $0) == inner })
          else { continue }
          let note =
            "\(file):\(inner.line):1: note: \"\(Key.notation(of: inner.keys))\" in "
            + "[\(place.rawValue)] hides \"\(Key.notation(of: hidden.keys))\" of "
            + "[\(context.rawValue)] (\(hidden.file):\(hidden.line))"
          if !notes.contains(note) { notes.append(note) }
        }
      }
    }
    return notes
  }

  private func continuations(of keys: [Key], in stack: [KeyContext]) -> [Binding] {
    bindings(in: stack).map(\.binding).filter {
      $0.keys.count > keys.count && $0.keys.starts(with: keys)
    }
  }

  /// Adds a binding, replacing an equal sequence of the context.
  ///
  /// The caller sees to it that no sequence becomes both complete and a prefix.
  public mutating func bind(_ binding: Binding, in context: KeyContext) {
    guard !binding.keys.isEmpty else { return }
    sections[context, default: Section()].bind(binding)
  }

  /// Removes a sequence and every sequence that begins with it; returns what was removed.
  @discardableResult
  public mutating func unbind(_ keys: [Key], in context: KeyContext) -> [Binding] {
    let all = bindings(in: context)
    let removed = all.filter { $0.keys.starts(with: keys) }
    guard !removed.isEmpty else { return [] }
    sections[context] = nil
    for binding in all where !binding.keys.starts(with: keys) { bind(binding, in: context) }
    return removed
  }

  /// The binding of exactly these keys in one context.
  public func binding(_ keys: [Key], in context: KeyContext) -> Binding? {
    guard let section = sections[context], let place = section.places[keys] else { return nil }
    return section.bindings[place]
  }

  /// A binding of the context that begins with `keys` and goes on, or that `keys` begin with.
  func conflict(of keys: [Key], in context: KeyContext) -> Binding? {
    guard let section = sections[context] else { return nil }
    if section.prefixes[keys] != nil {
      return section.bindings.first { $0.keys.count > keys.count && $0.keys.starts(with: keys) }
    }
    return (1..<max(1, keys.count)).lazy.compactMap {
      section.places[Array(keys.prefix($0))].map { section.bindings[$0] }
    }.first
  }

  /// The whole map as the text of a keymap file; reading it gives an equal map.
  public var text: String {
    var text = ""
    for context in KeyContext.allCases {
      let bindings = bindings(in: context)
      guard !bindings.isEmpty else { continue }
      text += (text.isEmpty ? "" : "\n") + "[\(context.rawValue)]\n"
      for binding in bindings {
        text += Key.notation(of: binding.keys) + "\t"
        text += binding.invocations.map(\.text).joined(separator: "; ")
        if let description = binding.description { text += " -- " + description }
        text += "\n"
      }
    }
    return text
  }
}

/// Two maps are equal when the same keys do the same; where they were read does not count.
extension Keymap: Equatable {
  public static func == (left: Keymap, right: Keymap) -> Bool {
    KeyContext.allCases.allSatisfy { context in
      let bindings = left.bindings(in: context)
      guard bindings.count == right.bindings(in: context).count else { return false }
      return bindings.allSatisfy {
        guard let other = right.binding($0.keys, in: context) else { return false }
        return other.invocations == $0.invocations && other.description == $0.description
      }
    }
  }
}
