#pragma once

#include <string>
#include <vector>

#include "models/graph/layer_table.h"
#include "pipelines/choices.h"

/// Tables of layers (graph::read_layer_table()) in place of networks.
namespace bitloom::pipelines {

/// The rows of a choice that has a table.
std::vector<graph::LayerRow> rows_of(const NetworkChoice& choice);

/// The rows as a network, which is called as the file is. A UserError names a row whose layer's
/// name another has, or of another batch than the rows before it. Where some rows say bits, the
/// others have 8/8.
Network network_of(const std::string& file, const std::vector<graph::LayerRow>& rows);

/// The rows, which then say no batch.
std::vector<graph::LayerRow> of_any_batch(std::vector<graph::LayerRow> rows);

/// A UserError where the rows say another batch than `batch`, at which they would be priced.
void require_batch(const Network& network, std::int64_t batch);

/// The layers of a table, whatever bits it gives, each named with its place. A UserError names a
/// row of another batch than `batch`.
std::vector<graph::LayerShape> layers_of_table(const std::string& file, std::int64_t batch);

}  // namespace bitloom::pipelines
