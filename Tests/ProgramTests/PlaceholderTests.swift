import Testing

@Test func placeholderProgram() { #expect(Bool(true)) }
