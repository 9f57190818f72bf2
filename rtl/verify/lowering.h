#pragma once

#include "rtl/verify/bit_planes.h"
#include "rtl/verify/workload.h"
#include "sim/kit/gemm.h"

namespace bitloom::verify {

/// The operands of one matrix product of a layer.
struct GemmOperands {
  BitPlanes activations;  // a row per output pixel
  BitPlanes weights;      // a row per output column
};

/// Throws a UserError where the core cannot compute the workload: bipolar weights that share a word
/// between images have no zero to keep them apart.
void refuse_unsupported(const Workload& workload);

/// Product `index` of mapping::lower(workload.layer, workload.batch): convolutions in the order
/// image, group.
GemmOperands gemm_operands(const Workload& workload, const mapping::Gemm& gemm, std::int64_t index);

/// Where element (pixel, column) of product `index` lies in reference_outputs().
std::int64_t output_index(const Workload& workload, std::int64_t index, std::int64_t pixel,
                          std::int64_t column);

/// An element of reference_outputs().
struct OutputPlace {
  std::int64_t image = 0;
  std::int64_t channel = 0;
  std::int64_t row = 0;
  std::int64_t column = 0;
};

/// What lies at `index` in reference_outputs().
OutputPlace output_place(const graph::LayerShape& layer, std::int64_t index);

}  // namespace bitloom::verify
