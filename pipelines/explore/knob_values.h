#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/document.h"
#include "sim/settings.h"
#include "sim/variants.h"

namespace bitloom::pipelines {

/// Tries settings of the base machine; a UserError says what is wrong.
struct KnobTrials {
  /// One that is right by itself.
  std::function<void(const std::string& setting)> whole;
  /// Some that can be read; whether they go together is not asked.
  std::function<void(const hardware::Settings& settings)> read;
};

/// The knobs of a space: a mapping from keys of the description to lists of values, or to
/// `{from, to, step}` or `{from, to, times}`. Complaints tell their place.
std::vector<hardware::VariedKey> read_knobs(const DocumentValue& knobs,
                                            const std::map<std::string, hardware::KeyInfo>& known,
                                            const std::string& hardware, const KnobTrials& trials);

/// A knob's values as numbers, `true` being 1 and `false` 0; empty where one is none. A knob with
/// numbers has a name in conditions, of spaces and of `--where`.
std::vector<double> numbers_of(const hardware::VariedKey& knob);

}  // namespace bitloom::pipelines
