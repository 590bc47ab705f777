import Cells
import Documents
import Feeds
import Keymaps
import Testing

@testable import Browsing

@Suite struct ReaderTests {
  private func reader(_ keys: String = "", rows: Int = 24, columns: Int = 80) -> Session {
    var session = Session(rows: rows, columns: columns, isSingle: true)
    session.press("<Enter>")
    session.forgetEffects()
    session.press(keys)
    return session
  }

  @Test func theArticleBeginsWithItsHeader() {
    let article = reader()
    #expect(article.row(0).hasPrefix("▌yue › 数学小站 › 方差从哪里来：归一化的一种几何解释"))
    #expect(article.row(0).hasSuffix("1/5"))
    #expect(article.row(1) == " 方差从哪里来：归一化的一种几何解释")
    #expect(article.row(2).hasPrefix(" 数学小站 · 苏木 · 2026-11-20 15:10 · "))
    #expect(article.row(2).hasSuffix(" 字 · 3 formulas"))
    #expect(article.row(3) == " https://math.example/1")
    #expect(article.row(4) == "")
    #expect(article.row(5).hasPrefix(" 训练一个很深的网络"))
  }

  @Test func aLateArticleOfAnotherEntryChangesNothing() {
    var late = Session(isSingle: true)
    late.answersArticles = false
    late.press("<Enter>")
    let before = late.screen
    late.sendArticle(EntryID(3))
    #expect(late.screen == before)
    late.sendArticle(EntryID(1))
    #expect(late.row(1) == " 方差从哪里来：归一化的一种几何解释")
    let shown = late.screen
    late.sendArticle(EntryID(2))
    #expect(late.screen == shown)
  }

  @Test func keysTypedWhileTheArticleIsAwaitedAreMeantForIt() {
    var slow = Session(isSingle: true)
    slow.answersArticles = false
    slow.press("<Enter>jj")
    #expect(slow.row(1).hasPrefix("▌"))
    slow.sendArticle(EntryID(1))
    #expect(slow.row(1) == " https://math.example/1")
  }

  @Test func aSlowAnswerIsAnnouncedAfterAMoment() {
    var slow = Session(isSingle: true)
    slow.answersArticles = false
    slow.press("<Enter>")
    #expect(slow.statusRow == " sort: date")
    #expect(slow.browser.nextTick == .milliseconds(100))
    slow.tick(100)
    #expect(slow.statusRow == " Loading…")
    #expect(slow.browser.nextTick == nil)
    slow.press("<Esc>")
    slow.sendArticle(EntryID(1))
    #expect(slow.row(1).hasPrefix("▌"))
  }

