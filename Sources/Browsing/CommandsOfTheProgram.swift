import Keymaps

/// Help, settings, and the prompt.
extension Command {
  /// Nil for a command of another group.
  var factsOfProgram: Facts? {
    switch self {
    // Help and the program.
    case .help:
      return Facts.make(
        [.global], "What the keys do here", "help",
        hints: [
          Facts.hint(.feeds, 0, "help"), Facts.hint(.entries, 0, "help"),
          Facts.hint(.reader, 0, "help"),
        ])
    case .command: return Facts.make([.global], "Command prompt", "command prompt")
    case .whereAmI: return Facts.make([.global], "Where am I: row, totals, position", "where")
    case .messages: return Facts.make([.global], "Past messages", "messages")
    case .set:
      return Facts(
        contexts: [.global],
        forms: [
          Form(arguments: ["NAME"], help: "Show a setting", label: "setting"),
          Form(
            arguments: ["NAME", "VALUE"], help: "Change a setting for this session",
            label: "set"),
        ], count: nil, hints: [], isUnboundByDefault: true)
    case .bind:
      return Facts(
        contexts: [.global],
        forms: [
          Form(
            arguments: ["KEYS", "COMMAND"],
            help: "Bind keys for this session; [context …] before them says where", label: "bind")
        ], count: nil, hints: [], isUnboundByDefault: true)
    case .unbind:
      return Facts(
        contexts: [.global],
        forms: [
          Form(
            arguments: ["KEYS"], help: "Remove a binding for this session", label: "unbind")
        ], count: nil, hints: [], isUnboundByDefault: true)
    case .reloadConfig:
      var facts = Facts.make(
        [.global], "Read config.toml and the keymap again, all or nothing", "reload settings")
      facts.isUnboundByDefault = true
      return facts
    case .tutorial:
      var facts = Facts.make([.global], "Open the manual", "manual")
      facts.isUnboundByDefault = true
      return facts
    case .doctor:
      var facts = Facts.make(
        [.global], "Examine this machine, the settings and the library", "doctor")
      facts.isUnboundByDefault = true
      return facts
    case .version:
      var facts = Facts.make([.global], "The version, and the licences of its parts", "version")
      facts.isUnboundByDefault = true
      return facts
    case .redraw: return Facts.make([.global], "Redraw the screen", "redraw")
    case .suspend: return Facts.make([.global], "Suspend to the shell", "suspend")
    case .cancel:
      return Facts(
        contexts: [.global, .prompt, .hints],
        forms: [
          Form(
            arguments: [], help: "Cancel the pending key, prompt, sheet or search",
            label: "cancel"),
          Form(
            arguments: ["refresh"],
            help: "Cancel the pending key, prompt, sheet or search; without any, the refresh",
            label: "stop"),
        ], count: nil, hints: [Facts.hint(.hints, 1, "cancel")])
    case .showBinding:
      return Facts.make(
        [.sheet], "In help: the file and line of the binding", "where it is bound",
        hints: [Facts.hint(.sheet, 7, "where it is bound")])
    case .closeSheet:
      return Facts.make(
        [.sheet], "Close the sheet", "close", hints: [Facts.hint(.sheet, 20, "close")])
    case .quit:
      return Facts.make(
        [.global, .feeds], "Quit; everything is already saved", "quit",
        hints: [Facts.hint(.feeds, 0, "quit")])
    // The prompt.
    case .accept: return Facts.make([.prompt], "Run or accept", "accept")
    case .complete: return Facts.make([.prompt], "Complete, next candidate", "complete")
    case .completePrevious: return Facts.make([.prompt], "Previous candidate", "previous candidate")
    case .historyPrevious: return Facts.make([.prompt], "Earlier line", "earlier line")
    case .historyNext: return Facts.make([.prompt], "Later line", "later line")
    case .cursorLeft: return Facts.make([.prompt], "One character left", "left")
    case .cursorRight: return Facts.make([.prompt], "One character right", "right")
    case .cursorStart: return Facts.make([.prompt], "Start of the line", "start")
    case .cursorEnd: return Facts.make([.prompt], "End of the line", "end")
    case .erase:
      return Facts.make([.prompt, .hints], "Erase the character before the cursor", "erase")
    case .eraseWord: return Facts.make([.prompt], "Erase the word before the cursor", "erase word")
    case .eraseLine: return Facts.make([.prompt], "Erase to the start", "erase line")
    case .eraseRest: return Facts.make([.prompt], "Erase to the end", "erase rest")
    case .delete: return Facts.make([.prompt], "Delete the character under the cursor", "delete")
    default: return nil
    }
  }
}
