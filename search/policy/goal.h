#pragma once

#include <optional>
#include <vector>

#include "search/problem/problem.h"

namespace bitloom::search {

/// What a search wants of a policy's accuracy and costs, as one number.
struct Goal {
  double float_top1_pct = 0;  // of the network that nothing is quantized of
  /// Where one cost is to be least: its index, what it is at 8/8, and how many points of top-1 may
  /// be lost.
  struct LeastCost {
    std::size_t cost = 0;
    double at_8_bits = 1;
    double max_loss_pct = 0;
  };
  std::optional<LeastCost> least_cost = {};

  /// HAQ's 0.1 (top-1 - the network's) (Wang et al. 2019, arXiv:1811.08886, eq. 6). For least cost:
  /// minus the cost as a fraction of that at 8/8, and where more is lost than may be, minus 10 and
  /// the points too many.
  double reward(double top1_pct, const std::vector<double>& costs) const;
  /// Whether a policy that keeps the limits is one to answer with.
  bool allows(double top1_pct) const;
};

}  // namespace bitloom::search
