#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace bitloom {

/// Each value's place among all, from 1, the least first; equal values share the mean of theirs.
std::vector<double> mean_ranks(const std::vector<double>& values);

/// Spearman's rho of two samples of equal size: the correlation of their mean ranks. None where
/// either has no two different values.
std::optional<double> spearman(const std::vector<double>& a, const std::vector<double>& b);

/// Pairs (i, j) of two samples by their order in each.
struct PairCounts {
  std::int64_t alike = 0;    // the same order in both
  std::int64_t swapped = 0;  // opposite orders
  std::int64_t tied_a = 0;   // equal in `a`, or in both
  std::int64_t tied_b = 0;
  std::int64_t all = 0;
};
PairCounts count_pairs(const std::vector<double>& a, const std::vector<double>& b);

/// Kendall's tau-b: (alike - swapped) / sqrt((all - tied_a) (all - tied_b)). None where either
/// sample has no two different values.
std::optional<double> kendall(const PairCounts& pairs);

}  // namespace bitloom
