import Testing

@Test func placeholderKeymaps() { #expect(Bool(true)) }
