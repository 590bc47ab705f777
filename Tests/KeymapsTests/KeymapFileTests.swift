import Testing

@testable import Keymaps

@Suite struct KeymapFileTests {
  static let rules: [CommandRule] = [
    CommandRule(name: "next-unread", contexts: [.feeds, .entries, .reader]),
    CommandRule(name: "next-heading", contexts: [.reader]),
    CommandRule(name: "top", contexts: [.list, .reader]),
    CommandRule(name: "select-next", contexts: [.list]),
    CommandRule(name: "open-next", contexts: [.entries, .reader]),
    CommandRule(name: "quit", contexts: [.global, .feeds]),
    CommandRule(
      name: "mark", contexts: [.feeds, .entries, .reader],
      forms: [
        [.word("read"), .word("all")], [.word("read"), .word("above")],
        [.word("unread"), .word("all")],
      ]),
    CommandRule(name: "view", contexts: [.feeds, .entries], forms: [[.text("QUERY")]]),
    CommandRule(name: "find-next", contexts: [.matches]),
    CommandRule(name: "accept", contexts: [.prompt]),
  ]

  static let files = [
    "base": """
    [global]
    Q    quit
    [list reader]
    gg   top
    [entries]
    dd   next-unread
    J    open-next
    """
  ]

  static func read(_ text: String, name: String = "my.keymap") -> (Keymap, [Diagnostic]) {
    let reader = KeymapReader(rules: rules) { name, _ in
      files[name].map { KeymapFile(name: name + ".keymap", text: $0) }
        ?? BuiltInKeymaps.file(name)
    }
    let result = reader.read(KeymapFile(name: name, text: text))
    return (result.keymap, result.diagnostics)
  }

  static func summaries(_ text: String) -> [String] { read(text).1.map(\.summary) }

  @Test(arguments: [
    (
      "[entries]\nn    nxt-unread",
      "my.keymap:2:6: unknown command \"nxt-unread\" (did you mean \"next-unread\"?)"
    ),
    (
      "include base\n[list]\ng    top",
      "my.keymap:3:1: \"g\" is complete here and also begins \"gg\" (base.keymap:4); unbind one with none"
    ),
    (
      "[entries]\n<Tab>  open-next\n<C-i>  next-unread",
      "my.keymap:3:1: <C-i> is the same byte as <Tab>, bound in line 2"
    ),
    (
      "[entries]\na<C-S-j>  open-next",
      "my.keymap:2:2: <C-S-j> cannot be sent by terminals without the kitty keyboard protocol"
    ),
    ("[entry]", "my.keymap:1:1: unknown context \"entry\" (did you mean \"entries\"?)"),
    (
      "[entries]\nJ  open-next\n\nJ  next-unread",
      "my.keymap:4:1: \"J\" is bound twice in [entries] (line 2)"
    ),
    (
      "[feeds]\nx    next-heading",
      "my.keymap:2:6: next-heading works in reader only, not in [feeds]"
    ),
    (
      "[entries]\nn next-unread",
      "my.keymap:2:1: no command: two blanks or a tab must stand between the keys and the command"
    ),
    (
      "[entries]\nn  # next-unread",
      "my.keymap:2:1: no command: two blanks or a tab must stand between the keys and the command"
    ),
    (
      "include vmi",
      "my.keymap:1:9: include \"vmi\": no such keymap (built in: default emacs less newsboat vim)"
    ),
    ("[list]\ninclude base", "my.keymap:2:9: include \"base\" must stand before the first header"),
    ("[entries]\nxx  none", "my.keymap:2:1: warning: \"xx\" is not bound in [entries]"),
    (
      "include base\n[entries]\nQ  none",
      "my.keymap:3:1: warning: \"Q\" is not bound in [entries]; it comes from an outer context (base.keymap:2)"
    ),
    ("[entries]\n<Entr>  top", "my.keymap:2:1: unknown key <Entr> (did you mean <Enter>?)"),
    (
      "[entries]\n<Enter  top",
      "my.keymap:2:1: \"<Enter\" lacks its \">\"; the key < itself is written <Lt>"
    ),
    ("[entries]\n<  top", "my.keymap:2:1: write <Lt> for this key"),
    (
      "[entries]\nMa  mark read al",
      "my.keymap:2:15: mark read: unknown argument \"al\" (did you mean \"all\"?)"
    ),
    ("[entries]\nMa  mark", "my.keymap:2:5: mark needs one of: read, unread"),
    ("[entries]\nn  next-unread now", "my.keymap:2:16: next-unread takes no argument \"now\""),
    ("[entries]\nx  view \"abc", "my.keymap:2:9: the quotation mark is not closed"),
    ("[entries]\nx  none; top", "my.keymap:2:4: none stands alone: it unbinds the keys"),
    ("[prompt]\nx  quit", "my.keymap:2:4: quit works in global and feeds only, not in [prompt]"),
  ])
  func aFaultIsReportedWithItsPlace(_ text: String, _ message: String) {
    #expect(Self.summaries(text) == [message])
  }

