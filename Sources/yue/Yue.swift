import ArgumentParser

@main
struct Yue: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "yue",
    abstract: "A reader of feeds in the terminal, for mathematics and Chinese.",
    subcommands: [KeysCommand.self])

  func run() throws {}
}
