#pragma once

#include <cstdint>
#include <vector>

namespace bitloom::search {

/// A mean and what is known of it.
struct SampleMean {
  std::int64_t samples = 0;
  double mean = 0;
  double standard_error = 0;  // infinite below two samples
};
SampleMean mean_of(const std::vector<double>& samples);

/// Of several means the largest standard error, as a share of its mean.
double largest_relative_error(const std::vector<std::vector<double>>& samples);

}  // namespace bitloom::search
