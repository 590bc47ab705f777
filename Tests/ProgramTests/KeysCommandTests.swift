import Foundation
import Testing

/// `yue keys`, `yue keys check` and `yue keys test`.
struct KeysCommandTests {
  private let yue: Runs

  init() throws { yue = try Runs() }

  @Test(arguments: ["default", "emacs", "less", "newsboat", "vim"])
  func everyBuiltInKeymapIsRight(_ name: String) throws {
    let checked = try yue("keys", "check", name)
    #expect(checked.status == 0)
    #expect(!checked.text.contains("^"))
    #expect(try yue("keys", "--keymap", name).text.contains("[reader]"))
  }

  @Test func aKeymapIsChosenByOptionAndBySetting() throws {
    #expect(
      try yue("keys", "test", "--keymap", "vim", "ZZ").text.contains(
        "reader    quit  # vim.keymap:"))
    let file = try yue.folder.file("less.toml", "keymap = \"less\"\n")
    let text = try yue("keys", "test", "h", "--config", file).text
    #expect(text.contains("reader    help  # less.keymap:"))
    #expect(text.contains("entries   back  # default.keymap:"))
  }

  @Test func aSequenceThatCannotBeIsShownWithCarets() throws {
    let result = try yue("keys", "test", "g<C-S-j>")
    #expect(result.status == 64)
    #expect(
      result.errors.contains(
        """
        keys:1:2: <C-S-j> cannot be sent by terminals without the kitty keyboard protocol
            1 | g<C-S-j>
              |  ^^^^^^^
        """))
  }

  @Test func aKeymapThatIsNotThereIsNamedWithThoseThatAre() throws {
    for result in [try yue("keys", "--keymap", "vmi"), try yue("keys", "check", "vmi")] {
      #expect(result.status == 66)
      #expect(result.errors.contains("there is no keymap 'vmi' (did you mean \"vim\"?)"))
      #expect(result.errors.contains("There are default, emacs, less, newsboat, vim."))
    }
  }

  @Test func aFileOfOnesOwnOnTopOfAPresetIsCheckedWithItsLine() throws {
    let file = try yue.folder.file("mine.keymap", "include vim\n[feeds]\nz  quit\n")
    let result = try yue("keys", "check", file)
    #expect(result.status == 1)
    #expect(result.text.contains("mine.keymap:3:1: \"z\" is complete here and also begins"))
    #expect(result.text.contains("    3 | z  quit\n      | ^"))
  }
}
