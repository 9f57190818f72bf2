#pragma once

#include <string>
#include <vector>

#include "base/document.h"
#include "sim/kit/dram.h"

/// Sections that a description names instead of writing them out: `dram: ddr4-2400-x64`. They lie
/// in the folder `dram` beside that of descriptions.
namespace bitloom::hardware {

/// The names, sorted.
std::vector<std::string> dram_names(const std::string& hardware_folder);

Dram load_dram(const std::string& name, const std::string& hardware_folder);

/// The document with the section that it names written out. A UserError offers the nearest names.
/// Unchanged where no folder is known.
DocumentValue with_presets(const DocumentValue& document, const std::string& hardware_folder);

}  // namespace bitloom::hardware
