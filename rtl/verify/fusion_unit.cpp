#include "rtl/verify/fusion_unit.h"

#include "Vfusion_unit.h"
#include "rtl/verify/verilated_fusion_unit.h"

namespace bitloom::verify {

std::unique_ptr<FusionUnit> make_fusion_unit() {
  return std::make_unique<VerilatedFusionUnit<Vfusion_unit>>();
}

}  // namespace bitloom::verify
