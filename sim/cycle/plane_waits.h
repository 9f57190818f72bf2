#pragma once

#include <array>
#include <memory>

#include <tlm>

#include "models/graph/precision.h"

namespace bitloom::cycle {

/// Travels with every read of a port; a memory may leave it alone. Cycles that the memory is late
/// with the first beat of each of the read's planes, after the beat before it.
struct PlaneWaits : tlm::tlm_extension<PlaneWaits> {
  int planes = 0;
  std::array<Cycles, graph::kMaxBits> cycles{};

  tlm::tlm_extension_base* clone() const override {
    return std::make_unique<PlaneWaits>(*this).release();
  }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const PlaneWaits&>(other);
  }
};

}  // namespace bitloom::cycle
