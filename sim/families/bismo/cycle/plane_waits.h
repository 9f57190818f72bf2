#pragma once

#include <array>
#include <compare>
#include <limits>
#include <memory>

#include <tlm>

#include "base/quantity.h"
#include "models/graph/precision.h"

namespace bitloom::cycle {

/// Where a read stands among those of both ports (docs/reference/dram.md, "Order"): by phase, then
/// by the beat of the phase with which it would begin if memory answered at once.
struct Turn {
  std::int64_t phase = 0;
  std::int64_t beat = 0;
  auto operator<=>(const Turn&) const = default;
};
constexpr Turn kNoTurn{std::numeric_limits<std::int64_t>::max(), 0};

/// Travels with every read of a port; a memory may leave it alone.
struct PlaneWaits : tlm::tlm_extension<PlaneWaits> {
  Turn turn;       // the read's
  Turn next_turn;  // of the port's next read; kNoTurn if there is none
  int planes = 0;
  /// Memory's answer. Cycles that it is late with the first beat of each of the read's planes,
  /// after the beat before it.
  std::array<Cycles, graph::kMaxBits> cycles{};
  /// The first cycle in which a plane's last beat can be taken.
  std::array<Cycles, graph::kMaxBits> complete{};

  tlm::tlm_extension_base* clone() const override {
    return std::make_unique<PlaneWaits>(*this).release();
  }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const PlaneWaits&>(other);
  }
};

}  // namespace bitloom::cycle
