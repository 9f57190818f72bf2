// The published sweep of BitFusion's performance model (Sharma et al., ISCA 2018).
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/csv.h"
#include "pipelines/choices.h"
#include "pipelines/reproduction/golden_layers.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

constexpr std::int64_t kMostOfSweep = std::int64_t{1} << 60;

/// Whether the four energies are the published ones, which have three decimals.
bool has_energies(const CsvTable::Row& row, const cost::Energy& ours) {
  constexpr double kPicojoulesPerNanojoule = 1e3, kDigits = 6e-4;
  const auto is = [&](const char* column, Picojoules energy) {
    return std::abs(energy.count() / kPicojoulesPerNanojoule - row.real(column)) < kDigits;
  };
  return is("energy_core_nJ", ours.compute) && is("energy_sram_nJ", ours.buffer) &&
         is("energy_dram_nJ", ours.dram) && is("energy_total_nJ", ours.total());
}

struct Agreement {
  int layers = 0, cycles = 0, energies = 0;
};

}  // namespace

void bitfusion_sweep(Comparison& comparison) {
  comparison.assume(
      "135 of the sweep's 305 rows, on the configurations of their names. Cycles must be equal, "
      "and "
      "energies of core, scratchpads, DRAM and all to the third decimal of a nJ.");
  const CsvTable published = CsvTable::load(Comparison::golden("bitfusion_part.csv"));
  std::map<std::string, hardware::Hardware> machines;
  std::map<std::string, Agreement> by_network;
  for (const CsvTable::Row& row : published.rows()) {
    const std::string name = machine_of_sweep(row.text("config"));
    if (!machines.contains(name))
      machines.emplace(name, load(pipelines::HardwareChoice{.name = name}, comparison.host()));
    const cost::LayerCost ours =
        sim::price(layer_of_sweep(row), bits_of_sweep(row), machines.at(name),
                   row.integer("batch", 1, kMostOfSweep));
    Agreement& agreement = by_network[row.text("network") + " on " + name];
    ++agreement.layers;
    agreement.cycles += ours.timing.total.count() == row.integer("cycles", 0, kMostOfSweep);
    agreement.energies += has_energies(row, ours.energy);
  }
  for (const auto& [of, agreement] : by_network) {
    const std::string all = fmt::format("{}", agreement.layers);
    comparison.add({of, "layers with these cycles", all}, agreement.cycles, exact());
    comparison.add({of, "layers with these energies", all}, agreement.energies, exact());
  }
}

}  // namespace bitloom::reproduction
