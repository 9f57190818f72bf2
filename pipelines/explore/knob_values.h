#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/document.h"
#include "sim/variants.h"

namespace bitloom::pipelines {

/// Whether a setting of the base machine is right by itself; a UserError says why it is not.
using TrySetting = std::function<void(const std::string& setting)>;

/// The knobs of a space: a mapping from keys of the description to lists of values, or to
/// `{from, to, step}` or `{from, to, times}`. Complaints tell their place.
std::vector<hardware::VariedKey> read_knobs(const DocumentValue& knobs,
                                            const std::map<std::string, hardware::KeyInfo>& known,
                                            const std::string& hardware,
                                            const TrySetting& try_setting);

}  // namespace bitloom::pipelines
