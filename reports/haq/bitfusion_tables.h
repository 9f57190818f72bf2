#pragma once

#include <string>
#include <vector>

#include "models/graph/precision.h"

/// How far BitFusion's published models reproduce HAQ's tables 4 and 5 (MobileNet-V1).
namespace bitloom::haq {

struct BitFusionSources {
  std::string hardware_folder;
  std::string tables_csv;  // weight_bits,activation_bits,latency_ms,energy_mj
};

/// Of an image.
struct BitFusionCost {
  double ms = 0;
  double mj = 0;
};

/// A uniform policy of HAQ's tables.
struct BitFusionRow {
  graph::Precision bits;
  BitFusionCost published;
};
std::vector<BitFusionRow> published_rows(const BitFusionSources& sources);

/// A machine, or a way to read what the papers leave open, and what it makes of the rows in order.
struct BitFusionReading {
  std::string text;
  std::vector<BitFusionCost> costs;
};
/// bitfusion-haq and bitfusion-haq-leakage.
std::vector<BitFusionReading> bitfusion_machines(const BitFusionSources& sources);
/// bitfusion-haq, and one thing each read differently.
std::vector<BitFusionReading> latency_readings(const BitFusionSources& sources);
/// From the one to the other, and past it.
std::vector<BitFusionReading> leakage_steps(const BitFusionSources& sources);

/// In percent of what HAQ prints.
double error_percent(double ours, double published);

/// As Markdown tables.
std::string latency_markdown(const BitFusionSources& sources);
std::string energy_markdown(const BitFusionSources& sources);
std::string readings_markdown(const BitFusionSources& sources);
std::string steps_markdown(const BitFusionSources& sources);

}  // namespace bitloom::haq
