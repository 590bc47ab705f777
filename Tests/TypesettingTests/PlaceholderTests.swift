import Testing

@Test func placeholderTypesetting() { #expect(Bool(true)) }
