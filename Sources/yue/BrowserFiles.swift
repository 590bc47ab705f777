import Browsing
import Foundation
import Parsing
import Storing

/// What the browser asks of the file system.
enum BrowserFiles {
  /// The files whose paths begin so; folders end in a slash, hidden ones are left out.
  static func names(beginning prefix: String) -> [String] {
    let expanded = (prefix as NSString).expandingTildeInPath + (prefix.hasSuffix("/") ? "/" : "")
    let shownFolder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    let folder = expanded.lastIndex(of: "/").map { String(expanded[...$0]) } ?? "./"
    let start = prefix.dropFirst(shownFolder.count)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix(start) && ($0.hasPrefix(".") == start.hasPrefix(".")) }
      .sorted().prefix(200).map { name in
        var isDirectory: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: folder + name, isDirectory: &isDirectory)
        return shownFolder + name + (isDirectory.boolValue ? "/" : "")
      }
  }

  /// Writes the subscriptions as OPML, or everything as JSON when the name ends so.
  static func export(_ store: Store, to path: String) throws(StoringError) -> Result<String, Fault>
  {
    let path = (path as NSString).expandingTildeInPath
    let isJSON = path.hasSuffix(".json") || path.hasSuffix(".jsonl")
    let file: AtomicFile
    do throws(AtomicFile.Fault) {
      file = try AtomicFile(path, replacing: false)
    } catch {
      return .failure(fault(error, path))
    }
    if isJSON {
      try ExportCommand.everything(store) { file.append($0) }
    } else {
      let list = try ExportCommand.list(store)
      file.append(Array(OPML.text(of: list, createdAt: LocalTime.now).utf8))
    }
    do throws(AtomicFile.Fault) { try file.keep() } catch { return .failure(fault(error, path)) }
    return .success(
      "Wrote \(isJSON ? "everything" : "the subscriptions") to \(Sentences.quoted(path))")
  }

  private static func fault(_ fault: AtomicFile.Fault, _ path: String) -> Fault {
    Fault(
      sentence: fault == .exists
        ? "\(Sentences.quoted(path)) is there already; nothing was written."
        : Sentences.sentence(for: fault, path))
  }

  struct Fault: Error {
    var sentence: String
  }
}
