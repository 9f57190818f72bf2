#pragma once

#include <string>
#include <vector>

#include "base/document.h"

namespace bitloom::hardware {

/// Keys of a description that are set without its file, as `--set` takes them: `array.dm=8`, the
/// dotted path of a key and its value in YAML. An empty value takes the key out.
using Settings = std::vector<std::string>;

/// `array.dm` of `array.dm=8`; a UserError where the setting is none.
std::string key_of(const std::string& setting);

/// The document with a setting of its own. Complaints of it begin with `--set array.dm=8`.
DocumentValue with_setting(const DocumentValue& document, const std::string& setting);

/// `settings` with `more` in place of those that have the same key, or behind them.
Settings with_settings(Settings settings, const Settings& more);

/// `bismo-edge array.dm=8`: a machine's name with its settings.
std::string name_with(const std::string& name, const Settings& settings);

}  // namespace bitloom::hardware
