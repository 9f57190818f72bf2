// Whose names mean which layer.
#include <gtest/gtest.h>

#include <cmath>

#include "models/graph/zoo/zoo.h"
#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/weights/trained_network.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::weights {
namespace {

using testing::complaint;
using testing::TemporaryFolder;
using testing::without;
using Tensors = std::map<std::string, Tensor>;

graph::Window window(std::int64_t kernel) {
  return {{kernel, kernel}, {1, 1}, graph::Padding::all(kernel / 2), {1, 1}};
}

/// conv1 (3 to 4 channels), bn1, dw (depthwise), bn2, fc (4 to 5): every kind of parameter.
graph::Graph small_network(bool convolution_bias = false) {
  graph::Graph graph("small");
  auto at = graph.add("image", graph::Input{{3, 8, 8}}, {});
  at = graph.add("conv1", graph::Convolution{4, window(3), 1, convolution_bias}, {at});
  at = graph.add("bn1", graph::BatchNorm{1e-3}, {at});
  at = graph.add("dw", graph::Convolution{4, window(3), 4}, {at});
  at = graph.add("bn2", graph::BatchNorm{}, {at});
  at = graph.add("pool", graph::GlobalAveragePool{}, {at});
  at = graph.add("flatten", graph::Flatten{}, {at});
  graph.add("fc", graph::Linear{5}, {at});
  return graph;
}

/// Values that no other tensor has: `first`, `first` + 1, ..
Tensor numbered(const graph::Shape& shape, float first) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  Tensor tensor{shape, {}};
  for (std::int64_t i = 0; i < count; ++i) tensor.values.push_back(first + static_cast<float>(i));
  return tensor;
}

/// Parameters of `graph`, all different.
Tensors parameters_for(const graph::Graph& graph) {
  Tensors tensors;
  float first = 1;
  for (const ParameterShape& each : parameters_of(graph)) {
    tensors[each.name] = numbered(each.shape, first);
    first += 1000;
  }
  return tensors;
}

class Namings : public ::testing::Test {
 protected:
  TrainedNetwork read(const graph::Graph& graph, const Tensors& tensors,
                      const std::map<std::string, std::string>& metadata = {}) const {
    return read_trained(graph,
                        TensorFile::load(folder_.write("x", safetensors(tensors, metadata))));
  }
  std::string refusal(const graph::Graph& graph, const Tensors& tensors) const {
    return without(complaint([&] { read(graph, tensors); }), folder_.path().string() + "/");
  }

  const TemporaryFolder folder_;
};

void expect_equal(const Parameters& actual, const Parameters& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(actual.count(name)) << name;
    EXPECT_EQ(actual.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(actual.at(name).values, tensor.values) << name;
  }
}

TEST_F(Namings, OfPyTorchAreTheGraphsOwn) {
  const auto graph = small_network();
  const TrainedNetwork trained = read(graph, parameters_for(graph));
  expect_equal(trained.parameters, parameters_for(graph));
  EXPECT_EQ(trained.normalization, "imagenet");
}

TEST_F(Namings, OfPyTorchMayHaveBatchCountsAndDataParallelsPrefix) {
  const auto graph = small_network();
  for (const std::string prefix : {"", "module."}) {
    Tensors stored;
    for (const auto& [name, tensor] : parameters_for(graph)) stored[prefix + name] = tensor;
    for (const char* norm : {"bn1", "bn2"})
      stored[prefix + norm + ".num_batches_tracked"] = {{}, {64000}};
    expect_equal(read(graph, stored).parameters, parameters_for(graph));
  }
}

