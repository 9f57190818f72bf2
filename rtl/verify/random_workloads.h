#pragma once

#include <functional>
#include <random>

#include "rtl/verify/workload.h"
#include "sim/hardware/bismo.h"
#include "sim/mapping/mapping.h"

namespace bitloom::verify {

/// Small layers of every kind, width, coding and draw that a hardware description can map; the same
/// seed gives the same ones everywhere.
class RandomWorkloads {
 public:
  /// `admits` refuses what would run too long.
  using Admits = std::function<bool(const mapping::Mapping&)>;
  RandomWorkloads(const hardware::Bismo& hardware, std::uint64_t seed, Admits admits)
      : hardware_(hardware), engine_(seed), admits_(std::move(admits)) {}

  Workload next();

 private:
  std::int64_t pick(std::int64_t least, std::int64_t greatest);
  int pick_bits();
  graph::LayerShape pick_shape();
  void pick_image(graph::LayerShape& layer);
  WeightCoding pick_coding(const graph::LayerShape& layer, graph::Precision precision,
                           std::int64_t batch);
  bool maps(const graph::LayerShape& layer, graph::Precision precision, std::int64_t batch) const;

  hardware::Bismo hardware_;
  std::mt19937_64 engine_;
  Admits admits_;
};

}  // namespace bitloom::verify
