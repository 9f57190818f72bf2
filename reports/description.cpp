#include "reports/description.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/scaled_units.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

using graph::LayerShape;

struct NetworkTotals {
  Macs macs;
  BitOps bops;
  std::int64_t weights = 0;
  Bits weight_size;
};

NetworkTotals totals_of(const NetworkDescription& network) {
  NetworkTotals totals;
  for (const auto& [layer, bits] : network.layers) {
    totals.macs += layer.macs();
    totals.bops += graph::bops(layer, bits);
    totals.weights += layer.stored_weights();
    totals.weight_size += Bits(layer.stored_weights() * bits.weight_bits);
  }
  return totals;
}

/// `0.269 MB`, `24.112 kB`, `4 B`.
std::string size_text(Bits size) {
  const double megabytes = static_cast<double>(size.count()) / 8e6;
  const ScaledUnit unit = bytes_unit(megabytes);
  return std::string_view(unit.name) == "B"
             ? fmt::format("{} B", bytes_holding(size).count())
             : fmt::format("{:.3f} {}", megabytes / unit.size, unit.name);
}
double millions(std::int64_t count) { return static_cast<double>(count) * 1e-6; }

std::string image_text(std::int64_t channels, graph::Extent extent) {
  return graph::to_text({channels, extent.height, extent.width});
}

/// Channels x height x width; features, or rows x features where a linear layer has several.
std::string values_text(const LayerShape& layer, std::int64_t channels, graph::Extent extent) {
  if (layer.kind != graph::LayerKind::kLinear) return image_text(channels, extent);
  const std::int64_t rows = extent.height * extent.width;
  return rows == 1 ? fmt::format("{}", channels) : graph::to_text(graph::Shape{rows, channels});
}

std::string window_text(const LayerShape& layer) {
  if (layer.kind == graph::LayerKind::kLinear) return "";
  std::string text = fmt::format("{}x{}", layer.kernel.height, layer.kernel.width);
  const auto [down, across] = layer.stride;
  if (down != across) return text + fmt::format("/{}x{}", down, across);
  return down > 1 ? text + fmt::format("/{}", down) : text;
}

/// `beside the array: 4 Add, 20 Relu`; nothing where there are none.
std::string counts_text(const char* what, const std::map<std::string, int>& counts,
                        std::size_t max_width) {
  if (counts.empty()) return "";
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) parts.push_back(fmt::format("{} {}", count, name));
  return wrapped(fmt::format("{}: {}", what, fmt::join(parts, ", ")), max_width, "  ");
}

std::vector<std::string> cells_of(const Listed& row) {
  std::vector<std::string> cells{row.name};
  cells.insert(cells.end(), row.facts.begin(), row.facts.end());
  return cells;
}

/// Columns that the last cell of a row may take beside the others.
std::size_t room_for_last_cell(const std::vector<std::string>& headers,
                               const std::vector<Listed>& rows, std::size_t max_width) {
  constexpr std::size_t kLeast = 20;
  std::size_t others = 0;
  for (std::size_t c = 0; c + 1 < headers.size(); ++c) {
    std::size_t width = width_of(headers[c]);
    for (const Listed& row : rows) width = std::max(width, width_of(cells_of(row)[c]));
    others += width + 1;
  }
  return std::max(kLeast, max_width - std::min(max_width, others));
}

}  // namespace

std::string network_text(const NetworkDescription& network, std::size_t max_width) {
  TextTable table({{"layer", Align::kLeft},
                   {"kind", Align::kLeft},
                   {"input"},
                   {"output"},
                   {"window"},
                   {"groups"},
                   {"M MACs"},
                   {"weights"},
                   {"W/A"}});
  for (const auto& [layer, bits] : network.layers) {
    table.add_row({layer.name, std::string(graph::to_text(layer.kind)),
                   values_text(layer, layer.in_channels, layer.input),
                   values_text(layer, layer.out_channels, layer.output), window_text(layer),
                   fmt::format("{}", layer.groups),
                   fmt::format("{:.3f}", millions(layer.macs().count())),
                   fmt::format("{}", layer.weights()), graph::to_text(bits)});
  }
  const NetworkTotals totals = totals_of(network);
  const std::string beside = counts_text("beside the array", network.beside, max_width) +
                             counts_text("not understood", network.unknown, max_width);
  std::string title = fmt::format("{}: {}", network.name, network.about);
  if (!network.input.empty()) title += "; input " + graph::to_text(network.input);
  return wrapped(title, max_width, "") + "\n" + table.text(max_width) +
         fmt::format(
             "\n{} layer{} with bits, {} an image, {} (MACs x W x A)\n"
             "{} parameters, {} of them weights:\n"
             "{} at these bits, {} at 32 (1 MB is 1e6 bytes)\n",
             network.layers.size(), network.layers.size() == 1 ? "" : "s",
             macs_text(millions(totals.macs.count())),
             bops_text(millions(totals.bops.count()) * 1e-3), network.parameters, totals.weights,
             size_text(totals.weight_size), size_text(Bits(totals.weights * 32))) +
         beside;
}

std::string network_json(const NetworkDescription& network) {
  using Json = nlohmann::ordered_json;
  Json layers = Json::array();
  for (const auto& [layer, bits] : network.layers) {
    layers.push_back({{"name", layer.name},
                      {"kind", graph::to_text(layer.kind)},
                      {"in_channels", layer.in_channels},
                      {"out_channels", layer.out_channels},
                      {"kernel", {layer.kernel.height, layer.kernel.width}},
                      {"stride", {layer.stride.height, layer.stride.width}},
                      {"input", {layer.input.height, layer.input.width}},
                      {"output", {layer.output.height, layer.output.width}},
                      {"groups", layer.groups},
                      {"weight_bits", bits.weight_bits},
                      {"activation_bits", bits.activation_bits},
                      {"macs", layer.macs().count()},
                      {"weights", layer.weights()},
                      {"bops", graph::bops(layer, bits).count()}});
  }
  const NetworkTotals totals = totals_of(network);
  Json document{{"schema", 1},
                {"network", network.name},
                {"input", network.input.empty() ? Json() : Json(network.input)},
                {"macs", totals.macs.count()},
                {"bops", totals.bops.count()},
                {"parameters", network.parameters},
                {"weights", totals.weights},
                {"weight_bytes", bytes_holding(totals.weight_size).count()},
                {"layers", layers}};
  if (!network.beside.empty()) document["beside"] = network.beside;
  if (!network.unknown.empty()) document["not_understood"] = network.unknown;
  return bitloom::json_text(document, 2) + "\n";
}

std::string list_text(const std::vector<std::string>& headers, const std::vector<Listed>& rows,
                      std::size_t max_width) {
  std::vector<Column> columns;
  for (const std::string& header : headers)
    columns.push_back(
        {header, columns.empty() || &header == &headers.back() ? Align::kLeft : Align::kRight});
  TextTable table(std::move(columns), Narrow::kWhole);
  const std::size_t room = room_for_last_cell(headers, rows, max_width);
  for (const Listed& row : rows) {
    std::vector<std::string> cells = cells_of(row);
    std::istringstream lines(wrapped(cells.back(), room, ""));
    while (std::getline(lines, cells.back())) {
      table.add_row(cells);
      cells.assign(cells.size(), "");
    }
  }
  return table.text(max_width);
}

}  // namespace bitloom::reports
