#include "base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom {
namespace {

UserError cannot_write(const std::string& path, int reason) {
  return UserError(fmt::format("{}: cannot be written: {}", path, std::strerror(reason)));
}

/// The file that `path` leads to through symbolic links (no loop); it need not exist.
std::string link_target(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failure;
  fs::path target = path;
  while (fs::is_symlink(fs::symlink_status(target, failure)))
    target = target.parent_path() / fs::read_symlink(target, failure);
  return target.string();
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) throw UserError("'': an empty text is no file name");
  mode_t mode = 0;
  struct stat there {};
  if (::stat(path_.c_str(), &there) == 0) {
    if (S_ISDIR(there.st_mode)) throw cannot_write(path_, EISDIR);
    if (::access(path_.c_str(), W_OK) != 0) throw cannot_write(path_, errno);
    if (!S_ISREG(there.st_mode)) {  // a pipe or a device is written in place
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
      if (descriptor_ < 0) throw cannot_write(path_, errno);
      return;
    }
    mode = there.st_mode & 07777;
  } else if (errno != ENOENT) {
    throw cannot_write(path_, errno);
  }
  target_ = link_target(path_);
  open_beside();
  if (mode != 0) ::fchmod(descriptor_, mode);
}

/// Under a name that is free and, whatever the length of the target's, not too long.
void OutputFile::open_beside() {
  const std::filesystem::path folder = std::filesystem::path(target_).parent_path();
  for (int attempt = 0; descriptor_ < 0; ++attempt) {
    beside_ = (folder / fmt::format(".bitloom.{}.{}.tmp", ::getpid(), attempt)).string();
    descriptor_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) throw cannot_write(path_, errno);
  }
}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!beside_.empty()) ::unlink(beside_.c_str());
}

void OutputFile::write(std::string_view data) {
  while (!data.empty()) {
    const ssize_t taken = ::write(descriptor_, data.data(), data.size());
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) throw cannot_write(path_, errno);
    data.remove_prefix(static_cast<std::size_t>(taken));
  }
}

void OutputFile::commit() {
  if (!beside_.empty() && ::fsync(descriptor_) != 0) throw cannot_write(path_, errno);
  if (!beside_.empty() && std::rename(beside_.c_str(), target_.c_str()) != 0)
    throw cannot_write(path_, errno);
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace bitloom
