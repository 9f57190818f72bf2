#pragma once

#include <string>

#include "reports/results/exploration.h"

namespace bitloom::reports {

std::string exploration_json(const Exploration& result);
/// A row a point of the front: number, knobs, costs.
std::string exploration_csv(const Exploration& result);

}  // namespace bitloom::reports
