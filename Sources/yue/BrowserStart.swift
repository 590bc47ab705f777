import ArgumentParser
import Browsing
import Cells
import Feeds
import Foundation
import Glibc
import Keymaps
import Parsing
import Terminal

/// What the browser is started with, and its whole run.
///
/// No command line is parsed here: the parser looks at every option by reflection, which costs as
/// much time as all else before the first frame.
struct BrowserStart {
  /// Feed files instead of the library; `-` is standard input.
  var files: [String] = []
  /// The columns of ambiguous characters: `1`, `2` or `auto`; nil: what the settings say.
  var ambiguous: String?
  var isASCII = false
  var keymap: String?
  /// Line by line instead of a screen.
  var usesLines = false
  var benchKeys: String?
  var color = GlobalOptions.Coloring.auto

  func run() throws {
    var environment = ProcessInfo.processInfo.environment
    switch color {
    case .always: environment["NO_COLOR"] = nil
    case .never: environment["NO_COLOR"] = "1"
    case .auto: break
    }
    let (source, notice) = try librarySource(environment)
    guard let wakeUp = WakeUp() else {
      StandardError.write("the system gives no event descriptor; too many are open.")
      throw ExitCode(ExitStatus.failed.rawValue)
    }
    // The library is opened while all else is prepared, and the terminal before the settings are
    // read: what it is asked is answered meanwhile.
    let mailbox = Mailbox(wakeUp)
    let librarian = Librarian(source, mailbox)
    let opened = Result { () throws(TerminalError) in
      usesLines ? nil : try openScreen(wakeUp, environment)
    }
    let (file, fault) = loadConfiguration(environment)
    let configuration = file.configuration
    librarian.use(configuration.refresh)
    let columns = ambiguousColumns(configuration)
    var profile = WidthProfile(ambiguousColumns: columns ?? 1)
    profile.newestUnicode = HostUnicode.newestVersion
    let news = notice ?? fault
    let screen: Screen
    switch opened {
    case .success(let open?): screen = open
    case .success(nil): return converse(librarian, mailbox, wakeUp, profile, news)
    case .failure(let error):
      guard benchKeys == nil, let reason = Sentences.reasonForLineMode(error) else {
        StandardError.write(Sentences.sentence(for: error))
        throw ExitCode(ExitStatus.usage.rawValue)
      }
      return converse(librarian, mailbox, wakeUp, profile, news ?? reason)
    }
    screen.ask(
      profile, followsWidth: columns == nil && benchKeys == nil,
      asksBackground: configuration.theme.asksTerminal)
    let live = LiveSettings(self, file, environment, librarian)
    var settings = live.settings(on: screen, profile)
    settings.notice = news ?? terminalNotice(screen, environment) ?? live.keymapNotice
    var browser = Browser(settings: settings, size: screen.size)
    let performer = Performer(librarian, mailbox, live)
    if let benchKeys {
      return try runBench(benchKeys, &browser, screen, mailbox, performer)
    }
    let signal = yue.run(&browser, screen, mailbox, performer)
    screen.close()
    performer.finish()
    if signal != 0 { throw ExitCode(128 + signal) }
  }
}

extension BrowserStart {
  /// The library, or the files that could be opened; a sentence about those that could not, if
  /// some could.
  private func librarySource(
    _ environment: [String: String]
  ) throws -> (Librarian.Source, notice: String?) {
    guard !files.isEmpty else { return (.file(path: LibraryPlace.path(in: environment)), nil) }
    var feeds: [(name: String, feed: ParsedFeed)] = []
    var faults: [(sentence: String, status: ExitStatus)] = []
    for name in files {
      switch Self.feed(named: name) {
      case .success(let feed): feeds.append((name, feed))
      case .failure(let fault): faults.append((fault.sentence, fault.status))
      }
    }
    guard feeds.isEmpty, let first = faults.first else {
      return (.memory(feeds), faults.first?.sentence)
    }
    for fault in faults { StandardError.write(fault.sentence) }
    throw ExitCode(first.status.rawValue)
  }

