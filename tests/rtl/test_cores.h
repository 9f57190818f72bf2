#pragma once

#include <memory>
#include <ostream>
#include <span>

#include "rtl/verify/linked_cores.h"

namespace bitloom::verify {

/// Small arrays, Verilated for the tests: full-width result ports first, then narrow ones.
std::span<const LinkedCore> test_cores();

/// Small arrays of scaled planes, the one for mutations first.
std::span<const LinkedCore> scaled_cores();

/// How GoogleTest prints a core.
inline void PrintTo(const LinkedCore& core, std::ostream* out) {
  const CoreParameters& p = core.parameters;
  *out << p.dm << "x" << p.dk << "x" << p.dn << " with a result port of " << p.result_port_bits;
}

}  // namespace bitloom::verify
