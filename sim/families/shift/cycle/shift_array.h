#pragma once

#include <functional>

#include "sim/families/shift/beats.h"
#include "sim/families/shift/cycle/tile_walk.h"
#include "sim/families/shift/cycle/transfer_port.h"
#include "sim/families/shift/spent.h"

namespace bitloom::cycle::shift {

/// The array and what changes the halves of its buffers: tile by tile it computes, while the next
/// tile's weights come, the next block's activations, and the last column group's results leave.
class ShiftArray : public sc_core::sc_module {
 public:
  struct Ports {
    TransferPort& activations;
    TransferPort& weights;
    TransferPort& results;
  };

  SC_HAS_PROCESS(ShiftArray);
  ShiftArray(const sc_core::sc_module_name& name, const Clock& clock,
             const mapping::shift::Mapping& mapping, const hardware::Shift& hardware,
             const Ports& ports, std::function<void(std::int64_t)> tiles_done);

  /// After the simulation.
  cost::shift::Spent spent() const { return spent_; }
  std::int64_t tiles() const { return tiles_; }
  std::int64_t shift_adds() const { return shift_adds_; }
  bool finished() const { return finished_; }

 private:
  void go_on();
  bool may_change() const;
  void count_waits();
  void begin_tile(const TileWalk& tile);
  void fetch_after(const TileWalk& tile);

  Clock clock_;
  const mapping::shift::Mapping& m_;
  mapping::shift::Beats beats_;
  Ports ports_;
  std::function<void(std::int64_t)> tiles_done_;

  sc_core::sc_event computed_;
  TileWalk tile_;
  bool filling_ = false;    // the first tile's operands are coming
  bool computing_ = false;  // a tile
  Cycles computed_at_;
  cost::shift::Spent spent_;
  std::int64_t tiles_ = 0;
  std::int64_t shift_adds_ = 0;
  bool finished_ = false;
};

}  // namespace bitloom::cycle::shift
