import ArgumentParser
import Cells
import Foundation
import Storing

/// `yue doctor`: how the library is, or how a feed is read, and what is odd about it.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Examine the library, or say how a feed was read and what is wrong with it.",
    discussion: """
      One line a fact, with ok, note or fault before it; the exit status is 1 when there is a fault.

      Without a FILE: this machine, the settings, and the library, every page of it; counts that are \
      wrong are counted anew. Nothing secret is printed.

      Of a feed: format, encoding and how it was found, what was repaired, entries without ids, \
      titles or dates, excerpts, formulas. A feed on the network is fetched, and nothing of it is kept.

      --restore lists the copies of the library, and with a FILE puts that one in its place; what \
      was there is renamed. --purge removes the texts that the settings `retention.days` and \
      `retention.entries-per-feed` do not keep; starred, tagged and unread entries stay.

      Examples:
        yue doctor
        yue doctor kexue.xml
        yue doctor https://kexue.fm/feed
        yue doctor 科学空间
        curl -s https://kexue.fm/feed | yue doctor -
        yue doctor --json kexue.xml
        yue doctor --restore ~/.local/share/yue/backup/yue.db-20261128
        yue doctor --purge --dry-run
      """)

  @Argument(
    help: ArgumentHelp(
      "A feed file, - for standard input, an address, a feed of the library, or a copy to restore.",
      valueName: "file"),
    completion: .file())
  var file: String?

  @Option(help: ArgumentHelp("The address the feed came from.", valueName: "url"))
  var base: String?

  @Flag(help: "Write one JSON object.")
  var json = false

  @Flag(help: "List the copies of the library, or put one in its place.")
  var restore = false

  @Flag(help: "Remove the texts of entries that the settings do not keep.")
  var purge = false

  @Flag(help: "With --purge, only say how many that would be.")
  var dryRun = false

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if restore, purge { throw ValidationError("Give one of --restore and --purge.") }
    if dryRun, !purge { throw ValidationError("--dry-run belongs to --purge.") }
    if purge, file != nil { throw ValidationError("--purge takes no file.") }
  }

  func run() throws {
    if restore { return try restoreLibrary() }
    if purge { return try purgeLibrary() }
    guard let file else { return try examineLibrary() }
    let examination = try FeedExamination(of: file, base: base, everywhere)
    StandardOutput.write(
      json ? [try Self.json(examination.findings)] : Self.lines(examination.findings))
    if examination.hasFault { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  private func examineLibrary() throws {
    let examination = LibraryExamination(
      everywhere.paths, environment: ProcessInfo.processInfo.environment)
    StandardOutput.write(
      json ? [try Self.json(examination.findings)] : Self.lines(examination.findings))
    if examination.hasFault { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  private func restoreLibrary() throws {
    let paths = everywhere.paths
    guard let file else {
      let backups = Store.backups(of: paths.library, in: paths.backups)
      if backups.isEmpty { everywhere.note("there are no copies of the library yet.") }
      return StandardOutput.write(
        backups.map {
          "\(LocalTime.dateAndTime($0.madeAt))\t\($0.bytes >> 10) KiB\t\(Sentences.plain($0.path))"
        })
    }
    let kept = try LibraryPlace.attempt { () throws(StoringError) in
      try Store.restore(file, to: paths.library, at: LocalTime.now)
    }
    StandardOutput.write(["The library is the copy \(Sentences.quoted(file)) now."])
    if let kept { everywhere.note("what was there before is \(Sentences.quoted(kept)).") }
  }

  private func purgeLibrary() throws {
    let retention = try everywhere.configurationFile().configuration.retention
    guard retention.days > 0 || retention.entriesPerFeed > 0 else {
      everywhere.note(
        "the settings keep everything; set retention.days or retention.entries-per-feed first.")
      return StandardOutput.write(["0"])
    }
    let store = try everywhere.library()
    let count = try LibraryPlace.attempt { () throws(StoringError) in
      try store.purge(retention, at: LocalTime.now, isRehearsal: dryRun)
    }
    StandardOutput.write([String(count)])
    everywhere.note(
      "the texts of \(count) entries \(dryRun ? "would be" : "were") removed; what they were stays known."
    )
  }

  private static func lines(_ findings: [FeedExamination.Finding]) -> [String] {
    findings.map { finding in
      let grade = finding.grade.rawValue.padding(toLength: 6, withPad: " ", startingAt: 0)
      let subject = finding.subject.padding(toLength: 10, withPad: " ", startingAt: 0)
      // Titles and sentences may hold what a feed says.
      return grade + subject + CellText(finding.text, profile: WidthProfile()).text
    }
  }

  private static func json(_ findings: [FeedExamination.Finding]) throws -> String {
    struct Report: Encodable {
      struct Line: Encodable {
        var grade: String
        var subject: String
        var text: String
      }
      var schema = 1
      var findings: [Line]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    let profile = WidthProfile()
    let report = Report(
      findings: findings.map {
        Report.Line(
          grade: $0.grade.rawValue, subject: $0.subject,
          text: CellText($0.text, profile: profile).text)
      })
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }
}
