import CResources

/// The keymaps built into the program: the files of `Keymaps/`.
public enum BuiltInKeymaps {
  /// In alphabetical order.
  public static var names: [String] {
    (0..<yr_keymap_count()).compactMap { place in
      yr_keymap_name(place).map { String(cString: $0) }
    }.sorted()
  }

  /// The file of a built-in keymap, or nil when there is none of that name.
  public static func file(_ name: String) -> KeymapFile? {
    for place in 0..<yr_keymap_count() {
      guard let found = yr_keymap_name(place), String(cString: found) == name else { continue }
      var byteCount = 0
      guard let text = yr_keymap_text(place, &byteCount) else { return nil }
      return KeymapFile(
        name: name + ".keymap", bytes: Array(UnsafeBufferPointer(start: text, count: byteCount)))
    }
    return nil
  }
}
