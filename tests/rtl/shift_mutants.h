#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rtl/verify/shift_column.h"

namespace bitloom::verify {

/// A column of shift units with one fault, of the patch of that name.
struct ShiftMutant {
  std::string name;
  std::unique_ptr<ShiftColumn> (*make)();
};
const std::vector<ShiftMutant>& shift_mutants();

}  // namespace bitloom::verify
