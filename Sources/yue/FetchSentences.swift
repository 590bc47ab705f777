import Feeds
import Parsing
import Storing

/// Sentences for what happens on the network; they begin where a feed's name and a colon end.
extension Sentences {
  static func sentence(for outcome: FetchOutcome) -> String? {
    switch outcome {
    case .notModified, .unchanged, .received: nil
    case .gone:
      "the server says this feed is gone for good (410); it is not asked again, its entries stay."
    case .blocked(let until, let isThrottled):
      isThrottled
        ? "the server says that it is asked too often (429); it is left alone until \(LocalTime.dateAndTime(until))."
        : "the server is busy (503) and asks for patience; it is left alone until \(LocalTime.dateAndTime(until))."
    case .failed(let fault): sentence(for: fault)
    }
  }

  static func sentence(for fault: FetchFault) -> String {
    switch fault {
    case .libraryMissing(let reason):
      "nothing can be fetched: libcurl could not be loaded (\(plain(reason))); install the package libcurl4."
    case .offline: "there is no network."
    case .badAddress: "its address is none that can be fetched."
    case .nameNotFound(let host):
      "the name \(quoted(host)) was not found; is it spelled right, and is there a network?"
    case .refused(let host): "nothing answers at \(quoted(host)); the server may be down."
    case .timedOut(let seconds): "the server did not answer within \(seconds) s."
    case .tls(let reason):
      "no safe connection: \(plain(reason)). Nothing is fetched without one."
    case .tooLarge(let limit):
      "it is larger than \(limit >> 20) MiB; reading was stopped (refresh.max-body sets the limit)."
    case .tooManyRedirects: "the server sends in circles (more than 10 redirects)."
    case .badRedirect(to: ""): "the server redirects without saying where."
    case .badRedirect(let target):
      target.lowercased().hasPrefix("http:")
        ? "the server redirects from https to \(quoted(target)), which is not followed."
        : "the server redirects to \(quoted(target)), which is not fetched: only http and https are."
    case .unauthorized:
      "the server wants a user and a password (401); they belong in the address: https://user:password@…"
    case .forbidden: "the server refuses (403)."
    case .notFound: "there is nothing at this address (404)."
    case .status(let status): "the server answered with status \(status)."
    case .truncated: "the connection ended in the middle; what came was not used."
    case .notAFeed(root: "html"): "a web page came instead of a feed."
    case .notAFeed(root: ""): "what came is not a feed."
    case .notAFeed(let root): "what came is not a feed but <\(plain(root))>."
    case .cancelled: "stopped."
    case .other(let reason): "it could not be fetched: \(plain(reason))."
    }
  }

  static func sentence(for error: StoringError) -> String {
    switch error {
    case .cannotOpen(let path, let reason):
      "the library \(quoted(path)) cannot be opened: \(plain(reason))."
    case .newer(let version):
      "the library was written by a newer yue (its form is \(version)); use that one, nothing was changed."
    case .damaged(let path, let reason):
      "the library \(quoted(path)) is damaged (\(plain(reason))); `yue doctor --restore` looks for a copy."
    case .diskFull: "the disk is full; nothing was lost, but nothing more can be stored."
    case .readOnly: "the library can only be read here."
    case .busy: "another program is writing to the library; try again."
    case .noRoomForBackup(let bytes):
      "the library must be brought to a new form, and the copy before that needs \(bytes >> 20) MiB that the disk does not have."
    case .unknownFeed(let name):
      "there is no feed \(quoted(name)); `yue list feeds` shows what there is."
    case .ambiguousFeed(let name):
      "more than one feed is called \(quoted(name)); name its number, which `yue list feeds` shows."
    case .unknownFolder(let path): "there is no folder \(quoted(path.joined(separator: "/")))."
    case .folderExists(let name): "there is a folder \(quoted(name)) already."
    case .folderIntoItself(let path):
      "the folder \(quoted(path.joined(separator: "/"))) cannot go into itself."
    case .addressIsTaken(let name): "\(quoted(name)) has that address already."
    case .badQuery(let column, let reason):
      "the query is wrong at column \(column): \(plain(reason))."
    case .failed(let reason): "the library: \(plain(reason))."
    }
  }

  static func sentence(for refusal: AddressRefusal, _ address: String) -> String {
    switch refusal.reason {
    case .file: "\(quoted(address)) is a file; files are read only with --allow-files."
    case .noAddress: "\(quoted(address)) is no address of a feed."
    case .scheme("exec"):
      "\(quoted(address)) is a command; commands are run only with refresh.allow-commands = true."
    case let reason: "\(quoted(address)): \(reason)."
    }
  }

  /// Text of others without what a terminal would act on.
  static func plain(_ text: String) -> String {
    String(quoted(text).dropFirst().dropLast())
  }
}
