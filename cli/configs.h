#pragma once

#include <string>

namespace bitloom::cli {

/// The folder of shipped hardware descriptions, found from where the program lies: `configs/`
/// beside its build folder, or `share/bitloom/configs` of an installation; BITLOOM_CONFIGS names
/// another.
std::string hardware_folder();

}  // namespace bitloom::cli
