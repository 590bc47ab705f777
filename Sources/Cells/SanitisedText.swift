import CUnicode

/// Text for plain output: nothing that commands a terminal, everything else as it is.
///
/// Layer A of the width policy (docs/typesetting.md). Cells go further (`CellText`): they replace
/// what terminals draw in different widths; plain output keeps the author's characters.
public func sanitised(_ bytes: ArraySlice<UInt8>, profile: WidthProfile) -> String {
  var result = String.UnicodeScalarView()
  bytes.withUnsafeBufferPointer { text in
    var place = 0
    while place < text.count {
      let end = cluster(in: text, at: place, profile: profile).end
      let scalars = String(decoding: text[place..<end], as: UTF8.self).unicodeScalars
      let first = scalars.first.map { yu_properties($0.value) } ?? 0
      let isEmoji =
        yu_is_pictographic(first) || yu_cluster_break(first) == Int32(YU_GCB_RI)
      var marks = 0
      for scalar in scalars {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: result.append(" ")
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: break
        case 0x200D, 0xE0020...0xE007F:
          if isEmoji { result.append(scalar) }
        default:
          let mark = yu_mark(yu_properties(scalar.value))
          if mark == Int32(YU_MARK_FORMAT) { break }
          if mark == Int32(YU_MARK_NONSPACING) {
            marks += 1
            if marks > 4 { break }
          }
          result.append(scalar)
        }
      }
      place = end
    }
  }
  return String(result)
}
