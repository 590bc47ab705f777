import Browsing
import Cells
import Foundation
import Keymaps
import Terminal

/// The settings while the browser runs: read at the start, changed at the prompt, read again.
///
/// Lives on the main thread.
final class LiveSettings {
  private let start: BrowserStart
  private let environment: [String: String]
  private let librarian: Librarian
  private(set) var configuration: Configuration
  /// The lines of the file that settings stand in.
  private var lines: [String: Int] = [:]
  private var keymap: KeymapFiles.Loaded

  init(
    _ start: BrowserStart, _ file: ConfigFile, _ environment: [String: String],
    _ librarian: Librarian
  ) {
    self.start = start
    self.environment = environment
    self.librarian = librarian
    configuration = file.configuration
    lines = file.lines
    keymap = KeymapFiles(environment: environment).load(
      start.keymap ?? file.configuration.keymap)
  }

  /// What is wrong with the keymap, in one line.
  var keymapNotice: String? { keymap.notice }

  /// The program that opens addresses, as the settings have it now.
  var opener: Opener {
    var environment = environment
    if environment["YUE_OPENER"] == nil, !configuration.opener.isEmpty {
      environment["YUE_OPENER"] = configuration.opener
    }
    return Opener(environment: environment)
  }

  var clipboard: Clipboard { configuration.clipboard(environment) }

  /// The folder for what is downloaded.
  var downloads: String {
    let folder = configuration.downloads
    guard folder == "~" || folder.hasPrefix("~/"), let home = environment["HOME"] else {
      return folder.isEmpty ? "." : folder
    }
    return home + folder.dropFirst()
  }

  /// What the interface is given.
  func settings(on screen: Screen, _ profile: WidthProfile) -> Settings {
    var settings = configuration.interface
    settings.keymap = keymap.keymap
    settings.keymapName = keymap.name
    settings.profile = profile
    settings.theme = configuration.theme.theme(
      isDark: screen.isDark ?? Self.isDark(environment), isRemote: isRemote,
      hasColor: screen.hasColor)
    // On a slow line keys come in clumps; the list of continuations is to come later still.
    if isRemote { settings.whichKeyDelay = max(settings.whichKeyDelay, .milliseconds(400)) }
    if start.isASCII || environment["TERM"] == "linux" { settings.glyphs = .ascii }
    settings.options = Setting.all.map { setting in
      Settings.Option(
        name: setting.name, value: setting.read(configuration), kind: setting.kind,
        help: setting.help, words: words(of: setting))
    }
    settings.libraryPlace = Self.shown(
      (Paths(environment).library as NSString).deletingLastPathComponent, environment)
    return settings
  }

  private func words(of setting: Setting) -> [String] {
    if setting.name == "keymap" { return KeymapFiles(environment: environment).names }
    return setting.words
  }

  /// Whether bytes are dear: over ssh, unless the settings say otherwise.
  private var isRemote: Bool {
    switch configuration.economy {
    case .auto: environment["SSH_CONNECTION"] != nil || environment["SSH_TTY"] != nil
    case .on: true
    case .off: false
    }
  }

  /// A path as a person would write it.
  static func shown(_ path: String, _ environment: [String: String]) -> String {
    guard let home = environment["HOME"], home != "/", path.hasPrefix(home + "/") else {
      return Sentences.shown(path)
    }
    return "~" + Sentences.shown(String(path.dropFirst(home.count)))
  }

  /// What COLORFGBG, `15;0`, says of the background: 7 and 15 are white.
  private static func isDark(_ environment: [String: String]) -> Bool? {
    guard let last = environment["COLORFGBG"]?.split(separator: ";").last, let color = Int(last)
    else { return nil }
    return color != 7 && color != 15
  }
}

