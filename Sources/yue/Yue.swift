import ArgumentParser

@main
struct Yue: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "yue",
    abstract: "A reader of feeds in the terminal, for mathematics and Chinese.",
    version: "0.1.0",
    subcommands: [
      BrowseCommand.self, ShowCommand.self, ParseCommand.self, TypesetCommand.self,
      KeysCommand.self, AddCommand.self, RefreshCommand.self,
    ],
    defaultSubcommand: BrowseCommand.self)
}
