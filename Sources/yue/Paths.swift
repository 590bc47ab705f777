import Foundation

/// Where the program keeps what it keeps.
///
/// Everything lies flat in one folder when `YUE_HOME` names it; otherwise in the folders of the XDG
/// Base Directory Specification, whose relative values are to be ignored.
struct Paths: Equatable {
  /// The settings; never written by the browser.
  var configuration: String
  /// The reader's own keymap files.
  var keymaps: String
  /// The thing to back up; two more files of that name beside it belong to it.
  var library: String
  var backups: String
  var log: String
  /// What was typed at prompts.
  var history: String
  /// Safe to delete.
  var cache: String

  init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    func folder(_ variable: String, _ below: String) -> String {
      if let own = environment["YUE_HOME"], !own.isEmpty { return own }
      if let base = environment[variable], base.hasPrefix("/") { return base + "/yue" }
      return (environment["HOME"] ?? NSHomeDirectory()) + "/" + below + "/yue"
    }
    func named(_ variable: String) -> String? {
      environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }
    let settings = folder("XDG_CONFIG_HOME", ".config")
    let data = folder("XDG_DATA_HOME", ".local/share")
    let state = folder("XDG_STATE_HOME", ".local/state")
    configuration = named("YUE_CONFIG") ?? settings + "/config.toml"
    keymaps = settings + "/keymaps"
    library = named("YUE_DATABASE") ?? data + "/yue.db"
    backups = (library as NSString).deletingLastPathComponent + "/backup"
    log = state + "/log"
    history = state + "/history"
    cache = named("YUE_HOME").map { $0 + "/cache" } ?? folder("XDG_CACHE_HOME", ".cache")
  }
}
