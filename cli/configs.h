#pragma once

#include <filesystem>
#include <string>

namespace bitloom::cli {

/// The folder of shipped hardware descriptions, found from where the program lies: `configs/`
/// beside its build folder, or `share/bitloom/configs` of an installation; BITLOOM_CONFIGS names
/// another.
std::string hardware_folder();

/// Where things that can be made again are kept: `bitloom` in XDG_CACHE_HOME or ~/.cache.
std::filesystem::path cache_folder();

}  // namespace bitloom::cli
