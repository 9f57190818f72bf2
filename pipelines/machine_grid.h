#pragma once

#include <string>
#include <vector>

#include "sim/settings.h"

namespace bitloom::pipelines {

/// A key of hardware descriptions and the values to try.
struct SweptKey {
  std::string key;
  std::vector<std::string> values;
};

/// `array.dk=32,64,128`, as `--sweep` takes it; commas within {} and [] belong to a value. A
/// UserError where it is none, or has one value alone.
SweptKey parse_swept_key(const std::string& text);

/// The values of every combination, by key; those of the last key change first. One of no values
/// where there are no keys.
std::vector<std::vector<std::string>> combinations(const std::vector<SweptKey>& keys);

/// The settings of a combination.
hardware::Settings settings_of(const std::vector<SweptKey>& keys,
                               const std::vector<std::string>& values);

}  // namespace bitloom::pipelines
