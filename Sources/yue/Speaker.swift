import Browsing
import Foundation
import Glibc
import Synchronization

/// Has entries read aloud by the program of the setting `hooks.speak`, one at a time.
final class Speaker: Sendable {
  private struct Running: Sendable {
    var process: pid_t
    var text: PipedText
  }
  private let running = Mutex<Running?>(nil)
  private let report: @Sendable (Result<String, HandOver.Fault>, PipedText) -> Void

  /// - Parameter report: is told what became of a text, in order; from any thread.
  init(_ report: @escaping @Sendable (Result<String, HandOver.Fault>, PipedText) -> Void) {
    self.report = report
  }

  /// Begins to read; what is being read is not read any more, and if it is the same text, that is
  /// all.
  func speak(_ text: PipedText, with command: String) {
    if let before = stop(), before == text {
      return report(.success("Stopped reading aloud"), text)
    }
    func refuse(_ sentence: String) { report(.failure(HandOver.Fault(sentence: sentence)), text) }
    guard !command.isEmpty else {
      return refuse(
        "Nothing reads aloud here: name a program in config.toml, [hooks] speak = \"espeak-ng\"")
    }
    guard let input = HandOver.unnamedFile(holding: text.text) else {
      return refuse("Nothing is read aloud: there is no room for a temporary file.")
    }
    let environment = HandOver.environment(of: text)
    guard let process = ShellProgram.start(command, input: input.fileDescriptor, environment)
    else { return refuse("Nothing is read aloud: /bin/sh could not be started.") }
    running.withLock { $0 = Running(process: process, text: text) }
    let title = text.title.isEmpty ? "the entry" : Sentences.quoted(text.title)
    report(.success("Reading \(title) aloud; :speak stops it"), text)
    // Only now: that it failed is to be told later than that it began.
    DispatchQueue.global().async { self.wait(for: process, text, command) }
  }

  /// Ends the program, if it runs; returns what it was reading.
  @discardableResult
  func stop() -> PipedText? {
    running.withLock { running in
      guard let before = running else { return nil }
      // Its number is still its own: whoever waits for it has not been told of its end.
      kill(-before.process, SIGTERM)
      running = nil
      return before.text
    }
  }

  private func wait(for process: pid_t, _ text: PipedText, _ command: String) {
    // The end is seen before the number of the process is free for another one.
    ShellProgram.waitForEnd(of: process)
    let wasStopped = running.withLock { running in
      guard running?.process == process else { return true }
      running = nil
      return false
    }
    guard let why = ShellProgram.fault(of: process), !wasStopped else { return }
    let sentence = "\(Sentences.quoted(command)) (hooks.speak) did not read: \(why)."
    report(.failure(HandOver.Fault(sentence: sentence)), text)
  }
}
