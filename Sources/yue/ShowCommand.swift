import ArgumentParser
import Cells
import Documents
import Feeds
import Parsing
import Typesetting

/// `yue show`: entries as laid-out plain text.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print the entries of a feed as laid-out plain text.",
    discussion: """
      The text is set exactly as in the browser: Chinese by its own rules, formulas as source. \
      Links are numbered, and listed after each entry.

      Examples:
        yue show kexue.xml
        yue show --entry 3 --width 60 kexue.xml | less
        curl -s https://kexue.fm/feed | yue show -
      """)

  @Argument(help: "A feed file, or - for standard input.")
  var file: String

  @Option(help: "Only this entry: its number, counted from 1, or its id.")
  var entry: String?

  @OptionGroup var page: PageOptions

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func run() throws {
    let feed = try ParsedFeed(named: file)
    var chosen = feed.entries
    if let entry {
      if let number = Int(entry), feed.entries.indices.contains(number - 1) {
        chosen = [feed.entries[number - 1]]
      } else {
        chosen = feed.entries.filter { $0.id == entry || $0.key == entry }
      }
      guard !chosen.isEmpty else {
        StandardError.write(Sentences.noSuchEntry(entry, in: file, count: feed.entries.count))
        throw ExitCode(ExitStatus.failed.rawValue)
      }
    }
    let settings = page.settings
    for (position, entry) in chosen.enumerated() {
      if position > 0 {
        StandardOutput.write(["", String(repeating: "=", count: min(20, settings.columns)), ""])
      }
      StandardOutput.write(EntryText(entry, feed: feed, page: settings).lines)
    }
  }
}

/// The options of a page that commands share.
struct PageOptions: ParsableArguments {
  @Option(help: "Columns of the page, 2 to 10000. Default: the terminal's, at most 80.")
  var width: Int?

  @Option(help: "Columns of ambiguous characters such as “ … α: 1 or 2.")
  var ambiguous: Int = 1

  @Flag(help: "Draw bullets, borders and marks in ASCII.")
  var ascii = false

  func validate() throws {
    if let width, !(2...10_000).contains(width) {
      throw ValidationError("--width must be between 2 and 10000 columns, not \(width).")
    }
    guard ambiguous == 1 || ambiguous == 2 else {
      throw ValidationError("--ambiguous must be 1 or 2, not \(ambiguous).")
    }
  }

  /// The settings of plain output.
  var settings: PageSettings {
    var settings = PageSettings(
      columns: width ?? StandardOutput.terminalColumns.map { min($0, 80) } ?? 80,
      profile: WidthProfile(ambiguousColumns: ambiguous))
    settings.marks = .characters
    settings.tables = .stack
    settings.glyphs = ascii || ambiguous == 2 ? .ascii : .unicode
    return settings
  }
}

/// One entry as plain text: title, facts, body, links.
struct EntryText {
  var lines: [String]

  init(_ entry: ParsedEntry, feed: ParsedFeed, page: PageSettings) {
    let document = ArticleReader.document(
      of: entry, language: feed.language, baseURL: feed.baseURL)
    var facts: [String] = []
    facts += [feed.title, entry.authors.first?.name].compactMap { $0 }.filter { !$0.isEmpty }
    if let date = entry.published ?? entry.updated {
      facts.append(LocalTime.dateAndTime(date))
    }
    if let comments = entry.commentsCount {
      facts.append(comments == 1 ? "1 comment" : "\(comments) comments")
    }
    let address = entry.originalLink ?? entry.link ?? ""
    let head = [entry.title ?? "", facts.joined(separator: " · "), address]
    lines = head.filter { !$0.isEmpty }.flatMap { paragraph -> [String] in
      layoutLines(DocumentReader().document(sourceText: Array(paragraph.utf8)), page)
    }
    if !document.blocks.isEmpty {
      lines.append("")
      lines += layoutLines(document, page)
      lines += linkList(of: document, page)
    }
  }
}

extension ParsedFeed {
  /// Reads a feed for a command; what fails is said on stderr and ends the program.
  init(named name: String, _ parser: FeedParser = FeedParser()) throws {
    let file = try InputFile(named: name)
    do {
      self = try parser.parse(file.bytes)
    } catch {
      StandardError.write(Sentences.sentence(for: error, in: name))
      throw ExitCode(ExitStatus.badInput.rawValue)
    }
  }
}
