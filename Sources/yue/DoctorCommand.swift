import ArgumentParser
import Cells
import Feeds
import Foundation
import Parsing

/// `yue doctor FEED`: how a feed is read, and what is odd about it.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say how a feed was read and what is wrong with it.",
    discussion: """
      One line a fact, with ok, note or fault before it: format, encoding and how it was found, \
      what was repaired, entries without ids, titles or dates, excerpts, formulas. The exit status \
      is 1 when there is a fault.

      Examples:
        yue doctor kexue.xml
        curl -s https://kexue.fm/feed | yue doctor -
        yue doctor --json kexue.xml
      """)

  @Argument(help: "A feed file, or - for standard input.")
  var file: String

  @Option(help: ArgumentHelp("The address the feed came from.", valueName: "url"))
  var base: String?

  @Flag(help: "Write one JSON object.")
  var json = false

  func run() throws {
    let input = try InputFile(named: file)
    let feed: ParsedFeed
    do {
      feed = try FeedParser(documentURL: base).parse(input.bytes)
    } catch {
      StandardError.write(Sentences.sentence(for: error, in: file))
      throw ExitCode(ExitStatus.badInput.rawValue)
    }
    let examination = FeedExamination(feed, byteCount: input.bytes.count)
    StandardOutput.write(json ? [try Self.json(examination)] : Self.lines(examination))
    if examination.hasFault { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  private static func lines(_ examination: FeedExamination) -> [String] {
    examination.findings.map { finding in
      let grade = finding.grade.rawValue.padding(toLength: 6, withPad: " ", startingAt: 0)
      let subject = finding.subject.padding(toLength: 10, withPad: " ", startingAt: 0)
      // Titles and sentences may hold what a feed says.
      return grade + subject + CellText(finding.text, profile: WidthProfile()).text
    }
  }

  private static func json(_ examination: FeedExamination) throws -> String {
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
      findings: examination.findings.map {
        Report.Line(
          grade: $0.grade.rawValue, subject: $0.subject,
          text: CellText($0.text, profile: profile).text)
      })
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }
}
