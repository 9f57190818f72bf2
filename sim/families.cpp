#include "sim/families.h"

#include "sim/families/bismo/machine.h"
#include "sim/families/bitfusion/machine.h"
#include "sim/families/shift/machine.h"

namespace bitloom::sim {

std::span<const Family> families() {
  static constexpr Family kFamilies[] = {
      {"bismo", "an array of bit-serial dot-product units (BISMO)", hardware::blank_bismo},
      {"bitfusion", "a systolic array of units that compose bit-bricks (BitFusion)",
       hardware::blank_bitfusion},
      {"shift", "an array of shift-add units, for weights that are powers of two (STLQ)",
       hardware::blank_shift},
  };
  return kFamilies;
}

}  // namespace bitloom::sim
