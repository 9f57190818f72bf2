#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitloom::reproduction {

constexpr double kBytesPerMebibyte = 1 << 20;
constexpr double kBytesPerKibibyte = 1 << 10;

/// How many numbers of each kind the file of a trained network holds.
struct StoredNumbers {
  std::vector<std::int64_t> weights;  // of each layer
  std::int64_t biases = 0;
  std::int64_t norms = 0;       // scales and shifts of batch norms
  std::int64_t statistics = 0;  // their running means and variances

  std::int64_t all_weights() const;
};
StoredNumbers stored_numbers(const std::string& network);

/// The bits in which a paper's sizes count what a network stores; 0 leaves it out.
struct SizeConvention {
  double first_layer = 32;
  double last_layer = 32;
  double other_layers = 32;
  double biases = 32;
  double norms = 32;
  double statistics = 0;
};
double size_bytes(const StoredNumbers& numbers, const SizeConvention& convention);

}  // namespace bitloom::reproduction
