#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/graph/policy.h"
#include "sim/cost/layer_cost.h"

namespace bitloom::sim {

/// How a schedule is priced. All engines run the same schedule.
enum class Engine {
  kAnalytic,  // closed forms
};

/// The engines' names, as `--engine` takes them.
std::vector<std::string> engine_names();
std::string_view to_text(Engine engine);
Engine parse_engine(std::string_view name);

/// Cost of one layer for `batch` images; a UserError says why it cannot be mapped.
cost::LayerCost price(const graph::LayerShape& layer, graph::Precision precision,
                      const hardware::Bismo& hardware, std::int64_t batch, Engine engine);

/// Costs of `layers` under `policy`, which has as many entries.
std::vector<cost::LayerCost> price(const std::vector<graph::LayerShape>& layers,
                                   const graph::Policy& policy, const hardware::Bismo& hardware,
                                   std::int64_t batch, Engine engine);

/// Costs of every layer at every pair of bits up to `max_bits`.
class CostTable {
 public:
  CostTable(const std::vector<graph::LayerShape>& layers, const hardware::Bismo& hardware,
            std::int64_t batch, int max_bits, Engine engine);

  std::size_t layers() const { return layers_; }
  int max_bits() const { return max_bits_; }
  const cost::LayerCost& at(std::size_t layer, graph::Precision precision) const;

 private:
  std::size_t layers_;
  int max_bits_;
  std::vector<cost::LayerCost> costs_;  // [layer][weight bits - 1][activation bits - 1]
};

}  // namespace bitloom::sim