  @Test func theLineIsShownWithCaretsBelowTheFault() {
    let (_, diagnostics) = Self.read("[entries]\nn    nxt-unread   -- 下一篇")
    #expect(
      diagnostics.first?.text == """
        my.keymap:2:6: unknown command "nxt-unread" (did you mean "next-unread"?)
            2 | n    nxt-unread   -- 下一篇
              |      ^^^^^^^^^^
        """)
  }

  @Test func keysOnACommandLineAreShownWithCaretsToo() {
    #expect(
      KeymapReader.faults(inKeys: "g<C-S-j>").map(\.text) == [
        """
        keys:1:2: <C-S-j> cannot be sent by terminals without the kitty keyboard protocol
            1 | g<C-S-j>
              |  ^^^^^^^
        """
      ])
    #expect(KeymapReader.faults(inKeys: "gg").isEmpty)
  }

  @Test func aFileMayChangeAMapThatIsThereAlready() {
    let (base, _) = Self.read("[entries]\ngg  next-unread\nJ  open-next")
    let reader = KeymapReader(rules: Self.rules)
    let good = reader.read(
      KeymapFile(name: "prompt", text: "[entries]\nJ\tnext-unread"), over: base)
    #expect(good.diagnostics.isEmpty)
    #expect(
      good.keymap.bindings(in: .entries).map(\.invocations[0].command) == [
        "next-unread", "next-unread",
      ])
    let bad = reader.read(KeymapFile(name: "prompt", text: "[entries]\ng\topen-next"), over: base)
    #expect(
      bad.diagnostics.map(\.summary) == [
        "prompt:2:1: \"g\" is complete here and also begins \"gg\" (my.keymap:2); unbind one with none"
      ])
  }

  @Test func caretsStandBelowTheFaultBehindChinese() {
    let (_, diagnostics) = Self.read("[feeds]\n好  nxt-unread")
    #expect(
      diagnostics.first?.text == """
        my.keymap:2:4: unknown command "nxt-unread" (did you mean "next-unread"?)
            2 | 好  nxt-unread
              |     ^^^^^^^^^^
        """)
  }

  @Test func everyFaultIsReportedAndTheRestWorks() {
    let (keymap, diagnostics) = Self.read(
      """
      [entries]
      a  nothing-such
      n  next-unread
      <Nope>  top
      J  open-next
      """)
    #expect(diagnostics.map(\.line) == [2, 4])
    #expect(keymap.bindings(in: .entries).map { Key.notation(of: $0.keys) } == ["n", "J"])
  }

  @Test func aLaterLineWinsOverAnIncludedOneAndNoneUnbindsAPrefix() {
    let (keymap, diagnostics) = Self.read(
      """
      include base
      [list]
      g    none
      g    top
      [entries]
      dd   none
      J    next-unread   -- weiter
      """)
    #expect(diagnostics.isEmpty)
    #expect(keymap.bindings(in: .list).map { Key.notation(of: $0.keys) } == ["g"])
    #expect(keymap.bindings(in: .reader).map { Key.notation(of: $0.keys) } == ["gg"])
    #expect(keymap.bindings(in: .entries).count == 1)
    #expect(keymap.bindings(in: .entries).first?.description == "weiter")
  }

  @Test func oneLineMayHoldSeveralCommandsArgumentsAndADescription() {
    let (keymap, diagnostics) = Self.read(
      """
      [entries reader]                # several contexts at once
      X            mark read above; next-unread   -- done up to here
      [feeds]
      T\tview "tag:待读 \\"x\\" # no comment"   # a comment
      """)
    #expect(diagnostics.isEmpty)
    let binding = keymap.bindings(in: .reader).first
    #expect(
      binding?.invocations == [Invocation("mark", ["read", "above"]), Invocation("next-unread")])
    #expect(binding?.description == "done up to here")
    #expect(binding?.line == 2)
    #expect(
      keymap.bindings(in: .feeds).first?.invocations
        == [Invocation("view", ["tag:待读 \"x\" # no comment"])])
  }

  @Test func anIncludeCircleIsReported() {
    let reader = KeymapReader(rules: Self.rules) { name, _ in
      KeymapFile(name: name + ".keymap", text: name == "a" ? "include b" : "include a")
    }
    let result = reader.read(KeymapFile(name: "a.keymap", text: "include b"))
    #expect(
      result.diagnostics.map(\.summary) == [
        "b.keymap:1:9: include \"a\" goes round in a circle"
      ])
  }

  @Test func bytesThatAreNotUTF8AreReportedWithTheirLine() {
    let reader = KeymapReader(rules: Self.rules)
    let bytes = Array("[entries]\nJ  ".utf8) + [0xFF, 0xFE] + Array("\nn  next-unread\r\n".utf8)
    let result = reader.read(KeymapFile(name: "my.keymap", bytes: bytes))
    #expect(result.diagnostics.map(\.line) == [2])
    #expect(result.keymap.bindings(in: .entries).count == 1)
  }

  @Test func noBytesMakeTheReaderTrap() {
    var state: UInt64 = 88
    let alphabet = Array("[]<>#\"\\;- \t\ngGnC-xentriesnonetopinclude好。".utf8)
    for _ in 0..<2000 {
      var bytes: [UInt8] = []
      for _ in 0..<40 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let value = Int(state >> 33)
        bytes.append(value % 40 == 0 ? UInt8(value >> 8 & 0xFF) : alphabet[value % alphabet.count])
      }
      let result = KeymapReader(rules: Self.rules).read(KeymapFile(name: "x", bytes: bytes))
      for diagnostic in result.diagnostics { #expect(!diagnostic.text.isEmpty) }
    }
  }
}

