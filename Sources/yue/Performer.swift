import Browsing
import Feeds
import Terminal

/// Performs the browser's effects: what concerns the library in the background, what needs the
/// terminal at once, between two frames.
struct Performer {
  private let librarian: Librarian
  private let mailbox: Mailbox
  private let opener: Opener

  init(_ librarian: Librarian, _ mailbox: Mailbox, _ opener: Opener) {
    self.librarian = librarian
    self.mailbox = mailbox
    self.opener = opener
  }

  /// Performs effects in order; the answers come through the mailbox, those of the terminal are
  /// returned.
  func perform(_ effects: [Effect], on screen: Screen) -> [Input] {
    var inputs: [Input] = []
    for effect in effects {
      switch effect {
      case .openExternally(let address):
        mailbox.post(.reported(opener.open(address, on: screen)))
      case .copy(let text):
        let wasSent = screen.copy(text)
        mailbox.post(
          .reported(
            wasSent
              ? "sent to the terminal (OSC 52)"
              : "Too long for the terminal’s clipboard: \(text.utf8.count) bytes; 74994 fit."))
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

  /// Waits for everything asked for until now; the answers are in the mailbox then.
  func settle() { librarian.settle() }

  /// Waits for what is being written, 1 s at most.
  func finish() { librarian.finish(within: 1) }
}
