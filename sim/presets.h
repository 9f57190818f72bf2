#pragma once

#include <string>
#include <vector>

#include "base/document.h"
#include "sim/kit/dram.h"
#include "sim/kit/memory_table.h"

/// What a description names instead of writing it out: a section, `dram: ddr4-2400-x64`, and the
/// memory of a scratchpad's banks. They lie in the folders `dram` and `memories` beside that of
/// descriptions.
namespace bitloom::hardware {

/// The names, sorted.
std::vector<std::string> dram_names(const std::string& hardware_folder);

Dram load_dram(const std::string& name, const std::string& hardware_folder);

std::vector<std::string> memory_names(const std::string& hardware_folder);
MemoryTable load_memory(const std::string& name, const std::string& hardware_folder);
/// The table that a value of a description names.
MemoryTable memory_named(const DocumentValue& name, const std::string& hardware_folder);

/// The document with the section that it names written out: one that ships, or a file with that
/// section and nothing else (is_hardware_file()), of the folder in which the program runs. A
/// UserError offers the nearest names. Unchanged where no folder is known.
DocumentValue with_presets(const DocumentValue& document, const std::string& hardware_folder);

}  // namespace bitloom::hardware