@Suite struct KeymapTests {
  @Test func aPrintedMapReadsBackAsItself() {
    var state: UInt64 = 7
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let keys: [Key] =
      ["a", "g", "<", "#", "-", "|", ";", "[", "]", "\"", "好", "。"].map { Key(.character($0)) }
      + [
        Key(.space), Key(.enter), Key(.tab, .shift), Key(.character("x"), .control),
        Key(.character("<"), .alt), Key(.character("-"), .alt), Key(.function(11)),
        Key(.up, [.control, .alt, .shift]), Key(.character("]"), .control),
      ]
    let words = ["tag:待读", "a b", "\"", "\\", "#", ";", "--", "", "[x]", "none"]
    for _ in 0..<300 {
      var keymap = Keymap()
      for _ in 0..<12 {
        let sequence = (0..<2).map { _ in keys[next(keys.count)] }
        let invocations = (0...next(2)).map { _ in
          next(2) == 0
            ? Invocation("next-unread") : Invocation("view", [words[next(words.count)]])
        }
        let context = [KeyContext.feeds, .entries][next(2)]
        keymap.bind(
          Binding(
            keys: sequence, invocations: invocations,
            description: next(3) == 0 ? "到此为止; \"x\" -- y" : nil), in: context)
      }
      let (again, diagnostics) = KeymapFileTests.read(keymap.text)
      #expect(diagnostics.isEmpty)
      #expect(again == keymap)
    }
  }