extension LiveSettings {
  /// Changes a setting for this session; without a value, says what it is.
  func change(_ name: String, to value: String?, on screen: Screen) -> [Event] {
    let effect = Effect.changeSetting(name: name, value: value)
    func refuse(_ sentence: String) -> [Event] {
      [.failed(Failure(sentence: sentence, request: effect))]
    }
    let wanted = name.replacing("_", with: "-")
    guard let setting = Setting.all.first(where: { $0.name == wanted }) else {
      let meant = nearest(to: wanted, among: Setting.all.map(\.name))
      return refuse(
        "unknown setting \"\(name)\"" + (meant.map { " (did you mean \"\($0)\"?)" } ?? ""))
    }
    guard let value else {
      let origin = lines[setting.name].map { "config.toml:\($0)" } ?? "not in config.toml"
      return [
        .reported(
          "Now \(setting.name) = \(setting.read(configuration)) (\(setting.kind); \(origin))")
      ]
    }
    var changed = configuration
    if let fault = Self.write(value, to: setting, &changed) {
      var sentence = "\(setting.name) must be \(setting.kind)"
      if !fault.isEmpty { sentence += "; \(fault)" }
      if let meant = nearest(to: value, among: setting.words) {
        sentence += " (did you mean \"\(meant)\"?)"
      }
      return refuse(sentence)
    }
    if setting.name == "keymap" {
      let loaded = KeymapFiles(environment: environment).load(changed.keymap)
      if let missing = loaded.missing { return refuse(missing) }
      if let notice = loaded.notice { return refuse(notice) }
      keymap = loaded
    }
    configuration = changed
    librarian.use(changed.refresh)
    let parts = setting.parts
    let line = "\(parts.key) = \(setting.read(changed))"
    let keeps = (parts.table.isEmpty ? line : "[\(parts.table)] \(line)") + " in config.toml"
    // These are looked at once, when the program starts.
    let isLater = ["start", "width.ambiguous"].contains(setting.name)
    let sentence =
      isLater
      ? "Only from the next start on: \(keeps)"
      : "Now \(setting.name) = \(setting.read(changed)); to keep it: \(keeps)"
    return [.settingsLoaded(settings(on: screen, screen.profile)), .reported(sentence)]
  }

  /// What is typed has no quotation marks: it is taken for what the setting can be.
  private static func write(
    _ text: String, to setting: Setting, _ configuration: inout Configuration
  ) -> String? {
    var values: [ConfigValue] = []
    if text == "true" || text == "false" { values.append(.boolean(text == "true")) }
    if let number = Int(text) { values.append(.integer(number)) }
    values.append(.text(text))
    var fault: String?
    for value in values {
      guard let refusal = setting.write(value, &configuration) else { return nil }
      fault = refusal
    }
    return fault ?? ""
  }

  /// Reads the settings and the keymap again: all of it, or when anything is wrong nothing.
  func reload(on screen: Screen) -> [Event] {
    let path = Paths(environment).configuration
    let file: ConfigFile
    do throws(InputError) {
      file = try ConfigFile(path: path)
    } catch {
      return [
        .failed(
          Failure(sentence: Sentences.sentence(for: error), request: .reloadSettings))
      ]
    }
    let loaded = KeymapFiles(environment: environment).load(
      start.keymap ?? file.configuration.keymap)
    var faults = file.diagnostics.map(\.text)
    if let missing = loaded.missing { faults.append(missing) }
    faults += loaded.diagnostics.filter { !$0.isWarning }.map(\.summary)
    guard let first = faults.first else {
      configuration = file.configuration
      lines = file.lines
      keymap = loaded
      librarian.use(configuration.refresh)
      return [
        .settingsLoaded(settings(on: screen, screen.profile)),
        .reported("Read the settings and the keymap \(loaded.name) again"),
      ]
    }
    // Every fault can be looked up; the first one is shown.
    let more = faults.count == 1 ? "" : " (and \(faults.count - 1) more: g! lists them)"
    return faults.dropFirst().reversed().map { .reported("! \(Sentences.shown($0))") } + [
      .failed(
        Failure(
          sentence: "\(Sentences.shown(first))\(more); all is as it was",
          request: .reloadSettings))
    ]
  }
}
