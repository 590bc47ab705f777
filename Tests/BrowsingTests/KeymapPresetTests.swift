import Cells
import Feeds
import Keymaps
import Testing

@testable import Browsing

/// The keymaps built into the program.
@Suite struct KeymapPresetTests {
  static let names = ["default", "emacs", "less", "newsboat", "vim"]

  /// What a keymap leaves to the prompt on purpose.
  static let unbound: [String: Set<String>] = [
    "less": ["undo"],
    // Ctrl-E edits the tags there; what it scrolled the arrows and pages do.
    "newsboat": ["scroll-down"],
  ]

  private func keymap(_ name: String) throws -> Keymap {
    let file = try #require(BuiltInKeymaps.file(name))
    return KeymapReader(rules: Command.rules).read(file).keymap
  }

  private func session(_ name: String) throws -> Session {
    var settings = Settings(keymap: try keymap(name))
    settings.keymapName = name
    var session = Session(settings: settings)
    session.forgetEffects()
    return session
  }

  @Test func theyAreAllThere() { #expect(BuiltInKeymaps.names == Self.names) }

  @Test(arguments: names) func itHasNoFaultAndNoWarning(_ name: String) throws {
    let file = try #require(BuiltInKeymaps.file(name))
    #expect(KeymapReader(rules: Command.rules).read(file).diagnostics.map(\.text) == [])
  }

  @Test(arguments: names) func noSequenceIsCompleteAndAPrefix(_ name: String) throws {
    let keymap = try keymap(name)
    for context in KeyContext.allCases {
      let all = keymap.bindings(in: context).map(\.keys)
      for keys in all {
        let longer = all.first { $0.count > keys.count && $0.starts(with: keys) }
        #expect(longer == nil, "\(Key.notation(of: keys)) in [\(context)]")
      }
    }
  }

  /// Every binding does something in some stack: none is dead behind another context.
  @Test(arguments: names) func everyBindingCanBeReached(_ name: String) throws {
    let keymap = try keymap(name)
    for context in KeyContext.allCases {
      for binding in keymap.bindings(in: context) {
        let isReached = KeyContext.stacks.contains { stack in
          let stack = stack.first == .matches && context != .matches ? Array(stack[1...]) : stack
          guard stack.contains(context) else { return false }
          return keymap.lookup(binding.keys, in: stack) == .bound(binding)
        }
        #expect(
          isReached, "\(Key.notation(of: binding.keys)) in [\(context)] (line \(binding.line))")
      }
    }
  }