  @Test func anInnerContextShadowsEqualAndLongerSequences() {
    let (keymap, _) = KeymapFileTests.read(
      """
      [global]
      gg  quit
      x   quit
      [list]
      gj  select-next
      [entries]
      g   next-unread
      [reader]
      xy  next-heading
      """)
    let entries: [KeyContext] = [.entries, .list, .global]
    let feeds: [KeyContext] = [.feeds, .list, .global]
    let reader: [KeyContext] = [.reader, .global]
    let g = Key(.character("g"))
    guard case .bound = keymap.lookup([g], in: entries) else {
      Issue.record("g should be complete")
      return
    }
    guard case .pending(let found) = keymap.lookup([g], in: feeds) else {
      Issue.record("g should be a prefix")
      return
    }
    #expect(found.map { Key.notation(of: $0.keys) } == ["gj", "gg"])
    guard case .pending(let after) = keymap.lookup([Key(.character("x"))], in: reader) else {
      Issue.record("x should be a prefix in the reader")
      return
    }
    #expect(after.map { Key.notation(of: $0.keys) } == ["xy"])
    #expect(keymap.lookup([Key(.character("q"))], in: feeds) == .unbound)
  }

  @Test(arguments: [
    ("<C-X>", "<C-x>"), ("<c-i>", "<Tab>"), ("<C-m>", "<Enter>"), ("<C-[>", "<Esc>"),
    ("<C-h>", "<BS>"), ("<S-Tab>", "<S-Tab>"), ("<a-1>", "<A-1>"), ("<pgdn>", "<PgDn>"),
    ("<S-g>", "G"), ("<A-Lt>", "<A-Lt>"), ("<C-A-x>", "<C-A-x>"), ("g <Space>", "g<Space>"),
    ("<A-->", "<A-Minus>"), ("<A->>", "<A->>"), ("<C-Space>", "<C-Space>"), ("]m", "]m"),
    ("<Gt>", ">"), ("<F12>", "<F12>"),
  ])
  func aKeyHasOneCanonicalNotation(_ written: String, _ canonical: String) {
    #expect(Key.sequence(written).map(Key.notation(of:)) == canonical)
  }

  @Test(arguments: ["<C-1>", "<C-Enter>", "<S-Enter>", "<C-S-j>", "<F13>", "<X-a>", "<", "#", "<>"])
  func whatNoKeySendsIsNoSequence(_ written: String) {
    #expect(Key.sequence(written) == nil)
  }

  @Test(
    arguments: [
      ("ｊ", "j"), ("。", "."), ("、", "/"), ("《", "<"), ("【", "["), ("』", "}"), ("￥", "$"),
      ("…", "^"), ("—", "_"), ("？", "?"),
    ] as [(Unicode.Scalar, Unicode.Scalar)])
  func charactersOfAnInputMethodFoldToASCII(_ typed: Unicode.Scalar, _ meant: Unicode.Scalar) {
    #expect(Key(.character(typed)).foldedFromFullWidth == Key(.character(meant)))
  }

  @Test(arguments: [("好", nil), ("a", nil)] as [(Unicode.Scalar, Key?)])
  func otherCharactersDoNotFold(_ typed: Unicode.Scalar, _ expected: Key?) {
    #expect(Key(.character(typed)).foldedFromFullWidth == expected)
  }

  @Test func theBuiltInListHoldsTheDefault() {
    #expect(BuiltInKeymaps.names.contains("default"))
    #expect(BuiltInKeymaps.file("nothing") == nil)
  }
}
