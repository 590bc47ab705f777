import CTerminal
import CUnicode
public import Cells
import Glibc
import Keymaps

/// Why the screen cannot be opened.
public enum TerminalError: Error, Equatable, Sendable {
  /// Neither this type nor one that could stand in for it is described on this machine.
  case unknownType(String)
  /// The terminal cannot place the cursor.
  case dumb(String)
  case notATerminal
  case failed
}

/// The terminal: shows frames, reports keys.
///
/// Lives on the main thread.
public final class Screen {
  private let keyboard: Int32
  private let wakeUp: WakeUp
  private var decoder = InputDecoder()
  private var shown: Frame?
  private let usesColor: Bool
  /// How long a lone ESC is waited for, in milliseconds.
  private let escapeDelay: Int32
  private var wantsRedraw = false
  private var hasEnded = false
  /// What the terminal was asked and has not answered yet; nil when it was not asked.
  private var query: TerminalQuery?
  private var synchronizesOutput = false
  /// How text is measured, as the terminal was found to do.
  public private(set) var profile = WidthProfile()
  /// Whether the terminal's background is dark; nil when it was not asked or has not said.
  public private(set) var isDark: Bool?
  /// Whether colours can be shown and are wanted.
  public var hasColor: Bool { usesColor }
  /// Whether the answer about the width is wanted.
  private var followsWidth = false
  private let environment: [String: String]
  /// When the size was taken last, by uptime, and whether it has to be taken again.
  private var sizeTime: Duration = .zero
  private var owesSize = false
  /// Bits of signals that came while the terminal was lent.
  private var heldSignals = 0
  /// Bytes sent to the terminal since `countBytes` was called; nil when they are not counted.
  public private(set) var bytesSent: Int?
  /// The type that is used instead of an unknown one, for a message.
  public let substitutedType: String?
  /// Whether the locale spoke UTF-8 by itself; the screen does in any case.
  public let wasUTF8: Bool
  public private(set) var size: Size

  /// Opens the screen.
  ///
  /// - Parameters:
  ///   - keyboard: the descriptor keys come from; not stdin when that holds a feed.
  ///   - logDescriptor: where stderr goes while the screen is open; -1 leaves it.
  public init(
    keyboard: Int32, wakeUp: WakeUp, logDescriptor: Int32, environment: [String: String]
  ) throws(TerminalError) {
    guard isatty(STDOUT_FILENO) == 1, isatty(keyboard) == 1 else { throw .notATerminal }
    self.keyboard = keyboard
    self.wakeUp = wakeUp
    self.environment = environment
    wasUTF8 = yt_use_utf8()
    yt_install_crash_handlers()
    yt_install_signal_handlers(wakeUp.descriptor)
    let type = environment["TERM"] ?? ""
    var opened: String?
    for candidate in TerminalType.candidates(for: type) {
      let status = Int(yt_open(candidate, STDOUT_FILENO, keyboard, logDescriptor))
      if status == YT_OPENED {
        opened = candidate
        break
      }
      if status == YT_DUMB_TERMINAL { throw .dumb(type) }
      if status == YT_FAILED { throw .failed }
    }
    guard let opened else { throw .unknownType(type) }
    substitutedType = opened == type ? nil : opened
    usesColor = (environment["NO_COLOR"] ?? "").isEmpty && yt_colors() >= 8
    let isRemote = environment["SSH_CONNECTION"] != nil || environment["SSH_TTY"] != nil
    escapeDelay = isRemote ? 100 : 25
    size = Self.currentSize()
  }

  /// Says how text is measured, and asks the terminal what it can and how it measures itself.
  ///
  /// - Parameters:
  ///   - followsWidth: whether the terminal's own word on ambiguous widths is taken.
  ///   - asksBackground: whether it is asked if its background is dark.
  public func ask(_ profile: WidthProfile, followsWidth: Bool, asksBackground: Bool) {
    self.profile = profile
    self.followsWidth = followsWidth
    yu_set_ambiguous_columns(Int32(profile.ambiguousColumns))
    query = TerminalQuery(
      type: environment["TERM"] ?? "", environment: environment, asksBackground: asksBackground)
    if let bytes = query?.bytes { send(bytes) }
  }

