import Testing

@Test func placeholderCells() { #expect(Bool(true)) }