TEST_F(Namings, OfPyTorchMayHaveAnyWrappersOfTheNetwork) {
  const auto graph = small_network();
  for (const std::string prefix :
       {"_orig_mod.", "model.", "state_dict.", "module._orig_mod.", "state_dict.model.module."}) {
    Tensors stored;
    for (const auto& [name, tensor] : parameters_for(graph)) stored[prefix + name] = tensor;
    stored[prefix + "bn1.num_batches_tracked"] = {{}, {64000}};
    const TrainedNetwork trained = read(graph, stored);
    expect_equal(trained.parameters, parameters_for(graph));
    EXPECT_TRUE(trained.left_out.empty());
  }
  Tensors other;
  for (const auto& [name, tensor] : parameters_for(graph)) other["backbone." + name] = tensor;
  EXPECT_EQ(refusal(graph, other),
            "x: holds no weights of small: tensor 'conv1.weight' is missing, and no other naming "
            "fits; it holds backbone.bn1.bias (4), backbone.bn1.running_mean (4), "
            "backbone.bn1.running_var (4), backbone.bn1.weight (4) and 8 more");
}

TEST_F(Namings, OfPyTorchMayHavePartsThatOnlyTrainingHas) {
  const auto graph = small_network();
  Tensors stored;
  for (const auto& [name, tensor] : parameters_for(graph)) stored["module." + name] = tensor;
  stored["n_averaged"] = {{}, {7}};
  stored["module.AuxLogits.conv0.bn.num_batches_tracked"] = {{}, {7}};
  stored["module.AuxLogits.fc.weight"] = numbered({5, 2}, 0);
  stored["module.aux1.fc2.bias"] = numbered({5}, 0);
  const TrainedNetwork trained = read(graph, stored);
  expect_equal(trained.parameters, parameters_for(graph));
  EXPECT_EQ(trained.left_out,
            (std::vector<std::string>{"module.AuxLogits.fc.weight", "module.aux1.fc2.bias"}));
}

TEST_F(Namings, TellTheClassesOfTheLastLayer) {
  const auto told = [&](const graph::Graph& graph, const Tensors& stored) {
    return classes_of(graph, TensorFile::load(folder_.write("x", safetensors(stored, {}))));
  };
  const auto graph = small_network();
  Tensors stored = parameters_for(graph);
  EXPECT_EQ(told(graph, stored), 5);
  stored["fc.weight"] = numbered({100, 4}, 0);
  EXPECT_EQ(told(graph, stored), 100);
  stored["fc.weight"].shape = {100, 4, 1, 1};
  EXPECT_EQ(told(graph, stored), 100);
  stored["fc.weight"].shape = {50, 8};
  EXPECT_FALSE(told(graph, stored)) << "another network's";
  stored.erase("fc.weight");
  EXPECT_FALSE(told(graph, stored));
  EXPECT_FALSE(told(graph, {{"w", {{1}, {0}}}}));
  // A network of the zoo with other classes, read with as many as its weights have.
  const auto of_7 = graph::make_network("resnet20", {.classes = 7});
  EXPECT_EQ(of_7.nodes().back().shape, (graph::Shape{7}));
  EXPECT_EQ(told(graph::make_network("resnet20"), parameters_for(of_7)), 7);
  expect_equal(read(of_7, parameters_for(of_7)).parameters, parameters_for(of_7));
  EXPECT_EQ(refusal(graph::make_network("resnet20"), parameters_for(of_7)),
            "x: tensor 'linear.weight' is 7x64, must be 10x64");
}

TEST_F(Namings, OfPyTorchMayStoreALinearLayerAsAConvolution) {
  const auto graph = small_network();
  Tensors stored = parameters_for(graph);
  stored["fc.weight"].shape = {5, 4, 1, 1};
  expect_equal(read(graph, stored).parameters, parameters_for(graph));
}

