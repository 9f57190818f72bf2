#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/descriptor.h"
#include "base/error.h"

namespace bitloom {

MappedFile::MappedFile(std::string path) : path_(std::move(path)) {
  const auto refuse = [&](const std::string& why) { return UserError(path_ + ": " + why); };
  if (path_.empty()) throw UserError("'': an empty text is no file name");
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0 && errno == ENOENT) throw refuse("no such file");
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0)
    throw refuse(std::string("cannot be read: ") + std::strerror(errno));
  if (S_ISDIR(status.st_mode)) throw refuse("is a folder, not a file");
  if (!S_ISREG(status.st_mode)) throw refuse("is a pipe or device, not a file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return;  // nothing can be mapped of it
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (start == MAP_FAILED) throw refuse(std::string("cannot be mapped: ") + std::strerror(errno));
  mapping_ =
      std::shared_ptr<const void>(start, [start, size](const void*) { ::munmap(start, size); });
  bytes_ = {static_cast<const char*>(start), size};
}

void MappedFile::release(std::string_view part) const {
  if (part.empty()) return;
  // Whole pages alone; the mapping begins with one.
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto offset = static_cast<std::size_t>(part.data() - bytes_.data());
  const std::size_t start = (offset + page - 1) / page * page;
  const std::size_t end = (offset + part.size()) / page * page;
  if (start >= end) return;
  auto* bytes = static_cast<char*>(const_cast<void*>(mapping_.get()));
  ::madvise(bytes + start, end - start, MADV_DONTNEED);
}

}  // namespace bitloom
