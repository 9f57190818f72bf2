#pragma once

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
};

}  // namespace bitloom::nn
