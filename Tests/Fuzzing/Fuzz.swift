import Documents
import Feeds
import Glibc
import Keymaps
import Parsing
import Terminal
import Typesetting

/// What libFuzzer feeds its bytes to; the environment variable `YUE_FUZZ_TARGET` names it.
///
/// Nothing may trap, hang or eat memory, whatever the bytes are; some targets hold their results to
/// a promise besides.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
  FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: start, count: byteCount)))
  return 0
}

enum FuzzTarget: String, CaseIterable {
  case feed, html, date, opml, json, query, keymap, input

  static let chosen: FuzzTarget = {
    let name = getenv("YUE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      fatalError("YUE_FUZZ_TARGET is \(name); it must be one of \(names)")
    }
    return target
  }()

  func run(_ bytes: [UInt8]) {
    switch self {
    case .feed, .json:
      guard let feed = try? FeedParser(documentURL: "https://feed.example/").parse(bytes) else {
        return
      }
      Self.requireSafe(NeutralJSON.text(of: feed))
    case .html: Self.readAndSet(bytes)
    case .date:
      let text = String(decoding: bytes, as: UTF8.self)
      for language in [nil, "zh-CN", "de"] { _ = Dates(language: language).timestamp(text) }
    case .opml:
      guard let list = try? OPML.read(bytes) else { return }
      let text = OPML.text(of: list, createdAt: Timestamp(secondsSince1970: 0))
      guard let again = try? OPML.read(Array(text.utf8)) else {
        fatalError("a list that was written cannot be read")
      }
      precondition(again.placements.count == list.placements.count, "feeds were lost in writing")
    case .query: _ = try? SearchQuery(String(decoding: bytes, as: UTF8.self))
    case .keymap:
      _ = KeymapReader(rules: []).read(KeymapFile(name: "fuzz.keymap", bytes: bytes))
    case .input:
      // However the bytes are split, the same keys come out.
      var whole = InputDecoder()
      var split = InputDecoder()
      let expected = whole.decode(bytes) + whole.timeOut()
      var events: [InputDecoder.Event] = []
      for byte in bytes { events += split.decode([byte]) }
      events += split.timeOut()
      precondition(events == expected, "keys depend on how their bytes arrive")
    }
  }

  /// Reads a body and sets it at a width that the first byte chooses.
  private static func readAndSet(_ bytes: [UInt8]) {
    let document = DocumentReader(baseURL: "https://feed.example/a").document(html: bytes)
    let columns = 1 + Int(bytes.first ?? 79) % 120
    let page = PageSettings(columns: columns)
    let lines = layout(document, blocks: 0..<document.blocks.count, page).lines
    // The narrowest lines may have to hold a wide character.
    if columns >= 20 {
      precondition(lines.allSatisfy { $0.columns <= columns }, "a line is wider than the page")
    }
  }

  /// What is printed holds no control but the line end.
  private static func requireSafe(_ json: String) {
    precondition(
      json.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) },
      "a control character is in the output")
  }
}
