// Layers go to other simulators' formats and come back.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/graph/graph.h"
#include "models/graph/layer_table.h"
#include "models/graph/workload_formats.h"
#include "models/graph/zoo/zoo.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using graph::LayerRow;
using graph::LayerShape;

const graph::WorkloadFormat& format_named(std::string_view name) {
  for (const graph::WorkloadFormat& each : graph::workload_formats())
    if (each.name == name) return each;
  throw std::logic_error("no such format");
}

std::vector<LayerShape> layers_of(std::string_view network) {
  return graph::layers_of(graph::make_network(std::string(network)));
}

/// What read_layer_table() makes of the files of a format.
std::vector<LayerRow> read_back(std::string_view format, const std::vector<LayerShape>& layers,
                                const graph::Policy& policy = {}) {
  const testing::TemporaryFolder folder;
  std::vector<LayerRow> rows;
  for (const graph::WorkloadText& file : format_named(format).write(layers, policy)) {
    const std::string name = !file.name.empty()     ? file.name
                             : format == "scalesim" ? "all.csv"
                                                    : "all.yaml";
    for (LayerRow& row : graph::read_layer_table(folder.write(name, file.text)))
      rows.push_back(std::move(row));
  }
  return rows;
}

bool says_all(const graph::WorkloadFormat& format, const std::vector<LayerShape>& layers) {
  try {
    format.write(layers, {});
  } catch (const UserError&) {
    return false;
  }
  return true;
}

TEST(WorkloadFormats, HoldTheLayersOfEveryNetwork) {
  int held = 0;
  for (const graph::ZooEntry& network : graph::zoo())
    for (const graph::WorkloadFormat& format : graph::workload_formats()) {
      const std::vector<LayerShape> layers = layers_of(network.name);
      if (format.name == "scalesim" && !says_all(format, layers)) continue;
      const std::vector<LayerRow> rows = read_back(format.name, layers);
      ASSERT_EQ(rows.size(), layers.size()) << network.name << " " << format.name;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const LayerShape &is = rows[i].layer, &was = layers[i];
        std::string name = was.name;
        if (format.is_folder) std::replace(name.begin(), name.end(), '/', '_');
        EXPECT_TRUE(is.name.starts_with(name)) << is.name;
        EXPECT_EQ(is.product(), was.product()) << network.name << " " << was.name;
        EXPECT_EQ(is.macs(), was.macs());
        EXPECT_EQ(is.kernel, was.kernel);
        EXPECT_EQ(is.output, was.output);
      }
      ++held;
    }
  EXPECT_GE(held, 50);
}

TEST(WorkloadFormats, OfZigzagHaveBitsAndInputs) {
  const std::vector<LayerShape> layers = layers_of("resnet18");
  const graph::Policy policy = graph::uniform_policy(layers.size(), {3, 5});
  const std::vector<LayerRow> rows = read_back("zigzag", layers, policy);
  ASSERT_EQ(rows.size(), layers.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].precision, policy[i]);
    EXPECT_EQ(rows[i].layer.input, layers[i].input);
    EXPECT_EQ(rows[i].layer.stride, layers[i].stride);
  }
  const std::string text = format_named("zigzag").write(layers, policy)[0].text;
  EXPECT_NE(text.find("O_final: 5}\n  operand_source: {W: 1, I: 0}\n"), std::string::npos);
  EXPECT_NE(text.find("O_final: 32}\n  operand_source: {W: 20, I: 19}\n"), std::string::npos);
}

TEST(WorkloadFormats, NameTheLayersThatTheyCannotSay) {
  const auto refused = [](std::string_view format, const LayerShape& layer) {
    return testing::complaint([&] { format_named(format).write({layer}, {}); });
  };
  LayerShape layer{.name = "a", .in_channels = 8, .out_channels = 8};
  layer.groups = 2;
  EXPECT_EQ(refused("scalesim", layer),
            "scalesim: cannot say layers 'a': it has depthwise layers, and no other groups");
  EXPECT_EQ(refused("zigzag", layer), "no complaint");
  layer.groups = 1;
  layer.stride = {1, 2};
  EXPECT_EQ(refused("scalesim", layer),
            "scalesim: cannot say layers 'a': it has one stride for both sides");
  layer.stride = {1, 1};
  layer.name = "aDPb";
  EXPECT_EQ(refused("scalesim", layer),
            "scalesim: cannot say layers 'aDPb': a name must have no comma, and DP in depthwise "
            "layers' alone");
  layer.second = graph::SecondOperand::kActivation;
  for (const char* format : {"scalesim", "zigzag", "timeloop"})
    EXPECT_EQ(refused(format, layer),
              std::string(format) +
                  ": cannot say layers 'aDPb': a product of two activations has no weights");
}

}  // namespace
}  // namespace bitloom
