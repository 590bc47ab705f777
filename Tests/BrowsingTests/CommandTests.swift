import Keymaps
import Testing

@testable import Browsing

@Suite struct CommandTests {
  private func defaultKeymap() throws -> (Keymap, [Diagnostic]) {
    let file = try #require(BuiltInKeymaps.file("default"))
    let result = KeymapReader(rules: Command.rules).read(file)
    return (result.keymap, result.diagnostics)
  }

  @Test func theDefaultKeymapHasNoFault() throws {
    #expect(try defaultKeymap().1.map(\.text) == [])
  }

  @Test func everyCommandIsDescribedByExactlyOneGroup() {
    for command in Command.allCases { #expect(command.groups.count == 1, "\(command.rawValue)") }
  }

  @Test func everyCommandHasHelpAndIsBound() throws {
    let (keymap, _) = try defaultKeymap()
    let bound = Set(
      KeyContext.allCases.flatMap { keymap.bindings(in: $0) }.flatMap(\.invocations).map(\.text))
    for command in Command.allCases {
      for form in command.facts.forms {
        #expect(!form.help.isEmpty && !form.label.isEmpty, "\(command)")
        let text = Invocation(command.rawValue, form.arguments).text
        #expect(
          bound.contains(text) || form.takesText || text == "mark read library"
            || command.facts.isUnboundByDefault, "\(text) is not bound")
      }
      #expect(!command.facts.contexts.isEmpty)
    }
  }

  @Test func aPrintedDefaultMapReadsBackAsItself() throws {
    let (keymap, _) = try defaultKeymap()
    let again = KeymapReader(rules: Command.rules).read(
      KeymapFile(name: "printed.keymap", text: keymap.text))
    #expect(again.diagnostics.isEmpty)
    #expect(again.keymap == keymap)
  }

  @Test func aBindingWorksWhereItIsBound() throws {
    let (keymap, _) = try defaultKeymap()
    for context in KeyContext.allCases {
      for binding in keymap.bindings(in: context) {
        for invocation in binding.invocations {
          #expect(Command(rawValue: invocation.command) != nil)
        }
      }
    }
  }

  /// A link, an enclosure: nothing is counted below 0, and `N - 1` has to be a number.
  @Test(arguments: ["-1", "-9223372036854775808", "9223372036854775808", "x"])
  func whatIsNoCountIsNoArgument(_ word: String) {
    #expect(Command.download.form([word]) == nil)
    #expect(Command.follow.form([word]) == nil)
    #expect(Command.download.form(["2"]) != nil)
  }
}
