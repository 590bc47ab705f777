import CUnicode

/// Text that may be drawn: sanitised cells with the columns each takes.
///
/// The only thing a frame can be made of, so that no byte of a feed reaches the terminal raw:
/// no control, no invisible character, nothing whose width terminals dispute.
public struct CellText: Equatable, Sendable {
  /// What one or two columns show.
  public struct Cluster: Equatable, Sendable {
    public let text: String
    /// 1 or 2.
    public let columns: Int
    /// True when it belongs to the same grapheme cluster as the one before.
    public let isContinuation: Bool
  }

  public private(set) var clusters: [Cluster] = []
  public private(set) var columns = 0

  public init(_ text: String, profile: WidthProfile) {
    var text = text
    text.withUTF8 { append($0, profile) }
  }

  /// Cells for bytes of UTF-8 text; what is not well-formed is U+FFFD.
  public init(utf8 bytes: ArraySlice<UInt8>, profile: WidthProfile) {
    bytes.withUnsafeBufferPointer { append($0, profile) }
  }

  /// As much as fits into some columns; when something is left out, `ellipsis` stands at the end,
  /// inside the columns.
  ///
  /// Grapheme clusters are never cut.
  public func truncated(toColumns limit: Int, ellipsis: String = "…", profile: WidthProfile)
    -> CellText
  {
    guard columns > limit else { return self }
    let mark = CellText(ellipsis, profile: profile)
    let room = limit - mark.columns
    var result = self
    var used = 0
    var count = 0
    for (position, cluster) in clusters.enumerated() {
      let isWholeBefore = !cluster.isContinuation
      if isWholeBefore { count = position }
      guard used + cluster.columns <= max(0, room) else { break }
      used += cluster.columns
      if position == clusters.count - 1 { count = clusters.count }
    }
    result.clusters = Array(clusters[..<count])
    if room >= 0 { result.clusters += mark.clusters }
    result.columns = result.clusters.reduce(0) { $0 + $1.columns }
    return result
  }

  /// The cells as a string.
  public var text: String { clusters.reduce(into: "") { $0 += $1.text } }

  /// The cells with blanks behind them up to some columns.
  public func padded(toColumns wanted: Int) -> CellText {
    var result = self
    while result.columns < wanted {
      result.clusters.append(Cluster(text: " ", columns: 1, isContinuation: false))
      result.columns += 1
    }
    return result
  }
}

extension CellText {
  private mutating func append(_ text: UnsafeBufferPointer<UInt8>, _ profile: WidthProfile) {
    guard let base = text.baseAddress else { return }
    clusters.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      let measure = cluster(in: text, at: place, profile: profile)
      let bytes = place..<measure.end
      place = measure.end
      var point: UInt32 = 0
      let firstBytes = Int(yu_decode(base, text.count, bytes.lowerBound, &point))
      if firstBytes == bytes.count,
        let columns = columnsOfLoneCharacter(point, yu_properties(point), profile), columns > 0
      {
        let text = Unicode.Scalar(point).map { String(Character($0)) } ?? " "
        clusters.append(Cluster(text: text, columns: columns, isContinuation: false))
        self.columns += columns
        continue
      }
      let scalars = String(decoding: text[bytes], as: UTF8.self).unicodeScalars.map(\.value)
      for (position, cell) in StandIn.cells(of: scalars, profile).enumerated() {
        var drawn = String.UnicodeScalarView()
        drawn.append(contentsOf: cell.scalars.compactMap { Unicode.Scalar($0) })
        clusters.append(
          Cluster(text: String(drawn), columns: cell.columns, isContinuation: position > 0))
        self.columns += cell.columns
      }
    }
  }
}

/// The columns that are drawn for bytes of UTF-8 text.
public func columns(of text: ArraySlice<UInt8>, profile: WidthProfile) -> Int {
  text.withUnsafeBufferPointer { text in
    var place = 0
    var columns = 0
    while place < text.count {
      let measure = cluster(in: text, at: place, profile: profile)
      columns += measure.columns
      place = measure.end
    }
    return columns
  }
}

/// The columns that are drawn for a text.
public func columns(of text: String, profile: WidthProfile) -> Int {
  columns(of: Array(text.utf8)[...], profile: profile)
}
