import Glibc
import Synchronization

/// An iconv descriptor; used by one call at a time, then given back.
///
/// Opening one loads a library, and a guess tries a dozen: those that were used are kept.
struct Converter {
  private let name: String
  private let descriptor: iconv_t

  private struct Kept: @unchecked Sendable {
    let descriptor: iconv_t
  }

  private static let kept = Mutex<[String: [Kept]]>([:])

  init?(_ name: String) {
    self.name = name
    if let kept = Self.kept.withLock({ $0[name]?.popLast() }) {
      descriptor = kept.descriptor
      return
    }
    let opened = iconv_open("UTF-8", name)
    guard opened != iconv_t(bitPattern: -1), let opened else { return nil }
    descriptor = opened
  }

  func close() {
    // Back to the state in which it was opened.
    _ = iconv(descriptor, nil, nil, nil, nil)
    let kept = Kept(descriptor: descriptor)
    let isKept = Self.kept.withLock { all in
      guard all.count < 64 || all[name] != nil, all[name, default: []].count < 4 else {
        return false
      }
      all[name, default: []].append(kept)
      return true
    }
    if !isKept { iconv_close(descriptor) }
  }

  func utf8(_ bytes: [UInt8]) -> (text: [UInt8], hasReplacements: Bool) {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count * 3 / 2)
    var hasReplacements = false
    let room = min(1 << 16, bytes.count * 4 + 16)
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { output in
      /// Converts what fits; gives the error number, 0 when all was converted.
      func convert(
        _ source: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
        _ left: UnsafeMutablePointer<Int>?
      ) -> Int32 {
        var target = output.baseAddress
        var free = room
        let status = iconv(descriptor, source, left, &target, &free)
        let number = status == -1 ? errno : 0
        result += UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<(room - free)])
        return number
      }
      bytes.withUnsafeBytes { bytes in
        // iconv does not write to its input.
        var source = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
          .assumingMemoryBound(to: CChar.self)
        var left = bytes.count
        while left > 0 {
          let before = left
          switch convert(&source, &left) {
          case EILSEQ, EINVAL:
            result += [0xEF, 0xBF, 0xBD]
            hasReplacements = true
            source = source?.advanced(by: 1)
            left -= 1
          case E2BIG: break
          default: if left == before { left = 0 }
          }
        }
        // What a stateful encoding holds back for a mark that may follow, such as a Hebrew letter.
        _ = convert(nil, nil)
      }
    }
    return (result, hasReplacements)
  }
}
