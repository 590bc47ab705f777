// swift-tools-version: 6.2
import PackageDescription

// A switch for `make test`, `make lint` and CI: warnings are errors. A plain build needs none.
let isStrict = Context.environment["YUE_STRICT"] != nil

// `make bench` builds the benchmarks, which nobody else needs.
let isBenchmarking = Context.environment["YUE_BENCH"] != nil

// `make fuzz` builds what libFuzzer drives.
let isFuzzing = Context.environment["YUE_FUZZ"] != nil

let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
  ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "yue",
  products: [.executable(name: "yue", targets: ["yue"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
  ],
  targets: [
    // Values: no dependencies but generated tables, no Foundation.
    module("Cells", ["CUnicode"]),  // how many columns text takes; a frame of styled cells
    module("Feeds"),  // feeds, entries, what a parsed feed said, what a list shows
    module("Documents"),  // an article as one text, blocks and spans; formulas kept as source
    module("Keymaps", ["CResources"]),  // keys, and files that say which keys mean which command
    // Pure work.
    module("Typesetting", ["Cells", "Documents", "CUnicode"]),  // documents -> lines of n columns
    module("Browsing", ["Cells", "Documents", "Feeds", "Keymaps", "Typesetting"]),  // the interface
    // Adapters: one outside thing each.
    module("Parsing", ["Documents", "Feeds", "CLibXML2"]),  // bytes -> feeds, HTML -> documents
    module("Storing", ["Feeds", .product(name: "GRDB", package: "GRDB.swift")]),  // the library
    module("Fetching", ["Feeds", "CCurl"]),  // feeds over HTTP, politely
    module("Terminal", ["Cells", "Keymaps", "CTerminal", "CUnicode"]),  // ncurses and the keyboard
    // The program: command line, run loop, performer.
    .executableTarget(
      name: "yue",
      dependencies: [
        "Browsing", "Cells", "Documents", "Feeds", "Fetching", "Keymaps", "Parsing", "Storing",
        "Terminal", "Typesetting", "CMemory", "CResources", "TOMLKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings,
      // The Makefile puts static libraries there: shared ones are what a start waits for most.
      linkerSettings: [
        .unsafeFlags(
          ["-L", Context.packageDirectory + "/.build/static"], .when(configuration: .release))
      ]),
    // C.
    .target(name: "CUnicode", exclude: ["generator"]),  // generated tables, the exported wcwidth
    .target(name: "CResources"),  // the files of Keymaps/ and the manual feed, embedded
    .target(name: "CMemory"),  // memory that is not needed any more
    .target(name: "CCurl"),  // libcurl, loaded at the first fetch
    .target(  // the ncurses calls we need
      name: "CTerminal", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(  // libxml2, loaded with the first XML; its header is there to be compared with
      name: "CLibXML2", cSettings: [.unsafeFlags(["-idirafter", "/usr/include/libxml2"])]),
    // Tests.
    tests("Cells", ["Cells", "CUnicode"], exclude: ["Fixtures"]),
    tests("Documents", ["Documents"]),
    tests("Keymaps", ["Keymaps"]),
    tests("Typesetting", ["Typesetting", "Cells", "Documents", "Parsing"], exclude: ["Fixtures"]),
    tests("Browsing", ["Browsing", "Cells", "Documents", "Feeds", "Keymaps", "Typesetting"]),
    tests(
      "Session", ["Browsing", "Cells", "Documents", "Feeds", "Keymaps", "Parsing", "Storing"],
      exclude: ["Sessions"]),
    tests("Parsing", ["Parsing", "Documents", "Feeds"], exclude: ["Fixtures"]),
    tests("Storing", ["Storing", "Feeds", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("Fetching", ["Fetching", "Feeds", "Loopback"]),
    tests("Terminal", ["Terminal", "Cells", "Keymaps", "CTerminal", "CUnicode"]),
    // The real binary: command line, pty, network.
    tests(
      "Program", ["yue", "CUnicode", "Fetching", "Storing", "Feeds", "Loopback"],
      exclude: ["Fixtures"]),
    .target(  // a server on 127.0.0.1, for tests
      name: "Loopback", path: "Tests/Loopback", swiftSettings: settings),
    tests("Architecture"),
  ]
    + (isFuzzing
      ? [
        .executableTarget(
          name: "Fuzz",
          dependencies: ["Documents", "Feeds", "Keymaps", "Parsing", "Terminal", "Typesetting"],
          path: "Tests/Fuzzing",
          swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
      ] : [])
    + (isBenchmarking
      ? [
        .executableTarget(
          name: "Benchmarks",
          dependencies: ["Documents", "Feeds", "Parsing", "Storing", "Typesetting"],
          path: "Tests/Benchmarks", exclude: ["Scripts"],
          swiftSettings: settings)
      ] : []),
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c2x)
