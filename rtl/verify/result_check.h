#pragma once

#include <cstdint>
#include <vector>

#include "rtl/verify/layer_run.h"
#include "rtl/verify/tile_walk.h"

namespace bitloom::verify {

/// Puts the beats of the result stream together to tiles and compares them with the reference.
class ResultCheck {
 public:
  ResultCheck(const Workload& workload, const mapping::Schedule& schedule,
              const CoreParameters& core, const std::vector<std::int64_t>& reference);

  /// All results have come.
  bool done() const { return walk_.done(); }
  void take(const std::uint32_t* beat, std::int64_t cycle, std::int64_t waveform_time,
            LayerRun& run);

 private:
  void check_tile(std::int64_t cycle, std::int64_t waveform_time, LayerRun& run);
  std::int64_t lane(std::int64_t index) const;

  const Workload* workload_;
  const CoreParameters* core_;
  const std::vector<std::int64_t>* reference_;
  TileWalk walk_;
  std::int64_t beats_ = 0;  // of this tile, so far
  std::int64_t beats_per_tile_;
  std::vector<std::uint32_t> tile_;
};

}  // namespace bitloom::verify
