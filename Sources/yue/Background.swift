import Foundation
import Glibc
import Synchronization

/// Asynchronous work of a command, which itself is ordinary synchronous code on the main thread.
enum Background {
  /// Runs work to its end and gives its value back; an interrupt (^C) cancels it, a second one ends
  /// the program at once.
  static func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
    let result = Mutex<Value?>(nil)
    let done = DispatchSemaphore(value: 0)
    let task = Task.detached {
      let value = await work()
      result.withLock { $0 = value }
      done.signal()
    }
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if task.isCancelled { _exit(128 + number) }
        task.cancel()
      }
      source.resume()
      return source
    }
    done.wait()
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    guard let value = result.withLock({ $0 }) else {
      preconditionFailure("The work signals after its value is there.")
    }
    return value
  }
}