/// Keras' kernel of PyTorch's: height x width x in x out, and height x width x channels x 1.
Tensor keras_kernel(const Tensor& weight, bool depthwise) {
  const graph::Shape& s = weight.shape;
  if (s.size() == 2) {
    Tensor result = numbered({s[1], s[0]}, 0);
    for (std::int64_t o = 0; o < s[0]; ++o)
      for (std::int64_t i = 0; i < s[1]; ++i)
        result.values[static_cast<std::size_t>(i * s[0] + o)] =
            weight.values[static_cast<std::size_t>(o * s[1] + i)];
    return result;
  }
  Tensor result = numbered(
      depthwise ? graph::Shape{s[2], s[3], s[0], 1} : graph::Shape{s[2], s[3], s[1], s[0]}, 0);
  for (std::int64_t o = 0; o < s[0]; ++o)
    for (std::int64_t i = 0; i < s[1]; ++i)
      for (std::int64_t y = 0; y < s[2]; ++y)
        for (std::int64_t x = 0; x < s[3]; ++x) {
          const std::int64_t from = ((o * s[1] + i) * s[2] + y) * s[3] + x;
          const std::int64_t to =
              depthwise ? (y * s[3] + x) * s[0] + o : ((y * s[3] + x) * s[1] + i) * s[0] + o;
          result.values[static_cast<std::size_t>(to)] =
              weight.values[static_cast<std::size_t>(from)];
        }
  return result;
}

/// The small network's parameters under Keras' names, which `decorate` completes.
template <class Decorate>
Tensors keras_file(Decorate decorate) {
  Tensors parameters = parameters_for(small_network()), stored;
  const auto put = [&](const std::string& layer, const char* name, const Tensor& tensor) {
    stored[decorate(layer, name)] = tensor;
  };
  put("conv1", "kernel", keras_kernel(parameters["conv1.weight"], false));
  put("dw", "depthwise_kernel", keras_kernel(parameters["dw.weight"], true));
  put("fc", "kernel", keras_kernel(parameters["fc.weight"], false));
  put("fc", "bias", parameters["fc.bias"]);
  for (const std::string norm : {"bn1", "bn2"}) {
    put(norm, "gamma", parameters[norm + ".weight"]);
    put(norm, "beta", parameters[norm + ".bias"]);
    put(norm, "moving_mean", parameters[norm + ".running_mean"]);
    put(norm, "moving_variance", parameters[norm + ".running_var"]);
  }
  return stored;
}

TEST_F(Namings, OfKerasHaveTransposedKernels) {
  using Text = const std::string&;
  const auto expected = parameters_for(small_network());
  for (const auto& stored :
       {keras_file([](Text layer, Text name) { return layer + "/" + name; }),
        keras_file([](Text layer, Text name) { return layer + "/" + name + ":0"; }),
        keras_file([](Text layer, Text name) { return layer + "/" + layer + "/" + name + ":0"; })})
    expect_equal(read(small_network(), stored).parameters, expected);
}

TEST_F(Namings, OfKerasMayStoreALinearLayerAsAConvolution) {
  auto stored = keras_file(
      [](const std::string& layer, const std::string& name) { return layer + "/" + name; });
  stored["fc/kernel"].shape = {1, 1, 4, 5};
  expect_equal(read(small_network(), stored).parameters, parameters_for(small_network()));
  stored["conv1/kernel"].shape = {3, 3, 4, 3};
  EXPECT_EQ(refusal(small_network(), stored),
            "x: tensor 'conv1/kernel' is 3x3x4x3, must be 3x3x3x4");
}

