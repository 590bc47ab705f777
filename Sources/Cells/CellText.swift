import CUnicode

/// Text that may be drawn: sanitised clusters with the columns each takes.
///
/// The only thing a cell can be made of, so that no byte of a feed reaches the terminal raw.
public struct CellText: Equatable, Sendable {
  /// One sanitised grapheme cluster, or its stand-in.
  public struct Cluster: Equatable, Sendable {
    public let text: String
    /// 1 or 2.
    public let columns: Int
  }

  public private(set) var clusters: [Cluster]

  public init(_ text: String, profile: WidthProfile) {
    clusters = text.map { Cluster(text: String($0), columns: $0.isASCII ? 1 : 2) }
  }

  public var columns: Int { clusters.reduce(0) { $0 + $1.columns } }
}
