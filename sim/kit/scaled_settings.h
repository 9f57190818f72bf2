#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bitloom::sim {

/// A key of a machine's description and its value.
struct KeyValue {
  std::string_view key;
  double value;
};

/// Keys whose values change together, and by what they could be multiplied.
struct Scaling {
  std::vector<KeyValue> keys;
  std::vector<double> factors;
};

/// The settings (`array.dm=16`) of each factor of each row. A factor that leaves a key no whole
/// number of at least 1 is left out.
std::vector<std::vector<std::string>> scaled_settings(const std::vector<Scaling>& table);

}  // namespace bitloom::sim
