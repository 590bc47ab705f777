import Testing

@Test func placeholderBrowsing() { #expect(Bool(true)) }
