#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/families.h"
#include "sim/hardware.h"
#include "sim/settings.h"

namespace bitloom::hardware {

/// The hardware descriptions in a folder, by file name without `.yaml`, sorted.
std::vector<std::string> hardware_names(const std::string& folder);

/// Whether it is a file rather than a name: it ends with .yaml or .yml or contains a slash.
bool is_hardware_file(const std::string& name_or_file);

/// The file of `name_or_file`: itself, or that of a name in `folder`. A UserError offers the
/// nearest names.
std::string hardware_path(const std::string& name_or_file, const std::string& folder);

/// Reads `name_or_file`: a file (is_hardware_file), else a name in `folder`, beside which sections
/// with names lie (sim/presets.h); the keys of `settings`
/// are checked as if they stood in it. A UserError says file, line, column or setting, and what
/// would be right, or offers the nearest names. Where a setting makes a key of the file wrong, it
/// names both.
Hardware load_hardware(const std::string& name_or_file, const std::string& folder,
                       const Settings& settings = {},
                       std::span<const sim::Family> families = sim::families());

/// The same of a description that the program has: `text`, JSON or YAML, of hardware `name`, with
/// which complaints begin; where it has lines, line and column follow.
Hardware parse_hardware(const std::string& name, const std::string& text, const std::string& folder,
                        const Settings& settings = {},
                        std::span<const sim::Family> families = sim::families());

/// The description in a file (load_hardware) as if `settings` stood in it, the sections that it
/// names written out.
DocumentValue load_description(const std::string& name_or_file, const std::string& folder,
                               const Settings& settings = {});
DocumentValue description_with(const DocumentValue& description, const Settings& settings,
                               const std::string& folder);

/// The machine of a description, each field read and within its range. Whether they go together,
/// and what follows from them, is still to be asked (Hardware::check, Hardware::complete).
Hardware unchecked_hardware(const DocumentValue& description,
                            std::span<const sim::Family> families = sim::families());

}  // namespace bitloom::hardware
