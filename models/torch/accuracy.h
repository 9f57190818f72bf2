#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/error.h"

namespace bitloom::nn {

/// A figure and its standard error.
struct Estimate {
  double value = 0;
  double standard_error = 0;
};

/// What a network makes of labelled images.
struct Accuracy {
  std::int64_t images = 0;
  Estimate top1_pct;
  Estimate top5_pct;
  Estimate loss;               // mean cross-entropy, nats
  std::vector<bool> is_right;  // of each image in order, whether the first answer is the label

  /// Whether top-1 is no more than guessing one of `classes` gives, or may be (three standard
  /// errors).
  bool is_by_chance(std::int64_t classes) const {
    const double chance_pct = 100 / static_cast<double>(classes);
    return top1_pct.value <= std::max(2 * chance_pct, chance_pct + 3 * top1_pct.standard_error);
  }
};

/// Of so many images.
struct PairedDifference : Estimate {
  std::int64_t images = 0;
};

/// By how many points of top-1 `a` is above `b` on the same images. Images that both answer alike
/// say nothing, so the standard error of the mean of paired differences d in {-1, 0, 1} is less
/// than that of two independent figures: sqrt((mean(d^2) - mean(d)^2) / images).
inline PairedDifference paired_difference_pct(const Accuracy& a, const Accuracy& b) {
  ensure(a.is_right.size() == b.is_right.size() && !a.is_right.empty(), "the images are the same");
  const auto n = static_cast<double>(a.is_right.size());
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < a.is_right.size(); ++i) {
    sum += a.is_right[i] - b.is_right[i];
    squares += a.is_right[i] != b.is_right[i];
  }
  const double mean = sum / n;
  return {{100 * mean, 100 * std::sqrt((squares / n - mean * mean) / n)},
          static_cast<std::int64_t>(a.is_right.size())};
}

}  // namespace bitloom::nn
