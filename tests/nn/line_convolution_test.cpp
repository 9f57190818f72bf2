// Convolutions over one dimension are those over images of one row.
#include <gtest/gtest.h>

#include "models/onnx/export/export.h"
#include "models/onnx/import.h"
#include "models/onnx/write_model.h"
#include "models/torch/onnx/run.h"
#include "models/torch/onnx_parameters.h"
#include "models/torch/own_layers.h"
#include "models/torch/post_training/post_training.h"
#include "models/torch/quantized_network.h"
#include "tests/onnx/model_builder.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::ModelBuilder;
using LineSizes = std::vector<std::int64_t>;
constexpr std::int64_t kLineLength = 12;

onnx::Tensor line_values(const onnx::Shape& dims, int seed, float least = -1) {
  torch::manual_seed(seed);
  const at::Tensor values = at::rand(dims) * (1 - least) + least;
  return onnx::tensor_of(
      std::vector<float>(values.data_ptr<float>(), values.data_ptr<float>() + values.numel()),
      dims);
}

/// Two convolutions with strides, padding, groups and a batch norm, over {4, 12} or {4, 1, 12}.
ModelBuilder line_model(bool of_lines) {
  const auto with_row = [&](LineSizes before, const LineSizes& row, const LineSizes& rest) {
    if (!of_lines) before.insert(before.end(), row.begin(), row.end());
    before.insert(before.end(), rest.begin(), rest.end());
    return before;
  };
  const auto pads = [&](std::int64_t before, std::int64_t after) {
    return attribute("pads", of_lines ? LineSizes{before, after} : LineSizes{0, before, 0, after});
  };
  const auto along = [&](const char* name, std::int64_t value) {
    return attribute(name, of_lines ? LineSizes{value} : LineSizes{1, value});
  };
  ModelBuilder m;
  m.input("x", with_row({1, 4}, {1}, {kLineLength}));
  m.constant("w", line_values(with_row({6, 4}, {1}, {3}), 1)).constant("b", line_values({6}, 2));
  m.constant("u", line_values(with_row({6, 3}, {1}, {2}), 3))
      .constant("c", line_values({30, 5}, 4));
  for (const char* name : {"scale", "shift", "mean"}) m.constant(name, line_values({6}, 5));
  m.constant("variance", line_values({6}, 6, 0.5));
  m.add("Conv", {"x", "w", "b"}, {"first"}, {pads(1, 2), along("strides", 2)});
  m.add("BatchNormalization", {"first", "scale", "shift", "mean", "variance"}, {"norm"});
  m.add("Relu", {"norm"}, {"relu"});
  m.add("Conv", {"relu", "u"}, {"second"}, {attribute("group", 2), along("dilations", 2)});
  m.add("Flatten", {"second"}, {"flat"}).add("MatMul", {"flat", "c"}, {"y"}).output("y");
  return m;
}

std::shared_ptr<nn::Network> line_network(const onnx::Imported& imported) {
  return std::make_shared<nn::Network>(imported.graph, nn::parameters_of(imported));
}

onnx::Imported line_import(const ModelBuilder& model) {
  const testing::TemporaryFolder folder;
  return onnx::import_model(folder.write("m.onnx", model.bytes()));
}

nn::Quantization line_bits(const nn::Network& network) {
  return {.scheme = "least-error", .policy = graph::uniform_policy(network.layers(), {3, 4})};
}

class LineConvolutions : public ::testing::Test {
 protected:
  const torch::NoGradGuard no_gradient_;
  const onnx::Imported lines_ = line_import(line_model(true)),
                       rows_ = line_import(line_model(false));
  const at::Tensor x_ = at::rand({20, 4, kLineLength}) * 2 - 1;
};

TEST_F(LineConvolutions, ComputeWhatTheirFileComputes) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(lines_.graph.node(1).op.name(), "convolution");
  EXPECT_EQ(lines_.graph.node(1).shape, (graph::Shape{6, 7}));
  const auto found = line_network(lines_)->forward(x_);
  const onnx::Model model = onnx::read_model(folder.write("m.onnx", line_model(true).bytes()));
  for (std::int64_t i = 0; i < 3; ++i) {
    const at::Tensor wanted = nn::onnx::run(model, {x_[i].unsqueeze(0)}).at(0)[0];
    EXPECT_TRUE(at::allclose(found[i], wanted, 1e-4, 1e-5));
  }
}

TEST_F(LineConvolutions, ArePricedAsTheyWereAndQuantizedAsImagesOfARow) {
  const auto lines = line_network(lines_), rows = line_network(rows_);
  const auto layers = graph::layers_of(lines_.graph), others = graph::layers_of(rows_.graph);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    EXPECT_EQ(layers[i].product(), others[i].product());
    EXPECT_EQ(layers[i].kernel, others[i].kernel);
    EXPECT_EQ(layers[i].input, others[i].input);
  }
  const at::Tensor images = x_.unsqueeze(2);
  nn::QuantizedNetwork a(lines, line_bits(*lines)), b(rows, line_bits(*rows));
  nn::ActivationSampler of_lines(3, 20), of_rows(3, 20);
  lines->forward(x_, nn::Mode::kInference, of_lines);
  rows->forward(images, nn::Mode::kInference, of_rows);
  a.calibrate(of_lines);
  b.calibrate(of_rows);
  EXPECT_TRUE(at::allclose(a.forward(x_), b.forward(images), 1e-4, 1e-5));
  for (const char* method : {"fast", "good", "best"}) {
    nn::QuantizedNetwork one(lines, line_bits(*lines)), other(rows, line_bits(*rows));
    nn::post_train(one, nn::post_training_method(method), x_);
    nn::post_train(other, nn::post_training_method(method), images);
    EXPECT_TRUE(at::allclose(one.forward(x_), other.forward(images), 1e-3, 1e-3)) << method;
  }
  EXPECT_EQ(a.why_no_integers().value(),
            "the integer arithmetic has no rule for convolution 'first' over one dimension");
}

TEST_F(LineConvolutions, AreExportedWithoutTheRow) {
  const testing::TemporaryFolder folder;
  const auto network = line_network(lines_);
  const weights::Parameters parameters = network->parameters();
  nn::QuantizedNetwork quantized(network, {.policy = graph::uniform_policy(3, {8, 8})});
  nn::ActivationSampler sampler(3, 20);
  network->forward(x_, nn::Mode::kInference, sampler);
  quantized.calibrate(sampler);
  const auto layers = quantized.integer_layers();
  const at::Tensor image = x_.slice(0, 0, 1), wanted = network->forward(image);
  const auto answer = [&](onnx::Format format, const std::vector<integer::QuantizedLayer>* codes) {
    const std::string path = folder.write(
        "e.onnx", onnx::model_bytes(onnx::export_model(
                      lines_.graph, format,
                      {.parameters = &parameters, .layers = codes, .inputs = lines_.inputs})));
    for (const nn::OwnLayer& own : nn::own_layers(onnx::import_model(path)))
      EXPECT_EQ(own.why_not.empty(), codes && own.operands.name == "y") << own.why_not;
    return nn::onnx::run(onnx::read_model(path), {image}).at(0);
  };
  EXPECT_TRUE(at::allclose(answer(onnx::Format::kPlain, nullptr), wanted, 1e-4, 1e-5));
  for (const auto format : {onnx::Format::kQonnx, onnx::Format::kQdq})
    EXPECT_TRUE(at::allclose(answer(format, &layers), wanted, 0.05,
                             0.05 * wanted.abs().max().item<double>()));
}

}  // namespace
}  // namespace bitloom
