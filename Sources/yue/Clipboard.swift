import Browsing
import Foundation
import Glibc
import Terminal

/// How a text gets to the clipboard of whoever sits before the terminal.
struct Clipboard: Equatable {
  enum Method: String, CaseIterable, Sendable {
    /// A program of the desktop where there is one, else the terminal.
    case auto
    /// The terminal, by OSC 52.
    case terminal = "osc52"
    /// `clipboard.command`.
    case command
    case off
  }

  /// What it comes to on this machine.
  enum Route: Equatable {
    case terminal
    case program(String)
    /// What is wrong, with the remedy.
    case none(String)
  }

  var method: Method
  var command: String
  var environment: [String: String]

  /// The first of the desktop's programs that is there; far from the desktop, the terminal.
  var route: Route {
    switch method {
    case .terminal: return .terminal
    case .off: return .none("copying is switched off (clipboard.method)")
    case .command:
      return command.isEmpty
        ? .none("clipboard.method is \"command\", but clipboard.command is empty")
        : .program(command)
    case .auto:
      func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
      // A display may be forwarded over the line; the terminal's own clipboard is nearer.
      guard !isSet("SSH_CONNECTION"), !isSet("SSH_TTY") else { return .terminal }
      var programs: [String] = []
      if isSet("WAYLAND_DISPLAY") { programs.append("wl-copy") }
      if isSet("DISPLAY") {
        programs += ["xclip -selection clipboard", "xsel --clipboard --input"]
      }
      let found = programs.first { program in
        ShellProgram.isInstalled(
          String(program.prefix { $0 != " " }), environment["PATH"] ?? "")
      }
      return found.map(Route.program) ?? .terminal
    }
  }

  /// Copies a text; what is told to the reader goes on after `Copied …`, now or when a program has
  /// ended.
  func copy(_ text: String, on screen: Screen, _ report: @escaping @Sendable (Event) -> Void) {
    let refuse: @Sendable (String) -> Void = {
      report(.failed(Failure(sentence: $0, request: .copy(text))))
    }
    switch route {
    case .none(let reason): refuse("Nothing was copied: \(reason).")
    case .terminal:
      let wasSent = screen.copy(text)
      report(
        .reported(
          wasSent
            ? "sent to the terminal (OSC 52)"
            : "Too long for the terminal’s clipboard: \(text.utf8.count) bytes; 74994 fit."))
    case .program(let program):
      guard let input = HandOver.unnamedFile(holding: text),
        let process = ShellProgram.start(program, input: input.fileDescriptor, environment)
      else { return refuse("Nothing was copied: the program could not be started.") }
      report(.reported("given to \(program.prefix { $0 != " " })"))
      DispatchQueue.global().async {
        ShellProgram.waitForEnd(of: process)
        guard let why = ShellProgram.fault(of: process) else { return }
        refuse("\(Sentences.quoted(program)) did not copy: \(why).")
      }
    }
  }
}
