#include "cli/configs.h"

#include <cstdlib>
#include <filesystem>

#include "base/error.h"

namespace bitloom::cli {

namespace {

namespace fs = std::filesystem;

/// The folder that holds `wanted`: the one above the build folder, or share/bitloom of an
/// installation.
fs::path folder_with(const fs::path& wanted, const std::string& otherwise) {
  std::error_code failure;
  const fs::path program_folder = fs::read_symlink("/proc/self/exe", failure).parent_path();
  for (const char* relative : {"..", "../share/bitloom", "../.."}) {
    const fs::path folder = (program_folder / relative).lexically_normal();
    if (fs::exists(folder / wanted, failure)) return folder;
  }
  throw UserError(otherwise);
}

}  // namespace

std::string hardware_folder() {
  const char* configs = std::getenv("BITLOOM_CONFIGS");
  if (configs && *configs) return std::string(configs) + "/hardware";
  const fs::path holder =
      folder_with("configs/hardware",
                  "the folder configs/hardware is not beside the program; set BITLOOM_CONFIGS to "
                  "configs");
  return (holder / "configs/hardware").lexically_normal().string();
}

std::filesystem::path rtl_source_folder() {
  return folder_with("rtl/bismo_core.sv", "the folder rtl is not beside the program");
}

std::filesystem::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache) return fs::path(cache) / "bitloom";
  const char* home = std::getenv("HOME");
  if (home && *home) return fs::path(home) / ".cache/bitloom";
  return fs::temp_directory_path() / "bitloom";
}

hardware::Hardware load_hardware(const std::string& name_or_file) {
  const bool is_file = hardware::is_hardware_file(name_or_file);
  return hardware::load_hardware(name_or_file, is_file ? "" : hardware_folder());
}

}  // namespace bitloom::cli
