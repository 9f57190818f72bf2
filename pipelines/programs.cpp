#include "pipelines/programs.h"

#include <filesystem>

namespace bitloom::pipelines {

std::string path_of(const Program& program) {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  return (self.parent_path() / program.name).string();
}

}  // namespace bitloom::pipelines
