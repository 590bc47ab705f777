/// Turns MathML without TeX into TeX source (docs/math.md D1).
enum MathMLConverter {
  /// Deeper nesting is flattened to its text.
  private static let depthLimit = 64

  static func tex(of element: CapturedElement) -> [UInt8] {
    Array(row(children(of: element), 0).utf8)
  }
}

extension MathMLConverter {
  private static func children(of element: CapturedElement) -> [CapturedElement] {
    element.children.compactMap { if case .element(let child) = $0 { child } else { nil } }
  }

  private static func text(_ element: CapturedElement) -> String {
    String(decoding: WhiteSpace.collapsed(element.text), as: UTF8.self)
  }

  /// The parts of a row, a blank only where two would grow together.
  private static func row(_ elements: [CapturedElement], _ depth: Int) -> String {
    join(elements.map { convert($0, depth + 1) })
  }

  private static func join(_ parts: [String]) -> String {
    var result = ""
    for part in parts where !part.isEmpty {
      if endsWithCommand(result), let first = part.first, first.isASCII, first.isLetter {
        result += " "
      }
      result += part
    }
    return result
  }

  private static func endsWithCommand(_ text: String) -> Bool {
    let letters = text.reversed().prefix { $0.isASCII && $0.isLetter }.count
    guard letters > 0, letters < text.count else { return false }
    return text[text.index(text.endIndex, offsetBy: -letters - 1)] == "\\"
  }

  /// A script or a fraction's part: braces unless it is one token.
  private static func braced(_ text: String) -> String { "{" + text + "}" }

  private static func script(_ text: String) -> String {
    text.count == 1 ? text : "{" + text + "}"
  }

  /// A base keeps together under its scripts.
  private static func base(_ text: String) -> String {
    let isCommand =
      text.hasPrefix("\\") && text.dropFirst().allSatisfy { $0.isASCII && $0.isLetter }
    return text.count == 1 || isCommand || text.hasSuffix("}") || text.isEmpty ? text : braced(text)
  }

  private static func convert(_ element: CapturedElement, _ depth: Int) -> String {
    guard depth < depthLimit else { return text(element) }
    let parts = children(of: element)
    func part(_ number: Int) -> String {
      number < parts.count ? convert(parts[number], depth + 1) : ""
    }
    switch element.name {
    case "mi": return identifier(element)
    case "mn": return text(element)
    case "mo": return operatorText(text(element))
    case "mtext", "ms":
      let content = text(element)
      return content.isEmpty ? "" : "\\text{\(content)}"
    case "mspace": return space(element)
    case "msup": return base(part(0)) + "^" + script(part(1))
    case "msub": return base(part(0)) + "_" + script(part(1))
    case "msubsup": return base(part(0)) + "_" + script(part(1)) + "^" + script(part(2))
    case "munder": return under(part(0), part(1), nil)
    case "mover": return under(part(0), nil, part(1))
    case "munderover": return under(part(0), part(1), part(2))
    case "mfrac":
      return element["linethickness"] == "0"
        ? "\\binom" + braced(part(0)) + braced(part(1))
        : "\\frac" + braced(part(0)) + braced(part(1))
    case "msqrt": return "\\sqrt" + braced(row(parts, depth))
    case "mroot": return "\\sqrt[" + part(1) + "]" + braced(part(0))
    case "mtable":
      let rows = parts.map { rowElement in
        children(of: rowElement).map { row(children(of: $0), depth + 2) }.joined(separator: " & ")
      }
      return "\\begin{matrix}" + rows.joined(separator: " \\\\ ") + "\\end{matrix}"
    case "mfenced":
      let open = element["open"] ?? "("
      let close = element["close"] ?? ")"
      let inner = parts.map { convert($0, depth + 1) }.joined(
        separator: element["separators"] ?? ",")
      return "\\left" + delimiter(open) + inner + "\\right" + delimiter(close)
    case "annotation", "annotation-xml", "mprescripts", "none": return ""
    default:
      return parts.isEmpty ? text(element) : row(parts, depth)
    }
  }

  private static func identifier(_ element: CapturedElement) -> String {
    let name = text(element)
    let variant = element["mathvariant"] ?? ""
    if let command = variants[variant], !name.isEmpty { return command + braced(symbol(name)) }
    if name.count <= 1 { return symbol(name) }
    if functions.contains(name) { return "\\" + name }
    return "\\mathrm{\(name)}"
  }

  private static func symbol(_ name: String) -> String {
    guard name.unicodeScalars.count == 1, let scalar = name.unicodeScalars.first else {
      return name
    }
    return symbols[scalar] ?? name
  }

  private static func operatorText(_ name: String) -> String {
    if name.isEmpty { return "" }
    guard name.unicodeScalars.count == 1, let scalar = name.unicodeScalars.first else {
      return functions.contains(name) ? "\\" + name : name
    }
    // Invisible times, function application, separators.
    if (0x2061...0x2064).contains(scalar.value) { return "" }
    if name == "{" || name == "}" { return "\\" + name }
    return symbols[scalar] ?? name
  }