  deinit { yt_close() }

  /// Restores the terminal.
  ///
  /// Answers that are still on their way would be typed into the shell: they are waited for, but
  /// not for long.
  public func close() {
    guard !hasEnded else { return yt_abandon() }
    if let query, !query.isAnswered, yt_is_open() {
      let deadline = Self.uptime + .milliseconds(100)
      while self.query?.isAnswered == false, Self.uptime < deadline {
        wait(upTo: deadline - Self.uptime)
        if inputs().contains(where: { if case .terminated = $0 { true } else { false } }) { break }
      }
      yt_forget_input()
    }
    yt_close()
  }

  private static var uptime: Duration {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return .seconds(Int64(now.tv_sec)) + .nanoseconds(Int64(now.tv_nsec))
  }

  /// Writes past ncurses.
  private func send(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { yt_write($0.baseAddress, $0.count) }
  }

  private static func currentSize() -> Size {
    var rows: Int32 = 24
    var columns: Int32 = 80
    yt_size(&rows, &columns)
    return Size(rows: Int(rows), columns: Int(columns))
  }
}

extension Screen {
  /// The newest Unicode version, 14 to 17, that libc's own `wcwidth` knows.
  ///
  /// A multiplexer on this machine goes by it, so nothing newer is drawn.
  public static var newestUnicodeOfHost: Int {
    _ = yt_use_utf8()
    let probes: [(point: Int32, version: Int)] = [(0x2FFC, 15), (0x1FAE9, 16), (0x1FAC8, 17)]
    var newest = 14
    for probe in probes {
      guard yu_host_wcwidth(probe.point) >= 0 else { break }
      newest = probe.version
    }
    return newest
  }
}

// MARK: - Showing

extension Screen {
  /// Whether the line takes bytes just now; if not, a frame is better skipped than queued.
  public var takesBytes: Bool { yt_takes_bytes() }

  /// Shows a frame: the rows that differ from the frame before are handed to ncurses.
  public func show(_ frame: Frame) {
    guard !hasEnded else { return }
    if wantsRedraw {
      shown = nil
      wantsRedraw = false
      yt_redraw_all()
    }
    guard frame != shown else { return }
    let before = bytesSent == nil ? 0 : yt_bytes_written()
    let isNewSize = shown?.size != frame.size
    let cursor = frame.cursor ?? Position(row: 0, column: 0)
    let cursorRow = min(max(0, cursor.row), frame.size.rows - 1)
    let cursorColumn = Int32(min(max(0, cursor.column), frame.size.columns - 1))
    var changed: [Int] = []
    for row in 0..<frame.size.rows {
      if !isNewSize, let shown, shown.row(row) == frame.row(row) { continue }
      changed.append(row)
    }
    yt_begin_frame()
    let isSynchronized = synchronizesOutput && changed.count > 2
    if isSynchronized { send(Self.beginFrame) }
    // ncurses goes from top to bottom. When the cursor belongs on the upper one of two rows, the
    // lower one is sent first, so that the cursor need not travel back.
    let isUpward = changed.count == 2 && changed.first == cursorRow
    for row in isUpward ? changed.reversed() : changed {
      draw(frame.row(row), row: row, columns: frame.size.columns)
      guard isUpward, row != cursorRow else { continue }
      yt_move(Int32(cursorRow), cursorColumn)
      yt_flush()
    }
    yt_move(Int32(cursorRow), cursorColumn)
    yt_flush()
    if isSynchronized { send(Self.endFrame) }
    yt_end_frame()
    if let sent = bytesSent { bytesSent = sent + Int(yt_bytes_written() - before) }
    shown = frame
  }

  private static let beginFrame = Array("\u{1B}[?2026h".utf8)
  private static let endFrame = Array("\u{1B}[?2026l".utf8)

  /// Counts what is sent from now on; false where the system does not tell.
  public func countBytes() -> Bool {
    guard yt_bytes_written() >= 0 else { return false }
    bytesSent = 0
    return true
  }

