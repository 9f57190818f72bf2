#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/limits.h"
#include "sim/sensitivity.h"

namespace bitloom::reports {

struct Simulation;

/// What `simulate --explain` adds to a simulation, by layer.
struct Explanation {
  std::vector<sim::Roofline> rooflines;
  std::vector<sim::Elasticity> elasticities;

  // Of BISMO; empty for others:
  std::vector<std::string> bounds;
  std::vector<sim::Lift> lifts;
  std::vector<std::vector<Cycles>> lifted;  // [lift][layer]
};

/// Power of each layer, place under the roofline, what bounds it and which lifts save most; what
/// each lift and each energy constant does to the totals.
std::string explanation_text(const Simulation& simulation, const Explanation& explanation,
                             std::size_t max_width);

/// What the layer's entry of the JSON gains, and the document.
nlohmann::ordered_json layer_explanation_json(const Explanation& explanation, std::size_t layer);
nlohmann::ordered_json explanation_json(const Explanation& explanation);

}  // namespace bitloom::reports
