#include "search/measure/sample_mean.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitloom::search {

SampleMean mean_of(const std::vector<double>& samples) {
  const auto n = static_cast<double>(samples.size());
  SampleMean result{.samples = static_cast<std::int64_t>(samples.size()),
                    .standard_error = std::numeric_limits<double>::infinity()};
  for (const double sample : samples) result.mean += sample / n;
  if (samples.size() < 2) return result;
  double squares = 0;
  for (const double sample : samples) squares += (sample - result.mean) * (sample - result.mean);
  result.standard_error = std::sqrt(squares / (n - 1) / n);
  return result;
}

double largest_relative_error(const std::vector<std::vector<double>>& samples) {
  double largest = 0;
  for (const auto& of_one : samples) {
    const SampleMean mean = mean_of(of_one);
    if (mean.mean == 0 && mean.standard_error == 0) continue;
    largest = std::max(largest, mean.standard_error / std::abs(mean.mean));
  }
  return largest;
}

}  // namespace bitloom::search
