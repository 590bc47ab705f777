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
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(file.fileDescriptor, &status) == 0, status.st_size > 0 {
      bytes.reserveCapacity(min(Int(status.st_size), Self.byteLimit) + 1)
    }
    do {
      while let part = try file.read(upToCount: 1 << 20), !part.isEmpty {
        bytes.append(contentsOf: part)
        guard bytes.count <= Self.byteLimit else {
          throw InputError(name: name, fact: .tooLarge)
        }
      }
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(name: name, fact: .unreadable)
    }
    self.bytes = bytes
  }
}

extension InputFile {
  /// Reads a file for a command; what fails is said on stderr and ends the program with status 66.
  init(named name: String) throws {
    do {
      try self.init(reading: name)
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
