import CUnicode

/// What a terminal of the xterm family shows after some bytes: the other end of the line.
///
/// Knows the sequences that ncurses uses for `xterm-256color` and notes every other one in
/// `unknown`, so that a test can tell that nothing else was sent.
struct ScreenPicture {
  struct Cell: Equatable {
    var text = " "
    /// 0 in the right half of a wide cell.
    var columns = 1
    /// Attributes and colours as the numbers of SGR, sorted; 0 for none.
    var style: Set<Int> = []
  }

  let rows: Int
  let columns: Int
  private(set) var cells: [[Cell]]
  private(set) var row = 0
  private(set) var column = 0
  private(set) var modes: Set<Int> = []
  private(set) var unknown: [String] = []
  private(set) var clearCount = 0
  private var style: Set<Int> = []
  private var top = 0
  private var bottom: Int
  private var saved = (row: 0, column: 0)
  private var wrapsNext = false
  private var last: Unicode.Scalar = " "
  private var rest: [Unicode.Scalar] = []

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    bottom = rows - 1
    cells = Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
  }

  /// The rows as text, blanks at their ends cut.
  var lines: [String] {
    cells.map { row in
      var text = row.map(\.text).joined()
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  /// The changes of attributes along some rows, from none at all and back.
  func runs(rows: some Sequence<Int>) -> Int {
    rows.reduce(0) { count, row in
      var before: Set<Int> = []
      var changes = 0
      for cell in cells[row] where cell.columns > 0 && (cell.text != " " || !cell.style.isEmpty) {
        if cell.style != before { changes += 1 }
        before = cell.style
      }
      return count + changes + (before.isEmpty ? 0 : 1)
    }
  }

  mutating func show(_ bytes: some Sequence<UInt8>) {
    rest += Array(String(decoding: Array(bytes), as: UTF8.self).unicodeScalars)
    var place = 0
    while place < rest.count, let next = take(from: place) { place = next }
    rest.removeFirst(place)
  }

  /// Takes one sequence or character; nil when its end has not come yet.
  private mutating func take(from start: Int) -> Int? {
    let scalar = rest[start]
    guard scalar == "\u{1B}" else {
      control(scalar)
      return start + 1
    }
    guard start + 1 < rest.count else { return nil }
    switch rest[start + 1] {
    case "[":
      guard
        let end = rest[(start + 2)...].firstIndex(where: { (0x40...0x7E).contains($0.value) })
      else { return nil }
      sequence(String(String.UnicodeScalarView(rest[(start + 2)..<end])), rest[end])
      return end + 1
    case "]", "P", "_", "^":
      var place = start + 2
      while place < rest.count, rest[place] != "\u{7}" {
        if rest[place] == "\\", rest[place - 1] == "\u{1B}" { break }
        place += 1
      }
      return place < rest.count ? place + 1 : nil
    case "(", ")": return start + 2 < rest.count ? start + 3 : nil
    case "M":
      reverseLineFeed()
      return start + 2
    case "7":
      saved = (row, column)
      return start + 2
    case "8":
      (row, column) = saved
      wrapsNext = false
      return start + 2
    case "=", ">": return start + 2
    default:
      unknown.append("ESC \(rest[start + 1])")
      return start + 2
    }
  }

  private mutating func control(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x08:
      column = max(0, column - 1)
      wrapsNext = false
    case 0x09: column = min(columns - 1, (column / 8 + 1) * 8)
    case 0x0A: lineFeed()
    case 0x0D:
      column = 0
      wrapsNext = false
    case 0..<0x20, 0x7F..<0xA0: unknown.append("control \(scalar.value)")
    default: put(scalar)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let width = yu_columns(yu_properties(scalar.value), 1)
    guard width > 0 else {
      // A mark belongs to the character before the cursor.
      var place = wrapsNext ? column : column - 1
      if place > 0, cells[row][place].columns == 0 { place -= 1 }
      if place >= 0 { cells[row][place].text.unicodeScalars.append(scalar) }
      return
    }
    if wrapsNext || column + Int(width) > columns {
      column = 0
      lineFeed()
    }
    wrapsNext = false
    last = scalar
    split(at: column)
    if width == 2 { split(at: column + 1) }
    cells[row][column] = Cell(text: String(scalar), columns: Int(width), style: style)
    if width == 2 { cells[row][column + 1] = Cell(text: "", columns: 0, style: style) }
    column += Int(width)
    if column >= columns {
      column = columns - 1
      wrapsNext = true
    }
  }

  /// Half of a wide character that is overwritten leaves a blank.
  private mutating func split(at place: Int) {
    guard place < columns else { return }
    if cells[row][place].columns == 0, place > 0 { cells[row][place - 1] = Cell() }
    if cells[row][place].columns == 2, place + 1 < columns { cells[row][place + 1] = Cell() }
  }

  private mutating func lineFeed() {
    wrapsNext = false
    if row == bottom {
      scroll(by: 1)
    } else {
      row = min(rows - 1, row + 1)
    }
  }

  private mutating func reverseLineFeed() {
    if row == top { scroll(by: -1) } else { row = max(0, row - 1) }
  }

  /// Moves the rows of the scrolling region up, or down for a negative count.
  private mutating func scroll(by count: Int, from first: Int? = nil) {
    let first = first ?? top
    guard first <= bottom else { return }
    let blank = Array(repeating: Cell(), count: columns)
    for _ in 0..<min(abs(count), bottom - first + 1) {
      if count > 0 {
        cells.remove(at: first)
        cells.insert(blank, at: bottom)
      } else {
        cells.remove(at: bottom)
        cells.insert(blank, at: first)
      }
    }
  }

  private mutating func erase(_ row: Int, _ range: Range<Int>) {
    for place in range.clamped(to: 0..<columns) { cells[row][place] = Cell() }
  }

  private mutating func sequence(_ parameters: String, _ final: Unicode.Scalar) {
    let isPrivate = parameters.hasPrefix("?") || parameters.hasPrefix(">")
    let numbers = parameters.drop { $0 == "?" || $0 == ">" }
      .split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    let first = numbers.first ?? 0
    let count = max(1, first)
    if final != "b" && final != "m" { wrapsNext = false }
    switch (final, isPrivate) {
    case ("A", false): row = max(row >= top ? top : 0, row - count)
    case ("B", false): row = min(row <= bottom ? bottom : rows - 1, row + count)
    case ("C", false): column = min(columns - 1, column + count)
    case ("D", false): column = max(0, column - count)
    case ("G", false): column = min(columns, count) - 1
    case ("d", false): row = min(rows, count) - 1
    case ("H", false):
      row = min(rows, count) - 1
      column = min(columns, max(1, numbers.count > 1 ? numbers[1] : 1)) - 1
    case ("J", false):
      if first == 2 { clearCount += 1 }
      erase(row, (first == 0 ? column : 0)..<(first == 1 ? column + 1 : columns))
      for other in 0..<rows where first == 2 || (first == 0 ? other > row : other < row) {
        erase(other, 0..<columns)
      }
    case ("K", false):
      erase(row, (first == 0 ? column : 0)..<(first == 1 ? column + 1 : columns))
    case ("X", false): erase(row, column..<column + count)
    case ("L", false): if row >= top, row <= bottom { scroll(by: -count, from: row) }
    case ("M", false): if row >= top, row <= bottom { scroll(by: count, from: row) }
    case ("S", false): scroll(by: count)
    case ("T", false): scroll(by: -count)
    case ("b", false): for _ in 0..<count { put(last) }
    case ("r", false):
      top = max(1, first) - 1
      bottom = (numbers.count > 1 ? min(rows, max(1, numbers[1])) : rows) - 1
      row = 0
      column = 0
    case ("m", false): setStyle(numbers)
    case ("h", true): modes.formUnion(numbers)
    case ("l", true): modes.subtract(numbers)
    case ("h", false), ("l", false), ("c", _), ("n", false), ("p", true), ("t", false): break
    default: unknown.append("CSI \(parameters)\(final)")
    }
  }

  private mutating func setStyle(_ numbers: [Int]) {
    for number in numbers {
      switch number {
      case 0: style = []
      case 22: style.subtract([1, 2])
      case 23, 24, 27: style.remove(number - 20)
      case 30...39, 90...97:
        style = style.filter { !(30...39).contains($0) && !(90...97).contains($0) }
        if number != 39 { style.insert(number) }
      case 40...49, 100...107:
        style = style.filter { !(40...49).contains($0) && !(100...107).contains($0) }
        if number != 49 { style.insert(number) }
      default: style.insert(number)
      }
    }
  }
}
