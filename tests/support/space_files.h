#pragma once

#include <string>

namespace bitloom::testing {

/// A space of 36 points, of which some are refused, for ResNet-20 on bismo-edge.
inline std::string small_space(const std::string& hardware = "bismo-edge") {
  return "hardware: " + hardware + R"(
knobs:
  array.dm: [4, 8, 12]
  array.dk: {from: 32, to: 256, times: 2}
  buffers.weight_words: [3, 512, 1024]
constraints:
  - array.dm * array.dk <= 2048
  - lut <= 60000
networks: [resnet20]
bits: 4/4
objectives: [latency, energy, lut]
)";
}

}  // namespace bitloom::testing
