import Testing

@testable import Storing

@Suite struct StoreTests {}
