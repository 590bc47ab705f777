import Browsing
import Cells
import Feeds
import Fetching
import Foundation
import Keymaps
import Storing

/// What `config.toml` says, or would say if it said nothing.
struct Configuration: Sendable {
  enum Ambiguous: Equatable, Sendable { case auto, one, two }
  enum Economy: String, CaseIterable, Sendable { case auto, on, off }

  /// The options of the interface; keymap, theme and profile are made elsewhere.
  var interface = Settings(keymap: Keymap())
  /// A preset's or a file's name; empty: `user` if there is such a file, else `default`.
  var keymap = ""
  var ambiguous: Ambiguous = .auto
  var refresh = RefreshSettings()
  var retention = Store.Retention()
  /// A command; `%s` is the address.
  var opener = ""
  var clipboardMethod = Clipboard.Method.auto
  /// A command that gets what is copied on its standard input.
  var clipboardCommand = ""
  var economy = Economy.auto
  /// A command that gets a text on its standard input; empty: none.
  var speech = ""
  /// A folder; `~` is the reader's.
  var downloads = "~/Downloads"
  var theme = ThemeSettings()

  func clipboard(_ environment: [String: String]) -> Clipboard {
    Clipboard(method: clipboardMethod, command: clipboardCommand, environment: environment)
  }

  // Values whose form in the file is another than in the program.
  fileprivate var whichKeyMilliseconds: Int64 {
    get { Int64(interface.whichKeyDelay / .milliseconds(1)) }
    set { interface.whichKeyDelay = .milliseconds(newValue) }
  }
  fileprivate var intervalMilliseconds: Int64 {
    get { refresh.schedule.intervalSeconds * 1_000 }
    set {
      refresh.schedule = Schedule(
        intervalSeconds: newValue / 1_000, isAdaptive: refresh.schedule.isAdaptive)
    }
  }
  fileprivate var proxy: String {
    get { refresh.limits.proxy ?? "" }
    set { refresh.limits.proxy = newValue.isEmpty ? nil : newValue }
  }
  /// Empty is the program's own.
  fileprivate var userAgent: String {
    get { ownUserAgent ?? "" }
    set {
      ownUserAgent = newValue.isEmpty ? nil : newValue
      refresh.fetching.userAgent = ownUserAgent ?? RefreshSettings().fetching.userAgent
    }
  }
  private var ownUserAgent: String?
  /// `"off"`, `"on-start"` or a duration.
  fileprivate var automaticRefresh: String {
    switch interface.automaticRefresh {
    case .off: "off"
    case .atStart: "on-start"
    case .every(let interval): Setting.durationText(interval.components.seconds * 1_000)
    }
  }
}

