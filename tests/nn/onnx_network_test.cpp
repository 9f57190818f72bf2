// Networks imported from ONNX compute what the file's nodes compute.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/zoo/zoo.h"
#include "models/onnx/export/export.h"
#include "models/onnx/import.h"
#include "models/onnx/write_model.h"
#include "models/torch/network.h"
#include "models/torch/onnx/run.h"
#include "models/torch/onnx_parameters.h"
#include "models/torch/own_layers.h"
#include "models/torch/quantized_network.h"
#include "tests/onnx/model_builder.h"
#include "tests/support/data_folder.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::ModelBuilder;
using Integers = std::vector<std::int64_t>;

onnx::Tensor random_tensor(const onnx::Shape& dims, double least = -1) {
  const at::Tensor values = at::rand(dims) * (1 - least) + least;
  const std::vector<float> numbers(values.data_ptr<float>(),
                                   values.data_ptr<float>() + values.numel());
  return onnx::tensor_of(numbers, dims);
}

/// Operators of bitloom's own, of ONNX alone, and a bias that is added.
ModelBuilder mixed_model() {
  ModelBuilder builder;
  builder.input("x", {1, 3, 9, 9});
  builder.constant("w", random_tensor({6, 3, 3, 3})).constant("b", random_tensor({6}));
  for (const char* name : {"scale", "shift", "mean"}) builder.constant(name, random_tensor({6}));
  builder.constant("variance", random_tensor({6}, 0.5)).constant("half", random_tensor({1}));
  builder.constant("u", random_tensor({96, 5})).constant("c", random_tensor({5}));
  builder
      .add("Conv", {"x", "w", "b"}, {"conv"},
           {attribute("auto_pad", "SAME_LOWER"), attribute("strides", Integers{2, 2})})
      .add("BatchNormalization", {"conv", "scale", "shift", "mean", "variance"}, {"norm"})
      .add("HardSwish", {"norm"}, {"swish"})
      .add("Mul", {"swish", "half"}, {"halved"})
      .add("Add", {"halved", "norm"}, {"sum"})
      .add("Relu", {"sum"}, {"relu"})
      .add("MaxPool", {"relu"}, {"pool"},
           {attribute("kernel_shape", Integers{2, 2}), attribute("strides", Integers{1, 1})})
      .add("Identity", {"pool"}, {"same"})
      .add("Flatten", {"same"}, {"flat"})
      .add("MatMul", {"flat", "u"}, {"product"})
      .add("Add", {"product", "c"}, {"y"})
      .output("y");
  return builder;
}

nn::Network network_of(const onnx::Imported& imported) {
  return nn::Network(imported.graph, nn::parameters_of(imported));
}

TEST(OnnxNetwork, ComputesWhatItsFileComputesForEveryImage) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  const std::string path = folder.write("m.onnx", mixed_model().bytes());
  const onnx::Imported imported = onnx::import_model(path);
  nn::Network network = network_of(imported);
  const at::Tensor images = at::rand({3, 3, 9, 9}) * 2 - 1;
  const at::Tensor found = network.forward(images);
  const onnx::Model model = onnx::read_model(path);
  for (std::int64_t i = 0; i < 3; ++i) {
    const at::Tensor wanted = nn::onnx::run(model, {images[i].unsqueeze(0)}).at(0);
    EXPECT_TRUE(at::allclose(found[i], wanted[0], 1e-4, 1e-5)) << found[i] << wanted;
  }
  EXPECT_EQ(imported.graph.node(1).op.name(), "convolution");
  EXPECT_EQ(imported.graph.node(3).op.name(), "HardSwish");
}

TEST(OnnxNetwork, ReadsWeightsOfSeveralMegabytesPieceByPiece) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  ModelBuilder builder;
  builder.input("x", {1, 900}).constant("w", random_tensor({701, 900}));
  builder.constant("u", random_tensor({701, 303}));
  builder.add("Gemm", {"x", "w"}, {"h"}, {attribute("transB", 1)});
  builder.add("MatMul", {"h", "u"}, {"y"}).output("y");
  const std::string path = folder.write("m.onnx", builder.bytes());
  const at::Tensor x = at::rand({1, 900});
  const at::Tensor wanted = nn::onnx::run(onnx::read_model(path), {x}).at(0);
  const onnx::Imported imported = onnx::import_model(path);
  for (int time = 0; time < 2; ++time) {  // the file's pages come back
    nn::Network network = network_of(imported);
    EXPECT_TRUE(at::allclose(network.forward(x), wanted, 1e-4, 1e-3));
  }
}

