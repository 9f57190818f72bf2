#include "models/graph/layer_table.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/csv.h"
#include "base/letter_case.h"
#include "base/numbers.h"
#include "base/text.h"
#include "models/graph/topology_table.h"
#include "models/graph/window.h"
#include "models/graph/workload_file.h"

namespace bitloom::graph {
namespace {

const std::vector<std::string> kColumns{"layer", "kind", "K", "I", "S", "IC", "OC"};
const std::vector<std::string> kOtherColumns{"network", "O",     "P",     "groups",
                                             "batch",   "abits", "wbits", "im2col"};

/// A row whose columns may be left out, or empty.
class LayerCells {
 public:
  LayerCells(const CsvTable& table, const CsvTable::Row& row) : table_(table), row_(row) {}

  bool has(std::string_view column) const {
    return table_.has(column) && !row_.text(column).empty();
  }
  std::int64_t integer(std::string_view column, std::int64_t min, std::int64_t max) const {
    return row_.integer(column, min, max);
  }
  std::int64_t integer_or(std::string_view column, std::int64_t min, std::int64_t max,
                          std::int64_t otherwise) const {
    return has(column) ? row_.integer(column, min, max) : otherwise;
  }
  /// `3`, or `3x5`: height and width.
  Extent extent(std::string_view column) const {
    const std::vector<std::int64_t> sides = numbers(column, 1, 2);
    return {sides.front(), sides.back()};
  }
  /// `1`, or `1x2` above and below, left and right; or `0x0x1x1`: top, left, bottom, right.
  Padding padding() const {
    const std::vector<std::int64_t> sides = numbers("P", 0, 4);
    if (sides.size() == 4) return {sides[0], sides[1], sides[2], sides[3]};
    return {sides.front(), sides.back(), sides.front(), sides.back()};
  }
  const std::string& text(std::string_view column) const { return row_.text(column); }
  UserError error(std::string_view column, const std::string& complaint) const {
    return row_.error(column, complaint);
  }

 private:
  /// One number, two, or `most` of them, with an x between each two.
  std::vector<std::int64_t> numbers(std::string_view column, std::int64_t min,
                                    std::size_t most) const {
    std::string_view rest = row_.text(column);
    if (rest.find_first_of("xX*") == std::string_view::npos)
      return {row_.integer(column, min, kMostTablePixels)};
    std::vector<std::int64_t> found;
    while (true) {
      const std::size_t end = std::min(rest.find('x'), rest.size());
      const auto number = parse_integer(rest.substr(0, end), min, kMostTablePixels);
      if (!number) break;
      found.push_back(*number);
      if (end == rest.size() && (found.size() == 2 || found.size() == most)) return found;
      if (end == rest.size()) break;
      rest.remove_prefix(end + 1);
    }
    throw row_.error(column, fmt::format("must be N, HxW{}, whole numbers in [{}, {}], got '{}'",
                                         most == 4 ? " or TOPxLEFTxBOTTOMxRIGHT" : "", min,
                                         kMostTablePixels, excerpt(row_.text(column))));
  }