extension Setting {
  /// All settings but those of single feeds, in the order of the documentation.
  static let all: [Setting] =
    [
      .choice(
        "start", Settings.Start.allCases.map { ($0.rawValue, $0) }, \.interface.start,
        "Where yue begins: where the last session ended, with the feeds, or with all unread entries."
      ),
      .text(
        "keymap", \.keymap,
        "A preset (default, vim, emacs, newsboat, less) or one of your files; empty: user.keymap if there is one, else default."
      ),
      .choice(
        "layout.panes", [("auto", nil), ("1", 1), ("2", 2), ("3", 3)], \.interface.panes,
        "How many panes there are at most; auto: as many as the width allows."),
      .integer(
        "layout.wide-columns", 60...1_000, \.interface.wideColumns,
        "From how many columns on three panes stand side by side."),
      .integer(
        "layout.medium-columns", 40...1_000, \.interface.mediumColumns,
        "From how many columns on a list and the reader are shown together."),
      .choice(
        "layout.medium", [("auto", .auto), ("above", .above), ("beside", .beside)],
        \.interface.mediumLayout,
        "Whether the list stands above the reader or beside it; auto: above from 30 rows on."),
      .integer(
        "layout.feeds-columns", 0...200, \.interface.feedsColumns,
        "The columns of the feeds pane beside others; 0: by the width of the screen."),
      .integer(
        "layout.entries-columns", 0...400, \.interface.entriesColumns,
        "The columns of the entries pane beside others; 0: by the width of the screen."),
      .integer(
        "layout.entries-rows", 0...200, \.interface.entriesRows,
        "The rows of a list above the reader; 0: by the height of the screen."),
      .boolean(
        "layout.feeds-pane", \.interface.showsFeedsPane,
        "Give the feeds a pane of their own on a wide screen."),
      .boolean(
        "layout.hints", \.interface.showsHints, "Name the most useful keys in the last row."),
      .choice(
        "list.selection", Settings.Selection.allCases.map { ($0.rawValue, $0) },
        \.interface.selection,
        "The selected row has a marker, or is a reversed bar (some 200 bytes more for each move)."),
      .choice(
        "list.sort", EntryQuery.Order.allCases.map { ($0.rawValue, $0) }, \.interface.listOrder,
        "The order of a list that is opened the first time."),
      .boolean(
        "list.ruler", \.interface.showsRuler,
        "Show the number of the selected row; costs bytes at every move."),
      smartFeeds,
      .integer(
        "list.scroll-margin", 0...20, \.interface.scrollMarginRows,
        "Rows that stay visible above and below the selected one."),
      .boolean(
        "list.unread-only", \.interface.listsUnreadOnly,
        "Show only unread entries in a list that is opened the first time."),
      .integer(
        "reader.columns", 0...500, \.interface.readerColumns,
        "The most columns a line of an article takes; 0: as many as the pane has."),
      .boolean(
        "reader.center", \.interface.centersReader, "Put the text in the middle of a wide pane."),
      .choice(
        "reader.links", Settings.Links.allCases.map { ($0.rawValue, $0) }, \.interface.links,
        "Links are followed by their numbers, or have none and are labelled when they are asked for (hints), or look like text."
      ),
      .choice(
        "reader.tables", [("pan", true), ("stack", false)], \.interface.pansTables,
        "Tables that are too wide are panned, or shown a record at a time."),
      .choice(
        "reader.code-lines", [("wrap", false), ("pan", true)], \.interface.pansCode,
        "Lines of code that are too wide go on below, or are panned."),
      .choice(
        "reader.mark-read", Settings.ReadMark.allCases.map { ($0.rawValue, $0) },
        \.interface.readMark,
        "When an entry becomes read: when it is opened, when its end was shown, or by a key only."),
      .integer(
        "reader.page-overlap", 0...10, \.interface.pageOverlapRows,
        "Rows of the old page that are shown again on the next one."),
      .boolean(
        "math.tokens", \.interface.colorsTeX,
        "Colour the parts of formulas; costs bytes, so never on a slow line."),
      .choice(
        "width.ambiguous", [("auto", .auto), ("1", .one), ("2", .two)], \.ambiguous,
        "The columns of characters such as “ … α on your terminal; auto asks it."),
      .boolean(
        "keys.fold-fullwidth", \.interface.foldsFullWidthKeys,
        "Read the full-width letters of an input method as keys."),
      .duration(
        "keys.which-key-delay", 0...10_000, \.whichKeyMilliseconds,
        "How long a prefix rests before its continuations are shown."),
      .choice(
        "terminal.glyphs", [("unicode", .unicode), ("ascii", .ascii)], \.interface.glyphs,
        "The characters of markers and lines."),
      .choice(
        "terminal.economy", Configuration.Economy.allCases.map { ($0.rawValue, $0) }, \.economy,
        "Send fewer bytes: no colours for formulas and code; auto: over ssh."),
      automaticRefresh,
      .duration(
        "refresh.interval", 900_000...604_800_000, \.intervalMilliseconds,
        "How long a feed is left alone when nothing speaks for longer."),
      .boolean(
        "refresh.adaptive", \.refresh.schedule.isAdaptive,
        "Ask feeds that rarely have something new more rarely."),
      .integer(
        "refresh.connections", 1...64, \.refresh.limits.transfers,
        "Feeds that are fetched at a time."
      ),
      .integer(
        "refresh.per-host", 1...6, \.refresh.limits.transfersPerHost,
        "Feeds that are fetched from one server at a time."),
      .size(
        "refresh.max-body", 65_536...1_073_741_824, \.refresh.fetching.bodyLimitBytes,
        "A feed that is larger, unpacked, is not read."),
      .boolean(
        "refresh.netrc", \.refresh.limits.usesNetrc, "Take users and passwords from ~/.netrc."),
      .text("refresh.proxy", \.proxy, "A proxy; empty: what the environment says (https_proxy)."),
      .text(
        "refresh.user-agent", \.userAgent, "What yue says it is; empty: its name and version."),
      .boolean(
        "refresh.allow-files", \.refresh.fetching.allowsFiles,
        "Allow feeds that are files (file://)."
      ),
      .boolean(
        "refresh.allow-commands", \.refresh.fetching.allowsCommands,
        "Allow feeds that a program prints (exec:PROGRAM ARGUMENT…)."),
      .integer(
        "retention.days", 0...36_500, \.retention.days,
        "How long the text of read articles is kept, for yue doctor --purge; 0: for ever."),
      .integer(
        "retention.entries-per-feed", 0...1_000_000, \.retention.entriesPerFeed,
        "How many articles of a feed keep their text, likewise; 0: all."),
      .boolean(
        "retention.unread-too", \.retention.includesUnread,
        "Let these rules hold for unread articles."),
      .text(
        "links.opener", \.opener,
        "The command that opens addresses; %s is the address. Empty: $YUE_OPENER, $BROWSER, xdg-open."
      ),
      .choice(
        "clipboard.method", Clipboard.Method.allCases.map { ($0.rawValue, $0) },
        \.clipboardMethod,
        "Copy by the terminal (osc52), by clipboard.command, or not at all; auto: by wl-copy, xclip or xsel on a desktop, else by the terminal."
      ),
      .text(
        "clipboard.command", \.clipboardCommand,
        "The command that gets what is copied on its standard input."),
      .text(
        "files.download", \.downloads,
        "The folder for what :download saves; it is made when it is not there."),
      .text(
        "hooks.speak", \.speech,
        "The command that reads an entry aloud (:speak): it gets the text on its standard input, for example \"espeak-ng -v cmn\"."
      ),
      .choice(
        "theme.base", ThemeSettings.Base.allCases.map { ($0.rawValue, $0) }, \.theme.base,
        "The colours to begin with; auto: dark or light, as the terminal says it is."),
    ] + ThemeSettings.roles.map(look)

