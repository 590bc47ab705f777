import Keymaps
import Testing

@testable import Terminal

/// Bytes of keyboards and terminals, as the keys they mean.
struct InputDecoderTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var bytes: [UInt8]
    var events: [InputDecoder.Event]

    init(_ text: String, _ keys: Key...) {
      bytes = Array(text.utf8)
      events = keys.map { .key($0) }
    }

    init(_ text: String, answering reply: InputDecoder.Reply) {
      bytes = Array(text.utf8)
      events = [.answered(reply)]
    }

    init(_ text: String, pasting pasted: String) {
      bytes = Array(text.utf8)
      events = [.pasted(pasted)]
    }

    var testDescription: String {
      bytes.map { byte in
        byte == 0x1B
          ? "ESC " : byte > 0x20 && byte < 0x7F ? String(Unicode.Scalar(byte)) : "<\(byte)>"
      }.joined()
    }
  }

  private static func letter(_ scalar: Unicode.Scalar, _ modifiers: Key.Modifiers = []) -> Key {
    Key(.character(scalar), modifiers)
  }

  static let characters: [Case] = [
    Case("a", letter("a")), Case("G", letter("G")), Case("~", letter("~")),
    Case("é", letter("é")), Case("中", letter("中")), Case("𠮷", letter("𠮷")),
    Case("，", letter("，")), Case("数学", letter("数"), letter("学")),
    Case(" ", Key(.space)), Case("\t", Key(.tab)), Case("\r", Key(.enter)), Case("\n", Key(.enter)),
    Case("\u{7F}", Key(.backspace)), Case("\u{8}", Key(.backspace)),
  ]

  static let controls: [Case] = [
    Case("\u{1}", letter("a", .control)), Case("\u{4}", letter("d", .control)),
    Case("\u{1A}", letter("z", .control)), Case("\0", Key(.space, .control)),
    Case("\u{1C}", letter("\\", .control)), Case("\u{1F}", letter("_", .control)),
  ]

  static let alt: [Case] = [
    Case("\u{1B}a", letter("a", .alt)), Case("\u{1B}\u{1}", letter("a", [.alt, .control])),
    Case("\u{1B}中", letter("中", .alt)), Case("\u{1B}\r", Key(.enter, .alt)),
    Case("\u{1B}\u{7F}", Key(.backspace, .alt)),
  ]

  static let arrows: [Case] = [
    Case("\u{1B}[A", Key(.up)), Case("\u{1B}[B", Key(.down)), Case("\u{1B}[C", Key(.right)),
    Case("\u{1B}[D", Key(.left)), Case("\u{1B}OA", Key(.up)), Case("\u{1B}OB", Key(.down)),
    Case("\u{1B}OC", Key(.right)), Case("\u{1B}OD", Key(.left)),
    Case("\u{1B}[1;2A", Key(.up, .shift)), Case("\u{1B}[1;3B", Key(.down, .alt)),
    Case("\u{1B}[1;5C", Key(.right, .control)),
    Case("\u{1B}[1;6D", Key(.left, [.shift, .control])),
    Case("\u{1B}[1;8A", Key(.up, [.shift, .alt, .control])),
    Case("\u{1B}[A\u{1B}[B", Key(.up), Key(.down)),
  ]

  static let editing: [Case] = [
    Case("\u{1B}[H", Key(.home)), Case("\u{1B}[F", Key(.end)), Case("\u{1B}OH", Key(.home)),
    Case("\u{1B}OF", Key(.end)), Case("\u{1B}[1~", Key(.home)), Case("\u{1B}[7~", Key(.home)),
    Case("\u{1B}[4~", Key(.end)), Case("\u{1B}[8~", Key(.end)), Case("\u{1B}[2~", Key(.insert)),
    Case("\u{1B}[3~", Key(.delete)), Case("\u{1B}[5~", Key(.pageUp)),
    Case("\u{1B}[6~", Key(.pageDown)), Case("\u{1B}[5;5~", Key(.pageUp, .control)),
    Case("\u{1B}[3;2~", Key(.delete, .shift)), Case("\u{1B}[1;5H", Key(.home, .control)),
    Case("\u{1B}[Z", Key(.tab, .shift)),
  ]

  static let functions: [Case] =
    [
      Case("\u{1B}OP", Key(.function(1))), Case("\u{1B}OQ", Key(.function(2))),
      Case("\u{1B}OR", Key(.function(3))), Case("\u{1B}OS", Key(.function(4))),
      Case("\u{1B}[1;2P", Key(.function(1), .shift)),
      Case("\u{1B}[15;5~", Key(.function(5), .control)),
      // The Linux console.
      Case("\u{1B}[[A", Key(.function(1))), Case("\u{1B}[[E", Key(.function(5))),
    ]
    + zip([11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24], 1...12).map {
      Case("\u{1B}[\($0)~", Key(.function($1)))
    }

  static let pastes: [Case] = [
    Case("\u{1B}[200~学而时习之\u{1B}[201~", pasting: "学而时习之"),
    Case("\u{1B}[200~a\nb\tc\u{1B}[201~", pasting: "a\nb\tc"),
    Case("\u{1B}[200~\u{1B}[201~", pasting: ""),
    Case("\u{1B}[200~x\u{1B}[A\u{7}\u{1}q\u{1B}[201~", pasting: "x[Aq"),
  ]

  /// What terminals say by themselves or when asked; none of it is a key.
  static let replies: [Case] = [
    Case(
      "\u{1B}]11;rgb:1e1e/1e1e/ffff\u{7}",
      answering: .background(red: 7710.0 / 65535, green: 7710.0 / 65535, blue: 1)),
    Case("\u{1B}]11;rgb:f/00/fff\u{1B}\\", answering: .background(red: 1, green: 0, blue: 1)),
    Case("\u{1B}]11;rgb:1e1e/zz\u{7}"), Case("\u{1B}]10;rgb:1e1e/1e1e/2e2e\u{1B}\\"),
    Case("\u{1B}]52;c;cXVpdA==\u{7}"), Case("\u{1B}[?1;2c", answering: .attributes),
    Case("\u{1B}[>41;354;0c"),
    Case("\u{1B}[5;7R", answering: .cursor(row: 5, column: 7)),
    Case("\u{1B}[1;1R", answering: .cursor(row: 1, column: 1)), Case("\u{1B}[0n"),
    Case("\u{1B}[1;2;3R"),
    Case("\u{1B}P>|kitty(0.32)\u{1B}\\"), Case("\u{1B}P1+r544e=787465726d\u{1B}\\"),
    Case("\u{1B}[?2026;2$y", answering: .mode(2_026, state: 2)), Case("\u{1B}[I"), Case("\u{1B}[O"),
    Case("\u{1B}[?0u"),
    Case("\u{1B}_Gi=31;OK\u{1B}\\"), Case("\u{1B}[8;24;80t"), Case("\u{1B}^x\u{1B}\\"),
    Case("\u{1B}Xq\u{1B}\\"), Case("\u{1B}[201~"), Case("\u{1B}[9999999999999~"),
  ]

  static let all =
    characters + controls + alt + arrows + editing + functions + pastes + replies

  @Test(arguments: all) func bytesMeanTheseKeysAndNoMore(_ sample: Case) {
    var decoder = InputDecoder()
    #expect(decoder.decode(sample.bytes) == sample.events)
    #expect(!decoder.isWaiting)
    #expect(decoder.timeOut().isEmpty)
    #expect(decoder.decode(Array("j".utf8)) == [.key(Self.letter("j"))], "nothing is left over")
  }

  @Test(arguments: all) func aSequenceMayBeSplitBetweenAnyTwoBytes(_ sample: Case) {
    for place in 0...sample.bytes.count {
      var decoder = InputDecoder()
      var events = decoder.decode(sample.bytes[..<place])
      events += decoder.decode(sample.bytes[place...])
      #expect(events == sample.events, "split at \(place)")
    }
    var decoder = InputDecoder()
    var events: [InputDecoder.Event] = []
    for byte in sample.bytes { events += decoder.decode([byte]) }
    #expect(events == sample.events, "byte by byte")
  }

  @Test func aLoneEscapeIsAKeyOnceNothingFollows() {
    var decoder = InputDecoder()
    #expect(decoder.decode([0x1B]).isEmpty)
    #expect(decoder.isWaiting)
    #expect(decoder.timeOut() == [.key(Key(.escape))])
    #expect(!decoder.isWaiting)
    #expect(decoder.timeOut().isEmpty)
    #expect(decoder.decode(Array("[A".utf8)) == [.key(Self.letter("[")), .key(Self.letter("A"))])
  }

  @Test(arguments: ["O", "[", "]", "P", "X", "^", "_"] as [Unicode.Scalar])
  func aLetterThatBeginsASequenceIsAKeyWithAltOnceNothingFollows(_ scalar: Unicode.Scalar) {
    var decoder = InputDecoder()
    #expect(decoder.decode([0x1B, UInt8(ascii: scalar)]).isEmpty)
    #expect(decoder.isWaiting)
    #expect(decoder.timeOut() == [.key(Self.letter(scalar, .alt))])
    #expect(decoder.decode(Array("j".utf8)) == [.key(Self.letter("j"))])
  }

  @Test func aReplyThatHasBegunIsWaitedForHoweverLongItTakes() {
    var decoder = InputDecoder()
    #expect(decoder.decode(Array("\u{1B}]1".utf8)).isEmpty)
    #expect(!decoder.isWaiting && decoder.timeOut().isEmpty)
    #expect(decoder.decode(Array("1;qqq\u{7}j".utf8)) == [.key(Self.letter("j"))])
  }

  @Test func twoEscapesAreOneKeyAndOneThatWaits() {
    var decoder = InputDecoder()
    #expect(decoder.decode([0x1B, 0x1B]) == [.key(Key(.escape))])
    #expect(decoder.timeOut() == [.key(Key(.escape))])
    #expect(decoder.decode([0x1B, 0x1B, 0x5B, 0x41]) == [.key(Key(.escape)), .key(Key(.up))])
  }

  @Test func aSequenceCutByAnotherGivesTheSecond() {
    var decoder = InputDecoder()
    #expect(decoder.decode(Array("\u{1B}[1;\u{1B}[B".utf8)) == [.key(Key(.down))])
    #expect(decoder.decode(Array("\u{1B}O\u{1B}[B".utf8)) == [.key(Key(.down))])
  }

  @Test func whatIsNoUTF8IsNoKey() {
    var decoder = InputDecoder()
    #expect(decoder.decode([0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF5]).isEmpty)
    #expect(decoder.decode(Array("j".utf8)) == [.key(Self.letter("j"))])
    #expect(
      decoder.decode([0xE4, 0xB8, 0x6A]) == [.key(Self.letter("j"))], "half a character, then j")
    #expect(decoder.decode([0xC2, 0x9B, 0x41]) == [.key(Self.letter("A"))], "C1 is no key")
  }

  @Test func aPasteIsCutAtItsLimitAndItsEndIsStillFound() throws {
    var decoder = InputDecoder()
    var bytes = Array("\u{1B}[200~".utf8)
    bytes += [UInt8](repeating: 0x78, count: InputDecoder.pasteByteLimit + 50_000)
    bytes += Array("\u{1B}[201~j".utf8)
    let events = decoder.decode(bytes)
    #expect(events.count == 2)
    guard case .pasted(let text) = try #require(events.first) else {
      Issue.record("the first event is no paste")
      return
    }
    #expect(text.utf8.count == InputDecoder.pasteByteLimit)
    #expect(events.last == .key(Self.letter("j")))
  }

  @Test func aReplyWithoutEndIsNotKept() {
    var decoder = InputDecoder()
    #expect(decoder.decode([0x1B, 0x5B] + [UInt8](repeating: 0x31, count: 100_000)).isEmpty)
    _ = decoder.decode(Array("~".utf8))
    #expect(decoder.decode(Array("j".utf8)) == [.key(Self.letter("j"))])
  }

  @Test func anyBytesAtAllAreDecoded() {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    // Half of the bytes are those that sequences are made of.
    let pieces = Array("\u{1B}[O]P;~?0123456789$AHRcy\\\u{7}数".utf8)
    for _ in 0..<300 {
      var decoder = InputDecoder()
      var bytes: [UInt8] = []
      for _ in 0..<200 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let random = state >> 33
        bytes.append(
          random & 1 == 0
            ? UInt8(random >> 1 & 0xFF) : pieces[Int(random >> 1) % pieces.count])
      }
      let events = decoder.decode(bytes) + decoder.timeOut()
      #expect(events.count <= bytes.count)
      // However it stood, the end of a paste and of a string bring it back to the ground.
      _ = decoder.decode(Array("\u{1B}\\\u{1B}[201~\u{1B}\\".utf8))
      #expect(decoder.decode(Array("j".utf8)) == [.key(Self.letter("j"))])
    }
  }
}
