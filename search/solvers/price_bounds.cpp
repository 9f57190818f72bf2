#include "search/solvers/price_bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitloom::search {
namespace {

/// What sums of a program at these prices may be off by.
double rounding_of(const ChoiceProgram& program, const std::vector<double>& prices) {
  constexpr double kRounding = 1e-14;  // of the largest numbers that are added
  double largest = 0;
  for (const ChoiceProgram::Group& group : program.groups)
    for (const ChoiceProgram::Option& option : group.options)
      largest = std::max(largest, std::abs(option.objective));
  largest *= static_cast<double>(program.groups.size());
  for (std::size_t k = 0; k < prices.size(); ++k)
    largest += prices[k] * static_cast<double>(program.limits[k]);
  return kRounding * largest;
}

}  // namespace

void PriceBounds::add(const std::vector<double>& prices) {
  const std::size_t steps = program_->groups.size();
  Bound bound{prices, {}, std::vector<double>(steps + 1)};
  for (const ChoiceProgram::Group& group : program_->groups)
    bound.options.push_back(priced(group, prices));
  bound.rest[steps] = -rounding_of(*program_, prices);
  for (std::size_t k = 0; k < prices.size(); ++k)
    bound.rest[steps] -= prices[k] * static_cast<double>(program_->limits[k]);
  for (std::size_t step = steps; step-- > 0;)
    bound.rest[step] = bound.rest[step + 1] +
                       *std::min_element(bound.options[step].begin(), bound.options[step].end());
  bounds_.push_back(std::move(bound));
}

double PriceBounds::paid(const Bound& bound, double objective, const std::int64_t* weights) {
  for (std::size_t k = 0; k < bound.prices.size(); ++k)
    objective += bound.prices[k] * static_cast<double>(weights[k]);
  return objective;
}

double PriceBounds::bound(double objective, const std::int64_t* weights, std::size_t step) const {
  double most = -std::numeric_limits<double>::infinity();
  for (const Bound& bound : bounds_)
    most = std::max(most, paid(bound, objective, weights) + bound.rest[step]);
  return most;
}

void PriceBounds::keep_below(double cutoff, double objective, const std::int64_t* weights,
                             std::size_t step, std::vector<std::uint32_t>& options) const {
  for (const Bound& bound : bounds_) {
    const double others = paid(bound, objective, weights) + bound.rest[step + 1];
    std::erase_if(options,
                  [&](std::uint32_t o) { return others + bound.options[step][o] >= cutoff; });
    if (options.empty()) return;
  }
}

std::vector<std::vector<std::uint32_t>> options_below(
    double cutoff, const ChoiceProgram& program, const std::vector<std::vector<double>>& prices) {
  std::vector<std::vector<std::uint32_t>> kept;
  for (const ChoiceProgram::Group& group : program.groups) {
    kept.emplace_back(group.options.size());
    std::iota(kept.back().begin(), kept.back().end(), std::uint32_t{0});
  }
  for (const std::vector<double>& these : prices) {
    const double all = lagrange_bound(program, these) - rounding_of(program, these);
    for (std::size_t g = 0; g < kept.size(); ++g) {
      const std::vector<double> costs = priced(program.groups[g], these);
      const double others = all - *std::min_element(costs.begin(), costs.end());
      std::erase_if(kept[g], [&](std::uint32_t o) { return others + costs[o] >= cutoff; });
    }
  }
  return kept;
}

double lagrange_bound(const ChoiceProgram& program, const std::vector<double>& prices) {
  constexpr double kTermRounding = 1e-15;
  double bound = 0, sum = 0;
  const auto add = [&](double value) {
    bound += value;
    sum += std::abs(value);
  };
  for (const ChoiceProgram::Group& group : program.groups) {
    const std::vector<double> costs = priced(group, prices);
    add(*std::min_element(costs.begin(), costs.end()));
  }
  for (std::size_t k = 0; k < prices.size(); ++k)
    add(-prices[k] * static_cast<double>(program.limits[k]));
  return bound - kTermRounding * sum;
}

}  // namespace bitloom::search