TEST(OnnxNetwork, RunsLinearLayersOfRowsWithTheirHooks) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  ModelBuilder builder;
  builder.input("x", {1, 7, 4}).constant("w", random_tensor({4, 5}));
  builder.add("MatMul", {"x", "w"}, {"y"}).output("y");
  const std::string path = folder.write("m.onnx", builder.bytes());
  nn::Network network = network_of(onnx::import_model(path));
  struct Shapes : nn::LayerHooks {
    at::Tensor input(std::size_t, const at::Tensor& x) override {
      sizes = x.sizes().vec();
      return x;
    }
    Integers sizes;
  } hooks;
  const at::Tensor x = at::rand({2, 7, 4});
  const at::Tensor y = network.forward(x, nn::Mode::kInference, hooks);
  EXPECT_EQ(hooks.sizes, (Integers{14, 4}));
  EXPECT_EQ(y.sizes().vec(), (Integers{2, 7, 5}));
  const onnx::Model model = onnx::read_model(path);
  EXPECT_TRUE(at::allclose(y[1], nn::onnx::run(model, {x[1].unsqueeze(0)}).at(0)[0], 1e-5));
}

/// A small network of the zoo with weights that do not vanish.
struct Exportable {
  graph::Graph graph = graph::make_network("resnet20");
  weights::Parameters parameters = nn::initial_parameters(graph, 3);
};

TEST(OnnxNetwork, ComputesTheSameAfterExportAndImport) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  const Exportable of;
  const onnx::Model model =
      onnx::export_model(of.graph, onnx::Format::kPlain, {.parameters = &of.parameters});
  nn::Network back =
      network_of(onnx::import_model(folder.write("resnet20.onnx", onnx::model_bytes(model))));
  nn::Network network(of.graph, of.parameters);
  const at::Tensor images = at::rand({4, 3, 32, 32});
  EXPECT_TRUE(at::allclose(network.forward(images), back.forward(images), 1e-5, 1e-5));
}

TEST(OnnxNetwork, IsWrittenAsItWasReadWithItsNodesOfOnnx) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  const onnx::Imported imported =
      onnx::import_model(folder.write("mixed.onnx", onnx::model_bytes(mixed_model().model)));
  const weights::Parameters parameters = nn::parameters_of(imported);
  const auto written = [&](onnx::Format format,
                           const std::vector<integer::QuantizedLayer>* layers) {
    return folder.write(
        "again.onnx",
        onnx::model_bytes(onnx::export_model(
            imported.graph, format,
            {.parameters = &parameters, .layers = layers, .inputs = imported.inputs})));
  };
  const at::Tensor image = at::rand({1, 3, 9, 9});
  const at::Tensor wanted = network_of(imported).forward(image);
  const std::string plain = written(onnx::Format::kPlain, nullptr);
  EXPECT_TRUE(at::allclose(wanted, network_of(onnx::import_model(plain)).forward(image)));
  EXPECT_TRUE(at::allclose(wanted, nn::onnx::run(onnx::read_model(plain), {image}).at(0)));

  const auto network = std::make_shared<nn::Network>(imported.graph, parameters);
  nn::Quantization quantization;
  quantization.policy = graph::uniform_policy(network->layers(), {8, 8});
  nn::QuantizedNetwork quantized(network, quantization);
  nn::ActivationSampler sampler(network->layers(), 1);
  network->forward(image, nn::Mode::kInference, sampler);
  quantized.calibrate(sampler);
  EXPECT_TRUE(quantized.why_no_integers().has_value());
  ASSERT_EQ(quantized.why_no_codes(), std::nullopt);
  const auto layers = quantized.integer_layers();
  for (const auto format : {onnx::Format::kQonnx, onnx::Format::kQdq}) {
    const std::string path = written(format, &layers);
    for (const nn::OwnLayer& own : nn::own_layers(onnx::import_model(path)))
      EXPECT_EQ(own.why_not, "");
    const at::Tensor found = nn::onnx::run(onnx::read_model(path), {image}).at(0);
    EXPECT_TRUE(at::allclose(found, wanted, 0.05, 0.05 * wanted.abs().max().item<double>()));
  }
}

/// The share of outputs that differ by more than rounding.
double share_apart(const at::Tensor& a, const at::Tensor& b) {
  const double most = a.abs().max().item<double>();
  return ((a - b).abs() > 0.02 * most).to(at::kDouble).mean().item<double>();
}

