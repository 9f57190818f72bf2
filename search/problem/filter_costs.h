#pragma once

#include <map>
#include <tuple>
#include <vector>

#include "models/graph/filter_bits.h"
#include "sim/simulator.h"

namespace bitloom::search {

/// What layers cost at bits by filter: the sum of the products that their filters of one width
/// make, each layer by itself, as make_filter_problem() prices them. A product is priced when it is
/// first asked for.
class FilterCosts {
 public:
  /// `hardware` outlives this.
  FilterCosts(const std::vector<graph::LayerShape>& layers, const hardware::Hardware& hardware,
              std::int64_t batch, const sim::EngineOptions& engine);

  /// By cost_kinds(). A UserError where a product cannot be mapped.
  std::vector<double> of(std::size_t layer, graph::Precision bits,
                         const graph::FilterBits& filters) const;

 private:
  /// Layer, filters, groups, bits of weights and activations, whether the input is laid out.
  using Product = std::tuple<std::size_t, std::int64_t, std::int64_t, int, int, bool>;

  const std::vector<double>& of(std::size_t layer, const sim::Job& product) const;

  std::vector<sim::Job> jobs_;  // of each layer, whose precision changes
  const hardware::Hardware& hardware_;
  sim::EngineOptions engine_;
  mutable std::map<Product, std::vector<double>> priced_;
};

}  // namespace bitloom::search
