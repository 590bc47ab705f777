import Testing

@testable import Fetching

@Suite struct CurlTests {
  @Test func libcurlIsLoaded() {
    #expect(CurlLibrary.isThere)
  }
}
