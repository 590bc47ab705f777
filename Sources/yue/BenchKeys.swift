import ArgumentParser
import Browsing
import Glibc
import Keymaps
import Terminal

/// `yue --bench-keys FILE`: what keys cost on the line and in time.
///
/// Each line of the file holds keys in the notation of keymap files; they arrive together, as from
/// a line that was slow, and are drawn once. Two lines are no keys: `(rest)` lets the time pass
/// that the browser itself waits for, and what begins with `# ` is a remark.
struct KeyScript {
  enum Step: Equatable {
    case keys([Key])
    case rest
  }

  struct Line {
    var text: String
    var step: Step
  }

  let lines: [Line]

  /// A line that holds no keys.
  struct Fault: Error {
    var lineNumber: Int
    var text: String
  }

  init(_ text: String) throws(Fault) {
    var lines: [Line] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let line = String(line)
      if line.isEmpty || line.hasPrefix("# ") { continue }
      if line == "(rest)" {
        lines.append(Line(text: line, step: .rest))
      } else if let keys = Key.sequence(line), !keys.isEmpty {
        lines.append(Line(text: line, step: .keys(keys)))
      } else {
        throw Fault(lineNumber: index + 1, text: line)
      }
    }
    self.lines = lines
  }
}

extension BrowserStart {
  /// Replays the keys of a file; the table is printed when the screen is closed.
  func runBench(
    _ name: String, _ browser: inout Browser, _ screen: Screen, _ mailbox: Mailbox,
    _ performer: Performer
  ) throws {
    let script: KeyScript
    do {
      script = try KeyScript(String(decoding: InputFile(reading: name).bytes, as: UTF8.self))
    } catch let fault as KeyScript.Fault {
      screen.close()
      StandardError.write(
        "\(Sentences.quoted(name)), line \(fault.lineNumber): \(Sentences.quoted(fault.text)) are no keys."
      )
      throw ExitCode(ExitStatus.badInput.rawValue)
    } catch {
      screen.close()
      StandardError.write("\(Sentences.quoted(name)) could not be read.")
      throw ExitCode(ExitStatus.noInput.rawValue)
    }
    guard screen.countBytes() else {
      screen.close()
      StandardError.write(
        "this system does not count the bytes of a program (/proc/thread-self/io).")
      throw ExitCode(ExitStatus.failed.rawValue)
    }
    var table = [Self.row("bytes", "microseconds", "keys")]
    var bench = KeyBench(screen: screen, mailbox: mailbox)
    var cost = bench.start(&browser, performer)
    table.append(Self.row("\(cost.bytes)", "\(cost.microseconds)", "(start)"))
    for line in script.lines where !browser.isFinished {
      cost = bench.play(line.step, &browser, performer)
      table.append(Self.row("\(cost.bytes)", "\(cost.microseconds)", line.text))
    }
    screen.close()
    StandardOutput.write(table)
  }

  private static func row(_ bytes: String, _ microseconds: String, _ keys: String) -> String {
    func right(_ text: String) -> String {
      String(repeating: " ", count: max(0, 12 - text.count)) + text
    }
    return right(bytes) + right(microseconds) + "  " + keys
  }
}

/// Plays keys to the browser as the loop would, without the keyboard.
struct KeyBench {
  struct Cost {
    var bytes: Int
    /// From the keys to the end of drawing, background work included.
    var microseconds: Int
  }

  let screen: Screen
  let mailbox: Mailbox

  mutating func start(_ browser: inout Browser, _ performer: Performer) -> Cost {
    measure {
      _ = browser.receive(.now())
      _ = performer.perform(browser.start(), on: screen)
      finish(&browser, performer)
    }
  }

  mutating func play(
    _ step: KeyScript.Step, _ browser: inout Browser, _ performer: Performer
  ) -> Cost {
    measure {
      switch step {
      case .keys(let keys):
        _ = performer.perform(browser.receive(.now()), on: screen)
        for key in keys { _ = performer.perform(browser.receive(.key(key)), on: screen) }
      case .rest:
        if let time = browser.nextTick {
          let deadline = Self.nanoseconds + Int(time / .nanoseconds(1))
          while Self.nanoseconds < deadline { screen.wait(upTo: .milliseconds(1)) }
        }
        _ = performer.perform(browser.receive(.now()), on: screen)
      }
      finish(&browser, performer)
    }
  }

  /// Takes the answers that belong to the keys, then draws once.
  private func finish(_ browser: inout Browser, _ performer: Performer) {
    let deadline = Self.nanoseconds + 2_000_000_000
    while Self.nanoseconds < deadline {
      performer.settle()
      let events = mailbox.take()
      // Nobody types; this takes back what woke the wait.
      _ = screen.inputs()
      if events.isEmpty { break }
      for event in events { _ = performer.perform(browser.receive(event), on: screen) }
    }
    if !browser.isFinished { screen.show(browser.frame()) }
  }

  private func measure(_ work: () -> Void) -> Cost {
    let bytes = screen.bytesSent ?? 0
    let start = Self.nanoseconds
    work()
    return Cost(
      bytes: (screen.bytesSent ?? 0) - bytes, microseconds: (Self.nanoseconds - start) / 1_000)
  }

  private static var nanoseconds: Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
  }
}
