#pragma once

#include <memory>
#include <span>

#include "rtl/verify/core.h"

namespace bitloom::verify {

/// A core that was Verilated with the program.
struct LinkedCore {
  CoreParameters parameters;
  std::unique_ptr<Core> (*make)(const CoreParameters&);
};

/// The arrays that bitloom ships with.
std::span<const LinkedCore> shipped_cores();

}  // namespace bitloom::verify
