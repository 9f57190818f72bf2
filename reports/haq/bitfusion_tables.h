#pragma once

#include <string>
#include <vector>

#include "models/graph/precision.h"

/// How far BitFusion's published model reproduces HAQ's tables 4 and 5 (MobileNet-V1).
namespace bitloom::haq {

struct BitFusionSources {
  std::string hardware_folder;  // bitfusion-haq.yaml, bitfusion-edge-real.yaml
  std::string tables_csv;       // weight_bits,activation_bits,latency_ms,energy_mj
};

/// A uniform policy, in HAQ's tables and ours.
struct BitFusionRow {
  graph::Precision bits;
  double published_ms;
  double published_mj;
  double ours_ms;
  double ours_mj;            // what the published model counts, its unknown bank as nothing
  double ours_mj_with_bank;  // the unknown bank interpolated, as in bitfusion-edge-real

  double latency_error_percent() const { return 100 * (ours_ms / published_ms - 1); }
  double energy_error_percent() const { return 100 * (ours_mj / published_mj - 1); }
  double energy_error_with_bank_percent() const {
    return 100 * (ours_mj_with_bank / published_mj - 1);
  }
  /// The constant power that would make up what is missing.
  double missing_watts() const { return (published_mj - ours_mj_with_bank) / ours_ms; }
};
std::vector<BitFusionRow> compare_bitfusion(const BitFusionSources& sources);

/// Milliseconds an image, of the rows in order, where one thing is read differently.
struct BitFusionReading {
  std::string change;
  std::vector<double> ms;
};
std::vector<BitFusionReading> bitfusion_readings(const BitFusionSources& sources);

/// As Markdown tables.
std::string latency_markdown(const std::vector<BitFusionRow>& rows);
std::string energy_markdown(const std::vector<BitFusionRow>& rows);
std::string readings_markdown(const std::vector<BitFusionReading>& readings,
                              const std::vector<BitFusionRow>& rows);

}  // namespace bitloom::haq
