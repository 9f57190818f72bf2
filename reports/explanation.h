#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "reports/changes.h"
#include "sim/roofline.h"
#include "sim/sensitivity.h"

namespace bitloom::reports {

struct Simulation;

/// What `simulate --explain` adds to a layer.
struct LayerExplanation {
  sim::Roofline roofline;
  std::optional<double> dram_used = {};   // share of beats or bursts; none: the family does not say
  std::optional<double> units_used = {};  // of the array's products; none: the family does not say
  std::string bound = {};                 // empty where the family does not say
  std::vector<Cycles> lifted = {};        // by Explanation::lifts
};

/// What it adds to the whole.
struct Explanation {
  std::vector<sim::Elasticity> elasticities;
  std::vector<sim::Lift> lifts;  // empty where the family has none
  Change as_is = {};
  std::vector<Change> changes = {};  // that could be built; empty where the family has none
};

/// `operand_fetch`: a lift's name in JSON and CSV.
std::string lift_key(const sim::Lift& lift);
/// Cycles of all layers without that limit.
Cycles total_lifted(const Simulation& simulation, std::size_t lift);

/// Power of each layer, place under the roofline, what bounds it and which lifts save most; what
/// each lift and each energy constant does to the totals. The simulation has an explanation.
std::string explanation_text(const Simulation& simulation, std::size_t max_width);

/// What the layer's entry of the JSON gains, and the document.
nlohmann::ordered_json layer_explanation_json(const Explanation& explanation,
                                              const LayerExplanation& layer);
nlohmann::ordered_json explanation_json(const Simulation& simulation);

}  // namespace bitloom::reports