TEST_F(Namings, OfCaffeAreSqueezeNetsWhichPadsItsLastConvolution) {
  const auto graph = graph::make_network("squeezenet_v1.1");
  const auto expected = parameters_for(graph);
  const std::map<std::string, std::string> layers{
      {"features.0", "conv1"},   {"features.3", "fire2"},  {"features.4", "fire3"},
      {"features.6", "fire4"},   {"features.7", "fire5"},  {"features.9", "fire6"},
      {"features.10", "fire7"},  {"features.11", "fire8"}, {"features.12", "fire9"},
      {"classifier.1", "conv10"}};
  Tensors stored;
  for (const auto& [name, tensor] : expected) {
    const auto second_dot = name.find('.', name.find('.') + 1);
    const std::string start = name.substr(0, second_dot);
    std::string rest = name.substr(second_dot);
    if (rest.rfind(".squeeze.", 0) == 0) rest = "/squeeze1x1" + rest.substr(8);
    if (rest.rfind(".expand", 0) == 0) rest[0] = '/';
    stored[layers.at(start) + rest] = tensor;
  }
  ASSERT_TRUE(stored.count("fire9/expand3x3.bias"));
  const TrainedNetwork trained = read(graph, stored);
  expect_equal(trained.parameters, expected);
  EXPECT_EQ(trained.normalization, "caffe");
  for (const graph::Node& node : trained.graph.nodes())
    if (node.name == "classifier.1") {
      EXPECT_EQ(node.op.as<graph::Convolution>().window.padding, graph::Padding::all(1));
    }
  EXPECT_EQ(trained.graph.nodes().size(), graph.nodes().size());
}

Tensors tflite_file() {
  return {{"conv00.weight", numbered({4, 3, 3, 3}, 0)},
          {"conv00.bias", numbered({4}, 200)},
          {"dwconv00.weight", numbered({4, 1, 3, 3}, 300)},
          {"dwconv00.bias", numbered({4}, 400)},
          {"conv01.weight", numbered({6, 4, 1, 1}, 500)},
          {"conv01.bias", numbered({6}, 600)},
          {"conv00.qweight", {{4, 3, 3, 3}, std::vector<float>(108, 3)}},
          {"conv00.qscale", {{4}, {1, 1, 1, 1}}},
          {"conv00.qzero", {{4}, {0, 0, 0, 0}}}};
}

TEST_F(Namings, OfTfliteHaveFoldedBatchNormsSamePaddingAndABackgroundClass) {
  const TrainedNetwork trained = read(small_network(), tflite_file());
  const Parameters& found = trained.parameters;
  EXPECT_EQ(found.at("conv1.weight").values, numbered({4, 3, 3, 3}, 0).values);
  EXPECT_EQ(found.at("dw.weight").values, numbered({4, 1, 3, 3}, 300).values);
  EXPECT_EQ(found.at("fc.weight").values, numbered({5, 4}, 504).values) << "without background";
  EXPECT_EQ(found.at("fc.weight").shape, (graph::Shape{5, 4}));
  EXPECT_EQ(found.at("fc.bias").values, numbered({5}, 601).values);
  EXPECT_EQ(found.at("bn1.bias").values, numbered({4}, 200).values);
  EXPECT_EQ(found.at("bn2.bias").values, numbered({4}, 400).values);
  for (const std::string norm : {"bn1", "bn2"})
    for (std::size_t c = 0; c < 4; ++c) {
      EXPECT_EQ(found.at(norm + ".running_mean").values[c], 0);
      EXPECT_EQ(found.at(norm + ".running_var").values[c], 1);
    }
  EXPECT_FLOAT_EQ(found.at("bn1.weight").values[3], std::sqrt(1.001F));
  EXPECT_EQ(found.size(), parameters_of(small_network()).size());
  EXPECT_EQ(trained.normalization, "tensorflow");
  for (const graph::Node& node : trained.graph.nodes())
    if (const auto* op = node.op.get_if<graph::Convolution>()) {
      EXPECT_TRUE(op->window.padding.is_same) << node.name;
    }
}

TEST_F(Namings, OfTfliteNeedABatchNormOrABiasForEachBias) {
  auto stored = tflite_file();
  stored.erase("dwconv00.bias");
  EXPECT_EQ(refusal(small_network(), stored), "x: has no tensor 'dwconv00.bias'");
}

TEST_F(Namings, ThatLackATensorNameIt) {
  const auto graph = small_network();
  auto stored = parameters_for(graph);
  stored.erase("bn1.running_var");
  EXPECT_EQ(refusal(graph, stored), "x: has no tensor 'bn1.running_var'");
}

