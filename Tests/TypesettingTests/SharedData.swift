import Foundation

/// Third-party test data that stands beside the checkout and is never copied into it.
enum SharedData {
  /// The folder, when there is one: `YUE_SHARED_DATA`, else `shared/data` beside a parent folder.
  static let folder: URL? = {
    if let path = ProcessInfo.processInfo.environment["YUE_SHARED_DATA"] {
      return URL(filePath: path)
    }
    var place = URL(filePath: #filePath).deletingLastPathComponent()
    for _ in 0..<6 {
      place = place.deletingLastPathComponent()
      let candidate = place.appending(path: "shared/data")
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    return nil
  }()

  static var isPresent: Bool { folder != nil }

  /// The files of a folder below it, in order of their names; says so when there are none.
  static func files(in name: String, ending extensions: [String] = []) -> [URL] {
    guard let folder else {
      print("skipped: shared/data is not here, \(name) was not read")
      return []
    }
    let place = folder.appending(path: name)
    let files =
      (try? FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil))
      ?? []
    return files.filter { extensions.isEmpty || extensions.contains($0.pathExtension) }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  static func bytes(_ name: String) -> [UInt8]? {
    guard let folder, let data = try? Data(contentsOf: folder.appending(path: name)) else {
      print("skipped: shared/data is not here, \(name) was not read")
      return nil
    }
    return Array(data)
  }
}