  @Test func spacePagesWithOneRowOfOverlapAndThenOpensTheNextUnreadEntry() {
    var article = reader()
    let lastRow = article.row(21)
    article.press("<Space>")
    #expect(article.row(1) == lastRow)
    #expect(article.effects.isEmpty)
    for _ in 0..<40 where article.effects.isEmpty { article.press("<Space>") }
    #expect(
      article.effects.filter { if case .savePosition = $0 { false } else { true } } == [
        .loadArticle(EntryID(2)), .mark(.entries([EntryID(2)]), .read, isStep: false),
      ])
    #expect(article.row(0).hasSuffix("2/5"))
  }

  @Test func jumpBackReturnsToTheEndOfTheOldArticle() {
    var article = reader("G")
    let end = (1..<22).map { article.row($0) }
    article.press("<Space>")
    #expect(article.row(0).hasSuffix("2/5"))
    article.press("<BS>")
    #expect(article.row(0).hasSuffix("1/5"))
    #expect((1..<22).map { article.row($0) } == end)
  }

  @Test func unreadEntriesAreFoundAcrossFeedsAndThenThereAreNone() {
    var all = session("jj<Enter>nnn")
    #expect(all.row(0).hasPrefix("▌yue › 数学小站 › 从"))
    all.press("n")
    #expect(all.row(0).hasPrefix("▌yue › Category Notes › Yoneda"))
    all.press("nn")
    #expect(all.statusRow.hasPrefix(" No unread entries left."))
    #expect(all.row(0).hasPrefix("▌yue › Category Notes › Adjoint"))
  }

  @Test func neighboursOpenAndTheListFollows() {
    var article = reader("JJ")
    #expect(article.row(0).hasSuffix("3/5"))
    article.press("K")
    #expect(article.row(0).hasSuffix("2/5"))
    article.press("q")
    #expect(article.markedRow.contains("不等式"))
    article.press("qq")
    #expect(article.browser.isFinished)
  }

  @Test func theProgressIsOfRowsSeen() {
    var article = reader()
    #expect(article.statusRow.hasSuffix("%"))
    article.press("G")
    #expect(article.statusRow.hasSuffix(" end"))
    let short = Session(
      isSingle: true, document: Sketch.document([.text("一段。")]))
    var whole = short
    whole.press("<Enter>")
    #expect(whole.statusRow.hasSuffix(" all"))
    #expect(whole.statusRow.hasPrefix(" 方差从哪里来"))
  }

  @Test func theStatusRowNamesTheHeading() {
    var article = reader("]]]]")
    #expect(article.statusRow.hasPrefix(" 一个小实验"))
    #expect(article.row(1) == " 一个小实验")
    article.press("[[")
    #expect(article.row(1) == " 从长度到夹角")
  }

  @Test func aResizeKeepsTheSameTextAtTheTop() {
    var article = reader("<Space><Space>")
    let anchor = article.browser.state.reader?.anchor
    guard case .text(let byteOffset)? = anchor else {
      Issue.record("the anchor should be in the text")
      return
    }
    for (rows, columns) in [(40, 140), (20, 40), (1, 1), (5, 20), (300, 300), (30, 100), (24, 99)] {
      article.resize(rows, columns)
      _ = article.browser.frame()
      #expect(article.browser.state.reader?.anchor == anchor)
    }
    article.resize(20, 40)
    let page = article.browser.state.reader?.page
    let top = article.browser.state.reader?.top ?? -1
    #expect(page?.row(of: byteOffset) == top)
    article.resize(24, 80)
    #expect(article.screen == reader("<Space><Space>").screen)
  }

  @Test func aStormOfSizesNeverCrashes() {
    var article = reader("<Space>")
    var sizes: [(Int, Int)] = []
    for rows in [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 24, 30, 47, 100] {
      for columns in [1, 2, 3, 19, 20, 21, 35, 36, 40, 59, 60, 80, 99, 100, 139, 140, 141, 300] {
        sizes.append((rows, columns))
      }
    }
    for keys in ["", "?", "L", "/段<Enter>", ":", "q", "g", "qZ"] {
      article.press(keys)
      article.tick(300)
      for (rows, columns) in sizes {
        article.resize(rows, columns)
        let frame = article.browser.frame()
        #expect(frame.size == Size(rows: rows, columns: columns))
        if let cursor = frame.cursor {
          #expect((0..<rows).contains(cursor.row) && (0..<columns).contains(cursor.column))
        }
      }
      article.press("<Esc><Esc>")
    }
  }

  @Test func onlyTheSizeIsSaidWhenTheScreenIsTooSmall() {
    var article = reader()
    article.resize(4, 40)
    #expect(article.screen.hasPrefix("20×5 needed (now 40×4)\n"))
  }

  @Test func linksAreTargetedFollowedAndCopied() {
    var article = reader("]l]l")
    #expect(article.statusRow.hasPrefix(" https://arxiv.org/abs/1502.01852"))
    article.press("yy")
    #expect(article.effects == [.copy("https://arxiv.org/abs/1502.01852")])
    article.press("<Enter>")
    #expect(article.effects.last == .openExternally("https://arxiv.org/abs/1502.01852"))
    article.press("[lo")
    #expect(article.effects.last == .openExternally("https://math.example/7102"))
    article.press("<Esc>o")
    #expect(article.effects.last == .openExternally("https://math.example/1"))
    article.press("3<Enter>")
    #expect(article.effects.last == .openExternally("https://code.example/"))
  }

  @Test func theEntryIsPipedAndSavedAsPlainTextWithItsFormulas() throws {
    var reader = reader()
    reader.press("|")
    reader.type("wc -m")
    reader.press("<Enter>")
    let effect = try #require(reader.effects.last)
    guard case .pipe(let piped, let command) = effect else {
      Issue.record("\(effect) is no pipe")
      return
    }
    #expect(command == "wc -m")
    #expect(piped.feed == "数学小站")
    #expect(piped.link == "https://math.example/1")
    #expect(piped.text.hasPrefix("方差从哪里来：归一化的一种几何解释\n\nhttps://math.example/1\n\n"))
    #expect(piped.text.contains(#"\[\Vert\boldsymbol{y}\Vert^2=k\sigma^2\]"#))
    reader.press(":")
    reader.type("save /tmp/方差.txt")
    reader.press("<Enter>")
    #expect(reader.effects.last == .save(piped, path: "/tmp/方差.txt"))
  }

  @Test func aLinkToAnEntryOfTheListOpensItHere() {
    var linked = Session(
      isSingle: true,
      document: Sketch.document([.text("参见[另一篇](https://math.example/3#出发点)。")]))
    linked.press("<Enter>")
    linked.forgetEffects()
    linked.press("1<Enter>")
    #expect(
      linked.effects == [
        .loadArticle(EntryID(3)), .mark(.entries([EntryID(3)]), .read, isStep: false),
      ])
    #expect(linked.row(0).hasSuffix("3/5"))
    linked.press("<BS>")
    #expect(linked.row(0).hasSuffix("1/5"))
  }

  @Test func aReferenceLeadsToItsEquationAndBack() {
    var article = reader("]r")
    #expect(article.statusRow.hasPrefix(" \\Vert\\boldsymbol{y}\\Vert^2"))
    article.press("<Enter>")
    #expect(article.browser.state.reader?.target?.kind == .formula(1))
    article.press("ym")
    #expect(article.effects == [.copy("\\[\\Vert\\boldsymbol{y}\\Vert^2=k\\sigma^2\\]")])
    article.press("yM")
    #expect(article.effects.last == .copy("\\Vert\\boldsymbol{y}\\Vert^2=k\\sigma^2"))
  }

  @Test func peekShowsTheEquationWithoutLeaving() {
    var article = reader("]rgp")
    #expect(article.row(20).hasPrefix("── eq:var ──"))
    #expect(article.row(21) == "▌\\[\\Vert\\boldsymbol{y}\\Vert^2=k\\sigma^2\\]")
    article.press("q")
    #expect(article.row(5).hasPrefix(" 训练"))
  }

  @Test func severalFormulasGetLabels() {
    var article = reader("ym")
    #expect(article.statusRow.hasPrefix(" Copy a formula: type its label"))
    #expect(article.effects.isEmpty)
    let labels = article.browser.state.labels?.candidates.map(\.label) ?? []
    #expect(labels.sorted() == ["a", "d", "s"])
    article.type(labels[0])
    #expect(article.effects == [.copy("$\\boldsymbol{x}$")])
    article.press("2ym")
    #expect(article.effects.last == .copy("\\[\\Vert\\boldsymbol{y}\\Vert^2=k\\sigma^2\\]"))
  }

  @Test func aLabelFollowsALinkAndDigitsItsNumber() {
    var article = reader("f")
    #expect(article.statusRow.hasPrefix(" Follow a link: type its label or its number"))
    article.type("2")
    #expect(
      article.effects.filter { if case .findEntry = $0 { false } else { true } } == [
        .openExternally("https://arxiv.org/abs/1502.01852")
      ])
    article.press("f<Esc>")
    #expect(article.browser.state.labels == nil)
    article.press("f")
    let label = article.browser.state.labels?.candidates.last?.label ?? ""
    article.type(label)
    #expect(article.effects.last == .openExternally("https://code.example/"))
  }

  @Test func codeIsCopiedVerbatimAndAParagraphUnwrapped() {
    var article = reader("]cyc")
    #expect(article.effects == [.copy("def f(x):\n    return x")])
    article.press("<Esc>]l]lyp")
    #expect(
      article.effects.last
        == .copy("式$\\eqref{eq:var}$只说明了长度，见论文和代码。"))
    article.press("yt")
    #expect(article.effects.last == .copy("方差从哪里来：归一化的一种几何解释"))
  }

  @Test func findingShowsTheMatchAndCountsThem() {
    var article = reader("/")
    article.type("第31段")
    #expect(article.screen.contains("第31段"))
    article.press("<Enter>")
    #expect(article.statusRow.hasPrefix(" /第31段   1 of 1"))
    article.press("<BS>")
    #expect(article.row(5).hasPrefix(" 训练"))
    article.press("<Esc>/")
    article.type("relu")
    article.press("<Enter>nn")
    #expect(article.statusRow.hasPrefix(" /relu   3 of 40"))
    article.press("NNN")
    #expect(article.statusRow.hasPrefix(" /relu   40 of 40"))
    article.press("/")
    article.type("没有的")
    article.press("<Enter>")
    #expect(article.statusRow.hasPrefix(" 没有的 is not in this article — g/ searches all articles"))
  }

  @Test func theOutlineJumpsToAHeading() {
    var article = reader("go")
    #expect(article.screen.contains("── Outline · headings 2 · formulas 1 · code 1"))
    article.press("G<Enter>")
    #expect(article.row(1) == " 一个小实验")
    article.press("<BS>")
    #expect(article.row(5).hasPrefix(" 训练"))
  }

  @Test func theLinksSheetListsAndOpens() {
    var article = reader("L")
    #expect(article.screen.contains("── Links 3 ──"))
    article.press("jyy")
    #expect(article.effects == [.copy("https://arxiv.org/abs/1502.01852")])
    article.press("o")
    #expect(article.effects.last == .openExternally("https://arxiv.org/abs/1502.01852"))
    article.press("q")
    #expect(!article.screen.contains("── Links"))
  }

  @Test func aFrameDoesNotLayOutAgain() {
    var article = reader()
    let page = article.browser.state.reader?.page
    _ = article.browser.frame()
    article.press("jjk")
    #expect(article.browser.state.reader?.page == page)
    #expect(article.browser.state.reader?.top == 1)
  }

  @Test func anEntryWithoutTextSaysSoAndGivesTheAddress() {
    var empty = Session(isSingle: true, document: Document())
    empty.press("<Enter>")
    #expect(empty.screen.contains("This entry has no text."))
    #expect(empty.screen.contains("https://math.example/1"))
  }

  @Test func aFormulaIsOneRunOfItsRole() {
    let article = reader()
    let frame = article.browser.frame()
    let row = Array(frame.row(5))
    let start = row.firstIndex { $0.text == "$" } ?? 0
    let end = row.lastIndex { $0.text == "$" } ?? 0
    let looks = Set(row[start...end].map(\.style))
    #expect(looks == [Theme.standard.style(.formula)])
    #expect(row[start - 1].style == .plain)
  }

  @Test func thePartsOfAFormulaHaveTheirOwnLooksWhenAskedFor() {
    var settings = Settings()
    settings.colorsTeX = true
    var article = Session(isSingle: true, settings: settings)
    article.press("<Enter>")
    let row = Array(article.browser.frame().row(5))
    let dollars = row.filter { $0.text == "$" }
    #expect(!dollars.isEmpty)
    #expect(dollars.allSatisfy { $0.style.attributes.contains(.dim) })
    let backslashes = row.filter { $0.text == "\\" }
    #expect(backslashes.allSatisfy { $0.style.foreground == .indexed(4) })
    // On a slow line a formula is one run again: every change of colour costs bytes.
    settings.theme = .economy
    article = Session(isSingle: true, settings: settings)
    article.press("<Enter>")
    let plain = Array(article.browser.frame().row(5))
    #expect(plain.filter { $0.text == "$" }.allSatisfy { $0.style == .plain })
  }
}
