import Documents
import Feeds
import Parsing

/// Entries as documents.
enum ArticleReader {
  /// The body that is shown: the content if it has any text, else the summary.
  static func document(of entry: ParsedEntry, language: String?, baseURL: String?) -> Document {
    let reader = DocumentReader(
      baseURL: entry.baseURL ?? baseURL ?? entry.link, language: entry.language ?? language)
    if let content = entry.contentHTML {
      let document = self.document(content, isPlainText: entry.isContentPlainText, reader)
      if !document.blocks.isEmpty { return document }
    }
    return self.document(
      entry.summaryHTML ?? "", isPlainText: entry.isSummaryPlainText, reader)
  }

  private static func document(
    _ body: String, isPlainText: Bool, _ reader: DocumentReader
  ) -> Document {
    // A body with line ends but neither tags nor references is plain text (the seed's summaries).
    let bytes = Array(body.utf8)
    if !bytes.contains(0x3C), !bytes.contains(0x26), bytes.contains(0x0A) {
      return reader.document(plainText: bytes)
    }
    return reader.document(html: bytes)
  }
}
