// What fake quantization rounds to is what the integer engine reads and multiplies, code for code,
// with every quantizer that has codes.
#include <gtest/gtest.h>

#include <cmath>

#include "models/operators/activation.h"
#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/quantizers/level_codes.h"
#include "models/torch/quantized_network.h"
#include "tests/nn/same_integers.h"

namespace bitloom::nn {
namespace {

using Role = QuantizerTask::Role;

graph::Graph three_layers() {
  using namespace graph;
  Graph graph("three");
  const Window window{{3, 3}, {1, 1}, Padding::all(1), {1, 1}};
  NodeId at = graph.add("input", Input{{2, 6, 6}}, {});
  for (const std::string number : {"1", "2"}) {
    at = graph.add("conv" + number, Convolution{4, window}, {at});
    at = graph.add("bn" + number, BatchNorm{}, {at});
    at = graph.add("relu" + number, Activation{}, {at});
  }
  at = graph.add("pool", GlobalAveragePool{}, {at});
  at = graph.add("flatten", Flatten{}, {at});
  graph.add("linear", Linear{3}, {at});
  return graph;
}

/// Codes of activations, of learned levels those of their planes.
Tensor codes_read(Quantizer& quantizer, const Tensor& x) {
  if (const auto codes = quantizer.codes(x)) return codes->codes;
  const Planes planes = quantizer.planes(x).value();
  return codes_of(planes, level_codes(planes, Role::kActivations).coefficients);
}

/// Each layer's input as codes of its quantizer, while fake quantization runs.
class InputCodes : public LayerHooks {
 public:
  explicit InputCodes(QuantizedNetwork& network) : network_(network), inner_(network.hooks()) {}
  Tensor input(std::size_t layer, const Tensor& x) override {
    codes[layer] = to_integers(codes_read(*network_.activation_quantizer(layer), x));
    return inner_->input(layer, x);
  }
  Tensor weight(std::size_t layer, const Tensor& w) override { return inner_->weight(layer, w); }
  Tensor bias(std::size_t layer, const Tensor& b) override { return inner_->bias(layer, b); }

  std::map<std::size_t, std::vector<std::int32_t>> codes;

 private:
  QuantizedNetwork& network_;
  std::unique_ptr<LayerHooks> inner_;
};

/// What one stands for in the sums of output `channel` of a layer; biases are rounded to it.
double accumulator_step(const QuantizedNetwork& network, std::size_t layer, std::size_t channel) {
  const integer::QuantizedLayer operands = network.integer_layers().at(layer);
  return operands.activation_scaling.scales[0] *
         std::abs(operands.weight_scaling.of_channel(channel));
}

graph::Policy uniform_policy(int bits) { return graph::Policy(3, {bits, bits}); }

void expect_integers_of_fake_quantization(const std::string& scheme, const graph::Policy& bits,
                                          const std::vector<graph::FilterBits>& filters = {},
                                          void (*change)(QuantizedNetwork&) = nullptr) {
  SCOPED_TRACE(scheme + " " + std::to_string(bits.back().weight_bits));
  const graph::Graph graph = three_layers();
  const auto network = std::make_shared<Network>(graph, initial_parameters(graph, 3));
  QuantizedNetwork quantized(
      network, {.scheme = scheme, .policy = bits, .filters = filters, .granularity = {}});
  torch::manual_seed(5);
  ActivationSampler sampler(3, 8);
  network->forward(torch::randn({8, 2, 6, 6}), Mode::kInference, sampler);
  quantized.calibrate(sampler);
  if (change) change(quantized);
  ASSERT_EQ(quantized.why_no_integers().value_or(""), "");
  const integer::IntegerNetwork integers(quantized.program());
  for (int image = 0; image < 3; ++image) {
    const Tensor pixels = torch::randn({1, 2, 6, 6});
    InputCodes fake(quantized);
    const torch::NoGradGuard no_gradient;
    const Tensor answers = network->forward(pixels, Mode::kInference, fake);
    std::vector<double> outputs;
    const auto found = integer_layers(integers, {pixels.data_ptr<float>(), 72}, outputs);
    ASSERT_EQ(found.size(), fake.codes.size());
    for (const auto& [layer, each] : found)
      EXPECT_EQ(each.codes, fake.codes.at(layer)) << "layer " << layer;
    for (std::size_t i = 0; i < outputs.size(); ++i)
      EXPECT_NEAR(answers[0][static_cast<std::int64_t>(i)].item<double>(), outputs[i],
                  0.501 * accumulator_step(quantized, 2, i));
  }
}

TEST(EveryQuantizerWithCodes, RoundsToWhatTheIntegerEngineReads) {
  const auto run = [](Role role, const QuantizerKind& kind) {
    if (!are_codes(kind.spacing)) return;
    const std::string name(kind.name);
    for (const int bits : {1, 2, 4, 8})
      if (kind.takes(bits))
        expect_integers_of_fake_quantization(role == Role::kWeights
                                                 ? "weights=" + name + ",activations=uniform"
                                                 : "weights=uniform,activations=" + name,
                                             uniform_policy(bits));
  };
  for (const Role role : {Role::kWeights, Role::kActivations})
    for (const QuantizerKind& kind : quantizer_kinds(role)) run(role, kind);
}

TEST(BitsByFilter, RoundToWhatTheIntegerEngineReads) {
  const std::vector<graph::FilterBits> filters{{4, 2, 0, 3}, {}, {1, 4, 2}};
  for (const char* scheme : {"uniform", "least-error", "lsq", "weights=dorefa,activations=uniform"})
    expect_integers_of_fake_quantization(scheme, uniform_policy(4), filters);
}

// The first layer's input has a sign, which one plane of 0 and 1 has not.
TEST(QuantizersOfOnePlane, RoundToWhatTheIntegerEngineReads) {
  for (const char* scheme :
       {"lq-nets", "weights=abc-net,activations=lq-nets", "weights=kcnn,activations=lq-nets"})
    expect_integers_of_fake_quantization(scheme, {{8, 8}, {1, 1}, {1, 1}});
}

/// Coefficients of whole steps: two of them add up to what fixed_point() leaves room for.
void round_bases(QuantizedNetwork& network) {
  for (std::size_t layer = 1; layer < 3; ++layer)
    for (Quantizer* quantizer :
         {network.weight_quantizer(layer), network.activation_quantizer(layer)}) {
      const Tensor basis = quantizer->state().at(0).second;
      const Tensor step = torch::exp2((basis.abs().sum(1, true) / 254).log2().round());
      const Tensor first = (basis.select(1, 0).unsqueeze(1).abs() / step).round().clamp(1, 250);
      quantizer->load("basis", torch::cat({first, 254 - first}, 1) * step);
    }
}

// The first layer's input has uniform levels, as the image is rounded before it is read.
TEST(LearnedLevelsOfWholeSteps, RoundToWhatTheIntegerEngineReads) {
  expect_integers_of_fake_quantization("lq-nets", {{8, 8}, {2, 2}, {2, 2}}, {}, round_bases);
}

}  // namespace
}  // namespace bitloom::nn
