#include "pipelines/network_table.h"

#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"

namespace bitloom::pipelines {

std::vector<graph::LayerRow> rows_of(const NetworkChoice& choice) {
  const std::string& file = choice.table.value();
  return choice.table_text ? graph::parse_layer_table(file, *choice.table_text)
                           : graph::read_layer_table(file);
}

Network network_of(const std::string& file, const std::vector<graph::LayerRow>& rows) {
  Network network{.graph = graph::Graph(graph::network_of_file(file)), .layers = {}};
  std::map<std::string, std::size_t> lines;
  bool says_bits = false;
  for (const graph::LayerRow& row : rows) {
    const auto complaint = [&](const std::string& what) {
      return UserError(fmt::format("{}:{}: {}", file, row.line, what));
    };
    const auto [place, is_new] = lines.emplace(row.layer.name, row.line);
    if (!is_new)
      throw complaint(
          fmt::format("layer '{}' has the name of line {}'s; a name for each would be right",
                      shown_name(row.layer.name), place->second));
    if (row.batch && network.batch && row.batch != network.batch)
      throw complaint("has another batch than the rows before it; one for all would be right");
    network.layers.push_back(row.layer);
    network.places.push_back(fmt::format("{}:{}", file, row.line));
    if (row.batch) network.batch = row.batch;
    says_bits = says_bits || row.precision;
    network.bits.push_back(row.precision.value_or(graph::Precision{}));
  }
  if (!says_bits) network.bits.clear();
  return network;
}

std::vector<graph::LayerRow> of_any_batch(std::vector<graph::LayerRow> rows) {
  for (graph::LayerRow& row : rows) row.batch.reset();
  return rows;
}

void require_batch(const Network& network, std::int64_t batch) {
  if (network.batch.value_or(batch) != batch)
    throw UserError(
        fmt::format("{}: its rows say batch {}, and {} is priced; --batch {} would be "
                    "right",
                    network.graph.name(), *network.batch, batch, *network.batch));
}

std::vector<graph::LayerShape> layers_of_table(const std::string& file, std::int64_t batch) {
  std::vector<graph::LayerShape> layers;
  for (const graph::LayerRow& row : graph::read_layer_table(file)) {
    if (row.batch.value_or(batch) != batch)
      throw UserError(fmt::format("{}:{}: batch {} in a table that is priced for {} (--batch)",
                                  file, row.line, *row.batch, batch));
    layers.push_back(row.layer);
    layers.back().name = fmt::format("{}:{}: {}", file, row.line, row.layer.name);
  }
  return layers;
}

}  // namespace bitloom::pipelines
