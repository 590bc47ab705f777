import Browsing
import Feeds
import Terminal

/// Performs the browser's effects: what concerns the library in the background, what needs the
/// terminal at once, between two frames.
struct Performer {
  private let librarian: Librarian
  private let mailbox: Mailbox
  private let live: LiveSettings
  private let speaker: Speaker
  private var opener: Opener { live.opener }

  init(_ librarian: Librarian, _ mailbox: Mailbox, _ live: LiveSettings) {
    self.librarian = librarian
    self.mailbox = mailbox
    self.live = live
    speaker = Speaker { mailbox.post(Self.event($0, .speak($1))) }
  }

  /// The theme for what the terminal has said of itself.
  func theme(on screen: Screen) -> Theme { live.settings(on: screen, screen.profile).theme }

  /// Performs effects in order; the answers come through the mailbox, those of the terminal are
  /// returned.
  func perform(_ effects: [Effect], on screen: Screen) -> [Input] {
    var inputs: [Input] = []
    for effect in effects {
      switch effect {
      case .openExternally(let address):
        if let programs = opener.missing(for: address) {
          mailbox.post(.openerMissing(address: address, programs: programs))
        } else {
          mailbox.post(.reported(opener.open(address, on: screen)))
        }
      case .findPrograms(let address):
        mailbox.post(.programsFound(address: address, programs: opener.programs))
      case .openWith(let address, let program):
        mailbox.post(.reported(opener.open(address, with: program, on: screen)))
      case .pipe(let text, let command):
        hand(text, effect) { HandOver.pipe($0, to: command, on: screen) }
      case .save(let text, let path):
        hand(text, effect) { HandOver.save($0, as: path) }
      case .speak(let text):
        speaker.speak(text, with: live.configuration.speech)
      case .download(let address):
        librarian.download(address, into: live.downloads, effect)
      case .copy(let text):
        let mailbox = mailbox
        live.clipboard.copy(text, on: screen) { mailbox.post($0) }
      case .changeSetting(let name, let value):
        for event in live.change(name, to: value, on: screen) { mailbox.post(event) }
      case .reloadSettings:
        for event in live.reload(on: screen) { mailbox.post(event) }
      case .redraw:
        screen.redraw()
      case .suspend:
        inputs += screen.suspend()
      default:
        librarian.perform(effect)
      }
    }
    return inputs
  }

  /// Hands a text over; what the library knows better than the screen comes from there.
  private func hand(
    _ text: PipedText, _ effect: Effect, _ body: (PipedText) -> Result<String, HandOver.Fault>
  ) {
    var text = text
    if !text.records.isEmpty {
      switch librarian.exported(text.records, for: effect) {
      case .success(let lines): text.text = String(decoding: lines, as: UTF8.self)
      case .failure(let fault): return mailbox.post(Self.event(.failure(fault), effect))
      }
    }
    mailbox.post(Self.event(body(text), effect))
  }

  private static func event(
    _ result: Result<String, HandOver.Fault>, _ effect: Effect
  ) -> Event {
    switch result {
    case .success(let sentence): .reported(sentence)
    case .failure(let fault): .failed(Failure(sentence: fault.sentence, request: effect))
    }
  }

  /// Waits for everything asked for until now; the answers are in the mailbox then.
  func settle() { librarian.settle() }

  /// Waits for what is being written, 1 s at most.
  func finish() {
    speaker.stop()
    librarian.finish(within: 1)
  }
}