TEST_F(Namings, OfNobodyAreRefused) {
  EXPECT_EQ(refusal(small_network(), {{"w", {{1}, {0}}}}),
            "x: holds no weights of small: tensor 'conv1.weight' is missing, and no other naming "
            "fits; it holds w (1)");
  EXPECT_EQ(refusal(small_network(), {}),
            "x: holds no weights of small: tensor 'conv1.weight' is missing, and no other naming "
            "fits; it holds no tensors");
}

TEST_F(Namings, WithATensorOfAnotherShapeNameBoth) {
  const auto graph = small_network();
  auto stored = parameters_for(graph);
  stored["conv1.weight"] = numbered({4, 3, 5, 5}, 0);
  EXPECT_EQ(refusal(graph, stored), "x: tensor 'conv1.weight' is 4x3x5x5, must be 4x3x3x3");
  stored = parameters_for(graph);
  stored["fc.bias"] = numbered({}, 0);
  EXPECT_EQ(refusal(graph, stored), "x: tensor 'fc.bias' is scalar, must be 5");
}

TEST_F(Namings, OfAnotherNetworkNameWhatIsLeftOverOrMissing) {
  const auto resnet20 = graph::make_network("resnet20"), resnet56 = graph::make_network("resnet56");
  EXPECT_EQ(refusal(resnet20, parameters_for(resnet56)),
            "x: tensor 'layer1.3.bn1.bias' belongs to another network: resnet20 has no such layer");
  EXPECT_EQ(refusal(resnet56, parameters_for(resnet20)),
            "x: has no tensor 'layer1.3.conv1.weight'");
}

TEST_F(Namings, PassOverWhatBitloomKeepsOfTraining) {
  const auto graph = small_network();
  auto stored = parameters_for(graph);
  stored["quantizer.conv1.input.range"] = {{}, {3}};
  stored["optimizer.conv1.weight"] = numbered({4, 3, 3, 3}, 0);
  expect_equal(read(graph, stored).parameters, parameters_for(graph));
}

TEST_F(Namings, WithANegativeVarianceAreRefused) {
  const auto graph = small_network();
  auto stored = parameters_for(graph);
  stored["bn2.running_var"].values[2] = -0.5;
  EXPECT_EQ(refusal(graph, stored),
            "x: 'bn2.running_var' holds -0.5, a variance must not be negative");
}

TEST_F(Namings, HaveThePaddingOfTheOriginThatTheFileNotes) {
  const auto graph = graph::make_network("squeezenet_v1.1");
  const auto padding = [](const graph::Graph& of) {
    const auto& nodes = of.nodes();
    const auto node = std::find_if(nodes.begin(), nodes.end(),
                                   [](const auto& each) { return each.name == "classifier.1"; });
    return node->op.as<graph::Convolution>().window.padding;
  };
  const auto stored = parameters_for(graph);
  EXPECT_EQ(padding(read(graph, stored).graph), graph::Padding{});
  const TrainedNetwork trained = read(graph, stored, {{kOriginKey, "Caffe's"}});
  EXPECT_EQ(padding(trained.graph), graph::Padding::all(1));
  EXPECT_EQ(trained.origin, "Caffe's");
  EXPECT_EQ(without(complaint([&] {
                      read(graph, stored, {{kOriginKey, "Mars'"}});
                    }),
                    folder_.path().string() + "/"),
            "x: metadata 'bitloom.origin': 'Mars'' is no origin of weights that bitloom knows");
}

TEST_F(Namings, ReadTheNormalizationThatTheFileHas) {
  const auto graph = small_network();
  EXPECT_EQ(read(graph, parameters_for(graph), {{kNormalizationKey, "mine"}}).normalization,
            "mine");
  EXPECT_EQ(published_normalization("mobilenet_v1_0.75"), "tensorflow");
  EXPECT_EQ(published_normalization("mobilenet_v2"), "imagenet");
  EXPECT_EQ(published_normalization("inception_v3"), "tensorflow");
}

}  // namespace
}  // namespace bitloom::weights
