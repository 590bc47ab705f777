import Keymaps

/// From commands back to keys: made once, because hints are drawn with every frame.
struct KeyIndex: Sendable {
  private var bindings: [Invocation: [(context: KeyContext, binding: Binding)]] = [:]
  private let keymap: Keymap
  /// The hints of each context, in the order of the command table.
  let hints: [KeyContext: [(command: Command, arguments: [String], hint: Command.Hint)]]

  init(_ keymap: Keymap) {
    self.keymap = keymap
    for context in KeyContext.allCases {
      for binding in keymap.bindings(in: context) where binding.invocations.count == 1 {
        for invocation in binding.invocations {
          bindings[invocation, default: []].append((context, binding))
        }
      }
    }
    var hints: [KeyContext: [(command: Command, arguments: [String], hint: Command.Hint)]] = [:]
    for command in Command.allCases {
      let facts = command.facts
      for hint in facts.hints {
        hints[hint.context, default: []].append(
          (command, facts.forms.first?.arguments ?? [], hint))
      }
    }
    self.hints = hints
  }

  /// The fewest keys of a command that work in a stack of contexts.
  func shortestLabel(
    _ command: Command, _ arguments: [String], in stack: [KeyContext]
  ) -> String? {
    let found = bindings[Invocation(command.rawValue, arguments)] ?? []
    var shortest: [Key]?
    for (depth, context) in stack.enumerated() {
      for (place, binding) in found where place == context {
        guard keymap.shadow(of: binding.keys, by: stack[..<depth]) == nil,
          shortest.map({ binding.keys.count < $0.count }) ?? true
        else { continue }
        shortest = binding.keys
      }
    }
    return shortest.map { Key.label(of: $0) }
  }

  /// The first keys of a command that work in a stack of contexts, as hints show them; with
  /// `isPrefix` only the first key.
  func label(
    _ command: Command, _ arguments: [String] = [], in stack: [KeyContext], isPrefix: Bool = false
  ) -> String? {
    guard let found = bindings[Invocation(command.rawValue, arguments)] else { return nil }
    for (depth, context) in stack.enumerated() {
      for (place, binding) in found where place == context {
        guard keymap.shadow(of: binding.keys, by: stack[..<depth]) == nil else { continue }
        return Key.label(of: isPrefix ? Array(binding.keys.prefix(1)) : binding.keys)
      }
    }
    return nil
  }
}
