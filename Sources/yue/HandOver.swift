import Browsing
import Foundation
import Glibc
import Terminal

/// Gives an entry's text to other programs and to files.
enum HandOver {
  /// What failed, for the reader.
  struct Fault: Error {
    var sentence: String
  }

  /// Runs a command of the reader's, who sees what it prints; the text is its standard input.
  static func pipe(
    _ text: PipedText, to command: String, on screen: Screen
  ) -> Result<String, Fault> {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.environment = environment(of: text)
    // A file, not a pipe: nobody waits for a program that does not read.
    guard let input = unnamedFile(holding: text.text) else {
      return .failure(Fault(sentence: "Nothing was piped: there is no room for a temporary file."))
    }
    process.standardInput = input
    var status: Int32?
    screen.lend {
      guard (try? process.run()) != nil else { return }
      process.waitUntilExit()
      status = process.terminationStatus
    }
    switch status {
    case nil: return .failure(Fault(sentence: "Nothing was piped: /bin/sh could not be started."))
    case 0: return .success("Piped to \(Sentences.quoted(command))")
    case let status?:
      return .failure(
        Fault(sentence: "\(Sentences.quoted(command)) ended with status \(status)."))
    }
  }

  /// What a program is told of the text besides the text.
  static func environment(of text: PipedText) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    // A variable cannot hold the character that ends it.
    func value(_ text: String) -> String { text.replacing("\0", with: "") }
    environment["YUE_TITLE"] = value(text.title)
    environment["YUE_LINK"] = value(text.link)
    environment["YUE_FEED"] = value(text.feed)
    return environment
  }

  /// The text as a file that has no name, from its beginning.
  static func unnamedFile(holding text: String) -> FileHandle? {
    var name = Array((NSTemporaryDirectory() + "/yue-XXXXXX").utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { return nil }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(name)
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try file.write(contentsOf: Data(text.utf8))
      try file.seek(toOffset: 0)
    } catch {
      return nil
    }
    return file
  }

  /// Writes a file that is not there yet.
  static func save(_ text: PipedText, as path: String) -> Result<String, Fault> {
    let path = (path as NSString).expandingTildeInPath
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let reason =
        errno == EEXIST ? "there is such a file already" : String(cString: strerror(errno))
      return .failure(Fault(sentence: "\(Sentences.quoted(path)) was not saved: \(reason)."))
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try file.write(contentsOf: Data(text.text.utf8))
      return .success("Saved as \(Sentences.quoted(path))")
    } catch {
      unlink(path)
      return .failure(
        Fault(sentence: "\(Sentences.quoted(path)) was not saved: the disk takes no more."))
    }
  }
}
