#pragma once

#include "reports/html/report.h"
#include "reports/results/comparison_file.h"
#include "reports/results/level_statistics.h"
#include "reports/results/simulation_file.h"
#include "reports/results/training.h"

/// Sections of a report from results that belong to no run.
namespace bitloom::reports {

/// `0.4 to 2.6 mJ by what bounds its constants`: what an energy may be.
std::string energy_bounds_text(double least_mj, double most_mj);

/// `The energy may be 0.4 to 2.6 mJ by what bounds its constants.`; empty where nothing bounds
/// them.
std::string energy_range_text(const TotalCosts& total);

/// Bits, latency and energy of each layer, and the roofline, of `simulate --json`.
Section section_of(const SimulationFile& simulation, const std::string& id);

/// Of several: which takes least time an image; where their networks differ, what they are.
std::string title_of(const std::vector<SimulationFile>& simulations);

/// The policies' costs on each machine, and what fewer bits save, of `compare --json`.
Section section_of(const ComparisonFile& comparison, const std::string& id);

/// Zeros and noise of each layer, and levels over the values, of `evaluate --statistics`.
Section section_of(const StatisticsFile& statistics, const std::string& id);

/// Loss and accuracy by epoch, of a folder of `train` or `finetune`.
Section section_of(const TrainingRun& training, const std::string& id);

}  // namespace bitloom::reports
