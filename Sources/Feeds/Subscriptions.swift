/// What a reader is subscribed to, as lists of subscriptions pass it on: feeds in folders.
///
/// Order is the reader's. A feed may stand in several folders; folders of one level have different
/// names.
public struct Subscriptions: Equatable, Sendable {
  public enum Item: Equatable, Sendable {
    case folder(SubscriptionFolder)
    case feed(Subscription)
  }

  /// Folders, and feeds that are in none.
  public var items: [Item]
  /// Searches that are shown like feeds.
  public var smartFeeds: [SmartFeed]
  /// What was in the list and cannot be subscribed to.
  public var refusals: [Refusal]

  /// Folders deeper than this are flattened into the last one that is not.
  public static let deepestFolder = 32

  public init(items: [Item] = [], smartFeeds: [SmartFeed] = [], refusals: [Refusal] = []) {
    self.items = items
    self.smartFeeds = smartFeeds
    self.refusals = refusals
  }

  /// Every feed once, in the order of the list, with the paths of all folders it is in.
  ///
  /// Feeds are the same when their addresses are.
  public var placements: [Placement] {
    var placements: [Placement] = []
    var places: [String: Int] = [:]
    func visit(_ items: [Item], _ path: [String]) {
      for item in items {
        switch item {
        case .folder(let folder): visit(folder.items, path + [folder.name])
        case .feed(let feed):
          if let place = places[feed.url] {
            if !path.isEmpty, !placements[place].folders.contains(path) {
              placements[place].folders.append(path)
            }
          } else {
            places[feed.url] = placements.count
            placements.append(Placement(feed: feed, folders: path.isEmpty ? [] : [path]))
          }
        }
      }
    }
    visit(items, [])
    return placements
  }
}

extension Subscriptions {
  /// Puts feeds into folders one after another; whatever is there already is not added again.
  public struct Builder: Sendable {
    private struct Node: Sendable {
      enum Child: Sendable {
        case folder(Int)
        case feed(Subscription)
      }

      var name: String
      var children: [Child] = []
      var folders: [String: Int] = [:]
      var urls: Set<String> = []
    }

    /// The first one is the list itself.
    private var nodes = [Node(name: "")]

    public init() {}

    /// Puts a feed into a folder, which is made when it is not there.
    ///
    /// - Parameter path: the names of the folders from the outermost on; empty for no folder.
    public mutating func add(_ feed: Subscription, to path: [String]) {
      let place = node(at: path)
      guard nodes[place].urls.insert(feed.url).inserted else { return }
      nodes[place].children.append(.feed(feed))
    }

    /// Makes a folder that may stay empty.
    public mutating func addFolder(_ path: [String]) {
      _ = node(at: path)
    }

    private mutating func node(at path: [String]) -> Int {
      var place = 0
      for name in path.prefix(Subscriptions.deepestFolder) {
        if let next = nodes[place].folders[name] {
          place = next
          continue
        }
        nodes.append(Node(name: name))
        nodes[place].folders[name] = nodes.count - 1
        nodes[place].children.append(.folder(nodes.count - 1))
        place = nodes.count - 1
      }
      return place
    }

    public var items: [Item] { items(of: 0) }

    private func items(of place: Int) -> [Item] {
      nodes[place].children.map { child in
        switch child {
        case .feed(let feed): .feed(feed)
        case .folder(let place):
          .folder(SubscriptionFolder(name: nodes[place].name, items: items(of: place)))
        }
      }
    }
  }
}

public struct SubscriptionFolder: Equatable, Sendable {
  public var name: String
  public var items: [Subscriptions.Item]

  public init(name: String, items: [Subscriptions.Item] = []) {
    self.name = name
    self.items = items
  }
}

/// A feed in a list of subscriptions.
public struct Subscription: Hashable, Sendable {
  /// Without user and password.
  public var url: String
  /// `user:password` that stood in the address; never shown, never exported.
  public var userInfo: String?
  /// The title the feed gives itself.
  public var title: String?
  /// The title the reader gave it.
  public var customTitle: String?
  /// The site.
  public var link: String?
  public var description: String?
  /// Not in the list of feeds, but still found by searches.
  public var isHidden = false

  public init(
    url: String, userInfo: String? = nil, title: String? = nil, customTitle: String? = nil,
    link: String? = nil, description: String? = nil, isHidden: Bool = false
  ) {
    self.url = url
    self.userInfo = userInfo
    self.title = title
    self.customTitle = customTitle
    self.link = link
    self.description = description
    self.isHidden = isHidden
  }

  /// What a list shows.
  public var shownTitle: String { customTitle ?? title ?? url }
}

/// A feed with the folders it is in.
public struct Placement: Equatable, Sendable {
  public var feed: Subscription
  /// Paths of folder names from the outermost on; empty when the feed is in none.
  public var folders: [[String]]

  public init(feed: Subscription, folders: [[String]]) {
    self.feed = feed
    self.folders = folders
  }
}

/// A search that is shown like a feed.
public struct SmartFeed: Hashable, Sendable {
  public var name: String
  /// In the program's query language.
  public var query: String

  public init(name: String, query: String) {
    self.name = name
    self.query = query
  }
}

/// Something in a list of subscriptions that was not taken over.
public struct Refusal: Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// A scheme that is not fetched: `exec`, `javascript`, `ftp`.
    case scheme(String)
    /// `|command`.
    case command
    /// A file; these are taken only when asked for.
    case file
    /// An outline that refers to another document (OPML 2.0, `include` and `link`).
    case reference(String)
    /// No address at all, or one without a host.
    case noAddress
    /// A query in another program's language with something that has no counterpart.
    case query(String)
    /// More than a list may hold.
    case tooMany
  }

  /// Counted from 1.
  public var line: Int
  public var reason: Reason
  /// What stood there: an address as written, without user and password; or a name.
  public var subject: String

  public init(line: Int, reason: Reason, subject: String) {
    self.line = line
    self.reason = reason
    self.subject = subject
  }
}

extension Refusal.Reason: CustomStringConvertible {
  /// The words of a report: `line 17: exec: is not supported`.
  public var description: String {
    switch self {
    case .scheme(let scheme): "\(scheme): is not supported"
    case .command: "commands are not run"
    case .file: "files are read only with --allow-files"
    case .reference(let type): "outlines of type \(type) are not followed"
    case .noAddress: "this is no address of a feed"
    case .query(let what): "\(what) has no counterpart here"
    case .tooMany: "the list is too long"
    }
  }
}
