#pragma once

#include <algorithm>
#include <cstdint>

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
  Estimate loss;  // mean cross-entropy, nats

  /// Whether top-1 is no more than guessing one of `classes` gives, or may be (three standard
  /// errors).
  bool is_by_chance(std::int64_t classes) const {
    const double chance_pct = 100 / static_cast<double>(classes);
    return top1_pct.value <= std::max(2 * chance_pct, chance_pct + 3 * top1_pct.standard_error);
  }
};

}  // namespace bitloom::nn