  /// The smart feeds above the reader's own.
  private static let smartFeeds: Setting = {
    let words = Settings.BuiltInSmartFeed.allCases.map(\.rawValue)
    return Setting(
      name: "list.smart-feeds",
      kind: "a list of " + words.map(quoted).joined(separator: ", "),
      help: "The lists above your feeds, in this order.", words: words,
      write: { value, configuration in
        let names: [String]
        switch value {
        case .texts(let texts): names = texts
        // At the prompt: unread, starred.
        case .text(let text): names = text.split { $0 == "," || $0 == " " }.map(String.init)
        default: return ""
        }
        var kinds: [Settings.BuiltInSmartFeed] = []
        for name in names {
          guard let kind = Settings.BuiltInSmartFeed(rawValue: name) else { return "" }
          if !kinds.contains(kind) { kinds.append(kind) }
        }
        configuration.interface.smartFeeds = kinds
        return nil
      },
      read: { configuration in
        "["
          + configuration.interface.smartFeeds.map { quoted($0.rawValue) }
          .joined(separator: ", ") + "]"
      })
  }()

  private static let automaticRefresh = Setting(
    name: "refresh.automatic", kind: "\"off\", \"on-start\" or a duration from 15m to 7d",
    help: "When feeds that are due are fetched without a key: never, at the start, or so often.",
    words: ["off", "on-start", "1h"],
    write: { value, configuration in
      guard case .text(let text) = value else { return "" }
      switch text {
      case "off": configuration.interface.automaticRefresh = .off
      case "on-start": configuration.interface.automaticRefresh = .atStart
      default:
        guard let milliseconds = milliseconds(text), (900_000...604_800_000).contains(milliseconds)
        else { return "" }
        configuration.interface.automaticRefresh = .every(.milliseconds(milliseconds))
      }
      return nil
    }, read: { quoted($0.automaticRefresh) })

  /// The looks of one role.
  private static func look(of role: (name: String, help: String)) -> Setting {
    Setting(
      name: "theme." + role.name, kind: "colours and attributes, such as \"bold #5fafff on black\"",
      help: "The looks of \(role.help).",
      write: { value, configuration in
        guard case .text(let text) = value else { return "" }
        return configuration.theme.setLook(text, of: role.name)
      }, read: { quoted($0.theme.look(of: role.name)) })
  }

  /// The settings of one feed, in `[feed."ADDRESS"]`: name, what it may be, what it means.
  static let ofFeeds: [(name: String, kind: String, help: String)] = [
    (
      "interval", "a duration from 15m to 7d",
      "How long this feed is left alone when nothing speaks for longer."
    ),
    ("user-agent", "a text in quotes", "What yue says it is when it asks for this feed."),
    ("header", "a text or a list of texts", "Further lines of the request: \"Name: value\"."),
  ]

  /// What is wrong with a value of a feed's section; nil when it was taken over.
  static func writeOfFeed(
    _ name: String, _ value: ConfigValue, _ address: String, _ configuration: inout Configuration
  ) -> String? {
    var own = configuration.refresh.own[address] ?? RefreshSettings.Own()
    switch (name, value) {
    case ("interval", .text(let text)):
      guard let milliseconds = milliseconds(text), (900_000...604_800_000).contains(milliseconds)
      else { return "" }
      own.intervalSeconds = milliseconds / 1_000
    case ("user-agent", .text(let text)):
      guard isOneLine(text) else { return "control characters have no place in it" }
      own.userAgent = text
    case ("header", .text(let text)):
      guard isHeader(text) else { return "write it as \"Name: value\"" }
      own.headers = [text]
    case ("header", .texts(let texts)):
      guard texts.allSatisfy(isHeader) else { return "write each as \"Name: value\"" }
      own.headers = texts
    default: return ""
    }
    configuration.refresh.own[address] = own
    return nil
  }

  private static func isOneLine(_ text: String) -> Bool {
    !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
  }

  private static func isHeader(_ text: String) -> Bool {
    guard isOneLine(text), let colon = text.firstIndex(of: ":") else { return false }
    return colon != text.startIndex
      && text[..<colon].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }
}