/// Quantizes a network by `policy`, writes it, and reads its bits and its answers back. Those
/// differ where rounding in another order gives another code.
void expect_export_computes(const graph::Graph& graph, const weights::Parameters& initial,
                            const graph::Policy& policy, const at::Tensor& images) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  for (const auto format : {onnx::Format::kQonnx, onnx::Format::kQdq}) {
    const auto network = std::make_shared<nn::Network>(graph, initial);
    nn::Quantization quantization;
    quantization.policy = policy;
    nn::QuantizedNetwork quantized(network, quantization);
    nn::ActivationSampler sampler(network->layers(), images.size(0));
    network->forward(images, nn::Mode::kInference, sampler);
    quantized.calibrate(sampler);
    quantized.absorb_corrections();
    const auto layers = quantized.integer_layers();
    const weights::Parameters parameters = network->parameters();
    const onnx::Model written =
        onnx::export_model(graph, format, {.parameters = &parameters, .layers = &layers});
    const std::string path = folder.write("q.onnx", onnx::model_bytes(written));
    const auto bits = onnx::own_bits_of(path);
    ASSERT_EQ(bits.size(), policy.size());
    for (std::size_t i = 0; i < bits.size(); ++i) {
      EXPECT_EQ(bits[i].weights, policy[i].weight_bits) << i;
      EXPECT_EQ(bits[i].activations, policy[i].activation_bits) << i;
    }
    const onnx::Model model = onnx::read_model(path);
    const at::Tensor found = nn::onnx::run(model, {images}).at(0);
    EXPECT_LT(share_apart(quantized.forward(images), found), 0.05);
    EXPECT_GT(share_apart(network->forward(images), found), 0.2);  // it is quantized
  }
}

TEST(OnnxNetwork, ComputesItsQuantizedLayersInQonnxAndQdq) {
  const Exportable of;
  const auto layers = graph::layers_of(of.graph).size();
  expect_export_computes(of.graph, of.parameters, graph::uniform_policy(layers, {4, 6}),
                         at::rand({8, 3, 32, 32}));
}

TEST(OnnxNetwork, MayHaveTheWeightsThatItsLayersShareAtOtherBits) {
  const testing::TemporaryFolder folder;
  ModelBuilder builder;
  builder.input("x", {1, 4, 8, 8}).constant("w", random_tensor({4, 4, 3, 3}));
  builder.constant("b", random_tensor({4})).constant("u", random_tensor({256, 10}));
  const auto pads = attribute("pads", Integers{1, 1, 1, 1});
  builder.add("Conv", {"x", "w", "b"}, {"first"}, {pads})
      .add("Relu", {"first"}, {"relu"})
      .add("Conv", {"relu", "w", "b"}, {"second"}, {pads})
      .add("Flatten", {"second"}, {"flat"})
      .add("MatMul", {"flat", "u"}, {"y"})
      .output("y");
  const onnx::Imported imported = onnx::import_model(folder.write("m.onnx", builder.bytes()));
  ASSERT_EQ(graph::layers_of(imported.graph).at(1).weights_of, "first");
  expect_export_computes(imported.graph, nn::parameters_of(imported), {{4, 6}, {3, 5}, {4, 6}},
                         at::rand({16, 4, 8, 8}));
}

/// Elements of a model's input: small whole numbers, or reals.
at::Tensor drawn_input(const onnx::ValueInfo& input) {
  Integers dims;
  for (const auto& dim : input.dims.value()) dims.push_back(dim.size < 0 ? 1 : dim.size);
  const at::Tensor values = at::rand(dims);
  return input.type == onnx::ElementType::kFloat ? values
                                                 : (values * 3).to(nn::onnx::holder_of(input.type));
}

/// Empty where the network gives the outputs of the model; else why not.
std::string difference(const std::string& path) {
  const onnx::Model model = onnx::read_model(path);
  std::vector<at::Tensor> inputs, images;
  try {
    const onnx::Imported imported = onnx::import_model(path);
    for (const onnx::ValueInfo& input : model.graph.inputs) {
      inputs.push_back(drawn_input(input));
      images.push_back(inputs.back().reshape(onnx::graph_shape(inputs.back().sizes().vec())));
      images.back() = images.back().unsqueeze(0);
    }
    nn::Network network = network_of(imported);
    nn::LayerHooks none;
    const auto found = network.run(images, nn::Mode::kInference, none);
    const auto wanted = nn::onnx::run(model, inputs);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const at::Tensor a = found.at(i).flatten().to(at::kDouble);
      const at::Tensor b = wanted[i].flatten().to(at::kDouble);
      const double most = b.abs().max().item<double>();
      if (a.numel() != b.numel() || !at::allclose(a, b, 1e-4, 1e-4 * most + 1e-6))
        return fmt::format("output {} differs", i);
    }
    return "";
  } catch (const UserError& error) {
    if (!error.is_unsupported() && error.kind() != UserError::Kind::kInput) throw;
    return error.what();
  }
}

TEST(OnnxNetwork, OfPublishedModelsComputeWhatTheirFilesCompute) {
  const auto data = testing::data_folder();
  if (!data || !std::filesystem::exists(*data / "onnx"))
    GTEST_SKIP() << "no real models: set BITLOOM_DATA to a folder with onnx/";
  const torch::NoGradGuard no_gradient;
  int equal = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*data / "onnx")) {
    if (entry.path().extension() != ".onnx") continue;
    const std::string what = difference(entry.path().string());
    if (what.empty())
      ++equal;
    else
      std::cout << entry.path().filename() << ": " << what << "\n";
    EXPECT_EQ(what.find("differs"), std::string::npos) << entry.path();
  }
  EXPECT_GE(equal, 20);
}

}  // namespace
}  // namespace bitloom
