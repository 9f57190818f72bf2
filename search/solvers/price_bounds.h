#pragma once

#include <cstdint>
#include <vector>

#include "search/solvers/choice_program.h"

namespace bitloom::search {

/// How good the solutions can get that begin with given picks (Lagrange): what these lose, their
/// weights paid for at prices of the limits, and the least that the groups left lose and pay, the
/// limits given back. Any prices bound; which bound best depends on how much of the limits is left,
/// so there are many, and the largest bound counts. Up to rounding, which is taken off.
class PriceBounds {
 public:
  /// `program` must outlive this.
  explicit PriceBounds(const ChoiceProgram& program) : program_(&program) {}

  /// Each at least 0.
  void add(const std::vector<double>& prices);
  std::size_t size() const { return bounds_.size(); }

  /// Of solutions that begin with picks of this objective and these weights for the groups before
  /// `step`.
  double bound(double objective, const std::int64_t* weights, std::size_t step) const;

  /// Takes away those of `options`, of group `step`, behind which no solution is below `cutoff`.
  void keep_below(double cutoff, double objective, const std::int64_t* weights, std::size_t step,
                  std::vector<std::uint32_t>& options) const;

 private:
  struct Bound {
    std::vector<double> prices;
    std::vector<std::vector<double>> options;  // [step][option], weights paid for
    std::vector<double> rest;                  // [step]: the groups from there on, less rounding
  };
  static double paid(const Bound& bound, double objective, const std::int64_t* weights);

  const ChoiceProgram* program_;
  std::vector<Bound> bounds_;
};

/// The options of each group that a solution below `cutoff` may have, by the bounds of each of
/// these prices.
std::vector<std::vector<std::uint32_t>> options_below(
    double cutoff, const ChoiceProgram& program, const std::vector<std::vector<double>>& prices);

/// The bound that prices give: no solution is better, up to rounding, which is taken off.
double lagrange_bound(const ChoiceProgram& program, const std::vector<double>& prices);

}  // namespace bitloom::search
