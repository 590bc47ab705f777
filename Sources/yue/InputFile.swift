import ArgumentParser
import Foundation
import Glibc

/// A file named on the command line, read whole.
struct InputFile {
  /// Larger files are refused: no feed is larger, and a device file has no end.
  static let byteLimit = 256 << 20

  /// As the user wrote it; `-` is standard input.
  var name: String
  var bytes: [UInt8]

  /// Reads a file, or standard input when the name is `-`.
  init(reading name: String) throws(InputError) {
    self.name = name
    let file = try Self.opened(name)
    bytes = try Self.bytes(of: file.fileDescriptor, name)
  }

  /// A file that was found to be one, or standard input when the name is `-`.
  static func opened(_ name: String) throws(InputError) -> FileHandle {
    let path = name == "-" ? "/dev/stdin" : name
    if name != "-" {
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
        throw InputError(name: name, fact: .missing)
      }
      guard !isDirectory.boolValue else { throw InputError(name: name, fact: .directory) }
    }
    guard let file = name == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
    else {
      throw InputError(name: name, fact: .unreadable)
    }
    return file
  }

  /// Everything a descriptor gives, read into place: a large feed is not copied on its way.
  private static func bytes(of descriptor: Int32, _ name: String) throws(InputError) -> [UInt8] {
    var status = stat()
    let expected =
      fstat(descriptor, &status) == 0 && status.st_size > 0
      ? min(Int(status.st_size), byteLimit) : 0
    var capacity = expected + 1
    var bytes: [UInt8] = []
    while true {
      var count = 0
      let part = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
        while filled < buffer.count {
          count = read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { break }
          filled += count
        }
      }
      guard count >= 0 else { throw InputError(name: name, fact: .unreadable) }
      if bytes.isEmpty { bytes = part } else { bytes += part }
      guard bytes.count <= byteLimit else { throw InputError(name: name, fact: .tooLarge) }
      if count == 0 { return bytes }
      capacity = 1 << 20
    }
  }
}

extension InputFile {
  /// Reads a file for a command; what fails is said on stderr and ends the program with status 66.
  init(named name: String) throws {
    self = try Self.attempt { () throws(InputError) in try Self(reading: name) }
  }

  /// What fails in reading for a command is said on stderr and ends the program with status 66.
  static func attempt<Value>(_ body: () throws(InputError) -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      StandardError.write(Sentences.sentence(for: error))
      throw ExitCode(ExitStatus.noInput.rawValue)
    }
  }
}

/// Why a file could not be read; the sentence is made in `Sentences`.
struct InputError: Error, Equatable {
  enum Fact: Equatable { case missing, directory, unreadable, tooLarge }

  var name: String
  var fact: Fact
}
