import Cells
import Feeds
import Keymaps

/// Ways to go on with a line that is being typed: folders, tags, feeds, files, terms of a query.
extension Browser {
  private static let mostCandidates = 64

  /// Offers what may follow, after every edit of the line.
  mutating func refreshCandidates() {
    guard let prompt = state.prompt else { return }
    let offered: [Prompt.Candidate]
    switch prompt.kind {
    case .command:
      guard let found = candidates(forArgumentsOf: prompt.text) else { return }
      offered = found
    case .tag: offered = tagCandidates(prompt.text)
    case .search, .filter: offered = queryCandidates(prompt.text)
    case .moveToFolder, .newFolder:
      offered = candidates("FOLDER", beginning: prompt.text, before: "")
    case .importList, .exportFile, .save:
      offered = candidates("FILE", beginning: prompt.text, before: "")
    case .interval: offered = candidates("INTERVAL", beginning: prompt.text, before: "")
    default: return
    }
    state.prompt?.offer(offered)
  }

  /// What an argument of this name may be; the names are those in the command table.
  func argumentCandidates(_ name: String) -> [Prompt.Candidate] {
    switch name {
    case "FOLDER":
      state.feeds.library.folders.map {
        Prompt.Candidate(text: $0.joined(separator: "/"), help: "folder")
      }
    case "TAG":
      state.tags.map { Prompt.Candidate(text: "tag:" + $0.name, help: entryCount($0.count)) }
    case "FEED": state.feeds.feeds.map { Prompt.Candidate(text: $0.title, help: $0.url) }
    case "FILE": state.files.names.map { Prompt.Candidate(text: $0, help: "") }
    case "INTERVAL":
      [
        ("auto", "by the feed’s own schedule"), ("30m", "every half hour"), ("1h", "every hour"),
        ("6h", "four times a day"), ("1d", "once a day"), ("7d", "once a week"),
      ].map { Prompt.Candidate(text: $0.0, help: $0.1) }
    case "AGE": ["7d", "30d", "6m", "1y"].map { Prompt.Candidate(text: $0, help: "") }
    default: []
    }
  }

  private mutating func candidates(
    _ name: String, beginning typed: String, before: String
  ) -> [Prompt.Candidate] {
    if name == "FILE", state.files.prefix != typed, !typed.isEmpty {
      state.files.prefix = typed
      outbox.append(.listFiles(prefix: typed))
    }
    return Array(
      argumentCandidates(name).filter { $0.text.hasPrefix(typed) && $0.text != typed }
        .prefix(Self.mostCandidates)
    ).map { Prompt.Candidate(text: before + $0.text, help: $0.help) }
  }

  /// Candidates for the text that a command takes; nil while its name is typed.
  private mutating func candidates(forArgumentsOf line: String) -> [Prompt.Candidate]? {
    let words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    guard let first = words.first, let command = Command(rawValue: first),
      words.count > 1 || line.hasSuffix(" ")
    else { return nil }
    let typed = line.hasSuffix(" ") ? Array(words.dropFirst()) + [""] : Array(words.dropFirst())
    for form in command.facts.forms {
      guard let name = form.arguments.last, form.takesText, typed.count >= form.arguments.count,
        zip(form.arguments.dropLast(), typed).allSatisfy({ $0 == $1 })
      else { continue }
      let text = typed.dropFirst(form.arguments.count - 1).joined(separator: " ")
      let before = line.dropLast(text.count)
      let found = candidates(name, beginning: text, before: String(before))
      if !found.isEmpty { return found }
    }
    return nil
  }

  mutating func filesListed(_ prefix: String, _ names: [String]) {
    guard state.files.prefix == prefix else { return }
    state.files.names = names
    refreshCandidates()
  }

  private func entryCount(_ count: Int) -> String { count == 1 ? "1 entry" : "\(count) entries" }

  // MARK: Tags

  /// The tags of what is being tagged.
  var tagsOfCurrent: [String] {
    let ids = Set(current?.ids ?? [])
    let rows = state.entries?.rows.filter { ids.contains($0.id) } ?? []
    return Array(Set(rows.flatMap(\.tags))).sorted()
  }

  private func tagCandidates(_ line: String) -> [Prompt.Candidate] {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    let last = words.last ?? ""
    let rest = line.dropLast(last.count)
    let sign = last.hasPrefix("-") ? "-" : "+"
    let typed = last.drop { $0 == "+" || $0 == "-" }
    let known = Set(words.dropLast().map { $0.drop { $0 == "+" || $0 == "-" } })
    let now = Set(tagsOfCurrent)
    // What it has can be taken away, what it has not be added.
    let fitting = state.tags.filter {
      $0.name.hasPrefix(typed) && !known.contains($0.name[...])
        && now.contains($0.name) == (sign == "-")
    }
    return fitting.prefix(Self.mostCandidates).map {
      Prompt.Candidate(
        text: rest + sign + $0.name, help: entryCount($0.count))
    }
  }

