#pragma once

#include "reports/results/json_value.h"
#include "reports/results/run.h"

/// Single files of a run's folder.
namespace bitloom::reports {

std::vector<LayerBits> read_layer_bits(const JsonValue& layers);
Costs read_costs(const JsonValue& costs);
/// None for a family that is not known.
std::optional<Machine> read_machine(const JsonValue& hardware_description);
PricedPolicy read_simulation(const JsonValue& simulation, const std::string& name);
Sensitivities read_sensitivities(const JsonValue& file);
Solved read_solved(const JsonValue& search);
std::vector<FrontierPoint> read_frontier(const JsonValue& file);
Candidate read_candidate(const JsonValue& candidate);
std::vector<Verdict> read_verdicts(const JsonValue& file);

/// `episodes.csv`: a header with `episode` and `reward` at least, then a row an episode. Columns
/// with a unit that are no others are costs. An unfinished last line, of a search that still runs,
/// is left out.
std::vector<Episode> read_episodes(const std::string& text, const std::string& path);

}  // namespace bitloom::reports
