#pragma once

#include "reports/results/costs.h"

namespace bitloom {
class JsonValue;
}

/// How a quantized network's levels lie over the values: `evaluate --statistics`. LQ-Nets
/// (arXiv:1807.10029, figure 4) shows levels over histograms, QIL (arXiv:1808.05779, figure 3)
/// pruning ratios.
namespace bitloom::reports {

/// Shares of values between equal steps from `from` to `to`; the last step has its end.
struct Histogram {
  double from = 0, to = 0;
  std::vector<double> share_pct;
};

/// A level, and the share of the values that are brought to it.
struct LevelShare {
  double level = 0;
  double share_pct = 0;
};

/// An operand's values before and after its quantizer.
struct OperandStatistics {
  std::int64_t values = 0;        // that were looked at
  double zero_pct = 0;            // brought to 0: pruned
  double beyond_pct = 0;          // less than the least level or more than the greatest
  std::optional<double> sqnr_db;  // 10 log10(sum x^2 / sum (x - q)^2); none without an error
  std::string unit = "value";     // of histogram and levels; `step`: of the filter's own scale
  Histogram histogram;
  std::vector<LevelShare> levels;  // none where every filter has levels that no scale makes one
};

struct LayerStatistics {
  LayerBits bits;
  /// That are quantized; of a product of two activations, `weights` is its second input.
  std::optional<OperandStatistics> weights, activations;
};

struct StatisticsFile {
  std::int64_t schema = 1;
  std::string network, quantizer;
  std::string data;  // whose images the activations are of
  std::int64_t images = 0;
  std::vector<LayerStatistics> layers;
};

/// `weights` or `activations` of a layer.
using OperandOf = std::optional<OperandStatistics> LayerStatistics::*;
/// The share of all values of all layers that are brought to 0.
double zero_pct(const StatisticsFile& statistics, OperandOf operand);
/// The layer with the least signal to noise of that operand; null where none has an error.
const LayerStatistics* noisiest(const StatisticsFile& statistics, OperandOf operand);

std::string json_text(const StatisticsFile& statistics);
StatisticsFile read_statistics(const JsonValue& json);

}  // namespace bitloom::reports
