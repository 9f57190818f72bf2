#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "models/graph/layer_shape.h"
#include "models/graph/policy.h"
#include "models/graph/zoo/zoo.h"

namespace bitloom::graph {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> read_golden(const std::string& file, const std::string& header) {
  std::ifstream stream(std::string(BITLOOM_SOURCE_DIR) + "/tests/golden/" + file);
  std::string line;
  std::getline(stream, line);
  EXPECT_EQ(line, header) << file;
  std::vector<Row> rows;
  while (std::getline(stream, line)) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  EXPECT_FALSE(rows.empty()) << file;
  return rows;
}

TEST(ZooLayers, ResNet50HasHaqsLayersInHaqsOrder) {
  const auto rows = read_golden("resnet50_layers.csv", "layer,weights,policy_bits");
  const std::vector<LayerShape> layers = layers_of(make_network("resnet50"));
  ASSERT_EQ(layers.size(), rows.size());
  std::int64_t bits = 0, float_bits = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(layers[i].name, rows[i][0]);
    EXPECT_EQ(layers[i].weights(), std::stoll(rows[i][1])) << rows[i][0];
    bits += layers[i].weights() * std::stoll(rows[i][2]);
    float_bits += layers[i].weights() * 32;
  }
  EXPECT_EQ(fmt::format("{:.3f}", static_cast<double>(bits) / static_cast<double>(float_bits)),
            "0.100");  // the README's policy for a tenth of the size
}

TEST(ZooLayers, MobileNetsHaveAdaBitsBitOps) {
  const auto rows = read_golden("adabits_bitops.csv", "network,bits,giga_bitops");
  EXPECT_EQ(rows.size(), 8u);
  for (const Row& row : rows) {
    const std::vector<LayerShape> layers = layers_of(make_network(row[0]));
    const int bits = std::stoi(row[1]);
    Policy policy = uniform_policy(layers.size(), {bits, bits});
    set_edge_layers(policy, layers, {8, 8});
    BitOps total;
    for (std::size_t i = 0; i < layers.size(); ++i) total += bops(layers[i], policy[i]);
    EXPECT_EQ(fmt::format("{:.2f}", static_cast<double>(total.count()) / 1e9), row[2])
        << row[0] << " at " << bits << " bits";
  }
}

TEST(ZooLayers, VariantsOfVggAndGoogLeNetHaveTheLayersOfHwgq) {
  const auto rows = read_golden("hwgq_layers.csv",
                                "network,layer,in_channels,out_channels,kernel,stride,output_rows");
  std::map<std::string, std::vector<Row>> networks;
  for (const Row& row : rows) networks[row[0]].push_back(row);
  EXPECT_EQ(networks.size(), 3u);
  for (const auto& [network, expected] : networks) {
    const std::vector<LayerShape> layers = layers_of(make_network(network));
    ASSERT_EQ(layers.size(), expected.size()) << network;
    for (std::size_t i = 0; i < layers.size(); ++i)
      EXPECT_EQ(fmt::format("{},{},{},{},{},{},{}", network, layers[i].name, layers[i].in_channels,
                            layers[i].out_channels, layers[i].kernel.height,
                            layers[i].stride.height, layers[i].output.height),
                fmt::format("{}", fmt::join(expected[i], ",")));
  }
}

TEST(ZooLayers, NamesAreUniqueInEveryNetwork) {
  for (const ZooEntry& entry : zoo()) {
    std::set<std::string> names;
    const Graph graph = make_network(entry.name);
    EXPECT_EQ(graph.name(), entry.name);
    for (const LayerShape& layer : layers_of(graph))
      EXPECT_TRUE(names.insert(layer.name).second) << entry.name << ": " << layer.name;
  }
}

TEST(ZooLayers, AreReadByTheLayersThatTheirResultsReach) {
  std::map<std::string, std::vector<std::string>> readers;
  for (const LayerShape& layer : layers_of(make_network("resnet18")))
    readers[layer.name] = layer.read_by;
  using Names = std::vector<std::string>;
  EXPECT_EQ(readers["layer1.0.conv1"], Names{"layer1.0.conv2"});
  // Over the addition, and past the shortcut of the block after.
  EXPECT_EQ(readers["layer2.0.conv2"],
            (Names{"layer2.1.conv1", "layer3.0.conv1", "layer3.0.downsample.0"}));
  EXPECT_EQ(readers["layer4.1.conv2"], Names{"fc"});
  EXPECT_EQ(readers["fc"], Names{});
}

