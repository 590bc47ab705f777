import CLibXML2

/// libxml2's SAX2 push parser; all that reads XML goes through here.
///
/// It gets clean UTF-8 in pieces of any size and reports to a handler; what is not well-formed is
/// read as far as it can be.
struct XMLPush: ~Copyable {
  private let parser: xmlParserCtxtPtr

  /// - Parameters:
  ///   - context: What the handler's functions get. Never NULL: without one libxml2 falls back to
  ///     its own entity table.
  ///   - options: Further ones of `xmlParserOption`.
  init?(_ handler: xmlSAXHandler, context: UnsafeMutableRawPointer, options: xmlParserOption) {
    var handler = handler
    handler.initialized = UInt32(XML_SAX2_MAGIC)
    guard let parser = xmlCreatePushParserCtxt(&handler, context, nil, 0, nil) else { return nil }
    self.parser = parser
    // Without NOENT an &amp; of an attribute would arrive as &#38;; no entity is left to expand,
    // since Preclean takes the document type out.
    let always =
      XML_PARSE_NONET.rawValue | XML_PARSE_RECOVER.rawValue | XML_PARSE_NOERROR.rawValue
      | XML_PARSE_NOWARNING.rawValue | XML_PARSE_IGNORE_ENC.rawValue | XML_PARSE_NOENT.rawValue
    xmlCtxtUseOptions(parser, Int32(always | options.rawValue))
  }

  deinit { xmlFreeParserCtxt(parser) }

  func feed(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var place = 0
      while place < bytes.count {
        let count = min(1 << 16, bytes.count - place)
        let text = bytes.baseAddress?.advanced(by: place).assumingMemoryBound(to: CChar.self)
        _ = xmlParseChunk(parser, text, Int32(count), 0)
        place += count
      }
    }
  }

  /// The end of the document.
  func finish() {
    _ = xmlParseChunk(parser, nil, 0, 1)
  }
}
