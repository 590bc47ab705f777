import Documents
import Feeds

extension Feeds.EntryText {
  /// What search and lists need of an entry, made of the document the reader would see.
  init(_ entry: ParsedEntry, of feed: ParsedFeed) {
    self.init(
      ArticleReader.document(of: entry, language: feed.language, baseURL: feed.baseURL))
  }

  init(_ document: Document) {
    let body = String(decoding: document.text, as: UTF8.self)
    var features: EntryFeatures = []
    if !document.text.isEmpty { features.insert(.text) }
    if !document.formulas.isEmpty { features.insert(.formula) }
    if !document.images.isEmpty { features.insert(.image) }
    if document.blocks.contains(where: { if case .code = $0.kind { true } else { false } }) {
      features.insert(.code)
    }
    if document.containers.contains(where: { $0.kind == .table }) { features.insert(.table) }
    self.init(
      body: body,
      formulas: document.formulas.map { document.string($0.tex) }.joined(separator: "\n"),
      features: features, characterCount: document.text.count { $0 & 0xC0 != 0x80 })
  }
}
