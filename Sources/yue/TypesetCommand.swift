import ArgumentParser
import Cells
import Documents
import Foundation
import Parsing
import Typesetting

/// `yue typeset`: lay out one body, or a file of cases.
struct TypesetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "typeset",
    abstract: "Lay out one piece of HTML or text; or, with --batch, a file of cases.",
    discussion: """
      --batch reads one JSON object per line, {"name", "text" or "html", "width", "ambiguous", \
      "options"}, and writes one per line in the same order, {"name", "lines"} or \
      {"name", "error"}.

      Examples:
        yue typeset --width 40 body.html
        echo '设$a<b$且$c>d$。' | yue typeset --text --width 12 -
        yue typeset --batch cases.jsonl
      """)

  @Flag(help: "The input is plain text, not HTML.")
  var text = false

  @Flag(help: "The input is HTML (the default).")
  var html = false

  @Option(help: "A file of JSON lines, or - for standard input.")
  var batch: String?

  @Argument(help: "A file, or - for standard input.")
  var file: String?

  @OptionGroup var page: PageOptions

  @OptionGroup(title: "Options of every command") var everywhere: GlobalOptions

  func validate() throws {
    if text && html { throw ValidationError("--text and --html exclude each other.") }
    if (batch == nil) == (file == nil) {
      throw ValidationError("Give one FILE, or --batch FILE.")
    }
  }

  func run() throws {
    if let batch {
      try runBatch(InputFile(named: batch))
    } else if let file {
      let source = try InputFile(named: file)
      let reader = DocumentReader()
      let document =
        text ? reader.document(plainText: source.bytes) : reader.document(html: source.bytes)
      StandardOutput.write(layoutLines(document, page.settings))
    }
  }
}

extension TypesetCommand {
  private func runBatch(_ source: InputFile) throws {
    var hasErrors = false
    var output: [UInt8] = []
    for line in source.bytes.split(separator: 0x0A, omittingEmptySubsequences: true) {
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      let answer = BatchAnswer(to: Data(line))
      if case .failure = answer.outcome { hasErrors = true }
      output += answer.json
      output.append(0x0A)
      if output.count > 1 << 16 {
        StandardOutput.write(output)
        output.removeAll(keepingCapacity: true)
      }
    }
    StandardOutput.write(output)
    if hasErrors { throw ExitCode(ExitStatus.failed.rawValue) }
  }
}

/// The answer to one line of a batch file.
private struct BatchAnswer {
  var name: String
  var outcome: Result<[String], BatchError>

  init(to line: Data) {
    guard let object = try? JSONDecoder().decode([String: JSONValue].self, from: line) else {
      name = ""
      outcome = .failure(BatchError("not a JSON object"))
      return
    }
    name = object["name"]?.string ?? ""
    do {
      outcome = .success(try Self.lines(of: object))
    } catch {
      outcome = .failure(error)
    }
  }

  /// `{"name":…,"lines":[…]}` or `{"name":…,"error":"…"}`, keys in this order.
  var json: [UInt8] {
    switch outcome {
    case .success(let lines):
      let list = lines.map(NeutralJSON.quoted).joined(separator: ",")
      return Array("{\"name\":\(NeutralJSON.quoted(name)),\"lines\":[\(list)]}".utf8)
    case .failure(let error):
      let sentence = NeutralJSON.quoted(error.sentence)
      return Array("{\"name\":\(NeutralJSON.quoted(name)),\"error\":\(sentence)}".utf8)
    }
  }

  private static func lines(of object: [String: JSONValue]) throws(BatchError) -> [String] {
    let text = object["text"]?.string
    let html = object["html"]?.string
    guard (text == nil) != (html == nil) else {
      throw BatchError("exactly one of \"text\" and \"html\" must be a string")
    }
    guard let columns = object["width"]?.integer, (1...1_000_000).contains(columns) else {
      throw BatchError("\"width\" must be an integer of at least 1")
    }
    let ambiguous = object["ambiguous"] ?? .number(1)
    guard let ambiguousColumns = ambiguous.integer, ambiguousColumns == 1 || ambiguousColumns == 2
    else {
      throw BatchError("\"ambiguous\" must be 1 or 2")
    }
    let batch = try BatchOptions(
      try options(of: object), columns: columns, ambiguousColumns: ambiguousColumns,
      isText: text != nil)
    let reader = DocumentReader(language: object["language"]?.string)
    guard let text else {
      return batch.lines(of: reader.document(html: Array((html ?? "").utf8)))
    }
    let bytes = Array(text.utf8)
    switch batch.textMode {
    case .text:
      return batch.lines(
        of: reader.document(sourceText: bytes, findsFormulas: batch.page.breaking.math))
    case .flow: return batch.lines(of: reader.document(flowText: bytes))
    case .pre: return batch.lines(of: reader.document(verbatim: bytes))
    }
  }

  private static func options(of object: [String: JSONValue]) throws(BatchError) -> [String: String]
  {
    switch object["options"] {
    case nil, .null: return [:]
    case .object(let values):
      var options: [String: String] = [:]
      for (key, value) in values {
        guard let word = value.word else {
          throw BatchError("option \"\(key)\" must be a word, a number, true or false")
        }
        options[key] = word
      }
      return options
    default: throw BatchError("\"options\" must be an object")
    }
  }
}

/// Any value of JSON; what a batch file holds is checked, not assumed.
private enum JSONValue: Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }

  var integer: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }

  /// The value as it would be typed.
  var word: String? {
    switch self {
    case .string(let value): value
    case .bool(let value): value ? "true" : "false"
    case .number(let value): Int(exactly: value).map(String.init)
    case .null, .array, .object: nil
    }
  }
}