  /// One row as runs of equal style.
  private func draw(_ cells: ArraySlice<Cell>, row: Int, columns: Int) {
    var text: [UInt8] = []
    var start = 0
    var column = 0
    var style = Style.plain
    func flush() {
      guard !text.isEmpty else { return }
      put(text, row: row, column: start, style: style)
      text.removeAll(keepingCapacity: true)
    }
    for cell in cells {
      defer { column += 1 }
      guard cell.columns > 0 else { continue }
      // A wide cell in the last column would be wrapped by the terminal.
      let fits = column + cell.columns <= columns
      let shownText = fits ? cell.text : " "
      if cell.style != style {
        flush()
        style = cell.style
      }
      if text.isEmpty { start = column }
      // A second wall: no control reaches the terminal, whatever a cell holds.
      for byte in shownText.utf8 { text.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
    }
    flush()
  }

  private func put(_ text: [UInt8], row: Int, column: Int, style: Style) {
    var attributes: Int32 = 0
    if style.attributes.contains(.bold) { attributes |= Int32(YT_BOLD) }
    if style.attributes.contains(.dim) { attributes |= Int32(YT_DIM) }
    if style.attributes.contains(.italic) { attributes |= Int32(YT_ITALIC) }
    if style.attributes.contains(.underline) { attributes |= Int32(YT_UNDERLINE) }
    if style.attributes.contains(.reverse) { attributes |= Int32(YT_REVERSE) }
    text.withUnsafeBufferPointer { text in
      text.withMemoryRebound(to: CChar.self) { text in
        yt_put(
          Int32(row), Int32(column), text.baseAddress, Int32(text.count), attributes,
          color(style.foreground), color(style.background))
      }
    }
  }

  private func color(_ color: Style.Color) -> Int32 {
    guard usesColor else { return -1 }
    switch color {
    case .default: return -1
    case .indexed(let number):
      let count = yt_colors()
      return Int32(number) < count ? Int32(number) : number < 16 ? Int32(number % 8) : -1
    case .rgb(let red, let green, let blue):
      if yt_has_direct_color() { return Int32(red) << 16 | Int32(green) << 8 | Int32(blue) }
      guard yt_colors() >= 256 else { return -1 }
      func level(_ value: UInt8) -> Int32 { (Int32(value) * 5 + 127) / 255 }
      return 16 + 36 * level(red) + 6 * level(green) + level(blue)
    }
  }

  /// The next frame is sent whole.
  public func redraw() { wantsRedraw = true }
}

// MARK: - Input

extension Screen {
  /// Sleeps until there is input, somebody wakes it, or the time has passed.
  public func wait(upTo limit: Duration?, wantsOutput: Bool = false) {
    var milliseconds: Int32 = -1
    if let limit {
      let parts = limit.components
      let whole = max(0, min(parts.seconds, 86_400)) * 1_000
      milliseconds = Int32(whole) + Int32(max(0, parts.attoseconds / 1_000_000_000_000_000))
      if milliseconds == 0, limit > .zero { milliseconds = 1 }
    }
    if owesSize {
      let rest = (sizeTime + Self.sizeInterval - Self.uptime).components
      let left = Int32(max(1, rest.attoseconds / 1_000_000_000_000_000))
      milliseconds = milliseconds < 0 ? left : min(milliseconds, left)
    }
    if decoder.isWaiting, milliseconds < 0 || milliseconds > escapeDelay {
      milliseconds = escapeDelay
    }
    _ = yt_wait(keyboard, wakeUp.descriptor, wantsOutput, milliseconds)
  }

  /// Everything that has come since the last call, at most 64 KiB of it.
  public func inputs() -> [Input] {
    yt_event_clear(wakeUp.descriptor)
    var inputs = signalInputs()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let isReady = yt_wait(keyboard, wakeUp.descriptor, false, 0) & 1 != 0
    if isReady {
      let count = read(keyboard, &buffer, buffer.count)
      if count > 0 {
        inputs += decoder.decode(buffer[..<count]).compactMap(input)
      } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
        // The terminal is gone.
        hasEnded = true
        inputs.append(.terminated(signal: SIGHUP))
      }
    } else if decoder.isWaiting {
      inputs += decoder.timeOut().compactMap(input)
    }
    return inputs
  }

