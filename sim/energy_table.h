#pragma once

#include <string>
#include <vector>

#include "sim/hardware.h"
#include "sim/settings.h"

namespace bitloom::hardware {

/// An energy constant of a machine: `popcount_bit_pj`; with its section where that is not `energy`.
struct EnergyConstant {
  std::string name;
  std::string unit;
  double value;
};

/// All energy constants that the machine shows, in the order of its file.
std::vector<EnergyConstant> energy_constants(const Hardware& hardware);

/// The machine with its `index`th constant `factor` times as large.
Hardware with_scaled_constant(Hardware hardware, std::size_t index, double factor);

/// Which end of what a constant may be.
enum class Bound { kLeast, kMost };

/// Sets every constant that is bounded there to its bound; their names.
std::vector<std::string> take_bounds(Hardware& hardware, Bound bound);

/// Replaces the constants of `hardware` that the YAML file `path` gives, in the sections of a
/// hardware file, each with value, source and, where it has any, its bounds; the others stay, and
/// so does `technology` where the file has none. A UserError as of a hardware file, where the
/// file gives none, or where it gives what one of `settings`, which made the machine, sets.
void read_energy_table(const std::string& path, Hardware& hardware, const Settings& settings = {});

}  // namespace bitloom::hardware
