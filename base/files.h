#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bitloom {

enum class FileKinds { kAny, kRegularOnly };

struct ReadOptions {
  std::size_t most_bytes = std::numeric_limits<std::size_t>::max();
  /// What is read besides regular files. With kAny a pipe is read to its end, so it can make the
  /// caller wait.
  FileKinds kinds = FileKinds::kAny;
};

/// All bytes of a file. A UserError that begins with `path` where the file is missing, a folder,
/// not readable, larger than `most_bytes` (of which no more is read than one byte too many), or of
/// a kind that is not wanted; one of kind kResource where memory does not hold it.
std::string read_file(const std::string& path, const ReadOptions& options = {});

using FileBytes = std::vector<std::uint8_t>;

/// The same as numbers, for what is no text.
FileBytes read_bytes(const std::string& path, const ReadOptions& options = {});

/// What a file or folder is, whatever path leads to it: its device, and its number there.
using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;
/// Nothing where there is none at `path`.
std::optional<FileIdentity> identity_of(const std::string& path);

}  // namespace bitloom
