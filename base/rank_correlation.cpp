#include "base/rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace bitloom {

std::vector<double> mean_ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i)
      ranks[order[i]] = static_cast<double>(first + 1 + end) / 2;
  }
  return ranks;
}

std::optional<double> spearman(const std::vector<double>& a, const std::vector<double>& b) {
  ensure(a.size() == b.size(), "samples of a correlation are of equal size");
  const std::vector<double> ranks_a = mean_ranks(a), ranks_b = mean_ranks(b);
  const double mean = (static_cast<double>(a.size()) + 1) / 2;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (ranks_a[i] - mean) * (ranks_b[i] - mean);
    aa += (ranks_a[i] - mean) * (ranks_a[i] - mean);
    bb += (ranks_b[i] - mean) * (ranks_b[i] - mean);
  }
  if (aa == 0 || bb == 0) return std::nullopt;
  return ab / std::sqrt(aa * bb);
}

PairCounts count_pairs(const std::vector<double>& a, const std::vector<double>& b) {
  ensure(a.size() == b.size(), "samples of a correlation are of equal size");
  PairCounts pairs;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = i + 1; j < a.size(); ++j) {
      ++pairs.all;
      pairs.tied_a += a[i] == a[j];
      pairs.tied_b += b[i] == b[j];
      if (a[i] == a[j] || b[i] == b[j]) continue;
      ++((a[i] < a[j]) == (b[i] < b[j]) ? pairs.alike : pairs.swapped);
    }
  return pairs;
}

std::optional<double> kendall(const PairCounts& pairs) {
  const auto untied = [&](std::int64_t tied) { return static_cast<double>(pairs.all - tied); };
  if (pairs.all == pairs.tied_a || pairs.all == pairs.tied_b) return std::nullopt;
  return static_cast<double>(pairs.alike - pairs.swapped) /
         std::sqrt(untied(pairs.tied_a) * untied(pairs.tied_b));
}

}  // namespace bitloom
