import Foundation
import Glibc
import Parsing
import Terminal

/// Opens addresses in another program.
///
/// The address is one argument of that program, never part of a shell line, and only addresses of
/// known schemes are opened at all.
struct Opener {
  private let environment: [String: String]

  init(environment: [String: String]) {
    self.environment = environment
  }

  /// Opens an address; returns what to tell the reader.
  func open(_ address: String, on screen: Screen) -> String {
    guard let target = Self.cleaned(address) else {
      return "Not opened: \(address.prefix(200)) is not an address of the web."
    }
    guard let (command, needsTerminal) = command(for: target) else {
      return "No browser here; set $BROWSER. The address is \(target)"
    }
    return start(command, needsTerminal: needsTerminal, on: screen)
  }

  /// Opens an address with a program of the reader's choice.
  func open(_ address: String, with program: String, on screen: Screen) -> String {
    guard let target = Self.cleaned(address) else {
      return "Not opened: \(address.prefix(200)) is not an address of the web."
    }
    var words = program.split(separator: " ").map(String.init)
    guard let name = words.first else { return "Not opened: no program is named." }
    if words.contains("%s") {
      words = words.map { $0 == "%s" ? target : $0 }
    } else {
      words.append(target)
    }
    let base = name.split(separator: "/").last.map(String.init) ?? name
    return start(words, needsTerminal: Self.textBrowsers.contains(base), on: screen)
  }

  /// When nothing here opens addresses: the text browsers that could; nil when something does, or
  /// when the address is not to be opened at all.
  func missing(for address: String) -> [String]? {
    guard let target = Self.cleaned(address), command(for: target) == nil else { return nil }
    let path = environment["PATH"] ?? ""
    return ["w3m", "lynx", "elinks", "links"].filter { ShellProgram.isInstalled($0, path) }
  }

  /// What could open an address here: the reader's own programs, then text browsers.
  var programs: [String] {
    let path = environment["PATH"] ?? ""
    var programs = candidates
    programs += ["w3m", "lynx", "elinks", "links"]
    var seen: Set<String> = []
    return programs.filter { program in
      guard let name = program.split(separator: " ").first.map(String.init) else { return false }
      return ShellProgram.isInstalled(name, path) && seen.insert(program).inserted
    }
  }

  private func start(
    _ command: [String], needsTerminal: Bool, on screen: Screen
  ) -> String {
    if needsTerminal {
      var status: Int32 = 0
      screen.lend { status = Self.run(command, inForeground: true) }
      return status == 0 ? "Back from \(command[0])." : "\(command[0]) ended with status \(status)."
    }
    return Self.run(command, inForeground: false) == 0
      ? "Opened in \(command[0])." : "\(command[0]) could not be started."
  }

  /// An address that may be handed to a program; nil for schemes that are never opened.
  static func cleaned(_ address: String) -> String? {
    let scheme = address.prefix { $0 != ":" }.lowercased()
    guard ["http", "https", "gemini", "gopher", "mailto"].contains(scheme) else { return nil }
    var result = ""
    for scalar in address.unicodeScalars {
      // Blanks, controls and quotes have no business in an address.
      if scalar.value <= 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar == "\"" {
        for byte in String(Character(scalar)).utf8 {
          result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static let textBrowsers: Set<String> = ["w3m", "lynx", "elinks", "links", "browsh"]

  /// $YUE_OPENER, $BROWSER, then xdg-open on a desktop.
  private var candidates: [String] {
    var candidates: [String] = []
    if let opener = environment["YUE_OPENER"], !opener.isEmpty { candidates.append(opener) }
    if let browsers = environment["BROWSER"] {
      candidates += browsers.split(separator: ":").map(String.init)
    }
    if environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil {
      candidates.append("xdg-open")
    }
    return candidates
  }

  /// The program and its arguments, by $YUE_OPENER, $BROWSER, then xdg-open on a desktop.
  private func command(for target: String) -> (arguments: [String], needsTerminal: Bool)? {
    for candidate in candidates {
      var words = candidate.split(separator: " ").map(String.init)
      guard let name = words.first, ShellProgram.isInstalled(name, environment["PATH"] ?? "") else {
        continue
      }
      if words.contains("%s") {
        words = words.map { $0 == "%s" ? target : $0 }
      } else {
        words.append(target)
      }
      let base = name.split(separator: "/").last.map(String.init) ?? name
      return (words, Self.textBrowsers.contains(base))
    }
    return nil
  }

  /// Runs a program; in the background its output is discarded.
  ///
  /// Returns its status.
  private static func run(_ arguments: [String], inForeground: Bool) -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    if !inForeground {
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
    }
    do {
      try process.run()
    } catch {
      return -1
    }
    guard inForeground else { return 0 }
    process.waitUntilExit()
    return process.terminationStatus
  }
}
