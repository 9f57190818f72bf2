#pragma once

#include <string>
#include <vector>

#include "models/graph/layer_table.h"
#include "pipelines/choices.h"
#include "sim/simulator.h"

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

/// Rows of a table name no reader, so that their results are written at the most bits; a network's
/// layers write what their readers read. Warns where that costs time; whether it does.
bool warn_of_wide_results(const std::string& table, std::vector<sim::Job> jobs,
                          const hardware::Hardware& hardware, const Host& host);
/// The same of a choice of layers that is a table, each of whose rows has `bits`.
bool warn_of_wide_results(const NetworkChoice& choice, const std::vector<graph::LayerShape>& layers,
                          graph::Precision bits, const hardware::Hardware& hardware,
                          const Host& host);

}  // namespace bitloom::pipelines