  // MARK: Queries

  private static let queryTerms: [(term: String, help: String)] = [
    ("title:", "in the title"), ("body:", "in the text"), ("author:", "by the author"),
    ("feed:", "in this feed"), ("folder:", "in this folder"), ("tag:", "with this tag"),
    ("link:", "in the address"), ("formula:", "inside a formula, blanks ignored"),
    ("is:unread", ""), ("is:read", ""), ("is:starred", ""),
    ("is:new", "arrived since the last session began"), ("is:reading", "left half-read"),
    ("is:changed", "changed since it was read"), ("is:deleted", ""), ("has:formula", ""),
    ("has:code", ""), ("has:table", ""), ("has:image", ""), ("has:enclosure", ""),
    ("has:comments", ""), ("has:text", ""), ("after:", "2026-01-31"), ("before:", "2026"),
    ("age:<", "7d, 2w, 6m, 1y"), ("age:>", "7d, 2w, 6m, 1y"), ("length:>", "characters"),
  ]

  /// The terms of the query language, as soon as two letters of one are typed; and what it may name.
  private func queryCandidates(_ line: String) -> [Prompt.Candidate] {
    let last = line.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
    let rest = line.dropLast(last.count)
    let word = last.drop { $0 == "-" || $0 == "(" }
    let before = String(rest + last.prefix(last.count - word.count))
    guard word.count >= 2 else { return [] }
    var values: [Prompt.Candidate] = []
    func name(_ field: String, _ text: String, _ help: String = "") {
      let value = text.contains(" ") ? "\"\(text)\"" : text
      values.append(Prompt.Candidate(text: field + value, help: help))
    }
    switch word.prefix(while: { $0 != ":" }) {
    case "tag": for tag in state.tags { name("tag:", tag.name, entryCount(tag.count)) }
    case "feed": for feed in state.feeds.feeds { name("feed:", feed.title) }
    case "folder": for path in state.feeds.library.folders { name("folder:", path.last ?? "") }
    default: break
    }
    let terms = Self.queryTerms.map { Prompt.Candidate(text: $0.term, help: $0.help) }
    return (word.contains(":") ? values + terms : terms).filter {
      $0.text.hasPrefix(word) && $0.text != word
    }.prefix(Self.mostCandidates).map { Prompt.Candidate(text: before + $0.text, help: $0.help) }
  }

  // MARK: Sentences

  /// A sentence in lines of so many columns, broken at blanks, or where there are none anywhere.
  func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    func columnsOf(_ text: String) -> Int { CellText(text, profile: settings.profile).columns }
    for word in text.split(separator: " ") {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if columnsOf(longer) <= columns {
        line = longer
        continue
      }
      // What fits on no line begins on this one.
      if columnsOf(String(word)) > columns {
        if !line.isEmpty { line += " " }
      } else {
        if !line.isEmpty { lines.append(line) }
        line = ""
      }
      for character in word {
        if columnsOf(line + String(character)) > max(2, columns) {
          lines.append(line)
          line = ""
        }
        line.append(character)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// A title in quotes, cut so that what stands beside it still fits on the status row.
  func quotedToFit(_ title: String, beside rest: String) -> String {
    let taken = CellText(rest, profile: settings.profile).columns
    let quotes = CellText(furniture.quoted(""), profile: settings.profile).columns
    // A blank at the left, and the progress at the right end.
    let room = max(8, state.size.columns - 1 - taken - quotes - 7)
    return furniture.quoted(
      CellText(title, profile: settings.profile).truncated(
        toColumns: room, ellipsis: furniture.ellipsis, profile: settings.profile
      ).text)
  }
}

extension Command {
  /// Where in the arguments a text begins that goes on to the end of the line; nil when there is
  /// none, or when the words are those of a form that takes no text.
  func firstWordOfText(in arguments: [String]) -> Int? {
    let forms = facts.forms
    if forms.contains(where: { !$0.takesText && $0.arguments == arguments }) { return nil }
    // The form that agrees longest is the one that was meant.
    let fitting = forms.filter { form in
      guard case .text? = form.rule.last, arguments.count > form.rule.count - 1 else {
        return false
      }
      return zip(form.rule.dropLast(), arguments).allSatisfy { argument, word in
        if case .word(let expected) = argument { word == expected } else { true }
      }
    }
    guard let form = fitting.max(by: { $0.arguments.count < $1.arguments.count }) else {
      return nil
    }
    return form.arguments.count - 1
  }
}
