#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "models/graph/layer_shape.h"
#include "models/graph/precision.h"
#include "models/graph/zoo/zoo.h"
#include "models/operators/batch_norm.h"

namespace bitloom::graph {
namespace {

/// A count as it was printed: "0.714" of 1e9 holds to the printed digit, "11689512" of 1 exactly.
struct Printed {
  std::string text;
  double unit = 1;
};

std::string as_printed(std::int64_t count, const Printed& figure) {
  const std::size_t point = figure.text.find('.');
  const std::size_t digits = point == std::string::npos ? 0 : figure.text.size() - point - 1;
  return fmt::format("{:.{}f}", static_cast<double>(count) / figure.unit, digits);
}

struct Published {
  std::string network;
  Printed parameters;
  Printed macs;
};

constexpr double kMega = 1e6, kGiga = 1e9;

const std::vector<Published>& published() {
  static const std::vector<Published> rows{
      // pytorchcv's README (4,231,976; 2,585,560), which are also Keras' 4,253,864 and 2,601,976
      // less running statistics; MACs: Howard et al. 2017, tables 4 and 6.
      {"mobilenet_v1", {"4231976"}, {"569", kMega}},
      {"mobilenet_v1_0.75", {"2585560"}, {"325", kMega}},
      // torchvision, `num_params` and `_ops` (GFLOPS in its table of weights, a multiply-accumulate
      // counted once).
      {"mobilenet_v2", {"3504872"}, {"0.301", kGiga}},
      {"resnet18", {"11689512"}, {"1.814", kGiga}},
      {"resnet34", {"21797672"}, {"3.664", kGiga}},
      {"resnet50", {"25557032"}, {"4.089", kGiga}},
      {"alexnet", {"61100840"}, {"0.714", kGiga}},
      {"squeezenet_v1.1", {"1235496"}, {"0.349", kGiga}},
      {"densenet121", {"7978856"}, {"2.834", kGiga}},
      // torchvision's 27,161,264 holds the auxiliary head's 3,326,696; pytorchcv's README has
      // 23,834,568.
      {"inception_v3", {"23834568"}, {"5.713", kGiga}},
      // akamaster/pytorch_resnet_cifar10: the tensors of resnet20-12fca82f.th and
      // resnet56-4bfd9763.th without running statistics, and its README. MACs: (6n - 1)
      // convolutions of 16x16x3x3 at 32x32 pixels (a downsampling one is half as much), the first
      // one and the classifier; He et al. 2016, section 4.2.
      {"resnet20", {"269722"}, {std::to_string(17 * 2359296 + 442368 + 640)}},
      {"resnet32", {"0.46", kMega}, {std::to_string(29 * 2359296 + 442368 + 640)}},
      {"resnet44", {"0.66", kMega}, {std::to_string(41 * 2359296 + 442368 + 640)}},
      {"resnet56", {"853018"}, {std::to_string(53 * 2359296 + 442368 + 640)}},
      // Sums over the layers of zhaoweicai/hwgq (golden/hwgq_layers.csv), with a scale and a shift
      // for each channel of a batch norm, and the classifier's bias.
      {"vgg_small", {std::to_string(4656512 + 2 * 1792 + 10)}, {"607600640"}},
      {"vgg_variant", {std::to_string(138024736 + 2 * 12128 + 1000)}, {"10705149952"}},
      {"googlenet_variant", {std::to_string(12249792 + 2 * 9008 + 1000)}, {"3184490496"}},
  };
  return rows;
}

TEST(ZooCounts, ParametersAndMacsArePublishedOnes) {
  for (const Published& row : published()) {
    const Graph graph = make_network(row.network);
    EXPECT_EQ(as_printed(parameter_count(graph), row.parameters), row.parameters.text)
        << row.network;
    EXPECT_EQ(as_printed(macs_of(layers_of(graph)).count(), row.macs), row.macs.text)
        << row.network;
  }
}

TEST(ZooCounts, EveryNetworkIsCheckedAgainstPublishedCounts) {
  std::vector<std::string> checked{"squeezenext_1.0", "squeezenext_2.0", "retinanet_r50",
                                   "retinanet_r50_torchvision"};  // in tests of their own
  for (const Published& row : published()) checked.push_back(row.network);
  for (const ZooEntry& entry : zoo())
    EXPECT_EQ(std::count(checked.begin(), checked.end(), entry.name), 1) << entry.name;
  EXPECT_EQ(checked.size(), zoo().size());
}

// tensorflow/models, research/slim/nets/mobilenet_v1.py lists MACs without the classifier.
TEST(ZooCounts, MobileNetV1HasSlimsMacs) {
  const auto without_classifier = [](const Graph& graph) {
    const std::vector<LayerShape> layers = layers_of(graph);
    return macs_of(layers).count() - layers.back().macs().count();
  };
  EXPECT_EQ(without_classifier(make_network("mobilenet_v1")), 567716352);
  const NetworkOptions small{.image_size = Extent{128, 128}};
  EXPECT_EQ(without_classifier(make_network("mobilenet_v1_0.75", small)), 106002432);
}

// Keras' documentation of mobilenet_v2: MACs (M) at its five input sizes.
TEST(ZooCounts, MobileNetV2HasKerasMacsAtEverySize) {
  const std::map<std::int64_t, std::int64_t> published{{192, 221}, {160, 154}, {128, 99}, {96, 56}};
  for (const auto& [size, mega_macs] : published) {
    const Graph graph = make_network("mobilenet_v2", {.image_size = Extent{size, size}});
    EXPECT_NEAR(static_cast<double>(macs_of(layers_of(graph)).count()) / 1e6,
                static_cast<double>(mega_macs), 1.0)
        << size;
  }
}

// pytorchcv's README. Its "FLOPs/2" (287.28 M and 898.48 M) hold batch norm, ReLU and pooling too,
// which are 2 to 4 %.
TEST(ZooCounts, SqueezeNextHasPytorchcvsParameters) {
  const Graph narrow = make_network("squeezenext_1.0");
  EXPECT_EQ(parameter_count(narrow), 724056);
  EXPECT_NEAR(static_cast<double>(macs_of(layers_of(narrow)).count()), 0.97 * 287.28e6,
              0.02 * 287e6);
  const Graph wide = make_network("squeezenext_2.0");
  EXPECT_EQ(parameter_count(wide), 2583752);
  EXPECT_NEAR(static_cast<double>(macs_of(layers_of(wide)).count()), 0.97 * 898.48e6, 0.02 * 898e6);
}

std::int64_t batch_norm_parameters(const Graph& graph) {
  std::int64_t count = 0;
  for (const Node& node : graph.nodes())
    if (node.op.is<BatchNorm>()) count += 2 * node.shape[0];
  return count;
}

// torchvision: `num_params` 34,014,999 with frozen batch norms (no parameters), `_ops` 151.54 at
// 800x800.
TEST(ZooCounts, RetinaNetHasTorchvisionsCounts) {
  const Graph graph = make_network("retinanet_r50_torchvision");
  EXPECT_EQ(parameter_count(graph) - batch_norm_parameters(graph), 34014999);
  EXPECT_EQ(as_printed(macs_of(layers_of(graph)).count(), {"151.54", kGiga}), "151.54");
}

// detectron2, tests/test_model_analysis.py, RetinaNetTest: 37,915,572 parameters (31,452,352 of
// them in backbone and pyramid) with frozen batch norms, and int(146) G of convolutions at 800x800.
// Its backbone strides in the 1x1 before the 3x3: that layer then has a quarter of the pixels, and
// the 3x3 as many as here.
TEST(ZooCounts, RetinaNetOfThePaperHasDetectron2sCounts) {
  const Graph graph = make_network("retinanet_r50");
  EXPECT_EQ(parameter_count(graph) - batch_norm_parameters(graph), 37915572);
  std::int64_t body_and_pyramid = 0, macs = 0;
  for (const LayerShape& layer : layers_of(graph)) {
    if (layer.name.starts_with("backbone.")) body_and_pyramid += layer.weights() + layer.biases;
    const bool strided_there = layer.name == "backbone.body.layer2.0.conv1" ||
                               layer.name == "backbone.body.layer3.0.conv1" ||
                               layer.name == "backbone.body.layer4.0.conv1";
    macs += strided_there ? layer.macs().count() / 4 : layer.macs().count();
  }
  EXPECT_EQ(body_and_pyramid, 31452352);
  EXPECT_EQ(macs / 1000000000, 146);
}

// Sizes at 32 bits in MiB. HAQ's ResNet-50 is 97.49 MB (its published ratios follow from it),
// HAWQ-V3's ResNet-18 44.6 MB (model_zoo.md), HAWQ-V2's RetinaNet 145 MB (table 4).
TEST(ZooCounts, SizesArePublishedOnes) {
  const double mebi_weights = 1024.0 * 1024.0 / 4.0;
  const auto size = [&](const char* network, const char* text) {
    return as_printed(parameter_count(make_network(network)), {text, mebi_weights});
  };
  EXPECT_EQ(size("resnet50", "97.49"), "97.49");
  EXPECT_EQ(size("resnet18", "44.6"), "44.6");
  EXPECT_EQ(size("retinanet_r50", "145"), "145");
}

// HAWQ-V3, model_zoo.md: ResNet-18's BOPs are 1858 G at 32 and 116 G at 8 bits.
TEST(ZooCounts, BopsOfResNet18AreHawqV3s) {
  std::int64_t macs = macs_of(layers_of(make_network("resnet18"))).count();
  EXPECT_EQ(as_printed(32 * 32 * macs, {"1858", kGiga}), "1858");
  EXPECT_EQ(as_printed(8 * 8 * macs, {"116", kGiga}), "116");
}

}  // namespace
}  // namespace bitloom::graph
