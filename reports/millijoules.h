#pragma once

#include "base/quantity.h"

namespace bitloom::reports {

/// Energies are told in mJ.
inline double millijoules(Picojoules energy) {
  constexpr double kPicojoulesPerMillijoule = 1e9;
  return energy.count() / kPicojoulesPerMillijoule;
}

}  // namespace bitloom::reports