TEST(ZooLayers, NamesAreThoseOfTheWeights) {
  const std::vector<std::pair<const char*, const char*>> samples{
      {"resnet34", "layer4.2.conv2"},
      {"resnet56", "layer3.8.conv2"},
      {"alexnet", "classifier.6"},
      {"squeezenet_v1.1", "features.12.expand3x3"},
      {"densenet121", "features.denseblock4.denselayer16.conv2"},
      {"inception_v3", "Mixed_7c.branch3x3dbl_3b.conv"},
      {"squeezenext_2.0", "features.stage4.unit1.identity_conv.conv"},
      {"retinanet_r50_torchvision", "backbone.fpn.inner_blocks.2.0"}};
  for (const auto& [network, layer] : samples) {
    const std::vector<LayerShape> layers = layers_of(make_network(network));
    EXPECT_TRUE(std::any_of(layers.begin(), layers.end(),
                            [name = layer](const LayerShape& l) { return l.name == name; }))
        << network << ": " << layer;
  }
}

std::vector<std::string> names_within(const char* network, const std::string& part) {
  std::vector<std::string> names;
  for (const LayerShape& layer : layers_of(make_network(network)))
    if (layer.name.starts_with(part)) names.push_back(layer.name.substr(part.size()));
  return names;
}

std::vector<std::string> layers_with_signed_activations(const char* network) {
  std::vector<std::string> names;
  for (const LayerShape& layer : layers_of(make_network(network)))
    if (layer.signed_activations) names.push_back(layer.name);
  return names;
}

TEST(ZooLayers, TakeSignedActivationsWhereNoReluComesBefore) {
  EXPECT_EQ(layers_with_signed_activations("resnet20"), std::vector<std::string>{"conv1"});
  EXPECT_EQ(layers_with_signed_activations("densenet121"),
            std::vector<std::string>{"features.conv0"});
  // After the image: the expansions that read a linear bottleneck, and the last convolution.
  const std::vector<std::string> names = layers_with_signed_activations("mobilenet_v2");
  ASSERT_EQ(names.size(), 1u + 16u + 1u);
  EXPECT_EQ(names[0], "features.0.0");
  EXPECT_EQ(names[1], "features.2.conv.0.0");
  EXPECT_EQ(names[17], "features.18.0");
}

// torchvision/models/inception.py, InceptionE, and ops/feature_pyramid_network.py: forward().
TEST(ZooLayers, ParallelPathsStandInTorchvisionsOrder) {
  EXPECT_EQ(names_within("inception_v3", "Mixed_7b."),
            (std::vector<std::string>{"branch1x1.conv", "branch3x3_1.conv", "branch3x3_2a.conv",
                                      "branch3x3_2b.conv", "branch3x3dbl_1.conv",
                                      "branch3x3dbl_2.conv", "branch3x3dbl_3a.conv",
                                      "branch3x3dbl_3b.conv", "branch_pool.conv"}));
  EXPECT_EQ(names_within("retinanet_r50", "backbone.fpn."),
            (std::vector<std::string>{"inner_blocks.2.0", "layer_blocks.2.0", "inner_blocks.1.0",
                                      "layer_blocks.1.0", "inner_blocks.0.0", "layer_blocks.0.0",
                                      "extra_blocks.p6", "extra_blocks.p7"}));
}

TEST(ZooLayers, RetinaNetsHeadsArePricedOnEveryLevelAndStoredOnce) {
  std::vector<LayerShape> logits;
  for (const LayerShape& layer : layers_of(make_network("retinanet_r50")))
    if (layer.name.starts_with("head.classification_head.cls_logits")) logits.push_back(layer);
  ASSERT_EQ(logits.size(), 5u);
  EXPECT_EQ(logits[0].weights_of, "");
  const std::int64_t rows[]{100, 50, 25, 13, 7};
  for (std::size_t level = 0; level < 5; ++level) {
    EXPECT_EQ(logits[level].output, (Extent{rows[level], rows[level]}));
    if (level > 0) {
      EXPECT_EQ(logits[level].name, fmt::format("{}.p{}", logits[0].name, level + 3));
      EXPECT_EQ(logits[level].weights_of, logits[0].name);
    }
  }
}

}  // namespace
}  // namespace bitloom::graph
