import Browsing
import Cells
import Feeds
import Glibc
import Terminal

/// The one place where the program sleeps.
///
/// It drains everything that has come before it paints once, so that a held key never lags; while
/// nothing happens it sends nothing. Returns the signal that ended it, 0 for none.
func run(
  _ browser: inout Browser, _ screen: Screen, _ mailbox: Mailbox, _ performer: Performer
) -> Int32 {
  var endingSignal: Int32 = 0
  var owesFrame = false
  var spareMemory = SpareMemory()
  _ = browser.receive(.now())
  var inputs = performer.perform(browser.start(), on: screen)
  // The library answers when it is open; the first frame does not wait for it.
  screen.show(browser.frame())
  while !browser.isFinished {
    if inputs.isEmpty {
      let isIdle = !mailbox.isNotEmpty && !browser.isWaiting
      if isIdle { spareMemory.giveBack() }
      let delays = [browser.nextTick, isIdle ? spareMemory.delay : nil].compactMap(\.self)
      screen.wait(upTo: delays.min(), wantsOutput: owesFrame)
    }
    inputs += screen.inputs()
    inputs += performer.perform(browser.receive(.now()), on: screen)
    // Answers can have answers; each round is what has come so far.
    while !inputs.isEmpty || mailbox.isNotEmpty {
      let settings = browser.settings
      let events =
        lastSizeOnly(inputs).map { Event($0, settings, performer, screen) } + mailbox.take()
      inputs = []
      for event in events {
        if case .terminated(let signal) = event { endingSignal = signal }
        spareMemory.notice(event)
        inputs += performer.perform(browser.receive(event), on: screen)
      }
    }
    if browser.isFinished { break }
    owesFrame = !screen.takesBytes
    if !owesFrame { screen.show(browser.frame()) }
  }
  return endingSignal
}

/// Of several new sizes only the last one matters.
private func lastSizeOnly(_ inputs: [Input]) -> [Input] {
  let sizes = inputs.indices.filter { if case .resized = inputs[$0] { true } else { false } }
  guard sizes.count > 1, let last = sizes.last else { return inputs }
  return inputs.enumerated().filter { position, input in
    if case .resized = input { return position == last }
    return true
  }.map(\.element)
}

extension Event {
  init(_ input: Input, _ settings: Settings, _ performer: Performer, _ screen: Screen) {
    switch input {
    case .foundBackground:
      var settings = settings
      settings.theme = performer.theme(on: screen)
      self = .settingsLoaded(settings)
    case .reloadRequested: self = .reloadRequested
    case .measured(let ambiguousColumns):
      var settings = settings
      settings.theme = performer.theme(on: screen)
      settings.profile.ambiguousColumns = ambiguousColumns
      self = .settingsLoaded(settings)
    case .key(let key): self = .key(key)
    case .pasted(let text): self = .pasted(text)
    case .resized(let size): self = .resized(size)
    case .resumed: self = .resumed
    case .terminated(let signal): self = .terminated(signal: signal)
    }
  }

  /// What time it is.
  static func now() -> Event {
    var uptime = timespec()
    clock_gettime(CLOCK_MONOTONIC, &uptime)
    let moment = LocalTime.now
    return .ticked(
      moment, offsetSeconds: LocalTime.offsetSeconds(at: moment),
      uptime: .seconds(Int64(uptime.tv_sec)) + .nanoseconds(Int64(uptime.tv_nsec)))
  }
}
