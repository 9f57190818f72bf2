#pragma once

#include <string>

#include "base/csv.h"
#include "models/graph/layer_shape.h"
#include "models/graph/precision.h"

/// What rows of the published tables in `tests/golden` are of.
namespace bitloom::reproduction {

/// Of `bitfusion_part.csv`: `bf_16x32_bw192` is configuration `bitfusion-16x32-bw192`; ports of
/// 4096 bits go unnamed.
std::string machine_of_sweep(std::string config);
graph::LayerShape layer_of_sweep(const CsvTable::Row& row);
graph::Precision bits_of_sweep(const CsvTable::Row& row);

/// Of `apq_bitfusion_part.csv`: `(in, out, size, kernel, stride, padding, groups)-W{w}A{a}`.
graph::LayerShape layer_of_apq(const CsvTable::Row& row);
graph::Precision bits_of_apq(const CsvTable::Row& row);

}  // namespace bitloom::reproduction
