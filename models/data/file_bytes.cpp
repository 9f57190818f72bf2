#include "models/data/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::data {
namespace {

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

UserError cannot_read(const std::string& path, int reason) {
  return UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(reason)));
}

}  // namespace

Bytes read_file(const std::string& path) {
  if (path.empty()) throw UserError("'': an empty text is no file name");
  const Descriptor file(path);
  if (file.number() < 0 && errno == ENOENT) throw UserError(path + ": no such file");
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) throw cannot_read(path, errno);
  if (S_ISDIR(status.st_mode)) throw UserError(path + ": is a folder, not a file");
  if (!S_ISREG(status.st_mode)) throw UserError(path + ": is a pipe or device, not a file");
  Bytes bytes(static_cast<std::size_t>(status.st_size));
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t taken = ::read(file.number(), bytes.data() + size, bytes.size() - size);
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) throw cannot_read(path, errno);
    if (taken == 0) break;
    size += static_cast<std::size_t>(taken);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace bitloom::data
