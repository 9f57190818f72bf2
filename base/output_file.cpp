#include "base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom {
namespace {

UserError cannot_write(const std::string& path, int reason) {
  return UserError(fmt::format("{}: cannot be written: {}", path, std::strerror(reason)));
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) throw UserError("'': an empty text is no file name");
  struct stat there {};
  if (::stat(path_.c_str(), &there) == 0) {
    if (S_ISDIR(there.st_mode)) throw cannot_write(path_, EISDIR);
    if (::access(path_.c_str(), W_OK) != 0) throw cannot_write(path_, errno);
    if (!S_ISREG(there.st_mode)) {  // a pipe or a device is written in place
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
      if (descriptor_ < 0) throw cannot_write(path_, errno);
      return;
    }
  }
  beside_ = fmt::format("{}.{}.tmp", path_, ::getpid());
  descriptor_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw cannot_write(path_, errno);
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
  if (!beside_.empty() && std::rename(beside_.c_str(), path_.c_str()) != 0)
    throw cannot_write(path_, errno);
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace bitloom
