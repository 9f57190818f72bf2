#include "search/policy/goal.h"

namespace bitloom::search {

bool Goal::allows(double top1_pct) const {
  return !least_cost || float_top1_pct - top1_pct <= least_cost->max_loss_pct;
}

double Goal::reward(double top1_pct, const std::vector<double>& costs) const {
  constexpr double kScale = 0.1, kNotAllowed = 10;
  if (!least_cost) return kScale * (top1_pct - float_top1_pct);
  const double lost = float_top1_pct - top1_pct;
  const double at_8_bits = least_cost->at_8_bits;  // 0 where no policy costs anything
  const double cost = at_8_bits > 0 ? -costs[least_cost->cost] / at_8_bits : 0;
  return allows(top1_pct) ? cost : cost - kNotAllowed - (lost - least_cost->max_loss_pct);
}

}  // namespace bitloom::search
