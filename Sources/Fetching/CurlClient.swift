import CCurl

/// libcurl, loaded when it is needed for the first time.
public enum CurlLibrary {
  /// Whether the library is on this machine.
  public static let isThere = ycurl_load()
}
