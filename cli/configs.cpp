#include "cli/configs.h"

#include <cstdlib>
#include <filesystem>

#include "base/error.h"

namespace bitloom::cli {

std::string hardware_folder() {
  namespace fs = std::filesystem;
  const char* configs = std::getenv("BITLOOM_CONFIGS");
  if (configs && *configs) return std::string(configs) + "/hardware";
  std::error_code failure;
  const fs::path program_folder = fs::read_symlink("/proc/self/exe", failure).parent_path();
  for (const char* relative : {"../configs", "../share/bitloom/configs", "../../configs"}) {
    const fs::path folder = (program_folder / relative / "hardware").lexically_normal();
    if (fs::is_directory(folder, failure)) return folder.string();
  }
  throw UserError(
      "the folder configs/hardware is not beside the program; set BITLOOM_CONFIGS to configs");
}

hardware::Bismo load_hardware(const std::string& name_or_file) {
  const bool is_file = hardware::is_hardware_file(name_or_file);
  return hardware::load_hardware(name_or_file, is_file ? "" : hardware_folder());
}

}  // namespace bitloom::cli
