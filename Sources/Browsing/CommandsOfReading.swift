import Keymaps

/// Opening entries, following links, and what is taken from an article.
extension Command {
  /// Nil for a command of another group.
  var factsOfReading: Facts? {
    switch self {
    // Opening and going.
    case .open:
      return Facts.make(
        [.feeds, .entries, .sheet], "Open the selected row", "open",
        hints: [
          Facts.hint(.feeds, 1, "open"), Facts.hint(.entries, 1, "open"),
          Facts.hint(.sheet, 1, "open"),
        ])
    case .openNext:
      return Facts.make(
        [.entries, .reader], "Open the next entry of the list", "next entry", count: "N entries",
        hints: [Facts.hint(.reader, 14, "next entry")])
    case .openPrevious:
      return Facts.make(
        [.entries, .reader], "Open the previous entry of the list", "previous entry",
        count: "N entries")
    case .nextUnread:
      return Facts.make(
        Command.everyPane, "Next unread entry, in this list, then in the next feed that has one",
        "next unread", count: "N times", hints: [Facts.hint(.reader, 2, "next unread")])
    case .previousUnread:
      return Facts.make(
        Command.everyPane, "Previous unread entry", "previous unread", count: "N times")
    case .nextFeed:
      return Facts.make([.entries], "Entries of the next feed", "next feed", count: "N feeds")
    case .previousFeed:
      return Facts.make(
        [.entries], "Entries of the previous feed", "previous feed", count: "N feeds")
    case .nextUnreadFeed:
      return Facts.make(
        Command.everyPane, "Next feed with unread entries", "next unread feed", count: "N feeds")
    case .previousUnreadFeed:
      return Facts.make(
        Command.everyPane, "Previous feed with unread entries", "previous unread feed",
        count: "N feeds")
    case .view:
      return Facts.choice(
        Command.everyPane,
        [
          ("unread", "Show all unread entries", "unread"),
          ("today", "Show what is of today", "today"),
          ("continue", "Show what was left half-read", "half-read"),
          ("new", "Show what is new since the last session", "new"),
          ("TAG", "Show the entries of a tag: tag:NAME", "tag"),
          ("starred", "Show the starred entries", "starred"),
          ("all", "Show all entries", "all"), ("home", "Show the feeds from the top", "home"),
        ])
    // Links, references, jumps.
    case .hintLinks:
      return Facts(
        contexts: [.reader],
        forms: [
          Form(
            arguments: [], help: "Label the visible links; typing a label follows it",
            label: "links"),
          Form(
            arguments: ["--browser"],
            help: "Label the visible links; typing a label opens it in the browser",
            label: "links, browser"),
        ], count: "link N", hints: [Facts.hint(.reader, 3, "links")])
    case .links: return Facts.make([.reader], "List links, enclosures and images", "list of links")
    case .follow:
      return Facts(
        contexts: [.reader],
        forms: [
          Form(
            arguments: [], help: "Follow the target; without a target, scroll one row",
            label: "follow"),
          Form(arguments: ["N"], help: "Follow the link of that number", label: "follow link"),
        ], count: "link N", hints: [])
    case .peek:
      return Facts.make(
        [.reader], "Show what the reference points to, without leaving", "peek")
    case .openInBrowser:
      return Facts.make(
        [.feeds, .entries, .reader, .sheet],
        "Open the target, the entry or the feed’s site in the browser", "browser", count: "link N",
        hints: [
          Facts.hint(.reader, 6, "browser"), Facts.hint(.entries, 8, "browser"),
          Facts.hint(.sheet, 4, "browser"),
        ])
    case .openWith:
      return Facts.text(
        [.entries, .reader, .sheet], "Choose a program to open it with", "open with",
        argument: "PROGRAM", count: "link N")
    case .jumpBack:
      return Facts.make(
        [.reader, .entries], "Back to where the last jump started", "jump back", count: "N jumps")
    case .jumpForward:
      return Facts.make([.reader, .entries], "Forward again", "jump forward", count: "N jumps")
    case .nextHeading:
      return Facts.make(
        [.reader], "Next heading", "next heading", count: "N times",
        hints: [Facts.hint(.reader, 8, "next heading")])
    case .previousHeading:
      return Facts.make([.reader], "Previous heading", "previous heading", count: "N times")
    case .nextFormula:
      return Facts.make(
        [.reader], "Next display formula", "next formula", count: "N times",
        hints: [Facts.hint(.reader, 9, "next formula")])
    case .previousFormula:
      return Facts.make([.reader], "Previous display formula", "previous formula", count: "N times")
    case .nextReference:
      return Facts.make(
        [.reader], "Next reference: an equation number or a footnote", "next reference",
        count: "N times")
    case .previousReference:
      return Facts.make([.reader], "Previous reference", "previous reference", count: "N times")
    case .nextLink: return Facts.make([.reader], "Next link", "next link", count: "N times")
    case .previousLink:
      return Facts.make([.reader], "Previous link", "previous link", count: "N times")
    case .nextCode: return Facts.make([.reader], "Next code block", "next code", count: "N times")
    case .previousCode:
      return Facts.make([.reader], "Previous code block", "previous code", count: "N times")
    case .nextTable: return Facts.make([.reader], "Next table", "next table", count: "N times")
    case .previousTable:
      return Facts.make([.reader], "Previous table", "previous table", count: "N times")
    case .nextImage: return Facts.make([.reader], "Next image", "next image", count: "N times")
    case .previousImage:
      return Facts.make([.reader], "Previous image", "previous image", count: "N times")
    case .nextBlock:
      return Facts.make([.reader], "Next paragraph or block", "next block", count: "N blocks")
    case .previousBlock:
      return Facts.make(
        [.reader], "Previous paragraph or block", "previous block", count: "N blocks")
    case .outline:
      return Facts.make(
        [.reader], "Headings, display formulas, code, tables: jump to one", "outline",
        hints: [Facts.hint(.reader, 13, "outline")])
    case .formulas: return Facts.make([.reader], "List the display formulas", "formulas")
    // Wide blocks.
    case .panLeft:
      return Facts.make(
        [.reader], "Pan the wide block left by half its width", "pan", count: "N steps")
    case .panRight:
      return Facts.make(
        [.reader], "Pan the wide block right by half its width", "pan", count: "N steps")
    case .panHome: return Facts.make([.reader], "Pan to the first column", "pan to start")
    case .panEnd: return Facts.make([.reader], "Pan to the last column", "pan to end")
    case .toggleBlockWrap:
      return Facts.make([.reader], "Show the block wrapped or unwrapped", "wrap")
    // Copying.
    case .copyLink:
      return Facts.make(
        [.feeds, .entries, .reader, .sheet],
        "Copy the address of the target, the entry or the feed", "address", count: "link N",
        hints: [
          Facts.hint(.entries, 6, "copy", isPrefix: true),
          Facts.hint(.reader, 4, "copy", isPrefix: true),
          Facts.hint(.sheet, 5, "copy", isPrefix: true),
        ])
    case .copyTitle: return Facts.make(Command.everyPane, "Copy the title", "title")
    case .copyFormula:
      return Facts.make(
        [.reader, .sheet], "Copy a formula with its delimiters", "formula",
        count: "n-th on the screen")
    case .copyFormulaBare:
      return Facts.make(
        [.reader, .sheet], "Copy a formula without delimiters", "bare formula",
        count: "n-th on the screen")
    case .copyParagraph: return Facts.make([.reader], "Copy a paragraph, unwrapped", "paragraph")
    case .copyCode:
      return Facts.make(
        [.reader], "Copy a code block, verbatim", "code", count: "n-th on the screen")
    case .copyEntry:
      return Facts.choice(
        [.entries, .reader],
        [
          ("", "Copy the whole entry as plain text", "entry"),
          ("--markdown", "Copy the whole entry as Markdown", "Markdown"),
        ])
    case .pipe:
      return Facts(
        contexts: [.entries, .reader],
        forms: [
          Form(arguments: [], help: "Send the entry to a program", label: "pipe"),
          Form(arguments: ["COMMAND"], help: "Send the entry to a program", label: "pipe"),
          Form(
            arguments: ["--markdown", "COMMAND"], help: "Send the entry to a program as Markdown",
            label: "pipe Markdown"),
          Form(
            arguments: ["--html", "COMMAND"], help: "Send the entry to a program as a page of HTML",
            label: "pipe HTML"),
          Form(
            arguments: ["--json", "COMMAND"],
            help: "Send the entry to a program as JSON, as it is exported", label: "pipe JSON"),
        ], count: nil, hints: [])
    case .save:
      var facts = Facts.text(
        [.entries, .reader],
        "Save the entry in a new file: as text, or by its name as .md, .html or .json", "save",
        argument: "FILE")
      facts.isUnboundByDefault = true
      return facts
    case .download:
      return Facts(
        contexts: [.entries, .reader, .sheet],
        forms: [
          Form(
            arguments: [], help: "Save the enclosure in the folder for downloads",
            label: "download"),
          Form(
            arguments: ["N"], help: "Save the enclosure of that number", label: "download that"),
        ], count: "enclosure N", hints: [], isUnboundByDefault: true)
    case .speak:
      var facts = Facts.make(
        [.entries, .reader], "Read the entry aloud, or stop reading it (hooks.speak)",
        "read aloud")
      facts.isUnboundByDefault = true
      return facts
    default: return nil
    }
  }
}
