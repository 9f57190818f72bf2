#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/energy_table.h"
#include "sim/simulator.h"

namespace bitloom::sim {

/// Per cent by which totals change where an energy constant grows by one per cent.
struct Elasticity {
  hardware::EnergyConstant constant;
  double energy = 0;                                      // of the total
  double compute = 0, buffer = 0, dram = 0, leakage = 0;  // of that component's sum
  double latency = 0;
};

/// The elasticities of the totals of `results`, which are those of `jobs` on `hardware`, by
/// constant, each layer mapped as it is. Energy is linear in its constants, so that they hold for
/// larger changes too, and those of the total energy add up to 1.
std::vector<Elasticity> energy_elasticities(const std::vector<Job>& jobs,
                                            const std::vector<LayerResult>& results,
                                            const hardware::Hardware& hardware,
                                            const EngineOptions& options);

/// What a total of energies may be, by what bounds its constants.
struct EnergyRange {
  Picojoules told;                     // with all constants as they are
  Picojoules least, most;              // with all of them at that bound
  std::vector<std::string> constants;  // those that are bounded
};

/// The energy of `results`, which are those of `jobs` on `hardware`, with all constants at their
/// least and at their most, each layer mapped as it is. None where no constant is bounded.
std::optional<EnergyRange> energy_range(const std::vector<Job>& jobs,
                                        const std::vector<LayerResult>& results,
                                        const hardware::Hardware& hardware,
                                        const EngineOptions& options);

/// What the ratio of two energies of one machine may be.
struct RatioRange {
  double least, most;
};

/// The ratio of `of` to `to` with all constants as they are, at their least and at their most: each
/// constant has one value for both, so the least of one never meets the most of the other.
RatioRange ratio_range(const EnergyRange& of, const EnergyRange& to);

}  // namespace bitloom::sim
