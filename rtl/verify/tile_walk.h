#pragma once

#include <cstdint>

#include "rtl/verify/phase_walk.h"

namespace bitloom::verify {

/// Walks the tiles of results in the order in which they leave the core.
class TileWalk {
 public:
  explicit TileWalk(const mapping::Schedule& schedule);

  bool done() const { return walk_.done(); }
  const PhaseIndex& phase() const { return walk_.index(); }
  std::int64_t activation_tile() const;  // of the whole product
  std::int64_t weight_tile() const;
  std::int64_t pixels() const;    // rows of the tile that are of the product
  std::int64_t channels() const;  // columns that are
  std::int64_t first_pixel() const;
  std::int64_t first_channel() const;
  void next();

 private:
  bool activations_outer() const { return schedule_->outer == mapping::OuterOperand::kActivations; }
  void skip_phases_without_results();

  const mapping::Schedule* schedule_;
  PhaseWalk walk_;
  std::int64_t outer_tile_ = 0;
  std::int64_t inner_tile_ = 0;
};

}  // namespace bitloom::verify
