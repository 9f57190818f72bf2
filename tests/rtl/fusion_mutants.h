#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rtl/verify/fusion_unit.h"

namespace bitloom::verify {

/// A fusion unit with one fault, of the patch of that name.
struct FusionMutant {
  std::string name;
  std::unique_ptr<FusionUnit> (*make)();
};
const std::vector<FusionMutant>& fusion_mutants();

}  // namespace bitloom::verify
