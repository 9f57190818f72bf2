#include "cli/configs.h"

#include <cstdlib>
#include <filesystem>

#include "pipelines/host.h"

namespace bitloom::cli {

namespace fs = std::filesystem;

std::string hardware_folder() {
  const char* configs = std::getenv("BITLOOM_CONFIGS");
  if (configs && *configs) return std::string(configs) + "/hardware";
  return pipelines::shipped_hardware();
}

std::filesystem::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache) return fs::path(cache) / "bitloom";
  const char* home = std::getenv("HOME");
  if (home && *home) return fs::path(home) / ".cache/bitloom";
  return fs::temp_directory_path() / "bitloom";
}

}  // namespace bitloom::cli
