#include "pipelines/reproduction/golden_layers.h"

#include <algorithm>

#include <fmt/format.h>

namespace bitloom::reproduction {
namespace {

constexpr std::int64_t kMostInARow = std::int64_t{1} << 60;

}  // namespace

std::string machine_of_sweep(std::string config) {
  config = "bitfusion-" + config.substr(3);
  if (config.ends_with("_bw4096")) config.resize(config.size() - 7);
  std::replace(config.begin(), config.end(), '_', '-');
  return config;
}

graph::LayerShape layer_of_sweep(const CsvTable::Row& row) {
  const auto number = [&](const char* column) { return row.integer(column, 0, kMostInARow); };
  const auto side = [&](const char* column) {
    return graph::Extent{number(column), number(column)};
  };
  const bool is_linear = row.text("kind") == "fc";
  graph::LayerShape layer{
      .name = row.text("layer"),
      .kind = is_linear ? graph::LayerKind::kLinear : graph::LayerKind::kConvolution,
      .in_channels = number("IC"),
      .out_channels = number("OC"),
      .kernel = side("K"),
      .stride = side("S"),
      .input = side("I"),
      .output = side("O")};
  layer.reads_input = number("im2col") == 1;
  return layer;
}

graph::Precision bits_of_sweep(const CsvTable::Row& row) {
  return {static_cast<int>(row.integer("wbits", 1, 16)),
          static_cast<int>(row.integer("abits", 1, 16))};
}

graph::LayerShape layer_of_apq(const CsvTable::Row& row) {
  constexpr std::int64_t kLargest = 1 << 20;
  const auto number = [&](const char* column) { return row.integer(column, 0, kLargest); };
  const std::int64_t kernel = number("kernel"), stride = number("stride"), size = number("size");
  const std::int64_t output = (size + 2 * number("padding") - kernel) / stride + 1;
  const bool is_depthwise = number("groups") > 1;
  return {.name = fmt::format("{} -> {}", number("in_channels"), number("out_channels")),
          .kind = is_depthwise ? graph::LayerKind::kDepthwise : graph::LayerKind::kConvolution,
          .in_channels = number("in_channels"),
          .out_channels = number("out_channels"),
          .kernel = {kernel, kernel},
          .stride = {stride, stride},
          .input = {size, size},
          .output = {output, output},
          .groups = number("groups")};
}

graph::Precision bits_of_apq(const CsvTable::Row& row) {
  return {static_cast<int>(row.integer("weight_bits", 1, 8)),
          static_cast<int>(row.integer("activation_bits", 1, 8))};
}

}  // namespace bitloom::reproduction
