#pragma once

#include <optional>
#include <string>

#include "cli/options.h"
#include "rtl/verify/workload.h"

namespace bitloom::cli {

constexpr int kMismatch = 1;  // exit code

struct VerifyOptions {
  HardwareOption hardware;
  NetworkOption network;
  PolicyOptions policy;
  std::optional<std::string> layers;
  std::optional<std::string> random;
  std::optional<std::string> weights;
  std::optional<std::string> data;
  std::string seed = "1";
  std::optional<std::string> trace;
  std::optional<std::string> json;
};

/// 1-bit weights are -1 and +1 where the array can tell images apart; two's complement elsewhere.
inline verify::WeightCoding coding_of(const graph::LayerShape& layer, graph::Precision precision,
                                      std::int64_t batch) {
  const bool shares_words = layer.kind == graph::LayerKind::kDepthwise && batch > 1;
  return precision.weight_bits == 1 && !shares_words ? verify::WeightCoding::kBipolar
                                                     : verify::WeightCoding::kSigned;
}

}  // namespace bitloom::cli
