import Browsing
import Documents
import Feeds
import Terminal

/// Performs the browser's effects: what needs no terminal at once or in the background, what needs
/// it between two frames.
struct Performer {
  private var shelf: Shelf
  private let mailbox: Mailbox
  private let opener: Opener

  init(_ shelf: Shelf, _ mailbox: Mailbox, _ opener: Opener) {
    self.shelf = shelf
    self.mailbox = mailbox
    self.opener = opener
  }

  /// Performs effects in order; the answers come through the mailbox, those of the terminal are
  /// returned.
  mutating func perform(_ effects: [Effect], on screen: Screen) -> [Input] {
    var inputs: [Input] = []
    for effect in effects {
      switch effect {
      case .loadLibrary:
        mailbox.post(.libraryLoaded(Library(feeds: shelf.feedRows())))
      case .loadEntries(let query, let request):
        mailbox.post(.entriesLoaded(query, request, EntryPage(entries: shelf.summaries(query))))
      case .loadArticle(let id):
        load(id, answering: effect)
      case .mark(.entries(let ids), let change, _):
        shelf.set(change, of: ids)
        mailbox.post(.stored(effect, nil))
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
      default: break
      }
    }
    return inputs
  }

  /// Makes the document in the background, so that no key waits for a long article.
  private func load(_ id: EntryID, answering request: Effect) {
    guard let entry = shelf.entry(id) else {
      mailbox.post(.failed(Failure(sentence: Sentences.entryIsGone, request: request)))
      return
    }
    let language = shelf.language(of: entry.feed)
    let base = shelf.base(of: entry.feed)
    let mailbox = mailbox
    Task.detached {
      let document = ArticleReader.document(of: entry.facts, language: language, baseURL: base)
      mailbox.post(.articleLoaded(id, entry, document, at: nil))
    }
  }
}
