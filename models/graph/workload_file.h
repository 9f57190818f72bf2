#pragma once

#include <string>
#include <vector>

#include "models/graph/layer_table.h"

namespace bitloom {
class DocumentValue;
}

namespace bitloom::graph {

/// The layers of a YAML file: of ZigZag's workload where it is a list, of Timeloop's problem where
/// it has the key `problem`. A UserError names file, line and column.
std::vector<LayerRow> read_workload(const std::string& path);

/// ZigZag's workload (KULeuven-MICAS/zigzag, inputs/workload): a list of layers with
/// `operator_type`, `equation`, `loop_dims` and `loop_sizes` or the older `loop_dim_size`,
/// `dimension_relations`, `operand_precision`, `operand_source`, `pr_loop_dims`, `pr_loop_sizes`
/// and `padding`. A loop B is over images; an operand W from another layer is no weights. What
/// multiplies no two operands of some bits (additions, pooling) is no row.
std::vector<LayerRow> read_zigzag(const std::string& network, const DocumentValue& list);

/// Timeloop's problem (NVlabs/timeloop, problem-shapes): a `shape` with dimensions, coefficients
/// and projections of its data spaces, or the name `cnn-layer`, and the sizes in `instance` or
/// beside it. N is over images. H, W, Hpad and Wpad, where they are there, are held to the rest.
std::vector<LayerRow> read_timeloop(const std::string& network, const DocumentValue& problem);

}  // namespace bitloom::graph