  private struct Fault: Error {
    var sentence: String
    var status: ExitStatus
  }

  private static func feed(named name: String) -> Result<ParsedFeed, Fault> {
    let file: InputFile
    do {
      file = try InputFile(reading: name)
    } catch {
      if error.fact == .missing, !name.contains("/"), !name.contains(".") {
        let commands = Yue.configuration.subcommands.compactMap { $0.configuration.commandName }
        return .failure(
          Fault(sentence: Sentences.notAFile(name, commands: commands), status: .usage))
      }
      return .failure(Fault(sentence: Sentences.sentence(for: error), status: .noInput))
    }
    do {
      return .success(try FeedParser().parse(file.bytes))
    } catch {
      return .failure(Fault(sentence: Sentences.sentence(for: error, in: name), status: .badInput))
    }
  }

  private func openScreen(
    _ wakeUp: WakeUp, _ environment: [String: String]
  ) throws(TerminalError) -> Screen {
    // When a feed came through stdin, the keys come from the terminal itself.
    let readsStandardInput = files.contains("-")
    let keyboard = readsStandardInput ? Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC) : STDIN_FILENO
    return try Screen(
      keyboard: keyboard, wakeUp: wakeUp, logDescriptor: LogFile.open(environment),
      environment: environment)
  }

  /// Line mode, to its end.
  private func converse(
    _ librarian: Librarian, _ mailbox: Mailbox, _ wakeUp: WakeUp, _ profile: WidthProfile,
    _ notice: String?
  ) {
    if files.contains("-") {
      // A feed came through stdin; the lines come from the terminal itself.
      let terminal = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC)
      if terminal >= 0 {
        dup2(terminal, STDIN_FILENO)
        close(terminal)
      }
    }
    if let notice { StandardOutput.write([notice]) }
    var dialogue = LineMode(librarian, mailbox, wakeUp, profile: profile)
    dialogue.run()
    librarian.finish(within: 1)
  }

  /// The settings, and a sentence about the first thing that is wrong with their file.
  private func loadConfiguration(
    _ environment: [String: String]
  ) -> (ConfigFile, fault: String?) {
    do throws(InputError) {
      let file = try ConfigFile(path: Paths(environment).configuration)
      return (file, file.diagnostics.first.map { "\($0.text) (yue config check)" })
    } catch {
      return (ConfigFile([], named: "config.toml"), Sentences.sentence(for: error))
    }
  }

  /// The columns of ambiguous characters; nil when the terminal is to be asked.
  private func ambiguousColumns(_ configuration: Configuration) -> Int? {
    if let ambiguous { return Int(ambiguous) }
    return switch configuration.ambiguous {
    case .auto: nil
    case .one: 1
    case .two: 2
    }
  }

  /// What is odd about the terminal, once.
  private func terminalNotice(_ screen: Screen, _ environment: [String: String]) -> String? {
    if let used = screen.substitutedType {
      return
        "terminal \(Sentences.quoted(environment["TERM"] ?? "")) is unknown here; using \(used)"
    }
    // The C locale is what many an ssh session begins with, and no fault of the reader's.
    return screen.wasUTF8 ? nil : "the locale is not UTF-8 (LANG); yue draws UTF-8 all the same"
  }
}

/// The newest Unicode version this machine's own tables know: what a multiplexer on it will draw.
enum HostUnicode {
  static var newestVersion: Int { Screen.newestUnicodeOfHost }
}

/// Where messages of libraries go while the screen is up.
enum LogFile {
  /// A descriptor for appending; -1 when there is no place for a log.
  static func open(_ environment: [String: String]) -> Int32 {
    let state =
      environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? environment["HOME"].map { $0 + "/.local/state" }
    guard let state else { return Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC) }
    let folder = state + "/yue"
    func open() -> Int32 {
      Glibc.open(folder + "/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    }
    var descriptor = open()
    if descriptor < 0, errno == ENOENT {
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      descriptor = open()
    }
    return descriptor >= 0 ? descriptor : Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC)
  }
}