  private static func delimiter(_ text: String) -> String {
    text.isEmpty ? "." : operatorText(text)
  }

  private static func space(_ element: CapturedElement) -> String {
    let width = element["width"] ?? ""
    let number = Double(width.prefix { $0.isNumber || $0 == "." }) ?? 0
    if number >= 2 { return "\\qquad" }
    if number >= 1 { return "\\quad" }
    return number > 0 ? "\\," : ""
  }

  private static func under(_ body: String, _ low: String?, _ high: String?) -> String {
    let isLarge = largeOperators.contains(body)
    if isLarge {
      return body + (low.map { "_" + braced($0) } ?? "") + (high.map { "^" + braced($0) } ?? "")
    }
    if let high, low == nil, let accent = accents[high] { return accent + braced(body) }
    var result = body
    if let high { result = "\\overset" + braced(high) + braced(result) }
    if let low { result = "\\underset" + braced(low) + braced(result) }
    return result
  }

  private static let variants = [
    "bold": "\\mathbf", "bold-italic": "\\boldsymbol", "double-struck": "\\mathbb",
    "script": "\\mathcal", "fraktur": "\\mathfrak", "sans-serif": "\\mathsf",
    "monospace": "\\mathtt",
  ]
  private static let functions: Set<String> = [
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
    "log", "ln", "lg", "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "ker", "deg", "gcd",
    "arg", "Pr", "liminf", "limsup", "hom", "mod",
  ]
  private static let largeOperators: Set<String> = [
    "\\sum", "\\prod", "\\int", "\\bigcup", "\\bigcap", "\\lim", "\\max", "\\min", "\\sup", "\\inf",
    "\\oint", "\\coprod", "\\bigoplus", "\\bigotimes", "\\limsup", "\\liminf",
  ]
  private static let accents = [
    "^": "\\hat", "¯": "\\bar", "‾": "\\bar", "~": "\\tilde", "→": "\\vec", "\\to": "\\vec",
    "˙": "\\dot", "¨": "\\ddot", "ˉ": "\\bar", "_": "\\underline", "\\sim": "\\tilde",
  ]
  private static let symbols: [Unicode.Scalar: String] = {
    let list = """
      α alpha β beta γ gamma δ delta ϵ epsilon ε varepsilon ζ zeta η eta θ theta ϑ vartheta ι iota \
      κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho ϱ varrho σ sigma ς varsigma τ tau υ upsilon \
      ϕ phi φ varphi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma \
      Υ Upsilon Φ Phi Ψ Psi Ω Omega ∑ sum ∏ prod ∐ coprod ∫ int ∮ oint ⋃ bigcup ⋂ bigcap \
      ⨁ bigoplus ⨂ bigotimes ≤ le ≥ ge ≠ ne ≈ approx ≡ equiv ∼ sim ≃ simeq ≅ cong ∝ propto \
      ∈ in ∉ notin ∋ ni ⊂ subset ⊆ subseteq ⊃ supset ⊇ supseteq ∪ cup ∩ cap ∖ setminus ∅ emptyset \
      → to ← gets ↔ leftrightarrow ⇒ Rightarrow ⇐ Leftarrow ⇔ Leftrightarrow ↦ mapsto ⟶ longrightarrow \
      ∞ infty ∂ partial ∇ nabla ∀ forall ∃ exists ¬ neg ∧ wedge ∨ vee ⊕ oplus ⊗ otimes ⊙ odot \
      ⋅ cdot × times ÷ div ± pm ∓ mp ∘ circ ∗ ast ⋆ star ∙ bullet … dots ⋯ cdots ⋮ vdots ⋱ ddots \
      ⟨ langle ⟩ rangle ⌊ lfloor ⌋ rfloor ⌈ lceil ⌉ rceil ∥ parallel ⊥ perp ∣ mid ⊢ vdash ⊨ models \
      ≪ ll ≫ gg ≺ prec ≻ succ ℝ mathbb{R} ℕ mathbb{N} ℤ mathbb{Z} ℚ mathbb{Q} ℂ mathbb{C} \
      ℓ ell ℏ hbar ℜ Re ℑ Im † dagger √ surd ∠ angle △ triangle □ square ′ prime ℵ aleph ⊤ top
      """
    var table: [Unicode.Scalar: String] = ["−": "-", "‖": "\\|", "∗": "*"]
    let words = list.split(separator: " ")
    for position in stride(from: 0, to: words.count - 1, by: 2) {
      if let scalar = words[position].unicodeScalars.first, table[scalar] == nil {
        table[scalar] = "\\" + words[position + 1]
      }
    }
    return table
  }()
}
