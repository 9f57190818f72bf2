#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>

#include <fmt/format.h>

#include "base/descriptor.h"
#include "base/error.h"

namespace bitloom {
namespace {

UserError cannot_read_file(const std::string& path, int reason) {
  return UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(reason)));
}

std::string size_text(std::size_t bytes) {
  constexpr std::size_t kMegabyte = 1u << 20;
  return bytes >= kMegabyte && bytes % kMegabyte == 0 ? fmt::format("{} MB", bytes / kMegabyte)
                                                      : fmt::format("{} bytes", bytes);
}

struct OpenFile {
  Descriptor descriptor;
  std::size_t size;  // 0 where nobody knows it
};

OpenFile open_file(const std::string& path, FileKinds kinds) {
  if (path.empty()) throw UserError("'': an empty text is no file name");
  const bool regular_only = kinds == FileKinds::kRegularOnly;
  const int waiting = regular_only ? O_NONBLOCK : 0;  // a pipe would wait for its writer
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | waiting));
  if (file.number() < 0 && errno == ENOENT) throw UserError(path + ": no such file");
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0)
    throw cannot_read_file(path, errno);
  if (S_ISDIR(status.st_mode)) throw UserError(path + ": is a folder, not a file");
  if (regular_only && !S_ISREG(status.st_mode))
    throw UserError(path + ": is a pipe or device, not a file");
  return {std::move(file), static_cast<std::size_t>(status.st_size)};
}

/// Up to `most` bytes and one more.
template <class Buffer>
Buffer read_some(const std::string& path, const OpenFile& file, std::size_t most) {
  Buffer bytes;
  bytes.reserve(std::min(file.size, most));
  char block[1 << 16];
  while (bytes.size() <= most) {
    const std::size_t wanted = std::min(sizeof block - 1, most - bytes.size()) + 1;
    const ssize_t taken = ::read(file.descriptor.number(), block, wanted);
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) throw cannot_read_file(path, errno);
    if (taken == 0) break;
    bytes.insert(bytes.end(), block, block + taken);
  }
  return bytes;
}

template <class Buffer>
Buffer read_whole(const std::string& path, const ReadOptions& options) {
  const OpenFile file = open_file(path, options.kinds);
  const auto too_large = [&] {
    return UserError(path + ": is larger than the memory that is left", UserError::Kind::kResource);
  };
  try {
    Buffer bytes = read_some<Buffer>(path, file, options.most_bytes);
    if (bytes.size() > options.most_bytes)
      throw UserError(fmt::format("{}: larger than {}, the most that is read of such a file", path,
                                  size_text(options.most_bytes)));
    return bytes;
  } catch (const std::bad_alloc&) {
    throw too_large();
  } catch (const std::length_error&) {
    throw too_large();
  }
}

}  // namespace

std::string read_file(const std::string& path, const ReadOptions& options) {
  return read_whole<std::string>(path, options);
}

FileBytes read_bytes(const std::string& path, const ReadOptions& options) {
  return read_whole<FileBytes>(path, options);
}

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  return FileIdentity(about.st_dev, about.st_ino);
}

}  // namespace bitloom
