import ArgumentParser

/// `yue [FILE…]`: the browser.
struct BrowseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "browse",
    abstract: "Browse feeds (what yue does when no command is named).",
    discussion: """
      Without a FILE the library is opened; feeds that are opened from files are not added to it.

      Examples:
        yue
        yue kexue.xml other.xml
        curl -s https://kexue.fm/feed | yue -
      """,
    shouldDisplay: false)

  @Argument(help: "Feed files, or - for standard input.")
  var files: [String] = []

  @Option(
    help: """
      The columns of ambiguous characters such as “ … α on your terminal: 1, 2, or auto to ask it.
      """)
  var ambiguous: String?

  @Flag(help: "Draw markers and lines in ASCII.")
  var ascii = false

  @Option(help: ArgumentHelp("A keymap: a name or a file.", valueName: "name"))
  var keymap: String?

  @Flag(help: "Ask and answer line by line, for screen readers and plain terminals.")
  var line = false

  @Option(
    help: ArgumentHelp(
      "Replay the keys in a file and print the bytes and microseconds each line costs.",
      valueName: "file"))
  var benchKeys: String?

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if let ambiguous, !["1", "2", "auto"].contains(ambiguous) {
      throw ValidationError("--ambiguous must be 1, 2 or auto, not \(ambiguous).")
    }
  }

  func run() throws {
    try BrowserStart(
      files: files, ambiguous: ambiguous, isASCII: ascii, keymap: keymap, usesLines: line,
      benchKeys: benchKeys, color: everywhere.color
    ).run()
  }
}
