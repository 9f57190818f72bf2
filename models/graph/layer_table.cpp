#include "models/graph/layer_table.h"

#include <fmt/format.h>

#include "base/csv.h"
#include "models/graph/topology_table.h"

namespace bitloom::graph {
namespace {

constexpr std::int64_t kMostImages = 65536;

LayerKind kind_of(const CsvTable::Row& row) {
  const std::string& kind = row.text("kind");
  if (kind == "conv") return LayerKind::kConvolution;
  if (kind == "depthwise") return LayerKind::kDepthwise;
  if (kind == "fc") return LayerKind::kLinear;
  throw row.error("kind", unknown_name("kind", kind, {"conv", "depthwise", "fc"}).what());
}

/// What the kind of a layer says of its numbers.
void require_consistent(const CsvTable::Row& row, const LayerShape& layer) {
  const auto require = [&](bool holds, const char* column, const std::string& rule) {
    if (!holds) throw row.error(column, fmt::format("must be {}, got {}", rule, row.text(column)));
  };
  if (layer.kind == LayerKind::kLinear) {
    for (const char* column : {"K", "I", "O", "S"})
      require(row.text(column) == "1", column, "1 for an fc layer");
    require(!layer.reads_input, "im2col", "0 for an fc layer");
    return;
  }
  // Windows at the stride fill the input, and reach no further than a padding of K - 1.
  const std::int64_t room = layer.input.height - layer.kernel.height, stride = layer.stride.height;
  const std::int64_t least = room < 0 ? 1 : room / stride + 1;
  const std::int64_t most = (layer.input.height + layer.kernel.height - 2) / stride + 1;
  require(layer.output.height >= least, "O",
          fmt::format("at least {}, which I, K and S leave", least));
  require(layer.output.height <= most, "O",
          fmt::format("at most {}, which I, K and S leave", most));
  if (layer.kind == LayerKind::kDepthwise)
    require(layer.out_channels % layer.in_channels == 0, "OC",
            fmt::format("a multiple of IC ({}) for a depthwise layer", layer.in_channels));
}

LayerRow layer_of(const CsvTable::Row& row) {
  const auto side = [&](const char* column) {
    const std::int64_t length = row.integer(column, 1, kMostTablePixels);
    return Extent{length, length};
  };
  const auto bits = [&](const char* column) {
    return static_cast<int>(row.integer(column, kMinBits, kMaxBits));
  };
  const LayerKind kind = kind_of(row);
  const std::int64_t in_channels = row.integer("IC", 1, kMostTableChannels);
  LayerRow result{.network = row.text("network"),
                  .layer = {.name = row.text("layer"),
                            .kind = kind,
                            .in_channels = in_channels,
                            .out_channels = row.integer("OC", 1, kMostTableChannels),
                            .kernel = side("K"),
                            .stride = side("S"),
                            .input = side("I"),
                            .output = side("O"),
                            .groups = kind == LayerKind::kDepthwise ? in_channels : 1},
                  .precision = Precision{bits("wbits"), bits("abits")},
                  .batch = row.integer("batch", 1, kMostImages),
                  .line = row.line()};
  result.layer.reads_input = row.integer("im2col", 0, 1) == 1;
  if (result.layer.name.empty()) throw row.error("layer", "must name the layer");
  require_consistent(row, result.layer);
  return result;
}

}  // namespace

std::vector<LayerRow> read_layer_table(const std::string& path) {
  const CsvTable table = CsvTable::load(path);
  if (is_topology(table)) return read_topology(path, table);
  table.require_only_columns({"network", "layer", "kind", "K", "I", "O", "S", "IC", "OC", "batch",
                              "abits", "wbits", "im2col"});
  std::vector<LayerRow> layers;
  for (const CsvTable::Row& row : table.rows()) layers.push_back(layer_of(row));
  return layers;
}

}  // namespace bitloom::graph
