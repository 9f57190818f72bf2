#include "models/graph/topology_table.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/csv.h"
#include "base/letter_case.h"
#include "base/text.h"

namespace bitloom::graph {
namespace {

using Columns = std::vector<std::string>;

const Columns& convolution_columns() {
  static const Columns columns{"Layer name",   "IFMAP Height", "IFMAP Width", "Filter Height",
                               "Filter Width", "Channels",     "Num Filter",  "Strides"};
  return columns;
}

const Columns& product_columns() {
  static const Columns columns{"Layer", "M", "N", "K"};
  return columns;
}

/// In lower case, as SCALE-Sim's files differ in it.
Columns in_lower_case(Columns columns) {
  for (std::string& column : columns) column = lower_case(column);
  if (columns.front() == "layer") columns.front() = "layer name";
  return columns;
}

/// What SCALE-Sim may have behind the last column: `2:4`, so many of so many weights are no zeros.
constexpr std::string_view kSparsity = "sparsity";

bool has_columns(const CsvTable& table, const Columns& columns) {
  Columns has = in_lower_case(table.columns());
  if (has.back() == kSparsity) has.pop_back();
  return has == in_lower_case(columns);
}

/// How many of the columns behind the first one the table has, in any order.
std::size_t common_columns(const CsvTable& table, const Columns& columns) {
  const Columns has = in_lower_case(table.columns()), wanted = in_lower_case(columns);
  if (has.front() != wanted.front()) return 0;
  return static_cast<std::size_t>(
      std::count_if(wanted.begin() + 1, wanted.end(), [&](const std::string& column) {
        return std::find(has.begin(), has.end(), column) != has.end();
      }));
}

/// What makes the table's columns differ from `columns`.
std::string difference(const CsvTable& table, const Columns& columns) {
  const Columns has = in_lower_case(table.columns()), wanted = in_lower_case(columns);
  for (std::size_t i = 0; i < has.size(); ++i) {
    if (i < wanted.size() && has[i] == wanted[i]) continue;
    if (has[i].empty())
      return fmt::format("column {} has no name: is there a comma too many?", i + 1);
    const std::string name = excerpt(table.columns()[i]);
    if (i >= wanted.size()) return fmt::format("column {}, '{}', is not known", i + 1, name);
    return fmt::format("column {} must be '{}', got '{}'", i + 1, columns[i], name);
  }
  return fmt::format("the column '{}' is missing", columns[has.size()]);
}

/// A row by the places of its columns.
class TopologyRow {
 public:
  TopologyRow(const CsvTable& table, const CsvTable::Row& row)
      : columns_(table.columns()), row_(row) {}

  std::string name() const {
    std::string name = row_.text(columns_.front());
    if (name.empty()) throw error(0, "must name the layer");
    return name;
  }
  std::int64_t side(std::size_t column) const {
    return row_.integer(columns_[column], 1, kMostTablePixels);
  }
  std::int64_t channels(std::size_t column) const {
    return row_.integer(columns_[column], 1, kMostTableChannels);
  }
  UserError error(std::size_t column, const std::string& complaint) const {
    return row_.error(columns_[column], complaint);
  }

 private:
  const Columns& columns_;
  const CsvTable::Row& row_;
};

/// Windows along a side; SCALE-Sim counts one that reaches over the end.
std::int64_t outputs(std::int64_t input, std::int64_t filter, std::int64_t stride) {
  return ceil_div(input - filter, stride) + 1;
}

LayerShape convolution_of(const TopologyRow& row) {
  const std::int64_t channels = row.channels(5), filters = row.channels(6), stride = row.side(7);
  LayerShape layer{.name = row.name(),
                   .in_channels = channels,
                   .out_channels = filters,
                   .kernel = {row.side(3), row.side(4)},
                   .stride = {stride, stride},
                   .input = {row.side(1), row.side(2)}};
  const auto require_within = [&](std::size_t column, std::int64_t filter, std::int64_t input) {
    if (filter > input)
      throw row.error(column,
                      fmt::format("must be at most {}, the input's, got {}", input, filter));
  };
  require_within(3, layer.kernel.height, layer.input.height);
  require_within(4, layer.kernel.width, layer.input.width);
  layer.output = {outputs(layer.input.height, layer.kernel.height, stride),
                  outputs(layer.input.width, layer.kernel.width, stride)};
  if (layer.name.find("DP") != std::string::npos) {
    if (channels * filters > kMostTableChannels)
      throw row.error(6, fmt::format("{} for each of {} channels are more than {}", filters,
                                     channels, kMostTableChannels));
    layer.kind = LayerKind::kDepthwise;
    layer.out_channels = channels * filters;
    layer.groups = channels;
  } else if (layer.input == Extent{1, 1}) {
    layer.kind = LayerKind::kLinear;
    layer.stride = {1, 1};
  }
  return layer;
}

LayerShape product_of(const TopologyRow& row) {
  const Extent pixels{row.channels(1), 1};
  return {.name = row.name(),
          .kind = pixels == Extent{1, 1} ? LayerKind::kLinear : LayerKind::kConvolution,
          .in_channels = row.channels(3),
          .out_channels = row.channels(2),
          .kernel = {1, 1},
          .stride = {1, 1},
          .input = pixels,
          .output = pixels};
}

}  // namespace

bool is_topology(const CsvTable& table) {
  return has_columns(table, convolution_columns()) || has_columns(table, product_columns());
}

void refuse_near_topology(const std::string& path, const CsvTable& table) {
  constexpr std::size_t kTelling = 2;
  for (const Columns& columns : {convolution_columns(), product_columns()})
    if (!table.has("kind") && common_columns(table, columns) >= kTelling)
      throw UserError(fmt::format("{}:1: looks like a topology of SCALE-Sim ({}): {}", path,
                                  fmt::join(columns, ", "), difference(table, columns)));
}

std::vector<LayerRow> read_topology(const std::string& path, const CsvTable& table) {
  const bool has_products = has_columns(table, product_columns());
  const std::string network = network_of_file(path);
  std::vector<LayerRow> layers;
  for (const CsvTable::Row& row : table.rows()) {
    const TopologyRow cells(table, row);
    LayerShape layer = has_products ? product_of(cells) : convolution_of(cells);
    layer.reads_input = layers.empty() && !has_products && layer.kind == LayerKind::kConvolution;
    layers.push_back({.network = network, .layer = std::move(layer), .line = row.line()});
  }
  return layers;
}

}  // namespace bitloom::graph