  /// What the default keymap can do in a pane can be done there with every other one.
  @Test(arguments: names.dropFirst()) func everyCommandIsReachable(_ name: String) throws {
    let keymap = try keymap(name)
    let standard = try self.keymap("default")
    func reachable(_ keymap: Keymap, _ stack: [KeyContext]) -> Set<String> {
      Set(keymap.bindings(in: stack).flatMap(\.binding.invocations).map(\.text))
    }
    let withoutMatches = KeyContext.stacks.filter { $0[0] == .matches }.map { Array($0[1...]) }
    for stack in KeyContext.stacks + withoutMatches {
      let missing = reachable(standard, stack).subtracting(reachable(keymap, stack))
        .subtracting(Self.unbound[name] ?? [])
      #expect(
        missing.isEmpty,
        "\(name).keymap lacks keys in [\(stack[0] == .matches ? stack[1] : stack[0])] for these")
    }
  }

  @Test(arguments: names) func helpAndHintsShowItsKeys(_ name: String) throws {
    var session = try session(name)
    session.press("?")
    #expect(session.screen.contains("keymap \(name)"))
    session.press("<Esc>")
    #expect(session.hintRow.hasPrefix(" Enter open"))
  }

  @Test func vimKeysDoWhatVimUsersExpect() throws {
    var vim = try session("vim")
    vim.press("G<Enter>")
    #expect(vim.row(0).contains("Category Notes"))
    vim.press("gg<Enter>]u")
    #expect(vim.row(0).contains("Adjoint functors"))
    vim.press("n")
    #expect(vim.statusRow.contains("n is not bound here"))
    vim.press("/Adj<Enter>n")
    #expect(vim.browser.isFinished == false)
    vim.press("<Esc>gTgd")
    #expect(
      vim.effects.contains {
        if case .loadEntries(let query, _) = $0, case .since = query.scope { true } else { false }
      })
    vim.press("g")
    vim.tick(200)
    #expect(vim.screen.contains("d today"))
    vim.press("<Esc>ZZ")
    #expect(vim.browser.isFinished)
  }

  @Test func emacsKeysDoWhatEmacsUsersExpect() throws {
    var emacs = try session("emacs")
    emacs.press("<C-n><C-p><A-Gt>")
    #expect(emacs.markedRow.contains("Category Notes"))
    emacs.press("<Enter>n")
    #expect(emacs.markedRow.contains("Adjoint functors"))
    emacs.press("p<Enter><C-v><A-v><C-n><C-p>")
    #expect(emacs.row(0).contains("Yoneda"))
    emacs.press("q<C-s>Adj<Enter>")
    #expect(emacs.markedRow.contains("Adjoint functors"))
    emacs.press("<C-g>")
    emacs.press("m<C-_>")
    #expect(emacs.effects.contains(.undo(steps: 1)))
    emacs.press("<A-_>")
    #expect(emacs.effects.contains(.redo(steps: 1)))
    emacs.press("<A-w>")
    #expect(emacs.effects.contains(.copy("https://cat.example/7")))
    emacs.press("<A-x>where<Enter>")
    #expect(emacs.statusRow.contains("row 2 of 2"))
    emacs.press("<C-x><C-c>")
    #expect(emacs.browser.isFinished)
  }

  @Test func newsboatKeysDoWhatNewsboatUsersExpect() throws {
    var newsboat = try session("newsboat")
    newsboat.press("jj<Enter>N")
    #expect(newsboat.effects.contains(.mark(.entries([EntryID(1)]), .read, isStep: true)))
    newsboat.press("<A-u>")
    #expect(newsboat.effects.contains(.undo(steps: 1)))
    newsboat.press("A")
    #expect(newsboat.statusRow.contains("Alt-u undoes"))
    newsboat.press("q")
    newsboat.tick(5_000)
    newsboat.press("l")
    #expect(newsboat.statusRow.contains("unread only"))
    newsboat.press("lG<Enter><Enter>u")
    #expect(!newsboat.statusRow.contains("not bound"))
    newsboat.press("qqqq")
    #expect(newsboat.browser.isFinished)
  }

  @Test func aDigitOpensALinkInTheNewsboatKeymap() throws {
    let document = Sketch.document([
      .text("见[上一篇](https://math.example/2)与[论文](https://a.example/p)。")
    ])
    var settings = Settings(keymap: try keymap("newsboat"))
    settings.keymapName = "newsboat"
    var reader = Session(isSingle: true, settings: settings, document: document)
    reader.press("<Enter>2")
    #expect(reader.effects.contains(.openExternally("https://a.example/p")))
    // A full-width digit of an input method, too; a link into the library is followed there.
    reader.press("１")
    #expect(reader.row(0).contains("一个看似显然的不等式"))
  }

  @Test func lessKeysDoWhatLessUsersExpect() throws {
    var less = try session("less")
    less.press("Gg<Enter>")
    less.press(",a")
    #expect(less.row(0).contains("All"))
    less.press("<Enter>fbdueyGg")
    less.press("Y")
    #expect(less.effects.contains(.copy("https://math.example/1")))
    #expect(!less.effects.contains(.undo(steps: 1)))
    less.press("h")
    #expect(less.screen.contains("keymap less"))
    less.press("q,")
    less.tick(200)
    #expect(less.screen.contains("\n ,…") && less.screen.contains("h home"))
    less.press("hm:undo<Enter>")
    #expect(less.effects.contains(.undo(steps: 1)))
  }

  @Test(arguments: names) func fullWidthLettersAreTheirKeys(_ name: String) throws {
    var session = try session(name)
    session.press("ｊｊ")
    #expect(session.markedRow.contains("数学小站"))
    session.press("２ｋ？")
    #expect(session.screen.contains("keymap \(name)"))
  }
}
