import Feeds
import Fetching
import Foundation
import Glibc
import Keymaps
import Storing

/// What `yue doctor` says of this machine and the library: facts, each with its remedy.
///
/// It holds no secret and nothing that a feed says, so that it can be pasted into a report.
struct LibraryExamination {
  typealias Grade = FeedExamination.Grade
  typealias Finding = FeedExamination.Finding

  private(set) var findings: [Finding] = []

  var hasFault: Bool { findings.contains { $0.grade == .fault } }

  init(_ paths: Paths, environment: [String: String]) {
    add(.ok, "version", "yue \(RefreshSettings.version)")
    add(
      CurlLibrary.isThere ? .ok : .fault, "network",
      CurlLibrary.isThere
        ? "libcurl \(CurlLibrary.version)"
        : "libcurl is not there; install the package libcurl4, nothing is fetched without it")
    examineTerminal(environment)
    examineSettings(paths)
    let year = LocalTime.now.parts().year
    if year < 2024 { add(.fault, "clock", "the clock says \(year); feeds are due by it, set it") }
    examineLibrary(paths)
    examineBackups(paths)
  }

  private mutating func examineBackups(_ paths: Paths) {
    let backups = Store.backups(of: paths.library, in: paths.backups)
    guard let newest = backups.first else {
      return add(.note, "backups", "none yet; `yue refresh` makes one a week")
    }
    let days = (LocalTime.now.secondsSince1970 - newest.madeAt.secondsSince1970) / 86_400
    let age = days < 1 ? "today" : "\(days) days ago"
    add(.ok, "backups", "\(backups.count), the newest of \(age): \(newest.path)")
  }

  private mutating func add(_ grade: Grade, _ subject: String, _ text: String) {
    findings.append(Finding(grade: grade, subject: subject, text: Sentences.shown(text)))
  }

  private mutating func examineTerminal(_ environment: [String: String]) {
    let type = environment["TERM"] ?? ""
    add(
      type.isEmpty ? .note : .ok, "terminal",
      type.isEmpty ? "TERM is not set; the browser needs it" : "TERM is \(type)")
    let configuration = (try? ConfigFile(path: Paths(environment).configuration))?.configuration
    switch (configuration ?? Configuration()).clipboard(environment).route {
    case .terminal:
      add(
        .ok, "clipboard",
        environment["TMUX"] == nil
          ? "the terminal’s (OSC 52)"
          : "the terminal’s (OSC 52); tmux needs `set -s set-clipboard on`")
    case .program(let program): add(.ok, "clipboard", program)
    case .none(let reason): add(.note, "clipboard", reason)
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
    let isUTF8 = locale?.lowercased().contains("utf") ?? false
    add(
      isUTF8 ? .ok : .note, "locale",
      isUTF8
        ? locale ?? ""
        : "\(locale ?? "none") is not UTF-8; yue draws UTF-8 all the same (LANG=C.UTF-8)"
    )
  }

  private mutating func examineSettings(_ paths: Paths) {
    do throws(InputError) {
      let file = try ConfigFile(path: paths.configuration)
      for diagnostic in file.diagnostics { add(.fault, "settings", diagnostic.text) }
      if file.diagnostics.isEmpty {
        let isThere = access(paths.configuration, F_OK) == 0
        add(.ok, "settings", isThere ? paths.configuration : "none; the defaults hold")
      }
    } catch {
      add(.fault, "settings", Sentences.sentence(for: error))
    }
    for diagnostic in KeymapFiles().load().diagnostics {
      add(diagnostic.isWarning ? .note : .fault, "keys", diagnostic.summary)
    }
  }

  private mutating func examineLibrary(_ paths: Paths) {
    let path = paths.library
    guard access(path, F_OK) == 0 else {
      return add(.note, "library", "there is none yet; `yue add URL` begins one at \(path)")
    }
    let folder = (path as NSString).deletingLastPathComponent
    if let type = Self.fileSystem(of: folder), Self.remoteTypes.contains(where: type.hasPrefix) {
      add(
        .note, "disk",
        "the library is on a network file system (\(type)); use it on one machine at a time, or move it (--database)"
      )
    }
    var room = statvfs()
    if statvfs(folder, &room) == 0 {
      let free = Int64(clamping: room.f_bavail).multipliedReportingOverflow(
        by: Int64(clamping: room.f_frsize))
      let mebibytes = (free.overflow ? .max : free.partialValue) >> 20
      add(mebibytes < 100 ? .fault : .ok, "disk", "\(mebibytes) MiB free")
    }
    let size = Self.bytes(path) >> 10
    let log = Self.bytes(path + "-wal") >> 10
    do throws(StoringError) {
      let store = try Store.brief(path: path)
      let wrong = try store.wrongCounts()
      if wrong > 0, !store.isReadOnly {
        try store.repairCounts()
        add(.note, "library", "the counts of \(wrong) feeds were wrong and are counted anew")
      }
      let faults = try store.examine()
      for fault in faults {
        add(.fault, "library", "\(fault); `yue doctor --restore` lists the copies there are")
      }
      if store.isReadOnly { add(.fault, "library", "it can only be read; are its rights yours?") }
      if faults.isEmpty {
        add(.ok, "library", "\(path), sound; \(size) KiB, log \(log) KiB")
      }
      examineFeeds(try store.health())
      store.close()
    } catch {
      add(.fault, "library", Sentences.sentence(for: error))
    }
  }

  private static let remoteTypes = ["nfs", "cifs", "smb", "9p", "fuse.sshfs", "afs", "ceph"]

  /// The kind of file system a folder is on, by the table of mounts (proc(5)).
  private static func fileSystem(of folder: String) -> String? {
    guard let mounts = try? String(contentsOfFile: "/proc/mounts", encoding: .utf8) else {
      return nil
    }
    let path = URL(filePath: folder).resolvingSymlinksInPath().path + "/"
    var best: (length: Int, type: String)?
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2 else { continue }
      let place = fields[1].replacing("\\040", with: " ")
      guard place == "/" || path.hasPrefix(place + "/"), place.count >= best?.length ?? 0 else {
        continue
      }
      best = (place.count, String(fields[2]))
    }
    return best?.type
  }

  private mutating func examineFeeds(_ feeds: [FeedHealth]) {
    let failed = feeds.count { $0.errorText != nil }
    let ended = feeds.count { $0.state == .gone || $0.state == .finished }
    let never = feeds.count { $0.lastSuccess == nil }
    add(
      failed > 0 ? .note : .ok, "feeds",
      "\(feeds.count) feeds; \(failed) failed, \(ended) ended, \(never) never fetched"
        + (failed > 0 ? "; `yue refresh` says why" : ""))
  }

  private static func bytes(_ path: String) -> Int64 {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int64(facts.st_size) : 0
  }
}
