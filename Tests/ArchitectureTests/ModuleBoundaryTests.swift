import Foundation
import Testing

/// What the build cannot check: which module may know what (docs/architecture.md).
@Suite struct ModuleBoundaryTests {
  /// Per module, everything it may import: ours, C targets, the platform.
  static let allowedImports: [String: Set<String>] = [
    "Cells": ["CUnicode"],
    "Feeds": [],
    "Documents": [],
    "Keymaps": ["CResources"],
    "Typesetting": ["Cells", "Documents", "CUnicode"],
    "Browsing": ["Cells", "Documents", "Feeds", "Keymaps", "Typesetting"],
    "Parsing": [
      "Documents", "Feeds", "CLibXML2", "Dispatch", "Foundation", "Glibc", "Synchronization",
    ],
    "Storing": ["Feeds", "GRDB", "Foundation", "Glibc", "Synchronization"],
    "Fetching": ["Feeds", "CCurl", "Dispatch", "Glibc", "Synchronization"],
    "Terminal": ["Cells", "Keymaps", "CTerminal", "CUnicode", "Glibc", "Synchronization"],
    "yue": [
      "Browsing", "Cells", "Documents", "Feeds", "Fetching", "Keymaps", "Parsing", "Storing",
      "Terminal", "Typesetting", "CMemory", "CResources", "ArgumentParser", "Foundation", "Glibc",
      "Dispatch", "Synchronization", "TOMLKit",
    ],
  ]

  struct SourceLine {
    var module: String
    var file: String
    var number: Int
    var text: String

    var place: String { "Sources/\(module)/\(file):\(number): \(text)" }
  }

  /// Every line of Swift in Sources, comments and the contents of string literals aside.
  static let lines: [SourceLine] = {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    var lines: [SourceLine] = []
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift",
        let text = try? String(contentsOf: file, encoding: .utf8)
      else { continue }
      let parts = file.pathComponents
      guard let root = parts.lastIndex(of: "Sources"), root + 1 < parts.count else { continue }
      for (position, line) in text.components(separatedBy: "\n").enumerated() {
        let code = line.range(of: "//").map { String(line[..<$0.lowerBound]) } ?? line
        lines.append(
          SourceLine(
            module: parts[root + 1], file: parts[(root + 2)...].joined(separator: "/"),
            number: position + 1, text: code))
      }
    }
    return lines
  }()

  @Test func everyModuleIsKnown() {
    let modules = Set(Self.lines.map(\.module))
    #expect(modules.isSuperset(of: Self.allowedImports.keys))
    #expect(modules.isSubset(of: Self.allowedImports.keys))
  }

  @Test func modulesImportOnlyWhatStandsBelowThem() {
    for line in Self.lines {
      let words = line.text.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
        words[..<keyword].allSatisfy({ $0 == "public" || $0 == "internal" || $0.hasPrefix("@") })
      else { continue }
      let name = words[keyword + 1].split(separator: ".").first.map(String.init) ?? ""
      let isAllowed = Self.allowedImports[line.module]?.contains(name) ?? false
      #expect(isAllowed, "\(line.place) is not among the imports of \(line.module)")
    }
  }

  @Test func onlyTheProgramPrints() {
    for line in Self.lines where line.module != "yue" {
      #expect(
        line.text.firstMatch(of: /(^|[^A-Za-z_.])(print|debugPrint|dump)\(/) == nil,
        "\(line.place)")
    }
  }

  @Test func nothingBelowTheAdaptersIsConcurrent() {
    let pure: Set = ["Cells", "Feeds", "Documents", "Keymaps", "Typesetting", "Browsing"]
    for line in Self.lines where pure.contains(line.module) {
      for word in ["Task", "Mutex", "async", "await", "@unchecked", "nonisolated(unsafe)"] {
        let found = line.text.split { !($0.isLetter || "@()".contains($0)) }.contains {
          $0 == Substring(word)
        }
        #expect(!found, "\(line.place)")
      }
    }
  }

  @Test func inputNeverMeetsAForcedUnwrapOrAnUnfinishedFunction() {
    for line in Self.lines {
      for word in ["try!", "as!", "fatalError(", "TODO", "FIXME"] {
        #expect(!line.text.contains(word), "\(line.place)")
      }
    }
  }
}
