#include "base/temporary_file.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom {

TemporaryFile::TemporaryFile(const std::string& suffix)
    : path_((std::filesystem::temp_directory_path() / ("bitloom-XXXXXX" + suffix)).string()) {
  const int descriptor = ::mkstemps(path_.data(), static_cast<int>(suffix.size()));
  if (descriptor < 0)
    throw UserError(fmt::format("{}: cannot be made: {}", path_, std::strerror(errno)));
  ::close(descriptor);
}

TemporaryFile::~TemporaryFile() { ::unlink(path_.c_str()); }

}  // namespace bitloom
