import Feeds

/// What the parsers of all XML formats share.
struct FeedBuilder {
  var documentURL: String?
  let notes = FieldNotes()

  init(documentURL: String?) {
    self.documentURL = documentURL
  }

  /// Text without white space around it; nil for a missing element.
  func text(_ element: XMLElement?) -> String? {
    element.map { $0.text.trimmingWhiteSpace }
  }

  /// The first that is there with text in it.
  func firstText(_ elements: XMLElement?...) -> String? {
    for element in elements {
      if let text = text(element), !text.isEmpty { return text }
    }
    return nil
  }

  func date(_ text: String?, language: String?) -> Timestamp? {
    guard let text else { return nil }
    let date = Dates(language: language).timestamp(text)
    if date == nil { notes.noteDate(text) }
    return date
  }

  /// The first date that can be read.
  func firstDate(_ elements: XMLElement?..., language: String?) -> Timestamp? {
    for element in elements {
      if let found = date(text(element), language: language) { return found }
    }
    return nil
  }

  /// A count of at least 0.
  func count(_ text: String?) -> Int? { number(text) }

  func byteCount(_ text: String?) -> Int64? { number(text) }

  private func number<Number: FixedWidthInteger>(_ text: String?) -> Number? {
    guard let text = text?.trimmingWhiteSpace else { return nil }
    guard let value = Number(text), value >= 0 else {
      notes.noteNumber(text)
      return nil
    }
    return value
  }
}
