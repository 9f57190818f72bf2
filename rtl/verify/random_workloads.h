#pragma once

#include <functional>
#include <optional>
#include <random>

#include "rtl/verify/workload.h"
#include "sim/families/bismo/description.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::verify {

/// Small layers of every kind, width, coding and draw that a hardware description can map; the same
/// seed gives the same ones everywhere. Of ten in turn five are drawn freely, two have bipolar
/// weights, one has 16-bit activations, one a K that the buffers hold in chunks only, and one sums
/// that reach the accumulators' limit; where the hardware has no such layer that is admitted, it is
/// drawn freely.
class RandomWorkloads {
 public:
  /// `admits` refuses what would run too long.
  using Admits = std::function<bool(const mapping::Mapping&)>;
  RandomWorkloads(const hardware::Bismo& hardware, std::uint64_t seed, Admits admits)
      : hardware_(hardware), engine_(seed), admits_(std::move(admits)) {}

  Workload next();

 private:
  enum class Emphasis { kNone, kBipolar, kWideActivations, kChunks, kAccumulatorLimit };
  struct Candidate {
    graph::LayerShape layer;
    graph::Precision precision;
    std::int64_t batch;
  };

  /// None where what was drawn does not map.
  std::optional<Workload> draw(Emphasis emphasis);
  std::optional<Candidate> pick_candidate(Emphasis emphasis);
  std::optional<Candidate> pick_long(Emphasis emphasis);
  Workload with_codes(Workload workload, bool at_limit);
  bool maps(const Candidate& candidate) const;

  std::int64_t pick(std::int64_t least, std::int64_t greatest);
  int pick_bits();
  int pick_bits_evenly();
  int most_bits() const;
  graph::LayerShape pick_shape();
  void pick_image(graph::LayerShape& layer);
  WeightCoding pick_coding(const Candidate& candidate);
  std::int64_t longest_reduction() const { return 3 * hardware_.dk + 10; }

  hardware::Bismo hardware_;
  std::mt19937_64 engine_;
  Admits admits_;
  std::size_t count_ = 0;
};

}  // namespace bitloom::verify