  private func input(_ event: InputDecoder.Event) -> Input? {
    switch event {
    case .key(let key): return .key(key)
    case .pasted(let text): return .pasted(text)
    case .answered(let reply): return query?.take(reply).flatMap(take)
    }
  }

  /// What an answer of the terminal changes.
  private func take(_ answer: TerminalAnswer) -> Input? {
    synchronizesOutput = answer.synchronizesOutput
    isDark = answer.isDark
    guard followsWidth, let columns = answer.ambiguousColumns,
      columns != profile.ambiguousColumns
    else { return answer.isDark == nil ? nil : .foundBackground }
    // ncurses counts by the same tables; what it believes to be shown is wrong from now on.
    profile.ambiguousColumns = columns
    yu_set_ambiguous_columns(Int32(columns))
    wantsRedraw = true
    return .measured(ambiguousColumns: columns)
  }

  private func signalInputs() -> [Input] {
    let signals = Int(yt_take_signals()) | heldSignals
    heldSignals = 0
    var inputs: [Input] = []
    if signals & YT_SIGNAL_STOP != 0 {
      inputs += suspend()
    } else if signals & YT_SIGNAL_CONTINUE != 0 {
      // Continued after a stop that came from outside: take the terminal back.
      yt_return()
      takeSize()
      wantsRedraw = true
      inputs.append(.resized(size))
      inputs.append(.resumed)
    } else if signals & YT_SIGNAL_RESIZE != 0 || owesSize {
      // Dragging a window sends hundreds of signals a second; each size costs a whole screen.
      owesSize = Self.uptime < sizeTime + Self.sizeInterval
      if !owesSize {
        takeSize()
        inputs.append(.resized(size))
      }
    }
    if signals & YT_SIGNAL_RELOAD != 0 { inputs.append(.reloadRequested) }
    if signals & YT_SIGNAL_HANGUP != 0 {
      // A signal that somebody sent leaves the terminal alive, and so to be restored.
      hasEnded = !yt_is_alive()
      inputs.append(.terminated(signal: SIGHUP))
    }
    if signals & YT_SIGNAL_TERMINATE != 0 { inputs.append(.terminated(signal: SIGTERM)) }
    if signals & YT_SIGNAL_INTERRUPT != 0 { inputs.append(.terminated(signal: SIGINT)) }
    return inputs
  }

  /// How long one size is shown before the next is taken.
  private static let sizeInterval: Duration = .milliseconds(16)

  private func takeSize() {
    sizeTime = Self.uptime
    owesSize = false
    size = Self.currentSize()
    yt_resize(Int32(size.rows), Int32(size.columns))
    shown = nil
    wantsRedraw = true
  }
}

// MARK: - Handing over

extension Screen {
  /// Stops the program, as the terminal's own suspend key would; returns when it goes on.
  public func suspend() -> [Input] {
    yt_leave()
    yt_stop_group()
    holdEndingSignals()
    yt_return()
    takeSize()
    return [.resized(size), .resumed]
  }

  /// What came while the terminal was another's: to go on or to change the size is settled by taking
  /// it back, but a signal to end is not to be lost.
  private func holdEndingSignals() {
    let ending = YT_SIGNAL_TERMINATE | YT_SIGNAL_INTERRUPT | YT_SIGNAL_HANGUP
    heldSignals |= Int(yt_take_signals()) & ending
  }

  /// Leaves the terminal to a program that runs in the foreground.
  public func lend(_ body: () -> Void) {
    yt_leave()
    body()
    holdEndingSignals()
    yt_return()
    takeSize()
  }

  /// Puts a text on the clipboard of the terminal at the other end (OSC 52).
  ///
  /// False when it is too long for that.
  public func copy(_ text: String) -> Bool {
    let sequence = RawOutput.clipboard(text)
    guard let sequence else { return false }
    if let sent = bytesSent { bytesSent = sent + sequence.count }
    return sequence.withUnsafeBytes { yt_write($0.baseAddress, $0.count) }
  }
}