  const CsvTable& table_;
  const CsvTable::Row& row_;
};

LayerKind kind_of(const LayerCells& row) {
  const std::string kind = lower_case(row.text("kind"));
  if (kind == "conv") return LayerKind::kConvolution;
  if (kind == "depthwise") return LayerKind::kDepthwise;
  if (kind == "fc") return LayerKind::kLinear;
  throw row.error("kind",
                  unknown_name("kind", row.text("kind"), {"conv", "depthwise", "fc"}).what());
}

/// One side of a layer: height or width.
struct Side {
  const char* name;  // empty where both are alike
  std::int64_t input, kernel, stride;
};

Side height_of(const LayerShape& layer, bool is_square) {
  return {is_square ? "" : "height ", layer.input.height, layer.kernel.height, layer.stride.height};
}

Side width_of(const LayerShape& layer, bool is_square) {
  return {is_square ? "" : "width ", layer.input.width, layer.kernel.width, layer.stride.width};
}

/// Windows at the stride fill the input, and reach no further than a padding of K - 1.
void require_within_input(const LayerCells& row, const Side& side, std::int64_t output) {
  const std::int64_t room = side.input - side.kernel;
  const std::int64_t least = room < 0 ? 1 : room / side.stride + 1;
  const std::int64_t most = (side.input + side.kernel - 2) / side.stride + 1;
  const auto complaint = [&](const char* bound, std::int64_t value) {
    return row.error("O", fmt::format("{}must be at {} {}, which I, K and S leave, got {}",
                                      side.name, bound, value, output));
  };
  if (output < least) throw complaint("least", least);
  if (output > most) throw complaint("most", most);
}

/// The outputs of one side of the input with its padding.
std::int64_t outputs_of(const LayerCells& row, const Side& side, std::int64_t padding) {
  const auto& [name, input, kernel, stride] = side;
  if (kernel > input + padding)
    throw row.error("K", fmt::format("{}must be at most {}, the input with its padding, got {}",
                                     name, input + padding, kernel));
  return (input + padding - kernel) / stride + 1;
}

/// What O says, or what P gives; where both are there, they agree.
Extent output_of(const LayerCells& row, const LayerShape& layer) {
  const bool has_output = row.has("O");
  if (!has_output && !row.has("P"))
    throw row.error("O", "must be given, or the padding P that leads to it");
  const Extent said = has_output ? row.extent("O") : Extent{};
  const bool is_square = layer.input.height == layer.input.width &&
                         layer.kernel.height == layer.kernel.width &&
                         layer.stride.height == layer.stride.width && said.height == said.width;
  const Side height = height_of(layer, is_square), width = width_of(layer, is_square);
  if (!row.has("P")) {
    require_within_input(row, height, said.height);
    require_within_input(row, width, said.width);
    return said;
  }
  const Padding padding = row.padding();
  const Extent given{outputs_of(row, height, padding.top + padding.bottom),
                     outputs_of(row, width, padding.left + padding.right)};
  if (has_output && said != given)
    throw row.error("O", fmt::format("must be {}x{}, which I, K, S and P give, got {}",
                                     given.height, given.width, row.text("O")));
  return given;
}

void require_linear(const LayerCells& row, const LayerShape& layer) {
  const auto require_one = [&](const char* column, bool is_one) {
    if (!is_one)
      throw row.error(column, fmt::format("must be 1 for an fc layer, got {}", row.text(column)));
  };
  for (const char* column : {"K", "I", "O", "S"})
    require_one(column, !row.has(column) || row.extent(column) == Extent{1, 1});
  require_one("groups", row.integer_or("groups", 1, kMostTableChannels, 1) == 1);
  if (row.has("P") && row.padding() != Padding{})
    throw row.error("P", fmt::format("must be 0 for an fc layer, got {}", row.text("P")));
  if (layer.reads_input)
    throw row.error("im2col", fmt::format("must be 0 for an fc layer, got {}", row.text("im2col")));
}

std::int64_t groups_of(const LayerCells& row, const LayerShape& layer) {
  const std::int64_t in = layer.in_channels, out = layer.out_channels;
  const bool is_depthwise = layer.kind == LayerKind::kDepthwise;
  const std::int64_t groups =
      row.integer_or("groups", 1, kMostTableChannels, is_depthwise ? in : 1);
  if (is_depthwise && groups != in)
    throw row.error("groups",
                    fmt::format("must be {}, the IC of a depthwise layer, got {}", in, groups));
  if (is_depthwise && out % in != 0)
    throw row.error(
        "OC", fmt::format("must be a multiple of IC ({}) for a depthwise layer, got {}", in, out));
  if (in % groups != 0 || out % groups != 0)
    throw row.error("groups",
                    fmt::format("must divide IC ({}) and OC ({}), got {}", in, out, groups));
  return groups;
}

LayerShape shape_of(const LayerCells& row) {
  LayerShape layer{.name = row.text("layer"),
                   .kind = kind_of(row),
                   .in_channels = row.integer("IC", 1, kMostTableChannels),
                   .out_channels = row.integer("OC", 1, kMostTableChannels),
                   .kernel = row.extent("K"),
                   .stride = row.extent("S"),
                   .input = row.extent("I"),
                   .reads_input = row.integer_or("im2col", 0, 1, 0) == 1};
  if (layer.name.empty()) throw row.error("layer", "must name the layer");
  if (layer.kind == LayerKind::kLinear) {
    require_linear(row, layer);
    return layer;
  }
  layer.output = output_of(row, layer);
  layer.groups = groups_of(row, layer);
  if (layer.groups > 1 && layer.groups == layer.in_channels) layer.kind = LayerKind::kDepthwise;
  return layer;
}

std::optional<Precision> precision_of(const LayerCells& row) {
  const bool has_weights = row.has("wbits"), has_activations = row.has("abits");
  if (has_weights != has_activations)
    throw row.error(has_weights ? "abits" : "wbits",
                    fmt::format("must be given beside {}", has_weights ? "wbits" : "abits"));
  if (!has_weights) return std::nullopt;
  return Precision{static_cast<int>(row.integer("wbits", kMinBits, kMaxBits)),
                   static_cast<int>(row.integer("abits", kMinBits, kMaxBits))};
}

std::vector<LayerRow> read_rows(const std::string& path, const CsvTable& table) {
  table.require_only_columns(kColumns, kOtherColumns);
  const std::string network = network_of_file(path);
  std::vector<LayerRow> layers;
  for (const CsvTable::Row& row : table.rows()) {
    const LayerCells cells(table, row);
    layers.push_back({.network = cells.has("network") ? row.text("network") : network,
                      .layer = shape_of(cells),
                      .precision = precision_of(cells),
                      .line = row.line()});
    if (cells.has("batch")) layers.back().batch = row.integer("batch", 1, kMostTableImages);
  }
  return layers;
}

std::vector<LayerRow> rows_of(const std::string& path, CsvTable table) {
  if (is_topology(table)) return read_topology(path, table);
  table.name_columns(kColumns);
  table.name_columns(kOtherColumns);
  refuse_near_topology(path, table);
  return read_rows(path, table);
}

}  // namespace

std::string network_of_file(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

std::vector<LayerRow> read_layer_table(const std::string& path) {
  const std::string ending = lower_case(std::filesystem::path(path).extension().string());
  if (ending == ".yaml" || ending == ".yml") return read_workload(path);
  return rows_of(path, CsvTable::load(path));
}

std::vector<LayerRow> parse_layer_table(const std::string& path, std::string_view text) {
  return rows_of(path, CsvTable::parse(path, text));
}

}  // namespace bitloom::graph
