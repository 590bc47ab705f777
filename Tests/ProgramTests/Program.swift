import Foundation
import Glibc
import Testing

/// The program that was built beside these tests, and what it needs around it.
enum Program {
  /// The binary: beside the test bundle, whatever the scratch folder is called.
  static let url: URL? = {
    var places = ["/proc/self/exe"] + CommandLine.arguments
    places.append(#filePath)
    for place in places {
      var folder = URL(filePath: place).resolvingSymlinksInPath()
      for _ in 0..<6 where folder.path.count > 1 {
        folder = folder.deletingLastPathComponent()
        for below in ["yue", ".build/debug/yue", ".build/strict/debug/yue"] {
          let candidate = folder.appending(path: below)
          var isFolder: ObjCBool = false
          let exists = FileManager.default.fileExists(
            atPath: candidate.path, isDirectory: &isFolder)
          if exists, !isFolder.boolValue { return candidate }
        }
      }
    }
    return nil
  }()

  static let checkout = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static var manual: String { checkout.appending(path: "docs/manual/manual.xml").path }

  /// The environment of a run: nothing of the developer's own.
  static func environment(home: URL, _ changes: [String: String] = [:]) -> [String: String] {
    [
      "HOME": home.path, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color",
      "TZ": "UTC", "PATH": "/usr/bin:/bin",
    ].merging(changes) { $1 }
  }
}

/// An empty folder that is gone after the test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "yue-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file; returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    try file(name, Data(text.utf8))
  }

  func file(_ name: String, _ data: Data) throws -> String {
    let place = url.appending(path: name)
    try data.write(to: place)
    return place.path
  }
}

/// What could not be set up.
struct SetupError: Error {
  var what: String
  init(_ what: String) { self.what = what }
}
