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

namespace {

/// Pairs of equal neighbours' runs in an order, `same(i, j)` telling whether two places are equal.
template <class Same>
std::int64_t tied_pairs(std::size_t count, const Same& same) {
  std::int64_t pairs = 0, run = 0;
  for (std::size_t i = 1; i < count; ++i) {
    run = same(i - 1, i) ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/// Sorts [begin, end) of `values` by merging, and counts the pairs of which the earlier is greater.
std::int64_t sort_and_count(std::vector<double>& values, std::vector<double>& merged,
                            std::size_t begin, std::size_t end) {
  if (end - begin < 2) return 0;
  const std::size_t middle = begin + (end - begin) / 2;
  std::int64_t greater =
      sort_and_count(values, merged, begin, middle) + sort_and_count(values, merged, middle, end);
  for (std::size_t left = begin, right = middle, at = begin; at < end; ++at) {
    const bool takes_right = right < end && (left == middle || values[right] < values[left]);
    if (takes_right) greater += static_cast<std::int64_t>(middle - left);
    merged[at] = values[takes_right ? right++ : left++];
  }
  std::copy(merged.begin() + static_cast<std::ptrdiff_t>(begin),
            merged.begin() + static_cast<std::ptrdiff_t>(end),
            values.begin() + static_cast<std::ptrdiff_t>(begin));
  return greater;
}

}  // namespace

// Knight 1966 (J. Am. Stat. Assoc. 61, 436): in the order of a, and of b where a is equal, the
// swapped pairs are those of which the earlier b is greater.
PairCounts count_pairs(const std::vector<double>& a, const std::vector<double>& b) {
  ensure(a.size() == b.size(), "samples of a correlation are of equal size");
  std::vector<std::size_t> order(a.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return a[i] != a[j] ? a[i] < a[j] : b[i] < b[j]; });
  std::vector<double> sorted_b, merged(a.size());
  for (const std::size_t i : order) sorted_b.push_back(b[i]);
  const auto equal_a = [&](std::size_t i, std::size_t j) { return a[order[i]] == a[order[j]]; };
  const auto equal_both = [&](std::size_t i, std::size_t j) {
    return equal_a(i, j) && b[order[i]] == b[order[j]];
  };
  const auto count = static_cast<std::int64_t>(a.size());
  PairCounts pairs;
  pairs.all = count * (count - 1) / 2;
  pairs.tied_a = tied_pairs(a.size(), equal_a);
  const std::int64_t tied_both = tied_pairs(a.size(), equal_both);
  pairs.swapped = sort_and_count(sorted_b, merged, 0, a.size());
  pairs.tied_b = tied_pairs(
      a.size(), [&](std::size_t i, std::size_t j) { return sorted_b[i] == sorted_b[j]; });
  pairs.alike = pairs.all - pairs.tied_a - pairs.tied_b + tied_both - pairs.swapped;
  return pairs;
}

std::optional<double> kendall(const PairCounts& pairs) {
  const auto untied = [&](std::int64_t tied) { return static_cast<double>(pairs.all - tied); };
  if (pairs.all == pairs.tied_a || pairs.all == pairs.tied_b) return std::nullopt;
  return static_cast<double>(pairs.alike - pairs.swapped) /
         std::sqrt(untied(pairs.tied_a) * untied(pairs.tied_b));
}

}  // namespace bitloom
