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
#include "base/lock.h"

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

/// Without a name where the file system can do that, so that a killed program leaves nothing; else
/// under one.
void OutputFile::open_beside() {
  const std::string folder = std::filesystem::path(target_).parent_path().string();
  descriptor_ =
      ::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  if (descriptor_ >= 0) return;
  give_name([this](const char* name) {
    descriptor_ = ::open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return descriptor_ >= 0;
  });
}

/// Finds a name beside the target that is free and, whatever the length of the target's, not too
/// long.
void OutputFile::give_name(const std::function<bool(const char*)>& take) {
  const std::filesystem::path folder = std::filesystem::path(target_).parent_path();
  for (int attempt = 0;; ++attempt) {
    const std::string name =
        (folder / fmt::format(".bitloom.{}.{}.tmp", ::getpid(), attempt)).string();
    if (take(name.c_str())) {
      beside_ = name;
      return;
    }
    if (errno != EEXIST) throw cannot_write(path_, errno);
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

Descriptor OutputFile::lock() const {
  Descriptor copy(::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0));
  if (copy.number() < 0 || !bitloom::lock(copy)) throw cannot_write(path_, errno);
  return copy;
}

void OutputFile::commit() {
  if (!target_.empty()) {
    if (::fsync(descriptor_) != 0) throw cannot_write(path_, errno);
    if (beside_.empty())
      give_name([own = fmt::format("/proc/self/fd/{}", descriptor_)](const char* name) {
        return ::linkat(AT_FDCWD, own.c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
      });
    if (std::rename(beside_.c_str(), target_.c_str()) != 0) throw cannot_write(path_, errno);
  }
  ::close(descriptor_);
  descriptor_ = -1;
}

void write_file(const std::string& path, std::string_view bytes) {
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace bitloom
