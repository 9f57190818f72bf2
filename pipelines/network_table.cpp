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

namespace {

double cycles_of_all(const std::vector<sim::Job>& jobs, const hardware::Hardware& hardware) {
  double cycles = 0;
  for (const sim::PairPrice& price : sim::prices_of(jobs, hardware))
    if (price.runs()) cycles += static_cast<double>(price.cost.timing.total.count());
  return cycles;
}

/// `where`: what comes before the share.
bool warn_of_wider(const std::string& table, const std::string& where, std::vector<sim::Job> jobs,
                   const hardware::Hardware& hardware, const Host& host) {
  if (!host.warning) return false;
  const double wide = cycles_of_all(jobs, hardware);
  for (sim::Job& job : jobs) job.neighbors.output_bits = job.precision.activation_bits;
  const double narrow = cycles_of_all(jobs, hardware);
  if (narrow <= 0 || wide <= narrow) return false;
  host.warning(fmt::format(
      "{}: rows do not say who reads them, so results are written with {} bits: {}{:.2g} "
      "% more cycles than if each row's were written with its own activation bits, as "
      "a network's are with those of their readers",
      table, graph::kMaxBits, where, 100 * (wide / narrow - 1)));
  return true;
}

}  // namespace

bool warn_of_wide_results(const std::string& table, std::vector<sim::Job> jobs,
                          const hardware::Hardware& hardware, const Host& host) {
  return warn_of_wider(table, "", std::move(jobs), hardware, host);
}

bool warn_of_wide_results(const NetworkChoice& choice, const std::vector<graph::LayerShape>& layers,
                          graph::Precision bits, const hardware::Hardware& hardware,
                          const Host& host) {
  if (!choice.table) return false;
  return warn_of_wider(
      *choice.table, fmt::format("at {} ", graph::to_text(bits)),
      sim::lone_jobs_of(layers, graph::Policy(layers.size(), bits), hardware.batch()), hardware,
      host);
}

}  // namespace bitloom::pipelines
