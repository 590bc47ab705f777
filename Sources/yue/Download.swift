import Feeds
import Fetching
import Foundation
import Glibc
import Parsing

/// Saves what an address holds, for example the recording that belongs to an entry.
///
/// Both the address and what comes from it are a stranger's: only the network is asked, the size is
/// limited, the name is made here, and no file that is there is touched. It goes to the disk as it
/// comes, for a recording is larger than what one likes to keep in memory.
struct Download {
  /// Why nothing was saved; begins behind the address and a colon.
  struct Fault: Error {
    var sentence: String
  }

  var address: String
  /// Is made if it is not there.
  var folder: String
  var settings: RefreshSettings

  /// Fetches and saves; returns what to tell the reader.
  func run() async -> Result<String, Fault> {
    guard case .success(let read) = FeedAddress.read(address) else {
      return .failure(Fault(sentence: "this is no address of the web."))
    }
    var settings = settings
    settings.fetching.allowsFiles = false
    settings.fetching.allowsCommands = false
    settings.fetching.bodyLimitBytes = Self.byteLimit
    // A recording takes longer than a feed; one that has stopped coming is still given up.
    settings.limits.totalMilliseconds = 6 * 3_600_000
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      return .failure(Fault(sentence: "\(Sentences.quoted(folder)) cannot be made."))
    }
    let file: AtomicFile
    do throws(AtomicFile.Fault) {
      file = try AtomicFile(folder + "/download", replacing: false, isNamedLater: true)
    } catch {
      return .failure(Fault(sentence: Sentences.sentence(for: error, folder)))
    }
    let curl = CurlClient(settings.limits)
    defer { curl.close() }
    let ticket = FetchTicket(feed: FeedID(0), url: read.url, userInfo: read.userInfo)
    let result = await Fetcher(curl.client, settings.fetching).fetch(
      ticket, into: file.descriptor
    ) { LocalTime.now }
    if case .failed(.tooLarge) = result.outcome {
      return .failure(Fault(sentence: "it is larger than \(Self.byteLimit >> 30) GiB."))
    }
    guard case .received(let body) = result.outcome else {
      return .failure(Fault(sentence: Sentences.sentence(for: result.outcome) ?? "nothing came."))
    }
    return keep(file, Self.name(for: address, contentType: body.contentType))
  }

  private static let byteLimit = 4 << 30

  private func keep(_ file: AtomicFile, _ name: String) -> Result<String, Fault> {
    let amount = Self.amount(ofBytes: Int(lseek(file.descriptor, 0, SEEK_END)))
    for number in 1...999 {
      let name = Self.numbered(name, number)
      do throws(AtomicFile.Fault) {
        try file.keep(as: name)
      } catch .exists {
        continue
      } catch {
        return .failure(Fault(sentence: Sentences.sentence(for: error, folder + "/" + name)))
      }
      return .success("Saved \(Sentences.shown(name)), \(amount), in \(Sentences.quoted(folder))")
    }
    return .failure(Fault(sentence: "there are 999 files of that name already."))
  }

  /// The last part of an address as the name of a file.
  ///
  /// It holds no slash, no control character and nothing invisible, does not begin with a dot or a
  /// hyphen, and has at most 120 bytes, its ending kept.
  static func name(for address: String, contentType: String?) -> String {
    let path = address.prefix { $0 != "?" && $0 != "#" }
    let behindScheme = path.firstRange(of: "://").map { path[$0.upperBound...] } ?? path
    let parts = behindScheme.split(separator: "/")
    let last = parts.count > 1 ? String(parts[parts.count - 1]) : ""
    var name = ""
    for scalar in (last.removingPercentEncoding ?? last).unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
        .paragraphSeparator:
        continue
      default: name.unicodeScalars.append(scalar == "/" || scalar == "\\" ? "_" : scalar)
      }
    }
    name = String(name.drop { $0 == "." || $0 == "-" || $0 == " " })
    while let end = name.last, end == "." || end == " " { name.removeLast() }
    if name.isEmpty { name = "download" }
    if !name.contains("."), let ending = ending(of: contentType) { name += "." + ending }
    return shortened(name)
  }

  private static let endings = [
    "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/x-m4a": "m4a", "audio/ogg": "ogg",
    "audio/opus": "opus", "video/mp4": "mp4", "video/webm": "webm", "application/pdf": "pdf",
    "image/jpeg": "jpg", "image/png": "png", "application/zip": "zip", "text/html": "html",
    "text/plain": "txt", "application/epub+zip": "epub",
  ]

  private static func ending(of contentType: String?) -> String? {
    let type = (contentType ?? "").prefix { $0 != ";" && $0 != " " }.lowercased()
    return endings[type]
  }

  private static func parts(of name: String) -> (stem: Substring, ending: Substring) {
    guard let dot = name.lastIndex(of: "."), name[dot...].utf8.count <= 12 else {
      return (name[...], "")
    }
    return (name[..<dot], name[dot...])
  }

  private static func shortened(_ name: String) -> String {
    var (stem, ending) = parts(of: name)
    while stem.utf8.count + ending.utf8.count > 120 { stem.removeLast() }
    return String(stem + ending)
  }

  /// `talk.mp3`, `talk-2.mp3`, `talk-3.mp3`.
  private static func numbered(_ name: String, _ number: Int) -> String {
    guard number > 1 else { return name }
    let (stem, ending) = parts(of: name)
    return "\(stem)-\(number)\(ending)"
  }

  private static func amount(ofBytes count: Int) -> String {
    if count < 1 << 10 { return "\(count) bytes" }
    if count < 1 << 20 { return "\(count >> 10) KiB" }
    let tenths = count * 10 >> 20
    return "\(tenths / 10).\(tenths % 10) MiB"
  }
}
