#pragma once

#include "reports/html/report.h"
#include "reports/results/exploration.h"

namespace bitloom::reports {

/// What was found in a line: how many machines nothing beats, and the knee.
std::string title_of(const ExploredStore& store);

/// The front, what to change first, and layers: the sections of an exploration.
std::vector<Section> sections_of(const ExploredStore& store, const std::string& id);

}  // namespace bitloom::reports
